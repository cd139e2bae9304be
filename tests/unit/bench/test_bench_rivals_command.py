from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from families import allow, document
from rivals import __main__ as command
from rivals.program import Answer, MissingError, Said
from rivals.questions import Question
from tracking import read_all

OPEN = document([allow("*")])


class Known:
    """A program that gives one answer; scanners are not installed, cvc5 says what the test says."""

    said: Said = Said.FAILED

    def __init__(self, name: str, *_: object, **__: object) -> None:
        if name in command.SCANNERS:
            raise MissingError(name)
        self.said = type(self).said if name == "cvc5" else Said.FAILED
        self.versions = {name: "1"}

    def ask(self, texts: Sequence[str]) -> Iterator[Answer]:
        """Yield the answer to each text."""
        return (Answer(self.said, 1, 2) for _ in texts)

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command with known programs, one question in each set and a folder of its own for records."""

    def one(group: str) -> list[Question]:
        return [Question(group, "open", OPEN, "FAILED", "windows, sat", 5)]

    for name, group in (
        ("of_managed", "managed"),
        ("of_families", "families"),
        ("of_tricky", "tricky"),
        ("of_all_managed", "all managed"),
    ):
        monkeypatch.setattr(command, name, lambda group=group: one(group))
    monkeypatch.setattr(command, "Worker", Known)
    monkeypatch.setattr(command, "HERE", tmp_path / "bench" / "rivals")
    monkeypatch.setattr(command, "RECORDS", tmp_path / "record")

    def started(*options: str, said: Said = Said.FAILED) -> int:
        monkeypatch.setattr(Known, "said", said)
        monkeypatch.setattr(sys, "argv", ["rivals", *options])
        return command.main()

    return started


def test_a_run_is_kept_with_its_table(run: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A run writes a record with versions, standings and results, and its table; who is not installed is told and left out."""
    assert run() == 0
    (record,) = read_all(tmp_path / "record")
    assert {"z3", "cvc5", "keyaki"} <= set(record["packages"])
    assert record["results"]["families/open/z3"] == {
        "by": "z3",
        "set": "families",
        "question": "open",
        "expected": "FAILED",
        "said": "FAILED",
        "median_ns": 2,
        "least_ns": 2,
        "read_ns": 1,
        "rounds": 5,
        "family": "windows, sat",
        "n": 5,
    }
    assert {one["by"] for one in record["standings"] if one["group"] == "all managed"} == {"keyaki, from the object"}
    assert not any(name.startswith("all managed") for name in record["results"])
    told = capsys.readouterr().out
    assert "left out: parliament" in told
    assert (tmp_path / "record" / "table.md").read_text() in told


def test_the_table_of_a_record_is_the_table_of_its_run(run: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """``--table`` writes again what the run wrote, and ``--csv`` prints a line for each answer that is kept."""
    run()
    table = (tmp_path / "record" / "table.md").read_text()
    (tmp_path / "record" / "table.md").unlink()
    assert run("--table") == 0
    assert (tmp_path / "record" / "table.md").read_text() == table
    capsys.readouterr()
    assert run("--csv") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(read_all(tmp_path / "record")[0]["results"])


@pytest.mark.parametrize("options", [("--only", "tricky"), ("--seconds", "3")])
def test_part_of_a_run_is_not_kept(
    run: Any, options: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A run over one set, or with another limit, shows its table and keeps nothing."""
    assert run(*options) == 0
    assert "| keyaki | 1 |" in capsys.readouterr().out
    assert not (tmp_path / "record").exists()


@pytest.mark.parametrize(("said", "status"), [(Said.PASSED, 1), (Said.UNKNOWN, 0), (Said.TIMEOUT, 0), (Said.ERROR, 0)])
def test_a_solver_that_is_wrong_is_a_failure(run: Any, said: Said, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a solver contradicts the right answer one of both has an error, so the command fails; silence is no contradiction."""
    assert run(said=said) == status
    assert ("wrong: cvc5 says PASSED of families/open" in capsys.readouterr().out) is bool(status)


def test_without_a_record_there_is_no_table(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """``--table`` fails where nothing was kept."""
    assert run("--table") == 1
    assert "no record" in capsys.readouterr().out


def test_the_command_explains_itself(tmp_path: Path) -> None:
    """``python bench/rivals --help`` works from anywhere, without solvers or scanners."""
    folder = Path(command.__file__).parent
    found = subprocess.run(
        [sys.executable, folder, "--help"], capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path
    )
    assert "--scanners" in found.stdout
