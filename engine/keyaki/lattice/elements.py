"""Lists: the question asked of a coordinate that holds several texts at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from keyaki.automata.meter import Meter
from keyaki.lattice.answer import Empty, Unknown
from keyaki.lattice.predicate import Predicate, satisfies
from keyaki.lattice.solve import solve
from keyaki.lattice.universe import Universe

Demand = tuple[Sequence[Predicate], Sequence[Predicate]]
"""Predicates that hold and predicates that fail."""


@frozen
class Elements:
    """A list of texts that satisfies the question."""

    texts: tuple[str, ...]


@frozen
class NoElements:
    """There is no such list: no text satisfies the common predicates together with the demand of index ``demand``.

    ``demand`` is None where no text satisfies the common predicates alone. The evidence cites predicates by their index in
    the common ``holds`` followed by the demand's, and likewise for ``fails``.
    """

    demand: int | None
    evidence: Empty


def solve_list(
    universe: Universe,
    every: Demand,
    some: Sequence[Demand],
    prefer: Iterable[str] = (),
    meter: Meter | None = None,
) -> Elements | NoElements | Unknown:
    """Return a short list of texts, each satisfying ``every``, with an element for each demand of ``some`` that satisfies it too.

    The list is not empty: without a demand it has one element. Each demand may be met by an element of its own, so the question
    falls apart into one question per demand. An element found for one demand serves later ones that it satisfies, and
    an element that the others make needless is left out. Raises Exhausted iff the meter runs out.
    """
    holds, fails = every
    prefer = tuple(prefer)
    texts: list[str] = []
    for index, (also, never) in enumerate(some or [((), ())]):
        if any(satisfies(text, also, never) for text in texts):
            continue
        found = solve(universe, [*holds, *also], [*fails, *never], prefer, meter)
        if isinstance(found, Empty):
            rests_on_demand = bool(some) and _rests_on_demand(found, len(holds), len(fails))
            return NoElements(index if rests_on_demand else None, found)
        if isinstance(found, Unknown):
            return found
        texts.append(found.text)
    return Elements(tuple(_needed(texts, some)))


def _rests_on_demand(evidence: Empty, holds: int, fails: int) -> bool:
    return any(index >= holds for index in evidence.holds) or any(index >= fails for index in evidence.fails)


def _needed(texts: list[str], some: Sequence[Demand]) -> list[str]:
    """The texts without those, earliest first, whose demands the rest meets as well; one is always left."""
    kept = list(texts)
    for text in texts:
        rest = [other for other in kept if other != text]
        if rest and all(any(satisfies(other, *demand) for other in rest) for demand in some):
            kept = rest
    return kept
