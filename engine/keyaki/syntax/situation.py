"""Situations: what stood open where a parse ended.

The parser refused one word, so all words before it are in order. Reading those again tells the path to the place, the brackets
still open, and what could have followed; that is all an error message needs. Costs one more pass over the text, on errors only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

from keyaki.syntax.lexeme import Path
from keyaki.syntax.lexer import Word, offset_of


class Turn(Enum):
    """Whose turn it is at a place."""

    NAME = "a member name"
    VALUE = "a value"
    SEPARATOR = "a comma or a closing bracket"
    END = "the end of the text"


class Frame:
    """An open bracket and its place, and the step below it: the member name that stands there now, or 0 for any item."""

    __slots__ = ("bracket", "place", "step")

    def __init__(self, bracket: str, place: int) -> None:
        self.bracket = bracket
        self.place = place
        self.step: str | int | None = None if bracket == "{" else 0


class Situation(NamedTuple):
    """The place ``offset``: the word there, the kind and place of the one before it, the open brackets, and whose turn it is."""

    offset: int
    kind: str
    value: Any
    previous: str
    previous_place: int
    frames: list[Frame]
    turn: Turn

    @property
    def path(self) -> Path:
        """The path to the value that stands, or should stand, at the place; to the object where a name should stand."""
        return tuple(frame.step for frame in self.frames if frame.step is not None)


def situation(words: Iterable[Word], offset: int) -> Situation:
    """Return the situation at ``offset``; every word that starts before it is in its right place.

    At the end of the text the word there is of kind ``END``.
    """
    frames: list[Frame] = []
    previous, place = "", 0
    turn = Turn.VALUE
    for kind, value, match in words:
        start = offset_of(match)
        if start >= offset:
            return Situation(offset, kind, value, previous, place, frames, turn)
        previous, place = kind, start
        if kind in ("LBRACE", "LSQB"):
            frames.append(Frame("{" if kind == "LBRACE" else "[", start))
            turn = Turn.NAME if kind == "LBRACE" else Turn.VALUE
        elif kind == "COMMA":
            turn = _after_comma(frames[-1])
        elif turn is Turn.NAME and kind != "RBRACE":
            frames[-1].step = value[1]
            turn = Turn.VALUE
        else:
            if kind in ("RBRACE", "RSQB"):
                frames.pop()
            turn = Turn.SEPARATOR if frames else Turn.END
    return Situation(offset, "END", None, previous, place, frames, turn)


def _after_comma(frame: Frame) -> Turn:
    if frame.bracket == "[":
        return Turn.VALUE
    frame.step = None
    return Turn.NAME
