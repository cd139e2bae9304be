"""The questions that all programs are asked: is there a fresh key on which an action of KMS.1 is allowed?

Each has its right answer. Those of the families and of the tricky policies were known before any program was asked. Those of
AWS's policies are keyaki's, with evidence: a witness that was replayed, or a certificate that the checker accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

from families import Case, Document, account_pairs, actions, conditioned, context_keys, crossing_globs, hex_denies, plain, windows
from keyaki import Policy, Request, check, policy_from, verify
from keyaki.controls.check import question
from keyaki.controls.control import control_named
from keyaki.policy import Effect
from keyaki.reference.evaluate import Context, action_holds
from keyaki.smtlib.encode import encode
from managed import managed
from rivals.tricky import TRICKY

SEED = 20300102
"""Of the sample of AWS's policies that the slowest program is asked about."""


class Question(NamedTuple):
    """A policy with the right answer. ``group`` is the set it belongs to; ``family`` and ``n`` place it on a chart."""

    group: str
    name: str
    document: Document
    expected: str
    family: str = ""
    n: int = 0

    @property
    def text(self) -> str:
        """The policy's text."""
        return json.dumps(self.document)


@lru_cache(maxsize=4)
def script(text: str, *, selected: bool) -> str:
    """Return the SMT-LIB script that ``keyaki smt`` writes of a policy, actions selected beforehand or not."""
    asked, _ = question()
    return encode(policy_from(json.loads(text)), asked, selected=selected)


# Families


def of_families() -> Iterator[Question]:
    """Yield the policies with a size in them, each family from small to large."""
    for n in (10, 100):
        yield _sized(plain(n), "other services", n)
        yield _sized(actions(n), "actions", n)
    for closed in (True, False):
        word = "unsat" if closed else "sat"
        for n in (5, 10, 20, 50):
            yield _sized(account_pairs(n, covered=closed), f"account pairs, {word}", n)
        for n in (5, 10, 20, 40):
            yield _sized(conditioned(n, closed=closed), f"conditioned statements, {word}", n)
            yield _sized(context_keys(n, closed=closed), f"context keys, {word}", n)
        for n in (5, 10, 20):
            yield _sized(windows(n, closed=closed), f"windows, {word}", n)
    for n in (15, 16):
        yield Question("families", f"hex Denies, {n}", *hex_denies(n))
    yield Question("families", "crossing globs", *crossing_globs())


def _sized(case: Case, family: str, n: int) -> Question:
    return Question("families", f"{family}, {n}", case.document, case.outcome, family, n)


def of_tricky() -> Iterator[Question]:
    """Yield the policies that are easily misjudged."""
    for name, case in TRICKY.items():
        yield Question("tricky", name, case.document, case.outcome)


# AWS managed policies


def of_managed() -> list[Question]:
    """Return AWS's policies with an Allow that covers a blocked action; none iff moto is not installed."""
    return [
        Question("managed", policy.name, policy.document, _proven(policy.document))
        for policy in managed()
        if _reaches(policy_from(policy.document))
    ]


def of_all_managed() -> list[Question]:
    """Return all of AWS's policies."""
    return [Question("all managed", policy.name, policy.document, _proven(policy.document)) for policy in managed()]


def sampled(questions: list[Question], size: int) -> list[Question]:
    """Return so many of them, or all if there are no more, by a fixed seed and in the given order."""
    chosen = set(Random(SEED).sample(range(len(questions)), min(size, len(questions))))  # noqa: S311 - no secret
    return [asked for number, asked in enumerate(questions) if number in chosen]


def _proven(document: Document) -> str:
    """Return the verdict, its evidence checked by code that shares nothing with the search. Raises if it does not hold."""
    policy = policy_from(document)
    verdict = check(policy)
    verify(policy, verdict)
    return verdict.outcome.value


def _reaches(policy: Policy) -> bool:
    contexts = [Context(policy, Request(action, "*")) for action in control_named("KMS.1").actions]
    allows = [statement for statement in policy.statements if statement.effect is Effect.ALLOW]
    return any(action_holds(statement, context) for statement in allows for context in contexts)
