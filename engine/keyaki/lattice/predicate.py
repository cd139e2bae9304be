"""Predicates: what one condition test asks of one text. Each is a set of texts, named by the set of values that it accepts.

A text that is no value of a predicate's type meets no predicate of that type; so the complement of "a number less than 5" is
"a number from 5 on, or no number". Predicates are values: equal tests are equal, and can be keys of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from keyaki.automata.glob import Glob
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets, Truths
from keyaki.lattice.instants import Instants
from keyaki.values import address, instant, number, octets, truth


@frozen(cache_hash=True)
class Predicate:
    """A set of texts: those that read as a value inside ``of``. Subclasses name the type of value."""

    of: Any
    _words: Any = field(default=None, init=False, eq=False, repr=False)

    def holds(self, text: str) -> bool:
        """True iff the text is in the set."""
        raise NotImplementedError


class TextPredicate(Predicate):
    """The texts that some glob of a union matches."""

    __slots__ = ()
    of: Union

    def holds(self, text: str) -> bool:
        """True iff a glob matches the whole text."""
        words = self.words
        if words is not None:
            return text in words
        return any(_may_match(glob, text) and glob.matches(text) for glob in self.of.globs)

    @property
    def words(self) -> tuple[str, ...] | None:
        """The texts, in the order of their globs, if each glob is one word; else None. Found once."""
        found: tuple[str, ...] | bool | None = self._words
        if found is None:
            listed = _words(self.of.globs)
            found = False if listed is None else listed
            object.__setattr__(self, "_words", found)
        return None if isinstance(found, bool) else found


class NumberPredicate(Predicate):
    """The texts that are numbers inside a set."""

    __slots__ = ()
    of: Numbers

    def holds(self, text: str) -> bool:
        """True iff the text reads as a number of the set."""
        value = number(text)
        return value is not None and self.of.holds(value)


class InstantPredicate(Predicate):
    """The texts that are instants inside a set."""

    __slots__ = ()
    of: Instants

    def holds(self, text: str) -> bool:
        """True iff the text reads as an instant of the set."""
        value = instant(text)
        return value is not None and self.of.holds(value)


class AddressPredicate(Predicate):
    """The texts that are addresses inside a set."""

    __slots__ = ()
    of: Addresses

    def holds(self, text: str) -> bool:
        """True iff the text reads as an address of the set."""
        value = address(text)
        return value is not None and value in self.of


class TruthPredicate(Predicate):
    """The texts that are truth values inside a set."""

    __slots__ = ()
    of: Truths

    def holds(self, text: str) -> bool:
        """True iff the text reads as a truth value of the set."""
        value = truth(text)
        return value is not None and value in self.of


class OctetsPredicate(Predicate):
    """The base64 texts of the byte strings of a set."""

    __slots__ = ()
    of: Octets

    def holds(self, text: str) -> bool:
        """True iff the text reads as a byte string of the set."""
        value = octets(text)
        return value is not None and value in self.of


class EpochPredicate(Predicate):
    """On a coordinate of dates: the instants whose text in seconds since the epoch satisfies the predicate ``of``.

    Such a coordinate has two names and one value. Its text here is the one of its first name, ``YYYY-MM-DDThh:mm:ssZ``;
    the second name shows the same instant as digits.
    """

    __slots__ = ()
    of: Predicate

    def holds(self, text: str) -> bool:
        """True iff the text is an instant and its digits satisfy the inner predicate."""
        value = instant(text)
        return value is not None and self.of.holds(str(int(value)))


def satisfies(text: str, holds: Sequence[Predicate], fails: Sequence[Predicate]) -> bool:
    """Return True iff the text satisfies every predicate of ``holds`` and none of ``fails``."""
    for predicate in holds:
        if not predicate.holds(text):
            return False
    for predicate in fails:  # noqa: SIM110 - a loop costs a third less than a generator, and this is the hottest one
        if predicate.holds(text):
            return False
    return True


def _may_match(glob: Glob, text: str) -> bool:
    """False only if the first or the last character rules a match out: most candidates fail there, at a tenth of the cost."""
    if not glob.tokens or not text:
        return True
    (first, first_is_run), (last, last_is_run) = glob.tokens[0], glob.tokens[-1]
    if not first_is_run and (text[0] in first.members) == first.complement:
        return False
    return last_is_run or (text[-1] in last.members) != last.complement


def _words(globs: tuple[Glob, ...]) -> tuple[str, ...] | None:
    found = []
    for glob in globs:
        word = ""
        for chars, run in glob.tokens:
            if run or chars.complement or len(chars.members) != 1:
                return None
            word += next(iter(chars.members))
        found.append(word)
    return tuple(found)
