"""Charts of records, as SVG: how ratios went from record to record, and how time grows with the size of a policy.

matplotlib is imported here and nowhere else; it is in the extra ``bench``. The same records give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tracking import Record, series

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
GROWING: Final = ("account pairs", "conditioned statements", "context keys", "windows", "decide plain", "scan")
"""The families that are shown, by how their names begin."""
_SETTINGS: Final = {
    "svg.hashsalt": "keyaki",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(records: Sequence[Record], folder: Path) -> list[Path]:
    """Write both charts of these records, oldest first and at least one, and return their files."""
    folder.mkdir(exist_ok=True)
    return [_course(records, folder / "latency-over-records.svg"), _growth(records, folder / "latency-against-n.svg")]


def _axes(title: str, across: str, up: str) -> tuple[Any, Any]:
    import matplotlib as mpl  # noqa: PLC0415 - only charts need it

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    mpl.rcParams.update(_SETTINGS)
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_yscale("log")
    return figure, axes


def _course(records: Sequence[Record], path: Path) -> Path:
    figure, axes = _axes("Latency over records", "record", "calibration loops")
    for name in TRACKED:
        points = [(at, record["results"][name]["ratio"]) for at, record in enumerate(records) if name in record["results"]]
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=name)
    axes.set_xticks(range(len(records)), [f"{record['date'][:10]}\n{record['commit']}" for record in records], fontsize=7)
    return _saved(figure, axes, path)


def _growth(records: Sequence[Record], path: Path) -> Path:
    """Draw, for each family and program, its points of the last record that has any."""
    figure, axes = _axes("Latency against size", "n", "milliseconds")
    axes.set_xscale("log")
    latest: dict[tuple[str, str], Any] = {}
    for record in records:
        latest.update(series(record))
    for (family, program), points in sorted(latest.items()):
        if family.startswith(GROWING) and len(points) > 1:
            style = "-" if program == "keyaki" else "--"
            label = family if program == "keyaki" else f"{family}: {program}"
            axes.plot(*zip(*points, strict=True), style, marker="o", markersize=3, label=label)
    return _saved(figure, axes, path)


def _saved(figure: Any, axes: Any, path: Path) -> Path:
    if axes.has_data():
        figure.legend(loc="outside right upper", fontsize=7, frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    return path
