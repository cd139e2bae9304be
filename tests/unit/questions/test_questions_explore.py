"""Variables in the whole space: what ties settle."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.answer import Result


def condition(operator: str, key: str, value: str) -> dict[str, Any]:
    """A policy with one condition."""
    statement = {"Effect": "Allow", "Action": "ec2:x", "Resource": "*", "Condition": {operator: {key: value}}}
    return {"Version": "2012-10-17", "Statement": statement}


TIES = [
    (
        condition("ArnLike", "ec2:s", "arn:aws:ec2:*:*:instance/${ec2:i}"),
        condition("StringLike", "ec2:s", "*${ec2:i}"),
        True,
        False,
    ),
    (condition("StringLike", "ec2:s", "a${ec2:i}b"), condition("StringLike", "ec2:s", "a${ec2:i}*"), True, False),
    (condition("StringLike", "ec2:s", "${ec2:i}"), condition("StringEquals", "ec2:s", "${ec2:i}"), True, True),
    (condition("StringEquals", "ec2:s", "${ec2:i}"), condition("StringEquals", "ec2:i", "${ec2:s}"), True, True),
    (condition("StringEquals", "ec2:s", "${ec2:i}"), condition("StringEqualsIgnoreCase", "ec2:s", "${ec2:i}"), True, False),
    (
        condition("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        condition("Null", "aws:ResourceAccount", "false"),
        True,
        False,
    ),
    (
        condition("StringEquals", "aws:ResourceAccount", "${kms:CallerAccount}"),
        condition("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
        True,
        True,
    ),
    (
        condition("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        condition("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
        False,
        False,
    ),
    (
        condition("StringEqualsIfExists", "ec2:s", "${ec2:i}"),
        condition("StringEqualsIfExists", "ec2:i", "${ec2:s}"),
        False,
        False,
    ),
    (condition("StringNotEquals", "ec2:s", "${ec2:i}"), condition("StringNotEquals", "ec2:i", "${ec2:s}"), True, True),
]


@pytest.mark.parametrize(("p", "q", "forth", "back"), TIES)
def test_ties_are_settled(p: dict[str, Any], q: dict[str, Any], forth: bool, back: bool) -> None:
    """What two conditions with variables ask is compared under every value of the variables."""
    assert (keyaki.implies(p, q).result, keyaki.implies(q, p).result) == tuple(
        Result.PASS if one else Result.FAIL for one in (forth, back)
    )


def test_an_account_need_not_be_digits() -> None:
    """The account field of an ARN, and a variable for it, may hold any text."""
    statement = {
        "Effect": "Allow",
        "Action": "iam:x",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"iam:k": "${aws:ResourceAccount}"},
            "StringLike": {"iam:k": "aw?"},
            "Null": {"iam:k": "false"},
        },
    }
    resources = ["arn:aws:iam::*:policy/*"]
    witness = keyaki.not_granted(
        {"Version": "2012-10-17", "Statement": statement}, actions=["iam:x"], resources=resources
    ).witness
    assert witness is not None
    assert witness.resource.split(":")[4] == witness.context["iam:k"] == witness.context["aws:ResourceAccount"]
