"""no_new_access: reasons, witnesses, certificates."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.answer import Result


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    """A Deny statement."""
    return allow(actions, resources, **more) | {"Effect": "Deny"}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of some statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


BUCKETS = "arn:aws:s3:::*"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OWN = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
PASSING = {
    "the same in other cases": (policy(allow("S3:getobject")), policy(allow("s3:GetObject"))),
    "a pattern split in two": (policy(allow("s3:*")), policy(allow(["s3:*t", "s3:*"]))),
    "the halves of NotAction": (
        policy(allow("*")),
        policy(allow("s3:*"), {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
    ),
    "the halves of NotResource": (
        policy(allow("s3:*")),
        policy(allow("s3:*", BUCKETS), {"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKETS}),
    ),
    "complementary conditions": (
        policy(allow("s3:x")),
        policy(
            allow("s3:x", Condition={"StringLike": {"aws:username": "a*"}}),
            allow("s3:x", Condition={"StringNotLike": {"aws:username": "a*"}}),
        ),
    ),
    "a Deny that is there anyway": (policy(allow("s3:*"), deny("s3:Put*")), policy(allow("s3:*"), deny("s3:PutObject"))),
    "a Deny that another service has": (policy(allow("s3:*")), policy(allow("s3:*"), deny("ec2:*"))),
    "the field and the condition": (
        policy(allow("sqs:x", "arn:aws:sqs:us-east-1:111122223333:q")),
        policy(
            allow(
                "sqs:x", Condition={"StringEquals": {"aws:ResourceAccount": "111122223333", "aws:RequestedRegion": "us-east-1"}}
            )
        ),
    ),
    "the own account twice": (
        policy(allow("iam:x", "arn:aws:iam::${aws:PrincipalAccount}:role/*")),
        policy(allow("iam:x", "arn:aws:iam::*:*", Condition=OWN)),
    ),
    "the own account behind a wildcard": (
        policy(allow("logs:x", "arn:aws:logs:us-east-1:${aws:PrincipalAccount}:*", Condition=OWN)),
        policy(allow("logs:x", "arn:aws:logs:*:${aws:PrincipalAccount}:*")),
    ),
    "never present": (policy(allow("s3:x", Condition={"Null": {"aws:PrincipalServiceName": "false"}})), policy()),
    "keys have a kind": (
        policy(allow("kms:x", "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab")),
        policy(allow("kms:x", Condition={"Bool": {"kms:MultiRegion": "true"}})),
    ),
    "always present on a decryption": (
        policy(allow("kms:Decrypt", KEY, Condition={"Null": {"kms:EncryptionAlgorithm": "true"}})),
        policy(),
    ),
    "no action has no colon": (policy(allow("s3")), policy()),
}
FAILING = {
    "one action more": (policy(allow(["s3:a", "s3:b"])), policy(allow("s3:a")), 0),
    "a wildcard more": (policy(allow("s3:Get*")), policy(allow("s3:GetObject")), 0),
    "a resource more": (policy(allow("s3:a", [BUCKETS, "arn:aws:sqs:*:*:*"])), policy(allow("s3:a", BUCKETS)), 0),
    "the resource of none": (policy(allow("s3:a")), policy(allow("s3:a", "arn:*")), 0),
    "a condition less": (policy(allow("s3:a")), policy(allow("s3:a", Condition={"Bool": {"aws:SecureTransport": "true"}})), 0),
    "a value more": (
        policy(allow("s3:a", Condition={"StringEquals": {"aws:username": ["a", "b"]}})),
        policy(allow("s3:a", Condition={"StringEquals": {"aws:username": "a"}})),
        0,
    ),
    "a Deny less": (policy(allow("s3:*")), policy(allow("s3:*"), deny("s3:DeleteBucket")), 0),
    "a Deny narrowed": (policy(allow("s3:*"), deny("s3:*", BUCKETS)), policy(allow("s3:*"), deny("s3:*")), 0),
    "the second statement": (policy(allow("s3:a"), allow("ec2:a")), policy(allow("s3:a")), 1),
    "the account is free where the ARN has none": (
        policy(allow("s3:a", BUCKETS)),
        policy(allow("s3:a", BUCKETS, Condition={"StringEquals": {"aws:ResourceAccount": "111122223333"}})),
        0,
    ),
    "another's account": (
        policy(allow("iam:x", "arn:aws:iam::*:*")),
        policy(allow("iam:x", "arn:aws:iam::*:*", Condition=OWN)),
        0,
    ),
    "a key of the other kind": (
        policy(allow("kms:x", "arn:aws:kms:us-east-1:111122223333:key/*")),
        policy(allow("kms:x", Condition={"Bool": {"kms:MultiRegion": "true"}})),
        0,
    ),
    "present on a decryption, optional elsewhere": (
        policy(allow(["kms:Decrypt", "kms:Encrypt"], KEY, Condition={"Null": {"kms:EncryptionAlgorithm": "true"}})),
        policy(),
        0,
    ),
    "a wildcard that takes colons": (
        policy(
            allow(
                "logs:x",
                "arn:aws:logs:*:${aws:PrincipalAccount}:x",
                Condition={"StringEquals": {"aws:RequestedRegion": "r", "aws:ResourceAccount": "${aws:PrincipalAccount}"}},
            )
        ),
        policy(allow("logs:x", ["arn:aws:logs:r:????????????:x", "arn:aws:logs:r::*", "arn:aws:logs::*"])),
        0,
    ),
    "several values in one policy's list": (
        policy(allow("s3:a", Condition={"ForAllValues:StringEquals": {"s3:k": ["a", "b"]}})),
        policy(allow("s3:a", Condition={"ForAllValues:StringEquals": {"s3:k": ["a"]}})),
        0,
    ),
}


@pytest.mark.parametrize(("new", "old"), PASSING.values(), ids=PASSING)
def test_no_new_access(new: dict[str, Any], old: dict[str, Any]) -> None:
    """What is allowed already in other words is no new access, and the proof of it is plain data."""
    answer = keyaki.no_new_access(new, old)
    assert (answer.result, answer.witness, answer.open) == (Result.PASS, None, None)
    assert answer.certificate is not None
    assert answer.certificate["schema"] == 1


@pytest.mark.parametrize(("new", "old", "index"), FAILING.values(), ids=FAILING)
def test_new_access(new: dict[str, Any], old: dict[str, Any], index: int) -> None:
    """What was not allowed is new access; the reason names the statement, and its witness replays on both policies."""
    answer = keyaki.no_new_access(new, old)
    assert (answer.result, [reason.statement for reason in answer.reasons]) == (Result.FAIL, [index])
    assert answer.witness is not None
    assert keyaki.allows(keyaki.policy_from(new), answer.witness) == "allow"
    assert keyaki.allows(keyaki.policy_from(old), answer.witness) != "allow"
    assert answer.certificate is None


def test_a_list_to_one_policy_alone() -> None:
    """A key that only one policy takes for a list may hold several values, and each policy reads them its own way."""
    new = policy(allow("s3:a", Condition={"StringEquals": {"s3:k": "a"}, "StringNotEquals": {"s3:k": "a"}}))
    old = policy(
        allow("s3:a", Condition={"ForAnyValue:StringNotEquals": {"s3:k": "a"}}),
        allow("s3:a", Condition={"Null": {"s3:k": "true"}}),
    )
    found = keyaki.no_new_access(new, old).witness
    assert found is not None
    assert found.context == {"s3:k": ["a", "a"]}


def test_reasons_name_sids_and_denies() -> None:
    """A reason has the Sid of the Allow, and index and Sid of the Deny that kept its witness out before."""
    new = policy(allow("ec2:*"), allow("s3:*", Sid="Wide"))
    old = policy(allow("*"), deny("s3:DeleteBucket", Sid="Keep"))
    (reason,) = keyaki.no_new_access(new, old).reasons
    assert (reason.statement, reason.sid, reason.denied, reason.denied_sid) == (1, "Wide", 1, "Keep")
    assert reason.witness.action == "s3:DeleteBucket"


def test_every_statement_that_gives_more_is_a_reason() -> None:
    """Each Allow that grants something new is named, in order; one that does not is left out."""
    new = policy(allow("s3:a"), allow("s3:b"), allow("s3:c"), allow("s3:*", BUCKETS))
    found = keyaki.no_new_access(new, policy(allow("s3:b"))).reasons
    assert [reason.statement for reason in found] == [0, 2, 3]


def test_a_spent_budget_is_undecided() -> None:
    """A question beyond its budget is UNDECIDED and says why, never a PASS."""
    tests = [{"StringNotLike": {"aws:username": f"*{a}*{b}*"}} for a in "abcdef" for b in "ghijkl"]
    new = policy(*(allow("s3:*", Condition=test) for test in tests[:3]))
    old = policy(*(allow("s3:*", Condition=test) for test in tests[3:]))
    answer = keyaki.no_new_access(new, old, budget=30)
    assert answer.result is Result.UNDECIDED
    assert "budget" in str(answer.open)
    assert answer.certificate is None
    assert keyaki.no_new_access(new, old).result is not Result.UNDECIDED


def test_witnesses_are_spelt_as_the_policy_spells() -> None:
    """Actions keep the policy's letters and context keys their documented spelling."""
    found = keyaki.no_new_access(
        policy(allow("S3:GetObject", Condition={"StringLike": {"AWS:UserName": "a?"}})), policy()
    ).witness
    assert found is not None
    assert found.action == "S3:GetObject"
    assert list(found.context) == ["aws:username"]


def test_thousands_of_actions() -> None:
    """Two lists of thousands of actions are compared without asking about each pair."""
    actions = [f"svc{number % 40}:Action{number}" for number in range(4000)]
    new, old = policy(allow(actions)), policy(allow(actions[:2000]), allow(actions[2001:]))
    assert keyaki.no_new_access(old, new).result is Result.PASS
    (reason,) = keyaki.no_new_access(new, old).reasons
    assert reason.witness.action == "svc0:Action2000"


@pytest.mark.parametrize("key", ["aws:ResourceAccount", "kms:KeySpec"])
def test_a_default_counts_where_only_keys_always_have_a_value(key: str) -> None:
    """What every request to a KMS key has may be absent elsewhere; there the default of its variable stands in."""
    statement = {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::${{{key}, 'x'}}",
        "Condition": {"Null": {key: "true"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    answer = keyaki.no_new_access(policy, {"Version": "2012-10-17", "Statement": []})
    assert answer.witness is not None
    assert answer.witness.resource == "arn:aws:s3:::x"
    keyaki.verify_answer(answer, policy, {"Version": "2012-10-17", "Statement": []})


def test_no_character_of_a_policy_stands_for_a_variable() -> None:
    """A character of a private plane of Unicode is a character like any other."""
    char = "\U000f0000"
    one, other = (
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::${{aws:username}}{end}"}],
        }
        for end in (char, "z*")
    )
    answer = keyaki.no_new_access(one, other)
    assert answer.witness is not None
    assert answer.witness.resource.endswith(char)
