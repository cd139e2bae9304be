"""Fields of the ARN that are compared as something else than texts: the account as a number, the Region as an address."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

import keyaki
from keyaki.answer import Result

sys.path.append(str(Path(__file__).parents[2] / "differential"))
import brute_space

QUEUE = "arn:aws:sqs:*:*:*"


def policy(resource: str = QUEUE, **condition: Any) -> dict[str, Any]:
    """A policy of one Allow."""
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": resource, "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def account(**tests: str) -> dict[str, Any]:
    """Conditions on the resource's account."""
    return {operator: {"aws:ResourceAccount": value} for operator, value in tests.items()}


DECIDED: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    (policy(**account(NumericLessThan="5")), policy(**account(NumericLessThanEquals="5")), True),
    (policy(**account(NumericLessThanEquals="5")), policy(**account(NumericLessThan="5")), False),
    (policy(**account(NumericEquals="7")), policy(**account(NumericLessThan="8")), True),
    (policy(**account(NumericLessThan="5", StringLike="6*")), policy(**account(StringEquals="x")), False),
    (policy("arn:aws:sqs:*:444455556666:*", **account(NumericLessThan="5")), policy(**account(StringEquals="x")), False),
    (policy("arn:aws:sqs:*:444455556666:*", **account(NumericGreaterThan="5")), policy("arn:aws:s3:::x"), False),
    (policy(IpAddress={"aws:RequestedRegion": "10.1.0.0/16"}), policy(IpAddress={"aws:RequestedRegion": "10.0.0.0/8"}), True),
    (policy(IpAddress={"aws:RequestedRegion": "10.0.0.0/8"}), policy(IpAddress={"aws:RequestedRegion": "10.1.0.0/16"}), False),
    (policy(BinaryEquals={"aws:RequestedRegion": "QUJD"}), policy(StringEquals={"aws:RequestedRegion": "QUJD"}), True),
    (policy(DateLessThan={"aws:RequestedRegion": "2020-01-01"}), policy(Null={"aws:RequestedRegion": "false"}), True),
    (policy(NumericNotEquals={"kms:CallerAccount": "1"}), policy(), True),
]


@pytest.mark.parametrize(("new", "old", "holds"), DECIDED)
def test_a_typed_field_is_decided(new: dict[str, Any], old: dict[str, Any], holds: bool) -> None:
    """The result is what it should be, and its evidence holds."""
    answer = keyaki.no_new_access(new, old)
    assert (answer.result is Result.PASS) is holds
    keyaki.verify_answer(answer, new, old)


TESTS = (
    ("NumericLessThan", "aws:ResourceAccount", ("5", "444455556666")),
    ("NumericGreaterThan", "aws:ResourceAccount", ("111122223333", "9")),
    ("NumericEquals", "aws:PrincipalAccount", ("111122223333",)),
    ("NumericNotEquals", "aws:ResourceAccount", ("111122223333",)),
    ("StringNotEquals", "aws:ResourceAccount", ("${aws:PrincipalAccount}", "111122223333")),
    ("IpAddress", "aws:RequestedRegion", ("10.0.0.0/8",)),
    ("NotIpAddress", "aws:RequestedRegion", ("0.0.0.0/0",)),
    ("Bool", "aws:RequestedRegion", ("true", "${aws:SecureTransport}")),
    ("BinaryEquals", "aws:RequestedRegion", ("QUJD",)),
    ("DateGreaterThan", "aws:RequestedRegion", ("2020-01-01",)),
    ("StringLike", "aws:RequestedRegion", ("us-*", "1*")),
)
RESOURCES = (
    *("*", "arn:aws:s3:::b", "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:10.1.1.1:4:q", "arn:aws:sqs:true:z:q"),
    *("arn:aws:sqs:QUJD:444455556666:q", "arn:aws:sqs:2021-01-01:7:q", "arn:aws:sqs::111122223333:q"),
)
VALUES = {
    "aws:ResourceAccount": (None, "111122223333", "444455556666", "4", "z"),
    "aws:RequestedRegion": (None, "us-east-1", "10.1.1.1", "true", "QUJD", "2021-01-01"),
}


@pytest.mark.parametrize("seed", range(20))
def test_typed_fields_are_what_brute_force_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PASS leaves no request of the universe newly allowed, a FAIL's every witness is, and the evidence holds."""
    monkeypatch.setattr(brute_space, "TESTS", TESTS)
    monkeypatch.setattr(brute_space, "RESOURCES", RESOURCES)
    monkeypatch.setattr(brute_space, "FREE", {**brute_space.FREE, **VALUES})
    dice = Random(seed)
    p = brute_space.policy(dice)
    q = brute_space.neighbour(dice, p)
    new, old = keyaki.policy_from(p), keyaki.policy_from(q)
    answer = keyaki.no_new_access(new, old)
    assert answer.result is not Result.UNDECIDED
    keyaki.verify_answer(answer, new, old)
    if answer.result is Result.PASS:
        made = brute_space.requests(brute_space.mentioned(p, q), dice, lists=False)
        for request in islice((keyaki.Request(*one) for one in made), 400):
            assert keyaki.allows(new, request) != "allow" or keyaki.allows(old, request) == "allow"
