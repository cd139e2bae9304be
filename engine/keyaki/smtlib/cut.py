"""Cutting: a flat glob over key ARNs as globs over the three fields that vary.

A ``*`` of a flat glob may run on over colons, so the glob says nothing of a single field. But a key ARN has a fixed head and two
more colons, and each of the two is matched by a colon, a ``?`` or a ``*`` of the glob: for each choice the glob falls into three.
Solvers are far better at three short texts with a constraint each than at their concatenation with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from keyaki.reference.template import Glob, Wildcard
from keyaki.smtlib.naming import field_meets

_Tokens: TypeAlias = tuple[str | Wildcard, ...]
Way: TypeAlias = tuple[Glob, Glob, Glob]


def cuts(glob: Glob, head: str) -> list[Way]:
    """The ways to match ``head`` and three fields with colons between: the glob does iff the three globs of some way do.

    Ways in which a field's glob can match no text of that field are left out. At most a square of the length of the glob.
    """
    tokens: _Tokens = tuple(token for piece in glob for token in ((piece,) if isinstance(piece, Wildcard) else piece))
    starts = {0}
    for character in head:
        starts = {after for place in _reached(tokens, starts) for after in _past(tokens, place, character)}
    return list(dict.fromkeys(way for start in sorted(starts) for way in _ways(tokens, start)))


def _ways(tokens: _Tokens, start: int) -> Iterator[Way]:
    for first, second in _colons(tokens, start):
        region = _joined(tokens[start:first])
        if not field_meets(0, region):
            continue
        for third, fourth in _colons(tokens, second):
            account, key = _joined(tokens[second:third]), _joined(tokens[fourth:])
            if field_meets(1, account) and field_meets(2, key):
                yield region, account, key


def _reached(tokens: _Tokens, places: set[int]) -> set[int]:
    """The places, and those behind the ``*`` that stand there."""
    found = set(places)
    for start in places:
        place = start
        while place < len(tokens) and tokens[place] is Wildcard.MANY:
            place += 1
            found.add(place)
    return found


def _past(tokens: _Tokens, place: int, character: str) -> Iterator[int]:
    """The places after a character has been matched at a place."""
    if place < len(tokens):
        token = tokens[place]
        if token is Wildcard.MANY:
            yield place
        elif token is Wildcard.ONE or token == character:
            yield place + 1


def _colons(tokens: _Tokens, start: int) -> Iterator[tuple[int, int]]:
    """The ways to match a colon from a place on: where what stands before it ends, and where what follows starts."""
    for place in range(start, len(tokens)):
        if tokens[place] is Wildcard.MANY:
            yield place + 1, place
        elif tokens[place] is Wildcard.ONE or tokens[place] == ":":
            yield place, place + 1


def _joined(tokens: _Tokens) -> Glob:
    """The glob of some tokens: characters joined to texts."""
    found: list[str | Wildcard] = []
    for token in tokens:
        if isinstance(token, str) and found and isinstance(found[-1], str):
            found[-1] += token
        else:
            found.append(token)
    return tuple(found)
