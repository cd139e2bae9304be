"""Universes: the texts that one coordinate may hold at all, whatever is tested of them.

A coordinate holds texts only. That of a typed key holds the canonical text of each value, one text per value; that of a
String key any text of one or more characters; the rest are languages (an ARN of six fields, 12 digits) or lists of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final

from attrs import frozen

from keyaki.automata.glob import ANY, Glob, chars, literal, one, run
from keyaki.automata.product import Union
from keyaki.lattice.answer import Member
from keyaki.lattice.compiled import shortest_word
from keyaki.values import address, address_text, instant

FIRST_EPOCH_SECOND: Final = 10_000
"""From here on the digits of an instant have five characters; four would be a year."""

_FEW: Final = 8
_SHORTEST: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_DATE_LENGTH: Final = len("0000-00-00T00:00:00Z")  # no other text of an instant has this length and ends in Z

NOT_EMPTY: Final = Union((one(ANY) + run(ANY),))
"""The texts of one or more characters."""


class Form(Enum):
    """What kind of texts a universe holds."""

    TEXT = "text"
    WORDS = "words"
    LANGUAGE = "language"
    DECIMAL = "decimal"
    DATE = "date"
    ADDRESS = "address"


@frozen
class Universe:
    """A set of texts that are not empty.

    ``words`` are those of a finite one. Every text lies in all unions of ``holds`` and in none of ``fails``; of TEXT and LANGUAGE
    the universe holds all such texts, of a typed form they are a coarse cover of it. ``epoch`` says of dates that they also
    have a text in digits and therefore start at second 10000.
    """

    form: Form
    words: tuple[str, ...] | None = None
    holds: tuple[Union, ...] = ()
    fails: tuple[Union, ...] = ()
    epoch: bool = False

    @property
    def bars(self) -> tuple[Union, ...]:
        """The unions that no text of the universe lies in: ``fails``, and in a subclass such as are made only for automata."""
        return self.fails

    def shortest(self) -> Iterator[str]:
        """Yield the shortest words of some globs of ``holds``."""
        return (shortest_word(glob) for union in self.holds for glob in union.globs[:_FEW])

    def admits(self, text: str) -> bool:
        """True iff the text is in the universe. O(length), for a language O(length x tokens)."""
        form = self.form
        if form is Form.TEXT:
            return bool(text)
        if form is Form.WORDS:
            return text in (self.words or ())
        if form is Form.LANGUAGE:
            return all(union.matches(text) for union in self.holds) and not any(union.matches(text) for union in self.fails)
        if form is Form.DECIMAL:
            return _SHORTEST.fullmatch(text) is not None and text != "-0"
        if form is Form.ADDRESS:
            found = address(text)
            return found is not None and address_text(*found) == text
        return self._admits_date(text)

    def _admits_date(self, text: str) -> bool:
        if len(text) != _DATE_LENGTH or text[-1] != "Z":
            return False
        seconds = instant(text)
        return seconds is not None and not (self.epoch and seconds < FIRST_EPOCH_SECOND)


def some_of(members: str) -> Union:
    """Return the union of the texts of one or more of the given characters."""
    return Union((one(chars(members)) + run(chars(members)),))


def _template(text: str) -> Glob:
    """The glob of a text in which ``0`` is any digit."""
    glob = literal("")
    for char in text:
        glob += one(chars("0123456789")) if char == "0" else literal(char)
    return glob


_DATE_TEXTS = Union((_template("0000-00-00T00:00:00Z"),))

STRING: Final = Universe(Form.TEXT, holds=(NOT_EMPTY,))
"""Any text of one or more characters."""
BOOLEAN: Final = Universe(Form.WORDS, ("true", "false"))
_DIGITS = one(chars("0123456789")) + run(chars("0123456789"))
_DECIMAL_TEXTS = Union(
    tuple(sign + _DIGITS + part for sign in (literal(""), literal("-")) for part in (literal(""), literal(".") + _DIGITS))
)

DECIMAL: Final = Universe(Form.DECIMAL, holds=(_DECIMAL_TEXTS,))
"""The shortest decimal of each finite decimal, negative ones too."""
DATE: Final = Universe(Form.DATE, holds=(_DATE_TEXTS,))
"""The whole seconds of the years 1 to 9999 as ``YYYY-MM-DDThh:mm:ssZ``."""
DATE_AND_EPOCH: Final = Universe(Form.DATE, holds=(_DATE_TEXTS,), epoch=True)
"""The same from second 10000 on, where each also has a text in digits (``EpochPredicate``)."""
_SIX = chars("0123456789abcdef:.")
_ADDRESS_TEXTS = Union(
    (
        _DIGITS + literal(".") + _DIGITS + literal(".") + _DIGITS + literal(".") + _DIGITS,
        run(chars("0123456789abcdef:")) + literal(":") + run(_SIX) + literal(":") + run(_SIX),
    )
)
ADDRESS: Final = Universe(Form.ADDRESS, holds=(_ADDRESS_TEXTS,))
"""The addresses of versions 4 and 6 as RFC 5952 writes them."""


def words(texts: Iterable[str]) -> Universe:
    """Return the universe of the given texts; the empty text is left out."""
    return Universe(Form.WORDS, tuple(text for text in texts if text))


def language(holds: Iterable[Union], fails: Iterable[Union] = ()) -> Universe:
    """Return the universe of the texts in all of ``holds`` and in none of ``fails``, which must not hold the empty text."""
    return Universe(Form.LANGUAGE, holds=tuple(holds), fails=tuple(fails))


def member(universe: Universe, text: str) -> Member:
    """Return the Member that a text of the universe is."""
    if universe.form is not Form.DATE:
        return Member(text)
    second = instant(text)
    return Member(text, None if second is None else int(second))
