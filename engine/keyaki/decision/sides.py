"""Sides: the literals of one value as tests that must hold of it and tests that must fail."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from keyaki.decision.refutation import Leaf, Ref, ref
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
        barred = {one.atom.present: one for one in self.fails}
        for one in self.holds:
            other = barred.get(one.atom.present)
            if other is not None and other.atom.epoch == one.atom.epoch:
                return [one, other]
        return []


class Side:
    """Ordinary predicates that must hold and must fail, each with its literal and the further literals that it rests on."""

    __slots__ = ("fail_sources", "fails", "hold_sources", "holds")

    def __init__(self) -> None:
        self.holds: list[Predicate] = []
        self.fails: list[Predicate] = []
        self.hold_sources: list[tuple[Literal, frozenset[Ref]]] = []
        self.fail_sources: list[tuple[Literal, frozenset[Ref]]] = []

    def add_hold(self, one: Literal, predicate: Predicate, cites: Iterable[Ref] = ()) -> None:
        """Add a predicate that must hold."""
        self.holds.append(predicate)
        self.hold_sources.append((one, frozenset(cites)))

    def add_fail(self, one: Literal, predicate: Predicate, cites: Iterable[Ref] = ()) -> None:
        """Add a predicate that must fail."""
        self.fails.append(predicate)
        self.fail_sources.append((one, frozenset(cites)))

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
    further = frozenset(name for _, cites in chain(holds, fails) for name in cites)
    evidence: dict[str, Any] = {
        "kind": found.kind,
        "holds": [[*ref(one), *([sorted(map(list, cites))] if cites else [])] for one, cites in holds],
        "fails": [[*ref(one), *([sorted(map(list, cites))] if cites else [])] for one, cites in fails],
        "universe": found.universe,
        "detail": found.detail,
    }
    return leaf(coordinate, [*blocker, *(one for one, _ in chain(holds, fails))], evidence, further)


def leaf(coordinate: str, cites: Iterable[Literal], evidence: dict[str, Any], further: frozenset[Ref] = frozenset()) -> Leaf:
    """Return the leaf that rests on the cited literals and on ``further`` ones, by reference."""
    return Leaf(coordinate, frozenset(map(ref, cites)) | further, evidence)
