"""Tables: the rows as CSV under a header of comments, and what they come to family by family."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, TextIO

from study.trial import ANSWERS, Row

_WIDTH: Final = 31


class Table:
    """A CSV file that is written row by row, so that an interrupted study keeps what it has."""

    def __init__(self, stream: TextIO, names: Sequence[str], header: Mapping[str, Any]) -> None:
        stream.writelines(f"# {key}: {value}\n" for key, value in header.items())
        self.stream = stream
        self.writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        self.writer.writeheader()

    def write(self, row: Row) -> None:
        """Write one row."""
        self.writer.writerow(row)
        self.stream.flush()


def read(path: Path) -> list[Row]:
    """Return the rows of a table that was written."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("# ")))


def programs(names: Iterable[str]) -> list[str]:
    """Return the columns that hold an answer: `keyaki`, `z3_zelkova` and so on."""
    every = list(names)
    return [name for name in every if f"{name}_ms" in every and not name.endswith(("_encode", "_read"))]


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table: for each question and family the median latency of each program, and its unanswered ones.

    A question that ended without an answer counts with the time that it took; a refused one has no time.
    """
    if not rows:
        return
    found = programs(rows[0])
    yield "  ".join(["question, family".ljust(_WIDTH), "asked", *(f"{name:>15}" for name in found)])
    groups: dict[str, list[Row]] = {}
    for row in rows:
        what = row["source"] if row["family"] == row["question"] else row["family"]
        groups.setdefault(f"{row['question']}: {what}", []).append(row)
    for name, group in groups.items():
        yield "  ".join([name[:_WIDTH].ljust(_WIDTH), f"{len(group):5}", *(f"{_cell(group, one):>15}" for one in found)])
    agreed = Counter(row["agree"] for row in rows)
    yield f"agree: {agreed['yes']} yes, {agreed['no']} no, {agreed['open']} open"


def _cell(rows: Sequence[Row], name: str) -> str:
    times = [float(row[f"{name}_ms"]) for row in rows if row.get(f"{name}_ms")]
    silent = sum(row.get(name) not in ANSWERS for row in rows)
    shown = f"{median(times):.1f} ms" if times else "-"
    return f"{shown} ({silent})" if silent else shown
