"""The trace of one request: statement by statement, whether it applies, and if not, what did not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from keyaki.policy import ConditionEntry, Element, Policy, Request, Statement
from keyaki.reference.evaluate import Context, action_holds, entry_holds, resource_holds

_SHOWN: Final = 3  # values of a policy shown in a reason; the statement itself has the rest


@frozen
class ConditionTrace:
    """One condition entry under one request: ``found`` is what the request holds for its key, empty iff the key is absent."""

    entry: ConditionEntry
    found: tuple[str, ...]
    holds: bool


@frozen
class StatementTrace:
    """One statement under one request: what of it holds, every part judged although one that fails settles it."""

    statement: Statement
    request: Request
    action: bool
    resource: bool
    conditions: tuple[ConditionTrace, ...]

    @property
    def applies(self) -> bool:
        """True iff action, resource and every condition hold."""
        return self.action and self.resource and all(condition.holds for condition in self.conditions)

    @property
    def reasons(self) -> tuple[str, ...]:
        """One clause for each part that does not hold, in the order action, resource, conditions; empty iff it applies."""
        return tuple(_reasons(self))


def trace(policy: Policy, request: Request) -> tuple[StatementTrace, ...]:
    """Judge one request statement by statement, in source order. Raises as :func:`keyaki.reference.evaluate.allows` does."""
    context = Context(policy, request)
    return tuple(_statement(statement, context) for statement in policy.statements)


def _statement(statement: Statement, context: Context) -> StatementTrace:
    return StatementTrace(
        statement=statement,
        request=context.request,
        action=action_holds(statement, context),
        resource=resource_holds(statement, context),
        conditions=tuple(
            ConditionTrace(entry, context.values(entry.key), entry_holds(entry, statement.effect, context))
            for entry in statement.conditions
        ),
    )


def _reasons(traced: StatementTrace) -> Iterator[str]:
    statement, request = traced.statement, traced.request
    if not traced.action:
        yield _uncovered("Action", statement.action, request.action)
    if not traced.resource and statement.resource is not None:
        yield _uncovered("Resource", statement.resource, request.resource)
    for condition in traced.conditions:
        if not condition.holds:
            entry = condition.entry
            found = f"is {_listed(condition.found)}" if condition.found else "is absent"
            yield f"`{entry.key}` {found}, and `{entry.operator.name or entry.operator.family}` asks for {_listed(entry.values)}"


def _uncovered(name: str, element: Element, text: str) -> str:
    if not element.values:
        return f"its {'Not' if element.negated else ''}{name} is empty"
    return f"its Not{name} excludes `{text}`" if element.negated else f"its {name} does not cover `{text}`"


def _listed(values: Sequence[str]) -> str:
    if not values:
        return "nothing"
    shown = ", ".join(f"`{value}`" for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"
