"""Variables in the whole space: which patterns hold all of which, and what ties settle."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import keyaki
from keyaki.questions.answer import Result
from keyaki.questions.explore import holds_all_of
from keyaki.reference.template import parse_template
from keyaki.symbolic.pattern import Pattern, pattern_of

TEXTS = ["", *("".join(word) for size in (1, 2, 3, 4) for word in product("ab:", repeat=size))]
VALUES = ["a", "ab", "b:", ":"]
SHAPES = [
    "${k:v}",
    "a${k:v}",
    "*${k:v}",
    "${k:v}*",
    "?${k:v}",
    "*",
    "?*",
    "a*",
    "*${k:v}*",
    "${k:v}${k:v}",
    "${k:w}",
    "${k:v, 'a'}",
]


def made(text: str, *, field: bool, fold: bool = False) -> Pattern:
    """The pattern of a text."""
    pattern = pattern_of(parse_template(text, live=True, wildcards=True), field=field, fold=fold)
    assert pattern is not None
    return pattern


def matched(pattern: Pattern, known: dict[str, str | None]) -> set[str]:
    """The texts that a pattern matches under some values."""
    ground = pattern.under(known)
    return {text for text in TEXTS if ground is not None and ground.glob().matches(text)}


@pytest.mark.parametrize(("outer_field", "inner_field"), list(product([False, True], repeat=2)))
def test_a_pattern_that_holds_all_of_another_does(outer_field: bool, inner_field: bool) -> None:
    """Where one pattern is said to hold all of another, it does so under every value of the variables, absence included."""
    said = 0
    for outer, inner in product(SHAPES, repeat=2):
        one, other = made(outer, field=outer_field), made(inner, field=inner_field)
        if holds_all_of(one, other):
            said += outer != inner
            for v, w in product([None, *VALUES], repeat=2):
                known = {"k:v": v, "k:w": w}
                assert matched(other, known) <= matched(one, known), (outer, inner, known)
    assert said > 10 or (outer_field and not inner_field)  # a field holds no variable that may have a colon


def test_case_counts_where_it_counts() -> None:
    """A variable compared without case holds all of one compared with case, not the other way round."""
    folded, plain = made("${k:v}", field=False, fold=True), made("${k:v}", field=False)
    assert holds_all_of(folded, plain)
    assert not holds_all_of(plain, folded)


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
