"""``keyaki compare``, ``diff``, ``summarise``, ``check-no-new-access``, ``check-access-not-granted``: about whole policies."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from keyaki.cli.streams import sink
from keyaki.errors import InputError, PolicySyntaxError, QuestionError
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
from keyaki.questions.answer import Result
from keyaki.questions.ask import BUDGET
from keyaki.questions.compare import Relation, compare, difference
from keyaki.questions.grants import not_granted
from keyaki.questions.summary import summarise
from keyaki.syntax.parse import parse

_ENOUGH: Final = 4 << 20
"""Bytes of an input that are read; a policy document is refused long before."""


def run(arguments: Namespace) -> int:
    """Prints the answer and returns the exit status that the command's help tells.

    Raises:
        InputError: a file cannot be read.
        PolicySyntaxError: a policy is none; the message tells the file.
        QuestionError: the question cannot be asked.
    """
    asked = {
        "compare": _compare,
        "diff": _diff,
        "summarise": _summarise,
        "check-no-new-access": _no_new_access,
        "check-access-not-granted": _not_granted,
    }[arguments.command]
    document, lines, status = asked(arguments)
    with sink(None, no_colour=arguments.no_color) as where:
        if arguments.format == "json":
            where.stream.write(to_json(document) + "\n")
        else:
            where.stream.write("\n".join(lines(where.colour, where.columns)) + "\n")
    return status


class _Lines:
    """The lines of an answer, for a stream that takes colour or not."""

    def __init__(self, make: Any, *values: Any) -> None:
        self.make = make
        self.values = values

    def __call__(self, colour: bool, columns: int | None) -> Iterator[str]:
        """The lines."""
        found: Iterator[str] = self.make(*self.values, colour=colour, columns=columns)
        return found


_Shown = tuple[dict[str, Any], _Lines, int]


def _compare(arguments: Namespace) -> _Shown:
    new, old = _pair(arguments)
    found = compare(new, old, budget=_budget(arguments))
    status = int(found.relation is Relation.UNDECIDED)
    return comparison_document(found), _Lines(comparison_lines, found, new, old), status


def _diff(arguments: Namespace) -> _Shown:
    new, old = _pair(arguments)
    found = difference(old, new, budget=_budget(arguments))
    status = int(found.result is not Result.PASS)
    return comparison_document(found), _Lines(comparison_lines, found, new, old), status


def _summarise(arguments: Namespace) -> _Shown:
    policy = _policy(arguments.policy, arguments)
    found = summarise(policy, arguments.service, budget=_budget(arguments))
    return summary_document(found), _Lines(summary_lines, found, policy), 0


def _no_new_access(arguments: Namespace) -> _Shown:
    new, old = _pair(arguments)
    found = no_new_access(new, old, budget=_budget(arguments))
    return answer_document(found), _Lines(answer_lines, found, new), int(found.result is not Result.PASS)


def _not_granted(arguments: Namespace) -> _Shown:
    policy = _policy(arguments.policy, arguments)
    found = not_granted(
        policy,
        actions=arguments.action,
        resources=arguments.resource,
        quantifier=arguments.quantifier,
        budget=_budget(arguments),
    )
    return answer_document(found), _Lines(answer_lines, found, policy), int(found.result is not Result.PASS)


def _pair(arguments: Namespace) -> tuple[Policy, Policy]:
    if arguments.new == arguments.old == "-":
        raise QuestionError("both policies cannot be standard input", code="bad-question")
    return _policy(arguments.new, arguments), _policy(arguments.old, arguments)


def _budget(arguments: Namespace) -> int:
    budget = arguments.budget
    if budget is not None and budget < 1:
        raise QuestionError(f"a budget is a count of steps from 1, not `{budget}`", code="bad-budget")
    return BUDGET if budget is None else int(budget)


def _policy(path: str, arguments: Namespace) -> Policy:
    try:
        return parse(_content(path), legacy=arguments.legacy)
    except PolicySyntaxError as error:
        error.message = f"{path}: {error.message}"
        raise


def _content(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read(_ENOUGH)
        with Path(path).open("rb") as stream:
            return stream.read(_ENOUGH)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise InputError(f"cannot read `{path}`: {cause}", code="unreadable-input") from error
