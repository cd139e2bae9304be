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

HERE = Path(__file__).parent
COMMANDS = {
    "demo.txt": ["demo"],
    "demo.json": ["demo", "--format", "json"],
    "check.txt": ["check", "policies"],
    "check.json": ["check", "policies", "--format", "json"],
    "quiet.txt": ["check", "policies", "--quiet"],
    "scopes.txt": ["check", "policies/backup.json", "policies/rescued.json", "--scope", "all", "--mode", "both"],
    "scopes.json": ["check", "policies/rescued.json", "--scope", "all", "--mode", "both", "--format", "json"],
    "explain.txt": ["explain", "KMS.1"],
}
STATUS = {"demo": 0, "explain": 0, "check": 2, "quiet": 2, "scopes": 1}


def keyaki(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command in this folder, with an environment that says nothing of colours."""
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "PYTHONHASHSEED"}}
    command = [sys.executable, "-m", "keyaki", *arguments]
    return subprocess.run(command, cwd=HERE, env={**clean, **environment}, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_as_recorded(name: str, golden: Any) -> None:
    """The bytes on standard output are the recorded ones, the status is the documented one, and standard error is empty."""
    done = keyaki(COMMANDS[name])
    assert done.stderr == b""
    assert done.returncode == STATUS[name.partition(".")[0]]
    text = done.stdout.decode()
    if name.endswith(".json"):
        text = text.replace(f'"version": "{__version__}"', '"version": "VERSION"')
    golden.check(name, text)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.endswith(".json")])
def test_documents_validate(name: str) -> None:
    """Every JSON document is one of the published schema."""
    schema = json.loads(files("keyaki.outputs").joinpath("report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(keyaki(COMMANDS[name]).stdout))


@pytest.mark.parametrize("name", ["check.txt", "check.json", "scopes.json"])
def test_the_hash_seed_changes_no_byte(name: str) -> None:
    """The same input gives the same bytes whatever order Python keeps its sets in."""
    outputs = {keyaki(COMMANDS[name], PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "4242")}
    assert len(outputs) == 1


def test_colour_changes_nothing_else() -> None:
    """A coloured report without its escapes is the plain one."""
    coloured = keyaki(COMMANDS["check.txt"], FORCE_COLOR="1").stdout
    plain = keyaki(COMMANDS["check.txt"]).stdout
    assert coloured != plain
    assert re.sub(rb"\x1b\[[0-9;]*m", b"", coloured) == plain


def test_no_output_holds_a_control_character() -> None:
    """No text of a policy reaches the terminal raw: all there is beside printable ASCII are line feeds."""
    for arguments in COMMANDS.values():
        assert set(keyaki(arguments).stdout) <= {10, *range(32, 127)}
