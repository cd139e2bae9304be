"""Actions: which statements cover which blocked actions.

Nearly all patterns of real policies belong to another service and say so before their colon. One regular expression over all
patterns of a policy puts most policies aside, and over those of a statement most statements (a hundred patterns in ten
microseconds; asking each pattern took sixty).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches

_MAY_BE_KMS: Final = re.compile(r"\n(?:[kK][mM][sS]:|[^:\n*?]*[*?\n])")
"""Finds, among patterns each between line breaks, one whose service is kms or has a wildcard, or one without a colon."""


Covering = tuple[tuple[str, ...], tuple[Statement, ...]]
"""Some actions, and the statements that cover them."""


def groups(policy: Policy, actions: Sequence[str]) -> list[Covering]:
    """Return the KMS actions in groups, each with the statements that cover it; actions that no Allow covers are left out."""
    if not _may_reach(policy):
        return []
    covers = [(statement, patterns) for statement in policy.statements if (patterns := _relevant(statement)) is not None]
    if not any(statement.effect is Effect.ALLOW for statement, _ in covers):
        return []
    found: dict[tuple[int, ...], tuple[list[str], tuple[Statement, ...]]] = {}
    different = {pattern for _, patterns in covers for pattern in patterns}
    for action in actions:
        matching = {pattern for pattern in different if action_matches(pattern, action)}
        covering = tuple(statement for statement, patterns in covers if matching.isdisjoint(patterns) == statement.action.negated)
        if any(statement.effect is Effect.ALLOW for statement in covering):
            found.setdefault(tuple(statement.index for statement in covering), ([], covering))[0].append(action)
    return [(tuple(group), statements) for group, statements in found.values()]


def _may_reach(policy: Policy) -> bool:
    """True if some statement may cover an action of KMS: most policies are done with here, in two microseconds a statement."""
    texts: list[str] = [""]
    for statement in policy.statements:
        if statement.action.negated:
            return True
        texts += statement.action.values
    texts.append("")
    return _MAY_BE_KMS.search("\n".join(texts)) is not None


def _relevant(statement: Statement) -> list[str] | None:
    """Return the patterns that can match an action of KMS; None iff the statement covers no such action.

    An empty list covers what section 5 says: an Allow's NotAction everything, all others nothing.
    """
    element = statement.action
    if not element.values:
        return [] if element.negated and statement.effect is Effect.ALLOW else None
    if not _MAY_BE_KMS.search("\n".join(("", *element.values, ""))):
        return [] if element.negated else None
    patterns = [pattern for pattern in element.values if _MAY_BE_KMS.match(f"\n{pattern}\n")]
    return patterns if patterns or element.negated else None
