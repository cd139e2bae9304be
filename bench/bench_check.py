"""Text to verdict, and decoded object to verdict: everything that a caller of the library waits for, parsing included."""

from __future__ import annotations

import json
from typing import Any

import pytest

from families import account_pairs, conditioned, hex_denies, plain
from keyaki import check
from managed import managed, needs_moto

CASES = {
    "plain-10": plain(10),
    "conditioned-40": conditioned(40, closed=True),
    "hex-16": hex_denies(16),
    "pairs-50": account_pairs(50, covered=True),
}


def outcome(policy: Any) -> str:
    """Return what KMS.1 says of a text or a decoded object."""
    return check(policy).outcome.value


@pytest.mark.parametrize("name", CASES)
def test_text(measure: Any, name: str) -> None:
    """The text of a policy gives its verdict."""
    text = json.dumps(CASES[name].document, indent=4)
    measure(outcome, lambda: text, CASES[name].outcome, characters=len(text))


@pytest.mark.parametrize("name", CASES)
def test_object(measure: Any, name: str) -> None:
    """So does the decoded object, without a text."""
    measure(outcome, lambda: CASES[name].document, CASES[name].outcome)


@needs_moto
@pytest.mark.parametrize("form", ["text", "object"])
@pytest.mark.slow
def test_managed(measure: Any, form: str) -> None:
    """All AWS managed policies."""
    given = [policy.text if form == "text" else policy.document for policy in managed()]
    measure(lambda policies: {outcome(policy) for policy in policies}, lambda: given, {"PASSED", "FAILED"}, policies=len(given))
