"""The plot: latency of each program against size, one panel for each parametric family; the other sources as distributions.

matplotlib is imported here only; it is in the extra ``bench``. The same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from study.table import programs
from study.trial import ANSWERS, Row

_ACROSS: Final = 3
_SETTINGS: Final = {
    "svg.hashsalt": "keyaki",
    "svg.fonttype": "none",
    "font.size": 8,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_MARKS: Final = {"keyaki": "o", "z3": "^", "cvc5": "s"}
_LINES: Final = {"keyaki": "-", "zelkova": "--", "finite": ":"}


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write the plot of some rows, at least one, as SVG. Hollow marks are questions without an answer."""
    import matplotlib as mpl  # noqa: PLC0415 - only plots need it

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    panels: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        panels.setdefault((row["source"], row["question"], row["family"]), []).append(row)
    down = -(-len(panels) // _ACROSS)
    with mpl.rc_context(_SETTINGS):
        figure, grid = plt.subplots(down, _ACROSS, figsize=(4 * _ACROSS, 2.6 * down), layout="constrained", squeeze=False)
        spaces = list(grid.flat)
        for axes, ((source, question, family), group) in zip(spaces, panels.items(), strict=False):
            axes.set_title(f"{source}: {family}" if family == question else f"{question}: {family}")
            axes.set_yscale("log")
            axes.set_ylabel("milliseconds")
            (_sized if group[0]["n"] != "" else _ranked)(axes, group)
        for axes in spaces[len(panels) :]:
            axes.set_visible(False)
        labels: dict[str, Any] = {}
        for axes in spaces[: len(panels)]:
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
                labels.setdefault(label, handle)
        figure.legend(list(labels.values()), list(labels), loc="outside upper center", ncols=len(labels), frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None}, format="svg")
        plt.close(figure)


def _sized(axes: Any, rows: Sequence[Row]) -> None:
    """Draw latency against the size of a family."""
    axes.set_xscale("log", base=2)
    axes.set_xlabel("n")
    for name in programs(rows[0]):
        points = sorted((int(row["n"]), float(row[f"{name}_ms"]), row[name] in ANSWERS) for row in rows if row.get(f"{name}_ms"))
        _line(axes, name, [n for n, _, _ in points], points)


def _ranked(axes: Any, rows: Sequence[Row]) -> None:
    """Draw latencies in order: how many questions are answered within how long."""
    axes.set_xlabel("questions answered within")
    for name in programs(rows[0]):
        points = sorted((0, float(row[f"{name}_ms"]), True) for row in rows if row.get(f"{name}_ms") and row[name] in ANSWERS)
        _line(axes, name, range(1, len(points) + 1), points)


def _line(axes: Any, name: str, across: Sequence[int], points: Sequence[tuple[int, float, bool]]) -> None:
    if not points:
        return
    program, _, dialect = name.partition("_")
    style = _LINES.get(dialect or program, "-")
    times = [max(time, 0.001) for _, time, _ in points]
    color = f"C{sorted(_MARKS).index(program)}" if program in _MARKS else "C7"
    axes.plot(across, times, style, color=color, marker=_MARKS.get(program, "."), markersize=3, label=name.replace("_", ", "))
    silent = [(x, time) for x, time, (_, _, answered) in zip(across, times, points, strict=True) if not answered]
    if silent:
        axes.plot(*zip(*silent, strict=True), " ", color=color, marker=_MARKS.get(program, "."), markersize=5, fillstyle="none")
