"""Excerpts: the lines of a source text that hold given spans, with line numbers and a caret line beneath.

Only the lines at hand are looked at, found from a span's own offset and column, so an excerpt costs as much as its lines and
not as much as its file. A line too long to show (a policy on one line) is shown through a window, once for each span.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from keyaki.errors import Span
from keyaki.outputs.terminal import printable, width

_TAB: Final = "    "
_CUT: Final = "..."
_WIDEST: Final = 160
"""Columns of an excerpt where no terminal limits it."""


def excerpt(text: str, spans: Sequence[Span], columns: int | None = None, indent: str = "  ", limit: int = 8) -> list[str]:
    """Returns the lines of ``text`` that hold the spans, in source order, each followed by carets under what the spans cover.

    A span that goes beyond its line is marked to the line's end. At most ``limit`` lines of source are shown, then a line
    with the count of what was left out. Linear in the lines shown.
    """
    rows = _rows(text, spans)
    digits = len(str(rows[-1][0])) if rows else 1
    room = (columns or _WIDEST) - len(indent) - digits - len(" | ")
    lines: list[str] = []
    shown = 0
    for number, line, marks in rows:
        for group in [marks] if width(_shown(line)) <= room else [[mark] for mark in marks]:
            if shown < limit:
                source, carets = _marked(line, group, max(room, 20))
                lines += [f"{indent}{number:>{digits}} | {source}", f"{indent}{'':>{digits}} | {carets}"]
            shown += 1
    if shown > limit:
        lines.append(f"{indent}{'':>{digits}} | {_CUT} and {shown - limit:,} more")
    return lines


def _rows(text: str, spans: Sequence[Span]) -> list[tuple[int, str, list[tuple[int, int]]]]:
    """Line number, line, and the marked stretches of it, by line and place."""
    rows: dict[int, tuple[str, list[tuple[int, int]]]] = {}
    for span in sorted(set(spans)):
        begin = span.start - span.column + 1
        end = text.find("\n", span.start)
        line = text[begin : len(text) if end < 0 else end].rstrip("\r")
        rows.setdefault(span.line, (line, []))[1].append((span.column - 1, min(span.end - begin, len(line))))
    return [(number, *rows[number]) for number in sorted(rows)]


def _shown(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _marked(line: str, marks: Sequence[tuple[int, int]], room: int) -> tuple[str, str]:
    """The line made safe, and carets beneath the marks; a window about the first mark where the line is longer than room."""
    head, tail = 0, len(line)
    if width(_shown(line)) > room:
        first, last = marks[0]
        space = room - 2 * len(_CUT)
        marked = min(width(_shown(line[first:last])), space)
        head = _reaching(line, first, (space - marked) // 2)
        tail = _fitting(line, head, space)
    prefix = _CUT if head else ""
    carets = " " * len(prefix)
    place = head
    for first, last in marks:
        start, end = max(first, place), min(last, tail)
        carets += " " * width(_shown(line[place:start])) + "^" * max(width(_shown(line[start:end])), 1)
        place = max(end, start)
    return prefix + _shown(line[head:tail]) + (_CUT if tail < len(line) else ""), carets


def _reaching(line: str, tail: int, space: int) -> int:
    """The start of the longest stretch before ``tail`` that takes at most ``space`` cells when shown."""
    cells, head = 0, tail
    while head > 0:
        cells += width(_shown(line[head - 1]))
        if cells > space:
            break
        head -= 1
    return head


def _fitting(line: str, head: int, space: int) -> int:
    """The end of the longest stretch from ``head`` that takes at most ``space`` cells when shown."""
    cells, tail = 0, head
    while tail < len(line):
        cells += width(_shown(line[tail]))
        if cells > space:
            break
        tail += 1
    return tail
