"""Records of benchmark runs: made from what pytest-benchmark writes, kept as files, compared by their ratios.

A *record* is one run. Each result has its median in nanoseconds and its *ratio*: the median divided by that of the calibration
loop right before and after it. Only ratios are compared, since machines differ and change. ``least`` is the same quotient of the
two minima; a smoke run, which has few rounds, asks whether both have grown.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from typing import Any, Final, NamedTuple

SCHEMA: Final = 1
MOVED: Final = 1.15
"""A ratio that grew or shrank by more than this is told."""
TREBLED: Final = 3.0
"""A ratio that grew by more than this makes a smoke run fail."""
PACKAGES: Final = ("keyaki", "attrs", "lark", "moto", "pytest-benchmark")
_OWN: Final = frozenset({"calibration", "calibration_least", "family", "n", "versus", "spread"})

Record = dict[str, Any]
Result = dict[str, Any]


def record_of(report: Mapping[str, Any], origin: Mapping[str, Any], *, clock: str = "processor") -> Record:
    """Return the record of a run, from pytest-benchmark's report of it and from where it was made (``provenance``)."""
    results = {_name(entry["fullname"]): _result(entry) for entry in report["benchmarks"]}
    return {"schema": SCHEMA, **origin, "clock": clock, "results": dict(sorted(results.items()))}


def _name(fullname: str) -> str:
    """Return `decide/account_pairs[unsat-50]` for `bench/bench_decide.py::test_account_pairs[unsat-50]`."""
    file, _, function = fullname.partition("::")
    return f"{Path(file).stem.removeprefix('bench_')}/{function.removeprefix('test_')}"


def _result(entry: Mapping[str, Any]) -> Result:
    stats, facts = entry["stats"], entry["extra_info"]
    times = [round(seconds * 1e9) for seconds in (stats["median"], stats["min"], stats["iqr"])]
    result = {
        "median_ns": times[0],
        "least_ns": times[1],
        "iqr_ns": times[2],
        "rounds": stats["rounds"],
        "calibration_ns": round(facts["calibration"]),
        "ratio": _short(times[0] / facts["calibration"]),
        "least": _short(times[1] / facts["calibration_least"]),
    }
    for name in ("family", "n", "spread"):
        if name in facts:
            result[name] = facts[name]
    if "versus" in facts:
        result["versus_ns"] = {name: round(other) for name, other in facts["versus"].items()}
        result["times"] = {name: _short(times[0] / other) for name, other in facts["versus"].items()}
    return result | {name: value for name, value in facts.items() if name not in _OWN}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


# Files


def file_name(record: Record) -> str:
    """Return the name of a record's file: its date, to the minute, and its commit, so that names sort by time."""
    return f"{record['date'][:16].replace(':', '')}-{record['commit']}.json"


def write(record: Record, folder: Path) -> Path:
    """Write a record and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(record)
    path.write_text("".join(_lines(record)), encoding="utf-8")
    return path


def _lines(record: Record) -> Iterator[str]:
    """Yield JSON with a line for each fact and each result, so that records can be compared by any tool for texts."""
    facts = [json.dumps({name: value})[1:-1] for name, value in record.items() if name != "results"]
    results = [" " + json.dumps({name: value})[1:-1] for name, value in record["results"].items()]
    yield "{" + ",\n".join([*facts, '"results": {\n' + ",\n".join(results) + "\n}}\n"])


def read_all(folder: Path) -> list[Record]:
    """Return the records of a folder, oldest first."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [record for record in records if record.get("schema") == SCHEMA]


# Comparing


class Move(NamedTuple):
    """How a result's ratio changed: ``by`` is the new one divided by the old one, ``least`` the same of the minima."""

    name: str
    by: float
    least: float


def moves(old: Record, new: Record) -> list[Move]:
    """Return how each result that both records hold has changed, the one that grew most first."""
    before, after = old["results"], new["results"]
    found = [
        Move(name, after[name]["ratio"] / before[name]["ratio"], after[name]["least"] / before[name]["least"])
        for name in after
        if name in before
    ]
    return sorted(found, key=lambda move: (-move.by, move.name))


def moved(found: Sequence[Move]) -> list[Move]:
    """Return those that changed by more than 15 % either way."""
    return [move for move in found if not 1 / MOVED <= move.by <= MOVED]


def trebled(found: Sequence[Move]) -> list[Move]:
    """Return those of which both quotients have more than trebled: a disturbance of a few rounds spoils one of them only."""
    return [move for move in found if move.by > TREBLED and move.least > TREBLED]


# Growth


def series(record: Record) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """Return, for each family and program (`keyaki`, or the ``by`` of a rival's result), its points: n and milliseconds."""
    found: defaultdict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for result in record["results"].values():
        if "family" in result and "n" in result:
            found[result["family"], result.get("by", "keyaki")].append((result["n"], result["median_ns"] / 1e6))
    return {key: sorted(points) for key, points in sorted(found.items())}


def exponent(points: Sequence[tuple[int, float]]) -> float | None:
    """Return the exponent e of the n ** e that fits the points best (least squares of the logarithms); None of one point."""
    xs, ys = [log(n) for n, _ in points], [log(time) for _, time in points]
    if len(set(xs)) < 2:
        return None
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


# Tables


def table(record: Record) -> Iterator[str]:
    """Yield the lines of a Markdown table of a record's results."""
    yield "| benchmark | median | in calibration loops | against | 99th percentile over policies |"
    yield "|---|---:|---:|---|---:|"
    for name, result in record["results"].items():
        times = ", ".join(f"{value:.3g} x {other}" for other, value in result.get("times", {}).items())
        spread = result.get("spread")
        median = spread["median"] if spread else result["median_ns"]
        p99 = duration(spread["p99"]) if spread else ""
        yield f"| {name} | {duration(median)} | {result['ratio']:.3g} | {times} | {p99} |"


def growth(record: Record) -> Iterator[str]:
    """Yield the lines of a Markdown table of how each family's time grows."""
    yield "| family | program | n | times | exponent |"
    yield "|---|---|---|---|---:|"
    for (family, program), points in series(record).items():
        found = exponent(points)
        if found is not None:
            sizes = ", ".join(str(n) for n, _ in points)
            times = ", ".join(duration(time * 1e6) for _, time in points)
            yield f"| {family} | {program} | {sizes} | {times} | {found:.2f} |"


def duration(nanoseconds: float) -> str:
    """Return a time of three digits with its unit."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"
