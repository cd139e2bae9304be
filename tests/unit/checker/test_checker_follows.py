"""Statements that apply wherever others do: what the ledger sees so is so of every request tried."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import keyaki
from keyaki.checker.ledger import Ledger
from keyaki.checker.sides import Side
from keyaki.policy import Policy, Request
from keyaki.reference.evaluate import Context, applies

ONE, MANY, NOW = "s3:x", "aws:TagKeys", "aws:CurrentTime"
SINGLES: list[tuple[str, Any]] = [
    ("StringEquals", "5"),
    ("StringEquals", ["5", "a"]),
    ("StringNotEquals", "5"),
    ("StringNotEquals", ["5", "a"]),
    ("StringEqualsIfExists", "5"),
    ("StringEqualsIgnoreCase", "A"),
    ("StringLike", "a*"),
    ("StringLike", "ab*"),
    ("StringLike", ["a*", "5"]),
    ("StringNotLike", "a*"),
    ("StringNotLike", "ab*"),
    ("StringNotLike", "ab"),
    ("Bool", "true"),
    ("Bool", ["true", "false"]),
    ("StringEquals", "true"),
    ("StringEquals", ["true", "TRUE"]),
    ("NumericEquals", "5"),
    ("NumericEquals", ["5", "6"]),
    ("NumericNotEquals", "5"),
    ("NumericNotEquals", ["5", "6"]),
    ("NumericLessThan", "5"),
    ("NumericLessThan", ["5", "6"]),
    ("BinaryEquals", "YWFh"),
    ("Null", "true"),
    ("Null", "false"),
]
LISTS: list[tuple[str, Any]] = [
    (f"{quantifier}:{operator}", values)
    for quantifier in ("ForAnyValue", "ForAllValues")
    for operator, values in [
        ("StringEquals", "a"),
        ("StringEquals", ["a", "b"]),
        ("StringNotEquals", "a"),
        ("StringNotEquals", ["a", "b"]),
        ("StringLike", "a*"),
    ]
] + [("Null", "true"), ("Null", "false")]
TIMES: list[tuple[str, str, Any]] = [
    (operator, key, value)
    for key in (NOW, "aws:EpochTime")
    for operator, value in [("StringEquals", "1704067200"), ("StringLike", "1*"), ("StringLike", "17*"), ("NumericLessThan", "5")]
]
TEXTS = [None, "5", "5.0", "a", "A", "ab", "true", "TRUE", "6", "4", "YWFh"]
SEVERAL = [None, ["a"], ["b"], ["a", "b"], ["a", "c"], ["c"], ["ab"]]
SECONDS = {"2024-01-01T00:00:00Z": "1704067200", "1999-01-01T00:00:00Z": "915148800", "1970-01-01T00:00:04Z": "4"}
CONDITIONS: dict[str, tuple[list[tuple[str, str, Any]], list[Any]]] = {
    "single": ([(operator, ONE, values) for operator, values in SINGLES], TEXTS),
    "list": ([(operator, MANY, values) for operator, values in LISTS], SEVERAL),
    "time": (TIMES, list(SECONDS)),
}


def policy_of(conditions: list[tuple[str, str, Any]]) -> Policy:
    """A policy with one Allow for each condition."""
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: values}}}
        for operator, key, values in conditions
    ]
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})


def contexts(conditions: list[tuple[str, str, Any]], value: Any) -> dict[str, Any]:
    """The context in which the conditions' key has a value; the time under both of its names."""
    key = conditions[0][1]
    if value is None:
        return {}
    if key != NOW:
        return {key: value}
    return {NOW: value, "aws:EpochTime": SECONDS[value]}


@pytest.mark.parametrize("kind", CONDITIONS)
def test_what_follows_applies(kind: str) -> None:
    """A statement seen to apply wherever another does applies to each request to which that does; some are seen so."""
    conditions, values = CONDITIONS[kind]
    policy = policy_of(conditions)
    side = Side([[policy]])
    ledger = Ledger([side])
    table = [
        [applies(entry.statement, Context(policy, Request("s3:GetObject", "*", contexts(conditions, value)))) for value in values]
        for entry in side.entries
    ]
    seen = 0
    for outer, inner in product(side.entries, repeat=2):
        if ledger.follows(outer, inner):
            seen += outer is not inner
            for mine, its in zip(table[outer.number], table[inner.number], strict=True):
                assert mine or not its
    assert seen >= {"single": 15, "list": 8, "time": 2}[kind]
