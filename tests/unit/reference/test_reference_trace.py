"""The trace of a request: it agrees with the decision, and says what did not hold."""

from __future__ import annotations

import itertools

import pytest

from keyaki.errors import QuestionError
from keyaki.policy import Decision, Effect, Element, Policy, Request, Statement
from keyaki.reference.advice import advise
from keyaki.reference.evaluate import allows
from keyaki.reference.trace import trace
from keyaki.syntax.lower import policy_from

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def policy(*statements: dict[str, object]) -> Policy:
    """A policy of these statements."""
    return policy_from({"Version": "2012-10-17", "Statement": list(statements)})


def test_the_trace_agrees_with_the_decision() -> None:
    """The statements that apply by the trace are those that make the decision, and each has reasons iff it does not apply."""
    parts = itertools.product(
        ["Allow", "Deny"],
        [{"Action": "kms:*"}, {"NotAction": "kms:Decrypt"}],
        [{"Resource": "*"}, {"NotResource": "arn:aws:kms:*:*:key/*"}],
        [{}, {"StringEquals": {"aws:a": "1"}}, {"Null": {"aws:a": "true"}}],
    )
    statements = [
        {"Effect": effect, **action, **resource, "Condition": condition} for effect, action, resource, condition in parts
    ]
    for pair, context in itertools.product(itertools.combinations(statements, 2), [{}, {"aws:a": "1"}]):
        subject, request = policy(*pair), Request("kms:Decrypt", KEY, dict(context))
        traced = trace(subject, request)
        applying = [str(one.statement.effect) for one in traced if one.applies]
        expected = "explicitDeny" if "Deny" in applying else "allow" if applying else "implicitDeny"
        assert allows(subject, request) is Decision(expected)
        assert [one.applies for one in traced] == [not one.reasons for one in traced]


def test_reasons_name_every_part_that_failed() -> None:
    """Action, resource and each failing condition have their clause, with what the request has and what the policy asks."""
    subject = policy(
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "NotResource": "arn:aws:kms:*:*:*",
            "Condition": {
                "StringEquals": {"aws:a": ["1", "2", "3", "4", "5"], "aws:b": "x"},
                "Bool": {"aws:c": "true"},
                "ForAnyValue:StringLike": {"aws:TagKeys": []},
            },
        }
    )
    (traced,) = trace(subject, Request("kms:Decrypt", KEY, {"aws:a": "6", "AWS:B": "x", "aws:TagKeys": ["p", "q"]}))
    assert not traced.applies
    assert traced.reasons == (
        "its Action does not cover `kms:Decrypt`",
        f"its NotResource excludes `{KEY}`",
        "`aws:a` is `6`, and `StringEquals` asks for `1`, `2`, `3` and 2 more",
        "`aws:c` is absent, and `Bool` asks for `true`",
        "`ForAnyValue:StringLike` has no valid value for `aws:TagKeys`",
    )
    assert [condition.holds for condition in traced.conditions] == [False, True, False, False]
    assert [condition.found for condition in traced.conditions] == [("6",), ("x",), (), ("p", "q")]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ({"NotAction": "kms:*", "Resource": "*"}, "its NotAction excludes `kms:Decrypt`"),
        ({"Action": [], "Resource": "*"}, "its Action is empty"),
        ({"Action": "*", "Resource": []}, "its Resource is empty"),
        ({"Action": "*", "NotResource": []}, "its NotResource is empty"),
        ({"Action": "*", "Resource": "arn:aws:s3:::*"}, f"its Resource does not cover `{KEY}`"),
        ({"Action": "*", "NotResource": ["${aws:none}"]}, "its NotResource has a variable without a value"),
        ({"Action": "*", "NotResource": ["${aws:none}", "*"]}, f"its NotResource excludes `{KEY}`"),
    ],
)
def test_the_reason_of_one_element(element: dict[str, object], reason: str) -> None:
    """A Deny that one element keeps from applying has that element's reason alone."""
    (traced,) = trace(policy({"Effect": "Deny", **element}), Request("kms:Decrypt", KEY))
    assert traced.reasons == (reason,)


@pytest.mark.parametrize(
    ("operator", "key", "values", "reason"),
    [
        ("Null", "aws:TagKeys", "true", "`aws:TagKeys` is `p`, `q`, and `Null` asks for `true`"),
        ("Null", "aws:none", "false", "`aws:none` is absent, and `Null` asks for `false`"),
        ("NumericNotEquals", "aws:a", "ten", "`NumericNotEquals` has no valid value for `aws:a`"),
        (
            "StringEquals",
            "aws:TagKeys",
            "p",
            "`aws:TagKeys` holds a list, of which `StringEquals` without a set prefix says nothing on a Deny",
        ),
        (
            "ForAnyValue:StringEquals",
            "aws:TagKeys",
            "r",
            "`aws:TagKeys` is `p`, `q`, and `ForAnyValue:StringEquals` asks for `r`",
        ),
    ],
)
def test_the_reason_of_one_condition(operator: str, key: str, values: str, reason: str) -> None:
    """A Deny that one condition keeps from applying has that condition's reason alone."""
    subject = policy({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {operator: {key: values}}})
    (traced,) = trace(subject, Request("kms:Decrypt", KEY, {"aws:a": "10", "aws:TagKeys": ["p", "q"]}))
    assert traced.reasons == (reason,)


def test_malformed_requests_are_refused() -> None:
    """The trace refuses what the decision refuses."""
    with pytest.raises(QuestionError, match="is not an action"):
        trace(policy(), Request("Decrypt", KEY))


def test_a_statement_without_resource_covers_nothing() -> None:
    """A statement built without a Resource, which no parser gives an identity policy, does not apply, and says so."""
    statement = Statement(0, Effect.ALLOW, Element(negated=False, values=("*",)), None)
    subject = Policy("2012-10-17", (statement,))
    (traced,) = trace(subject, Request("kms:Decrypt", KEY))
    assert traced.reasons == ("it has no Resource",)
    assert allows(subject, Request("kms:Decrypt", KEY)) is Decision.IMPLICIT_DENY
    assert advise(subject) == ()
