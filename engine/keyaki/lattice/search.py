"""The search for one text past candidates and lists of words: types, then globs, then the mixture of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, Protocol

from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Union, find_word
from keyaki.lattice.answer import Answer, Empty, Member
from keyaki.lattice.compiled import shortest_word
from keyaki.lattice.families import COVERS, FOREIGN, OWN, TEXT_OF, TOPS, Kind, Part, core, parts, size
from keyaki.lattice.predicate import (
    Predicate,
    TextPredicate,
    satisfies,
)
from keyaki.lattice.universe import Form, Universe

_FEW: Final = 8
_FEW_STATES: Final = 200
_DEAR: Final = 1_000
_NO_VALUE: Final = "x"  # of no type


class Search:
    """The search on a coordinate of any form but dates and words."""

    def __init__(self, universe: Universe, holds: Sequence[Predicate], fails: Sequence[Predicate], meter: Meter) -> None:
        self.universe = universe
        self.holds = holds
        self.fails = fails
        self.meter = meter
        self.own = OWN.get(universe.form)
        self.foreign = FOREIGN.get(universe.form, frozenset())
        self.parts: dict[Kind, Part] = {}

    def run(self) -> Answer:
        """Decide: a Member or an Empty, always."""
        return self._refuted_by_types() or self._candidate() or self._by_globs() or self._by_product()

    def _refuted_by_types(self) -> Empty | None:
        for index, predicate in enumerate(self.holds):
            if type(predicate) in self.foreign:
                return Empty("foreign", (index,), universe=True)
        self.parts = {kind: part for kind, part in parts(self.holds, self.fails, self.meter).items() if kind not in self.foreign}
        if self.own is not None and self.own not in self.parts:
            self.parts[self.own] = Part(self.own, (), (), TOPS[self.own])
        for part in self._required():
            if part.inside.is_bottom:
                return self._points(part)
        return None

    def _required(self) -> list[Part]:
        """The parts of whose family the text must be a value."""
        return [part for kind, part in self.parts.items() if part.holds or kind is self.own]

    def _points(self, part: Part) -> Empty:
        holds = {index: self.holds[index].of for index in part.holds}
        fails = {index: self.fails[index].of for index in part.fails}
        cited_holds, cited_fails = core(TOPS[part.kind], holds, fails, self.meter, keep_one=part.kind is not self.own)
        return Empty("points", cited_holds, cited_fails, not cited_holds)

    def _candidate(self) -> Member | None:
        required = self._required()
        self.meter.spend(sum(size(part.inside) for part in required))
        texts = [TEXT_OF[part.kind](part.inside.member()) for part in required]
        if len(required) == len(self.parts) == 1 and not self._has_globs():
            return Member(texts[0])
        if not required:
            texts = [_NO_VALUE, *self._shortest()]
        elif self.own is None:
            from keyaki.lattice.forms import forms  # noqa: PLC0415 - only mixtures need them

            texts += [text for part in required for text in forms(part.kind, part.inside)]
        return next((Member(text) for text in texts if self._will_do(text)), None)

    def _has_globs(self) -> bool:
        return self.universe.form is Form.LANGUAGE or any(
            isinstance(predicate, TextPredicate) for predicate in chain(self.holds, self.fails)
        )

    def _shortest(self) -> Iterator[str]:
        """The shortest words of some globs that must hold."""
        yield from self.universe.shortest()
        for union in _unions(self.holds):
            yield from (shortest_word(glob) for glob in union.globs[:_FEW])

    def _will_do(self, text: str) -> bool:
        return satisfies(text, self.holds, self.fails) and self.universe.admits(text)

    # Globs alone

    def _by_globs(self) -> Answer | None:
        """Decide by globs, a required type counting as the characters of its texts; None iff the word found will not do."""
        holds = [index for index, predicate in enumerate(self.holds) if isinstance(predicate, TextPredicate)]
        holds += [part.holds[0] for part in self._required() if part.holds]
        fails = [index for index, predicate in enumerate(self.fails) if isinstance(predicate, TextPredicate)]
        found = self._word(holds, fails, universe=self.universe.form is not Form.TEXT)
        if found == "":
            found = self._word(holds, fails, universe=True)
        if isinstance(found, Empty):
            return fewer(found, self._word, self.meter)
        return Member(found) if self._will_do(found) else None

    def _word(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool, meter: Meter | None = None) -> str | Empty:
        every = [_union(self.holds[index]) for index in holds]
        none = [_union(self.fails[index]) for index in fails]
        if universe:
            every += self.universe.holds
            none += self.universe.bars
        found = find_word(every, none, meter or self.meter)
        return found if isinstance(found, str) else Empty("closure", tuple(holds), tuple(fails), universe, found)

    # The mixture

    def _by_product(self) -> Answer:
        """Decide by the product of one scanner per family, of the globs, and of the universe."""
        holds = [index for index, predicate in enumerate(self.holds) if type(predicate) not in self.foreign]
        fails = [index for index, predicate in enumerate(self.fails) if type(predicate) not in self.foreign]
        found = self._text(holds, fails, universe=True)
        return Member(found) if isinstance(found, str) else fewer(found, self._text, self.meter)

    def _text(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool, meter: Meter | None = None) -> str | Empty:
        every, none = [self.holds[index] for index in holds], [self.fails[index] for index in fails]
        from keyaki.lattice.mixture import mixed_text  # noqa: PLC0415 - rarely needed, and as dear to import as all the rest

        own = self.own if universe else None
        families = parts(every, none, meter or self.meter)
        if own is not None:
            families.setdefault(own, Part(own, (), (), TOPS[own]))
        unions = self.universe if universe and own is None else _NO_UNIONS
        holds_unions, fails_unions = [*_unions(every), *unions.holds], [*_unions(none), *unions.bars]
        found = mixed_text(families, own, holds_unions, fails_unions, meter or self.meter)
        return found if isinstance(found, str) else Empty("product", tuple(holds), tuple(fails), universe, found)


_NO_UNIONS: Final = Universe(Form.LANGUAGE)


class Attempt(Protocol):
    """A way to decide about a choice of the predicates, by index: a text, or Empty citing them all."""

    def __call__(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool, meter: Meter | None) -> str | Empty:
        """Decide."""


def fewer(found: Empty, attempt: Attempt, meter: Meter) -> Empty:
    """Return the same kind of evidence from fewer predicates, where there are few to leave out and the states are few.

    An attempt may cost a multiple of the states at hand, and is given up beyond that.
    """
    cited = len(found.holds), len(found.fails)
    if sum(cited) > _FEW or len(found.detail) > _FEW_STATES or (cited == (1, 1) and not found.universe):
        return found
    best = found
    without = [("universe", 0)] if found.universe else []
    without += [("holds", index) for index in reversed(found.holds)] + [("fails", index) for index in reversed(found.fails)]
    for side, index in without:
        holds = [other for other in best.holds if (side, other) != ("holds", index)]
        fails = [other for other in best.fails if (side, other) != ("fails", index)]
        purse = Meter(min(_DEAR * (len(best.detail) + 1), meter.budget - meter.spent))
        try:
            less = attempt(holds, fails, universe=best.universe and side != "universe", meter=purse)
        except Exhausted:
            less = ""
        meter.spend(min(purse.spent, purse.budget))
        best = best if isinstance(less, str) else less
    return best


def _union(predicate: Predicate) -> Union:
    union: Union = predicate.of if isinstance(predicate, TextPredicate) else COVERS[type(predicate)]
    return union


def _unions(predicates: Sequence[Predicate]) -> list[Union]:
    return [predicate.of for predicate in predicates if isinstance(predicate, TextPredicate)]
