"""Answers to questions about whole policies, for people and for programs.

The document of one answer has the shape of what AWS's own policy checks print (``result``, ``message``, ``reasons`` with
``description``, ``statementIndex`` and ``statementId``), with a witness beside each reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from keyaki.answer import Answer, Reason, Result
from keyaki.outputs.document import request_document
from keyaki.outputs.sentence import absent_keys, conjunction, request_sentence, statement_name
from keyaki.outputs.terminal import painted, printable, wrapped
from keyaki.policy import Policy
from keyaki.questions.compare import Comparison, Relation
from keyaki.questions.summary import Summary
from keyaki.values import ascii_fold

_COLOUR = {Result.PASS: "PASSED", Result.FAIL: "FAILED", Result.UNDECIDED: "UNDECIDED"}


def answer_document(answer: Answer) -> dict[str, Any]:
    """The answer as plain data."""
    return {
        "result": str(answer.result),
        "message": answer.message,
        "reasons": [_reason_document(reason) for reason in answer.reasons],
        "open": answer.open,
    }


def comparison_document(found: Comparison) -> dict[str, Any]:
    """The comparison as plain data: the relation, and the answers of both directions."""
    return {
        "relation": str(found.relation),
        "gained": answer_document(found.gained),
        "lost": answer_document(found.lost),
    }


def _reason_document(reason: Reason) -> dict[str, Any]:
    return {
        "description": describe(reason),
        "statementIndex": reason.statement,
        "statementId": reason.sid,
        "policyIndex": reason.policy,
        "deniedBy": reason.denied,
        "principal": reason.principal,
        "witness": request_document(reason.witness),
    }


def describe(reason: Reason) -> str:
    """A reason in words."""
    where = f"the statement with index {reason.statement}"
    if reason.denied is not None:
        return f"{where} allows what the other policy's statement with index {reason.denied} denies"
    return f"{where} allows {reason.witness.action} on {reason.witness.resource}"


def answer_lines(answer: Answer, policy: Policy, *, colour: bool = False, columns: int | None = None) -> Iterator[str]:
    """The answer in words: the result, then each statement that is a reason with its witness."""
    label = painted(str(answer.result), _COLOUR[answer.result], enabled=colour)
    yield from wrapped(f"{label}  {answer.message}", columns, "", "  ")
    yield from _reasons(answer.reasons, policy, columns)
    yield from _left_open(answer.open, columns)


def comparison_lines(
    found: Comparison, new: Policy, old: Policy, *, colour: bool = False, columns: int | None = None
) -> Iterator[str]:
    """The comparison in words: the relation, what was gained, what was lost."""
    shade = "PASSED" if found.relation in {Relation.EQUIVALENT, Relation.LESS_PERMISSIVE} else "FAILED"
    label = painted(str(found.relation), "UNDECIDED" if found.relation is Relation.UNDECIDED else shade, enabled=colour)
    yield from wrapped(f"{label}  the new policy beside the old one", columns, "", "  ")
    for title, answer, policy in (("gained", found.gained, new), ("lost", found.lost, old)):
        if answer.reasons or answer.open:
            yield title
            yield from _reasons(answer.reasons, policy, columns)
            yield from _left_open(answer.open, columns)


def summary_document(found: Summary) -> dict[str, Any]:
    """The summary as plain data."""
    return {
        "service": found.service,
        "regions": [
            {
                "statement": region.statement,
                "actions": list(region.actions),
                "where": list(region.where),
                "example": request_document(region.example),
            }
            for region in found.regions
        ],
    }


def summary_lines(found: Summary, policy: Policy, *, colour: bool = False, columns: int | None = None) -> Iterator[str]:
    """The summary in words, one entry for each region."""
    del colour
    of = f" of {printable(found.service)}" if found.service else ""
    count = len(found.regions)
    yield f"the policy grants{of} " + (f"{count} region{'s' if count > 1 else ''}" if count else "nothing")
    for region in found.regions:
        yield from wrapped(f"{statement_name(policy, region.statement)}: {printable(region.words)}", columns, "  ", "    ")
        yield from wrapped(f"for example, it {request_sentence(region.example)}", columns, "    ", "      ")


def _reasons(reasons: Sequence[Reason], policy: Policy, columns: int | None) -> Iterator[str]:
    for index, group in groupby(reasons, lambda reason: reason.statement):
        found = list(group)
        actions = conjunction([printable(_spelt(policy, reason)) for reason in found])
        more = f" gives {actions}" if len(found) > 1 else ""
        yield from wrapped(f"{statement_name(policy, index)}{more}", columns, "  ", "    ")
        yield from _example(found[0], policy, columns)


def _spelt(policy: Policy, reason: Reason) -> str:
    """The action pattern of a reason as the statement writes it."""
    written = policy.statements[reason.statement].action.values
    return next((text for text in written if ascii_fold(text) == reason.action), reason.witness.action)


def _example(reason: Reason, policy: Policy, columns: int | None) -> Iterator[str]:
    absent = absent_keys([policy.statements[reason.statement]], reason.witness)
    by = f", as {printable(reason.principal)}" if reason.principal else ""
    yield from wrapped(request_sentence(reason.witness, absent) + by, columns, "    ", "      ")
    if reason.denied is not None:
        yield from wrapped(f"which Statement[{reason.denied}] of the other policy denies", columns, "    ", "      ")


def _left_open(reason: str | None, columns: int | None) -> Iterator[str]:
    if reason:
        yield from wrapped(f"left open: {printable(reason)}", columns, "  ", "    ")
