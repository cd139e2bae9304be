"""The meter: work counted in steps, never in seconds, so that every run of a question stops at the same place.

Deciding is PSPACE-hard in the worst case and a policy may be an attacker's. Whoever loops over states or stores them spends
in proportion to what it does: one step is about a microsecond of work, and about a hundred bytes kept.
"""

from __future__ import annotations

from keyaki.errors import KeyakiError


class Exhausted(KeyakiError, RuntimeError):  # noqa: N818 - it says what happened to the budget
    """The budget of steps is spent; the question stays open."""

    code = "budget-exhausted"


class Meter:
    """Counts steps against a budget; ``spent`` is their number so far."""

    __slots__ = ("budget", "spent")

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.spent = 0

    @property
    def is_spent(self) -> bool:
        """True iff the budget is spent: whatever spends more is refused."""
        return self.spent > self.budget

    def spend(self, n: int = 1) -> None:
        """Count ``n`` steps; raises Exhausted iff more than the budget are spent."""
        self.spent += n
        if self.spent > self.budget:
            raise Exhausted(f"the budget of {self.budget} steps is spent", hint="ask again with a larger budget")
