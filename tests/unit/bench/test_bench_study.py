from __future__ import annotations

import csv
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

import keyaki
from study import __main__ as command
from study.growth import FAMILIES, of_pairs
from study.sources import of_families, of_folder, of_versions
from study.subject import Subject, sizes, status
from study.table import Table, programs, read, summary
from study.trial import columns, trial

OPEN: dict[str, Any] = {"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}
SHUT: dict[str, Any] = {"Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "arn:aws:s3:::b/*"}}


@pytest.fixture(autouse=True)
def _no_solvers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No solver is needed, or started."""
    monkeypatch.setattr(command, "_solver", lambda _name, _seconds: None)


def test_families_have_the_answers_that_are_known() -> None:
    """The engine's answer to each member of a family is the one known beforehand, in both variants."""
    found = [*of_families((2, 4)), *of_pairs((1, 3, 8))]
    assert len(found) == 40
    for subject in found:
        assert status(subject.question, subject.policies()) == subject.known, subject


def test_families_grow() -> None:
    """A larger member of a family has more of what its name says."""
    for name, place in {"statements": 0, "denies": 0, "keys": 3, "patterns": 2}.items():
        small, large = (sizes(tuple(map(keyaki.policy_from, FAMILIES[name](n, holds=True)))) for n in (4, 8))
        assert large[place] > small[place], name


def test_sizes_count_what_stands_in_the_policies() -> None:
    """Statements, atoms, characters of patterns, and condition keys however they are spelt."""
    condition = {"StringLike": {"aws:UserAgent": ["a", "bc"]}, "StringEquals": {"AWS:useragent": "d"}}
    one = keyaki.policy_from({"Statement": {**SHUT["Statement"], "Condition": condition}})
    assert sizes((one,)) == (1, 6, 7 + 7 + 16 + 4, 1)
    assert sizes((one, one)) == (2, 12, 68, 1)


def test_a_folder_gives_its_identity_policies_in_order(tmp_path: Path) -> None:
    """Files of a folder are taken by name; what is no identity policy is left out."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "b.json").write_text(json.dumps(SHUT))
    (tmp_path / "inner" / "a.json").write_text(json.dumps(OPEN))
    (tmp_path / "c.json").write_text("{")
    (tmp_path / "d.json").write_text(json.dumps({"Statement": {**OPEN["Statement"], "Principal": "*"}}))
    found = list(of_folder(tmp_path))
    assert [(one.question, one.name) for one in found] == [
        ("control", "b.json"),
        ("control", "inner/a.json"),
        ("implies", "b.json inner/a.json"),
        ("disjoint", "b.json inner/a.json"),
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.xz"])
def test_versions_are_compared_both_ways(tmp_path: Path, suffix: str) -> None:
    """Each two consecutive versions of one policy give two questions; ``every`` thins the pairs out."""
    lines = [("one", 1, OPEN), ("one", 2, SHUT), ("two", 1, SHUT), ("one", 3, OPEN)]
    text = "".join(json.dumps({"name": name, "version": number, "doc": doc}) + "\n" for name, number, doc in lines)
    file = tmp_path / f"versions{suffix}"
    file.write_bytes(lzma.compress(text.encode()) if suffix.endswith("xz") else text.encode())
    assert [one.name for one in of_versions(file)] == ["one 2 1", "one 1 2", "one 3 2", "one 2 3"]
    assert [one.name for one in of_versions(file, 2)] == ["one 2 1", "one 1 2"]


def test_a_trial_tells_when_answers_differ() -> None:
    """What is known and what the engine says are compared; one answer alone is open."""
    subject = Subject("families", "x", "1", "control", (OPEN,), 1, "sat")
    assert trial(subject, {}, ())["agree"] == "yes"
    assert trial(subject._replace(known="unsat"), {}, ())["agree"] == "no"
    assert trial(subject._replace(known=None), {}, ())["agree"] == "open"


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """A table with its header is read back, and its programs are the columns that have a time."""
    names = columns(("finite",), ("z3",))
    path = tmp_path / "table.csv"
    row = {**dict.fromkeys(names, ""), "question": "control", "family": "x", "keyaki": "sat", "keyaki_ms": "1.5", "agree": "open"}
    row |= {"z3_finite": "timeout", "z3_finite_ms": "2000.0"}
    with path.open("w", encoding="utf-8", newline="") as stream:
        Table(stream, names, {"seed": 7}).write(row)
    assert path.read_text(encoding="utf-8").startswith("# seed: 7\nquestion,source,")
    assert read(path) == [row]
    assert programs(names) == ["keyaki", "z3_finite"]
    lines = list(summary(read(path)))
    assert "1.5 ms" in lines[1]
    assert "2000.0 ms (1)" in lines[1]
    assert lines[-1] == "agree: 0 yes, 0 no, 1 open"


def test_the_command_writes_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A smoke run without solvers writes a row for each question, under a header with versions, and agrees with what is known."""
    assert command.main(["--smoke", "--no-plot", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "study.csv").read_text(encoding="utf-8")
    header = [line for line in text.splitlines() if line.startswith("# ")]
    assert any(line.startswith("# packages: {'keyaki'") for line in header)
    assert str(tmp_path) not in text
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("# ")))
    assert len(rows) == 24
    assert {row["agree"] for row in rows} == {"yes"}
    assert {row["question"] for row in rows} == {"control", "implies"}
    assert "agree: 24 yes, 0 no, 0 open" in capsys.readouterr().out


def test_the_same_rows_give_the_same_plot(tmp_path: Path) -> None:
    """The plot is SVG, and depends on the rows alone."""
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    from study.plot import draw

    rows = [
        {"question": "implies", "source": source, "family": "x", "n": n, "keyaki": said, "keyaki_ms": time}
        for source, n, said, time in (
            ("families", "1", "sat", "1"),
            ("families", "2", "timeout", "2"),
            ("managed", "", "sat", "1"),
        )
    ]
    draw(rows, tmp_path / "one.svg")
    draw(rows, tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"<svg" in (tmp_path / "one.svg").read_bytes()
