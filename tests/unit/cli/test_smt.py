from __future__ import annotations

from pathlib import Path

import pytest

from keyaki.cli.main import main

OPEN = """{"Version": "2012-10-17", "Statement":
  {"Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:*:111122223333:key/*"}}"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """A policy that FAILS in the default scope and PASSES in scope account, in a file."""
    path = tmp_path / "policy.json"
    path.write_text(OPEN)
    return str(path)


@pytest.mark.parametrize(("scope", "status"), [("confined", "sat"), ("account", "unsat")])
def test_smt_writes_a_script_with_its_status(policy: str, scope: str, status: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The script is written whole, and its status is the engine's verdict where that was asked for."""
    assert main(["smt", policy, "--scope", scope, "--status", "--values"]) == 0
    script = capsys.readouterr().out
    assert f"(set-info :status {status})" in script
    assert script.count("(") - script.count('"("') == script.count(")")
    assert script.endswith("(check-sat)\n(get-value (action resource))\n")


def test_smt_asks_what_check_asks(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Actions and partition reach the script."""
    assert main(["smt", policy, "--actions", "kms:Sign", "--partition", "aws-cn"]) == 0
    script = capsys.readouterr().out
    assert '(assert (= action "kms:sign"))' in script
    assert '"arn:aws-cn:kms:"' in script


def test_smt_writes_to_a_file(policy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --output the script goes to the file and nothing to standard output."""
    assert main(["smt", policy, "--select-actions", "--output", str(tmp_path / "policy.smt2")]) == 0
    assert capsys.readouterr().out == ""
    assert "(check-sat)" in (tmp_path / "policy.smt2").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "policy.json: "),
        ('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}', "resource policy"),
        (OPEN.replace("key/*", "key/\\udb80\\udc00*"), "U+F0000"),
    ],
)
def test_smt_refuses_what_has_no_script(policy: str, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no identity policy, or cannot be expressed, gives a message and status 2, and no script."""
    Path(policy).write_text(text)
    assert main(["smt", policy]) == 2
    found = capsys.readouterr()
    assert said in found.err
    assert found.out == ""


def test_smt_needs_a_file_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read is named."""
    assert main(["smt", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
