"""A process that answers one question after another, for a program that runs in it: how a rival is timed.

``python worker.py PROGRAM`` reads one JSON object a line and writes one for each text in it. It imports keyaki only for keyaki,
so that it can run under another interpreter. The time is that which its thread has had of the processor: none of these programs
starts a second one. (Linux tells the time of a whole process in coarse steps as soon as that is limited, as it is here.)
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from time import process_time_ns, thread_time_ns
from typing import Any, Final, Protocol, TextIO

PROGRAMS: Final = {
    "keyaki": "own.Engine",
    "keyaki, from the object": "own.Objects",
    "one fixed key": "own.Evaluator",
    "z3": "solvers.Z3",
    "cvc5": "solvers.Cvc5",
    "cloudsplaining": "scanners.Cloudsplaining",
    "parliament": "scanners.Parliament",
}
"""The programs, and who knows how to ask them."""
MEMORY: Final = 4 << 30
"""Bytes of address space that a program may take."""


class Adapter(Protocol):
    """How a program is asked. What ``read`` takes is told apart from what ``decide`` takes."""

    packages: tuple[str, ...]

    def read(self, text: str) -> Any:
        """Return what the program makes of a text before it decides anything."""

    def decide(self, given: Any) -> str:
        """Return FAILED, PASSED or unknown."""


def main() -> None:
    """Serve until standard input ends. What the program itself prints is thrown away."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the process ends
    module, _, name = PROGRAMS[sys.argv[1]].partition(".")
    adapter: Adapter = getattr(import_module(module), name)()
    serve(adapter, sys.stdin, answers)


def serve(adapter: Adapter, questions: TextIO, answers: TextIO) -> None:
    """Write the versions of the packages that answer, and then, for each line of questions, a line for each answer."""
    answers.write(json.dumps({package: _version(package) for package in adapter.packages}) + "\n")
    for line in questions:
        asked = json.loads(line)
        answers.writelines(json.dumps(answer(adapter, text, asked["seconds"])) + "\n" for text in asked["texts"])


def answer(adapter: Adapter, text: str, seconds: int) -> dict[str, Any]:
    """Return what the program says and how long reading and deciding took, in nanoseconds; a program that raises says `error`.

    A program that takes more than so many seconds of the processor ends with its process, where the system can do that.
    """
    start = thread_time_ns()
    try:
        given = adapter.read(text)
        read = thread_time_ns() - start
        _limit(seconds)
        start = thread_time_ns()
        said = adapter.decide(given)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this program's answer
        return {"said": "error", "read": 0, "took": thread_time_ns() - start, "why": f"{type(error).__name__}: {error}"[:200]}
    return {"said": said, "read": read, "took": thread_time_ns() - start, "why": ""}


def _limit(seconds: int) -> None:
    """End this process when it has used so many seconds more, or up to one more, since the system counts whole ones."""
    try:
        from resource import RLIMIT_AS, RLIMIT_CPU, getrlimit, setrlimit  # noqa: PLC0415 - Windows has no such module
    except ImportError:
        return
    used = process_time_ns() // 1_000_000_000 + 1
    setrlimit(RLIMIT_CPU, (used + seconds, getrlimit(RLIMIT_CPU)[1]))
    setrlimit(RLIMIT_AS, (MEMORY, getrlimit(RLIMIT_AS)[1]))


def _version(package: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415 - once

    return version(package)


if __name__ == "__main__":
    main()
