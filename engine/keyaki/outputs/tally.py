"""The tally of a run: how many results have each outcome, and the exit status that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from keyaki.controls.judge import Result

OUTCOMES: Final = ("PASSED", "FAILED", "UNDECIDED", "ERROR", "SKIPPED")
"""Every outcome of a result, in the order in which reports list them."""

NOTHING_FAILED: Final = 0
SOMETHING_FAILED: Final = 1
NOT_ALL_JUDGED: Final = 2


class Tally:
    """Counts outcomes: of results, and of results by control."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(OUTCOMES, 0)

    def add(self, results: Sequence[Result]) -> None:
        """Counts each of the results."""
        self.count(str(result.outcome) for result in results)

    def count(self, outcomes: Iterable[str]) -> None:
        """Counts results by their outcomes."""
        for outcome in outcomes:
            self.counts[outcome] += 1

    @property
    def judged(self) -> int:
        """How many results have a verdict."""
        return self.counts["PASSED"] + self.counts["FAILED"] + self.counts["UNDECIDED"]

    @property
    def status(self) -> int:
        """The exit status: 2 iff something was not read or nothing judged, else 1 iff something FAILED or is UNDECIDED."""
        if self.counts["ERROR"] or not self.judged:
            return NOT_ALL_JUDGED
        return SOMETHING_FAILED if self.counts["FAILED"] or self.counts["UNDECIDED"] else NOTHING_FAILED
