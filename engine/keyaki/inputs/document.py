"""Documents: one policy inside a larger file, as an object, as a JSON string, or as a URL-encoded string.

An object that decodes cleanly is lowered without going through its text, which is much the fastest way. Anything else (a
repeated member name, an error, a number that Python cannot hold) is cut out of the file and parsed as text, so that the error
says where and what as it would in a file of its own, and so that ``legacy`` means the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from attrs import evolve

from keyaki.errors import PolicySyntaxError, Span
from keyaki.inputs.cursor import Cursor, CursorError, holds_doubled
from keyaki.inputs.source import Source, Spot
from keyaki.policy import Policy
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse
from keyaki.syntax.stored import LARGEST

_EARLIER_PLACE: Final = re.compile(r"line ([0-9]+), column ([0-9]+)$")


def read_document(value: Any, spot: Spot, *, doubled: bool, legacy: bool) -> Policy:
    """The policy that a decoded document is, without spans unless it had to be read as text of the file.

    ``doubled`` says that the value may hold an object with a repeated member name.

    Raises:
        PolicySyntaxError: it is none. The place is that in the file; of a document inside a string, the message has the
            place in the string.
    """
    if isinstance(value, str):
        return _read_string(value, legacy=legacy)
    if isinstance(value, dict) and not (doubled and holds_doubled(value)) and spot.end - spot.start <= LARGEST:
        try:
            return policy_from(value)
        except PolicySyntaxError:
            pass
    start, end = spot.document()
    return parse_part(spot.source, start, end, legacy=legacy)


def parse_part(source: Source, start: int, end: int, *, legacy: bool) -> Policy:
    """The policy between two offsets of a source; its places, and those of errors, are places in the file.

    Raises:
        PolicySyntaxError: the text between the offsets is no policy.
    """
    move = _Move(source.span(start, end))
    try:
        policy = parse(source.text[start:end], legacy)
    except PolicySyntaxError as error:
        raise PolicySyntaxError(
            move.message(error.message), code=error.code, span=move.span(error.span), hint=error.hint
        ) from None
    return _replaced(policy, move.span, source.text)


def decoded_string(text: str) -> str:
    """The JSON text of a document that is a string: IAM's API URL-encodes documents (RFC 3986), tools decode them or not.

    A plus sign stays itself, as the RFC says, unless only reading it as a space (as HTML forms do) gives JSON.
    """
    text = text.strip()
    if not text.startswith("%"):
        return text
    from urllib.parse import unquote  # noqa: PLC0415 - few files need it

    plain = unquote(text, errors="strict")
    if "+" in text and not _is_json(plain):
        spaced = unquote(text.replace("+", " "), errors="strict")
        return spaced if _is_json(spaced) else plain
    return plain


def _read_string(value: str, *, legacy: bool) -> Policy:
    try:
        text = decoded_string(value)
    except UnicodeDecodeError:
        raise PolicySyntaxError("the URL-encoded document is not UTF-8", code="bad-utf8") from None
    decoded = _decoded(text) if len(text) <= LARGEST else None
    if decoded is not None:
        try:
            return policy_from(decoded)
        except PolicySyntaxError:
            pass
    try:
        return _replaced(parse(text, legacy), _nowhere, None)
    except PolicySyntaxError as error:
        place = f" (line {error.span.line}, column {error.span.column} of the document)" if error.span else ""
        raise PolicySyntaxError(f"{error.message}{place}", code=error.code, hint=error.hint) from None


def _decoded(text: str) -> dict[str, Any] | None:
    """The object that the whole text is, or None where it is none or where decoding it would lose something."""
    cursor = Cursor(text)
    try:
        value = cursor.value()
    except CursorError:
        return None
    cursor.skip_space()
    return value if isinstance(value, dict) and not cursor.doubled and not cursor.peek() else None


def _is_json(text: str) -> bool:
    cursor = Cursor(text)
    try:
        cursor.value()
    except CursorError:
        return False
    cursor.skip_space()
    return not cursor.peek()


class _Move:
    """The move of a place in a part of a file to the place in the file, where the part begins at ``origin``."""

    def __init__(self, origin: Span) -> None:
        self._origin = origin

    def span(self, span: Span | None) -> Span | None:
        """The span in the file."""
        if span is None:
            return None
        start = self._origin.start
        return Span(start + span.start, start + span.end, *self._place(span.line, span.column))

    def message(self, message: str) -> str:
        """The message with the earlier place at its end, as that of a repeated member has it, in the file."""
        return _EARLIER_PLACE.sub(lambda found: "line {}, column {}".format(*self._place(int(found[1]), int(found[2]))), message)

    def _place(self, line: int, column: int) -> tuple[int, int]:
        origin = self._origin
        return line + origin.line - 1, column + origin.column - 1 if line == 1 else column


def _nowhere(_span: Span | None) -> None:
    """No place: the text that has it is not the file's."""


def _replaced(policy: Policy, moved: Callable[[Span | None], Span | None], text: str | None) -> Policy:
    """The policy with another text, and its spans moved to there."""
    return evolve(
        policy,
        statements=tuple(evolve(statement, span=moved(statement.span)) for statement in policy.statements),
        warnings=tuple(evolve(warning, span=moved(warning.span)) for warning in policy.warnings),
        text=text,
    )
