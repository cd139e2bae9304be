"""Evidence of the commands that ask about whole policies, and what they are asked of together."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from keyaki.cli.main import main

SCHEMA = json.loads(files("keyaki.outputs").joinpath("evidence.schema.json").read_text("utf-8"))
Keyaki = Callable[..., tuple[int, str]]
POLICIES: dict[str, list[dict[str, Any]]] = {
    "wide.json": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    "narrow.json": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b*"}],
    "guard.json": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:List*", "Resource": "*", "Condition": {"Null": {"aws:username": "false"}}},
    ],
    "none.json": [],
}


@pytest.fixture
def keyaki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keyaki:
    """Runs the command in a folder of some policies; gives its status and what it wrote."""
    monkeypatch.chdir(tmp_path)
    for name, statements in POLICIES.items():
        Path(name).write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def run(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


ASKED = [
    (["check-no-new-access", "narrow.json", "wide.json"], ["PASS"]),
    (["check-no-new-access", "wide.json", "narrow.json"], ["FAIL"]),
    (["check-no-new-access", "wide.json", "narrow.json", "--boundary", "none.json"], ["PASS"]),
    (["compare", "narrow.json", "wide.json", "--scp", "guard.json", "--scp", "wide.json"], ["PASS", "FAIL"]),
    (["diff", "narrow.json", "wide.json", "--session", "guard.json"], ["FAIL", "PASS"]),
    (["check-access-not-granted", "narrow.json", "--action", "s3:Put*"], ["PASS"]),
    (["check-access-not-granted", "narrow.json", "--action", "s3:Get*", "--resource", "*", "--quantifier", "fresh"], ["FAIL"]),
    (["check-access-not-granted", "narrow.json", "--action", "s3:*", "--scp", "guard.json"], ["FAIL"]),
]


@pytest.mark.parametrize(("arguments", "results"), ASKED)
def test_the_evidence_of_an_answer_is_written_and_holds(keyaki: Keyaki, arguments: list[str], results: list[str]) -> None:
    """It follows the schema, the same question gives the same bytes, and the checker accepts it, here and from the file."""
    status, output = keyaki(*arguments, "--verify", "--proof", "e.json")
    assert status in {0, 1}, output
    document = json.loads(Path("e.json").read_text())
    jsonschema.validate(document, SCHEMA)
    assert [one["result"] for one in document["answers"]] == results
    keyaki(*arguments, "--proof", "f.json")
    assert Path("e.json").read_text() == Path("f.json").read_text()
    status, output = keyaki("verify", "e.json")
    assert (status, output.count("holds ")) == (0, len(results))
    assert keyaki("verify", "e.json", *POLICIES)[0] == 0


@pytest.mark.parametrize(("arguments", "results"), ASKED[:5])
def test_the_evidence_of_an_answer_is_about_its_policies(keyaki: Keyaki, arguments: list[str], results: list[str]) -> None:
    """Where one of them has changed, or is not there, it is rejected."""
    keyaki(*arguments, "--proof", "e.json")
    Path("wide.json").write_text(Path("guard.json").read_text())
    status, output = keyaki("verify", "e.json", *POLICIES)
    assert (status, output.count("rejected  ")) == (1, len(results))
    assert keyaki("verify", "e.json", "none.json")[0] == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda one: one.update(result="PASS"), 1),
        (lambda one: one["certificate"].update(proofs=[]), 1),
        (lambda one: one["certificate"].update(question={"asks": "overlap"}), 1),
        (lambda one: one["question"].update(asks="equivalence"), 1),
        (lambda one: one.update(sides=one["sides"][::-1]), 1),
        (lambda one: one.update(sides=one["sides"][:1]), 1),
        (lambda one: one.update(sides=[[], []]), 1),
        (lambda one: one.update(result="no"), 2),
        (lambda one: one.update(sides=[[[{}]]]), 2),
        (lambda one: one.update(certificate=[]), 2),
        (lambda one: one.update(question={"asks": "grants"}), 2),
        (lambda one: one.update(question={"asks": "grants", "actions": [], "resources": [], "quantifier": "some"}), 2),
        (lambda one: one.update(reasons=[{"statement": "0"}]), 2),
        (lambda one: one.pop("result"), 2),
    ],
)
def test_altered_evidence_of_an_answer_is_rejected(keyaki: Keyaki, change: Callable[[Any], None], status: int) -> None:
    """What does not hold is rejected, and what is malformed is no evidence file; neither ends in a traceback."""
    keyaki("check-no-new-access", "narrow.json", "wide.json", "--proof", "e.json")
    document = json.loads(Path("e.json").read_text())
    before = json.dumps(document)
    change(document["answers"][0])
    Path("e.json").write_text(json.dumps(document))
    found, output = keyaki("verify", "e.json", *POLICIES)
    assert (found, "Traceback" in output) == (0 if json.dumps(document) == before else status, False)


def test_what_has_no_evidence(keyaki: Keyaki) -> None:
    """An UNDECIDED leaves none, a grant on all resources has none to verify, and a summary is not asked for one."""
    asked = ["check-no-new-access", "wide.json", "narrow.json", "--budget", "1"]
    assert keyaki(*asked, "--verify", "--proof", "e.json")[0] == 1
    assert json.loads(Path("e.json").read_text())["answers"] == []
    everywhere = ["check-access-not-granted", "wide.json", "--action", "s3:*", "--quantifier", "all"]
    assert keyaki(*everywhere, "--verify")[0] == 2
    assert keyaki("summarise", "wide.json", "--proof", "e.json")[0] == 2
    assert keyaki("check-no-new-access", "wide.json", "narrow.json", "--proof", "-")[0] == 2
    assert keyaki("compare", "-", "wide.json", "--boundary", "-")[0] == 2


def test_a_boundary_restricts_both_sides(keyaki: Keyaki) -> None:
    """What the boundary, a service control policy or the session policy does not allow, no side does."""
    assert keyaki("compare", "wide.json", "narrow.json")[1].startswith("more permissive")
    for option in ("--boundary", "--scp", "--session"):
        assert keyaki("compare", "wide.json", "narrow.json", option, "narrow.json")[1].startswith("equivalent")
        assert keyaki("check-access-not-granted", "wide.json", "--action", "s3:Put*", option, "narrow.json")[0] == 0
