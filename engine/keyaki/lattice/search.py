"""The search for one text past candidates and lists of words: types, then globs, then the mixture of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyaki.automata.meter import Meter
from keyaki.automata.product import Union, find_word
from keyaki.lattice.answer import Answer, Empty, Member, Unknown
from keyaki.lattice.families import FOREIGN, OWN, TEXT_OF, TOPS, Kind, Part, core, parts
from keyaki.lattice.predicate import Predicate, TextPredicate, satisfies
from keyaki.lattice.universe import Form, Universe, member

_FEW = 8
_FEW_STATES = 200


class Search:
    """The search for one coordinate, past candidates and lists of words."""

    def __init__(self, universe: Universe, holds: Sequence[Predicate], fails: Sequence[Predicate], meter: Meter) -> None:
        self.universe = universe
        self.holds = holds
        self.fails = fails
        self.meter = meter
        self.parts: dict[Kind, Part] = {}

    def run(self) -> Answer:
        """Decide."""
        return (
            self._refuted_by_types() or self._candidate() or self._by_globs() or Unknown("a mixture of tests of texts and types")
        )

    def _refuted_by_types(self) -> Empty | None:
        form = self.universe.form
        foreign = FOREIGN.get(form, frozenset())
        for index, predicate in enumerate(self.holds):
            if type(predicate) in foreign:
                return Empty("foreign", (index,), universe=True)
        self.parts = {kind: part for kind, part in parts(self.holds, self.fails).items() if kind not in foreign}
        own = OWN.get(form)
        if own is not None and own not in self.parts:
            self.parts[own] = Part(own, (), (), TOPS[own])
        for kind, part in self.parts.items():
            if part.inside.is_bottom and (part.holds or kind is own):
                return self._points(part, own=kind is own)
        return None

    def _points(self, part: Part, *, own: bool) -> Empty:
        holds = {index: self.holds[index].of for index in part.holds}
        fails = {index: self.fails[index].of for index in part.fails}
        cited_holds, cited_fails = core(TOPS[part.kind], holds, fails, keep_one=not own)
        return Empty("points", cited_holds, cited_fails, not cited_holds)

    def _candidate(self) -> Member | None:
        for text in self._candidates():
            if satisfies(text, self.holds, self.fails) and self.universe.admits(text):
                return member(self.universe, text)
        return None

    def _candidates(self) -> Iterator[str]:
        """Texts that are likely to do: a member of each family, one that is no value at all."""
        own = OWN.get(self.universe.form)
        for kind, part in self.parts.items():
            if (part.holds or kind is own) and not part.inside.is_bottom:
                yield TEXT_OF[kind](part.inside.member())
        if own is None:
            yield "x"

    def _by_globs(self) -> Answer | None:
        """Decide by the text predicates and the universe's unions alone; None iff the word found fails another predicate."""
        holds = [index for index, predicate in enumerate(self.holds) if isinstance(predicate, TextPredicate)]
        fails = [index for index, predicate in enumerate(self.fails) if isinstance(predicate, TextPredicate)]
        found = self._word(holds, fails, universe=self.universe.form is not Form.TEXT)
        if found == "":
            found = self._word(holds, fails, universe=True)
        if isinstance(found, Empty):
            return self._fewer(found)
        if satisfies(found, self.holds, self.fails) and self.universe.admits(found):
            return member(self.universe, found)
        return None

    def _word(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool) -> str | Empty:
        every: list[Union] = [self.holds[index].of for index in holds]
        none: list[Union] = [self.fails[index].of for index in fails]
        if universe:
            every += self.universe.holds
            none += self.universe.fails
        found = find_word(every, none, self.meter)
        return found if isinstance(found, str) else Empty("closure", tuple(holds), tuple(fails), universe, found.states)

    def _fewer(self, found: Empty) -> Empty:
        """The same evidence from fewer predicates where there are few to try, and where the states are few."""
        if len(found.holds) + len(found.fails) > _FEW or len(found.detail) > _FEW_STATES:
            return found
        best = found
        if best.universe:
            best = self._if_empty(best.holds, best.fails, universe=False) or best
        for index in reversed(found.fails):
            best = self._if_empty(best.holds, [other for other in best.fails if other != index], universe=best.universe) or best
        for index in reversed(found.holds):
            best = self._if_empty([other for other in best.holds if other != index], best.fails, universe=best.universe) or best
        return best

    def _if_empty(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool) -> Empty | None:
        if not holds and not universe and not fails:
            return None
        found = self._word(holds, fails, universe=universe)
        return None if isinstance(found, str) else found
