"""From nothing: importing the library, and one policy judged by a process of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clock import children_time
from families import allow, document
from processes import KEYAKI, Interpreter

pytestmark = pytest.mark.clock(of=children_time)

SMALL = document([allow("*", action=["kms:Decrypt", "s3:GetObject"])])
LIGHT = "import sys, keyaki; sys.exit(bool({'attr', 'lark'} & set(sys.modules)))"


@pytest.fixture
def python(tmp_path: Path) -> Interpreter:
    """Return an interpreter that keeps compiled modules."""
    return Interpreter(tmp_path)


def _process(python: Interpreter, *arguments: str) -> Any:
    return lambda *_: python.run(arguments).status


def test_import(measure: Any, python: Interpreter) -> None:
    """`import keyaki`, which must load neither attrs nor lark, in turn with `pass`."""
    versus = {"python -c pass": _process(python, "-c", "pass")}
    measure(_process(python, "-c", LIGHT), lambda: None, 0, versus=versus)


@pytest.mark.parametrize("verdict", ["fails", "passes"])
def test_check(measure: Any, python: Interpreter, tmp_path: Path, verdict: str) -> None:
    """`keyaki check small.json`, in turn with what importing its two dependencies takes anyway."""
    path = tmp_path / "small.json"
    narrow = document([allow("arn:aws:kms:eu-west-1:111122223333:key/*")])
    path.write_text(json.dumps(SMALL if verdict == "fails" else narrow), encoding="utf-8")
    versus = {"import lark, attrs": _process(python, "-c", "import lark, attrs")}
    measure(_process(python, "-c", KEYAKI, "check", str(path)), lambda: None, int(verdict == "fails"), versus=versus)
