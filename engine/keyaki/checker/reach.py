"""Reach: how much of an action pattern a statement covers, read off the patterns as texts.

Patterns are folded. Of a statement only those of its patterns matter that may share an action with the one asked about; the
test for that looks at what stands before the first and behind the last wildcard, so it never lets one go by mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from keyaki.checker.effort import spend
from keyaki.policy import Effect, Statement
from keyaki.reference.matching import action_matches
from keyaki.values import ascii_fold

EVERY: Final = "*"
_COMPARISON: Final = 6
"""Steps for a comparison of two patterns."""
Cover = bool | tuple[str, ...]
"""Whether a statement covers all actions of a pattern (True), none (False), or as some of its own patterns tell."""


class Reach:
    """The actions of one statement's Action or NotAction."""

    def __init__(self, statement: Statement) -> None:
        element = statement.action
        self.negated = element.negated
        self.nothing = not element.values and not (element.negated and statement.effect is Effect.ALLOW)
        self.patterns = tuple(dict.fromkeys(ascii_fold(text) for text in element.values if text))
        self._set = frozenset(self.patterns)
        self._all = _by_service(self.patterns)
        self._wild = _by_service(one for one in self.patterns if not is_literal(one))
        self._known: dict[str, Cover] = {}

    def pieces(self) -> tuple[str, ...]:
        """Return patterns that together hold every action that is covered; of NotAction that is the pattern of all."""
        return () if self.nothing else (EVERY,) if self.negated else self.patterns

    def near(self, pattern: str) -> list[str]:
        """Return the statement's patterns that may share an action with one, in order of their texts."""
        service = service_of(pattern)
        found: Sequence[str] = self.patterns
        if service:
            table = self._wild if is_literal(pattern) else self._all
            own = [pattern] if pattern in self._set and is_literal(pattern) else []
            found = [*own, *table.get(service, ()), *table.get("", ())]
        spend(_COMPARISON * len(found))
        return sorted(own for own in found if may_meet(own, pattern))

    def cover(self, pattern: str) -> Cover:
        """Return how much of a pattern is covered; by ``near`` patterns, or all but them, where that is neither all nor none."""
        if pattern not in self._known:
            whole = pattern in self._set
            near = [] if self.nothing or whole else self.near(pattern)
            if whole and not self.nothing:
                self._known[pattern] = not self.negated
            elif self.nothing or not near:
                self._known[pattern] = self.negated and not self.nothing
            elif any(includes(own, pattern) for own in near):
                self._known[pattern] = not self.negated
            else:
                self._known[pattern] = tuple(near)
        return self._known[pattern]

    def holds_reach(self, other: Reach, pattern: str) -> bool:
        """True only if every action of a pattern that another statement covers is covered here too."""
        if self.cover(pattern) is True or other.cover(pattern) is False:
            return True
        if other.negated:
            return self.negated and not self.nothing and self._set <= other._set
        if not self.negated and other._set <= self._set:
            return True
        return all(self.cover(one) is True for one in other.near(pattern))


def _by_service(patterns: Iterable[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pattern in patterns:
        table.setdefault(service_of(pattern), []).append(pattern)
    return table


def service_of(pattern: str) -> str:
    """Return the service that a pattern writes out, else an empty text."""
    service, colon, _ = pattern.partition(":")
    return service if colon and is_literal(service) else ""


def is_literal(pattern: str) -> bool:
    """True iff the pattern has no wildcard."""
    return "*" not in pattern and "?" not in pattern


def is_action(text: str) -> bool:
    """True iff a folded text without wildcards is an action: a service, one colon, a name."""
    return text.count(":") == 1 and not text.startswith(":") and not text.endswith(":")


def may_meet(one: str, other: str) -> bool:
    """False only if no text matches both patterns."""
    if is_literal(one) or is_literal(other):
        text, pattern = (one, other) if is_literal(one) else (other, one)
        return action_matches(pattern, text)
    heads = _head(one), _head(other)
    tails = _head(one[::-1]), _head(other[::-1])
    return all(left.startswith(right) or right.startswith(left) for left, right in (heads, tails))


def _head(pattern: str) -> str:
    return pattern.partition("*")[0].partition("?")[0]


def includes(outer: str, inner: str) -> bool:
    """True only if every text of one pattern is one of another.

    Matched as a text, the inner pattern's wildcards fall to runs of the outer one, or ``?`` to ``?``; a ``*`` must not fall to
    a ``?``, so where it might, only equal patterns count.
    """
    if outer in {inner, EVERY}:
        return True
    return not ("*" in inner and "?" in outer) and action_matches(outer, inner)
