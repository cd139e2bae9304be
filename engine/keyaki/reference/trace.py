"""The trace of one request: statement by statement, whether it applies, and if not, what did not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from keyaki.policy import ConditionEntry, Effect, Element, Family, Policy, Request, Statement
from keyaki.reference.evaluate import Context, action_holds, entry_holds, resource_holds
from keyaki.reference.matching import Place, is_valid, resource_matches, widens

_SHOWN: Final = 3  # values of a policy shown in a reason; the statement itself has the rest


@frozen
class ConditionTrace:
    """One condition entry under one request: ``found`` is what the request holds for its key, empty iff the key is absent."""

    entry: ConditionEntry
    found: tuple[str, ...]
    holds: bool


@frozen
class StatementTrace:
    """One statement under one request: whether each part holds, every part judged although one that fails settles it.

    ``reasons`` has one clause for each part that does not hold, in the order action, resource, conditions.
    """

    statement: Statement
    action: bool
    resource: bool
    conditions: tuple[ConditionTrace, ...]
    reasons: tuple[str, ...]

    @property
    def applies(self) -> bool:
        """True iff action, resource and every condition hold."""
        return not self.reasons


def trace(policy: Policy, request: Request) -> tuple[StatementTrace, ...]:
    """Judge one request statement by statement, in source order. Raises as :func:`keyaki.reference.evaluate.allows` does."""
    context = Context(policy, request)
    return tuple(_of_statement(statement, context) for statement in policy.statements)


def _of_statement(statement: Statement, context: Context) -> StatementTrace:
    action, resource = action_holds(statement, context), resource_holds(statement, context)
    conditions = tuple(
        ConditionTrace(entry, context.values(entry.key), entry_holds(entry, statement.effect, context))
        for entry in statement.conditions
    )
    reasons = [] if action else [_uncovered("Action", statement.action, context.request.action)]
    reasons += [] if resource else [_of_resource(statement, context)]
    reasons += [_of_condition(test.entry, statement.effect, context) for test in conditions if not test.holds]
    return StatementTrace(statement, action, resource, conditions, tuple(reasons))


def _of_resource(statement: Statement, context: Context) -> str:
    element, resource = statement.resource, context.request.resource
    if element is None:
        return "it has no Resource"
    place = Place(context.live, widens(statement.effect, element.negated), context.value_of)
    if element.negated and element.values and not any(resource_matches(value, resource, place) for value in element.values):
        return "its NotResource has a variable without a value"
    return _uncovered("Resource", element, resource)


def _uncovered(name: str, element: Element, text: str) -> str:
    if not element.values:
        return f"its {'Not' if element.negated else ''}{name} is empty"
    return f"its Not{name} excludes `{text}`" if element.negated else f"its {name} does not cover `{text}`"


def _of_condition(entry: ConditionEntry, effect: Effect, context: Context) -> str:
    """Why an entry does not hold."""
    test, found = entry.operator, context.values(entry.key)
    name = test.name or test.family.value
    if not any(is_valid(test.family, value, context.live) for value in entry.values):
        return f"`{name}` has no valid value for `{entry.key}`"
    if (
        found
        and test.quantifier is None
        and test.family is not Family.NULL
        and context.is_list(entry.key)
        and effect is Effect.DENY
    ):
        return f"`{entry.key}` holds a list, of which `{name}` without a set prefix says nothing on a Deny"
    state = f"is {_listed(found)}" if found else "is absent"
    return f"`{entry.key}` {state}, and `{name}` asks for {_listed(entry.values)}"


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(f"`{value}`" for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"
