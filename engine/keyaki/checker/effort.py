"""Effort: the work of one verification, counted in steps, so that neither evidence nor a policy makes the checker hang.

Both may be an attacker's. Whoever loops over what they hold, and more than once, spends in proportion to what it does: one step
is about a microsecond of work, or a hundred bytes kept. The count belongs to the verification under way, so that what compares
patterns needs no argument for it; outside of one nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from keyaki.errors import EvidenceError

MOST: Final = 6_000_000
"""Steps of one verification; evidence that takes more is refused."""

_LEFT: ContextVar[list[int] | None] = ContextVar("left", default=None)


@contextmanager
def bounded(most: int | None = None) -> Iterator[None]:
    """Count the steps of what is done inside; past ``most`` (None: MOST) of them ``spend`` raises EvidenceError."""
    token = _LEFT.set([MOST if most is None else most])
    try:
        yield
    finally:
        _LEFT.reset(token)


def spend(steps: int) -> None:
    """Count steps; raise EvidenceError iff the verification under way has taken too many."""
    left = _LEFT.get()
    if left is not None:
        left[0] -= steps
        if left[0] < 0:
            raise EvidenceError("the evidence is too large to be verified", hint="what it takes to look at it is bounded")
