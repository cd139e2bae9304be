"""Trials: one subject put to the engine and to each solver in each dialect, everything timed by the processor's time."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from time import process_time
from typing import Any, Final

from keyaki.smtlib.term import UnsupportedError
from rivals.program import Answer, Said, Worker
from study.subject import Sizes, Subject, sizes, status

ROUNDS: Final = 3
"""How often the engine answers; the median counts."""
DIALECTS: Final = ("zelkova", "finite")
_SAID: Final = {Said.FAILED: "sat", Said.PASSED: "unsat"}
ANSWERS: Final = frozenset({"sat", "unsat"})

Row = dict[str, Any]


def columns(dialects: tuple[str, ...], solvers: tuple[str, ...]) -> list[str]:
    """Return the names of the columns of a table."""
    found = ["question", "source", "family", "n", "name", *Sizes._fields, "known", "keyaki", "keyaki_ms"]
    for dialect in dialects:
        found += [f"{dialect}_bytes", f"{dialect}_encode_ms"]
        for solver in solvers:
            found += [f"{solver}_{dialect}", f"{solver}_{dialect}_read_ms", f"{solver}_{dialect}_ms"]
    return [*found, "agree"]


def trial(subject: Subject, solvers: Mapping[str, Worker], dialects: tuple[str, ...]) -> Row:
    """Return the row of a subject: every answer is a status (sat iff the question FAILS), or how it ended without one.

    ``agree`` is no iff two answers differ, or one differs from what is known; yes iff at least two are the same; else open.
    """
    row: Row = {
        "question": subject.question,
        "source": subject.source,
        "family": subject.family,
        "n": "" if subject.n is None else subject.n,
        "name": subject.name,
        **sizes(subject.policies())._asdict(),
        "known": subject.known or "",
    }
    times = []
    for _ in range(ROUNDS):
        policies = subject.policies()
        began = process_time()
        row["keyaki"] = status(subject.question, policies)
        times.append(process_time() - began)
    row["keyaki_ms"] = _milliseconds(median(times))
    for dialect in dialects:
        _solve(row, subject, dialect, solvers)
    answers = [row["known"], row["keyaki"], *(row[f"{solver}_{dialect}"] for dialect in dialects for solver in solvers)]
    said = [one for one in answers if one in ANSWERS]
    row["agree"] = "no" if len(set(said)) > 1 else "yes" if len(said) > 1 else "open"
    return row


def _solve(row: Row, subject: Subject, dialect: str, solvers: Mapping[str, Worker]) -> None:
    began = process_time()
    try:
        script = subject.script(dialect)
    except UnsupportedError:
        row |= {f"{dialect}_bytes": "", f"{dialect}_encode_ms": _milliseconds(process_time() - began)}
        row |= dict.fromkeys((f"{solver}_{dialect}" for solver in solvers), "refused")
        return
    row |= {f"{dialect}_bytes": len(script), f"{dialect}_encode_ms": _milliseconds(process_time() - began)}
    for name, solver in solvers.items():
        found = _asked(solver, script)
        row[f"{name}_{dialect}"] = _SAID.get(found.said, found.said.value)
        row[f"{name}_{dialect}_read_ms"] = _milliseconds(found.read / 1e9)
        row[f"{name}_{dialect}_ms"] = _milliseconds(found.took / 1e9)


def _asked(solver: Worker, script: str) -> Answer:
    """Put a script to a solver; a process that has ended since its last answer is replaced."""
    try:
        return next(iter(solver.ask([script])))
    except OSError:
        solver.close()
        return next(iter(solver.ask([script])))


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.3f}"
