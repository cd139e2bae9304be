from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from keyaki.cli import job as command
from keyaki.cli.main import main
from keyaki.controls.judge import Result, judge
from keyaki.controls.subject import Kind
from keyaki.errors import EvidenceError
from keyaki.verdict import Mode, Outcome, Scope

ONE_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
Keyaki = Callable[..., tuple[int, str, str]]


def policy_text(resource: str = "*", **members: Any) -> str:
    """A policy that allows decryption on the resource."""
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, **members}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def keyaki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keyaki:
    """Runs the command in a folder of two policies, bad.json and good.json; gives status, standard output and error."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("bad.json").write_text(policy_text())
    Path("good.json").write_text(policy_text(ONE_KEY))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_status_0_iff_nothing_failed(keyaki: Keyaki) -> None:
    """A policy that passes gives 0, one that fails 1, both 1."""
    assert keyaki("check", "good.json")[0] == 0
    assert keyaki("check", "bad.json")[0] == 1
    assert keyaki("check", "good.json", "bad.json")[0] == 1


def test_what_cannot_be_read_is_2_and_stops_nothing(keyaki: Keyaki) -> None:
    """A file that is missing or broken is an ERROR; the others are judged, and 2 wins over 1."""
    Path("broken.json").write_text('{"Statement": [')
    status, out, _ = keyaki("check", "bad.json", "broken.json", "missing.json", "good.json", "--format", "json")
    assert status == 2
    assert [result["outcome"] for result in json.loads(out)["results"]] == ["FAILED", "ERROR", "ERROR", "PASSED"]


def test_nothing_to_judge_is_2(keyaki: Keyaki) -> None:
    """An empty folder is no success, and its report is whole all the same."""
    Path("empty").mkdir()
    status, out, _ = keyaki("check", "empty", "--format", "json")
    assert status == 2
    assert json.loads(out)["results"] == []
    assert keyaki("check", "empty")[:2] == (2, "nothing to judge was found\n")


def test_a_folder_is_walked_and_strangers_do_not_count(keyaki: Keyaki) -> None:
    """In a folder other JSON is SKIPPED with its reason and leaves the status alone; named itself it is an ERROR."""
    Path("folder").mkdir()
    Path("folder/a.json").write_text(policy_text(ONE_KEY))
    Path("folder/b.json").write_text('{"name": "no policy"}')
    status, out, _ = keyaki("check", "folder")
    assert status == 0
    assert "SKIPPED   folder/b.json" in out
    assert keyaki("check", "folder/b.json")[0] == 2


def test_standard_input_is_read_as_dash_and_without_a_path(keyaki: Keyaki, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy can be piped in, named or not; a terminal is not waited for."""
    for arguments in (["check", "-"], ["check"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(policy_text().encode())))
        status, out, _ = keyaki(*arguments)
        assert status == 1
        assert out.startswith("FAILED    -  KMS.1")
    terminal = io.TextIOWrapper(io.BytesIO(b""))
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    status, out, err = keyaki("check")
    assert (status, out) == (2, "")
    assert "name a file or a folder" in err


def test_an_error_of_piped_text_shows_its_line(keyaki: Keyaki, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that is wrong is shown for standard input too, although it cannot be read twice."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"Version": "2012-10-17",\n "Statement": oops}')))
    _, out, _ = keyaki("check", "-")
    assert ' 2 |  "Statement": oops}' in out


def test_every_scope_and_mode_side_by_side(keyaki: Keyaki) -> None:
    """All and both ask eight questions of each policy, in one block for people and as eight results for programs."""
    status, out, _ = keyaki("check", "good.json", "bad.json", "--scope", "all", "--mode", "both", "--format", "json")
    questions = [(result["question"]["scope"], result["question"]["mode"]) for result in json.loads(out)["results"]]
    assert status == 1
    assert questions == 2 * [(str(scope), str(mode)) for mode in Mode for scope in Scope]
    _, out, _ = keyaki("check", "bad.json", "--scope", "all")
    assert "confined   account    any        key" in out
    assert out.count("lets a fresh key through") == 1


def test_an_input_without_verdict_is_reported_once(keyaki: Keyaki) -> None:
    """However many questions are asked, an unreadable file is one ERROR."""
    _, out, _ = keyaki("check", "missing.json", "--scope", "all", "--mode", "both", "--format", "json")
    assert json.loads(out)["summary"]["ERROR"] == 1


def test_controls_are_listed_or_repeated(keyaki: Keyaki) -> None:
    """Several controls may be named in both ways and in any case; each judges every policy once."""
    _, out, _ = keyaki("check", "good.json", "--control", "kms.1,KMS.2", "--control", "KMS.1", "--format", "json")
    assert [result["control"] for result in json.loads(out)["results"]] == ["KMS.1", "KMS.2"]


def test_blocked_actions_can_be_given(keyaki: Keyaki) -> None:
    """Patterns replace the control's own actions, under either name of the option."""
    assert keyaki("check", "bad.json", "--actions", "kms:Encrypt")[0] == 0
    assert keyaki("check", "bad.json", "--blocked-actions-patterns", "kms:Encrypt, kms:Dec*")[0] == 1


def test_a_report_goes_to_a_file(keyaki: Keyaki) -> None:
    """With --output nothing is printed, and the file holds what would have been."""
    _, printed, _ = keyaki("check", "bad.json", "--format", "json")
    assert keyaki("check", "bad.json", "--format", "json", "--output", "out.json") == (1, "", "")
    assert Path("out.json").read_text() == printed
    status, _, err = keyaki("check", "bad.json", "--output", "no/such/folder/out.json")
    assert status == 2
    assert "cannot write `no/such/folder/out.json`" in err


def test_colour_is_never_in_a_pipe_unless_forced(keyaki: Keyaki, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output that is no terminal gets no escapes; FORCE_COLOR gives them, NO_COLOR and --no-color take them."""
    assert "\x1b" not in keyaki("check", "bad.json")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in keyaki("check", "bad.json")[1]
    assert "\x1b" not in keyaki("check", "bad.json", "--no-color")[1]
    assert "\x1b" not in keyaki("check", "bad.json", "--format", "json")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in keyaki("check", "bad.json")[1]


def test_undecided_is_1(keyaki: Keyaki, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not settled is no success."""

    def unsettled(*arguments: Any, **options: Any) -> list[Result]:
        return [
            evolve(
                result, outcome="UNDECIDED", verdict=evolve(result.verdict, outcome=Outcome.UNDECIDED, grants=(), reason="why")
            )
            for result in judge(*arguments, **options)
        ]

    monkeypatch.setattr(command, "judge", unsettled)
    status, out, _ = keyaki("check", "bad.json", "--verify")
    assert status == 1
    assert "not settled: why" in out


def test_evidence_that_is_rejected_is_an_error_and_no_verdict(keyaki: Keyaki, monkeypatch: pytest.MonkeyPatch) -> None:
    """--verify asks the checker about every verdict, and turns what it rejects into an ERROR that says whose fault it is."""
    asked = []

    def reject(policy: Any, verdict: Any) -> None:
        asked.append((policy, verdict))
        raise EvidenceError("state 3 is missing")

    monkeypatch.setattr("keyaki.checker.verify.verify", reject)
    assert keyaki("check", "good.json")[0] == 0
    status, out, _ = keyaki("check", "good.json", "bad.json", "--verify")
    assert status == 2
    assert len(asked) == 2
    assert "the evidence of this PASSED was rejected: state 3 is missing" in out
    assert "2 ERROR" in out


def test_parameters_reach_the_selection(keyaki: Keyaki) -> None:
    """A policy that serves only as a boundary is left out by KMS.1 unless the option says otherwise."""
    policy = {
        "PolicyName": "boundary",
        "Arn": "arn:aws:iam::111122223333:policy/boundary",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 1,
        "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": json.loads(policy_text())}],
    }
    account: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [policy]}
    Path("account.json").write_text(json.dumps(account))
    assert keyaki("check", "account.json")[0] == 2
    status, out, _ = keyaki("check", "account.json", "--no-exclude-permission-boundary-policy", "--format", "json")
    assert status == 1
    subject = json.loads(out)["results"][0]["subject"]
    assert subject["kind"] == str(Kind.MANAGED_POLICY)
    assert subject["pointer"] == "/Policies/0/PolicyVersionList/0/Document"
