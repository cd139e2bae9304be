"""Variables in forms that few policies use were decided wrongly: flat patterns, empty defaults, no case, values that are no text.

Each verdict was worked out by hand. Where a right request is short, it is written beside the policy and the reference allows it.
"""

from __future__ import annotations

from typing import Any

import pytest

import keyaki

X, Y, Z = "aws:PrincipalTag/x", "aws:PrincipalTag/y", "aws:PrincipalTag/z"
REST = "us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:{REST}"
INERT = [{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::x"}] * 5
"""So many Denies that the engine searches and does not guess."""


def of(key: str, default: str | None = None) -> str:
    """The variable of a key."""
    return f"${{{key}}}" if default is None else f"${{{key}, '{default}'}}"


def policy(condition: dict[str, Any], resource: str = "*", *denied: dict[str, Any]) -> dict[str, Any]:
    """A policy that allows under one condition, and denies as said."""
    allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [allow, *denied]}


REQUESTS = {
    "the end from the Region on": (policy({}, f"*:*:*:{of(X)}"), {X: REST}),
    "the end, with a colon": (policy({"StringLike": {X: "*:*"}}, f"*:*:*:{of(X)}"), {X: REST}),
    "the end from the account on": (policy({"StringLike": {X: "*:*"}}, f"*:*:*:*:{of(X)}"), {X: REST[10:]}),
    "the end after question marks": (policy({"StringLike": {X: "*:*"}}, f"*:??s:*:{of(X)}"), {X: REST}),
    "the id of a flat pattern": (policy({"StringLike": {X: "*-*"}}, f"a*:*:*:*:key/{of(X)}"), {X: REST[-36:]}),
    "a Region in capitals": (
        policy(
            {
                "StringEqualsIgnoreCase": {"aws:RequestedRegion": of(X)},
                "StringEquals": {Y: of(X)},
                "StringLike": {Y: "*U*"},
            }
        ),
        {"aws:RequestedRegion": "us-east-1", X: "US-EAST-1", Y: "US-EAST-1"},
    ),
    "an empty default": (
        policy({"StringEquals": {X: of(Y) + of(Z, ""), Y: of(X)}}, "*", *INERT),
        {X: "other", Y: "other"},
    ),
    "empty defaults both ways": (
        policy({"StringEquals": {X: of(Y) + of(Z, ""), Y: of(X) + of(Z, "")}}, "*", *INERT),
        {X: "other", Y: "other"},
    ),
    "a letter of a private plane": (
        policy(
            {"StringLike": {X: "\U000f0000" + of(Y)}},
            "*",
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {X: "a" + of(Y)}}},
            *INERT,
        ),
        {X: "\U000f0000e", Y: "e"},
    ),
    "the first hour of the epoch": (
        policy(
            {
                "DateLessThan": {"aws:CurrentTime": "1970-01-01T01:00:00Z"},
                "NumericNotEquals": {"aws:userid": ["1", of("aws:EpochTime")]},
            }
        ),
        {"aws:CurrentTime": "1970-01-01T00:00:00Z", "aws:userid": "a"},
    ),
    "a truth value and nothing": (
        policy({"Bool": {"kms:MultiRegion": of(X, "") + of("kms:MultiRegion")}}),
        {"kms:MultiRegion": "false"},
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_what_the_reference_allows_is_found(name: str) -> None:
    """The reference allows the request, so the policy fails, and the witness is evidence."""
    document, context = REQUESTS[name]
    read = keyaki.policy_from(document)
    assert keyaki.allows(read, keyaki.Request("kms:Decrypt", KEY, context)) == "allow"
    verdict = keyaki.check(read)
    assert verdict.outcome == "FAILED"
    keyaki.verify(read, verdict)


NARROW = (
    *("*:*:${kms:CallerAccount}", "${aws:PrincipalAccount}:*:key/*", "*:*:${kms:RequestAlias}", "*:*:key/${aws:RequestedRegion}"),
    *("${aws:RequestedRegion}:${aws:RequestedRegion}:key/*", "*:*:key/${aws:ResourceAccount}", "*:*:key/${aws:EpochTime}"),
    *("*:*:key/${kms:MultiRegion}", "${kms:MultiRegionKeyType}:*:key/*", "${aws:ViaAWSService}:*:key/*"),
    "*:${aws:ResourceAccount}:${aws:ResourceAccount}",
)


@pytest.mark.parametrize("field", NARROW)
def test_a_variable_of_a_narrow_type_stands_in_no_other_field(field: str) -> None:
    """No value of the variable's type is a text of that field, so the statement covers no key."""
    read = keyaki.policy_from(policy({}, f"arn:aws:kms:{field}"))
    verdict = keyaki.check(read)
    assert verdict.outcome == "PASSED"
    keyaki.verify(read, verdict)


@pytest.mark.parametrize("key", ["aws:EpochTime", "aws:MultiFactorAuthAge"])
def test_a_number_of_twelve_digits_is_an_account(key: str) -> None:
    """A variable whose values are numbers can be an account."""
    assert keyaki.check(policy({}, f"arn:aws:kms:*:{of(key)}:key/*")).outcome == "FAILED"


@pytest.mark.parametrize(("region", "outcome"), [("?", "FAILED"), ("*", "PASSED"), ("us-east-?", "PASSED")])
def test_a_pattern_names_only_where_it_can_match(region: str, outcome: str) -> None:
    """A Deny whose Region is one character can match no key, so its account is not named; a Region of any length names it."""
    allow = policy(
        {"NumericEquals": {"aws:ResourceAccount": "111122223333"}, "StringEquals": {"aws:RequestedRegion": "us-east-2"}}
    )
    deny = {"Effect": "Deny", "Action": "*", "Resource": f"arn:aws:kms:{region}:111122223333:alias/a"}
    statements = [*allow["Statement"], deny, {**deny, "Resource": f"arn:aws:kms:{region}:111122223333:key/*"}]
    read = keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})
    verdict = keyaki.check(read, scope="account")
    assert verdict.outcome == outcome
    keyaki.verify(read, verdict)
