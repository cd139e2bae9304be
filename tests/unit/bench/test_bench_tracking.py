from __future__ import annotations

import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

from calibration import calibration
from provenance import environment, git, provenance
from tracking import (
    PACKAGES,
    duration,
    exponent,
    file_name,
    growth,
    moved,
    moves,
    read_all,
    record_of,
    series,
    table,
    trebled,
    write,
)

TRACK = Path(__file__).parents[3] / "bench" / "track"


def entry(name: str, median: float, least: float, **facts: Any) -> dict[str, Any]:
    """One benchmark of pytest-benchmark's report, in seconds, beside a calibration loop of one millisecond."""
    return {
        "fullname": f"bench/bench_decide.py::test_{name}",
        "stats": {"median": median, "min": least, "iqr": 0.0, "rounds": 7},
        "extra_info": {"calibration": 1e6, "calibration_least": 1e6, **facts},
    }


def record(*entries: dict[str, Any], date: str = "2030-01-02T03:04:05+00:00") -> dict[str, Any]:
    """A record of these benchmarks."""
    origin = {"date": date, "commit": "abc1234", "changed": False, **environment(PACKAGES)}
    return record_of({"benchmarks": entries}, origin)


def test_a_ratio_is_to_the_calibration_loop() -> None:
    """A result's ratio is its median over the loop's, ``least`` that of the minima, ``times`` that over another program."""
    found = record(entry("pairs[50]", 0.004, 0.003, versus={"json.loads": 2e6}))["results"]["decide/pairs[50]"]
    assert (found["median_ns"], found["ratio"], found["least"]) == (4_000_000, 4.0, 3.0)
    assert (found["versus_ns"], found["times"]) == ({"json.loads": 2_000_000}, {"json.loads": 2.0})


def test_a_record_says_what_made_it_and_not_where() -> None:
    """A record has commit, Python and versions, and neither the host's name nor a path."""
    from platform import node

    found = record(entry("a", 1, 1))
    assert (found["commit"], found["changed"], found["packages"]["lark"][:1]) == ("abc1234", False, "1")
    assert set(found["machine"]) == {"system", "machine", "cores", "python"}
    assert str(Path.home()) not in str(found)
    assert not node() or node() not in str(found["machine"])


def test_a_record_begins_with_where_it_comes_from() -> None:
    """The facts of a run are date, commit, whether the commit is all that was measured, machine and versions."""
    found = provenance(["lark", "no-such-package"])
    assert set(found) == {"date", "commit", "changed", "machine", "packages"}
    assert found["date"].endswith("+00:00")
    assert set(found["packages"]) == {"lark"}


def test_without_a_repository_a_record_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no git, or it knows nothing of the folder, the commit is unknown."""
    monkeypatch.setenv("PATH", "")
    assert git("rev-parse", "HEAD") == ""
    assert provenance([])["commit"] == "unknown"


@pytest.mark.parametrize(("now", "told"), [(1.14, False), (1.16, True), (0.88, False), (0.86, True)])
def test_what_moved(now: float, told: bool) -> None:
    """A result moved iff its ratio is more than 1.15 times the old one, or less than a 1.15th of it."""
    assert bool(moved(moves(record(entry("a", 1, 1)), record(entry("a", now, now))))) is told


@pytest.mark.parametrize(("median", "least", "told"), [(3.1, 3.1, True), (2.9, 3.1, False), (3.1, 2.9, False), (0.2, 0.2, False)])
def test_what_trebled(median: float, least: float, told: bool) -> None:
    """A result trebled iff both quotients are above three: one disturbed round does not make a run fail."""
    assert bool(trebled(moves(record(entry("a", 1, 1)), record(entry("a", median, least))))) is told


def test_only_what_both_have_is_compared() -> None:
    """A benchmark that is new, or gone, has not moved."""
    assert moves(record(entry("gone", 1, 1)), record(entry("new", 9, 9))) == []


def test_records_are_read_oldest_first(tmp_path: Path) -> None:
    """Files sort by date, what was written is read, and a record of another schema is left alone."""
    later, earlier = record(entry("a", 1, 1)), record(entry("a", 2, 2), date="2029-12-31T23:59:00+00:00")
    assert write(later, tmp_path).name == file_name(later) == "2030-01-02T0304-abc1234.json"
    write(earlier, tmp_path)
    (tmp_path / "0.json").write_text('{"schema": 0}')
    assert read_all(tmp_path) == [earlier, later]


def test_a_record_has_a_line_for_each_result(tmp_path: Path) -> None:
    """Results stand on lines of their own, so that a comparison of two files shows which have changed."""
    text = write(record(entry("a", 1, 1), entry("b", 2, 2)), tmp_path).read_text()
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith(" ")] == [' "decide/a"', ' "decide/b"']


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(power: float) -> None:
    """Points on n ** e give e, and a single size gives none."""
    assert exponent([(n, 3 * n**power) for n in (10, 100, 1000)]) == pytest.approx(power)
    assert exponent([(10, 1.0), (10, 2.0)]) is None


def test_families_are_series() -> None:
    """Results of a family and program form a series by size, and the tables have a row for each."""
    sizes = [entry(f"p[{n}]", n / 1000, n / 1000, family="pairs", n=n) for n in (100, 10)]
    found = record(*sizes, entry("q", 0.001, 0.001, family="pairs", n=10, spread={"median": 5, "p99": 9}))
    assert series(record(*sizes)) == {("pairs", "keyaki"): [(10, 10.0), (100, 100.0)]}
    assert any(line.startswith("| pairs | keyaki | 10, 100 |") and line.endswith("| 1.00 |") for line in growth(record(*sizes)))
    assert any("| 5 ns |" in line and line.endswith("| 9 ns |") for line in table(found))


def test_durations_are_short() -> None:
    """A time has three digits and a unit."""
    assert [duration(value) for value in (12.0, 1234.0, 56_789_000.0, 2e9)] == ["12 ns", "1.23 µs", "56.8 ms", "2 s"]


def test_the_calibration_loop_does_its_work() -> None:
    """The loop gives the sum that it always gave, or raises."""
    assert calibration() > 0


def test_the_command_explains_itself() -> None:
    """``bench/track --help`` works without a benchmark being run."""
    found = subprocess.run([sys.executable, TRACK, "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert "--smoke" in found.stdout


@pytest.fixture
def track(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command as a module, with a folder of its own for records."""
    loader = SourceFileLoader("track", str(TRACK))
    module = module_from_spec(spec_from_loader("track", loader))
    loader.exec_module(module)
    monkeypatch.setattr(module, "RECORDS", tmp_path)
    monkeypatch.setattr(module, "HERE", tmp_path / "bench")
    return module


def run(track: Any, monkeypatch: pytest.MonkeyPatch, new: dict[str, Any] | None, *options: str) -> int:
    """What the command exits with where the suite gives a record, or None for one that failed."""
    monkeypatch.setattr(track, "_run", lambda _: new)
    monkeypatch.setattr(sys, "argv", ["track", *options])
    return int(track.main())


def test_a_smoke_run_without_a_record_passes_and_says_so(
    track: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Where there is nothing to compare with, a smoke run passes, tells it, and keeps nothing."""
    assert run(track, monkeypatch, record(entry("a", 1, 1)), "--smoke") == 0
    assert "no earlier record" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("now", "status"), [(2.9, 0), (3.1, 1)])
def test_a_smoke_run_fails_iff_a_ratio_trebled(track: Any, monkeypatch: pytest.MonkeyPatch, now: float, status: int) -> None:
    """A kept run never fails for a ratio, a smoke run does iff one has more than trebled since the last record."""
    write(record(entry("a", 99, 99), date="2029-01-01T00:00:00+00:00"), track.RECORDS)
    write(record(entry("a", 1, 1), date="2029-01-02T00:00:00+00:00"), track.RECORDS)
    assert run(track, monkeypatch, record(entry("a", now, now)), "--smoke") == status
    assert run(track, monkeypatch, record(entry("a", now, now))) == 0


def test_a_run_is_kept_and_says_what_moved(
    track: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole run is written to the folder, and what moved by more than 15 % is told with its factor."""
    write(record(entry("a", 1, 1), entry("b", 1, 1), date="2029-01-01T00:00:00+00:00"), track.RECORDS)
    new = record(entry("a", 1.5, 1.5), entry("b", 1.1, 1.1))
    assert run(track, monkeypatch, new) == 0
    assert read_all(track.RECORDS)[-1] == new
    told = capsys.readouterr().out
    assert "1.50 x  decide/a" in told
    assert "decide/b" not in told


def test_a_suite_that_fails_is_no_record(track: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where a benchmark gives a wrong answer, nothing is kept and the command fails."""
    assert run(track, monkeypatch, None) == 1
    assert list(tmp_path.iterdir()) == []
