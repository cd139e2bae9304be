from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from keyaki import __version__
from keyaki.cli.main import main

HERE = Path(__file__).parent
MIXED = ["policies/backup.json", "policies/rescued.json", "policies/team/confined.json"]
COMMANDS = {
    "demo.txt": ["demo"],
    "demo.json": ["demo", "--format", "json"],
    "check.txt": ["check", "policies"],
    "check.json": ["check", "policies", "--format", "json"],
    "quiet.txt": ["check", "policies", "--quiet"],
    "scopes.txt": ["check", *MIXED, "--scope", "all", "--mode", "both"],
    "scopes.json": ["check", *MIXED, "--scope", "all", "--mode", "both", "--format", "json"],
    "explain.txt": ["explain", "KMS.1"],
}
STATUS = {"demo": 0, "explain": 0, "check": 2, "quiet": 2, "scopes": 1}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in this folder, with an environment that says nothing of colours."""
    monkeypatch.chdir(HERE)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_as_recorded(name: str, golden: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is written to standard output is what was recorded, and the status is the documented one."""
    assert main(COMMANDS[name]) == STATUS[name.partition(".")[0]]
    captured = capsys.readouterr()
    assert captured.err == ""
    text = captured.out
    if name.endswith(".json"):
        text = text.replace(f'"version": "{__version__}"', '"version": "VERSION"')
    golden.check(name, text)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.endswith(".json")])
def test_recorded_documents_validate(name: str) -> None:
    """Every JSON document is one of the published schema."""
    schema = json.loads(files("keyaki.outputs").joinpath("report.schema.json").read_text("utf-8"))
    document = json.loads((HERE / "expected" / name).read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("name", ["check.txt", "scopes.json"])
def test_the_hash_seed_changes_no_byte(name: str) -> None:
    """The same input gives the same bytes whatever order Python keeps its sets in."""
    command = [sys.executable, "-m", "keyaki", *COMMANDS[name]]
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("0", "4242")]
    assert len({subprocess.run(command, env=each, capture_output=True, check=False).stdout for each in environments}) == 1


def test_colour_changes_nothing_else(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A coloured report without its escapes is the plain one."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(COMMANDS["check.txt"])
    coloured = capsys.readouterr().out
    plain = (HERE / "expected" / "check.txt").read_text("utf-8")
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_no_recorded_output_holds_a_control_character() -> None:
    """No text of a policy reaches the terminal raw: all there is beside printable ASCII are line feeds."""
    for name in COMMANDS:
        assert set((HERE / "expected" / name).read_bytes()) <= {10, *range(32, 127)}
