"""The contest: every program is asked every question of a set, in turns, round by round; its results."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from time import monotonic
from typing import Any, Final, NamedTuple

from rivals.program import Answer, Said, Worker
from rivals.questions import Question, script

ROUNDS: Final = 5
BRIEF: Final = 1_000_000_000
"""Who takes longer than this many nanoseconds is asked once."""


_START: Final = monotonic()


class Entrant(NamedTuple):
    """A program in one of its columns: what text of a question it gets.

    A program that is ``quick`` is asked all questions of a set at one go, as in a scan: a process that wakes up for one question
    finds the processor's caches full of others' data, and microseconds double. Whoever may run out of time is asked one by one.
    """

    name: str
    program: Worker
    text: Callable[[Question], str]
    quick: bool = True


class Result(NamedTuple):
    """How one entrant did on one question: times in nanoseconds, medians over the rounds."""

    group: str
    question: str
    family: str
    n: int
    expected: str
    by: str
    said: Said
    took: int
    least: int
    read: int
    rounds: int
    why: str = ""

    @property
    def is_right(self) -> bool:
        """True iff the answer is the right one."""
        return self.said.value == self.expected

    @property
    def is_wrong(self) -> bool:
        """True iff it is the wrong one; no answer is not wrong."""
        return self.said in {Said.FAILED, Said.PASSED} and not self.is_right


def document(question: Question) -> str:
    """Return the text of the policy."""
    return question.text


def plainly(question: Question) -> str:
    """Return the script, nothing selected beforehand."""
    return script(question.text, selected=False)


def selected(question: Question) -> str:
    """Return the script with the action selected beforehand."""
    return script(question.text, selected=True)


def contest(
    questions: Sequence[Question], entrants: Sequence[Entrant], asks: Callable[[Entrant, Question], bool]
) -> Iterator[Result]:
    """Yield the results, by question and then by entrant. Each round asks every entrant in turn."""
    answers: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    for turn in range(ROUNDS):
        for one in entrants:
            due = [question for question in questions if asks(one, question)]
            _tell(f"round {turn + 1} of {ROUNDS}, {one.name}: {len(due)} {due[0].group}" if due else f"{one.name}: none")
            for question, answer in _all_at_once(one, due) if one.quick else _one_by_one(one, due, answers):
                answers[question.name, one.name].append(answer)
    for question in questions:
        for one in entrants:
            if found := answers[question.name, one.name]:
                yield result(question, one.name, found)


def _all_at_once(one: Entrant, questions: Sequence[Question]) -> Iterator[tuple[Question, Answer]]:
    yield from zip(questions, one.program.ask([one.text(question) for question in questions]), strict=True)


def _one_by_one(
    one: Entrant, questions: Sequence[Question], answers: Mapping[tuple[str, str], Sequence[Answer]]
) -> Iterator[tuple[Question, Answer]]:
    """Ask what took little time so far. Who ran out of time on a small member of a family is not asked about its larger ones."""
    lost: set[str] = set()
    for question in questions:
        so_far = answers.get((question.name, one.name), ())
        if question.family not in lost and (not so_far or so_far[-1].took < BRIEF):
            so_far = list(one.program.ask([one.text(question)]))
            yield question, so_far[0]
        if question.family and any(answer.said is Said.TIMEOUT for answer in so_far):
            lost.add(question.family)


def _tell(message: str) -> None:
    sys.stderr.write(f"[{monotonic() - _START:4.0f} s] {message}\n")


def result(question: Question, by: str, answers: Sequence[Answer]) -> Result:
    """Return what became of a program's answers to one question. Of several different ones a wrong one counts."""
    said = [answer.said for answer in answers]
    wrong = [one for one in said if one in {Said.FAILED, Said.PASSED} and one.value != question.expected]
    took = [answer.took for answer in answers]
    return Result(
        question.group,
        question.name,
        question.family,
        question.n,
        question.expected,
        by,
        wrong[0] if wrong else said[0],
        round(median(took)),
        min(took),
        round(median(answer.read for answer in answers)),
        len(answers),
        answers[0].why,
    )


# Records


def kept(one: Result) -> dict[str, Any]:
    """Return a result in the form that all results have in a record; what is empty is left out."""
    found = {"by": one.by, "set": one.group, "question": one.question, "expected": one.expected, "said": one.said.value}
    times = {"median_ns": one.took, "least_ns": one.least, "read_ns": one.read, "rounds": one.rounds}
    return {
        **found,
        **times,
        **({"family": one.family, "n": one.n} if one.family else {}),
        **({"why": one.why} if one.why else {}),
    }


def restored(found: Mapping[str, Any]) -> Result:
    """Return the result that ``kept`` was given."""
    return Result(
        found["set"],
        found["question"],
        found.get("family", ""),
        found.get("n", 0),
        found["expected"],
        found["by"],
        Said(found["said"]),
        found["median_ns"],
        found["least_ns"],
        found["read_ns"],
        found["rounds"],
        found.get("why", ""),
    )
