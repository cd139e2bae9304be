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


SHUT = """{"Version": "2012-10-17", "Statement":
  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:111122223333:key/a*"}}"""


@pytest.fixture
def other(tmp_path: Path) -> str:
    """A policy that allows less, in a file."""
    path = tmp_path / "other.json"
    path.write_text(SHUT)
    return str(path)


@pytest.mark.parametrize("dialect", ["zelkova", "finite"])
@pytest.mark.parametrize(
    ("question", "swapped", "status"),
    [
        ("implies", False, "sat"),
        ("implies", True, "unsat"),
        ("equivalent", False, "sat"),
        ("disjoint", False, "sat"),
    ],
)
def test_smt_asks_about_two_policies(
    policy: str, other: str, question: str, swapped: bool, status: str, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question about two policies is written in either dialect, with the engine's answer as its status."""
    paths = [other, policy] if swapped else [policy, other]
    assert main(["smt", *paths, "--question", question, "--dialect", dialect, "--status"]) == 0
    script = capsys.readouterr().out
    assert f"(set-info :status {status})" in script
    assert ("String" in script) is (dialect == "zelkova")
    assert script.endswith("(check-sat)\n")


@pytest.mark.parametrize("dialect", ["zelkova", "finite"])
@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--action", "kms:Sign"], "sat"),
        (["--action", "s3:*"], "unsat"),
        (["--resource", "arn:aws:s3:*"], "unsat"),
        (["--action", "kms:*", "--resource", "arn:aws:kms:*", "--quantifier", "fresh"], "sat"),
    ],
)
def test_smt_asks_what_is_granted(
    policy: str, options: list[str], status: str, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Patterns of actions and resources reach the script in either dialect."""
    assert main(["smt", policy, "--question", "not-granted", *options, "--dialect", dialect, "--status"]) == 0
    assert f"(set-info :status {status})" in capsys.readouterr().out


def test_smt_writes_the_control_in_finite_form(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The control has a finite form, with the options that it has otherwise."""
    assert main(["smt", policy, "--dialect", "finite", "--scope", "account", "--status"]) == 0
    script = capsys.readouterr().out
    assert "(set-info :status unsat)\n(set-logic QF_UF)" in script
    assert "scope account" in script


def test_smt_asks_for_a_model_of_two_policies(policy: str, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With --values the script asks for a request that shows the answer."""
    assert main(["smt", policy, other, "--question", "implies", "--values"]) == 0
    script = capsys.readouterr().out
    assert "(set-option :produce-models true)" in script
    assert script.endswith("(check-sat)\n(get-value (action resource))\n")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--question", "implies"], "`implies` is asked of two policies"),
        (["OTHER"], "`control` is asked of one policy"),
        (["OTHER", "--question", "not-granted", "--action", "s3:*"], "`not-granted` is asked of one policy"),
        (["--question", "not-granted"], "neither actions nor resources"),
        (["--question", "not-granted", "--dialect", "finite"], "neither actions nor resources"),
        (["--action", "s3:*"], "parts of the question `not-granted`"),
        (["--dialect", "finite", "--values"], "--values and --select-actions"),
        (["OTHER", "--question", "disjoint", "--select-actions"], "--select-actions is for the question `control`"),
    ],
)
def test_smt_refuses_questions_with_parts_that_do_not_fit(
    policy: str, other: str, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A part that is missing, or that the question has not, gives a message and status 2."""
    assert main(["smt", policy, *(other if part == "OTHER" else part for part in more)]) == 2
    found = capsys.readouterr()
    assert said in found.err
    assert found.out == ""


def test_smt_names_the_variable_that_the_finite_form_has_not(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A variable that ties two coordinates is refused by name in finite form, and in that alone."""
    text = OPEN.replace("}}", ', "Condition": {"StringEquals": {"aws:userid": "${aws:username}", "saml:a": "${aws:username}"}}}}')
    Path(policy).write_text(text)
    assert main(["smt", policy, "--dialect", "finite"]) == 2
    assert "${aws:username}" in capsys.readouterr().err
    assert main(["smt", policy]) == 0
