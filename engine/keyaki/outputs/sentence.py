"""Sentences: a witness in words, and names of statements and subjects.

A sentence about a witness names the context keys that take part: those that the policy mentions. What the key's ARN decides
is left out, since the ARN stands in the same sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from keyaki.controls.subject import Kind, Subject
from keyaki.outputs.terminal import printable, quoted
from keyaki.policy import Policy, Request, Statement

DECIDED_BY_ARN: Final = frozenset({"aws:resourceaccount", "aws:requestedregion", "kms:multiregion"})
"""Case-folded context keys whose value can be read off the key's ARN."""

_OWNERS: Final = {Kind.USER_POLICY: "user", Kind.GROUP_POLICY: "group", Kind.ROLE_POLICY: "role"}


def request_sentence(request: Request, absent: Sequence[str] = (), limit: int = 8) -> str:
    """The request in one sentence: ``allows ACTION on RESOURCE when KEY is `value` and KEY is absent``.

    ``absent`` are context keys that the request lacks and that matter. At most ``limit`` keys are named, then their count.
    """
    clauses = [
        f"{printable(key)} {_value(value)}" for key, value in sorted(request.context.items()) if key.lower() not in DECIDED_BY_ARN
    ]
    clauses += [f"{printable(key)} is absent" for key in absent]
    return f"allows {printable(request.action)} on {printable(request.resource)}" + (
        f" when {conjunction(clauses, limit)}" if clauses else ""
    )


def conjunction(parts: Sequence[str], limit: int = 8) -> str:
    """The parts as ``a, b and c``, the ones beyond ``limit`` as a count."""
    if len(parts) > limit:
        parts = [*parts[:limit], f"{len(parts) - limit:,} more"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def absent_keys(statements: Iterable[Statement], request: Request) -> tuple[str, ...]:
    """The context keys that the statements' conditions mention and the request lacks, each once, as first written."""
    present = {key.lower() for key in request.context}
    found: dict[str, str] = {}
    for statement in statements:
        for entry in statement.conditions:
            if entry.key.lower() not in present:
                found.setdefault(entry.key.lower(), entry.key)
    return tuple(found.values())


def statement_name(policy: Policy | None, index: int) -> str:
    """How a statement is called: ``Statement[2] `Sid```, counted from 0 as in a JSON path."""
    sid = policy.statements[index].sid if policy else None
    return f"Statement[{index}]" + (f" {quoted(sid, 80)}" if sid else "")


def subject_name(subject: Subject) -> str:
    """How a subject is called: its file, and inside a container what the policy is called there."""
    path = printable(subject.path)
    if not subject.pointer and not subject.name:
        return path
    name = quoted(subject.name) if subject.name else f"#{printable(subject.pointer)}"
    owner = f" of {_OWNERS[subject.kind]} {quoted(subject.owner)}" if subject.owner and subject.kind in _OWNERS else ""
    return f"{path} {name}{owner}"


def _value(value: str | list[str]) -> str:
    if isinstance(value, str):
        return f"is {quoted(value)}"
    return f"holds {conjunction([quoted(item) for item in value])}" if value else "is an empty list"
