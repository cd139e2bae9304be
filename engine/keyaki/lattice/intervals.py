"""Finite unions of intervals on a line: the one representation behind numbers, instants and addresses.

A set is the sorted list of the places where a walk along the line enters or leaves it. Such a place, a cut, lies between
points: ``(v, BEFORE)`` just below v, ``(v, AFTER)`` just above it; two cuts around v enclose the point v alone. Whether the
walk starts inside is one more bit. The representation is canonical, so equal sets are equal values; complement toggles
a bit, or the two ends of a line that has ends; meet and join are one sweep over the cuts of both.

On a discrete line just above v is just below v + 1, and only ``BEFORE`` occurs. Whole points are kept as int: comparing
a Fraction costs ten times as much as comparing an int.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from fractions import Fraction
from itertools import cycle, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from attrs import frozen

from keyaki.lattice.domain import Domain

if TYPE_CHECKING:
    from typing_extensions import Self

Point = int | Fraction
Cut = tuple[Point, int]

BEFORE, AT, AFTER = 0, 1, 2

_cut_of = itemgetter(0)


class Span(NamedTuple):
    """One interval: None is an unbounded end, ``low_in`` and ``high_in`` tell whether the ends belong to it."""

    low: Point | None
    low_in: bool
    high: Point | None
    high_in: bool


def plain(point: Point) -> Point:
    """The same point, as an int if it is whole."""
    return point.numerator if point.denominator == 1 else point


@frozen
class Intervals(Domain):
    """A finite union of intervals of a line.

    ``starts_inside`` is True iff the walk from the far left starts inside; ``cuts`` are where it changes sides. Subclasses
    name the line: ``ends`` are the cuts at its two ends (none for an unbounded line), ``discrete`` says that its points are
    whole. Meet, join, inclusion: O(m + n); membership O(log n).
    """

    cuts: tuple[Cut, ...] = ()
    starts_inside: bool = False

    ends: ClassVar[tuple[Cut, ...]] = ()
    discrete: ClassVar[bool] = False

    @classmethod
    def top(cls) -> Self:
        """The whole line."""
        return cls(cls.ends, not cls.ends)

    @classmethod
    def bottom(cls) -> Self:
        """The empty set."""
        return cls()

    @classmethod
    def below(cls, bound: Point, *, inclusive: bool = False) -> Self:
        """The points less than the bound, and the bound itself iff ``inclusive``."""
        return cls._clipped((cls.cut(bound, AFTER if inclusive else BEFORE),), starts_inside=True)

    @classmethod
    def above(cls, bound: Point, *, inclusive: bool = False) -> Self:
        """The points greater than the bound, and the bound itself iff ``inclusive``."""
        return cls._clipped((cls.cut(bound, BEFORE if inclusive else AFTER),), starts_inside=False)

    @classmethod
    def only(cls, *points: Point) -> Self:
        """The given points and no other. O(n log n)."""
        around = ((cls.cut(point, BEFORE), cls.cut(point, AFTER)) for point in points)
        found = cls.union(cls((enter, leave)) for enter, leave in around if enter != leave)
        return found & cls.top() if cls.ends else found

    @classmethod
    def union(cls, sets: Iterable[Self]) -> Self:
        """The points of all the sets. O(n log n) in their cuts together, where joining one by one is quadratic."""
        depth, changes = 0, list[tuple[Cut, int]]()
        for one in sets:
            depth += one.starts_inside
            turns = cycle((-1, 1) if one.starts_inside else (1, -1))
            changes += zip(one.cuts, turns, strict=False)
        changes.sort(key=_cut_of)
        starts_inside, found = depth > 0, list[Cut]()
        for cut, together in groupby(changes, key=_cut_of):
            before = depth > 0
            depth += sum(turn for _, turn in together)
            if (depth > 0) != before:
                found.append(cut)
        return cls(tuple(found), starts_inside)

    @classmethod
    def between(cls, low: Point, high: Point) -> Self:
        """The points from low to high, both included."""
        return cls.above(low, inclusive=True) & cls.below(high, inclusive=True)

    @classmethod
    def cut(cls, bound: Point, side: int) -> Cut:
        """The line's own form of the cut just below the bound (BEFORE) or just above it (AFTER)."""
        if not cls.discrete:
            return plain(bound), side
        floor = bound.numerator // bound.denominator
        return floor + (side == AFTER or floor != bound), BEFORE

    @classmethod
    def _clipped(cls, cuts: tuple[Cut, ...], *, starts_inside: bool) -> Self:
        found = cls(cuts, starts_inside)
        return found & cls.top() if cls.ends else found

    def __and__(self, other: Self) -> Self:
        return self._sweep(other, threshold=2)

    def __or__(self, other: Self) -> Self:
        return self._sweep(other, threshold=1)

    def __invert__(self) -> Self:
        if not self.ends:
            return type(self)(self.cuts, not self.starts_inside)
        return type(self)(tuple(sorted({*self.cuts} ^ {*self.ends})))

    def __contains__(self, value: Any) -> bool:
        return isinstance(value, int | Fraction) and self.holds(value)

    def holds(self, point: Point) -> bool:
        """True iff the point, one of the line's own, is in the set: membership without the check of its type."""
        return bool(bisect(self.cuts, (point, AT)) & 1) != self.starts_inside

    @property
    def is_bottom(self) -> bool:
        """True iff the set is empty."""
        return not self.cuts and not self.starts_inside

    def equivalent(self, other: Self) -> bool:
        """True iff both sets have the same points; the representation is canonical."""
        return self == other

    def spans(self) -> list[Span]:
        """The maximal intervals, in order. On a discrete line both ends are points of the set."""
        cuts: list[Cut | None] = [*([None] if self.starts_inside else []), *self.cuts]
        if len(cuts) % 2:
            cuts.append(None)
        return [self._span(low, high) for low, high in zip(cuts[::2], cuts[1::2], strict=True)]

    def _span(self, low: Cut | None, high: Cut | None) -> Span:
        step = 1 if self.discrete else 0
        return Span(
            low[0] if low else None,
            low is not None and low[1] == BEFORE,
            high[0] - step if high else None,
            high is not None and (self.discrete or high[1] == AFTER),
        )

    def _sweep(self, other: Self, threshold: int) -> Self:
        """The points that lie in at least ``threshold`` of the two sets."""
        mine, theirs = self.cuts, other.cuts
        in_mine, in_theirs = self.starts_inside, other.starts_inside
        inside = starts_inside = in_mine + in_theirs >= threshold
        found: list[Cut] = []
        i = j = 0
        while i < len(mine) or j < len(theirs):
            from_mine = j == len(theirs) or (i < len(mine) and mine[i] <= theirs[j])
            from_theirs = i == len(mine) or (j < len(theirs) and theirs[j] <= mine[i])
            cut = mine[i] if from_mine else theirs[j]
            if from_mine:
                in_mine, i = not in_mine, i + 1
            if from_theirs:
                in_theirs, j = not in_theirs, j + 1
            if (in_mine + in_theirs >= threshold) != inside:
                inside = not inside
                found.append(cut)
        return type(self)(tuple(found), starts_inside)

    def member(self) -> Any:
        """A readable point of the set, or None; subclasses say which."""
        raise NotImplementedError
