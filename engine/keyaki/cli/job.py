"""The job of ``keyaki check``: from one file to what the report says of it. The same whichever process does it.

What leaves a job is text and counts, never a policy or a verdict: it is little, and any process can send it to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from attrs import evolve, frozen

from keyaki.controls.judge import ERROR, Result, judge
from keyaki.controls.selection import Parameters
from keyaki.controls.subject import Subject
from keyaki.errors import EvidenceError, InternalError
from keyaki.inputs.files import File
from keyaki.inputs.read import units
from keyaki.inputs.share import WHOLE, Share
from keyaki.outputs.text import Style, TextRenderer
from keyaki.verdict import Outcome


class Piece(NamedTuple):
    """What a report says of one subject and one control.

    ``unit`` is the subject's in its file, ``broken`` tells that the subject could not be read, ``outcomes`` are those of the
    results, ``shown`` is what the report's writer puts down, and ``proof`` what the evidence's writer does.
    """

    unit: int
    broken: bool
    outcomes: tuple[str, ...]
    shown: Any
    proof: Sequence[str]


@frozen
class Job:
    """What is asked of every file, and how it is told.

    ``style`` is that of a report for people, None stands for a JSON document. ``verified``: the checker is asked about each
    piece of evidence; ``proof``: evidence is kept.
    """

    controls: Sequence[str] | None
    questions: Sequence[Mapping[str, Any]]
    parameters: Parameters
    style: Style | None
    legacy: bool
    verified: bool
    proof: bool

    def pieces(self, file: File, share: Share = WHOLE) -> Iterator[Piece]:
        """What is said of a share of the file, in order, each piece worked out as it is asked for."""
        render = self._renderer(file)
        for unit, subject in units(file, legacy=self.legacy, share=share):
            for group in self._judged(subject):
                outcomes = tuple(str(result.outcome) for result in group)
                yield Piece(unit, subject.error is not None, outcomes, render(group), self._evidence(group))

    def _judged(self, subject: Subject) -> Iterator[list[Result]]:
        """For each control the results of every question, together."""
        by_question = [judge(subject, self.controls, **asked, parameters=self.parameters) for asked in self.questions]
        for results in zip(*by_question, strict=True):
            group = list(results) if any(result.verdict for result in results) else [results[0]]
            yield [checked(result) for result in group] if self.verified else group

    def _renderer(self, file: File) -> Callable[[Sequence[Result]], Any]:
        """What turns results into what the report's writer puts down."""
        if self.style is None:
            from keyaki.outputs.document import result_lines  # noqa: PLC0415 - only --format json needs it

            return result_lines

        @lru_cache(maxsize=1)
        def text_of(_path: str) -> str | None:
            with suppress(UnicodeDecodeError):
                return file.data.decode("utf-8-sig")
            return None

        return TextRenderer(self.style, text_of).render

    def _evidence(self, group: Sequence[Result]) -> Sequence[str]:
        if not self.proof:
            return ()
        from keyaki.outputs.evidence_file import evidence_lines  # noqa: PLC0415 - only --proof needs it

        return evidence_lines(group)


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
