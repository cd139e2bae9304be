"""Lists: the question asked of a coordinate that holds several texts at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from keyaki.automata.meter import Meter
from keyaki.lattice.answer import Empty, Unknown
from keyaki.lattice.predicate import Predicate, satisfies
from keyaki.lattice.solve import BUDGET, solve
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
    prefer, meter = tuple(prefer), meter or Meter(BUDGET)
    texts: list[str] = []
    for index, (also, never) in enumerate(some or [((), ())]):
        meter.spend(1 + len(texts) * (1 + len(also) + len(never)))
        if any(satisfies(text, also, never) for text in texts):
            continue
        found = solve(universe, [*holds, *also], [*fails, *never], prefer, meter)
        if isinstance(found, Empty):
            rests_on_demand = bool(some) and _rests_on_demand(found, len(holds), len(fails))
            return NoElements(index if rests_on_demand else None, found)
        if isinstance(found, Unknown):
            return found
        texts.append(found.text)
    return Elements(tuple(_needed(texts, some, meter)))


def _rests_on_demand(evidence: Empty, holds: int, fails: int) -> bool:
    return any(index >= holds for index in evidence.holds) or any(index >= fails for index in evidence.fails)


def _needed(texts: list[str], some: Sequence[Demand], meter: Meter) -> list[str]:
    """The texts without those, earliest first, whose demands the rest meets as well; one is always left."""
    meter.spend(len(texts) * sum(1 + len(also) + len(never) for also, never in some))
    met = [{index for index, demand in enumerate(some) if satisfies(text, *demand)} for text in texts]
    times = Counter(index for demands in met for index in demands)
    kept = list(texts)
    for text, demands in zip(texts, met, strict=True):
        if len(kept) > 1 and all(times[index] > 1 for index in demands):
            kept.remove(text)
            times.subtract(demands)
    return kept
