"""Judging: from a subject to results, one for each control that was asked for.

Nothing that a single subject holds may end a scan, and nothing may turn into a pass: what could not be read or decided is a
result of outcome ERROR. An error that keyaki did not raise on purpose is its own fault, and is reported as loudly as a
witness that fails its replay, with the code ``internal-error``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from keyaki.controls.check import answer, question
from keyaki.controls.control import Control, control_named, controls_for
from keyaki.controls.selection import DEFAULTS, Parameters, notes, selection
from keyaki.controls.subject import Subject
from keyaki.errors import InputError, InternalError, KeyakiError
from keyaki.policy import PolicyWarning
from keyaki.verdict import Mode, Question, Scope, Verdict

ERROR = "ERROR"
SKIPPED = "SKIPPED"


@frozen
class Result:
    """What a control says of a subject. ``outcome`` is that of the verdict, or ERROR, or SKIPPED.

    Exactly one of ``verdict``, ``error`` (of an ERROR) and ``reason`` (of a SKIPPED) is not None. ``control`` is its id.
    """

    subject: Subject
    control: str
    outcome: str
    verdict: Verdict | None = None
    error: KeyakiError | None = None
    reason: str | None = None


def judge(  # noqa: PLR0913 - the parts of the question, as documented
    subject: Subject,
    controls: str | Control | Sequence[str | Control] | None = None,
    *,
    scope: str | Scope = Scope.CONFINED,
    mode: str | Mode = Mode.EXACT,
    actions: str | Iterable[str] | None = None,
    partition: str = "aws",
    budget: int | None = None,
    parameters: Parameters = DEFAULTS,
) -> list[Result]:
    """Returns one result for each control: those named, or all that apply to the subject when none is.

    Whatever goes wrong with the subject is a result. A subject with a verdict comes back with the places of its
    statements, where its file has them.

    Raises:
        QuestionError: the question itself cannot be asked, of any subject.
    """
    results = []
    for control in _chosen(controls, subject):
        asked, warnings = question(control, scope=scope, mode=mode, actions=actions, partition=partition, budget=budget)
        reason = selection(control, subject, parameters)
        if reason is not None:
            results.append(Result(subject, control.id, SKIPPED, reason=reason))
        else:
            results.append(_judged(subject, asked, (*warnings, *notes(control, subject, parameters))))
    return results


def _chosen(controls: str | Control | Sequence[str | Control] | None, subject: Subject) -> Sequence[Control]:
    if controls is None:
        return controls_for(subject.kind)
    listed = [controls] if isinstance(controls, (str, Control)) else controls
    return [named if isinstance(named, Control) else control_named(named) for named in listed]


def _judged(subject: Subject, asked: Question, warnings: tuple[PolicyWarning, ...]) -> Result:
    if subject.policy is None:
        error = subject.error or InputError("the policy document is missing", code="no-document")
        return Result(subject, asked.control, ERROR, error=error)
    try:
        verdict = answer(subject.policy, asked, warnings)
        subject = subject.located()
    except KeyakiError as error:
        return Result(subject, asked.control, ERROR, error=error)
    except Exception as error:  # noqa: BLE001 - one policy must not end a scan, and the result says whose fault it is
        return Result(subject, asked.control, ERROR, error=_unforeseen(error))
    return Result(subject, asked.control, verdict.outcome.value, verdict=verdict)


def _unforeseen(error: Exception) -> InternalError:
    failure = InternalError(
        f"keyaki failed with {type(error).__name__}: {error}", hint="this is a bug in keyaki, please report it"
    )
    failure.__cause__ = error
    return failure
