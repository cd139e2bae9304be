"""Predicates: what one condition test asks of one text. Each is a set of texts, named by the set of values that it accepts.

A text that is no value of a predicate's type meets no predicate of that type; so the complement of "a number less than 5" is
"a number from 5 on, or no number". Predicates are values: equal tests are equal, and can be keys of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.compiled import Compiled
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets, Truths
from keyaki.lattice.instants import Instants
from keyaki.values import address, instant, number, octets, truth

_SHORT = 19  # digits that int() reads at once


@frozen(cache_hash=True)
class Predicate:
    """A set of texts: those that read as a value inside ``of``. Subclasses name the type of value."""

    of: Any
    _compiled: Any = field(default=None, init=False, eq=False, repr=False)

    def holds(self, text: str) -> bool:
        """True iff the text is in the set."""
        raise NotImplementedError

    def cost(self, text: str) -> int:
        """About how many microseconds it takes to look at a text: a long one is read as a value of the type."""
        return 1 + (len(text) >> 2)


class TextPredicate(Predicate):
    """The texts that some glob of a union matches."""

    __slots__ = ()
    of: Union

    def holds(self, text: str) -> bool:
        """True iff a glob matches the whole text."""
        return self.compiled.matches(text)

    def cost(self, text: str) -> int:
        """About how many microseconds it takes to match a text."""
        return self.compiled.cost(len(text))

    @property
    def words(self) -> tuple[str, ...] | None:
        """The texts, in the order of their globs, if each glob is one word; else None."""
        return self.compiled.words

    @property
    def compiled(self) -> Compiled:
        """The globs in the form in which texts are tested, made once."""
        found: Compiled | None = self._compiled
        if found is None:
            found = Compiled(self.of)
            object.__setattr__(self, "_compiled", found)
        return found


class NumberPredicate(Predicate):
    """The texts that are numbers inside a set."""

    __slots__ = ()
    of: Numbers

    def holds(self, text: str) -> bool:
        """True iff the text reads as a number of the set."""
        value = int(text) if len(text) < _SHORT and text.isascii() and text.isdecimal() else number(text)
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

    def cost(self, text: str) -> int:
        """About how many microseconds it takes to look at the digits of an instant."""
        return 2 + self.of.cost(text)


def satisfies(text: str, holds: Sequence[Predicate], fails: Sequence[Predicate]) -> bool:
    """Return True iff the text satisfies every predicate of ``holds`` and none of ``fails``."""
    for predicate in holds:
        if not predicate.holds(text):
            return False
    for predicate in fails:  # noqa: SIM110 - a loop costs a third less than a generator, and this is the hottest one
        if predicate.holds(text):
            return False
    return True
