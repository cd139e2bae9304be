"""Answers in the evidence file: what the commands that ask about whole policies write with ``--proof``, read back.

They stand beside the verdicts, one entry for each answer that has evidence: its question, its policies by path and digest, its
witnesses or its certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from keyaki.answer import Answer, Asked, Asks, Reason, Result
from keyaki.errors import InputError
from keyaki.outputs.document import TOOL, request_document, to_json
from keyaki.outputs.evidence_file import SCHEMA, read_count, read_document, read_request, read_text
from keyaki.policy import Policy
from keyaki.reference.digest import digest

Places = Sequence[Sequence[tuple[str, Policy]]]
"""The policies of one side of a question, level by level, each with its path."""


@frozen
class AnswerEntry:
    """One entry: for each side the digests of its policies, level by level, their paths, and the answer."""

    sides: tuple[tuple[tuple[str, ...], ...], ...]
    paths: tuple[str, ...]
    answer: Answer

    @property
    def policies(self) -> set[str]:
        """The digests of all policies."""
        return {policy for side in self.sides for level in side for policy in level}


def answers_text(found: Iterable[tuple[Answer, Sequence[Places]]]) -> str:
    """Return the evidence file of some answers, each with its sides; those that are UNDECIDED are left out."""
    lines = [to_json(_entry_document(answer, sides)) for answer, sides in found if answer.result is not Result.UNDECIDED]
    body = ",\n".join(lines)
    return f'{{"schema": {SCHEMA}, "tool": {to_json(TOOL)}, "evidence": [], "answers": [\n{body}\n]}}\n'


def _entry_document(answer: Answer, sides: Sequence[Places]) -> dict[str, Any]:
    return {
        "question": answer.asked.plain(),
        "sides": [[[{"path": path, "policy": digest(policy)} for path, policy in level] for level in levels] for levels in sides],
        "result": str(answer.result),
        "reasons": [_reason_document(reason) for reason in answer.reasons],
        "certificate": answer.certificate,
    }


def _reason_document(reason: Reason) -> dict[str, Any]:
    return {
        "policy": reason.policy,
        "statement": reason.statement,
        "deniedPolicy": reason.denied_policy,
        "denied": reason.denied,
        "principal": reason.principal,
        "witness": request_document(reason.witness),
    }


def answer_entries(text: str) -> list[AnswerEntry]:
    """Read the answers of an evidence file. Raises InputError iff it is none; what an entry proves is not looked at."""
    listed = read_document(text).get("answers", [])
    try:
        return [_entry(one) for one in listed]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"an answer of the evidence file is malformed: {error!r}", code="bad-evidence") from error


def _entry(one: Mapping[str, Any]) -> AnswerEntry:
    sides = tuple(tuple(tuple(read_text(each["policy"]) for each in level) for level in side) for side in one["sides"])
    paths = tuple(read_text(each["path"]) for side in one["sides"] for level in side for each in level)
    certificate = one["certificate"]
    if certificate is not None and not isinstance(certificate, dict):
        raise TypeError("a certificate is an object")
    reasons = tuple(map(_reason, one["reasons"]))
    answer = Answer(Result(one["result"]), "", reasons, certificate=certificate, asked=_asked(one["question"]))
    return AnswerEntry(sides, tuple(dict.fromkeys(paths)), answer)


def _asked(one: Mapping[str, Any]) -> Asked:
    asks = Asks(one["asks"])
    if asks is not Asks.GRANTS:
        return Asked(asks)
    actions, resources = (tuple(map(read_text, one[name])) for name in ("actions", "resources"))
    if not actions or one["quantifier"] not in {"some", "all", "fresh"}:
        raise ValueError("there is no such question")
    return Asked(asks, actions, resources, one["quantifier"])


def _reason(one: Mapping[str, Any]) -> Reason:
    denied, principal = one["denied"], one["principal"]
    return Reason(
        read_count(one["statement"]),
        read_request(one["witness"]),
        policy=read_count(one["policy"]),
        denied=None if denied is None else read_count(denied),
        denied_policy=read_count(one["deniedPolicy"]),
        principal=None if principal is None else read_text(principal),
    )
