"""Cells: what one Allow grants less what others do, as conjunctions that exclude each other.

A statement is a conjunction of parts: its actions, its resources, each of its conditions. What lies in a cell and not in a
statement falls apart into branches, one for each part of the statement that is the first to fail; no two of them share a
request. So subtracting statements from a cell gives cells again, and cells of different Allows are kept apart by subtracting
the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from keyaki.automata.glob import wildcard
from keyaki.automata.product import Union
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import Effect, Quantifier, Request
from keyaki.questions.cover import covers
from keyaki.questions.reach import EVERY, Reach, includes, is_literal, may_meet, service_of
from keyaki.questions.sides import Entry
from keyaki.questions.space import ACTION, actions
from keyaki.reference.evaluate import Context, entry_holds, resource_holds
from keyaki.reference.matching import action_matches
from keyaki.symbolic.atom import Atom
from keyaki.values import ascii_fold


@frozen
class Actions:
    """The actions of one folded pattern that some pattern of each of ``within`` matches too, and none of ``without``."""

    pattern: str
    within: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()

    def hold(self, action: str) -> bool:
        """True iff the action is one of them."""
        return (
            action_matches(self.pattern, action)
            and all(any(action_matches(pattern, action) for pattern in patterns) for patterns in self.within)
            and not any(action_matches(pattern, action) for pattern in self.without)
        )

    def atoms(self, place: int) -> Iterator[Atom]:
        """Yield what is asked of an action beyond the pattern."""
        for number, patterns in enumerate(self.within):
            yield Atom(ACTION, False, _test(patterns), place=(place, f"action within {number}"))
        if self.without:
            yield Atom(ACTION, False, _test(self.without), inverted=True, place=(place, "action without"))


def _test(patterns: Iterable[str]) -> TextPredicate:
    return TextPredicate(Union(tuple(map(wildcard, patterns))))


@frozen
class Part:
    """One part of a statement, and whether it holds; ``what`` is its place (``resource``, ``condition N`` or ``has KEY``)."""

    entry: Entry
    atom: Atom
    truth: bool

    @property
    def what(self) -> str:
        """Which part of the statement it is."""
        return self.atom.place[1]

    def holds(self, context: Context) -> bool:
        """True iff the reference evaluator says so, the parts before it taken to be as the cell has them."""
        statement = self.entry.statement
        if self.what == "resource":
            found = resource_holds(statement, context)
        elif self.what.startswith("has "):
            found = context.value_of(self.what.removeprefix("has ")) is not None
        else:
            entry = statement.conditions[int(self.what.removeprefix("condition "))]
            found = entry_holds(entry, statement.effect, context)
        return found is self.truth

    def literal(self) -> Atom:
        """The part as an atom that is true iff it is as the cell has it."""
        return self.atom if self.truth else negation(self.atom)


def negation(atom: Atom) -> Atom:
    """Return the atom that is true iff the given one is false."""
    quantifier = atom.quantifier
    if quantifier is not None:
        quantifier = Quantifier.FOR_ANY_VALUE if quantifier is Quantifier.FOR_ALL_VALUES else Quantifier.FOR_ALL_VALUES
    statement, what = atom.place
    place = (statement, f"not {what}")
    if isinstance(atom.present, bool):
        return evolve(atom, absent=not atom.absent, present=not atom.present, place=place)
    return evolve(atom, absent=not atom.absent, inverted=not atom.inverted, quantifier=quantifier, place=place)


@frozen
class Cell:
    """The requests with one of some actions for which every part is as given; all are granted by Allow ``entry``."""

    entry: Entry
    actions: tuple[Actions, ...]
    parts: tuple[Part, ...]

    def holds(self, request: Request) -> bool:
        """True iff the reference evaluator finds the request in the cell."""
        action = ascii_fold(request.action)
        context = Context(self.entry.document.policy, request)
        return any(one.hold(action) for one in self.actions) and all(part.holds(context) for part in self.parts)


def cell_of(entry: Entry, service: str | None) -> Cell | None:
    """Return the cell of all that an Allow grants, of one service or of all; None iff there is nothing of that service."""
    region = entry.region()
    found = tuple(_actions(entry.reach, service))
    if region is None or not found:
        return None
    return Cell(entry, found, tuple(Part(entry, atom, True) for atom in region.atoms))


def _actions(reach: Reach, service: str | None) -> Iterator[Actions]:
    if reach.nothing:
        return
    everything = EVERY if service is None else f"{service}:*"
    if reach.negated:
        yield Actions(everything, (), tuple(reach.near(everything)))
        return
    for pattern in reach.patterns:
        if not _is_possible(pattern):
            continue
        if service is None or service_of(pattern) == service:
            yield Actions(pattern)
        elif may_meet(pattern, everything) and not service_of(pattern):
            own, colon, name = pattern.partition(":")
            if pattern == EVERY or (own == EVERY and colon):
                yield Actions(f"{service}:{name or EVERY}")
            else:
                yield Actions(everything, ((pattern,),))


def without(cell: Cell, entry: Entry) -> Iterator[Cell]:
    """Yield cells that exclude each other and together are what lies in the cell and not in a statement."""
    region = entry.region()
    if region is None:
        yield cell
        return
    outside: list[Actions] = []
    inside: list[Actions] = []
    for one in cell.actions:
        out, within = _split(one, entry.reach)
        outside += out
        inside += within
    if outside:
        yield evolve(cell, actions=tuple(outside))
    if not inside or (entry.statement.effect is Effect.ALLOW and covers(entry, cell.entry)):
        return
    known = {(part.atom, part.truth) for part in cell.parts}
    kept = cell.parts
    for atom in region.atoms:
        if (atom, True) in known:
            continue
        yield Cell(cell.entry, tuple(inside), (*kept, Part(entry, atom, False)))
        if (atom, False) in known:
            return
        kept = (*kept, Part(entry, atom, True))


def _is_possible(pattern: str) -> bool:
    return not is_literal(pattern) or actions(None).admits(pattern)


def _split(one: Actions, reach: Reach) -> tuple[list[Actions], list[Actions]]:
    """Return the actions that a statement does not cover, and those that it does."""
    if reach.nothing:
        return [one], []
    near = [pattern for pattern in reach.near(one.pattern) if pattern not in one.without and _is_possible(pattern)]
    if not near:
        matched, rest = [], [one]
    elif any(includes(pattern, one.pattern) for pattern in near):
        matched, rest = [one], []
    else:
        rest = [evolve(one, without=(*one.without, *near))]
        if all(includes(one.pattern, pattern) for pattern in near) and not one.within and not one.without:
            matched = _apart(near)
        else:
            matched = [evolve(one, within=(*one.within, tuple(near)))]
    return (matched, rest) if reach.negated else (rest, matched)


def _apart(patterns: list[str]) -> list[Actions]:
    """Return the actions of some patterns; what a wider one holds is left out."""
    return [
        Actions(pattern)
        for at, pattern in enumerate(patterns)
        if not any(
            includes(other, pattern) and (other != pattern or place < at) for place, other in enumerate(patterns) if place != at
        )
    ]
