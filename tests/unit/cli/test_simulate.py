from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from keyaki.cli.main import main
from keyaki.cli.simulate import context_from
from keyaki.errors import QuestionError

KEY = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Use", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
   "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}},
  {"Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:eu-west-1:*:key/*"}
]}"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """A policy in a file."""
    path = tmp_path / "policy.json"
    path.write_text(POLICY)
    return str(path)


@pytest.mark.parametrize(
    ("resource", "context", "decision"),
    [
        (KEY, '{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}', "allow"),
        (KEY, "{}", "implicitDeny"),
        (KEY.replace("us-east-1", "eu-west-1"), "{}", "explicitDeny"),
    ],
)
def test_the_status_is_0_whatever_the_decision(
    policy: str, resource: str, context: str, decision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each decision is printed, in both formats, and is no failure."""
    arguments = ["simulate", policy, "--action", "kms:Decrypt", "--resource", resource, "--context", context]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(f"{decision}  kms:Decrypt on {resource}\n")
    assert main([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["decision"] == decision


def test_the_trace_tells_each_statement(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For every statement the trace says whether it applies, and if not, which parts do not hold."""
    assert main(["simulate", policy, "--action", "kms:Decrypt", "--resource", KEY]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"implicitDeny  kms:Decrypt on {KEY}",
        "  no statement applies",
        "  Statement[0] `Use`, an Allow at 2:3, does not apply",
        "    StringEquals kms:ViaService `s3.eu-west-1.amazonaws.com` does not hold, it is absent",
        "  Statement[1], a Deny at 4:3, does not apply",
        "    its Resource `arn:aws:kms:eu-west-1:*:key/*` does not cover the resource",
    ]


def test_the_trace_as_data(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets the truth of every part of every statement."""
    context = '{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}'
    main(["simulate", policy, "--action", "kms:Encrypt", "--resource", KEY, "--context", context, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["request"] == {"action": "kms:Encrypt", "resource": KEY, "context": json.loads(context)}
    first, second = document["statements"]
    assert (first["index"], first["sid"], first["line"], first["column"], first["effect"]) == (0, "Use", 2, 3, "Allow")
    assert (first["applies"], first["action"], first["resource"]) == (False, False, True)
    assert [condition["holds"] for condition in first["conditions"]] == [True]
    assert (second["applies"], second["action"], second["resource"]) == (False, True, False)


def test_context_from_text_and_from_a_file(tmp_path: Path) -> None:
    """An object is taken as given, anything else is the name of a file that holds one; numbers keep their text."""
    text = '{"a:b": "x", "a:c": ["y", true], "a:d": 1.50, "a:e": false, "a:f": [], "a:g": 10000000000000000000001}'
    expected = {"a:b": "x", "a:c": ["y", "true"], "a:d": "1.50", "a:e": "false", "a:f": [], "a:g": "10000000000000000000001"}
    path = tmp_path / "context.json"
    path.write_text("\ufeff" + text, "utf-8")
    assert context_from(text) == context_from(str(path)) == expected
    assert context_from(None) == {}


@pytest.mark.parametrize(
    "text",
    ['{"a:b": null}', '{"a:b": {}}', '{"a:b": [["x"]]}', '{"a:b": "x", "A:B": "y"}', '{"a:b": "x",}', "{" + '"a":[' * 100_000],
)
def test_a_context_that_is_none_is_refused(text: str) -> None:
    """Null, objects, nested lists, a key in two cases, broken and bottomless JSON are errors of the user's."""
    with pytest.raises(QuestionError) as caught:
        context_from(text)
    assert caught.value.code == "bad-context"


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.json", "--action", "kms:Decrypt", "--resource", "*"],
        ["POLICY", "--action", "kms:*", "--resource", "*"],
        ["POLICY", "--action", "Decrypt", "--resource", "*"],
        ["POLICY", "--action", "kms:Decrypt", "--resource", "my-key"],
        ["POLICY", "--action", "kms:Decrypt", "--resource", "*", "--context", "missing.json"],
        ["POLICY", "--action", "kms:Decrypt", "--resource", "*", "--context", "{"],
        ["-", "--action", "kms:Decrypt", "--resource", "*", "--context", "-"],
    ],
)
def test_bad_input_is_2(policy: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is no request or no policy is said on standard error."""
    assert main(["simulate", *(policy if word == "POLICY" else word for word in arguments)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("keyaki: ")


def test_a_policy_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy may be piped in; a broken one is told with its place."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(POLICY.encode())))
    assert main(["simulate", "-", "--action", "kms:Decrypt", "--resource", KEY]) == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    assert main(["simulate", "-", "--action", "kms:Decrypt", "--resource", KEY]) == 2
    assert "line 1, column" in capsys.readouterr().err
