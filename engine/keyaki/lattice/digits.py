"""Digits read from the left, compared with the digits of a few bounds: the part that numbers and fractions of seconds share."""

from __future__ import annotations

from collections.abc import Iterable

Place = tuple[int, int, int]
"""(low, high, read): the sequences before ``low`` are less than what was read, those from ``high`` on greater, and those
between agree with it as far as it goes, zeros standing behind each; ``read`` counts digits, and stops counting where all end."""


class Digits:
    """A sorted list of digit sequences without trailing zeros, as the fractions 0.d1d2d3... that they are.

    ``step`` narrows the place of a growing sequence among them: O(sequences) each.
    """

    def __init__(self, sequences: Iterable[str]) -> None:
        self.sequences = sorted(set(sequences))
        self._longest = max(map(len, self.sequences), default=0)
        self.start: Place = (0, len(self.sequences), 0)

    def step(self, place: Place, digit: str) -> Place:
        """The place after one more digit."""
        low, high, read = place
        while low < high and self._digit(low, read) < digit:
            low += 1
        while low < high and self._digit(high - 1, read) > digit:
            high -= 1
        return (low, high, 0) if low == high else (low, high, min(read + 1, self._longest))

    def equals(self, place: Place) -> bool:
        """True iff what was read, zeros standing behind it, is the sequence at ``low``."""
        low, high, read = place
        return low < high and len(self.sequences[low]) <= read

    def _digit(self, index: int, read: int) -> str:
        return self.sequences[index][read : read + 1] or "0"
