"""Cutting: a flat glob over ARNs as globs over their fields.

A ``*`` of a flat glob may run on over colons, so the glob says nothing of a single field. But an ARN has a known number of colons
between its fields, and each is matched by a colon, a ``?`` or a ``*`` of the glob: for each choice the glob falls apart.
Solvers are far better at short texts with a constraint each than at their concatenation with one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from attrs import frozen

from keyaki.reference.template import Glob, Wildcard
from keyaki.smtlib.naming import field_meets


@frozen
class Hole:
    """The term of an inserted text; ``in_field`` says that it holds no colon."""

    term: str
    in_field: bool = False


Piece: TypeAlias = str | Wildcard | Hole
Pieces: TypeAlias = tuple[Piece, ...]
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


_MOST: Final = 64


def split(pieces: Sequence[Piece], head: str, fields: int, *, open_end: bool) -> list[tuple[Pieces, ...]] | None:
    """The ways to match ``head`` and so many fields with colons between: the pieces do iff those of some way match all fields.

    No field holds a colon, but the last one may with ``open_end``. None iff a text that may hold a colon is inserted where one is
    looked for, or there are more than 64 ways.
    """
    tokens = tuple(one for piece in pieces for one in (piece if isinstance(piece, str) else (piece,)))
    starts = {0}
    for character in head:
        reached = {after for place in starts for after in _skipped(tokens, place)}
        if any(isinstance(tokens[place], Hole) for place in reached if place < len(tokens)):
            return None
        starts = {after for place in reached for after in _next(tokens, place, character)}
    found: dict[tuple[Pieces, ...], None] = {}
    for start in sorted(starts):
        for way in _split(tokens, start, fields, open_end=open_end):
            if way is None or len(found) > _MOST:
                return None
            found[way] = None
    return [way for way in found if not any(other != way and _within(way, other) for other in found)]


def _split(tokens: Sequence[Piece], start: int, fields: int, *, open_end: bool) -> Iterator[tuple[Pieces, ...] | None]:
    """The ways to match so many fields from a place on; None where an inserted text would have to be cut."""
    if fields == 1:
        if open_end or ":" not in tokens[start:]:
            yield (_together(tokens[start:]),)
        return
    for place in range(start, len(tokens)):
        one = tokens[place]
        if isinstance(one, Hole) and not one.in_field:
            yield None
            return
        if one is Wildcard.MANY or one is Wildcard.ONE or one == ":":
            many = one is Wildcard.MANY
            field = _together(tokens[start : place + many])
            for way in _split(tokens, place if many else place + 1, fields - 1, open_end=open_end):
                yield None if way is None else (field, *way)
        if one == ":":
            return


def _skipped(tokens: Sequence[Piece], place: int) -> Iterator[int]:
    """The place, and those behind the ``*`` that stand there."""
    yield place
    while place < len(tokens) and tokens[place] is Wildcard.MANY:
        place += 1
        yield place


def _next(tokens: Sequence[Piece], place: int, character: str) -> Iterator[int]:
    if place < len(tokens):
        token = tokens[place]
        if token is Wildcard.MANY:
            yield place
        elif token is Wildcard.ONE or token == character:
            yield place + 1


def _together(tokens: Sequence[Piece]) -> Pieces:
    found: list[Piece] = []
    for token in tokens:
        if isinstance(token, str) and found and isinstance(found[-1], str):
            found[-1] += token
        elif token is not Wildcard.MANY or not found or found[-1] is not Wildcard.MANY:
            found.append(token)
    return tuple(found)


def _within(way: tuple[Pieces, ...], other: tuple[Pieces, ...]) -> bool:
    """True only if the other way matches all that the way does: field by field the same, or a ``*`` and the same end."""
    return all(mine == theirs or _ends_so(mine, theirs) for mine, theirs in zip(way, other, strict=True))


def _ends_so(mine: Pieces, theirs: Pieces) -> bool:
    if not theirs or theirs[0] is not Wildcard.MANY:
        return False
    rest = theirs[1:]
    if not rest:
        return True
    size = len(rest)
    if len(mine) < size or mine[len(mine) - size + 1 :] != rest[1:]:
        return False
    first, wanted = mine[-size], rest[0]
    return first == wanted or (isinstance(first, str) and isinstance(wanted, str) and first.endswith(wanted))
