"""Strict JSON: decoding of container files, with the duplicate check that Python's decoder lacks.

A decoder that keeps the last of two members makes wrong verdicts: a document whose second Effect hides its first would pass.
But one bad document must not stop the others of its container. So an object with a duplicate decodes to an
:class:`Ambiguous`, a dict that raises whenever it is looked into: who never touches it goes on, who does learns the places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from keyaki.errors import InputError, PolicySyntaxError
from keyaki.syntax.source import TextSource
from keyaki.syntax.spelling import clipped

_MERGED: Final = ("Action", "Resource", "Effect")
_DIGITS: Final = 4300  # Python converts no longer ones
_WORD: Final = re.compile(r"\S{1,40}")
_TOKEN: Final = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*(:)?|[{}\[\]]', re.DOTALL)


class Ambiguous(dict[str, Any]):
    """An object in which a name stands twice. Every way to look into it raises ``error``; ``pairs`` are its members in order."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs
        self.error = PolicySyntaxError("a member stands twice in one object", code="duplicate-member")

    def pairs_for(self, legacy: bool) -> list[tuple[str, Any]]:
        """Return the members where ``legacy`` allows what stands twice, or raise ``error``."""
        names = [name for name, _ in self.pairs]
        if legacy and all(name in _MERGED for name in names if names.count(name) > 1):
            return self.pairs
        raise self.error

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise self.error

    __getitem__ = __contains__ = __iter__ = __eq__ = __or__ = _refuse
    __hash__ = None
    get = items = keys = values = pop = copy = _refuse


def load_json(text: str | bytes) -> Any:
    """Return what the JSON ``text`` of a container stands for, objects with a duplicate member as :class:`Ambiguous`.

    Raises InputError with line and column where the text is no JSON of RFC 8259. Linear; decoding is done in C.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError as error:
            message = f"byte {error.start} is no UTF-8"
            raise InputError(message, code="bad-utf8", hint="save the file as UTF-8") from None
    source = TextSource(text.removeprefix("\ufeff"))
    found: list[Ambiguous] = []

    def gather(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        found.append(Ambiguous(pairs))
        return found[-1]

    try:
        value = json.loads(source.text, object_pairs_hook=gather, parse_int=_integer, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise _broken(source, error.pos) from None
    except RecursionError:
        message = "brackets nest too deep"
        raise InputError(message, code="too-deep", hint="no container of policies nests that deep") from None
    if found:
        for ambiguous, duplicate in zip(found, _duplicates(source), strict=True):
            ambiguous.error = duplicate
    return value


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise InputError(f"a number of {len(digits)} digits", code="bad-number", hint="write it as a string")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise InputError(f"`{name}` is no JSON number", code="bad-literal", hint="write a finite number")


def _broken(source: TextSource, place: int) -> InputError:
    """Return the error about a text that Python's decoder refused at ``place``, in words that no Python version changes."""
    text = source.text
    before = text[:place].rstrip(" \t\r\n")
    if text[place : place + 1] in ("}", "]") and before.endswith(","):
        place = len(before) - 1
    if not text.strip():
        return InputError("the text is empty", code="empty", span=source.span(0))
    if place >= len(text.rstrip()):
        return InputError("the text ends too early", code="truncated", span=source.span(place), hint="the file is cut off")
    word = _WORD.match(text, place)
    shown = clipped(word[0] if word else text[place], 40)
    return InputError(f"no JSON from `{shown}` on", code="bad-json", span=source.span(place))


def _duplicates(source: TextSource) -> Iterator[PolicySyntaxError]:
    """Yield the error about each object that holds a name twice, in the order in which objects end. The text must be JSON."""
    frames: list[dict[str, int]] = []
    errors: list[PolicySyntaxError | None] = []
    for match in _TOKEN.finditer(source.text):
        if match[2]:
            name = json.loads(match[1])
            first = frames[-1].setdefault(name, match.start())
            if first != match.start() and errors[-1] is None:
                errors[-1] = _duplicate(source, name, first, match.start())
        elif match[0] in ("{", "["):
            frames.append({})
            errors.append(None)
        elif match[0] in ("}", "]"):
            frames.pop()
            error = errors.pop()
            if error is not None:
                yield error


def _duplicate(source: TextSource, name: str, first: int, second: int) -> PolicySyntaxError:
    message = f"`{clipped(name)}` stands twice in one object: first at {source.where(first)}"
    return source.error("duplicate-member", message, second, "keep one of the two: readers disagree about which one counts")
