"""Programs that take part, each in a process of its own and all asked in the same way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from threading import Timer
from typing import Any, Final, NamedTuple

HERE: Final = Path(__file__).parent
SECONDS: Final = 20
"""What a program may take of the processor for one question."""
PATIENCE: Final = 30
"""How many times as long a process may live on the wall, where neighbours take their share, before it is ended from outside."""
ENDED: Final = {-int(one) for one in signal.Signals if one.name in {"SIGXCPU", "SIGKILL"}}
"""How a process ends that the system, or the watch, has ended."""
WARM: Final = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}'
FIRST: Final = '(set-logic QF_SLIA)\n(declare-const text String)\n(assert (str.in_re text (str.to_re "a")))\n(check-sat)\n'


class Said(str, Enum):
    """How a question ended."""

    FAILED = "FAILED"
    PASSED = "PASSED"
    UNKNOWN = "unknown"
    TIMEOUT = "timeout"
    ERROR = "error"


class Answer(NamedTuple):
    """What a program said, and how long reading the text and deciding took, in nanoseconds."""

    said: Said
    read: int
    took: int
    why: str = ""


class MissingError(Exception):
    """A program that is not installed."""


class Worker:
    """A program behind ``worker.py``. It is started again after it was ended for taking too long."""

    def __init__(self, name: str, interpreter: str = sys.executable, first: str = WARM, seconds: int = SECONDS) -> None:
        self.name = name
        self.command = [interpreter, str(HERE / "worker.py"), name]
        self.first = first
        self.seconds = seconds
        self.versions: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._start()

    def ask(self, texts: Sequence[str]) -> Iterator[Answer]:
        """Yield the answers to some texts.

        Where the process is ended for taking too long, or ends by itself, the next texts are put to a new process.
        """
        while texts:
            answered = 0
            for found in self._exchange(texts):
                answered += 1
                yield Answer(Said(found["said"]), found["read"], found["took"], found["why"])
            if answered < len(texts):
                answered += 1
                yield self._unanswered()
            texts = texts[answered:]

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _unanswered(self) -> Answer:
        """Return what it means that the process has ended instead of answering: it was ended, or the program broke."""
        status = self._process.wait() if self._process is not None else 0
        self.close()
        took = self.seconds * 1_000_000_000
        return Answer(Said.TIMEOUT, 0, took) if status in ENDED else Answer(Said.ERROR, 0, took, f"ended with status {status}")

    def _start(self) -> None:
        """Start the process and ask a first question, which loads whatever loads on first use. Raises MissingError."""
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self.close()
            raise MissingError(self.name)
        self.versions = json.loads(line)
        list(self._exchange([self.first]))

    def _exchange(self, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield what the process writes about each text, until it ends."""
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"texts": texts, "seconds": self.seconds}) + "\n")
        process.stdin.flush()
        for _ in texts:
            watch = Timer(self.seconds * PATIENCE, process.kill)
            watch.start()
            line = process.stdout.readline()
            watch.cancel()
            if not line:
                return
            yield json.loads(line)
