"""Metamorphic laws: a policy rewritten in a way that cannot matter, or can matter in one direction only.

No expected verdict is computed here: the engine is compared with itself. So these laws hold for policies of any size and
vocabulary, those of the brute force's families among them, whose near misses they borrow.
"""

from __future__ import annotations

import json
import random

import brute_rules as rules
import pytest
from brute_changes import (
    Change,
    aligned,
    denied,
    implied_deny,
    listed,
    merged,
    names_the_same,
    renamed,
    reordered,
    repeated,
    split,
    widened,
)
from brute_conditions import Sample, lists, mixed, mixed_lists, texts, ties, typed
from brute_dice import dice
from brute_judge import Family, asked
from brute_places import arn_decided, flat, own_account, places
from brute_variables import var_conditions, var_resources
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import keyaki

FAMILIES: tuple[Family, ...] = (
    *(
        texts,
        typed,
        lists,
        ties,
        mixed,
        mixed_lists,
        places,
        places,
        flat,
        arn_decided,
        own_account,
        var_conditions,
        var_resources,
    ),
)
numbers = st.integers(min_value=0, max_value=2**32)
families = st.sampled_from(FAMILIES)
quickly = settings(max_examples=60, deadline=None)


Pair = tuple[rules.Document, rules.Document]


def rewritten(number: int, family: Family, change: Change, before: str | None = None) -> Pair | None:
    """A policy of the family that the change applies to, and its rewriting; the policy has the outcome ``before``, if given.

    The first from a number on. A change that names more asks another question (section 3), unless it is a renaming.
    """
    for attempt in range(30):
        luck = dice(f"{number} {attempt}")
        document = family(luck).document
        other = change(luck, document)
        if other is None or other == document or not (change is renamed or names_the_same(document, other)):
            continue
        if before is None or outcome(document, number) == before:
            return document, other
    return None


def outcome(document: rules.Document, number: int) -> str:
    """The outcome of the question that goes with the number."""
    question = asked(dice(f"question {number}"))
    verdict = keyaki.check(document, scope=question.scope, mode=question.mode, actions=list(question.actions))
    return str(verdict.outcome)


@pytest.mark.parametrize("change", [reordered, listed, repeated, split, implied_deny])
@quickly
@given(family=families, number=numbers)
def test_rewriting_keeps_the_verdict(change: Change, family: Family, number: int) -> None:
    """Order, lists of one, repetition, splitting a union and one more implied Deny change no verdict."""
    keeps_the_verdict(number, family, change)


@quickly
@given(family=st.sampled_from([places, flat, own_account, var_resources]), number=numbers)
def test_merging_keeps_the_verdict(family: Family, number: int) -> None:
    """Statements that differ in their Resource only are one statement with both."""

    def with_pairs(luck: random.Random) -> Sample:
        found = family(luck)
        return found._replace(document=aligned(luck, found.document))

    keeps_the_verdict(number, with_pairs, merged)


@quickly
@given(family=st.sampled_from([places, own_account, ties]), number=numbers)
def test_renaming_keeps_the_verdict(family: Family, number: int) -> None:
    """Accounts and Regions that only their names tell apart may change places."""
    keeps_the_verdict(number, family, renamed)


def keeps_the_verdict(number: int, family: Family, change: Change) -> None:
    """Fail iff the rewriting changes the outcome. Of UNDECIDED the law says nothing; the brute force reports it."""
    pair = rewritten(number, family, change)
    assume(pair is not None)
    outcomes = [outcome(document, number) for document in pair or ()]
    assert len(set(outcomes) - {"UNDECIDED"}) <= 1, json.dumps(pair)


@quickly
@given(family=families, number=numbers)
def test_one_more_deny_never_grants(family: Family, number: int) -> None:
    """A Deny that names nothing new never turns PASSED into FAILED."""
    pair = rewritten(number, family, lambda luck, document: denied(luck, document, family(luck).document), "PASSED")
    assume(pair is not None)
    assert pair is None or outcome(pair[1], number) != "FAILED", json.dumps(pair)


@quickly
@given(family=families, number=numbers)
def test_widening_an_allow_never_takes_away(family: Family, number: int) -> None:
    """An Allow that covers more and names nothing new never turns FAILED into PASSED."""
    pair = rewritten(number, family, widened, "FAILED")
    assume(pair is not None)
    assert pair is None or outcome(pair[1], number) != "PASSED", json.dumps(pair)
