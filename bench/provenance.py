"""Where a record comes from: commit, date, machine and versions. Neither the host nor a path of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path
from platform import machine, python_implementation, python_version, system
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
MEASURED: Final = ("engine", "grammar", "bench", ":!bench/record", ":!bench/charts", ":!bench/*.md")
"""What a figure depends on."""


def provenance(packages: Iterable[str]) -> dict[str, Any]:
    """Return the facts that each record begins with; packages that are not installed are left out."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "--short=7", "HEAD") or "unknown",
        "changed": bool(git("status", "--porcelain", "--", *MEASURED)),
        **environment(packages),
    }


def environment(packages: Iterable[str]) -> dict[str, Any]:
    """Return machine and versions."""
    return {
        "machine": {
            "system": system(),
            "machine": machine(),
            "cores": cpu_count(),
            "python": f"{python_implementation()} {python_version()}",
        },
        "packages": {name: found for name in packages if (found := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def git(*arguments: str) -> str:
    """Return what git says in the project's folder, nothing where there is no git or no repository."""
    try:
        found = subprocess.run(["git", *arguments], cwd=HERE.parent, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return found.stdout.strip()
