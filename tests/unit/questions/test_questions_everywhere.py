"""The quantifier `all`: one action and one context for every matching resource."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.answer import Result

BUCKETS = "arn:aws:s3:::*"
SOME = "arn:aws:s3:::b*"
USER = {"StringEquals": {"aws:username": "u"}}
NOT_USER = {"StringNotEquals": {"aws:username": "u"}}
TAGS = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:TagKeys": "false"}}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of Allow statements about S3."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", **one} for one in statements]}


GRANTED = {
    "one statement": policy({"Resource": "*"}),
    "two halves": policy({"Resource": SOME}, {"NotResource": SOME}),
    "two halves that share an action": policy(
        {"Resource": SOME, "Action": "s3:Get*"}, {"NotResource": SOME, "Action": "s3:GetO*"}
    ),
    "a context for all": policy({"Resource": "*", "Condition": USER}),
    "a list for all": policy({"Resource": "*", "Condition": TAGS}),
    "halves under one context": policy({"Resource": SOME, "Condition": USER}, {"NotResource": SOME, "Condition": USER}),
    "a Deny that the context avoids": policy({"Resource": "*"}, {"Effect": "Deny", "Resource": SOME, "Condition": USER}),
    "a Deny elsewhere": policy({"Resource": "*"}, {"Effect": "Deny", "Resource": "arn:aws:sqs:*:*:*"}),
    "an account that buckets do not say": policy(
        {"Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}}
    ),
    "the account that buckets lack": policy({"Resource": "*", "Condition": {"Null": {"aws:ResourceAccount": "true"}}}),
    "the time": policy({"Resource": "*", "Condition": {"NumericGreaterThan": {"aws:EpochTime": "1735689600"}}}),
}
NOT_GRANTED = {
    "a part": policy({"Resource": SOME}),
    "two halves of other actions": policy({"Resource": SOME, "Action": "s3:Get"}, {"NotResource": SOME, "Action": "s3:Put"}),
    "halves that ask for other contexts": policy(
        {"Resource": SOME, "Condition": USER}, {"NotResource": SOME, "Condition": NOT_USER}
    ),
    "one name is one bucket": policy({"Resource": "arn:aws:s3:::${aws:username}"}),
    "a Deny of one": policy({"Resource": "*"}, {"Effect": "Deny", "Resource": "arn:aws:s3:::x"}),
    "other actions": policy({"Resource": "*", "Action": "sqs:*"}),
}


@pytest.mark.parametrize("document", GRANTED.values(), ids=GRANTED)
def test_granted_on_all(document: dict[str, Any]) -> None:
    """A witness stands for an action and a context that every tried bucket allows."""
    answer = keyaki.not_granted(document, actions=["s3:*"], resources=[BUCKETS], quantifier="all")
    assert (answer.result, answer.open) == (Result.FAIL, None)
    witness, made = answer.witness, keyaki.policy_from(document)
    assert witness is not None
    for name in ("example", "b", "bb", "x", "x/y", "u", ""):
        assert keyaki.allows(made, keyaki.Request(witness.action, f"arn:aws:s3:::{name}", witness.context)) == "allow"


@pytest.mark.parametrize("document", NOT_GRANTED.values(), ids=NOT_GRANTED)
def test_not_granted_on_all(document: dict[str, Any]) -> None:
    """Where no action and context do for every bucket the result is PASS, though some bucket may be granted."""
    answer = keyaki.not_granted(document, actions=["s3:*"], resources=[BUCKETS], quantifier="all")
    assert (answer.result, answer.open) == (Result.PASS, None)
    assert answer.certificate is not None


def test_one_resource_is_all_of_itself() -> None:
    """For one resource written out, `all` and `some` say the same."""
    for document in (*GRANTED.values(), *NOT_GRANTED.values()):
        found = {
            keyaki.not_granted(document, actions=["s3:*"], resources=["arn:aws:s3:::b"], quantifier=one).result
            for one in ("some", "all")
        }
        assert len(found) == 1, document


def test_accounts_that_arns_say_differ() -> None:
    """A condition on the account that queues have is no grant on all queues, unless they are of that account."""
    own = policy({"Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}})
    found = [
        keyaki.not_granted(own, actions=["sqs:*"], resources=[queues], quantifier="all").result
        for queues in ("arn:aws:sqs:us-east-1:*:*", "arn:aws:sqs:us-east-1:111122223333:*")
    ]
    assert found == [Result.PASS, Result.FAIL]


def test_what_is_left_open() -> None:
    """Facts about KMS keys alone are left open, never passed."""
    keys = policy({"Resource": "*", "Condition": {"Bool": {"kms:MultiRegion": "true"}}})
    answer = keyaki.not_granted(keys, actions=["s3:*"], resources=[BUCKETS], quantifier="all")
    assert answer.result is Result.UNDECIDED
    assert "KMS key" in str(answer.open)
