"""Actions: which statements cover which blocked actions.

Nearly all patterns of real policies belong to another service and say so before their colon. One regular expression over the
whole list puts those lists aside (a hundred patterns in ten microseconds; asking each pattern took sixty).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches

_MAY_BE_KMS: Final = re.compile(r"^(?:kms:|[^:\n*?]*(?:[*?]|$)).*$", re.IGNORECASE | re.MULTILINE)
"""Finds, one a line, every pattern whose service is kms or has a wildcard, and every pattern without a colon."""


def groups(policy: Policy, actions: Sequence[str]) -> Iterable[tuple[tuple[str, ...], tuple[Statement, ...]]]:
    """Return the KMS actions in groups, each with the statements that cover it; actions that no Allow covers are left out."""
    covers = [(statement, patterns) for statement in policy.statements if (patterns := _relevant(statement)) is not None]
    if not any(statement.effect is Effect.ALLOW for statement, _ in covers):
        return []
    found: dict[tuple[int, ...], tuple[list[str], tuple[Statement, ...]]] = {}
    for action in actions:
        covering = tuple(
            statement
            for statement, patterns in covers
            if any(action_matches(pattern, action) for pattern in patterns) != statement.action.negated
        )
        if any(statement.effect is Effect.ALLOW for statement in covering):
            found.setdefault(tuple(statement.index for statement in covering), ([], covering))[0].append(action)
    return [(tuple(group), statements) for group, statements in found.values()]


def _relevant(statement: Statement) -> list[str] | None:
    """Return the patterns that can match an action of KMS; None iff the statement covers no such action.

    An empty list covers what section 5 says: an Allow's NotAction everything, all others nothing.
    """
    element = statement.action
    if not element.values:
        return [] if element.negated and statement.effect is Effect.ALLOW else None
    lines = "\n".join(element.values)
    if lines.count("\n") != len(element.values) - 1:  # a pattern with a line break in it matches no action
        lines = "\n".join(pattern for pattern in element.values if "\n" not in pattern)
    patterns = _MAY_BE_KMS.findall(lines)
    return patterns if patterns or element.negated else None
