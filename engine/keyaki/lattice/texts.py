"""Sets of texts: languages of globs, closed under meet, join and complement.

A cell is a conjunction: the words that lie in each of some unions and in none of others. A set is a finite union of cells.
Meet distributes, so it has as many cells as the product of both; complement is the meet of the complements of the cells, each of
which has one cell for each union in it: **a set of n cells with k unions each may become k**n cells**. Cells that are
contradictory on their face or lie in another are dropped, which keeps the sets that policies make small. The search
never takes complements of sets: it asks for one cell at a time (``keyaki.lattice.solve``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from attrs import frozen

from keyaki.automata.glob import ANY, run
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union, find_word
from keyaki.lattice.domain import Domain

BUDGET = 1_000_000
_EVERYTHING = Union((run(ANY),))


class Cell(NamedTuple):
    """The words in every union of ``holds`` and in none of ``fails``."""

    holds: frozenset[Union] = frozenset()
    fails: frozenset[Union] = frozenset()

    def within(self, other: Cell) -> bool:
        """True only if each word of it lies in the other, as its unions show by themselves."""
        return self.holds >= other.holds and self.fails >= other.fails


@frozen
class Texts(Domain):
    """A finite union of cells. ``==`` compares cells; ``equivalent`` compares languages. Decisions run automata, metered."""

    cells: tuple[Cell, ...] = ()

    @classmethod
    def top(cls) -> Texts:
        """All texts, the empty one included."""
        return cls((Cell(),))

    @classmethod
    def bottom(cls) -> Texts:
        """No text."""
        return cls()

    @classmethod
    def of(cls, union: Union) -> Texts:
        """The words of a union."""
        return cls((Cell(frozenset({union})),))

    def __and__(self, other: Texts) -> Texts:
        return _texts(Cell(mine.holds | theirs.holds, mine.fails | theirs.fails) for mine in self.cells for theirs in other.cells)

    def __or__(self, other: Texts) -> Texts:
        return _texts((*self.cells, *other.cells))

    def __invert__(self) -> Texts:
        found = Texts.top()
        for cell in self.cells:
            found &= _texts([Cell(fails=frozenset({union})) for union in cell.holds] + [Cell(frozenset({u})) for u in cell.fails])
        return found

    def __contains__(self, value: Any) -> bool:
        return isinstance(value, str) and any(_holds(cell, value) for cell in self.cells)

    @property
    def is_bottom(self) -> bool:
        """True iff no text is in the set; raises Exhausted iff that takes more than BUDGET steps."""
        return self.member() is None

    def member(self, meter: Meter | None = None) -> str | None:
        """A text of the set, the first cell's if it has one; None iff there is none. Raises Exhausted iff the meter runs out."""
        meter = meter or Meter(BUDGET)
        for cell in self.cells:
            found = find_word(_sorted(cell.holds) or [_EVERYTHING], _sorted(cell.fails), meter)
            if isinstance(found, str):
                return found
        return None


def _holds(cell: Cell, text: str) -> bool:
    return all(union.matches(text) for union in cell.holds) and not any(union.matches(text) for union in cell.fails)


def _sorted(unions: Iterable[Union]) -> list[Union]:
    """The same order in every run: sets of unions have none."""
    return sorted(unions, key=_key)


def _key(union: Union) -> list[list[tuple[list[str], bool, bool]]]:
    return [[(sorted(token.chars.members), token.chars.complement, token.run) for token in glob.tokens] for glob in union.globs]


def _texts(cells: Iterable[Cell]) -> Texts:
    """The set of the cells without those that are empty or lie in another on their face."""
    live = [cell for cell in dict.fromkeys(cells) if not cell.holds & cell.fails]
    return Texts(tuple(cell for cell in live if not any(other != cell and cell.within(other) for other in live)))
