"""Charts of records, as SVG: how ratios went from record to record, and how time grows with the size of a policy.

matplotlib is imported here and nowhere else; it is in the extra ``bench``. The same records give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tracking import Record

TRACKED: Final = (
    "decide/managed[all]",
    "decide/managed[reaching]",
    "decide/account_pairs[unsat-50]",
    "decide/conditioned[unsat-40]",
    "decide/hex_denies[16]",
    "check/text[plain-10]",
    "parse/parse_managed",
    "verify/verify_managed",
    "start/check[fails]",
)
"""The results whose course is shown; few enough to be told apart."""
GROWING: Final = ("account pairs", "conditioned statements", "context keys", "windows")
"""The families that are shown, a column for each; rows are the sides of the question."""
SIDES: Final = {"unsat": "PASSED", "sat": "FAILED"}
SIZES: Final = (5, 10, 20, 50)
"""The sizes that are written at the axis."""
PROGRAMS: Final = {"keyaki": "#1b7837", "cvc5": "#2166ac", "z3": "#b2182b"}
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "keyaki",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(records: Sequence[Record], rivals: Record | None, folder: Path) -> list[Path]:
    """Write both charts and return their files.

    The first shows the course of at least one record, oldest first. The second shows growth, from a run with rivals; without one
    from the last record, which has the engine alone.
    """
    folder.mkdir(exist_ok=True)
    grown = rivals if rivals is not None else records[-1]
    return [_course(records, folder / "latency-over-records.svg"), _growth(grown, folder / "latency-against-n.svg")]


class Point(NamedTuple):
    """A size, the milliseconds that it took, and whether there was an answer at all."""

    n: int
    took: float
    answered: bool


def points(record: Record, family: str, program: str) -> list[Point]:
    """Return what a record holds of a family and a program, by size. keyaki's own results need not say by whom they are."""
    return sorted(
        Point(result["n"], result["median_ns"] / 1e6, result.get("said") not in {"timeout", "unknown", "error"})
        for result in record["results"].values()
        if result.get("family") == family and result.get("by", "keyaki") == program
    )


def _pyplot() -> Any:
    import matplotlib as mpl  # noqa: PLC0415 - only charts need it

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    mpl.rcParams.update(_SETTINGS)
    return plt


def _course(records: Sequence[Record], path: Path) -> Path:
    figure, axes = _pyplot().subplots(figsize=(8, 4.5), layout="constrained")
    axes.set(title="Latency over records", xlabel="record", ylabel="calibration loops", yscale="log")
    for name in TRACKED:
        found = [(at, record["results"][name]["ratio"]) for at, record in enumerate(records) if name in record["results"]]
        if found:
            axes.plot(*zip(*found, strict=True), marker="o", markersize=3, label=name)
    axes.set_xticks(range(len(records)), [f"{record['date'][:10]}\n{record['commit']}" for record in records], fontsize=7)
    if axes.has_data():
        figure.legend(loc="outside right upper", fontsize=7, frameon=False)
    return _saved(figure, path)


def _growth(record: Record, path: Path) -> Path:
    """Draw a panel for each family and side, with a line for each program; a cross is a question without an answer."""
    figure, grid = _pyplot().subplots(
        len(SIDES), len(GROWING), figsize=(10, 5), layout="constrained", sharex=True, sharey=True, squeeze=False
    )
    handles: dict[str, Any] = {}
    for row, (side, outcome) in zip(grid, SIDES.items(), strict=True):
        for axes, family in zip(row, GROWING, strict=True):
            axes.set(xscale="log", yscale="log")
            axes.set_title(f"{family}, {outcome}", fontsize=8)
            for program, colour in PROGRAMS.items():
                found = points(record, f"{family}, {side}", program)
                if found:
                    handles[program] = _line(axes, found, colour)
        row[0].set_ylabel("milliseconds")
    for axes in grid[-1]:
        axes.set_xlabel("n")
        axes.set_xticks(SIZES, [str(n) for n in SIZES])
        axes.minorticks_off()
    if handles:
        figure.legend(handles.values(), handles, loc="outside lower center", ncols=len(handles), frameon=False)
    return _saved(figure, path)


def _line(axes: Any, found: Sequence[Point], colour: str) -> Any:
    (line,) = axes.plot([one.n for one in found], [one.took for one in found], color=colour, marker="o", markersize=3)
    silent = [one for one in found if not one.answered]
    axes.plot([one.n for one in silent], [one.took for one in silent], "x", color=colour, markersize=8)
    return line


def _saved(figure: Any, path: Path) -> Path:
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    return path
