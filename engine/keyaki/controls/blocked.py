"""Blocked actions: from the patterns of a Config rule's parameter to the KMS actions that they stand for.

A pattern stands for the actions on a key, and on an alias and its key, that it matches; case does not count. An action that
needs no key, such as ``kms:ListKeys``, can never be used on a key that the policy did not name, so no pattern stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from keyaki.catalogue import KEY_ACTIONS
from keyaki.errors import QuestionError
from keyaki.policy import PolicyWarning
from keyaki.reference.matching import action_matches


def blocked_actions(patterns: str | Iterable[str]) -> tuple[tuple[str, ...], tuple[PolicyWarning, ...]]:
    """The KMS actions that the patterns stand for, in catalogue order, and a warning for each pattern that matches none.

    ``patterns`` is a sequence of patterns, or one text of patterns between commas (``blockedActionsPatterns``).

    Raises:
        QuestionError: no action is left. A question about no action would pass every policy, and a pass must mean something.
    """
    return _expanded(_patterns(patterns))


@lru_cache(maxsize=16)
def _expanded(wanted: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[PolicyWarning, ...]]:
    """The actions and warnings of patterns. Kept, since a scan asks with the same patterns of every policy."""
    chosen: set[str] = set()
    warnings = []
    for pattern in wanted:
        matched = [action for action in KEY_ACTIONS if action_matches(pattern, action)]
        if not matched:
            warnings.append(PolicyWarning("no-such-action", _unmatched(pattern)))
        chosen.update(matched)
    if not chosen:
        message = "; ".join(warning.message for warning in warnings) or "no action is named, so none is blocked"
        raise QuestionError(
            message, code="no-such-action", hint="name KMS actions on keys, such as `kms:Decrypt, kms:ReEncrypt*`"
        )
    return tuple(action for action in KEY_ACTIONS if action in chosen), tuple(warnings)


def _patterns(patterns: str | Iterable[str]) -> tuple[str, ...]:
    """Each pattern once, in order, without the white space around it; empty ones are dropped."""
    if not isinstance(patterns, Iterable):
        raise QuestionError(f"the blocked actions are patterns, not `{patterns!r}`", code="bad-action")
    items = [patterns] if isinstance(patterns, str) else list(patterns)
    for item in items:
        if not isinstance(item, str):
            raise QuestionError(f"a blocked action is a text, not `{item!r}`", code="bad-action")
    stripped = (part.strip() for item in items for part in item.split(","))
    return tuple(dict.fromkeys(part for part in stripped if part))


def _unmatched(pattern: str) -> str:
    near = [action for action in KEY_ACTIONS if action.lower().startswith(pattern.lower())]
    near += [action for action in KEY_ACTIONS if action.lower() == f"kms:{pattern.lower()}"]
    suggestion = f", unlike {' and '.join(f'`{action}`' for action in near)}" if 0 < len(near) <= 3 else ""
    return f"the blocked action `{pattern}` matches no KMS action on a key, so it blocks nothing{suggestion}"
