"""``keyaki check``: every policy that the inputs yield, judged, shown as it comes, and counted."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING, Any

from keyaki.cli.job import Job, Piece
from keyaki.cli.streams import Sink, sink
from keyaki.controls.check import question
from keyaki.controls.control import control_named
from keyaki.controls.selection import Parameters
from keyaki.errors import QuestionError
from keyaki.inputs.files import File, files
from keyaki.outputs.tally import Tally
from keyaki.outputs.text import Style, TextWriter
from keyaki.verdict import Mode, Scope

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
        style = None if arguments.format == "json" else Style(where.colour, where.columns, quiet=arguments.quiet)
        job = Job(controls, questions, parameters, style, arguments.legacy, arguments.verify, arguments.proof is not None)
        writer = _writer(where, style)
        with closing(_pieces(files(paths), job, arguments.jobs)) as pieces:
            for piece in pieces:
                tally.count(piece.outcomes)
                writer.put(piece.shown)
                if evidence is not None:
                    evidence.put(piece.proof)
        writer.finish(tally)
    return tally.status


def _pieces(found: Iterator[File], job: Job, jobs: int | None) -> Generator[Piece, None, None]:
    """What the job says of each file, in order; ``jobs`` processes take part, None stands for one on each processor."""
    if jobs != 1:
        from keyaki.cli import pool  # noqa: PLC0415 - loading what starts processes takes 15 ms

        jobs = jobs or pool.available()
        if jobs > 1:
            yield from pool.pieces(found, job, jobs)
            return
    for file in found:
        yield from job.pieces(file)


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


def _writer(where: Sink, style: Style | None) -> Any:
    """The writer of a report in that style, or of a JSON document; each is imported only when it is asked for."""
    if style is not None:
        return TextWriter(where.stream, style)
    from keyaki.outputs.document import DocumentWriter  # noqa: PLC0415

    return DocumentWriter(where.stream)
