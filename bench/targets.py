"""What the engine is meant to reach, beside what the last records say: one table, all of it from one run of each command.

Each target is a bound from above on one figure. A figure that a record lacks is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from tracking import Record, duration, exponent, series

Figure = Callable[[Record], "float | None"]


class Target(NamedTuple):
    """A figure, the most it may be, and how such a figure is written."""

    what: str
    figure: Figure
    most: float
    written: Callable[[float], str]


def times(value: float) -> str:
    """Return a quotient as it is written."""
    return f"{value:.3g} times"


def plainly(value: float) -> str:
    """Return a number as it is written."""
    return f"{value:.3g}"


def mebibytes(value: float) -> str:
    """Return a size as it is written."""
    return f"{value:.0f} MiB"


def result(name: str, *path: str) -> Figure:
    """Return the figure at a path inside a result, its median by default."""

    def figure(record: Record) -> float | None:
        found: Any = record["results"].get(name)
        for step in path or ("median_ns",):
            found = found.get(step) if isinstance(found, dict) else None
        return None if found is None else float(found)

    return figure


def worst(beginning: str) -> Figure:
    """Return the largest median of the results whose names begin so."""

    def figure(record: Record) -> float | None:
        return max((found["median_ns"] for name, found in record["results"].items() if name.startswith(beginning)), default=None)

    return figure


def growth(beginning: str) -> Figure:
    """Return the largest exponent of the families whose names begin so."""

    def figure(record: Record) -> float | None:
        found = (exponent(points) for (family, _), points in series(record).items() if family.startswith(beginning))
        return max((one for one in found if one is not None), default=None)

    return figure


MS: Final = 1e6
TARGETS: Final = (
    Target(
        "AWS managed policies that reach a blocked action, median",
        result("decide/managed[reaching]", "spread", "median"),
        0.15 * MS,
        duration,
    ),
    Target("the same, 99th percentile", result("decide/managed[reaching]", "spread", "p99"), 2 * MS, duration),
    Target("all AWS managed policies, median", result("decide/managed[all]", "spread", "median"), 0.015 * MS, duration),
    Target("40 statements with conditions, PASSED", result("decide/conditioned[unsat-40]"), 5 * MS, duration),
    Target("the same, FAILED", result("decide/conditioned[sat-40]"), 5 * MS, duration),
    Target("50 Allows and 50 Denies of accounts, PASSED", result("decide/account_pairs[unsat-50]"), 5 * MS, duration),
    Target("the same, FAILED", result("decide/account_pairs[sat-50]"), 5 * MS, duration),
    Target("500 and 500, PASSED", result("decide/account_pairs[unsat-500]"), 60 * MS, duration),
    Target("the same, FAILED", result("decide/account_pairs[sat-500]"), 60 * MS, duration),
    Target("growth from 10 to 1,000 such statements, exponent", growth("account pairs"), 1.2, plainly),
    Target("sixteen Denies of first hex digits", result("decide/hex_denies[16]"), 1 * MS, duration),
    Target("`*ab*cd*` without `*ab?cd*` and `*cd*ab*`", result("decide/crossing_globs"), 3 * MS, duration),
    Target("hostile patterns of 6,144 characters, the slowest", worst("hostile/"), 100 * MS, duration),
    Target("the same, growth with their length, exponent", growth("hostile "), 2.0, plainly),
    Target(
        "parsing all AWS managed policies, against `json.loads`", result("parse/parse_managed", "times", "json.loads"), 50, times
    ),
    Target("the same, against a grammar of JSON", result("parse/parse_managed", "times", "plain grammar"), 0.7, times),
    Target("verifying evidence, against deciding", result("verify/verify_managed", "times", "decide"), 2, times),
    Target("`import keyaki`, against `python -c pass`", result("start/import", "times", "python -c pass"), 1.3, times),
    Target(
        "`keyaki check small.json`, against importing its dependencies",
        result("start/check[fails]", "times", "import lark, attrs"),
        1.6,
        times,
    ),
    Target("an account of 1,500 managed policies, one command", result("scan/managed"), 3000 * MS, duration),
    Target("the same, memory", result("scan/managed", "memory_mib"), 200, mebibytes),
    Target("`--jobs 2`, against `--jobs 1`", result("scan/jobs", "times", "--jobs 1"), 1 / 1.7, times),
)


def reached(record: Record) -> Iterator[str]:
    """Yield the lines of a Markdown table of the targets, what a record has for each, and whether that is enough."""
    yield "| what | at most | reached | |"
    yield "|---|---:|---:|---|"
    for target in TARGETS:
        found = target.figure(record)
        if found is not None:
            enough = "" if found <= target.most else "not yet"
            yield f"| {target.what} | {target.written(target.most)} | {target.written(found)} | {enough} |"
