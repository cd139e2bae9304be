r"""Terminal text: what came from a policy, a path or a request, made safe to show, and painted where colour is wanted.

A policy is other people's text. Shown raw, an escape sequence in a Sid repaints the screen, a line break forges a result, and
a right-to-left override turns an ARN round. So whatever is not printable (Unicode's Cc, Cf, Cs, Co, Cn, Zl, Zp, and spaces
other than U+0020) is written as an escape, ``\x1b`` or ``\u202e``, and no text of a policy reaches a terminal in another way.
"""

from __future__ import annotations

from typing import IO, Final

_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_COLOURS: Final = {
    "FAILED": "1;31",
    "PASSED": "32",
    "UNDECIDED": "1;33",
    "ERROR": "1;35",
    "SKIPPED": "2",
    "quiet": "2",
    "place": "36",
}

VALUE_LIMIT: Final = 200
"""Characters of one quoted value that are shown before it is cut."""


def printable(text: str) -> str:
    """The text with every character that is not printable written as an escape; printable text comes back unchanged."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(text: str, limit: int = VALUE_LIMIT) -> str:
    """The text in backticks, printable, its own backticks escaped, cut after ``limit`` characters with a count of the rest."""
    rest = len(text) - limit
    shown = printable(text if rest <= 0 else text[:limit]).replace("`", "\\`")
    return f"`{shown}`" if rest <= 0 else f"`{shown}`... ({rest:,} more characters)"


def width(text: str) -> int:
    """The number of terminal cells that text takes: two for wide characters, none for combining marks and for our own paint.

    The text is printable but for what :func:`painted` put there.
    """
    if "\x1b" in text:
        first, *others = text.split("\x1b")
        return width(first) + sum(width(other.partition("m")[2]) for other in others)
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - only text beyond ASCII needs the tables

    cells = 0
    for character in text:
        if category(character) not in {"Mn", "Me"}:
            cells += 2 if east_asian_width(character) in "WF" else 1
    return cells


def wrapped(text: str, columns: int | None, indent: str, hanging: str) -> list[str]:
    """Lines of the text, broken at spaces only, each within ``columns`` where its words allow that.

    The first line starts with ``indent``, the others with ``hanging``. ``columns`` None keeps one line. A word is never
    broken, so that an ARN can be copied.
    """
    if columns is None:
        return [indent + text]
    lines, line, cells = [], indent, width(indent)
    empty = True
    for word in text.split(" "):
        wide = width(word)
        if not empty and cells + 1 + wide > columns:
            lines.append(line)
            line, cells, empty = hanging, width(hanging), True
        line = line + word if empty else f"{line} {word}"
        cells += wide if empty else 1 + wide
        empty = False
    return [*lines, line]


def wants_colour(stream: IO[str], environment: dict[str, str], *, refused: bool = False) -> bool:
    """True iff what is written to the stream should be coloured.

    ``refused`` (an option) and a non-empty ``NO_COLOR`` say no, then a non-empty ``FORCE_COLOR`` other than 0 says yes, and
    otherwise the stream must be a terminal that is not ``TERM=dumb``.
    """
    if refused or environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] != "0"
    return stream.isatty() and environment.get("TERM") != "dumb"


def painted(text: str, colour: str, *, enabled: bool) -> str:
    """The text in the colour of an outcome or of a part (``quiet``, ``place``), or as it is where colour is not enabled."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if enabled else text
