"""The JSON document: what ``report.schema.json`` describes, written one result at a time.

Same input, same bytes: members have a fixed order, a context is sorted by key, nothing tells the time or the machine, lines
end in a line feed, and characters beyond ASCII are escaped (which also lets a lone surrogate of a policy through unharmed).
Each result stands on a line of its own, so that two documents can be compared by line; the summary comes last, so that no
more than one result is held in memory.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Any, Final

from keyaki import __version__
from keyaki.controls.judge import Result
from keyaki.controls.subject import Subject
from keyaki.errors import KeyakiError, Span
from keyaki.outputs.tally import Tally
from keyaki.policy import Policy, PolicyWarning, Request
from keyaki.verdict import Carrier, Grant, Question

SCHEMA: Final = 1
"""The number of the document's schema."""
TOOL: Final = {"name": "keyaki", "version": __version__}


class DocumentWriter:
    """Writes the document to a text stream: ``write`` for each group of results, then ``finish`` once.

    Until ``finish`` has run what is written is not a whole JSON document.
    """

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._separator = "\n"
        out.write(f'{{"schema": {SCHEMA}, "tool": {to_json(TOOL)}, "results": [')

    def write(self, results: Sequence[Result]) -> None:
        """Writes results that belong together, one line each."""
        self.put(result_lines(results))

    def put(self, lines: Sequence[str]) -> None:
        """Writes results that are lines already."""
        for line in lines:
            self._out.write(self._separator + line)
            self._separator = ",\n"

    def finish(self, tally: Tally) -> None:
        """Writes the summary and closes the document."""
        self._out.write(f'\n], "summary": {to_json(tally.counts)}}}\n')


def result_lines(results: Sequence[Result]) -> list[str]:
    """The results as the document has them, one line each."""
    return [to_json(result_document(result)) for result in results]


def to_json(value: Any) -> str:
    """The value as one line of ASCII JSON, members in the order in which they stand."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def result_document(result: Result) -> dict[str, Any]:
    """The member of ``results`` for one result."""
    verdict, policy = result.verdict, result.subject.policy
    return {
        "subject": subject_document(result.subject),
        "control": result.control,
        "question": question_document(verdict.question) if verdict else None,
        "outcome": str(result.outcome),
        "witness": request_document(verdict.witness) if verdict and verdict.witness else None,
        "statements": [_grant(grant, policy) for grant in verdict.grants] if verdict else [],
        "carriers": [_carrier(carrier, policy) for carrier in verdict.carriers] if verdict else [],
        "reason": verdict.reason if verdict else result.reason,
        "warnings": [_warning(warning) for warning in warnings_of(result)],
        "error": error_document(result.error) if result.error else None,
    }


def subject_document(subject: Subject) -> dict[str, Any]:
    """What was judged, and where it stands."""
    return {
        "kind": str(subject.kind),
        "name": subject.name,
        "arn": subject.arn,
        "owner": subject.owner,
        "path": subject.path,
        "pointer": subject.pointer,
    }


def question_document(question: Question) -> dict[str, Any]:
    """What was asked."""
    return {
        "control": question.control,
        "actions": list(question.actions),
        "scope": str(question.scope),
        "mode": str(question.mode),
        "partition": question.partition,
        "budget": question.budget,
    }


def request_document(request: Request) -> dict[str, Any]:
    """A request, its context sorted by key."""
    return {"action": request.action, "resource": request.resource, "context": dict(sorted(request.context.items()))}


def error_document(error: KeyakiError) -> dict[str, Any]:
    """An error: its stable code, message, place and hint."""
    return {"code": error.code, "message": error.message, **_place(error.span), "hint": error.hint}


def warnings_of(result: Result) -> tuple[PolicyWarning, ...]:
    """The warnings of the verdict, which hold those of the policy's text, or of the text alone where there is no verdict."""
    if result.verdict:
        return result.verdict.warnings
    return result.subject.policy.warnings if result.subject.policy else ()


def _place(span: Span | None) -> dict[str, int | None]:
    return {"line": span.line if span else None, "column": span.column if span else None}


def _statement(index: int, policy: Policy | None) -> dict[str, Any]:
    statement = policy.statements[index] if policy else None
    return {"index": index, "sid": statement.sid if statement else None, **_place(statement.span if statement else None)}


def _grant(grant: Grant, policy: Policy | None) -> dict[str, Any]:
    return {**_statement(grant.statement, policy), "witness": request_document(grant.witness)}


def _carrier(carrier: Carrier, policy: Policy | None) -> dict[str, Any]:
    condition = None
    if policy and carrier.entry is not None:
        entry = policy.statements[carrier.statement].conditions[carrier.entry]
        condition = {"operator": entry.operator.name, "key": entry.key}
    return {**_statement(carrier.statement, policy), "condition": condition, "what": carrier.what}


def _warning(warning: PolicyWarning) -> dict[str, Any]:
    return {"code": warning.code, "message": warning.message, "statement": warning.statement, **_place(warning.span)}
