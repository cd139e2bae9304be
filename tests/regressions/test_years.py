"""Years: the first one is 1, for the checker too."""

from __future__ import annotations

import pytest

import keyaki


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:EpochTime"])
@pytest.mark.parametrize("operator", ["DateGreaterThanEquals", "DateLessThan"])
@pytest.mark.parametrize("glob", ["0000*", "000?-02-29*"])
def test_there_is_no_year_0(key: str, operator: str, glob: str) -> None:
    """No time is in the year 0, nor on a 29th of February before the year 4, whatever else is asked; the checker knows."""
    conditions = {
        operator: {key: "2024"},
        "StringLike": {"aws:CurrentTime": glob},
        "StringNotLike": {"aws:CurrentTime": "000?-0?-2*"},
    }
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": conditions}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": allow})
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    keyaki.verify(policy, verdict)


def test_a_time_with_digits_starts_in_1970() -> None:
    """Where the policy mentions the time in digits, it is none of the years before; the checker knows."""
    conditions = {"DateLessThan": {"aws:EpochTime": "2024"}, "StringLike": {"aws:CurrentTime": "000*"}}
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": conditions}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": allow})
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    keyaki.verify(policy, verdict)
