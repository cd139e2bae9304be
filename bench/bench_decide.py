"""Parsed policy to verdict: the decision, its witnesses replayed. Families with a size, and the AWS managed policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clock import own_time
from families import Case, account_pairs, actions, conditioned, context_keys, crossing_globs, hex_denies, plain, windows
from keyaki import Policy, Request, check, policy_from
from keyaki.controls.control import control_named
from keyaki.policy import Effect
from keyaki.reference.evaluate import Context, action_holds
from managed import managed, needs_moto


def outcome(policy: Policy) -> str:
    """Return what KMS.1 says of a policy that was never judged before."""
    return check(policy).outcome.value


def decide(measure: Any, case: Case, **facts: Any) -> None:
    """Measure the decision of one case, each time of a policy that is new."""
    measure(outcome, lambda: policy_from(case.document), case.outcome, **facts)


@pytest.mark.parametrize("n", [10, 100, 1000])
@pytest.mark.parametrize("family", [plain, actions], ids=["statements", "actions"])
def test_bulk(measure: Any, family: Callable[[int], Case], n: int) -> None:
    """What belongs to other services is put aside."""
    decide(measure, family(n), family=f"decide {family.__name__}", n=n)


@pytest.mark.parametrize("n", [5, 50, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("closed", [True, False], ids=["unsat", "sat"])
def test_account_pairs(measure: Any, n: int, closed: bool) -> None:
    """``n`` Allows and as many Denies of the keys of ``n`` accounts."""
    decide(measure, account_pairs(n, covered=closed), family=f"account pairs, {_word(closed)}", n=n)


@pytest.mark.parametrize("n", [15, 16])
def test_hex_denies(measure: Any, n: int) -> None:
    """Denies of the first characters of key ids, all of them or all but one."""
    decide(measure, hex_denies(n))


def test_crossing_globs(measure: Any) -> None:
    """`*ab*cd*` without `*ab?cd*` and `*cd*ab*` in the key id."""
    decide(measure, crossing_globs())


@pytest.mark.parametrize("n", [10, 40, pytest.param(160, marks=pytest.mark.slow)])
@pytest.mark.parametrize("closed", [True, False], ids=["unsat", "sat"])
def test_conditioned(measure: Any, n: int, closed: bool) -> None:
    """``n`` statements with two conditions each."""
    decide(measure, conditioned(n, closed=closed), family=f"conditioned statements, {_word(closed)}", n=n)


@pytest.mark.parametrize("n", [5, 20, 80])
@pytest.mark.parametrize("closed", [True, False], ids=["unsat", "sat"])
def test_context_keys(measure: Any, n: int, closed: bool) -> None:
    """``n`` context keys, each in the Allow and in a Deny."""
    decide(measure, context_keys(n, closed=closed), family=f"context keys, {_word(closed)}", n=n)


@pytest.mark.parametrize("n", [5, 20, pytest.param(80, marks=pytest.mark.slow)])
@pytest.mark.parametrize("closed", [True, False], ids=["unsat", "sat"])
def test_windows(measure: Any, n: int, closed: bool) -> None:
    """``n`` intervals of one number, which together cover what is allowed or leave one gap."""
    decide(measure, windows(n, closed=closed), family=f"windows, {_word(closed)}", n=n)


def _word(closed: bool) -> str:
    return "unsat" if closed else "sat"


def reaches(policy: Policy) -> bool:
    """Return True iff an Allow statement covers an action that KMS.1 blocks."""
    contexts = [Context(policy, Request(action, "*")) for action in control_named("KMS.1").actions]
    allows = [statement for statement in policy.statements if statement.effect is Effect.ALLOW]
    return any(action_holds(statement, context) for statement in allows for context in contexts)


@needs_moto
@pytest.mark.parametrize("which", ["all", "reaching"])
def test_managed(measure: Any, spread: Callable[[list[int]], None], which: str) -> None:
    """The AWS managed policies, each timed by itself; the spread over them counts, the sum is what the benchmark shows."""
    documents = [policy.document for policy in managed()]
    if which == "reaching":
        documents = [document for document in documents if reaches(policy_from(document))]
    rounds: list[list[int]] = []

    def run(policies: list[Policy]) -> set[str]:
        times, found = [], set()
        for policy in policies:
            start = own_time()
            answer = outcome(policy)
            times.append(own_time() - start)
            found.add(answer)
        rounds.append(times)
        return found

    measure(run, lambda: [policy_from(document) for document in documents], {"PASSED", "FAILED"})
    middle = len(rounds) // 2
    spread([sorted(times)[middle] for times in zip(*rounds, strict=True)])
