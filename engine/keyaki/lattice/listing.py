"""Lists of words: where the universe or a predicate names its texts one by one, trying them all decides the question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

from keyaki.automata.meter import Meter
from keyaki.lattice.answer import Answer, Empty
from keyaki.lattice.predicate import Predicate, TextPredicate
from keyaki.lattice.universe import Universe, member

Violation = tuple[int, int]
_HOLDS, _FAILS, _UNIVERSE = 0, 1, 2
_SHORT: Final = 64  # characters of a word that costs no more than the empty one


class Listing(NamedTuple):
    """Words, and the index in ``holds`` of the predicate that lists them, or None where the universe does."""

    source: int | None
    words: tuple[str, ...]


def listing(universe: Universe, holds: Sequence[Predicate]) -> Listing | None:
    """Return the shortest list of words that the answer must be among; None iff there is no such list."""
    best = None if universe.words is None else Listing(None, universe.words)
    for index, predicate in enumerate(holds):
        if isinstance(predicate, TextPredicate):
            words = predicate.words
            if words is not None and (best is None or len(words) < len(best.words)):
                best = Listing(index, words)
    return best


def among(universe: Universe, holds: Sequence[Predicate], fails: Sequence[Predicate], listed: Listing, meter: Meter) -> Answer:
    """Return the first word of the list that will do, or the evidence, which cites one predicate that each word violates."""
    cited: dict[Violation, None] = {}
    short = sum(predicate.cost("") for predicate in chain(holds, fails))
    for word in listed.words:
        meter.spend(short if len(word) < _SHORT else sum(predicate.cost(word) for predicate in chain(holds, fails)))
        violated = _violation(universe, holds, fails, word, cited)
        if violated is None:
            return member(universe, word)
        cited[violated] = None
    chosen = {index for kind, index in cited if kind == _HOLDS} | ({listed.source} if listed.source is not None else set())
    return Empty(
        "words",
        tuple(sorted(chosen)),
        tuple(sorted(index for kind, index in cited if kind == _FAILS)),
        listed.source is None or (_UNIVERSE, 0) in cited,
        listed.source,
    )


def _violation(
    universe: Universe, holds: Sequence[Predicate], fails: Sequence[Predicate], word: str, cited: dict[Violation, None]
) -> Violation | None:
    """What a word violates, with its index in holds or fails; None iff nothing. What is cited already is tried first."""
    for kind, index in cited:
        if kind == _HOLDS and not holds[index].holds(word):
            return kind, index
        if kind == _FAILS and fails[index].holds(word):
            return kind, index
    for index, predicate in enumerate(holds):
        if not predicate.holds(word):
            return _HOLDS, index
    for index, predicate in enumerate(fails):
        if predicate.holds(word):
            return _FAILS, index
    return None if universe.admits(word) else (_UNIVERSE, 0)
