from __future__ import annotations

import itertools

import pytest

from keyaki.controls.judge import Result
from keyaki.controls.subject import Kind, Subject
from keyaki.outputs.tally import OUTCOMES, Tally


def expected_status(outcomes: tuple[str, ...]) -> int:
    """The exit status as the command line documents it."""
    if "ERROR" in outcomes or not set(outcomes) & {"PASSED", "FAILED", "UNDECIDED"}:
        return 2
    return 1 if set(outcomes) & {"FAILED", "UNDECIDED"} else 0


@pytest.mark.parametrize("outcomes", [some for size in range(4) for some in itertools.combinations(OUTCOMES, size)])
def test_the_status_of_every_mixture(outcomes: tuple[str, ...]) -> None:
    """Errors and emptiness give 2, which wins over the 1 of FAILED and UNDECIDED; a SKIPPED changes nothing."""
    tally = Tally()
    subject = Subject(Kind.DOCUMENT, "-")
    tally.add([Result(subject, "KMS.1", outcome) for outcome in outcomes])
    assert tally.status == expected_status(outcomes)
    assert tally.counts == {outcome: int(outcome in outcomes) for outcome in OUTCOMES}
