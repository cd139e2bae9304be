"""``keyaki compare``, ``diff``, ``summarise``, ``check-no-new-access``, ``check-access-not-granted``: about whole policies."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from keyaki.answer import Answer, Result
from keyaki.cli.named import policy_at
from keyaki.cli.streams import sink
from keyaki.errors import EvidenceError, InternalError, QuestionError
from keyaki.outputs.answers import (
    answer_document,
    answer_lines,
    comparison_document,
    comparison_lines,
    summary_document,
    summary_lines,
)
from keyaki.outputs.document import to_json
from keyaki.policy import Policy
from keyaki.questions.access import no_new_access
from keyaki.questions.ask import BUDGET
from keyaki.questions.compare import Relation, compare, difference
from keyaki.questions.grants import not_granted
from keyaki.questions.sides import PolicySet
from keyaki.questions.summary import summarise


def run(arguments: Namespace) -> int:
    """Prints the answer and returns the exit status that the command's help tells.

    Raises:
        InputError: a file cannot be read.
        PolicySyntaxError: a policy is none; the message tells the file.
        QuestionError: the question cannot be asked.
        InternalError: with ``--verify``, the checker rejects the evidence.
    """
    asked = {
        "compare": _compare,
        "diff": _diff,
        "summarise": _summarise,
        "check-no-new-access": _no_new_access,
        "check-access-not-granted": _not_granted,
    }[arguments.command]
    shown = asked(arguments)
    if arguments.verify:
        _verified(shown.evidence)
    if arguments.proof is not None:
        _write_proof(arguments.proof, shown.evidence)
    with sink(None, no_colour=arguments.no_color) as where:
        if arguments.format == "json":
            where.stream.write(to_json(shown.document) + "\n")
        else:
            where.stream.write("\n".join(shown.lines(where.colour, where.columns)) + "\n")
    return shown.status


class _Lines:
    """The lines of an answer, for a stream that takes colour or not."""

    def __init__(self, make: Any, *values: Any) -> None:
        self.make = make
        self.values = values

    def __call__(self, colour: bool, columns: int | None) -> Iterator[str]:
        """The lines."""
        found: Iterator[str] = self.make(*self.values, colour=colour, columns=columns)
        return found


@frozen
class Given:
    """Something that a question is asked of: the policy that a command names, and what it is asked of together with others."""

    policy: Policy
    whole: Policy | PolicySet
    levels: tuple[tuple[tuple[str, Policy], ...], ...]


@frozen
class _Shown:
    """An answer as data and in lines, its exit status, and the answers that have evidence, each with what was asked of."""

    document: dict[str, Any]
    lines: _Lines
    status: int
    evidence: tuple[tuple[Answer, tuple[Given, ...]], ...] = ()


def _compare(arguments: Namespace) -> _Shown:
    new, old = _pair(arguments)
    found = compare(new.whole, old.whole, budget=_budget(arguments))
    status = int(found.relation is Relation.UNDECIDED)
    evidence = ((found.gained, (new, old)), (found.lost, (old, new)))
    return _Shown(comparison_document(found), _Lines(comparison_lines, found, new.policy, old.policy), status, evidence)


def _diff(arguments: Namespace) -> _Shown:
    new, old = _pair(arguments)
    found = difference(old.whole, new.whole, budget=_budget(arguments))
    status = int(found.result is not Result.PASS)
    evidence = ((found.gained, (new, old)), (found.lost, (old, new)))
    return _Shown(comparison_document(found), _Lines(comparison_lines, found, new.policy, old.policy), status, evidence)


def _summarise(arguments: Namespace) -> _Shown:
    policy = policy_at(arguments.policy, arguments)
    found = summarise(policy, arguments.service, budget=_budget(arguments))
    return _Shown(summary_document(found), _Lines(summary_lines, found, policy), 0)


def _no_new_access(arguments: Namespace) -> _Shown:
    new, old = _pair(arguments)
    found = no_new_access(new.whole, old.whole, budget=_budget(arguments))
    return _of_answer(found, new, old)


def _not_granted(arguments: Namespace) -> _Shown:
    (given,) = _given(arguments, arguments.policy)
    found = not_granted(
        given.whole,
        actions=arguments.action,
        resources=arguments.resource,
        quantifier=arguments.quantifier,
        budget=_budget(arguments),
    )
    return _of_answer(found, given)


def _of_answer(found: Answer, *given: Given) -> _Shown:
    status = int(found.result is not Result.PASS)
    return _Shown(answer_document(found), _Lines(answer_lines, found, given[0].policy), status, ((found, given),))


def _verified(evidence: Iterable[tuple[Answer, tuple[Given, ...]]]) -> None:
    """Raise InternalError iff the checker rejects the evidence of an answer; an UNDECIDED has none."""
    from keyaki.questions.verify import verify_answer  # noqa: PLC0415 - only --verify needs the checker

    for answer, given in evidence:
        if answer.result is Result.UNDECIDED:
            continue
        if answer.asked.quantifier == "all":
            raise QuestionError("for a grant on all resources there is no evidence to verify", code="bad-question")
        try:
            verify_answer(answer, *(one.whole for one in given))
        except EvidenceError as error:
            message = f"the evidence of this {answer.result} was rejected: {error.message}"
            raise InternalError(message, code=error.code, hint="this is a bug in keyaki, please report it") from error


def _write_proof(path: str, evidence: Iterable[tuple[Answer, tuple[Given, ...]]]) -> None:
    from keyaki.outputs.answer_file import answers_text  # noqa: PLC0415 - only --proof needs it

    if path == "-":
        raise QuestionError("the evidence goes to a file", code="bad-output", hint="name a file after --proof")
    with sink(path) as where:
        where.stream.write(answers_text((answer, [one.levels for one in given]) for answer, given in evidence))


def _pair(arguments: Namespace) -> list[Given]:
    """Return the new policy and the old one."""
    return _given(arguments, arguments.new, arguments.old)


def _given(arguments: Namespace, *paths: str) -> list[Given]:
    """Return each policy of some paths, together with the boundary, the SCPs and the session policy that are named."""
    others = (arguments.boundary, *arguments.scp, arguments.session)
    named = [path for path in (*paths, *others) if path is not None]
    if named.count("-") > 1:
        raise QuestionError("two policies cannot both be standard input", code="bad-question")
    boundary, *scps, session = (None if path is None else (path, policy_at(path, arguments)) for path in others)
    found = []
    for path in paths:
        policy = policy_at(path, arguments)
        levels = tuple((one,) for one in ((path, policy), boundary, *scps, session) if one is not None)
        whole = policy if len(levels) == 1 else _together(policy, boundary, scps, session)
        found.append(Given(policy, whole, levels))
    return found


_Named = tuple[str, Policy]


def _together(policy: Policy, boundary: _Named | None, scps: Sequence[_Named | None], session: _Named | None) -> PolicySet:
    return PolicySet(
        [policy],
        boundary=boundary and boundary[1],
        scps=[one[1] for one in scps if one is not None],
        session=session and session[1],
    )


def _budget(arguments: Namespace) -> int:
    budget = arguments.budget
    if budget is not None and budget < 1:
        raise QuestionError(f"a budget is a count of steps from 1, not `{budget}`", code="bad-budget")
    return BUDGET if budget is None else int(budget)
