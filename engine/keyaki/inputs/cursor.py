"""A cursor over a JSON text: an account's file is read one policy at a time, without decoding the whole of it.

The cursor steps into the objects and lists that hold many things and decodes the others, one by one, with json's own scanner.
Memory therefore holds the text and one value, not the tree of all of it, and a value that is larger than anything IAM stores
is refused before it is built: 4 MiB of brackets become 100 MB of lists, 50 MiB would exhaust the machine.

Decoding is strict (RFC 8259): no NaN, no control characters in strings, and an object that holds a member name twice comes
out as :class:`Doubled`, since the plain dict hides that it lost something. Linear in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

VALUE_LIMIT: Final = 4 * 1024 * 1024
"""Characters of the largest value that is decoded in one piece."""
SKIP_LIMIT: Final = 2 * VALUE_LIMIT
"""Characters of the largest value that is passed over."""

_FIRST_WINDOW: Final = 8 * 1024
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]*")?|[\[{]+|[\]}]+')
"""What matters when brackets are counted: strings without escapes, the opening of others, and runs of alike brackets."""
_STRING_STOP: Final = re.compile(r'["\\]')
_PLAIN_STRING: Final = re.compile(r'"([^"\\\x00-\x1f]*)"')
_CUT_NUMBER: Final = 4
"""A number that the end of a window cuts may end up to three characters before it, as in ``1e+``."""
_CLOSING: Final = {"{": "}", "[": "]"}
_SKIPPER: Final = json.JSONDecoder(parse_int=str, parse_float=str)
_EXACT_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")


class CursorError(ValueError):
    """The text is not JSON at ``offset``; ``message`` says what is wrong there."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class UndecodableError(CursorError):
    """The value at ``offset`` may be JSON, but is too large or nested too deeply to be built. It can be skipped."""


class Doubled(dict[str, Any]):
    """A decoded object in whose text some member name stands twice. The last value of each name was kept."""


class Numeral(float):
    """A number that remembers how it was written, since a policy's number stands for its source text."""

    __slots__ = ("source",)
    source: str

    def __new__(cls, source: str) -> Numeral:  # noqa: PYI034 - Self needs Python 3.11
        """The number of that text, with the text kept."""
        number = super().__new__(cls, source)
        number.source = source
        return number

    def __str__(self) -> str:
        return self.source


class Cursor:
    """A place in a JSON text that moves forwards: ``at`` is the offset of the next thing to read.

    ``doubled`` is True iff the value that was decoded last holds an object with a repeated member name. ``depth`` bounds how
    far errors are traced into a value.
    """

    def __init__(self, text: str, at: int = 0, depth: int = 16) -> None:
        self.text = text
        self.at = at
        self._depth = depth
        self.doubled = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_int=_integer, parse_float=Numeral, parse_constant=_refuse_constant
        )
        self.skip_space()

    def peek(self) -> str:
        """The next character, or nothing at the end of the text."""
        return self.text[self.at : self.at + 1]

    def skip_space(self) -> None:
        """Moves over white space."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def members(self) -> Iterator[str]:
        """Steps into an object: yields each member's name with the cursor at its value, which the caller must read."""
        for _ in self._entries():
            name = self._name()
            self._step(":", "a colon is expected after a member name")
            yield name

    def items(self) -> Iterator[int]:
        """Steps into a list: yields each item's index with the cursor at the item, which the caller must read."""
        yield from self._entries()

    def value(self) -> Any:
        """Decodes the value at the cursor and moves behind it.

        Windows of growing size are decoded, so that the common small value costs no more than itself.

        Raises:
            CursorError: no JSON value stands there, or one of more than :data:`VALUE_LIMIT` characters.
        """
        size = _FIRST_WINDOW
        while True:
            whole = self.at + size >= len(self.text)
            try:
                value, length = self._decoded(self.text[self.at : self.at + size])
            except json.JSONDecodeError:
                if whole:
                    raise self._blame() from None
            else:
                if whole or length < size - _CUT_NUMBER:
                    self.at += length
                    return value
            if size >= VALUE_LIMIT:
                raise UndecodableError(f"the value has more than {VALUE_LIMIT:,} characters", self.at)
            size = min(size * 8, VALUE_LIMIT)

    def leap(self) -> None:
        """Moves behind a value that was decoded before, and so is known to be JSON; faster, without a bound on its size."""
        self.at = _SKIPPER.raw_decode(self.text, self.at)[1]

    def pass_over(self) -> None:
        """Moves behind the value at the cursor, whatever its size. Raises CursorError where no value stands there."""
        try:
            self.value()
        except UndecodableError:
            self.skip()

    def skip(self) -> None:
        """Moves behind the object, list or string at the cursor without building it, by counting brackets. Linear.

        Raises:
            CursorError: it is never closed, or not within :data:`SKIP_LIMIT` characters, more than waiting for its end is worth.
        """
        depth, start = 0, self.at
        if self.peek() == '"':
            self.at += 1
            self._skip_string(start)
            return
        if self.peek() not in _CLOSING:
            raise CursorError("a JSON value is expected", start)
        while True:
            if self.at - start > SKIP_LIMIT:
                raise CursorError(f"the value has more than {SKIP_LIMIT:,} characters", start)
            token = _TOKEN.search(self.text, self.at)
            if token is None:
                raise CursorError(f"the `{self.text[start]}` is never closed", start)
            found, self.at = token.group(), token.end()
            if found == '"':
                self._skip_string(token.start())
            elif found[0] in "[{":
                depth += len(found)
            elif found[0] in "]}":
                if len(found) >= depth:
                    self.at -= len(found) - depth
                    return
                depth -= len(found)

    def _skip_string(self, start: int) -> None:
        """Moves from inside the string that opens at ``start`` behind it. In a loop: a pattern keeps a state for each escape."""
        while True:
            stop = _STRING_STOP.search(self.text, self.at)
            if stop is None or self.at - start > SKIP_LIMIT:
                raise CursorError("the string is never closed, or too long", start)
            self.at = stop.end()
            if stop.group() == '"':
                return
            self.at += 1

    def _decoded(self, window: str) -> tuple[Any, int]:
        self.doubled = False
        try:
            return self._decoder.raw_decode(window)
        except RecursionError:
            raise UndecodableError("the value is nested too deeply", self.at) from None

    def _blame(self) -> CursorError:
        """What is wrong in the value at the cursor, said alike by every version of Python, whose own messages differ."""
        probe = Cursor(self.text, self.at, self._depth - 1)
        try:
            if probe.peek() in _CLOSING and probe._depth:
                for _ in probe.members() if probe.peek() == "{" else probe.items():
                    probe.value()
        except CursorError as error:
            return error
        what = "the string is not closed or holds what JSON does not allow" if self.peek() == '"' else "a JSON value is expected"
        return CursorError(what, self.at)

    def _name(self) -> str:
        """Reads the name of a member. A name is short: one without escapes is cut out, which costs a third of decoding it."""
        plain = _PLAIN_STRING.match(self.text, self.at)
        if plain is not None:
            self.at = plain.end()
            return plain[1]
        name = self.value() if self.peek() == '"' else None
        if not isinstance(name, str):
            raise CursorError("a member name in double quotes is expected", self.at)
        return name

    def _entries(self) -> Iterator[int]:
        opening = self.peek()
        closing = _CLOSING[opening]
        start = self.at
        self._step(opening, "")
        if self.peek() == closing:
            self._step(closing, "")
            return
        index = 0
        while True:
            yield index
            index += 1
            self.skip_space()
            if self.peek() == closing:
                self._step(closing, "")
                return
            if not self.peek():
                raise CursorError(f"the `{opening}` is never closed", start)
            self._step(",", f"a comma or `{closing}` is expected")

    def _step(self, character: str, otherwise: str) -> None:
        self.skip_space()
        if self.peek() != character:
            raise CursorError(otherwise, self.at)
        self.at += 1
        self.skip_space()

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) == len(pairs):
            return built
        self.doubled = True
        return Doubled(built)


def holds_doubled(value: Any) -> bool:
    """True iff a :class:`Doubled` stands in the decoded value. Linear, without recursion."""
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, Doubled):
            return True
        if isinstance(found, dict):
            pending.extend(found.values())
        elif isinstance(found, list):
            pending.extend(found)
    return False


def _integer(text: str) -> int | Numeral:
    """The integer, or a numeral where the text is not what Python would write, or so long that building it is quadratic."""
    return int(text) if _EXACT_INTEGER.fullmatch(text) and text != "-0" else Numeral(text)


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"`{name}` is no JSON value", name, 0)
