"""The engine against z3 and cvc5, through the SMT-LIB encoding of the same question (``keyaki.smtlib``).

The script shares no part of the engine's search: names, freshness, theory and tests are worked out again, and the solver decides.
Policies come from the families of the brute-force tests, whose luck is biased to near misses, and from the corpus. A solver
that runs out of time, or a policy with a feature that the encoding refuses, is no answer; answers are counted.

``KEYAKI_LONG=1`` runs the long profile: 2,000 policies.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from brute_conditions import lists, mixed, mixed_lists, texts, ties, typed
from brute_dice import dice
from brute_judge import Asked, Family, asked
from brute_places import arn_decided, flat, own_account, places
from brute_variables import var_arns, var_conditions, var_resources, var_typed

import keyaki
from keyaki.controls.check import question
from keyaki.policy import Policy
from keyaki.smtlib.encode import encode
from keyaki.smtlib.term import UnsupportedError

sys.path.insert(0, str(Path(__file__).parents[1] / "corpus"))
from corpus_cases import cases

z3 = pytest.importorskip("z3", reason="the extra `rivals` is not installed")
cvc5 = pytest.importorskip("cvc5", reason="the extra `rivals` is not installed")

SHARES: dict[Family, int] = {
    texts: 6,
    typed: 6,
    lists: 6,
    ties: 4,
    mixed: 4,
    mixed_lists: 4,
    places: 4,
    flat: 4,
    arn_decided: 4,
    own_account: 4,
    var_conditions: 4,
    var_typed: 4,
    var_arns: 4,
    var_resources: 2,
}
"""How many of sixty policies come from each family."""
NAMES = {family.__name__: family for family in SHARES}
LONG = 34
MILLISECONDS = 6_000
STATUS = {"FAILED": "sat", "PASSED": "unsat"}
WRITABLE = {0xF0000: 0xE000}
"""SMT-LIB has no characters beyond U+2FFFF; any other of a private plane is as good, since no pattern tells them apart."""
CORPUS_EVERY = 9
"""Of the corpus, every ninth case is asked on each change, all of them in the long profile."""


class Campaign(NamedTuple):
    """What came of some policies: reports of disagreements, and how many ended how."""

    reports: list[str]
    tally: Counter[str]


def by_z3(script: str) -> str:
    """What z3 says of a script: sat, unsat or unknown."""
    solver = z3.Solver()
    solver.set("timeout", MILLISECONDS)
    solver.from_string(script.replace("(check-sat)\n", ""))
    return str(solver.check())


def by_cvc5(script: str) -> str:
    """What cvc5 says of a script: sat, unsat or unknown."""
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(MILLISECONDS))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "script")
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said += str(command.invoke(solver, parser.getSymbolManager()))
    return said.split()[0]


SOLVERS = {"z3": by_z3, "cvc5": by_cvc5}


class Posed(NamedTuple):
    """A question about a policy, and the outcome that a solver should come to."""

    policy: Policy
    wanted: Asked
    partition: str
    expected: str

    def script(self) -> str | None:
        """The script, or None where the encoding refuses."""
        scope, mode, actions = self.wanted
        try:
            return encode(self.policy, question(scope=scope, mode=mode, actions=list(actions), partition=self.partition)[0])
        except UnsupportedError:
            return None


def compare(posed: Posed, first: str, found: Campaign) -> None:
    """Ask a solver, and the other one where it has no answer, and note what came of it. An UNDECIDED contradicts nobody."""
    found.tally.update(["asked", str(posed.expected)])
    script = posed.script()
    if script is None:
        found.tally["refused"] += 1
        return
    for name in sorted(SOLVERS, key=lambda name: name != first):
        started = time.perf_counter()
        said = SOLVERS[name](script)
        found.tally[f"{name}, milliseconds"] += round(1000 * (time.perf_counter() - started))
        found.tally[f"{name} {said}"] += 1
        if said in STATUS.values():
            found.tally["answered"] += 1
            if STATUS.get(posed.expected, said) != said:
                found.reports.append(
                    f"{name} says {said}, not {posed.expected}: {posed.wanted}, {posed.partition}\n{posed.policy.text}"
                )
            return


@cache
def campaign(name: str, seed: str, times: int) -> Campaign:
    """Run a family for its share, so many times over."""
    family = NAMES[name]
    found = Campaign([], Counter())
    for number in range(SHARES[family] * times):
        luck = dice(f"solvers {seed} {name} {number}")
        sample, wanted = family(luck), asked(luck)
        policy = keyaki.parse(json.dumps(sample.document, ensure_ascii=False).translate(WRITABLE))
        verdict = keyaki.check(
            policy, scope=wanted.scope, mode=wanted.mode, actions=list(wanted.actions), partition=sample.partition
        )
        compare(Posed(policy, wanted, sample.partition, verdict.outcome), first_asked(number), found)
    return found


def first_asked(number: int) -> str:
    """The solver that is asked first: cvc5, which answers more, but z3 every fourth time."""
    return "z3" if number % 4 == 0 else "cvc5"


def agreed(found: Campaign) -> None:
    """Fail with the shortest disagreements, if there are any."""
    reports = sorted(found.reports, key=len)
    assert not reports, f"{len(reports)} disagreements\n" + "\n".join(reports[:3])


@pytest.mark.parametrize("name", NAMES)
def test_engine_and_solvers_agree(name: str) -> None:
    """No solver that answers contradicts the engine on a random policy."""
    agreed(campaign(name, "short", 1))


def test_solvers_answer_enough() -> None:
    """At least 95 % of the random policies are answered by a solver, so that their silence hides little."""
    tally = sum((campaign(name, "short", 1).tally for name in NAMES), Counter())
    assert tally["answered"] >= 0.95 * tally["asked"], tally


def test_corpus_and_solvers_agree() -> None:
    """No solver that answers contradicts the outcome that a case of the corpus was written down with."""
    agreed(_corpus(CORPUS_EVERY, scopes=("confined",)))


@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("KEYAKI_LONG"), reason="the long profile is run by hand: KEYAKI_LONG=1")
def test_engine_and_solvers_agree_at_length() -> None:
    """The same of some 2,000 policies and of the whole corpus in every scope and mode."""
    seed = f"long {os.environ['KEYAKI_LONG']}"
    found = [campaign(name, seed, LONG) for name in NAMES]
    tally = sum((one.tally for one in found), Counter())
    sys.stderr.write(f"\nrandom policies: {sorted(tally.items())}\n")
    corpus = _corpus(1, scopes=("confined", "account", "any", "key"))
    sys.stderr.write(f"corpus: {sorted(corpus.tally.items())}\n")
    agreed(Campaign([report for one in (*found, corpus) for report in one.reports], Counter()))
    assert tally["answered"] >= 0.95 * tally["asked"], tally


def _corpus(every: int, scopes: tuple[str, ...]) -> Campaign:
    found = Campaign([], Counter())
    for number, case in enumerate(cases()[::every]):
        for (mode, scope), expected in case.expected.items():
            if scope in scopes and (mode == "exact" or every == 1):
                wanted = Asked(scope, mode, case.actions or Asked().actions)
                compare(Posed(keyaki.parse(case.policy), wanted, case.partition, expected), first_asked(number), found)
    return found
