"""Patterns as long as a policy may be, written to hurt: each is decided, and time grows at most with the square of the length."""

from __future__ import annotations

from typing import Any

import pytest

from families import HOSTILE, LONGEST, hostile
from keyaki import Policy, check, policy_from


def outcome(policy: Policy) -> str:
    """Return what KMS.1 says of a policy that was never judged before."""
    return check(policy).outcome.value


@pytest.mark.parametrize("n", [LONGEST // 4, LONGEST // 2, LONGEST])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(measure: Any, name: str, n: int) -> None:
    """The policy gets its verdict."""
    case = hostile(name, n)
    measure(outcome, lambda: policy_from(case.document), case.outcome, family=f"hostile {name}", n=n)
