"""Cover: what is said to cover really does, on every request of a small universe."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

import keyaki
from keyaki.questions.cover import covers, same_lists
from keyaki.questions.sides import Entry, Side
from keyaki.reference.evaluate import Context, entry_holds, resource_holds

sys.path.append(str(Path(__file__).parent.parent.parent / "differential"))
import brute_space


def sibling(dice: Random, of: dict[str, Any]) -> dict[str, Any]:
    """A statement with longer or shorter lists, or a condition more or less."""
    found = {**of, "Condition": {operator: dict(block) for operator, block in of.get("Condition", {}).items()}}
    name = "Resource" if "Resource" in of else "NotResource"
    more = [*of[name], dice.choice(brute_space.RESOURCE_PATTERNS)]
    found[name] = dice.choice((of[name], more, more, of[name][:1]))
    operator, key, values = dice.choice(brute_space.TESTS)
    if found["Condition"] and dice.random() < 0.7:
        operator = dice.choice(list(found["Condition"]))
        key = dice.choice(list(found["Condition"][operator]))
        old = found["Condition"][operator][key]
        found["Condition"][operator][key] = dice.choice((old[:1], [*old, "x"], [*old, "a"], old[::-1], ["x"]))
    elif dice.random() < 0.5:
        found["Condition"].setdefault(operator, {})[key] = list(values)
    return found


def entry_of(statement: dict[str, Any]) -> Entry:
    """The entry of a policy of one statement."""
    return next(Side({"Version": "2012-10-17", "Statement": [statement]}).entries)


def applies(entry: Entry, request: keyaki.Request) -> bool:
    """True iff the statement applies, its actions set aside."""
    context = Context(entry.document.policy, request)
    statement = entry.statement
    return resource_holds(statement, context) and all(entry_holds(one, statement.effect, context) for one in statement.conditions)


@pytest.mark.parametrize("seed", range(300))
def test_what_covers_applies_wherever_the_other_does(seed: int) -> None:
    """If one statement is said to cover another of the same effect, every request that the other applies to, it applies to."""
    dice = Random(seed)
    one = brute_space.statement(dice, 0.5, 1)
    other = sibling(dice, one)
    for outer, inner in ((entry_of(one), entry_of(other)), (entry_of(other), entry_of(one))):
        if same_lists(outer, inner) and covers(outer, inner):
            document = {"Version": "2012-10-17", "Statement": [one, other]}
            keys, lists = brute_space.mentioned(document), brute_space.has_lists(document)
            for request in islice(brute_space.requests(keys, dice, lists=lists), 300):
                asked = keyaki.Request(*request)
                assert applies(outer, asked) or not applies(inner, asked), (one, other, asked)


def statement(effect: str, resource: Any = "*", *, name: str = "Resource", **tests: Any) -> Entry:
    """The entry of a statement."""
    return entry_of({"Effect": effect, "Action": "s3:x", name: resource, "Condition": tests})


def test_longer_lists_cover_shorter_ones() -> None:
    """More resources and more values cover fewer; where a list excludes, fewer cover more."""
    assert covers(statement("Allow", ["arn:aws:s3:::a", "arn:aws:s3:::b"]), statement("Allow", "arn:aws:s3:::a"))
    assert covers(statement("Allow", "arn:aws:s3:::a*"), statement("Allow", ["arn:aws:s3:::ab", "arn:aws:s3:::a?/*"]))
    assert covers(
        statement("Allow", "arn:aws:s3:::a", name="NotResource"),
        statement("Allow", ["arn:aws:s3:::a", "*:b"], name="NotResource"),
    )
    assert covers(statement("Allow", StringLike={"s3:k": ["a", "b"]}), statement("Allow", StringLike={"s3:k": "a", "s3:l": "b"}))
    assert covers(statement("Allow", StringNotLike={"s3:k": "a"}), statement("Allow", StringNotLike={"s3:k": ["a", "b"]}))


def test_a_list_without_valid_values_takes_a_deny_away() -> None:
    """On a Deny, fewer values of a negated operator need not cover more: none of the fewer may be valid."""
    fewer, more = ({"aws:SourceIp": values} for values in (["x"], ["x", "10.0.0.0/8"]))
    assert covers(statement("Allow", NotIpAddress=fewer), statement("Allow", NotIpAddress=more))
    assert not covers(statement("Deny", NotIpAddress=fewer), statement("Deny", NotIpAddress=more))
