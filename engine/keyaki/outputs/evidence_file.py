"""The evidence file: what ``keyaki check --proof`` writes and ``keyaki verify`` reads, described by ``evidence.schema.json``.

It holds one entry for each policy and question with a verdict that has evidence: the witnesses of a FAILED, the certificate of a
PASSED. A policy is named by its place and bound by its digest, so that the evidence can be checked where the same policy lies
elsewhere. Written like a report: one entry a line, the same bytes for the same input.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

from attrs import frozen

from keyaki.catalogue import KEY_ACTIONS, PARTITIONS
from keyaki.controls.judge import Result
from keyaki.errors import InputError
from keyaki.outputs.document import TOOL, question_document, request_document, subject_document, to_json
from keyaki.policy import Request
from keyaki.reference.digest import digest
from keyaki.verdict import Grant, Mode, Outcome, Question, Scope, Verdict

SCHEMA: Final = 1
"""The number of the file's schema."""


class EvidenceWriter:
    """Writes an evidence file to a text stream: ``write`` for each group of results, then ``finish`` once."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._separator = "\n"
        out.write(f'{{"schema": {SCHEMA}, "tool": {to_json(TOOL)}, "evidence": [')

    def write(self, results: Sequence[Result]) -> None:
        """Writes the evidence of those results that have some."""
        for result in results:
            verdict, policy = result.verdict, result.subject.policy
            if verdict is None or policy is None or verdict.outcome is Outcome.UNDECIDED:
                continue
            entry = {
                "subject": subject_document(result.subject),
                "policy": digest(policy),
                "question": question_document(verdict.question),
                "outcome": str(verdict.outcome),
                "witnesses": [{"index": one.statement, "witness": request_document(one.witness)} for one in verdict.grants],
                "certificate": verdict.certificate,
            }
            self._out.write(self._separator + to_json(entry))
            self._separator = ",\n"

    def finish(self) -> None:
        """Closes the file."""
        self._out.write("\n]}\n")


@frozen
class Entry:
    """One entry of an evidence file: the place of its policy in words and its path, the policy's digest, and the verdict."""

    place: str
    path: str
    policy: str
    verdict: Verdict


def entries(text: str) -> list[Entry]:
    """Read an evidence file. Raises InputError iff it is none; what an entry proves is not looked at."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no evidence file: {error}", code="bad-evidence") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA or not isinstance(document.get("evidence"), list):
        hint = "`keyaki check --proof FILE` writes one"
        raise InputError("this is no evidence file, or one of another version", code="bad-evidence", hint=hint)
    try:
        return [_entry(one) for one in document["evidence"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"an entry of the evidence file is malformed: {error!r}", code="bad-evidence") from error


def _entry(one: Mapping[str, Any]) -> Entry:
    subject = one["subject"]
    path, pointer, name = (_text(subject[member] or "") for member in ("path", "pointer", "name"))
    grants = tuple(Grant(_count(grant["index"]), _request(grant["witness"])) for grant in one["witnesses"])
    certificate = one["certificate"]
    if certificate is not None and not isinstance(certificate, dict):
        raise TypeError("a certificate is an object")
    verdict = Verdict(Outcome(one["outcome"]), _question(one["question"]), grants, certificate=certificate)
    return Entry(f"{path}{'#' + pointer if pointer else ''}{f' ({name})' if name else ''}", path, _text(one["policy"]), verdict)


def _question(one: Mapping[str, Any]) -> Question:
    actions = tuple(one["actions"])
    if not actions or not set(actions) <= set(KEY_ACTIONS) or one["partition"] not in PARTITIONS:
        raise ValueError("there is no such question")
    scope, mode = Scope(one["scope"]), Mode(one["mode"])
    return Question(_text(one["control"]), actions, scope, mode, one["partition"], _count(one["budget"]))


def _request(one: Mapping[str, Any]) -> Request:
    context = {
        _text(key): list(map(_text, value)) if isinstance(value, list) else _text(value) for key, value in one["context"].items()
    }
    return Request(_text(one["action"]), _text(one["resource"]), context)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text belongs here")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number belongs here")
    return value
