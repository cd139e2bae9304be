"""Templates: what the text of a policy value means before a request is known (section 5 of the rule book).

A text is taken apart into literal runs, the wildcards ``*`` and ``?``, and variables ``${prefix:name}``. Given the values of
the variables, :func:`substitute` makes a glob of it: the value is inserted as plain text, so a wildcard character in it is
literal. A ``${`` opens a body that ends at the first ``}``; without one it is literal, and so is the rest of the text.

Everything here is one pass over the text. A regular expression over whole texts was rejected: looking for the ``}`` of each
of many unclosed ``${`` is quadratic.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Final, NamedTuple, TypeAlias, TypeVar

from keyaki.values import ascii_fold


class Wildcard(Enum):
    """What stands for any text: MANY for a run of any length, also none, ONE for one character."""

    MANY = "*"
    ONE = "?"


class Variable(NamedTuple):
    """A live ``${...}``: the case-folded context ``key``, the ``default`` or None, and the ``text`` as written, with braces."""

    key: str
    default: str | None
    text: str


class Dead(NamedTuple):
    """A live ``${...}`` whose body is malformed: it never has a value. ``text`` is as written, with braces."""

    text: str


Glob: TypeAlias = tuple[str | Wildcard, ...]
"""Literal runs (never empty, never two in a row) and wildcards."""
Template: TypeAlias = tuple[str | Wildcard | Variable | Dead, ...]
"""A glob with variables in it, live and dead. Every glob is a template."""
ValueOf: TypeAlias = Callable[[str], str | None]
"""From a case-folded context key to its value: None iff the key is absent or its value is a list."""

FIELDS: Final = 6
"""The colon-separated fields of an ARN; the last keeps further colons."""

_SPACE: Final = r" \t\r\n"
_BODY: Final = re.compile(rf"([^:,{_SPACE}]+:[^:,{_SPACE}][^,]*)(?:,[{_SPACE}]*'([^']*)')?")
_WILDCARDS: Final = {wildcard.value: wildcard for wildcard in Wildcard}
_AT_WILDCARD: Final = re.compile(r"([*?])")
_ESCAPED: Final = frozenset("*?$")


def parse_template(text: str, live: bool, wildcards: bool) -> Template:
    """Take a text apart.

    ``live`` tells whether ``${...}`` is a variable or an escape (else it is literal text), ``wildcards`` whether ``*`` and
    ``?`` are wildcards (else plain characters). ``${*}``, ``${?}`` and ``${$}`` are plain characters where ``live``.

    **choice** A default stands between single quotes and holds neither a single quote nor ``}``; white space between the comma
    and the quote may be missing. Linear in the text.
    """
    if not (live and "${" in text):  # nearly all texts; the general way takes three times as long
        parts = _AT_WILDCARD.split(text) if wildcards else (text,)
        return tuple([_WILDCARDS.get(part, part) if wildcards else part for part in parts if part])
    return _joined(_pieces(text, live, wildcards))


def substitute(template: Template, value_of: ValueOf) -> Glob | None:
    """Insert the values of the variables as plain text, or their defaults; None iff a variable has neither."""
    pieces: list[str | Wildcard] = []
    for piece in template:
        if isinstance(piece, (str, Wildcard)):
            pieces.append(piece)
            continue
        value = _value(piece, value_of) if isinstance(piece, Variable) else None
        if value is None:
            return None
        pieces.append(value)
    return _joined(pieces)


def fields(text: str, live: bool) -> tuple[str, ...]:
    """Split a text at its colons, where ``live`` at those outside ``${...}``; joined by colons they are the text again."""
    if not live or "${" not in text:
        return tuple(text.split(":"))
    done: list[str] = []
    last: list[str] = []
    for stretch, enclosed in _stretches(text, live):
        if enclosed:
            last.append(stretch)
        else:
            first, *more = stretch.split(":")
            last.append(first)
            if more:
                done += ["".join(last), *more[:-1]]
                last = [more[-1]]
    return (*done, "".join(last))


def six_fields(text: str, live: bool) -> tuple[str, ...]:
    """The fields of a pattern of an ARN: six, of which the last keeps further colons, or fewer iff the pattern is short."""
    parts = fields(text, live)
    return (*parts[: FIELDS - 1], ":".join(parts[FIELDS - 1 :])) if len(parts) > FIELDS else parts


def completed(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Six fields: the missing ones of a short pattern are ``*``."""
    return parts + ("*",) * (FIELDS - len(parts))


def _value(variable: Variable, value_of: ValueOf) -> str | None:
    value = value_of(variable.key)
    return variable.default if value is None else value


def _pieces(text: str, live: bool, wildcards: bool) -> Iterator[str | Wildcard | Variable | Dead]:
    for stretch, enclosed in _stretches(text, live):
        if enclosed:
            yield _variable(stretch)
        elif wildcards:
            yield from (_WILDCARDS.get(part, part) for part in _AT_WILDCARD.split(stretch))
        else:
            yield stretch


def _stretches(text: str, live: bool) -> Iterator[tuple[str, bool]]:
    """The text in order, cut into ``${...}`` (True) and what stands between them (False, perhaps empty)."""
    start = 0
    while live:
        opening = text.find("${", start)
        closing = text.find("}", opening) if opening >= 0 else -1
        if closing < 0:
            break
        yield text[start:opening], False
        yield text[opening : closing + 1], True
        start = closing + 1
    yield text[start:], False


def _variable(text: str) -> str | Variable | Dead:
    body = text[2:-1]
    if body in _ESCAPED:
        return body
    found = _BODY.fullmatch(body)
    return Dead(text) if found is None else Variable(ascii_fold(found[1]), found[2], text)


_Piece = TypeVar("_Piece", bound=str | Wildcard | Variable | Dead)


def _joined(pieces: Iterable[_Piece | str]) -> tuple[_Piece | str, ...]:
    """The pieces with empty runs left out and adjacent runs made one."""
    joined: list[_Piece | str] = []
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
            continue
        if any(run):
            joined.append("".join(run))
        run.clear()
        joined.append(piece)
    if any(run):
        joined.append("".join(run))
    return tuple(joined)
