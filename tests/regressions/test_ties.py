"""Texts that are tied to each other by several literals: equal both ways, through a third, longer than themselves.

Each policy was worked out by hand. The certificate of a PASSED must convince the checker, and must convince it of nothing else.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.errors import EvidenceError
from keyaki.reference.digest import digest
from keyaki.verdict import Outcome

A, B, C = "aws:PrincipalTag/a", "aws:PrincipalTag/b", "aws:ResourceTag/c"


def of(key: str) -> str:
    """The variable of a key."""
    return f"${{{key}}}"


def policy(condition: dict[str, Any], *denied: dict[str, Any], resource: str = "*") -> dict[str, Any]:
    """A policy that allows under one condition and denies under others."""
    allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": condition}
    denies = [{"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": one} for one in denied]
    return {"Version": "2012-10-17", "Statement": [allow, *denies]}


def equal(key: str, value: str, *, fold: bool = False) -> dict[str, Any]:
    """The two are one text."""
    return {"StringEqualsIgnoreCase" if fold else "StringEquals": {key: value}}


def unequal(key: str, value: str) -> dict[str, Any]:
    """The two are not one text, or the key is absent."""
    return {"StringNotEquals": {key: value}}


PASSED = {
    "equal one way and not the other": policy(equal(A, of(B)), equal(B, of(A))),
    "equal one way and asked the other, without case": policy(equal(A, of(B), fold=True), equal(B, of(A), fold=True)),
    "equal, hence equal without case": policy(equal(A, of(B)), equal(B, of(A), fold=True)),
    "equal through a third": policy({**equal(A, of(B)), "StringLike": {B: of(C)}}, equal(C, of(A))),
    "equal through a third that both are": policy({"StringEquals": {A: of(C), B: of(C)}}, equal(A, of(B))),
    "one text has the values of the other": policy({**equal(A, of(B)), "StringLike": {B: "x*"}}, {"StringLike": {A: "?*"}}),
    "what one must not be the other is": policy({"StringEquals": {A: of(B)}, "StringLike": {A: "x*"}}, {"StringLike": {B: "x*"}}),
    "each is longer than the other": policy({"StringEquals": {A: of(B) + "x"}, "StringLike": {B: "y" + of(A)}}),
    "longer through a third": policy({"StringLike": {A: "*" + of(B) + "x", B: of(C) + "*", C: of(A)}}),
    "longer and equal without case": policy({**equal(A, of(B) + "x", fold=True), "StringEquals": {B: of(A)}}),
    "a Region is longer than itself": policy(
        {"StringLike": {A: of("aws:RequestedRegion")}}, resource=f"arn:aws:kms:us-{of(A)}:*:*"
    ),
    "one variable as a Region and as an account": policy(
        equal("aws:RequestedRegion", of(A)), resource=f"arn:aws:kms:*:{of(A)}:key/*"
    ),
    "a narrower pattern with the same variable": policy({"StringLike": {A: "x" + of(B)}}, {"StringLike": {A: "*" + of(B)}}),
    "with case within without": policy(equal(A, of(B) + "x"), equal(A, of(B) + "x", fold=True)),
    "a default that is dead": policy({"StringEquals": {A: "${aws:PrincipalTag/b, 'z'}"}, "Null": {B: "false"}}, equal(A, of(B))),
    "a default that is dead where its key is needed": policy(
        {"StringEquals": {A: "${aws:PrincipalTag/b, 'z'}", C: of(B)}}, equal(A, of(C))
    ),
    "no decimal is an address": policy({"StringLike": {"aws:MultiFactorAuthAge": of("aws:SourceIp")}}),
    "an account has no case": policy(equal(A, of("aws:ResourceAccount"), fold=True), equal(A, of("aws:ResourceAccount"))),
}
for field in (
    "*:${kms:CallerAccount}",
    "*:key/${kms:CallerAccount}",
    "${aws:SourceIp}:key/*",
    "*:key/${aws:SourceIp}",
    "${kms:RequestAlias}:key/*",
    "*:key/${aws:PrincipalArn}",
    "*:key/${aws:CurrentTime}",
):
    PASSED[f"a narrow variable where it cannot stand: {field}"] = policy({}, resource=f"arn:aws:kms:*:{field}")
PASSED |= {
    "of two that say what it is, the fewer texts": policy(
        {"StringEquals": {A: ["b", "c"]}, "ForAllValues:StringEquals": {A: "b"}},
        resource="arn:aws:kms:${aws:PrincipalTag/a, 'q'}:*:key/*",
    ),
    "what it holds shows that another is there": policy(
        {"StringEquals": {A: "x${aws:PrincipalTag/b}${aws:PrincipalTag/b, ''}"}}, resource=f"arn:aws:kms:*:*:key/{of(A)}"
    ),
}
FAILED = {
    "if the key is there": policy({"StringEqualsIfExists": {A: of(B)}}, equal(B, of(A))),
    "equal without case only": policy(equal(A, of(B), fold=True), equal(A, of(B))),
    "equal to one of two": policy({"StringEquals": {A: [of(B), "x"]}}, equal(B, of(A))),
    "unequal both ways": policy(unequal(A, of(B)), equal(B, of(A))),
    "longer or absent": policy({"StringLikeIfExists": {A: "x" + of(B), B: "x" + of(A)}}),
    "longer by another variable": policy({"StringLike": {A: of(B) + "x", B: of(C) + "x"}}),
    "a wider pattern with the same variable": policy({"StringLike": {A: "*" + of(B)}}, {"StringLike": {A: "x" + of(B)}}),
    "a default that is not dead": policy({"StringEquals": {A: "${aws:PrincipalTag/b, 'z'}"}}, equal(A, of(B))),
    "the end of the ARN from its Region on": policy({"StringLike": {A: "us-*"}}, resource="*" + of(A)),
    "a flat pattern has no fields": policy({}, resource="*:*:*:" + of(A)),
    "no case on the way to a Region": policy(
        {"StringEqualsIgnoreCase": {"aws:RequestedRegion": of(A)}, "StringEquals": {B: of(A)}, "StringLike": {B: "*U*"}}
    ),
    "an empty default has no length": policy(
        {"StringEquals": {A: of(B) + "${aws:ResourceTag/c, ''}", B: of(A)}}, equal(A, "example")
    ),
    "a letter of a private plane": policy({"StringLike": {A: "\U000f0000" + of(B)}}, {"StringLike": {A: "x" + of(B)}}),
    "a field holds no colon": policy(
        {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{of(A)}:*"}},
        {"ArnLikeIfExists": {"aws:PrincipalArn": f"arn:aws:iam::{of(A)}:*"}},
    ),
}


@pytest.mark.parametrize("name", PASSED)
def test_ties_that_contradict(name: str) -> None:
    """What ties say of each other leaves no request, and the checker sees so."""
    read = keyaki.policy_from(PASSED[name])
    verdict = keyaki.check(read)
    assert verdict.outcome == "PASSED"
    keyaki.verify(read, verdict)


@pytest.mark.parametrize("name", FAILED)
def test_ties_that_do_not(name: str) -> None:
    """Where ties leave a request, it is found, and no certificate of a neighbour proves the contrary."""
    read = keyaki.policy_from(FAILED[name])
    verdict = keyaki.check(read)
    assert verdict.outcome == "FAILED"
    assert verdict.witness is not None
    assert keyaki.allows(read, verdict.witness) == "allow"
    keyaki.verify(read, verdict)


@pytest.mark.parametrize("name", FAILED)
def test_no_certificate_proves_what_is_not(name: str) -> None:
    """A certificate of another policy, its digest and question exchanged, proves nothing of a policy that fails."""
    read = keyaki.policy_from(FAILED[name])
    verdict = keyaki.check(read)
    for other in PASSED.values():
        certificate = copy.deepcopy(keyaki.check(other).certificate)
        assert certificate is not None
        certificate["policy"] = digest(read)
        forged = evolve(verdict, outcome=Outcome.PASSED, grants=(), certificate=certificate)
        with pytest.raises(EvidenceError):
            keyaki.verify(read, forged)


def lists(tree: Any) -> list[list[Any]]:
    """Every list in a piece of plain data that holds something."""
    found = [tree] if isinstance(tree, list) and tree else []
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    return found + [one for child in children for one in lists(child)]


@pytest.mark.parametrize("name", PASSED)
def test_ties_that_are_cut_prove_nothing(name: str) -> None:
    """Most entries of a certificate are needed: it is refused when one of their lists has lost its first."""
    read = keyaki.policy_from(PASSED[name])
    verdict = keyaki.check(read)
    refused = 0
    for place in range(len(lists(verdict.certificate))):
        certificate = copy.deepcopy(verdict.certificate)
        del lists(certificate)[place][0]
        try:
            keyaki.verify(read, evolve(verdict, certificate=certificate))
        except EvidenceError:
            refused += 1
    assert refused > len(lists(verdict.certificate)) // 4


def test_a_variable_that_is_none_is_not_mentioned() -> None:
    """In a value that is no text nothing is a variable, so its key is not one that a witness holds."""
    condition = {"NumericNotEquals": {"kms:ViaService": ["1", "s3.${aws:RequestedRegion}.amazonaws.com"]}}
    verdict = keyaki.check(policy(condition))
    assert verdict.witness is not None
    assert set(verdict.witness.context) == set()


def test_a_question_mark_is_no_field() -> None:
    """A pattern whose Region is one character names nothing."""
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    one = {**allow, "Condition": {"NumericEquals": {"aws:ResourceAccount": "111122223333"}}}
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:?:111122223333:key/*"}
    assert keyaki.check({"Version": "2012-10-17", "Statement": [one, deny]}, scope="account").outcome == "FAILED"
