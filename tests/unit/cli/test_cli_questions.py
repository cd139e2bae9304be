"""The commands that ask about whole policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keyaki.cli.main import main


def written(folder: Path, name: str, *statements: dict[str, Any]) -> str:
    """A policy file."""
    path = folder / name
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return str(path)


WIDE = {"Sid": "Wide", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b*"}
NARROW = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b*"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A wide policy and a narrow one."""
    return written(tmp_path, "wide.json", WIDE), written(tmp_path, "narrow.json", NARROW)


def test_check_no_new_access(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The result is told in result, message and reasons, and by the status: 0 for PASS, 1 for FAIL."""
    wide, narrow = files
    assert main(["check-no-new-access", narrow, wide, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["result"], found["reasons"]) == ("PASS", [])
    assert main(["check-no-new-access", wide, narrow, "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["result"] == "FAIL"
    assert found["message"]
    (reason,) = found["reasons"]
    assert (reason["statementIndex"], reason["statementId"]) == (0, "Wide")
    assert reason["witness"]["action"].startswith("s3:")


def test_check_access_not_granted(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Actions and resources are given as often as needed; the witness stands in the text."""
    wide, _ = files
    assert main(["check-access-not-granted", wide, "--action", "ec2:*", "--action", "iam:*"]) == 0
    assert main(["check-access-not-granted", wide, "--action", "s3:DeleteBucket", "--resource", "arn:aws:s3:::b1"]) == 1
    assert "allows s3:DeleteBucket on arn:aws:s3:::b1" in capsys.readouterr().out
    assert main(["check-access-not-granted", wide]) == 2


def test_compare(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The relation is told, with a witness for each way in which the policies differ, and the status is 0."""
    wide, narrow = files
    assert main(["compare", wide, narrow]) == 0
    assert capsys.readouterr().out.startswith("more permissive")
    assert main(["compare", narrow, wide, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["relation"], found["gained"]["reasons"], len(found["lost"]["reasons"])) == ("less permissive", [], 1)


def test_diff(files: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What was gained and what was lost is listed by statement, and the status says whether anything was."""
    _, narrow = files
    assert main(["diff", narrow, narrow]) == 0
    capsys.readouterr()
    queue = written(tmp_path, "queue.json", {"Effect": "Allow", "Action": ["sqs:A", "sqs:B"], "Resource": "*"})
    assert main(["diff", narrow, queue]) == 1
    found = capsys.readouterr().out
    assert "gained" in found
    assert "Statement[0] gives sqs:A and sqs:B" in found
    assert "Statement[0] gives s3:GetObject and s3:PutObject" in found


def test_what_cannot_be_read(files: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A missing file, a file that is no policy, and a bad budget give 2 and name what is wrong."""
    wide, _ = files
    assert main(["compare", wide, str(tmp_path / "none.json")]) == 2
    (tmp_path / "bad.json").write_text("{}")
    assert main(["compare", wide, str(tmp_path / "bad.json")]) == 2
    assert "bad.json" in capsys.readouterr().err
    assert main(["compare", wide, wide, "--budget", "0"]) == 2
    assert main(["compare", "-", "-"]) == 2


def test_summarise(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """What a policy grants is listed with examples, of one service where one is named."""
    wide, _ = files
    assert main(["summarise", wide]) == 0
    assert "Statement[0] `Wide`: s3:* on arn:aws:s3:::b*" in capsys.readouterr().out
    assert main(["summarise", wide, "--service", "sqs", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"service": "sqs", "regions": []}
