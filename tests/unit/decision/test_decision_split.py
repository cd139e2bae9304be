"""Variables whose values must be tried: two of one key are taken apart at first, so only their values tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

import keyaki

T, U = "aws:PrincipalTag/t", "aws:PrincipalTag/u"
TWICE = "${aws:PrincipalTag/u}${aws:PrincipalTag/u}"
REGIONS = "${aws:RequestedRegion}${aws:RequestedRegion}"
Statement = dict[str, Any]


def statement(effect: str, **condition: Any) -> Statement:
    """A statement on everything in KMS."""
    return {"Effect": effect, "Action": "kms:*", "Resource": "*", "Condition": condition}


def policy_of(*statements: Statement) -> Any:
    """The policy of some statements."""
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": list(statements)})


PASSING = {
    "a-text-twice": [
        statement("Allow", StringEquals={T: TWICE, U: ["a", "b"]}),
        statement("Deny", StringEquals={T: ["aa", "bb"]}),
    ],
    "a-default-for-an-absent-key": [
        statement(
            "Allow",
            StringEquals={T: "${aws:PrincipalTag/u, 'x'}${aws:PrincipalTag/u, 'y'}"},
            StringEqualsIfExists={U: "a"},
        ),
        statement("Deny", StringEquals={T: ["aa", "xy"]}),
    ],
    "a-region-twice": [
        statement("Allow", StringEquals={T: REGIONS, "aws:RequestedRegion": ["us-east-1", "eu-west-1"]}),
        statement("Deny", StringEquals={T: ["us-east-1us-east-1", "eu-west-1eu-west-1"]}),
    ],
    "an-account-twice": [
        statement(
            "Allow",
            StringEquals={
                T: "${aws:PrincipalAccount}${aws:PrincipalAccount}",
                "aws:PrincipalAccount": ["111122223333", "444455556666"],
            },
        ),
        statement("Deny", StringEquals={T: ["111122223333" * 2, "444455556666" * 2]}),
    ],
}


@pytest.mark.parametrize("name", PASSING)
def test_a_policy_passes_by_the_values_of_a_variable(name: str) -> None:
    """Each value that the variable may have is refuted, so are all others, and the certificate says so; one Deny less fails."""
    allow, deny = PASSING[name]
    policy = policy_of(allow, deny)
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    assert '"variable"' in json.dumps(verdict.certificate)
    keyaki.verify(policy, verdict)
    for text in deny["Condition"]["StringEquals"][T]:
        less = policy_of(allow, statement("Deny", StringEquals={T: text}))
        found = keyaki.check(less)
        assert found.outcome == "FAILED"
        keyaki.verify(less, found)


def test_a_region_is_tried_for_its_variable() -> None:
    """Where the Region that a person would write is denied, another one is found, and stands in the ARN too."""
    policy = policy_of(
        statement("Allow", StringEquals={T: "${aws:RequestedRegion}"}),
        statement("Deny", StringEquals={T: "us-east-1"}),
    )
    verdict = keyaki.check(policy)
    assert verdict.outcome == "FAILED"
    assert verdict.witness is not None
    region = verdict.witness.context[T]
    assert verdict.witness.resource.split(":")[3] == region != "us-east-1"
    keyaki.verify(policy, verdict)


# What a guess captures


@pytest.mark.parametrize(
    ("key", "captured"),
    [
        ("key/${aws:PrincipalTag/t}90ab", "1234abcd-12ab-34cd-56ef-12345678"),
        ("key/1234${aws:PrincipalTag/t}", "abcd-12ab-34cd-56ef-1234567890ab"),
        ("${aws:PrincipalTag/t}-56ef-1234567890ab", "key/1234abcd-12ab-34cd"),
    ],
)
def test_a_variable_in_a_key_has_what_is_left_for_it(key: str, captured: str) -> None:
    """Of the key id of a witness a variable has what neither the text before it nor that behind it takes."""
    policy = keyaki.policy_from(
        {"Version": "2012-10-17", "Statement": [{**statement("Allow"), "Resource": f"arn:aws:kms:*:*:{key}"}]}
    )
    verdict = keyaki.check(policy)
    assert verdict.witness is not None
    assert verdict.witness.resource.endswith(":key/1234abcd-12ab-34cd-56ef-1234567890ab")
    assert verdict.witness.context == {T: captured}
    keyaki.verify(policy, verdict)


def test_a_truth_value_and_a_pattern_that_share_no_text() -> None:
    """A key that equals a truth value of a variable has no `b` behind an `a`; the evidence for that verifies."""
    policy = policy_of(statement("Allow", Bool={T: "${aws:PrincipalTag/u}"}, StringLike={T: "*a*b*"}))
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    keyaki.verify(policy, verdict)


@pytest.mark.parametrize("others", [{"StringLike": {U: "a*"}}, {"StringLike": {U: "*b"}}, {"StringEqualsIgnoreCase": {U: "AB"}}])
def test_what_says_equally_much_of_a_variable_is_told_apart(others: dict[str, Any]) -> None:
    """Of two conditions that each leave a variable one pattern either will do, in whichever order they are written."""
    tie = {"StringEquals": {T: "${aws:PrincipalTag/u}", U: "ab"}}
    for conditions in ({**tie, **others}, {**others, **tie}):
        policy = policy_of(statement("Allow", **conditions), statement("Deny", StringEqualsIgnoreCase={T: "ab"}))
        verdict = keyaki.check(policy)
        assert verdict.outcome == "PASSED"
        keyaki.verify(policy, verdict)


@pytest.mark.parametrize(
    "last", ["${aws:PrincipalTag/t}*", "*${aws:PrincipalTag/t}", "${aws:PrincipalTag/t}${aws:PrincipalTag/w}"]
)
def test_a_circle_of_longer_texts_is_refuted_by_their_lengths(last: str) -> None:
    """Each of three texts holds the next, the first and one character more: the certificate compares lengths, and verifies."""
    tests = {T: "?${aws:PrincipalTag/u}*", U: "*${aws:PrincipalTag/v}*", "aws:PrincipalTag/v": last}
    policy = policy_of(statement("Allow", StringLike=tests))
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    assert '"longer"' in json.dumps(verdict.certificate)
    keyaki.verify(policy, verdict)
    shorter = policy_of(
        statement("Allow", StringLike={**tests, T: "*${aws:PrincipalTag/u}*", "aws:PrincipalTag/v": "*${aws:PrincipalTag/t}"})
    )
    assert keyaki.check(shorter).outcome != "PASSED"
