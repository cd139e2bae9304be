"""Places on demand: where in a JSON text the value at a path stands.

Parsing keeps the places of statements only; those of single actions, resources and condition values are looked up when a
report shows them. What lies beside the paths is skipped by Python's decoder in C, so one pass answers any number of paths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, TypeAlias

from keyaki.errors import Span
from keyaki.syntax.lexeme import Path
from keyaki.syntax.source import TextSource

_Tree: TypeAlias = dict[Any, Any]
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_END: Final = object()
_decode = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode


def locate(text: str, path: Path) -> Span | None:
    """Return the span of the value at ``path``, or None where the text holds no such value.

    A step is a member name, or an index from 0; where a scalar or an object stands for a list of one, index 0 is itself. Of a
    member that stands twice the last counts. Offsets count from after a byte-order mark, as in ``parse``. Linear in the text.
    """
    return locate_all(text, [path])[path]


def locate_all(text: str, paths: Iterable[Path]) -> dict[Path, Span | None]:
    """Return the spans of the values at all ``paths``, as ``locate`` does, in one pass over the text."""
    text = text.removeprefix("\ufeff")
    tree: _Tree = {}
    places: dict[Path, Span | None] = {}
    for path in paths:
        places[path] = None
        below = tree
        for step in path:
            below = below.setdefault(step, {})
        below[_END] = path
    found: dict[Path, tuple[int, int]] = {}
    with suppress(ValueError, IndexError, RecursionError):  # no JSON from some place on: what was found before it holds
        _walk(text, _skip(text, 0), [tree], found)
    source = TextSource(text)
    for path, (start, end) in sorted(found.items(), key=lambda each: each[1]):
        places[path] = source.span(start, end)
    return places


def _skip(text: str, place: int) -> int:
    """Return where white space from ``place`` on ends."""
    return _SPACE.match(text, place).end()  # type: ignore[union-attr]  # it matches everywhere


def _walk(text: str, start: int, trees: list[_Tree], found: dict[Path, tuple[int, int]]) -> int:
    """Note the spans of the paths in ``trees``, which begin at the value at ``start``; return where that value ends."""
    bracket = text[start]
    if bracket != "[":  # the value stands for a list of one
        trees = trees + [tree[0] for tree in trees if 0 in tree]
    if bracket in "[{" and any(step is not _END for tree in trees for step in tree):
        end = _walk_inside(text, start, trees, found)
    else:
        end = _decode(text, start)[1]
    for tree in trees:
        if _END in tree:
            found[tree[_END]] = (start, end)
    return end


def _walk_inside(text: str, start: int, trees: list[_Tree], found: dict[Path, tuple[int, int]]) -> int:
    """Walk the members or items of the object or list at ``start``; return where it ends."""
    step: Any = -1
    place = _skip(text, start + 1)
    if text[place] in "]}":
        return place + 1
    while True:
        if text[start] == "{":
            step, place = _decode(text, place)
            if not isinstance(step, str):
                raise ValueError  # no JSON
            place = _skip(text, _skip(text, place) + 1)
        else:
            step += 1
        below = [tree[step] for tree in trees if step in tree]
        place = _skip(text, _walk(text, place, below, found) if below else _decode(text, place)[1])
        if text[place] != ",":
            return place + 1
        place = _skip(text, place + 1)
