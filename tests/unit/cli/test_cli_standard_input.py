"""Standard input and terminals: what the commands read from `-`, and how wide they write."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from keyaki.cli.main import main
from keyaki.cli.simulate import context_from
from keyaki.cli.streams import _columns
from keyaki.errors import QuestionError

WIDE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide policy on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(WIDE).encode())))


@pytest.mark.usefixtures("piped")
def test_smt_reads_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    """`-` is the policy on standard input."""
    assert main(["smt", "-", "--status"]) == 0
    assert "(set-info :status sat)" in capsys.readouterr().out


@pytest.mark.usefixtures("piped")
def test_a_question_reads_one_policy_from_standard_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`-` stands for one of two policies."""
    path = tmp_path / "same.json"
    path.write_text(json.dumps(WIDE))
    assert main(["check-no-new-access", "-", str(path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == "PASS"


class Screen(io.StringIO):
    """A terminal of unknown width, or one with a file behind it."""

    def __init__(self, number: int | None) -> None:
        super().__init__()
        self.number = number

    def isatty(self) -> bool:
        """It is one."""
        return True

    def fileno(self) -> int:
        """The file behind it, if any."""
        if self.number is None:
            raise ValueError
        return self.number


@pytest.mark.parametrize(
    ("columns", "width"), [("120", 120), ("7", 40), ("wide", 80), (None, 80)], ids=["wide", "narrow", "no number", "unknown"]
)
def test_a_terminal_is_as_wide_as_it_says(monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int) -> None:
    """COLUMNS counts, 40 columns at least; where nobody knows the width it is 80."""
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert _columns(Screen(None)) == width
    assert _columns(io.StringIO()) is None


def test_a_terminal_is_asked_for_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without COLUMNS the terminal behind the stream says how wide it is."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("os.get_terminal_size", lambda number: type("Size", (), {"columns": 100 + number})())
    assert _columns(Screen(3)) == 103


@pytest.mark.parametrize(
    ("content", "said"),
    [(b'["kms:ViaService"]', "not a JSON object"), (b'{"kms:ViaService": "\xff"}', "not UTF-8"), (b"{", "not JSON")],
)
def test_a_context_file_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """A list, bytes that are no UTF-8, and what is no JSON are each refused in words of their own."""
    path = tmp_path / "context.json"
    path.write_bytes(content)
    with pytest.raises(QuestionError, match=said):
        context_from(str(path))


def test_a_context_file_is_an_object(tmp_path: Path) -> None:
    """A file of keys and values is a context, a byte-order mark in front of it or not."""
    path = tmp_path / "context.json"
    expected: dict[str, Any] = {"kms:ViaService": "a"}
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + json.dumps(expected).encode())
        assert context_from(str(path)) == expected
