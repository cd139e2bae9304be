"""Inclusion and overlap: does one side allow a request that the other side does not, or one that both allow?

A request is allowed by a side iff in each of its levels some Allow applies and no Deny does; it is not allowed by the other
side iff in some level no Allow applies, or some Deny does. So the questions asked are: for each Allow (of several levels,
each choice of one per level), and each action pattern of it that the other side is not seen to allow alike, is there a
request to which it applies, no Deny of its side does, and, in turn, none of the other side's Allows of one level does, or one
of its Denies does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Final, Protocol

from keyaki.answer import Answer, Asked, Reason, Result
from keyaki.automata.meter import Exhausted
from keyaki.decision.box import Undecidable
from keyaki.questions.ask import BUDGET, Asker, Proof
from keyaki.questions.cover import covers, same_lists
from keyaki.questions.reach import EVERY, is_literal, may_meet
from keyaki.questions.sides import Entry, Side
from keyaki.questions.space import actions
from keyaki.questions.write import Found

MOST_CHOICES: Final = 20_000
"""How many choices of one Allow per level are looked at; past it the question counts as too hard."""


_PER_STEP: Final = 2
"""How many patterns of the other side are looked at for one counted step."""


class Search:
    """Looks for requests that ``new`` allows and ``old`` does not; with ``both``, for those that both allow."""

    def __init__(self, new: Side, old: Side, *, budget: int = BUDGET, both: bool = False) -> None:
        self.new = new
        self.old = old
        self.both = both
        self.sides: tuple[Side, ...] = (new, old)
        self.asker = Asker((new, old), budget)
        self.proofs: list[Proof | dict[str, Any]] = []
        self.open: list[str] = []

    def run(self, *, first: bool = False, each: bool = False) -> list[Reason]:
        """Return one reason for each Allow of the identity level that has one, with ``first`` at most one.

        With ``each`` there is one for every action pattern of such an Allow that has one.

        What could not be settled stands in ``open`` afterwards, the refutations in ``proofs``.
        """
        reasons: list[Reason] = []
        found: set[tuple[int, str]] = set()
        levels = [*self.new.levels, *(self.old.levels if self.both else ())]
        if too_many(levels):
            self.open.append(f"there are more than {MOST_CHOICES} choices of one statement for each level")
            return []
        for choice in product(*levels):
            number = choice[0].number
            for pattern in self._pieces_to_ask(choice):
                if (number, pattern if each else "") in found:
                    continue
                one = self._settled(choice, pattern)
                if one is not None:
                    reasons.append(one)
                    found.add((number, pattern if each else ""))
                    if first:
                        return reasons
                if self.asker.is_over(self.open):
                    return reasons
            if self.asker.is_over(self.open):
                return reasons
        return reasons

    def _pieces_to_ask(self, choice: Sequence[Entry]) -> Iterator[str]:
        try:
            seen = not self.both and not self._unseen(choice)
        except Exhausted as stop:
            self.open.append(f"statement {choice[0].statement.index}: {stop}")
            return
        if not seen:
            yield from _pieces(choice)

    def _settled(self, choice: Sequence[Entry], pattern: str) -> Reason | None:
        try:
            return self._of_overlap(choice, pattern) if self.both else self._of_pattern(choice, pattern)
        except (Exhausted, Undecidable) as stop:
            self.open.append(f"statement {choice[0].statement.index}: {stop}")
            return None

    def _of_overlap(self, choice: Sequence[Entry], pattern: str) -> Reason | None:
        found = self._ask(pattern, choice, [*self.new.denies, *self.old.denies])
        return None if found is None else reason_of(choice[0], pattern, found)

    def _unseen(self, choice: Sequence[Entry]) -> bool:
        """True iff it is not seen at once, for all actions alike, that the old side allows all that a choice does.

        Nearly all statements of a new version are done with here.
        """
        if self._denies:
            return True
        covers_ = []
        for holding in self._holding:
            near = holding.near(choice)
            self.asker.meter.spend(1 + len(near) // _PER_STEP)
            covers_.append(next((entry for entry in near if _covers_all(entry, choice)), None))
        if None in covers_:
            return True
        numbers = [one.number for one in choice]
        self.proofs += ({"actions": [EVERY], "applying": numbers, "covered": one.number} for one in covers_ if one is not None)
        return False

    @cached_property
    def _holding(self) -> list[_Holding]:
        return [_Holding(level) for level in self.old.levels]

    @cached_property
    def _denies(self) -> list[Entry]:
        """The old side's Denies that are not seen at once, for all actions alike, to deny only what the new side denies."""
        found = []
        own_denies = _Holding(self.new.denies)
        for deny in self.old.denies:
            near = own_denies.near([deny])
            self.asker.meter.spend(1 + len(near) // _PER_STEP)
            alike = next((own for own in near if _covers_all(own, [deny])), None)
            if alike is None:
                found.append(deny)
            else:
                self.proofs.append({"actions": [EVERY], "applying": [deny.number], "covered": alike.number})
        return found

    def _of_pattern(self, choice: Sequence[Entry], pattern: str) -> Reason | None:
        """Return a reason for actions of one pattern, or None iff there is none."""
        self.asker.meter.spend(1 + sum(1 + entry.reach.others(pattern) for entry in self.old.entries) // _PER_STEP)
        for level in self.old.levels:
            cover = next((entry for entry in level if _covers(entry, choice, pattern)), None)
            if cover is not None:
                self.proofs.append({"actions": [pattern], "applying": [one.number for one in choice], "covered": cover.number})
                continue
            found = self._ask(pattern, choice, [*self.new.denies, *level])
            if found is not None:
                return reason_of(choice[0], pattern, found)
        for deny in self._denies:
            if not deny.reach.near(pattern) and not deny.reach.negated:
                continue
            alike = next((own for own in self.new.denies if _denies_alike(own, deny, pattern)), None)
            if alike is not None:
                self.proofs.append({"actions": [pattern], "applying": [deny.number], "covered": alike.number})
                continue
            found = self._ask(pattern, [*choice, deny], self.new.denies)
            if found is not None:
                return reason_of(choice[0], pattern, found, deny)
        return None

    def _ask(self, pattern: str, applying: Sequence[Entry], barred: Sequence[Entry]) -> Found | None:
        found = self.asker.ask(pattern, applying, barred, self._accepts)
        if not isinstance(found, Proof):
            return found
        if len(found.actions) == 1:
            self.proofs.append(found)
        return None

    def _accepts(self, found: Found) -> bool:
        return self.new.allows(found.request, found.principal) and self.old.allows(found.request, found.principal) is self.both


class _Holding:
    """Statements by their patterns of actions: only those that have some pattern of another one may have all of them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.negated = [entry for entry in entries if entry.reach.negated]
        self.of: dict[str, list[Entry]] = {}
        for entry in entries:
            for pattern in () if entry.reach.negated else entry.reach.patterns:
                self.of.setdefault(pattern, []).append(entry)

    def near(self, choice: Sequence[Entry]) -> Sequence[Entry]:
        """Return the statements that may cover all actions of the choice, as far as equal patterns tell, in their order."""
        if len(choice) != 1 or not choice[0].reach.patterns:
            return self.entries
        return self.negated if choice[0].reach.negated else self.of.get(choice[0].reach.patterns[0], ())


def reason_of(entry: Entry, pattern: str, found: Found, deny: Entry | None = None) -> Reason:
    """Return the reason that a request is for an Allow statement, with the other side's Deny where it is one that denies."""
    return Reason(
        entry.statement.index,
        found.request,
        entry.statement.sid,
        entry.document.number,
        pattern,
        deny.statement.index if deny else None,
        deny.statement.sid if deny else None,
        deny.document.number if deny else 0,
        found.principal,
    )


class Searched(Protocol):
    """What a search leaves behind: proofs, what it could not settle, and the sides that it was about."""

    proofs: list[Proof | dict[str, Any]]
    open: list[str]
    sides: tuple[Side, ...]


def answer_of(search: Searched, reasons: list[Reason], messages: dict[Result, str], asked: Asked) -> Answer:
    """Return the answer that a search has come to."""
    left_open = "; ".join(dict.fromkeys(search.open)) or None
    if reasons:
        return Answer(Result.FAIL, messages[Result.FAIL], tuple(reasons), open=left_open, asked=asked)
    if left_open:
        return Answer(Result.UNDECIDED, messages[Result.UNDECIDED], open=left_open, asked=asked)
    return Answer(Result.PASS, messages[Result.PASS], certificate=lambda: certificate(search, asked), asked=asked)


def certificate(search: Searched, asked: Asked) -> dict[str, Any]:
    """Return the proofs of a search as plain data; statements are numbered through both sides, those of the first one first."""
    return {**heading(asked, search.sides), "proofs": plain_proofs(search)}


def plain_proofs(search: Searched) -> list[dict[str, Any]]:
    """Return the proofs of a search as plain data."""
    return [one.plain() if isinstance(one, Proof) else one for one in search.proofs]


def heading(asked: Asked, sides: Sequence[Side]) -> dict[str, Any]:
    """Return what binds a certificate to its question and its policies."""
    return {"schema": 1, "question": asked.plain(), "policies": [side.digests() for side in sides]}


def too_many(levels: Sequence[Sequence[Entry]]) -> bool:
    """True iff there are more than MOST_CHOICES ways to choose one statement of each level."""
    return prod(map(len, levels)) > MOST_CHOICES


def _pieces(choice: Sequence[Entry]) -> Iterator[str]:
    """Yield patterns that together hold every action that all the statements cover; others stand beside them."""
    first = min(choice, key=lambda entry: (entry.reach.negated, len(entry.reach.patterns)))
    for pattern in first.reach.pieces():
        if is_literal(pattern) and not actions(None).admits(pattern):
            continue
        if all(other is first or other.reach.atom(pattern, 0) is not False for other in choice):
            yield pattern


def _covers_all(outer: Entry, choice: Sequence[Entry]) -> bool:
    """True only if the outer statement applies wherever all of the choice do."""
    if not any(outer.reach.holds_reach(inner.reach) for inner in choice):
        return False
    return any(same_lists(outer, inner) and covers(outer, inner) for inner in choice)


def _covers(outer: Entry, choice: Sequence[Entry], pattern: str) -> bool:
    """True only if the outer Allow applies wherever all of the choice do, for actions of a pattern."""
    if not outer.reach.holds(pattern) and not _same_reach(outer, choice, pattern):
        return False
    return any(same_lists(outer, inner) and covers(outer, inner) for inner in choice)


def _same_reach(outer: Entry, choice: Sequence[Entry], pattern: str) -> bool:
    """True only if the outer NotAction excludes no action but those that one of the choice excludes too."""
    if pattern != EVERY or not outer.reach.negated:
        return False
    mine = set(outer.reach.patterns)
    return any(inner.reach.negated and mine <= set(inner.reach.patterns) for inner in choice)


def _denies_alike(own: Entry, deny: Entry, pattern: str) -> bool:
    """True only if the new side's Deny applies wherever the old side's does, for actions of a pattern."""
    alike = own.reach.holds(pattern) or (
        not deny.reach.negated and all(own.reach.holds(one) for one in deny.reach.patterns if may_meet(one, pattern))
    )
    return alike and same_lists(own, deny) and covers(own, deny)
