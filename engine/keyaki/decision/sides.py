"""Sides: the literals of one value as tests that must hold of it and tests that must fail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from keyaki.decision.refutation import Leaf, Ref, ref
from keyaki.decision.ties import Step
from keyaki.lattice.answer import Empty
from keyaki.lattice.predicate import Predicate
from keyaki.symbolic.atom import Literal


class Sides:
    """Literals of one element, by whether their test must hold of it or must not."""

    __slots__ = ("fails", "holds")

    def __init__(self, holds: list[Literal], fails: list[Literal]) -> None:
        self.holds = holds
        self.fails = fails

    @classmethod
    def of(cls, literals: Iterable[Literal]) -> Sides:
        """Sort literals."""
        sides = cls([], [])
        for one in literals:
            (sides.holds if one.truth != one.atom.inverted else sides.fails).append(one)
        return sides

    def clash(self) -> list[Literal]:
        """Return two literals that ask the same test both to hold and not to, or none."""
        if not self.holds or not self.fails:
            return []
        barred = {one.atom.present: one for one in self.fails}
        for one in self.holds:
            other = barred.get(one.atom.present)
            if other is not None and other.atom.epoch == one.atom.epoch:
                return [one, other]
        return []


class Source(NamedTuple):
    """Where a predicate comes from: its literal, and further literals that it rests on.

    ``links`` make the text that the literal is about that of the coordinate asked; with ``renamed`` its variables were named anew
    by them.
    """

    literal: Literal
    cites: frozenset[Ref] = frozenset()
    links: frozenset[Ref] = frozenset()
    renamed: bool = False

    def plain(self) -> list[Any]:
        """Return the source as plain data, as short as can be."""
        further = [sorted(map(list, self.cites)), sorted(map(list, self.links)), self.renamed]
        while further and not further[-1]:
            further.pop()
        return [*ref(self.literal), *further]


class Side:
    """Ordinary predicates that must hold and must fail, each with its source."""

    __slots__ = ("fail_sources", "fails", "hold_sources", "holds")

    def __init__(self) -> None:
        self.holds: list[Predicate] = []
        self.fails: list[Predicate] = []
        self.hold_sources: list[Source] = []
        self.fail_sources: list[Source] = []

    def add_hold(self, source: Source, predicate: Predicate) -> None:
        """Add a predicate that must hold."""
        self.holds.append(predicate)
        self.hold_sources.append(source)

    def add_fail(self, source: Source, predicate: Predicate) -> None:
        """Add a predicate that must fail."""
        self.fails.append(predicate)
        self.fail_sources.append(source)

    def joined(self, other: Side) -> Side:
        """Return both together."""
        both = Side()
        both.holds, both.fails = self.holds + other.holds, self.fails + other.fails
        both.hold_sources = self.hold_sources + other.hold_sources
        both.fail_sources = self.fail_sources + other.fail_sources
        return both


def empty(coordinate: str, found: Empty, blocker: list[Literal], side: Side) -> Leaf:
    """Return the leaf of a coordinate that the lattice found empty."""
    holds = [side.hold_sources[at] for at in found.holds]
    fails = [side.fail_sources[at] for at in found.fails]
    further = frozenset(name for one in chain(holds, fails) for name in (*one.cites, *one.links))
    evidence: dict[str, Any] = {
        "kind": found.kind,
        "holds": [one.plain() for one in holds],
        "fails": [one.plain() for one in fails],
        "universe": found.universe,
        "detail": found.detail,
    }
    return leaf(coordinate, [*blocker, *(one.literal for one in chain(holds, fails))], evidence, further)


def longer(coordinate: str, steps: Sequence[Step], blocker: list[Literal]) -> Leaf:
    """Return the leaf of a coordinate whose text would be longer than itself by these steps."""
    cycle = [[*ref(step.tie.literal), step.key, step.tie.coordinate] for step in steps]
    further = frozenset().union(*(step.tie.cites for step in steps))
    return leaf(coordinate, [*blocker, *(step.tie.literal for step in steps)], {"kind": "longer", "detail": cycle}, further)


def leaf(coordinate: str, cites: Iterable[Literal], evidence: dict[str, Any], further: frozenset[Ref] = frozenset()) -> Leaf:
    """Return the leaf that rests on the cited literals and on ``further`` ones, by reference."""
    return Leaf(coordinate, frozenset(map(ref, cites)) | further, evidence)
