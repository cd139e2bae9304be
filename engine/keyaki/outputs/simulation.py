"""One decision shown: what each statement of a policy says of one request, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keyaki.outputs.document import SCHEMA, TOOL, request_document
from keyaki.outputs.evidence import condition_name, failing_parts
from keyaki.outputs.sentence import statement_name
from keyaki.outputs.terminal import painted, printable, quoted, wrapped
from keyaki.policy import Decision, Effect, Policy, PolicyWarning, Request
from keyaki.reference.evaluate import Context, allows
from keyaki.reference.trace import StatementTrace, trace

_MEANING = {
    Decision.ALLOW: "an Allow applies and no Deny does",
    Decision.EXPLICIT_DENY: "a Deny applies, and that settles it",
    Decision.IMPLICIT_DENY: "no statement applies",
}
_COLOUR = {Decision.ALLOW: "PASSED", Decision.EXPLICIT_DENY: "FAILED", Decision.IMPLICIT_DENY: "UNDECIDED"}


def simulation_document(policy: Policy, request: Request, warnings: tuple[PolicyWarning, ...] = ()) -> dict[str, Any]:
    """The decision as plain data: request, decision, and for each statement which of its parts hold. Raises QuestionError."""
    return {
        "schema": SCHEMA,
        "tool": TOOL,
        "request": request_document(request),
        "decision": str(allows(policy, request)),
        "statements": [_statement_document(traced) for traced in trace(policy, request)],
        "warnings": [{"code": warning.code, "message": warning.message, "statement": warning.statement} for warning in warnings],
    }


def simulation_lines(
    policy: Policy,
    request: Request,
    warnings: tuple[PolicyWarning, ...] = (),
    *,
    colour: bool = False,
    columns: int | None = None,
) -> Iterator[str]:
    """The decision in words, then one entry for each statement: whether it applies, and if not, why. Raises QuestionError."""
    decision = allows(policy, request)
    label = painted(str(decision), _COLOUR[decision], enabled=colour)
    yield from wrapped(f"{label}  {printable(request.action)} on {printable(request.resource)}", columns, "", "  ")
    yield from wrapped(_MEANING[decision], columns, "  ", "  ")
    for key, value in sorted(request.context.items()):
        values = [value] if isinstance(value, str) else value
        yield from wrapped(f"{printable(key)} = {', '.join(map(quoted, values)) or 'an empty list'}", columns, "    ", "      ")
    context = Context(policy, request)
    for traced in trace(policy, request):
        yield from _statement_lines(policy, traced, context, columns)
    for warning in warnings:
        yield from wrapped(f"warning: {printable(warning.message)}", columns, "  ", "    ")


def _statement_lines(policy: Policy, traced: StatementTrace, context: Context, columns: int | None) -> Iterator[str]:
    statement = traced.statement
    place = f" at {statement.span.line}:{statement.span.column}" if statement.span else ""
    kind = "a Deny" if statement.effect is Effect.DENY else "an Allow"
    says = "applies" if traced.applies else "does not apply"
    yield from wrapped(f"{statement_name(policy, statement.index)}, {kind}{place}, {says}", columns, "  ", "    ")
    for failure in failing_parts(statement, context):
        yield from wrapped(failure, columns, "    ", "      ")
    if traced.applies:
        for entry in statement.conditions:
            yield from wrapped(f"{condition_name(entry)} holds", columns, "    ", "      ")


def _statement_document(traced: StatementTrace) -> dict[str, Any]:
    statement, span = traced.statement, traced.statement.span
    return {
        "index": statement.index,
        "sid": statement.sid,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "effect": str(statement.effect),
        "applies": traced.applies,
        "action": traced.action,
        "resource": traced.resource,
        "conditions": [
            {"operator": test.entry.operator.name, "key": test.entry.key, "values": list(test.entry.values), "holds": test.holds}
            for test in traced.conditions
        ],
    }
