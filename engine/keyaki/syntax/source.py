"""Sources: where a policy comes from, and how a place in it is told: line and column in a text, a pointer in an object."""

from __future__ import annotations

import re
from typing import Any, Final

from keyaki.errors import PolicySyntaxError, Span
from keyaki.syntax.lexeme import Path

_NAME: Final = re.compile(r'"(?:[^"\\]|\\.)*"[ \t\r\n]*:[ \t\r\n]*')


class TextSource:
    """A text. Lines end at U+000A (so a CR LF pair ends one too, and a lone CR is white space); columns count characters.

    A span costs the way from the one asked for before it, so all statements' spans cost one pass over the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._offset = self._line_start = 0
        self._line = 1

    def span(self, start: Any, end: Any = None) -> Span:
        """Return the span from offset ``start`` to ``end`` (one character where it is not given)."""
        text = self.text
        if start >= self._offset:
            newlines = text.count("\n", self._offset, start)
            if newlines:
                self._line_start = text.rindex("\n", self._offset, start) + 1
        else:
            newlines = -text.count("\n", start, self._offset)
            if newlines:
                self._line_start = text.rfind("\n", 0, start) + 1
        self._line += newlines
        self._offset = start
        return Span(start, start + 1 if end is None else end, self._line, start - self._line_start + 1)

    def value(self, name: Any) -> Any:
        """Return the offset of the value that follows the member name at offset ``name``."""
        found = _NAME.match(self.text, name)
        return found.end() if found else name

    def where(self, place: Any) -> str:
        """Return the place in words, for messages about two places."""
        span = self.span(place)
        return f"line {span.line}, column {span.column}"

    def error(self, code: str, message: str, place: Any, hint: str | None, end: Any = None) -> PolicySyntaxError:
        """Return the error to raise about ``place``."""
        return PolicySyntaxError(message, code=code, span=self.span(place, end), hint=hint)


class ObjectSource:
    """A decoded object: no text, so places are paths and errors name them as JSON pointers."""

    text = None

    def span(self, start: Any, end: Any = None) -> None:  # noqa: ARG002 - the same signature as that of a text
        """Return None: there is no text at hand."""
        return

    def value(self, name: Any) -> Any:
        """Return the path of the value of the member with that path."""
        return name

    def where(self, place: Any) -> str:
        """Return the place as a JSON pointer."""
        return f"`{pointer(place)}`"

    def error(self, code: str, message: str, place: Any, hint: str | None, end: Any = None) -> PolicySyntaxError:  # noqa: ARG002
        """Return the error to raise about ``place``."""
        return PolicySyntaxError(f"at {self.where(place)}: {message}" if place else message, code=code, hint=hint)


Source = TextSource | ObjectSource


def pointer(path: Path) -> str:
    """Return the JSON pointer (RFC 6901) of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
