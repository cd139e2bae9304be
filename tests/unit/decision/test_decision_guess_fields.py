"""Guesses, what they put into fields: what a variable captures of a key id, and whose account the caller's is."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.decision.guess import Guesser
from keyaki.decision.witness import mentions
from keyaki.policy import Policy, Request
from keyaki.symbolic.encode import Encoder
from keyaki.symbolic.names import names_of
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.theory import Theory
from keyaki.verdict import Scope

T = "aws:PrincipalTag/t"
ELSEWHERE = "123456789012"


def policy_of(resource: str, **condition: Any) -> Policy:
    """The policy of one Allow of every KMS action."""
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": resource, "Condition": condition}
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})


def guess(policy: Policy) -> Request:
    """The guess for the statement, before any replay."""
    names = names_of(policy, "aws")
    theory = Theory("kms:Decrypt", "aws", names, Encoder(policy, "aws").multi, epoch=False)
    guesser = Guesser(policy, Scope.CONFINED, Readable("aws", names), mentions(policy))
    found = guesser.request(theory, "kms:Decrypt", policy.statements[0])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "captured"),
    [
        ("key/${aws:PrincipalTag/t}", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("key/${aws:PrincipalTag/t}90ab", "1234abcd-12ab-34cd-56ef-12345678"),
        ("key/1234${aws:PrincipalTag/t}", "abcd-12ab-34cd-56ef-1234567890ab"),
        ("key/12${aws:PrincipalTag/t}34567890ab", "34abcd-12ab-34cd-56ef-12"),
        ("${aws:PrincipalTag/t}-56ef-1234567890ab", "key/1234abcd-12ab-34cd"),
    ],
)
def test_a_variable_has_what_is_left_for_it(key: str, captured: str) -> None:
    """Of a key id a variable has what neither the text before it nor that behind it takes."""
    policy = policy_of(f"arn:aws:kms:*:*:{key}")
    found = guess(policy)
    assert found.resource.endswith(":key/1234abcd-12ab-34cd-56ef-1234567890ab")
    assert found.context == {T: captured}
    assert keyaki.allows(policy, found) == "allow"


@pytest.mark.parametrize("caller", ["aws:PrincipalAccount", "kms:CallerAccount"])
@pytest.mark.parametrize(
    ("resource", "own"),
    [
        ("*", False),
        ("arn:aws:kms:*:*:key/${aws:PrincipalTag/t}", False),
        ("arn:aws:kms:*:${aws:PrincipalTag/t}:key/*", False),
        ("arn:aws:kms:*:${aws:PrincipalAccount}:key/*", True),
        ("arn:aws:kms:*:${kms:CallerAccount}:key/${aws:PrincipalTag/t}", True),
    ],
)
def test_the_caller_is_in_the_keys_account_only_where_that_is_asked(caller: str, resource: str, own: bool) -> None:
    """A caller's account that a condition asks for is given, unless the account in the ARN must be the caller's."""
    found = guess(policy_of(resource, StringEquals={caller: ELSEWHERE}))
    account = found.resource.split(":")[4]
    assert account != ELSEWHERE
    assert found.context[caller] == (account if own else ELSEWHERE)


@pytest.mark.parametrize("caller", ["aws:PrincipalAccount", "kms:CallerAccount"])
def test_a_tag_that_is_the_callers_account_has_its_digits(caller: str) -> None:
    """A variable for the caller's account gives the caller one, and the witness both."""
    policy = policy_of("*", StringEquals={T: f"${{{caller}}}"})
    found = guess(policy)
    assert len(found.context) == 2
    assert found.context[T] == found.context[caller]
    assert keyaki.allows(policy, found) == "allow"


@pytest.mark.parametrize(("operator", "own"), [("StringEquals", True), ("StringNotEquals", False)])
def test_a_condition_on_the_keys_account_says_whose_it_is(operator: str, own: bool) -> None:
    """The caller's account is the key's where a condition makes them equal, and another where it keeps them apart."""
    policy = policy_of("*", **{operator: {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})
    found = guess(policy)
    assert (found.context["aws:PrincipalAccount"] == found.resource.split(":")[4]) is own
    assert keyaki.allows(policy, found) == "allow"
