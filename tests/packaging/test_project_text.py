"""Every file of the project can be read by anybody, anywhere: it names no place of one machine, and is clean text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# Folders of one machine, in any string: `/home/` alone is a path in examples of policies.
PLACES = re.compile(r"(?<![\w.}*-])/(?:tmp|work|root|Users|home/\w+/)(?:/|\b)")
GENERATED = {".git", ".venv", "build", "dist", "mutants", "__pycache__", ".hypothesis", ".benchmarks"}
TEXT = {".py", ".md", ".toml", ".cfg", ".lark", ".json", ".yaml", ".cff", ".in", ".txt", ".typed", ""}


def files(root: Path) -> Iterator[Path]:
    """The files of the project, without what tools leave behind."""
    for folder, names, held in os.walk(root):
        names[:] = sorted(
            name for name in names if name not in GENERATED and not name.endswith(".egg-info") and not name.endswith("_cache")
        )
        yield from (Path(folder) / name for name in sorted(held) if Path(name).suffix in TEXT)


def test_no_file_names_a_place_of_one_machine(root: Path) -> None:
    """No file mentions a folder that exists on one machine only."""
    own = Path(__file__)
    found = [
        f"{path.relative_to(root)}: {match[0]}"
        for path in files(root)
        if path != own
        for match in PLACES.finditer(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert found == []


def test_python_files_are_clean_text(root: Path) -> None:
    """Sources are UTF-8 with line feeds, without tabs, and end with a line feed."""
    for path in files(root):
        if path.suffix in {".py", ".lark", ".cfg", ".toml"}:
            text = path.read_bytes().decode("utf-8")
            assert "\r" not in text, path
            assert not text or text.endswith("\n"), path
            if path.suffix == ".py":
                assert "\t" not in text, path


def test_modules_are_short_and_documented(root: Path) -> None:
    """No module of the engine is over 600 lines, and each opens with a docstring."""
    for path in (root / "engine").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 600, path
        assert text.startswith(('"""', 'r"""')), path


def test_names_of_test_files_are_unique(root: Path) -> None:
    """No two test modules share a name: tests are no package, so the second would hide the first."""
    names = [path.name for path in files(root / "tests") if path.name.startswith("test_") and path.suffix == ".py"]
    assert sorted(names) == sorted(set(names))
