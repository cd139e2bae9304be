"""``keyaki check``: every policy that the inputs yield, judged, shown as it comes, and counted."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from attrs import evolve

from keyaki.cli.streams import Sink, StandardInput, file_text, sink
from keyaki.controls.check import question
from keyaki.controls.control import control_named
from keyaki.controls.judge import ERROR, Result, judge
from keyaki.controls.selection import Parameters
from keyaki.controls.subject import Subject
from keyaki.errors import EvidenceError, InternalError, QuestionError
from keyaki.inputs.read import subjects
from keyaki.outputs.tally import Tally
from keyaki.verdict import Mode, Outcome, Scope

if TYPE_CHECKING:
    from keyaki.outputs.evidence_file import EvidenceWriter


def run(arguments: Namespace) -> int:
    """Judges what the arguments name and returns the exit status.

    Raises:
        QuestionError: there is nothing to read, or the question cannot be asked; found before anything is written.
        InputError: the report cannot be written.
    """
    controls = _controls(arguments.control)
    questions = _questions(arguments)
    for asked in questions:
        for control in controls or ("KMS.1",):
            question(control, **asked)
    parameters = _parameters(arguments)
    paths = _paths(arguments.paths, sys.stdin)
    tally = Tally()
    with sink(arguments.output, no_colour=arguments.no_color) as where, _evidence(arguments.proof) as evidence:
        stdin = StandardInput(sys.stdin.buffer) if "-" in paths else None
        writer = _writer(arguments.format, where, stdin, quiet=arguments.quiet)
        for subject in subjects(paths, legacy=arguments.legacy, stdin=cast("IO[bytes]", stdin)):
            for group in judged(subject, controls, questions, parameters, verified=arguments.verify):
                tally.add(group)
                writer.write(group)
                if evidence is not None:
                    evidence.write(group)
        writer.finish(tally)
    return tally.status


@contextmanager
def _evidence(path: str | None) -> Iterator[EvidenceWriter | None]:
    """The writer of the evidence file, closed when the body ends well; None where no file is named."""
    if path is None:
        yield None
        return
    from keyaki.outputs.evidence_file import EvidenceWriter  # noqa: PLC0415 - only --proof needs it

    if path == "-":
        raise QuestionError("the evidence goes to a file", code="bad-output", hint="name a file after --proof")
    with sink(path) as where:
        writer = EvidenceWriter(where.stream)
        yield writer
        writer.finish()


def judged(
    subject: Subject,
    controls: Sequence[str] | None,
    questions: Sequence[Mapping[str, Any]],
    parameters: Parameters,
    *,
    verified: bool,
) -> Iterator[list[Result]]:
    """For each control the results of every question, together. With ``verified`` each piece of evidence is checked."""
    by_question = [judge(subject, controls, **asked, parameters=parameters) for asked in questions]
    for results in zip(*by_question, strict=True):
        group = list(results) if any(result.verdict for result in results) else [results[0]]
        yield [checked(result) for result in group] if verified else group


def checked(result: Result) -> Result:
    """The result itself where the checker accepts its evidence, else an ERROR; an UNDECIDED has none to check."""
    from keyaki.checker.verify import verify  # noqa: PLC0415 - only --verify needs the checker

    verdict, policy = result.verdict, result.subject.policy
    if verdict is None or policy is None or verdict.outcome is Outcome.UNDECIDED:
        return result
    try:
        verify(policy, verdict)
    except Exception as error:  # noqa: BLE001 - one policy must not end a scan, and the result says whose fault it is
        cause = error.message if isinstance(error, EvidenceError) else f"{type(error).__name__}: {error}"
        message = f"the evidence of this {verdict.outcome} was rejected: {cause}"
        failure = InternalError(message, code=EvidenceError.code, hint="this is a bug in keyaki, please report it")
        return evolve(result, outcome=ERROR, verdict=None, error=failure)
    return result


def _controls(named: Sequence[str] | None) -> list[str] | None:
    """The ids of the controls that were named, each once, or None. Raises QuestionError for an unknown one."""
    if named is None:
        return None
    texts = [part for text in named for part in text.split(",") if part.strip()]
    if not texts:
        raise QuestionError("no control is named after --control", code="unknown-control")
    return list(dict.fromkeys(control_named(text).id for text in texts))


def _questions(arguments: Namespace) -> list[dict[str, Any]]:
    """The keyword arguments of each question, scope by scope within each mode."""
    scopes = list(Scope) if arguments.scope == "all" else [Scope(arguments.scope)]
    modes = list(Mode) if arguments.mode == "both" else [Mode(arguments.mode)]
    shared = {"actions": arguments.actions, "partition": arguments.partition, "budget": arguments.budget}
    return [{"scope": scope, "mode": mode, **shared} for mode in modes for scope in scopes]


def _parameters(arguments: Namespace) -> Parameters:
    return Parameters(
        exclude_boundaries=arguments.exclude_permission_boundary_policy,
        exclude_management_roles=arguments.exclude_role_by_management_account,
        management_account=arguments.management_account,
    )


def _paths(named: Sequence[str], standard_input: IO[str] | None) -> list[str]:
    if named:
        return list(named)
    if standard_input is None or standard_input.closed or standard_input.isatty():
        raise QuestionError(
            "nothing to judge is named", code="nothing-named", hint="name a file or a folder, or - to read standard input"
        )
    return ["-"]


def _writer(kind: str, where: Sink, stdin: StandardInput | None, *, quiet: bool) -> Any:
    """The writer of a format; each is imported only when it is asked for."""
    if kind == "json":
        from keyaki.outputs.document import DocumentWriter  # noqa: PLC0415

        return DocumentWriter(where.stream)
    from keyaki.outputs.text import Style, TextWriter  # noqa: PLC0415

    def text_of(path: str) -> str | None:
        return file_text(path) if path != "-" else stdin.text() if stdin else None

    return TextWriter(where.stream, Style(where.colour, where.columns, quiet=quiet), text_of)
