from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from keyaki.cli.main import main

ONE_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SCHEMA = json.loads(files("keyaki.outputs").joinpath("evidence.schema.json").read_text("utf-8"))
Keyaki = Callable[..., tuple[int, str, str]]


def policy_text(resource: str = "*", **condition: Any) -> str:
    """A policy that allows decryption on the resource."""
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def keyaki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keyaki:
    """Runs the command in a folder of three policies, the evidence of two of them in e.json; gives status, output and error."""
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_text(policy_text())
    Path("good.json").write_text(policy_text(ONE_KEY))
    Path("more").mkdir()
    Path("more/other.json").write_text(policy_text(StringEquals={"aws:TagKeys": ["a", "b"]}))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    assert run("check", "bad.json", "good.json", "--proof", "e.json", "--scope", "all", "--mode", "both")[0] == 1
    return run


def changed(change: Callable[[Any], None]) -> None:
    """Changes the evidence file."""
    document = json.loads(Path("e.json").read_text())
    change(document)
    Path("e.json").write_text(json.dumps(document))


def test_the_evidence_file_follows_its_schema(keyaki: Keyaki) -> None:
    """Of both outcomes, in every scope and mode; the same question gives the same bytes."""
    text = Path("e.json").read_text()
    document = json.loads(text)
    jsonschema.validate(document, SCHEMA)
    assert {entry["outcome"] for entry in document["evidence"]} == {"PASSED", "FAILED"}
    assert len(document["evidence"]) == 16
    keyaki("check", "bad.json", "good.json", "--proof", "f.json", "--scope", "all", "--mode", "both")
    assert Path("f.json").read_text() == text


def test_evidence_that_holds_is_0(keyaki: Keyaki) -> None:
    """Against the policies where they were, and where they lie now."""
    status, out, _ = keyaki("verify", "e.json")
    assert status == 0
    assert out.count("holds ") == 16
    assert "16 hold, 0 rejected\n" in out
    Path("bad.json").rename("more/b.json")
    Path("good.json").rename("more/g.json")
    status, out, _ = keyaki("verify", "e.json", "more")
    assert status == 0
    assert "of 1 policies the file says nothing" in out


def test_a_changed_policy_rejects_its_evidence(keyaki: Keyaki) -> None:
    """What is said of the policy as it was is not said of it as it is."""
    Path("good.json").write_text(policy_text(ONE_KEY + "*"))
    status, out, _ = keyaki("verify", "e.json")
    assert status == 1
    assert "8 hold, 8 rejected" in out
    assert "it may have been changed" in out


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.update(outcome="PASSED" if entry["outcome"] == "FAILED" else "FAILED"),
        lambda entry: entry.update(witnesses=[], certificate=None),
        lambda entry: entry["question"].update(actions=["kms:Encrypt"]),
        lambda entry: entry.update(policy="0" * 64),
        lambda entry: (
            [one["witness"].update(resource="arn:aws:kms:eu-west-1:111122223333:alias/x") for one in entry["witnesses"]]
            or (entry["certificate"] or {}).update(proofs=[])
        ),
    ],
)
def test_changed_evidence_is_rejected(keyaki: Keyaki, change: Callable[[Any], None]) -> None:
    """Another outcome, no evidence, another question, another policy, another witness or proof: all of it is 1."""
    changed(lambda document: [change(entry) for entry in document["evidence"]])
    status, out, _ = keyaki("verify", "e.json", ".")
    assert status == 1
    assert "0 hold, 16 rejected" in out


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("schema"),
        lambda document: document.update(schema=2),
        lambda document: document.update(evidence=None),
        lambda document: document["evidence"].append(5),
        lambda document: document["evidence"][0].pop("subject"),
        lambda document: document["evidence"][0]["subject"].update(path=5),
        lambda document: document["evidence"][0].update(outcome="ELSE"),
        lambda document: document["evidence"][0].update(certificate=[]),
        lambda document: document["evidence"][0].update(witnesses=[5]),
        lambda document: document["evidence"][0]["witnesses"][0].update(index=True),
        lambda document: document["evidence"][0]["witnesses"][0]["witness"].update(context=[]),
        lambda document: document["evidence"][0]["question"].update(actions=["kms:Else"]),
        lambda document: document["evidence"][0]["question"].update(actions=[[]]),
        lambda document: document["evidence"][0]["question"].update(partition="moon"),
        lambda document: document["evidence"][0]["question"].update(scope="else"),
        lambda document: document["evidence"].clear(),
    ],
)
def test_a_file_that_is_no_evidence_is_2(keyaki: Keyaki, change: Callable[[Any], None]) -> None:
    """Whatever is missing or stands where something else belongs; nothing is said to hold."""
    changed(change)
    status, out, error = keyaki("verify", "e.json")
    assert status == 2
    assert not out
    assert error.startswith("keyaki: ")


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_a_text_that_is_no_evidence_is_2(keyaki: Keyaki, text: str) -> None:
    """Nor is what is no JSON, or nested beyond reading."""
    Path("e.json").write_text(text)
    status, _, error = keyaki("verify", "e.json")
    assert status == 2
    assert "no evidence file" in error


def test_what_cannot_be_read_is_2(keyaki: Keyaki) -> None:
    """A missing evidence file, a missing policy, which does not keep the others from being checked."""
    assert keyaki("verify", "missing.json")[0] == 2
    Path("good.json").unlink()
    status, out, _ = keyaki("verify", "e.json")
    assert status == 2
    assert "8 hold, 8 rejected" in out
    assert "unreadable  good.json" in out


def test_standard_input(keyaki: Keyaki, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evidence may come from it, or the policies, but not both; evidence of policies from it names no place to look."""

    def given(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(Path("e.json").read_text())
    assert keyaki("verify", "-", ".")[0] == 0
    given(policy_text())
    assert keyaki("verify", "e.json", "-")[0] == 1
    assert keyaki("verify", "-", "-")[0] == 2
    given(policy_text())
    assert keyaki("check", "-", "--proof", "s.json")[0] == 1
    assert keyaki("verify", "s.json")[0] == 2
    assert keyaki("verify", "s.json", "bad.json")[0] == 0


def test_undecided_and_unreadable_policies_leave_no_evidence(keyaki: Keyaki) -> None:
    """Only verdicts have evidence; the file is written although something could not be read."""
    Path("broken.json").write_text("{")
    assert keyaki("check", "broken.json", "good.json", "--proof", "f.json", "--budget", "1")[0] == 2
    assert len(json.loads(Path("f.json").read_text())["evidence"]) <= 1


def test_evidence_goes_to_a_file(keyaki: Keyaki) -> None:
    """Standard output is the report's; a folder takes no evidence."""
    assert keyaki("check", "good.json", "--proof", "-")[0] == 2
    assert keyaki("check", "good.json", "--proof", "more")[0] == 2
