"""Decoded objects: a dict as ``json.loads`` makes it, read into the same shape as a text.

Where a text fails by its grammar, an object fails by the type of a value; both say what was expected in the same words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from keyaki.syntax.expected import unknown_element, wrong_type
from keyaki.syntax.lexeme import POLICY_ELEMENTS, STATEMENT_ELEMENTS, TERMINALS, Object, Path
from keyaki.syntax.source import ObjectSource

_STRING: Final = frozenset({str})
_KINDS: Final = (
    (str, "a string"),
    (bool, "a boolean"),
    ((int, float), "a number"),
    (dict, "an object"),
    ((list, tuple), "a list"),
)


def read_policy(obj: object, source: ObjectSource) -> Object:
    """Return the shape of a decoded document. Raises PolicySyntaxError where a value has a wrong type. Linear."""
    return _Reader(source).policy(obj)


class _Reader:
    """One object being read; each method takes a value and its path."""

    def __init__(self, source: ObjectSource) -> None:
        self.source = source

    def refuse(self, value: Any, path: Path) -> NoReturn:
        raise wrong_type(self.source, _kind(value), path, path)

    def members(self, obj: Any, path: Path) -> Iterator[tuple[str, Any, Path]]:
        """Yield name, value and path of each member."""
        if not isinstance(obj, dict):
            self.refuse(obj, path)
        for name, value in obj.items():
            if not isinstance(name, str):
                message = f"{_kind(name)} stands where a member name should"
                raise self.source.error("bad-name", message, path, "a member name is a string")
            yield name, value, (*path, name)

    def policy(self, obj: Any) -> Object:
        found = []
        for name, value, path in self.members(obj, ()):
            if name not in POLICY_ELEMENTS:
                raise unknown_element(self.source, name, path, (), list(obj))
            read = self.statements if name == "Statement" else self.string
            found.append([(TERMINALS[name], name, path), read(value, path)])
        return found, (), ()

    def statements(self, value: Any, path: Path) -> Any:
        if isinstance(value, (list, tuple)):
            return [self.statement(each, (*path, index)) for index, each in enumerate(value)]
        return self.statement(value, path)

    def statement(self, obj: Any, path: Path) -> Object:
        found = []
        for name, value, where in self.members(obj, path):
            if name not in STATEMENT_ELEMENTS:
                raise unknown_element(self.source, name, where, path, list(obj))
            read = self.strings
            if name in ("Sid", "Effect"):
                read = self.string
            elif name == "Condition":
                read = self.condition
            elif name in ("Principal", "NotPrincipal"):
                read = self.principal
            found.append([(TERMINALS[name], name, where), read(value, where)])
        return found, path, path

    def string(self, value: Any, path: Path) -> Any:
        if not isinstance(value, str):
            self.refuse(value, path)
        return value

    def strings(self, value: Any, path: Path) -> Any:
        if not isinstance(value, (list, tuple)):
            return self.string(value, path)
        if set(map(type, value)) - _STRING:
            for index, each in enumerate(value):
                self.string(each, (*path, index))
        return list(value)

    def principal(self, value: Any, path: Path) -> Any:
        if isinstance(value, str):
            return value
        return [[("NAME", kind, at), self.strings(who, at)] for kind, who, at in self.members(value, path)], path, path

    def condition(self, value: Any, path: Path) -> Object:
        return [[("NAME", operator, at), self.keys(keys, at)] for operator, keys, at in self.members(value, path)], path, path

    def keys(self, value: Any, path: Path) -> Object:
        return [[("NAME", key, at), self.values(test, at)] for key, test, at in self.members(value, path)], path, path

    def values(self, value: Any, path: Path) -> Any:
        if not isinstance(value, (list, tuple)):
            return self.scalar(value, path)
        if set(map(type, value)) - _STRING:
            return [self.scalar(each, (*path, index)) for index, each in enumerate(value)]
        return list(value)

    def scalar(self, value: Any, path: Path) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, (int, float)):
            self.refuse(value, path)
        return self.number(value, path)

    def number(self, value: float, path: Path) -> str:
        try:
            finite = math.isfinite(value)
        except OverflowError:  # an integer beyond every float
            finite = True
        try:
            if finite:
                return str(value)
        except ValueError:  # more digits than Python writes
            pass
        raise self.source.error("bad-number", "the number has no decimal text", path, "write it as a string")


def _kind(value: Any) -> str:
    """Return in words what a decoded value is."""
    if value is None:
        return "`null`"
    for types, words in _KINDS:
        if isinstance(value, types):
            return words
    return f"a Python `{type(value).__name__}`"
