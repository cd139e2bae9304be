from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from targets import TARGETS, growth, reached, result, worst

BENCH = Path(__file__).parents[3] / "bench"


def record(**results: dict[str, Any]) -> dict[str, Any]:
    """A record of these results."""
    return {"results": {name.replace("__", "/"): found for name, found in results.items()}}


def test_a_figure_stands_at_its_path() -> None:
    """A figure is the median of a result, or what stands deeper in it; what a record lacks is None."""
    found = record(decide__a={"median_ns": 7, "spread": {"p99": 9}})
    assert result("decide/a")(found) == 7
    assert result("decide/a", "spread", "p99")(found) == 9
    assert result("decide/a", "times", "p99")(found) is None
    assert result("decide/b")(found) is None


def test_the_worst_counts() -> None:
    """Of several results the slowest counts, of several families the one that grows most."""
    found = record(
        h__1={"median_ns": 1e6, "family": "h x", "n": 10},
        h__2={"median_ns": 1e8, "family": "h x", "n": 100},
        h__3={"median_ns": 1e6, "family": "h y", "n": 10},
        h__4={"median_ns": 1e7, "family": "h y", "n": 100},
    )
    assert worst("h/")(found) == 1e8
    assert growth("h ")(found) == pytest.approx(2)
    assert (worst("g/")(found), growth("g ")(found)) == (None, None)


def test_what_is_not_reached_is_told() -> None:
    """A figure above its bound is marked, one at it is not, and one that is not there has no line."""
    found = record(**{"decide__hex_denies[16]": {"median_ns": 1_000_001}, "decide__crossing_globs": {"median_ns": 3_000_000}})
    _, _, *lines = reached(found)
    assert [line.endswith("| not yet |") for line in lines] == [True, False]


def test_each_target_has_its_benchmark() -> None:
    """Every result that a target reads is that of a benchmark, so that none is passed by a name that nothing has."""
    tests = {
        f"{path.stem.removeprefix('bench_')}/{name}"
        for path in BENCH.glob("bench_*.py")
        for name in re.findall(r"^def test_(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    read = set(re.findall(r'result\("(\w+/\w+)', (BENCH / "targets.py").read_text(encoding="utf-8")))
    assert read
    assert read <= tests
    assert len(TARGETS) >= 20
