"""The engine against z3 and cvc5 about pairs of policies, and about both in finite form, through SMT-LIB.

Pairs come from the generator of the brute-force tests of questions: near misses over short lists. The scripts of
``keyaki.smtlib`` share nothing with the engine's search; those of ``keyaki.minterms`` share its lattice, and leave only Booleans
to the solvers. An answer counts if a solver gives it within the limit; a question that an encoding refuses is no answer.

``KEYAKI_LONG=1`` runs the long profile: 1,000 pairs.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from random import Random
from typing import Any, NamedTuple

import pytest
from brute_dice import dice
from brute_judge import asked
from brute_space import neighbour, policy

pytest.importorskip("z3", reason="the extra `rivals` is not installed")
pytest.importorskip("cvc5", reason="the extra `rivals` is not installed")

from test_solvers import NAMES, SOLVERS

import keyaki
from keyaki.controls.check import question
from keyaki.minterms import encode as finite
from keyaki.questions.compare import disjoint, equivalent, implies
from keyaki.questions.grants import not_granted
from keyaki.smtlib.question import Relation, encode_grants, encode_pair
from keyaki.smtlib.term import UnsupportedError

PAIRS = 20
LONG = 1_000
ENGINE: dict[Relation, Callable[..., Any]] = {
    Relation.IMPLIES: implies,
    Relation.DISJOINT: disjoint,
    Relation.EQUIVALENT: equivalent,
}
STATUS = {"FAIL": "sat", "PASS": "unsat", "FAILED": "sat", "PASSED": "unsat"}
ACTIONS = (["s3:Get*"], ["kms:Decrypt", "kms:ReEncryptFrom"], ["*"], [])
RESOURCES = (["arn:aws:s3:::b*"], ["arn:aws:s3:::b/a", "arn:aws:sqs:*:111122223333:*"], ["*"])


class Posed(NamedTuple):
    """A question: what the engine says, and what makes its scripts."""

    name: str
    expected: str
    scripts: dict[str, Callable[[], str]]
    about: str


def pair(luck: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two policies, most often a policy and a changed copy of it."""
    first = policy(luck, tests=luck.choice([0, 1, 2]))
    return first, neighbour(luck, first) if luck.random() < 0.7 else policy(luck, tests=1)


def about_pairs(seed: str, times: int) -> Iterator[Posed]:
    """Questions about so many pairs: implication and disjointness each time, equivalence and what is granted every fourth."""
    for number in range(times):
        luck = dice(f"questions {seed} {number}")
        documents = pair(luck)
        first, second = map(keyaki.policy_from, documents)
        told = json.dumps(documents)
        for relation in (Relation.IMPLIES, Relation.DISJOINT, *([Relation.EQUIVALENT] if number % 4 == 0 else [])):
            scripts = {
                "zelkova": partial(encode_pair, relation, first, second),
                "finite": partial(finite.encode_pair, relation, first, second),
            }
            yield Posed(relation.value, ENGINE[relation](first, second).result, scripts, told)
        if number % 4 == 0:
            yield _granted(first, luck, told)


def _granted(first: keyaki.Policy, luck: Random, told: str) -> Posed:
    actions, resources, fresh = luck.choice(ACTIONS), luck.choice(RESOURCES), luck.random() < 0.5
    found = not_granted(first, actions=actions, resources=resources, quantifier="fresh" if fresh else "some")
    scripts = {
        "zelkova": lambda: encode_grants(first, actions, resources, fresh=fresh),
        "finite": lambda: finite.encode_grants(first, actions, resources, fresh=fresh),
    }
    return Posed("not-granted", found.result, scripts, f"{actions} {resources} {fresh} {told}")


def about_keys(seed: str, times: int) -> Iterator[Posed]:
    """The question of the control about policies of every family of the brute-force tests, in finite form."""
    for name, family in NAMES.items():
        for number in range(times):
            luck = dice(f"finite {seed} {name} {number}")
            sample, wanted = family(luck), asked(luck)
            given = keyaki.policy_from(sample.document)
            options: dict[str, Any] = {"scope": wanted.scope, "mode": wanted.mode, "actions": list(wanted.actions)}
            options["partition"] = sample.partition
            verdict = keyaki.check(given, **options)
            script = partial(finite.encode_control, given, question(**options)[0])
            yield Posed("control", verdict.outcome, {"finite": script}, f"{wanted} {json.dumps(sample.document)}")


class Campaign(NamedTuple):
    """What came of some questions in one dialect: reports of disagreements, and how many ended how."""

    reports: list[str]
    tally: Counter[str]


def put(questions: Iterator[Posed], dialect: str) -> Campaign:
    """Put the questions to a solver, and to the other one where it has no answer; in finite form to both."""
    found = Campaign([], Counter())
    for number, posed in enumerate(questions):
        found.tally.update(["asked", f"{posed.name} {posed.expected}"])
        try:
            script = posed.scripts[dialect]()
        except UnsupportedError:
            found.tally["refused"] += 1
            continue
        answered = False
        for name in sorted(SOLVERS, reverse=number % 2 == 0):
            said = SOLVERS[name](script)
            found.tally[f"{name} {said}"] += 1
            answered |= said in {"sat", "unsat"}
            if said in {"sat", "unsat"} and STATUS.get(posed.expected, said) != said:
                found.reports.append(f"{name} says {said}, not {posed.expected}: {posed.name}\n{posed.about}\n{script}")
            if answered and dialect == "zelkova":
                break
        found.tally["answered"] += answered
    return found


@cache
def short(dialect: str) -> Campaign:
    """The short profile of questions about pairs."""
    return put(about_pairs("short", PAIRS), dialect)


def agreed(found: Campaign) -> None:
    """Fail with the shortest disagreements, if there are any."""
    reports = sorted(found.reports, key=len)
    assert not reports, f"{len(reports)} disagreements\n" + "\n".join(reports[:3])


@pytest.mark.parametrize("dialect", ["zelkova", "finite"])
def test_engine_and_solvers_agree_about_pairs(dialect: str) -> None:
    """No solver that answers contradicts the engine about two policies, in either dialect."""
    agreed(short(dialect))


def test_solvers_answer_nearly_every_question_about_pairs() -> None:
    """At least 95 % of the questions about pairs are answered by a solver, so that their silence hides little."""
    tally = short("zelkova").tally
    assert tally["answered"] >= 0.95 * tally["asked"], tally


def test_finite_scripts_are_easy() -> None:
    """What is expressed in finite form is answered by both solvers, always."""
    tally = short("finite").tally
    assert tally["answered"] == tally["asked"] - tally["refused"]
    assert tally["z3 unknown"] == tally["cvc5 unknown"] == 0
    assert tally["refused"] < tally["asked"] / 2


def test_engine_and_solvers_agree_about_keys_in_finite_form() -> None:
    """No solver contradicts the engine's verdict about a control in finite form."""
    found = put(about_keys("short", 4), "finite")
    agreed(found)
    assert found.tally["answered"] > 0.7 * found.tally["asked"], found.tally


@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("KEYAKI_LONG"), reason="the long profile is run by hand: KEYAKI_LONG=1")
def test_engine_and_solvers_agree_about_many_pairs() -> None:
    """The same of 1,000 pairs, and in finite form of them and of 1,400 policies."""
    seed = f"long {os.environ['KEYAKI_LONG']}"
    found = {
        "pairs": put(about_pairs(seed, LONG), "zelkova"),
        "pairs in finite form": put(about_pairs(seed, LONG), "finite"),
        "keys in finite form": put(about_keys(seed, LONG // 10), "finite"),
    }
    for name, campaign in found.items():
        sys.stderr.write(f"\n{name}: {sorted(campaign.tally.items())}\n")
    agreed(Campaign([report for one in found.values() for report in one.reports], Counter()))
    tally = found["pairs"].tally
    assert tally["answered"] >= 0.95 * tally["asked"], tally
