"""Shares: which part of a file's policies one of several readers takes.

A large file is read by several processes at once, each of which passes over what the others take. What they pass over they
still decode, so that all of them see the same units, with the same numbers, and stop at the same mistake in the JSON.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Share(NamedTuple):
    """Every ``of``-th unit of a file, from number ``place`` on. A unit is an item of a container, or a bare document."""

    place: int
    of: int

    def __contains__(self, unit: object) -> bool:
        """True iff the unit of that number is in the share."""
        return isinstance(unit, int) and unit % self.of == self.place


WHOLE: Final = Share(0, 1)
"""All of a file."""
