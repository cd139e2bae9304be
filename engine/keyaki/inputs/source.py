"""Sources: the text of one file, the places in it, and where a policy document stands inside a larger file.

Lines are looked up only where a result needs them: the index of line starts is built once for a file, on first use.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from attrs import evolve

from keyaki.errors import Span
from keyaki.inputs.cursor import Cursor
from keyaki.policy import Policy

_LINE_FEED: Final = re.compile("\n")


class Source:
    """One file: ``path`` as the user named it, and its ``text``."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: array[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets. Logarithmic after the first call, which is linear in the text."""
        if self._starts is None:
            self._starts = array("L", [0, *(found.end() for found in _LINE_FEED.finditer(self.text))])
        line = bisect_right(self._starts, start)
        return Span(start, end, line, start - self._starts[line - 1] + 1)


class Spot:
    """Where a document stands: in the value between two offsets of a source, behind the member names and indexes of ``keys``.

    ``pointer`` is the JSON pointer of the document in the whole file.
    """

    __slots__ = ("end", "keys", "pointer", "source", "start")

    def __init__(self, source: Source, start: int, end: int, keys: tuple[str | int, ...], pointer: str) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.keys = keys
        self.pointer = pointer

    def document(self) -> tuple[int, int]:
        """The offsets of the document. Linear in the value that holds it."""
        return _found(Cursor(self.source.text, self.start), self.keys)

    def located(self, policy: Policy) -> Policy:
        """The policy with the spans of its statements in the file, and the file's text as its text."""
        start, _ = self.document()
        cursor = Cursor(self.source.text, start)
        spans = _statement_spans(self.source, cursor)
        if len(spans) != len(policy.statements):
            return policy
        placed = (evolve(statement, span=span) for statement, span in zip(policy.statements, spans, strict=True))
        return evolve(policy, statements=tuple(placed), text=self.source.text)


def pointer(keys: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) that follows the member names and indexes."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def _found(cursor: Cursor, keys: Sequence[str | int]) -> tuple[int, int]:
    """The offsets of the value behind the keys, of the last one where a member name is repeated."""
    for key in keys:
        at = cursor.at
        for name in cursor.members() if isinstance(key, str) else cursor.items():
            if name == key:
                at = cursor.at
            cursor.leap()
        cursor = Cursor(cursor.text, at)
    start = cursor.at
    cursor.leap()
    return start, cursor.at


def _statement_spans(source: Source, cursor: Cursor) -> list[Span]:
    """The spans of the statements of the document at the cursor."""
    for name in cursor.members():
        if name != "Statement":
            cursor.leap()
        elif cursor.peek() == "[":
            return [_value_span(source, cursor) for _ in cursor.items()]
        else:
            return [_value_span(source, cursor)]
    return []


def _value_span(source: Source, cursor: Cursor) -> Span:
    start = cursor.at
    cursor.leap()
    return source.span(start, cursor.at)
