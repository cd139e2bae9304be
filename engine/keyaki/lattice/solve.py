"""The question that the decision asks of one coordinate: is there a text that satisfies these predicates and none of those?

The way, cheapest first: readable candidates that the caller prefers; a predicate that lists its words; the predicates of one
type as one set of values, whose member is written down; the globs by automata; and what mixes texts with types, or types
with each other, as a product of scanners. Each step is exact in what it refutes, so the first refutation ends
the search and cites only the predicates that it used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from keyaki.automata.meter import Meter
from keyaki.lattice.answer import Answer, Empty, Member, Unknown
from keyaki.lattice.listing import among, listing
from keyaki.lattice.predicate import Predicate, satisfies
from keyaki.lattice.universe import Form, Universe, member

if TYPE_CHECKING:
    from keyaki.lattice.dates import DateSearch
    from keyaki.lattice.search import Search

__all__ = ["BUDGET", "Answer", "Empty", "Member", "Unknown", "solve"]

BUDGET = 1_000_000
"""The steps of a question that brings no meter of its own."""


def solve(
    universe: Universe,
    holds: Sequence[Predicate],
    fails: Sequence[Predicate],
    prefer: Iterable[str] = (),
    meter: Meter | None = None,
) -> Answer:
    """Return a text of the universe that satisfies every predicate of ``holds`` and none of ``fails``, or why there is none.

    A Member is the first text of ``prefer`` that will do, else a short one. Empty carries its evidence (see
    ``keyaki.lattice.answer``). Unknown is returned only for globs on both texts of a date. Raises Exhausted iff the meter
    runs out.
    """
    meter = meter or Meter(BUDGET)
    for text in prefer:
        meter.spend(1 + (len(holds) + len(fails) >> 2))
        if satisfies(text, holds, fails) and universe.admits(text):
            return member(universe, text)
    listed = listing(universe, holds)
    if listed is not None:
        return among(universe, holds, fails, listed, meter)
    return _search(universe.form)(universe, holds, fails, meter).run()


def _search(form: Form) -> type[Search | DateSearch]:
    """Return the search past candidates and lists; most questions never need one, so it loads on use."""
    if form is Form.DATE:
        from keyaki.lattice.dates import DateSearch  # noqa: PLC0415

        return DateSearch
    from keyaki.lattice.search import Search  # noqa: PLC0415

    return Search
