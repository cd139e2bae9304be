"""Advice: each warning has a policy that draws it and a neighbour that does not."""

from __future__ import annotations

from typing import Any

import pytest

from keyaki.policy import PolicyWarning
from keyaki.reference.advice import advise
from keyaki.syntax.lower import policy_from


def advice(statement: dict[str, Any], version: str = "2012-10-17") -> tuple[PolicyWarning, ...]:
    """The warnings of a policy whose second statement is this one, completed to cover everything."""
    whole = {"Effect": "Allow", **statement}
    if "NotAction" not in whole:
        whole.setdefault("Action", "kms:*")
    if "NotResource" not in whole:
        whole.setdefault("Resource", "*")
    plain = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:*:key/*"}
    return advise(policy_from({"Version": version, "Statement": [plain, whole]}))


def codes(statement: dict[str, Any], version: str = "2012-10-17") -> list[str]:
    """The codes of the warnings, in order."""
    return [warning.code for warning in advice(statement, version)]


def condition(operator: str, key: str, values: Any, **more: Any) -> dict[str, Any]:
    """A statement with one condition entry."""
    return {"Condition": {operator: {key: values}}, **more}


def guarded(operator: str, values: Any) -> dict[str, Any]:
    """A ForAllValues on aws:TagKeys beside another condition on that key."""
    return {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, operator: {"AWS:tagkeys": values}}}


DRAWN = [
    (condition("NumericLessThan", "aws:MultiFactorAuthAge", ["ten", "5"]), ["invalid-value"]),
    (condition("NumericLessThan", "aws:MultiFactorAuthAge", ["10", "5"]), []),
    (condition("NumericLessThan", "aws:MultiFactorAuthAge", "ten"), ["invalid-value", "no-value-left"]),
    (condition("DateLessThan", "aws:CurrentTime", "${aws:CurrentTime}"), ["invalid-value", "no-value-left"]),
    (condition("Bool", "aws:SecureTransport", "${aws:x}"), []),
    (condition("Bool", "aws:SecureTransport", "yes"), ["invalid-value", "no-value-left"]),
    (condition("StringEquals", "aws:x", []), ["no-value-left"]),
    (condition("StringEquals", "aws:x", [""]), []),
    (condition("IpAddress", "aws:SourceIp", "10.0.0.0/99"), ["invalid-value", "no-value-left"]),
    (condition("Null", "aws:x", "true"), []),
    (condition("Null", "aws:TagKeys", "FALSE"), []),
    (condition("Null", "aws:x", ["true", "yes"]), ["null-value"]),
    (condition("Null", "aws:x", ["yes"]), ["null-value", "no-value-left"]),
    (condition("Null", "aws:x", []), ["no-value-left"]),
    (condition("Null", "aws:x", ["true", "false"]), ["null-always"]),
    (condition("ForAllValues:Null", "aws:TagKeys", "true"), ["null-with-set-prefix"]),
    (condition("ForAnyValue:Null", "aws:TagKeys", "true"), ["null-with-set-prefix"]),
    (condition("StringEquals", "aws:TagKeys", "a"), ["set-prefix-missing"]),
    (condition("ForAnyValue:StringEquals", "aws:TagKeys", "a"), []),
    (condition("ForAnyValue:StringEquals", "ec2:Any", "a"), []),
    (condition("ForAnyValue:StringEquals", "kms:ViaService", "a"), ["set-prefix-needless"]),
    (condition("ForAllValues:StringEquals", "aws:TagKeys", "a"), ["vacuous-for-all-values"]),
    (condition("ForAllValues:StringEquals", "aws:TagKeys", "a", Effect="Deny"), []),
    (guarded("Null", "false"), []),
    (guarded("Null", "true"), ["vacuous-for-all-values"]),
    (guarded("Null", ["true", "false"]), ["vacuous-for-all-values", "null-always"]),
    (guarded("ForAnyValue:StringLike", "*"), []),
    (guarded("ForAllValues:StringLike", "*"), ["vacuous-for-all-values", "vacuous-for-all-values"]),
    (guarded("StringLike", "*"), ["set-prefix-missing"]),
    (guarded("StringLikeIfExists", "*"), ["vacuous-for-all-values", "set-prefix-missing"]),
    (guarded("StringNotLike", "*"), ["vacuous-for-all-values", "set-prefix-missing"]),
    ({"Resource": "arn:aws:s3:::${AWS::Region}"}, ["malformed-variable"]),
    ({"NotResource": "arn:aws:s3:::${aws:username}"}, []),
    ({"Resource": "arn:aws:s3:::${*}${"}, []),
    (condition("StringLike", "aws:x", ["${bad}", "${aws:ok}"]), ["malformed-variable"]),
    (condition("Bool", "aws:SecureTransport", "${bad}"), ["malformed-variable"]),
    ({"Action": []}, ["empty-list"]),
    ({"NotAction": []}, ["empty-list"]),
    ({"Resource": []}, ["empty-list"]),
    ({"NotResource": [], "Effect": "Deny"}, ["empty-list"]),
    ({"Resource": "arn:aws:kms:*"}, ["short-arn"]),
    ({"Resource": ["*", "arn:aws:kms:*:*:*", "*:kms:*"]}, []),
    (condition("ArnLike", "aws:PrincipalArn", "*"), []),
    (condition("ArnLike", "aws:PrincipalArn", "*", Effect="Deny"), ["short-arn"]),
    (condition("ArnNotLike", "aws:PrincipalArn", "*"), ["short-arn"]),
    (condition("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"), []),
    ({"Action": "KMS:ReEncrypt"}, ["no-such-action"]),
    ({"Action": "kms:ReEncrypt*"}, []),
]


@pytest.mark.parametrize(("statement", "drawn"), DRAWN)
def test_each_warning(statement: dict[str, Any], drawn: list[str]) -> None:
    """A statement draws exactly these warnings, and its plain neighbour in the policy draws none."""
    assert codes(statement) == drawn


def test_every_code_is_drawn() -> None:
    """The table above, and the old version below, draw every warning that there is."""
    drawn = {code for _, row in DRAWN for code in row} | {"variable-not-live"}
    assert drawn == {
        "empty-list",
        "invalid-value",
        "malformed-variable",
        "no-such-action",
        "no-value-left",
        "null-always",
        "null-value",
        "null-with-set-prefix",
        "set-prefix-missing",
        "set-prefix-needless",
        "short-arn",
        "vacuous-for-all-values",
        "variable-not-live",
    }


def test_variables_of_the_old_version() -> None:
    """Under 2008-10-17 a variable draws a warning that it is plain text, and a malformed one none."""
    assert codes({"Resource": "arn:aws:s3:::${aws:username}"}, "2008-10-17") == ["variable-not-live"]
    assert codes(condition("StringEquals", "aws:x", "${aws:username}"), "2008-10-17") == ["variable-not-live"]
    assert codes(condition("Bool", "aws:x", "${aws:y}"), "2008-10-17") == ["invalid-value", "variable-not-live", "no-value-left"]
    assert codes({"Resource": "arn:aws:s3:::${AWS::Region}"}, "2008-10-17") == []
    assert codes({"Action": "kms:${aws:username}"}, "2008-10-17") == []


def test_a_warning_names_its_statement_and_what_was_written() -> None:
    """Warnings carry the index of their statement, quote the policy, and are given once each."""
    (warning,) = advice({"Resource": ["arn:aws:s3:::${AWS::Region}", "arn:aws:s3:::${AWS::Region}"]})
    assert warning.statement == 1
    assert "`${AWS::Region}`" in warning.message
    assert warning.message[0] == "`" or warning.message[0].islower()
    assert not warning.message.endswith(".")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"Action": []}, "Action is empty, so the statement has no effect"),
        ({"Action": [], "Effect": "Deny"}, "Action is empty, so the statement has no effect"),
        ({"NotAction": [], "Effect": "Deny"}, "NotAction is empty, so the statement has no effect"),
        ({"NotResource": []}, "NotResource is empty, so it excludes nothing"),
        (condition("Null", "aws:x", "yes"), "`Null` on `aws:x` has a value that is neither `true` nor `false` and is dropped"),
        (
            condition("ForAllValues:Null", "aws:TagKeys", "true"),
            "`ForAllValues:Null` on `aws:TagKeys` always holds; Null without a set prefix asks whether the key is present",
        ),
        (
            condition("ForAnyValue:Null", "aws:TagKeys", "true"),
            "`ForAnyValue:Null` on `aws:TagKeys` never holds; Null without a set prefix asks whether the key is present",
        ),
        (
            condition("BoolIfExists", "aws:x", ["yes", "true"]),
            "`yes` is not valid for `BoolIfExists` on `aws:x` and is dropped",
        ),
    ],
)
def test_messages_say_what_follows(statement: dict[str, Any], message: str) -> None:
    """The message says what the policy wrote and what it means, which depends on effect and polarity."""
    assert advice(statement)[0].message == message


def test_long_texts_are_cut() -> None:
    """A message quotes at most two hundred characters of a text, and a variable that stands there often is named once."""
    (warning,) = advice({"Resource": "${a}" * 100_000})
    assert warning.message == "`${a}` in `" + "${a}" * 50 + "...` is no policy variable and never has a value"
    (warning, _) = advice(condition("NumericEquals", "aws:x", "x" * 201))
    assert warning.message == "`" + "x" * 200 + "...` is not valid for `NumericEquals` on `aws:x` and is dropped"
    warnings = advice(condition("NumericEquals", "aws:" + "k" * 400_000, [f"x{count}" for count in range(1000)]))
    assert len(warnings) == 1001
    assert max(len(warning.message) for warning in warnings) < 400
