from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from keyaki.cli.streams import sink
from keyaki.errors import InputError


def test_a_report_takes_the_place_of_the_file_when_it_is_whole(tmp_path: Path) -> None:
    """The old content stands until the body has ended, and nothing else is left in the folder."""
    target = tmp_path / "report.json"
    target.write_text("old")
    with sink(str(target)) as where:
        where.stream.write("new\n")
        where.stream.flush()
        assert target.read_text() == "old"
    assert target.read_bytes() == b"new\n"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def break_off(output: str, failure: type[BaseException]) -> None:
    """Starts a report and fails."""
    with sink(output) as where:
        where.stream.write("new\n")
        raise failure


def test_a_report_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    """An exception or an interrupt in the body changes nothing and leaves no draft."""
    target = tmp_path / "report.json"
    target.write_text("old")
    for failure in (ValueError, KeyboardInterrupt):
        with pytest.raises(failure):
            break_off(str(target), failure)
    assert target.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_report_keeps_the_mode_of_the_file_and_follows_links(tmp_path: Path) -> None:
    """Replacing a file neither opens nor closes it to others, and a link goes on pointing at it."""
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    with sink(str(link)) as where:
        where.stream.write("new\n")
    assert link.is_symlink()
    assert target.read_text() == "new\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.skipif(not Path(os.devnull).exists() or os.name == "nt", reason="needs a device file")
def test_a_device_is_written_directly() -> None:
    """What is no regular file is not replaced."""
    with sink(os.devnull) as where:
        where.stream.write("x")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", ["", "missing/report.json"])
def test_a_place_that_cannot_be_written_is_an_error_with_its_name(tmp_path: Path, name: str) -> None:
    """A folder, and a file in a folder that is not there, are refused before the body runs."""
    with pytest.raises(InputError, match="cannot write"), sink(str(tmp_path / name)):
        pytest.fail("the body must not run")


def test_standard_output_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file, or with -, the report goes to standard output, in colour only where that is wanted."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for output in (None, "-"):
        with sink(output) as where:
            assert where.stream is sys.stdout
            assert not where.colour
            assert where.columns is None
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with sink(None) as where:
        assert where.colour
    with sink(None, no_colour=True) as where:
        assert not where.colour


def test_a_file_is_never_coloured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR is about the terminal and puts no escapes into a file."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with sink(str(tmp_path / "report.txt")) as where:
        assert not where.colour
