from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from charts import Point, draw, points


def record(*results: dict[str, Any]) -> dict[str, Any]:
    """A record of these results."""
    named = {f"decide/{number}": result for number, result in enumerate(results)}
    return {"date": "2030-01-02T03:04:05+00:00", "commit": "abc1234", "results": named}


def grown(n: int, took: int, **facts: Any) -> dict[str, Any]:
    """A result of a family that the chart shows."""
    return {"family": "windows, unsat", "n": n, "median_ns": took, "ratio": 1.0, **facts}


def test_points_are_of_one_family_and_program_by_size() -> None:
    """A line has the points of its family and program, in milliseconds and by size; who says nothing of its maker is keyaki."""
    found = record(
        grown(20, 4_000_000), grown(5, 1_000_000, by="keyaki"), grown(5, 9, by="z3"), grown(7, 9) | {"family": "windows, sat"}
    )
    assert points(found, "windows, unsat", "keyaki") == [Point(5, 1.0, True), Point(20, 4.0, True)]


@pytest.mark.parametrize(
    ("said", "answered"), [("FAILED", True), ("PASSED", True), ("timeout", False), ("unknown", False), ("error", False)]
)
def test_silence_is_a_cross(said: str, answered: bool) -> None:
    """A point without an answer is told apart."""
    assert points(record(grown(5, 1, by="z3", said=said)), "windows, unsat", "z3")[0].answered is answered


def test_the_same_records_draw_the_same_bytes(tmp_path: Path) -> None:
    """Both charts are SVG, and drawing them again changes nothing."""
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    records = [record(grown(5, 1_000_000), grown(20, 2_000_000))]
    rivals = record(grown(5, 1_000_000, by="keyaki"), grown(5, 2_000_000_000, by="z3", said="timeout"))
    first = [path.read_bytes() for path in draw(records, rivals, tmp_path)]
    again = [path.read_bytes() for path in draw(records, rivals, tmp_path)]
    assert first == again
    assert all(b"<svg" in image for image in first)
