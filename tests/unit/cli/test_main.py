from __future__ import annotations

import gc
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest

from keyaki import __version__
from keyaki.cli import main as command
from keyaki.cli.main import MODES, SCOPES, main, parser
from keyaki.verdict import Mode, Scope


def keyaki(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the command as a process."""
    return subprocess.run(
        [sys.executable, "-m", "keyaki", *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_choices_are_those_of_the_engine() -> None:
    """Every scope and mode can be asked for, and all or both of them."""
    assert [*map(str, Scope), "all"] == list(SCOPES)
    assert [*map(str, Mode), "both"] == list(MODES)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is printed alone, and that is a success."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"keyaki {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["simulate", "-h"], ["explain", "-h"], ["demo", "-h"]])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command explains itself within 80 columns and succeeds."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("usage: keyaki")
    assert max(map(len, lines)) <= 80


def test_help_tells_exit_statuses_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of the command and of check shows how to call it and what its status means."""
    for arguments in (["--help"], ["check", "--help"]):
        main(arguments)
        out = capsys.readouterr().out
        assert "exit status:" in out
        assert "examples:" in out
        assert "130  interrupted" in out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["judge"],
        ["check", "x.json", "--scope", "everything"],
        ["check", "x.json", "--budget", "many"],
        ["check", "x.json", "--control", "KMS.9"],
        ["check", "x.json", "--control", ","],
        ["check", "x.json", "--partition", "moon"],
        ["check", "x.json", "--budget", "0"],
        ["check", "x.json", "--actions", "kms:ReEncrypt"],
        ["check", "x.json", "--management-account", "12"],
        ["simulate", "x.json", "--action", "kms:Decrypt"],
        ["explain", "KMS.9"],
    ],
)
def test_bad_usage_is_status_2_and_writes_nothing_to_standard_output(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be asked is said on standard error, without a traceback."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "keyaki" in captured.err
    assert "Traceback" not in captured.err


def test_start_up_loads_neither_the_engine_nor_lark() -> None:
    """Parsing the command line needs argparse and nothing that costs time."""
    code = "import sys; from keyaki.cli.main import main; main(['--version']); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert not {"lark", "attr", "attrs", "keyaki.policy", "keyaki.decision", "json", "textwrap"} & set(loaded)


def test_an_interrupt_is_status_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Control-C ends the command without a traceback."""

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_run", interrupted)
    assert main([]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_fault_of_keyaki_is_never_the_status_of_a_failed_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was not foreseen is shown in full and gives 2, not 1."""

    def broken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(command, "_run", broken)
    assert main([]) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_closed_pipe_ends_quietly() -> None:
    """A reader that goes away, as head does, gets no traceback."""
    code = "import sys; from keyaki.cli.main import main; sys.exit(main(['explain', 'KMS.1']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_said_in_one_line() -> None:
    """A report that cannot be written is no success and no traceback."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "keyaki", "explain", "KMS.1"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr == b"keyaki: cannot write: no space left on device\n"


def test_python_m_keyaki_is_the_command() -> None:
    """The module runs the same command and passes its status on."""
    assert keyaki("--version").stdout == f"keyaki {__version__}\n"
    assert keyaki("check", "--scope", "none").returncode == 2


def test_every_option_of_check_stands_in_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The documented options exist under the documented names, aliases too."""
    main(["check", "--help"])
    out = capsys.readouterr().out
    for option in (
        "--control",
        "--scope",
        "--mode",
        "--actions",
        "--blocked-actions-patterns",
        "--partition",
        "--legacy",
        "--budget",
        "--verify",
        "--format",
        "--output",
        "--quiet",
        "--jobs",
        "--no-color",
        "--exclude-permission-boundary-policy",
        "--no-exclude-permission-boundary-policy",
        "--exclude-role-by-management-account",
        "--management-account",
    ):
        assert option in out


def test_options_mean_the_same_under_both_names() -> None:
    """An alias sets what the first name sets."""
    parse = parser().parse_args
    assert parse(["check", "--actions", "a,b"]).actions == parse(["check", "--blocked-actions-patterns", "a,b"]).actions
    assert parse(["check"]).exclude_permission_boundary_policy is None
    assert parse(["check", "--exclude-permission-boundary-policy"]).exclude_permission_boundary_policy is True
    assert parse(["check", "--no-exclude-permission-boundary-policy"]).exclude_permission_boundary_policy is False


def test_a_parser_for_one_command_is_the_whole_one_there() -> None:
    """Arguments are made only of the sub-command that is named, and those are the ones that the whole parser has."""
    whole = commands(parser())
    for name, one in whole.items():
        assert commands(parser([name, "x"]))[name].format_help() == one.format_help()
    assert commands(parser(["check", "x"]))["demo"].format_help() != whole["demo"].format_help()


def commands(top: ArgumentParser) -> dict[str, ArgumentParser]:
    """The parsers of the sub-commands."""
    (action,) = (action for action in top._actions if action.dest == "command")
    assert isinstance(action.choices, dict)
    return action.choices


def test_a_caller_keeps_its_garbage_collector() -> None:
    """Only a process that is the command's own is told when to look for garbage; with arguments given, it is the caller's."""
    before = gc.get_threshold(), gc.get_freeze_count()
    assert main(["explain"]) == 0
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
    code = "import gc, sys; from keyaki.cli.main import main; main(); print(gc.get_freeze_count() > 0, file=sys.stderr)"
    found = subprocess.run([sys.executable, "-c", code, "explain"], capture_output=True, text=True, check=True, timeout=60)
    assert found.stderr.strip() == "True"
