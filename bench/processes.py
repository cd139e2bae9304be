"""Processes to be timed: the same interpreter, compiled modules at hand, nothing of the caller's settings.

An installation by pip compiles what it installs, a checkout compiles on first use. Both sides of a comparison must find their
modules compiled, so compiled files are written to a folder of the run's own, and a process runs once before it is timed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import NamedTuple

MEBIBYTE = 1 << 20
KEYAKI = "import sys; from keyaki.cli.main import main; sys.exit(main())"
"""What the installed command runs."""


class Ended(NamedTuple):
    """How a process ended: its exit status, and the most memory that it held, in bytes (0 where the system does not say)."""

    status: int
    memory: int


class Interpreter:
    """Starts Python with arguments; ``compiled`` is the folder for compiled modules."""

    def __init__(self, compiled: Path) -> None:
        dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONSTARTUP", "PYTHONOPTIMIZE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in dropped}
        self.environment["PYTHONPYCACHEPREFIX"] = str(compiled)

    def run(self, arguments: Sequence[str]) -> Ended:
        """Return how ``python ARGUMENTS`` ended; what it writes to standard output is thrown away."""
        process = Popen([sys.executable, *arguments], env=self.environment, stdin=DEVNULL, stdout=DEVNULL)
        if not hasattr(os, "wait4"):
            return Ended(process.wait(), 0)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        return Ended(process.returncode, usage.ru_maxrss * unit)
