"""Spelling: the word that somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64  # a name longer than any of the language; comparing is quadratic in the length


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the one of ``words`` that is most like ``word``, letter case set aside, or None where none is near."""
    if len(word) > _LONGEST:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - only errors need it

    folded = {each.lower(): each for each in words}
    found = get_close_matches(word.lower(), folded, n=1, cutoff=0.7)
    return folded[found[0]] if found else None


def quoted(words: Iterable[str], link: str = "or") -> str:
    """Return the words in backticks, with commas and a last ``link``."""
    *most, last = [f"`{word}`" for word in words]
    return f"{', '.join(most)} {link} {last}" if most else last


def clipped(word: str, length: int = 60) -> str:
    """Return ``word`` on one line and no longer than ``length`` characters, for a message."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in word[: length + 1])
    return plain if len(plain) <= length else plain[: length - 3] + "..."
