"""Decoded objects: a dict as ``json.loads`` makes it, read into the same shape as a text.

Where a text fails by its grammar, an object fails by the type of a value; both say what was expected in the same words.
"""

from __future__ import annotations

import math
from collections.abc import ItemsView, Iterator, Mapping
from typing import Any, Final, NoReturn

from keyaki.syntax.expected import unknown_element, wrong_type
from keyaki.syntax.lexeme import POLICY_ELEMENTS, TERMINALS, Object, Path
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

    def items(self, obj: Any, path: Path) -> ItemsView[Any, Any]:
        """Return the members of an object, whose names may yet be no strings."""
        if not isinstance(obj, dict):
            self.refuse(obj, path)
        return obj.items()

    def named(self, obj: Any, path: Path) -> Iterator[tuple[Any, Any]]:
        """Yield a name and the value of each member of an object whose names are free."""
        for name, value in self.items(obj, path):
            if not isinstance(name, str):
                self.refuse_name(name, path)
            yield ("NAME", name, (*path, name)), value

    def refuse_name(self, name: Any, path: Path) -> NoReturn:
        message = f"{_kind(name)} stands where a member name should"
        raise self.source.error("bad-name", message, path, "a member name is a string")

    def elements(self, obj: Any, path: Path, readers: Mapping[str, tuple[str, Any]]) -> Object:
        """Return the shape of an object of elements, each with its terminal and what reads its value."""
        found = []
        for name, value in self.items(obj, path):
            known = readers.get(name)
            if known is None:
                if not isinstance(name, str):
                    self.refuse_name(name, path)
                raise unknown_element(self.source, name, (*path, name), path, list(obj))
            where = (*path, name)
            found.append([(known[0], name, where), known[1](self, value, where)])
        return found, path, path

    def policy(self, obj: Any) -> Object:
        return self.elements(obj, (), _POLICY)

    def statements(self, value: Any, path: Path) -> Any:
        if isinstance(value, (list, tuple)):
            return [self.elements(each, (*path, index), _STATEMENT) for index, each in enumerate(value)]
        return self.elements(value, path, _STATEMENT)

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
        return [[name, self.strings(who, name[2])] for name, who in self.named(value, path)], path, path

    def condition(self, value: Any, path: Path) -> Object:
        return [[name, self.keys(keys, name[2])] for name, keys in self.named(value, path)], path, path

    def keys(self, value: Any, path: Path) -> Object:
        return [[name, self.values(test, name[2])] for name, test in self.named(value, path)], path, path

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


_POLICY: Final = {
    name: (TERMINALS[name], _Reader.statements if name == "Statement" else _Reader.string) for name in POLICY_ELEMENTS
}
_STATEMENT: Final = {
    name: (TERMINALS[name], read)
    for names, read in (
        (("Sid", "Effect"), _Reader.string),
        (("Action", "NotAction", "Resource", "NotResource"), _Reader.strings),
        (("Condition",), _Reader.condition),
        (("Principal", "NotPrincipal"), _Reader.principal),
    )
    for name in names
}


def _kind(value: Any) -> str:
    """Return in words what a decoded value is."""
    if value is None:
        return "`null`"
    for types, words in _KINDS:
        if isinstance(value, types):
            return words
    return f"a Python `{type(value).__name__}`"
