"""Situations: what stood open where a parse ended.

The parser refused one word, so all words before it are in order. Reading those again tells the path to the place, the brackets
still open, and what could have followed; that is all an error message needs. Costs one more pass over the text, on errors only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from keyaki.syntax.lexeme import Lexeme, Path


class Turn(Enum):
    """Whose turn it is at a place."""

    NAME = "a member name"
    VALUE = "a value"
    SEPARATOR = "a comma or a closing bracket"
    END = "the end of the text"


class Frame:
    """An open bracket: its lexeme, and the member name or index that stands below it now."""

    __slots__ = ("opener", "step")

    def __init__(self, opener: Lexeme) -> None:
        self.opener = opener
        self.step: str | int | None = None if opener.type == "LBRACE" else 0


class Situation(NamedTuple):
    """The place ``offset``: the lexeme there, the one before it, the open brackets, and whose turn it is."""

    offset: int
    lexeme: Lexeme | None
    previous: Lexeme | None
    frames: list[Frame]
    turn: Turn

    @property
    def path(self) -> Path:
        """The path to the value that stands, or should stand, at the place; to the object where a name should stand."""
        return tuple(frame.step for frame in self.frames if frame.step is not None)


def situation(words: Iterable[Lexeme], offset: int) -> Situation:
    """Return the situation at ``offset``; every lexeme of ``words`` that starts before it is in its right place."""
    frames: list[Frame] = []
    previous = lexeme = None
    turn = Turn.VALUE
    for word in words:
        if word.start_pos >= offset:
            lexeme = word
            break
        previous = word
        if word.type in ("LBRACE", "LSQB"):
            frames.append(Frame(word))
            turn = Turn.NAME if word.type == "LBRACE" else Turn.VALUE
        elif word.type == "COMMA":
            turn = _after_comma(frames[-1])
        elif turn is Turn.NAME and word.type != "RBRACE":
            frames[-1].step = word.value
            turn = Turn.VALUE
        else:
            if word.type in ("RBRACE", "RSQB"):
                frames.pop()
            turn = Turn.SEPARATOR if frames else Turn.END
    return Situation(offset, lexeme, previous, frames, turn)


def _after_comma(frame: Frame) -> Turn:
    if isinstance(frame.step, int):
        frame.step += 1
        return Turn.VALUE
    frame.step = None
    return Turn.NAME
