"""``keyaki verify``: does the evidence in a file hold for the policies, here and now, as the separate checker sees it?"""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import IO, Final, cast

from keyaki.checker.answers import check_answer
from keyaki.checker.verify import verify
from keyaki.errors import EvidenceError, InputError, KeyakiError, QuestionError
from keyaki.inputs.read import subjects
from keyaki.outputs.answer_file import AnswerEntry, answer_entries
from keyaki.outputs.evidence_file import Entry, entries
from keyaki.outputs.terminal import printable
from keyaki.policy import Policy
from keyaki.reference.digest import digest

HOLDS: Final = 0
REJECTED: Final = 1
UNREADABLE: Final = 2


def run(arguments: Namespace) -> int:
    """Checks each entry of the evidence file against the policy with its digest, and prints which hold and which are rejected.

    Returns 0 iff all hold, 2 iff a policy cannot be read or there is no evidence, else 1.

    Raises:
        InputError: the file is no evidence file.
        QuestionError: both the file and the policies are standard input.
    """
    if arguments.evidence == "-" and "-" in arguments.paths:
        raise QuestionError("the evidence and the policies cannot both be standard input", code="bad-evidence")
    text = _read(arguments.evidence)
    given, answers = entries(text), answer_entries(text)
    written = [entry.path for entry in given] + [path for entry in answers for path in entry.paths]
    paths = arguments.paths or list(dict.fromkeys(written))
    if not (given or answers) or "-" in (paths if not arguments.paths else ()):
        raise QuestionError(
            "no policy is named: the evidence is of none, or of standard input", code="nothing-named", hint="name a PATH"
        )
    found: dict[str, Policy] = {}
    status = HOLDS
    for subject in subjects(paths, legacy=arguments.legacy, stdin=cast("IO[bytes]", sys.stdin.buffer)):
        if subject.policy is not None:
            found[digest(subject.policy)] = subject.policy
        elif subject.error is not None:
            status = UNREADABLE
            sys.stdout.write(f"unreadable  {printable(subject.path)}: {printable(str(subject.error))}\n")
    held = [_holds(entry, found) for entry in given] + [_answer_holds(entry, found) for entry in answers]
    unproved = found.keys() - {entry.policy for entry in given} - {one for entry in answers for one in entry.policies}
    sys.stdout.write(f"\n{held.count(True)} hold, {held.count(False)} rejected")
    sys.stdout.write(f"; of {len(unproved)} policies the file says nothing\n" if unproved else "\n")
    return status or (HOLDS if all(held) else REJECTED)


def _holds(entry: Entry, found: dict[str, Policy]) -> bool:
    """True iff the entry's policy is there and its evidence holds; prints so."""
    question = entry.verdict.question
    asked = f"{question.control} {question.scope} {question.mode} {question.partition} {', '.join(question.actions)}"
    what = f"{entry.verdict.outcome:9} {printable(asked)}: {printable(entry.place)}"
    try:
        if entry.policy not in found:
            raise EvidenceError("none of the policies is the one that it is about; it may have been changed")
        verify(found[entry.policy], entry.verdict)
    except KeyakiError as error:
        sys.stdout.write(f"rejected  {what}: {printable(error.message)}\n")
        return False
    sys.stdout.write(f"holds     {what}\n")
    return True


def _answer_holds(entry: AnswerEntry, found: dict[str, Policy]) -> bool:
    """True iff the policies of an answer are there and its evidence holds; prints so."""
    answer = entry.answer
    what = f"{answer.result:9} {answer.asked.asks}: {printable(', '.join(entry.paths))}"
    try:
        if not entry.policies <= found.keys():
            raise EvidenceError("some of the policies that it is about are not there; they may have been changed")
        check_answer(answer, [[[found[policy] for policy in level] for level in levels] for levels in entry.sides])
    except KeyakiError as error:
        sys.stdout.write(f"rejected  {what}: {printable(error.message)}\n")
        return False
    sys.stdout.write(f"holds     {what}\n")
    return True


def _read(path: str) -> str:
    try:
        return sys.stdin.buffer.read().decode() if path == "-" else Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read `{path}`: {getattr(error, 'strerror', None) or error}", code="bad-evidence") from error
