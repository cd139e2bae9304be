"""Reach: which actions a statement covers, indexed so that a list of thousands costs nothing where it is not asked about.

A question is asked of one action pattern at a time. Of every other statement only the patterns that may share an action with it
matter; nearly all belong to another service and are passed over by one look into a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from keyaki.automata.glob import wildcard
from keyaki.automata.product import Union
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import Effect, Statement
from keyaki.questions.space import ACTION
from keyaki.reference.matching import action_matches
from keyaki.symbolic.atom import Atom
from keyaki.values import ascii_fold

EVERY: Final = "*"


class Reach:
    """The actions that one statement covers."""

    def __init__(self, statement: Statement) -> None:
        element = statement.action
        self.negated = element.negated
        self.nothing = not element.values and not (element.negated and statement.effect is Effect.ALLOW)
        self.patterns = tuple(dict.fromkeys(ascii_fold(text) for text in element.values if text))

    @cached_property
    def literals(self) -> frozenset[str]:
        """The patterns without wildcards."""
        return frozenset(pattern for pattern in self.patterns if "*" not in pattern and "?" not in pattern)

    @cached_property
    def _of_service(self) -> dict[str, list[str]]:
        """The patterns by service; those whose service has a wildcard stand under the empty text."""
        return _by_service(self.patterns)

    @cached_property
    def _wild(self) -> dict[str, list[str]]:
        """The patterns with wildcards by service, as above."""
        return _by_service(pattern for pattern in self.patterns if pattern not in self.literals)

    def candidates(self, pattern: str) -> Sequence[str]:
        """Return the patterns that may share an action with a pattern as far as the service tells."""
        service = service_of(pattern)
        if not service:
            return self.patterns
        if is_literal(pattern):
            own = (pattern,) if pattern in self.literals else ()
            return (*own, *self._wild.get(service, ()), *self._wild.get("", ()))
        return (*self._of_service.get(service, ()), *self._of_service.get("", ()))

    def others(self, pattern: str) -> int:
        """Return how many patterns there are to compare with one that is none of the statement's own."""
        return 0 if pattern in self._set else len(self.candidates(pattern))

    @property
    def is_empty(self) -> bool:
        """True iff no action is covered on the face of it."""
        return self.nothing or (not self.negated and not self.patterns)

    def pieces(self) -> tuple[str, ...]:
        """Return patterns that together hold every covered action; for NotAction that is the pattern of all."""
        if self.nothing:
            return ()
        return (EVERY,) if self.negated else self.patterns

    def near(self, pattern: str) -> list[str]:
        """Return the statement's own patterns that may share an action with the given one."""
        return [own for own in self.candidates(pattern) if may_meet(own, pattern)]

    def holds(self, pattern: str) -> bool:
        """True only if the statement covers every action of the pattern; a literal action is decided exactly."""
        if self.nothing:
            return False
        if self.negated:
            return not self.near(pattern)
        return pattern in self._set or any(includes(own, pattern) for own in self.candidates(pattern))

    def holds_reach(self, other: Reach) -> bool:
        """True only if every action that the other statement covers is covered here too, as far as equal patterns tell."""
        if self.nothing or self.negated is not other.negated:
            return False
        return self._set <= other._set if self.negated else self._set >= other._set

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self.patterns)

    def atom(self, pattern: str, place: int) -> Atom | bool:
        """Return what the statement asks of an action of the pattern, or its truth where that is the same for all of them."""
        if self.nothing:
            return False
        near = self.near(pattern)
        if not near:
            return self.negated
        if any(includes(own, pattern) for own in near):
            return not self.negated
        test = TextPredicate(Union(tuple(map(wildcard, sorted(near)))))
        return Atom(ACTION, False, test, self.negated, place=(place, "action"))


def _by_service(patterns: Iterable[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pattern in patterns:
        table.setdefault(service_of(pattern), []).append(pattern)
    return table


def service_of(pattern: str) -> str:
    """Return the service that a folded pattern names, or an empty text where it has a wildcard in it or no colon behind it."""
    service, colon, _ = pattern.partition(":")
    return service if colon and "*" not in service and "?" not in service else ""


def is_literal(pattern: str) -> bool:
    """True iff the pattern has no wildcard."""
    return "*" not in pattern and "?" not in pattern


def head(pattern: str) -> str:
    """Return what stands before the first wildcard."""
    for at, char in enumerate(pattern):
        if char in "*?":
            return pattern[:at]
    return pattern


def may_meet(left: str, right: str) -> bool:
    """False only if no text matches both; exact where one of them is literal."""
    if is_literal(left):
        return action_matches(right, left) if not is_literal(right) else left == right
    if is_literal(right):
        return action_matches(left, right)
    one, other = head(left), head(right)
    if not (one.startswith(other) or other.startswith(one)):
        return False
    one, other = head(left[::-1]), head(right[::-1])
    return one.startswith(other) or other.startswith(one)


def includes(outer: str, inner: str) -> bool:
    """True only if every text of ``inner`` is one of ``outer``; exact where ``inner`` is literal.

    Read as a text, ``inner`` is matched by ``outer`` only if its wildcards fall to runs of ``outer``, which take whatever
    they stand for; a ``?`` of ``outer`` could fall to a ``*``, so such patterns are compared as they stand.
    """
    if outer in {inner, EVERY}:
        return True
    if "*" in inner and "?" in outer:
        return False
    return action_matches(outer, inner)
