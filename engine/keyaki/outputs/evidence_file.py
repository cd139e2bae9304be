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
    """Writes an evidence file to a text stream: ``put`` for the entries of each group of results, then ``finish`` once."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._separator = "\n"
        out.write(f'{{"schema": {SCHEMA}, "tool": {to_json(TOOL)}, "evidence": [')

    def put(self, lines: Sequence[str]) -> None:
        """Writes entries that are lines already."""
        for line in lines:
            self._out.write(self._separator + line)
            self._separator = ",\n"

    def finish(self) -> None:
        """Closes the file."""
        self._out.write("\n]}\n")


def evidence_lines(results: Sequence[Result]) -> list[str]:
    """The entries, one line each, of those results that have evidence."""
    lines = []
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
        lines.append(to_json(entry))
    return lines


@frozen
class Entry:
    """One entry of an evidence file: the place of its policy in words and its path, the policy's digest, and the verdict."""

    place: str
    path: str
    policy: str
    verdict: Verdict


def entries(text: str) -> list[Entry]:
    """Read an evidence file. Raises InputError iff it is none; what an entry proves is not looked at."""
    document = read_document(text)
    try:
        return [_entry(one) for one in document["evidence"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"an entry of the evidence file is malformed: {error!r}", code="bad-evidence") from error


def read_document(text: str) -> dict[str, Any]:
    """Return an evidence file as data; what stands in its entries is not looked at. Raises InputError iff it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no evidence file: {error}", code="bad-evidence") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA or not isinstance(document.get("evidence"), list):
        hint = "`--proof FILE` of a command writes one"
        raise InputError("this is no evidence file, or one of another version", code="bad-evidence", hint=hint)
    return document


def _entry(one: Mapping[str, Any]) -> Entry:
    subject = one["subject"]
    path, pointer, name = (read_text(subject[member] or "") for member in ("path", "pointer", "name"))
    grants = tuple(Grant(read_count(grant["index"]), read_request(grant["witness"])) for grant in one["witnesses"])
    certificate = one["certificate"]
    if certificate is not None and not isinstance(certificate, dict):
        raise TypeError("a certificate is an object")
    verdict = Verdict(Outcome(one["outcome"]), _question(one["question"]), grants, certificate=certificate)
    return Entry(
        f"{path}{'#' + pointer if pointer else ''}{f' ({name})' if name else ''}", path, read_text(one["policy"]), verdict
    )


def _question(one: Mapping[str, Any]) -> Question:
    actions = tuple(one["actions"])
    if not actions or not set(actions) <= set(KEY_ACTIONS) or one["partition"] not in PARTITIONS:
        raise ValueError("there is no such question")
    scope, mode = Scope(one["scope"]), Mode(one["mode"])
    return Question(read_text(one["control"]), actions, scope, mode, one["partition"], read_count(one["budget"]))


def read_request(one: Mapping[str, Any]) -> Request:
    """Return a request of an evidence file. Raises KeyError, TypeError or AttributeError iff it is none."""
    context = {
        read_text(key): list(map(read_text, value)) if isinstance(value, list) else read_text(value)
        for key, value in one["context"].items()
    }
    return Request(read_text(one["action"]), read_text(one["resource"]), context)


def read_text(value: object) -> str:
    """Return a text of an evidence file. Raises TypeError iff it is none."""
    if not isinstance(value, str):
        raise TypeError("a text belongs here")
    return value


def read_count(value: object) -> int:
    """Return a whole number of an evidence file. Raises TypeError iff it is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number belongs here")
    return value
