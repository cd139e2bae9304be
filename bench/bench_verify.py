"""Verifying evidence, in turn with deciding: the checker searches nothing, so it should not take longer."""

from __future__ import annotations

from typing import Any

import pytest

from families import Case, account_pairs, conditioned, context_keys, hex_denies, windows
from keyaki import Outcome, Policy, Verdict, check, policy_from, verify
from managed import managed, needs_moto

CASES = {
    "pairs-10": account_pairs(10, covered=True),
    "hex-16": hex_denies(16),
    "conditioned-40": conditioned(40, closed=True),
    "keys-20": context_keys(20, closed=True),
    "windows-20": windows(20, closed=True),
    "witness": account_pairs(10, covered=False),
}


def judged(document: Any) -> tuple[Policy, Verdict]:
    """Return a new policy and its verdict, the certificate written out."""
    policy = policy_from(document)
    verdict = check(policy)
    assert (verdict.certificate is None) == (verdict.outcome is not Outcome.PASSED)
    return policy, verdict


def decided(document: Any) -> Verdict:
    """Decide, and write the certificate out."""
    return judged(document)[1]


@pytest.mark.parametrize("name", CASES)
def test_verify(measure: Any, name: str) -> None:
    """The checker accepts the evidence: it returns nothing and raises nothing."""
    case: Case = CASES[name]
    versus = {"decide": lambda: decided(case.document)}
    measure(lambda pair: verify(*pair), lambda: judged(case.document), None, versus=versus)


@needs_moto
@pytest.mark.slow
def test_verify_managed(measure: Any) -> None:
    """The evidence of all AWS managed policies."""
    documents = [policy.document for policy in managed()]

    def run(pairs: list[tuple[Policy, Verdict]]) -> int:
        for policy, verdict in pairs:
            verify(policy, verdict)
        return len(pairs)

    versus = {"decide": lambda: [decided(document) for document in documents]}
    measure(run, lambda: [judged(document) for document in documents], len(documents), versus=versus)
