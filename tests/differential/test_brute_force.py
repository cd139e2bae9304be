"""The engine against brute force: small random policies, finite universes, the reference evaluator on every request.

For each policy the right answer is read off an enumeration: FAILED iff some consistent request to a fresh key is allowed, and the
Allow statements reported are exactly those that some such request shows. What a universe holds and why that is enough is argued
where it is made (``brute_axes``, ``brute_conditions``, ``brute_places``, ``brute_variables``, ``brute_captures``). The
engine never sees it.

``KEYAKI_LONG=1`` runs the long profile: 50,000 policies.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from itertools import product
from typing import NamedTuple

import brute_rules as rules
import pytest
from brute_captures import var_flat, var_graphs
from brute_conditions import forms, lists, mixed, mixed_lists, sample, texts, ties, typed
from brute_dice import ADDRESS, ARNS, DATE, NUMERIC, STRING, dice, policy, statement
from brute_judge import Asked, Family, asked, judge, report, smaller
from brute_places import arn_decided, flat, own_account, places
from brute_universe import Brute
from brute_variables import var_arns, var_conditions, var_resources, var_typed
from brute_words import FORMS, glob, matches, representatives

import keyaki

SHARES: dict[Family, int] = {
    texts: 120,
    typed: 120,
    lists: 120,
    ties: 130,
    mixed: 90,
    mixed_lists: 80,
    places: 60,
    flat: 60,
    arn_decided: 70,
    own_account: 60,
    var_conditions: 80,
    var_typed: 70,
    var_arns: 60,
    var_resources: 50,
    var_flat: 35,
    var_graphs: 35,
}
"""How many of a thousand policies (and a few) come from each family."""
NAMES = {family.__name__: family for family in SHARES}
LONG = 50
OPEN = {"var_flat": 0.12, "var_graphs": 0.08}
"""The share of a family's policies that may stay undecided: variables meet there as they seldom do. Of all others none may."""
OPEN_AT_LENGTH = {**OPEN, "var_resources": 0.04, "var_conditions": 0.02}
"""The same among very many policies."""


class Campaign(NamedTuple):
    """What came of one family: reports of disagreements, and how many policies had each property."""

    reports: list[str]
    tally: Counter[str]


@cache
def campaign(name: str, seed: str, times: int) -> Campaign:
    """Run a family for its share, so many times over."""
    family = NAMES[name]
    reports: list[str] = []
    tally: Counter[str] = Counter()
    for number in range(SHARES[family] * times):
        luck = dice(f"{seed} {name} {number}")
        found, question = family(luck), asked(luck)
        finding = judge(found, question)
        tally["policies"] += 1
        tally["failed"] += finding.fails
        tally["a Deny decides"] += finding.deny_decides
        tally["a condition decides"] += finding.condition_decides
        tally["undecided"] += finding.undecided
        if finding.disagreement and not (finding.undecided and name in (OPEN if times == 1 else OPEN_AT_LENGTH)):
            reports.append(report(found, question, finding.disagreement))
    return Campaign(reports, tally)


def answered(name: str, seed: str, times: int) -> None:
    """Fail with the shortest disagreements of a family, if it has any."""
    found = campaign(name, seed, times)
    reports = sorted(found.reports, key=len)
    most = (OPEN if times == 1 else OPEN_AT_LENGTH).get(name, 0)
    assert found.tally["undecided"] <= most * found.tally["policies"], found.tally
    assert not reports, f"{len(reports)} of {found.tally['policies']} policies\n" + "\n".join(reports[:3])


@pytest.mark.parametrize("name", NAMES)
def test_engine_answers_as_brute_force(name: str) -> None:
    """The engine fails, passes and names the granting statements exactly as the enumeration says, with evidence that holds."""
    answered(name, "ci", 1)


def test_random_policies_are_near_misses() -> None:
    """Of the random policies at least 30 % fail, at least 30 % hang on a Deny and at least 30 % on a condition."""
    total: Counter[str] = sum((campaign(name, "ci", 1).tally for name in NAMES), Counter())
    assert total["policies"] >= 1_000
    assert total["policies"] - total["failed"] >= 0.3 * total["policies"], total
    for what in ("failed", "a Deny decides", "a condition decides"):
        assert total[what] >= 0.3 * total["policies"], total


OPERATORS = (*STRING, *NUMERIC, *DATE, *ADDRESS, *ARNS, "Bool", "BinaryEquals")


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_form_of_every_operator_is_decided(operator: str) -> None:
    """Each operator, bare, with IfExists and with each set prefix, on Allow and on Deny, is decided as the enumeration says."""
    for effect, prefix, suffix in product(("Allow", "Deny"), ("", "ForAllValues:", "ForAnyValue:"), ("", "IfExists")):
        for number in range(3):
            luck = dice(f"{effect} {prefix}{operator}{suffix} {number}")
            found, question = forms(luck, effect, f"{prefix}{operator}{suffix}"), asked(luck)
            finding = judge(found, question)
            assert finding.disagreement is None, report(found, question, finding.disagreement or "")


def test_random_policies_use_every_element() -> None:
    """Action, NotAction, Resource, NotResource and Condition, on Allow and on Deny, and every form of Null stand among them."""
    elements: set[tuple[str, str]] = set()
    nulls: set[tuple[str, str]] = set()
    for name, family in NAMES.items():
        for number in range(SHARES[family]):
            document = family(dice(f"ci {name} {number}")).document
            elements |= {(one["Effect"], element) for one in rules.statements(document) for element in one}
            nulls |= {(test.effect, test.prefix) for test in rules.entries(document) if test.base == "null"}
    names = ("Action", "NotAction", "Resource", "NotResource", "Condition")
    assert {(effect, name) for effect in ("Allow", "Deny") for name in names} <= elements
    assert {(effect, prefix) for effect in ("Allow", "Deny") for prefix in ("", "forallvalues", "foranyvalue")} <= nulls


@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("KEYAKI_LONG"), reason="the long profile is run by hand: KEYAKI_LONG=1")
@pytest.mark.parametrize("name", NAMES)
def test_engine_answers_as_brute_force_at_length(name: str) -> None:
    """The same for 50,000 policies and more."""
    answered(name, f"long {os.environ['KEYAKI_LONG']}", LONG)


# The brute force itself


@pytest.mark.parametrize("name", NAMES)
def test_sets_of_requests_are_what_the_reference_allows(name: str) -> None:
    """In a whole small universe, the enumeration's set of allowed requests is the set that ``keyaki.allows`` allows."""
    judged = 0
    for number in range(200):
        found = NAMES[name](dice(f"sets {name} {number}"))
        read = keyaki.policy_from(found.document)
        brute = Brute(found.document, read, ["kms:Decrypt"], found.axes("kms:Decrypt"), found.partition)
        if brute.universe.size > 400:
            continue
        allowed = 0
        for points in brute.allowed("kms:Decrypt").values():
            allowed |= points
        for number_of in range(brute.universe.size):
            request = brute.at("kms:Decrypt", brute.universe.point(1 << number_of))
            assert (keyaki.allows(read, request) == "allow") is bool(allowed >> number_of & 1), (found.document, request)
        judged += 1
        if judged == 3:
            break


def test_brute_force_sees_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that answers for another policy, a wider or a narrower one, is found out."""
    arns = ["arn:aws:kms:us-east-1:111122223333:key/mrk-" + "0" * 32]
    wide, none = (sample(policy([statement("Allow", "kms:*", [], text)]), arns) for text in ("*", "arn:aws:s3:::*"))
    assert judge(wide, Asked()).disagreement is None
    assert judge(none, Asked()).disagreement is None
    check = keyaki.check
    for asked_about, answered_for, said in ((wide, none, "missed (PASSED"), (none, wide, "bad witness of statement 0")):
        monkeypatch.setattr(keyaki, "check", lambda _document, other=answered_for, **rest: check(other.document, **rest))
        assert str(judge(asked_about, Asked()).disagreement).startswith(said)


def test_smaller_policies_leave_one_part_out() -> None:
    """Each smaller policy lacks one statement, entry or value, and together they lack each."""
    document = policy([statement("Allow", ["a", "b"], [("StringEquals", "aws:userid", ["x", "y"])]), statement("Deny", "*", [])])
    assert len(list(smaller(document))) == 2 + 2 + 1 + 2


# Words


@pytest.mark.parametrize("form", FORMS)
def test_representatives_are_of_their_form_and_miss_no_class(form: str) -> None:
    """No text of a form, walked at random, matches a set of globs that no representative matches."""
    texts_of = ["*a*", "?", "11*", "*:*", "us-*", "key/m*", "*-1", "a*b", "arn:??:*", "alias/a", "*3", "key/????????-*"]
    for number in range(6):
        luck = dice(f"{form} {number}")
        globs = sorted({glob(text) for text in luck.sample(texts_of, 3)}, key=repr)
        classes = {tuple(matches(one, text) for one in globs) for text in representatives(form, frozenset(globs))}
        language = FORMS[form]
        for _ in range(60):
            text, state = "", language.start
            letters = language.alphabet or "ab1:-u"
            while len(text) < 50 and not (language.accepts(state) and luck.random() < 0.2):
                char = luck.choice([letter for letter in letters + ":" if language.step(state, letter) is not None] or [""])
                if not char:
                    break
                text, state = text + char, language.step(state, char)
            if language.accepts(state):
                assert tuple(matches(one, text) for one in globs) in classes, (text, globs)
