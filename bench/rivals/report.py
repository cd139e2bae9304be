"""The table of a contest, as Markdown and as CSV, and the sentences that sum it up. Pure: results in, lines out."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import StringIO
from statistics import median
from typing import Final, NamedTuple

from rivals.contest import Result
from rivals.program import Said
from tracking import duration

SOLVERS: Final = ("z3", "cvc5")
SELECTED: Final = ", action preselected"
PROGRAMS: Final = (
    "keyaki",
    "keyaki, from the object",
    *(solver + form for solver in SOLVERS for form in ("", SELECTED)),
    "one fixed key",
    "cloudsplaining",
    "parliament",
)
TITLES: Final = {
    "managed": "AWS managed policies with an Allow that covers a blocked action",
    "families": "Families of policies with a size in them",
    "tricky": "Policies that are easily misjudged",
    "all managed": "All AWS managed policies, from the decoded object",
}
COLUMNS: Final = (
    "| program | asked | missed | false alarms | no answer | out of time | median | longest | together | reading "
    "| times keyaki's | ahead of keyaki |"
)
MARKS: Final = {Said.UNKNOWN: "no answer", Said.ERROR: "error"}


class Standing(NamedTuple):
    """How one program did on one set: counts, nanoseconds, and the median of its times as multiples of keyaki's."""

    group: str
    by: str
    asked: int
    missed: int
    alarms: int
    silent: int
    timeouts: int
    middle: float
    longest: float
    together: float
    read: float
    multiple: float
    ahead: int


def standings(results: Sequence[Result]) -> list[Standing]:
    """Return how each program did on each set: sets in the order in which they first appear, programs in that of ``PROGRAMS``."""
    grouped: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    for one in results:
        grouped[one.group, one.by].append(one)
    ours = {(one.group, one.question): one.took for one in results if one.by.startswith("keyaki")}
    groups = list(dict.fromkeys(group for group, _ in grouped))
    found = [_standing(each, ours) for each in grouped.values()]
    return sorted(found, key=lambda one: (groups.index(one.group), place(one.by)))


def place(program: str) -> int:
    """Return where a program stands in a table; strangers stand at the end."""
    return PROGRAMS.index(program) if program in PROGRAMS else len(PROGRAMS)


def _standing(found: Sequence[Result], ours: dict[tuple[str, str], int]) -> Standing:
    multiples = [(one.took / ours[one.group, one.question], one) for one in found]
    took = [one.took for one in found]
    return Standing(
        found[0].group,
        found[0].by,
        len(found),
        sum(one.is_wrong and one.said is Said.PASSED for one in found),
        sum(one.is_wrong and one.said is Said.FAILED for one in found),
        sum(one.said in {Said.UNKNOWN, Said.ERROR} for one in found),
        sum(one.said is Said.TIMEOUT for one in found),
        median(took),
        max(took),
        sum(took),
        median(one.read for one in found),
        median(multiple for multiple, _ in multiples),
        sum(multiple < 1 and one.is_right for multiple, one in multiples),
    )


def _by_group(found: Sequence[Standing]) -> Iterator[tuple[str, list[Standing]]]:
    for group in dict.fromkeys(one.group for one in found):
        yield group, [one for one in found if one.group == group]


class Lead(NamedTuple):
    """keyaki against the faster of two solvers, question by question: multiples of keyaki's time, and where it is behind."""

    group: str
    form: str
    questions: int
    middle: float
    least: float
    behind: tuple[str, ...]


def leads(results: Sequence[Result]) -> Iterator[Lead]:
    """Yield, for each set and each form of the question, the lead. A timeout counts as 20 s; a wrong or no answer as its time."""
    for group in dict.fromkeys(one.group for one in results):
        ours = {one.question: one.took for one in results if one.group == group and one.by == "keyaki"}
        for form in ("", SELECTED):
            names = {solver + form for solver in SOLVERS}
            theirs: defaultdict[str, list[int]] = defaultdict(list)
            for one in results:
                if one.group == group and one.by in names:
                    theirs[one.question].append(one.took)
            multiples = {question: min(took) / ours[question] for question, took in theirs.items()}
            if multiples:
                behind = tuple(question for question, multiple in multiples.items() if multiple < 1)
                middle, least = median(multiples.values()), min(multiples.values())
                yield Lead(group, form.removeprefix(", "), len(multiples), middle, least, behind)


# Markdown


def markdown(standing: Sequence[Standing], results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines: the standings of each set, the leads, and a table of the questions of each set that is not AWS's."""
    for group, found in _by_group(standing):
        yield from (f"**{TITLES[group]}**", "", COLUMNS, "|---|" + "---:|" * (COLUMNS.count("|") - 2))
        for one in found:
            counts = f"{one.asked} | {one.missed} | {one.alarms} | {one.silent} | {one.timeouts}"
            times = " | ".join(duration(time) for time in (one.middle, one.longest, one.together, one.read))
            yield f"| {one.by} | {counts} | {times} | {one.multiple:.3g} | {one.ahead} |"
        yield ""
    yield "| set | the faster solver's time as a multiple of keyaki's | questions | median | least | keyaki is behind on |"
    yield "|---|---|---:|---:|---:|---|"
    for lead in leads(results):
        behind = f"{len(lead.behind)}: {'; '.join(map(_named, lead.behind[:5]))}" if lead.behind else "none"
        form = lead.form or "nothing preselected"
        yield f"| {lead.group} | {form} | {lead.questions} | {lead.middle:.3g} | {lead.least:.3g} | {behind} |"
    for group in ("families", "tricky"):
        asked = [one for one in results if one.group == group]
        if asked:
            yield ""
            yield from _questions(asked)


def _questions(results: Sequence[Result]) -> Iterator[str]:
    """Yield a table with a line for each question and a column for each program."""
    programs = sorted(dict.fromkeys(one.by for one in results), key=place)
    cells = {(one.question, one.by): cell(one) for one in results}
    yield f"| {results[0].group} | right | {' | '.join(programs)} |"
    yield f"|---|---|{'---:|' * len(programs)}"
    for question, right in dict.fromkeys((one.question, one.expected) for one in results):
        line = " | ".join(cells.get((question, program), "not asked") for program in programs)
        yield f"| {_named(question)} | {right} | {line} |"


def _named(question: str) -> str:
    """Return the name of a question as it can stand in a table."""
    return question.replace("|", "").replace("*", r"\*")


def cell(one: Result) -> str:
    """Return a time, with a word if the answer is not the right one."""
    if one.said is Said.TIMEOUT:
        return f"over {duration(one.took)}"
    time = duration(one.took)
    if one.is_wrong:
        return f"{time}, wrong"
    return f"{time}, {MARKS[one.said]}" if one.said in MARKS else time


# CSV


def comma_separated(results: Sequence[Result]) -> str:
    """Return a line for each question and program."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Result._fields)
    writer.writerows([value.value if isinstance(value, Said) else value for value in one] for one in results)
    return text.getvalue()
