"""Atoms: what one condition entry, or one Resource element, asks of one coordinate of a request.

A coordinate is the resource or a context key; names of one value (section 6) are one coordinate. An atom is true or false of
every value that its coordinate can take, absence included, so a statement is a conjunction of atoms and a *literal* (an atom
and the truth it is to have) cuts its coordinate down. An atom whose texts hold a policy variable is *tied* to another
coordinate; it becomes an ordinary one as soon as the variable's value is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from attrs import evolve, field, frozen

from keyaki.automata.glob import Token, folded
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union, find_word
from keyaki.lattice.finite import Truths
from keyaki.lattice.predicate import EpochPredicate, Predicate, TextPredicate, TruthPredicate
from keyaki.policy import Quantifier
from keyaki.symbolic.pattern import Assignment, Hole, Pattern
from keyaki.values import instant, truth

_FEW = 1_000_000
"""Steps enough to meet any pattern with a word of five letters."""

Value = str | tuple[str, ...] | None
"""What a coordinate holds: a text, a list, or None where absent."""


@frozen
class Tied:
    """A test of texts some of which hold variables: a text passes iff some pattern matches it.

    With ``boolean`` the patterns are read as truth values and compared as such.
    """

    patterns: tuple[Pattern, ...]
    boolean: bool = False

    @property
    def holes(self) -> tuple[Hole, ...]:
        """Every variable of every pattern."""
        return tuple(hole for pattern in self.patterns for hole in pattern.holes)

    def under(self, known: Assignment) -> Tied | Predicate:
        """Return the test with the known variables replaced: a predicate iff none is left."""
        patterns = tuple(filter(None, (pattern.under(known) for pattern in self.patterns)))
        if any(pattern.holes for pattern in patterns):
            return Tied(patterns, self.boolean)
        return predicate_of(patterns, self.boolean)

    def certain(self) -> Predicate:
        """Return a subset of what passes: the patterns without variables."""
        return predicate_of(tuple(pattern for pattern in self.patterns if not pattern.holes), self.boolean)

    def relaxed(self, texts: Callable[[Hole], Sequence[tuple[Token, ...]]]) -> Predicate:
        """Return a superset of what passes, each variable free among ``texts`` of it."""
        union = Union(tuple(dict.fromkeys(glob for pattern in self.patterns for glob in pattern.relaxed(texts))))
        if self.boolean:
            words = {True: Union((folded("true"),)), False: Union((folded("false"),))}
            possible = (value for value, word in words.items() if isinstance(find_word([union, word], [], Meter(_FEW)), str))
            return TruthPredicate(Truths(frozenset(possible)))
        return TextPredicate(union)


def predicate_of(patterns: tuple[Pattern, ...], boolean: bool) -> Predicate:
    """Return the test of patterns without variables."""
    globs = tuple(pattern.glob() for pattern in patterns)
    if len(globs) > 1:
        globs = tuple(dict.fromkeys(globs))
    if boolean:
        return TruthPredicate(Truths(frozenset(value for glob in globs if (value := truth(glob.literal or "")) is not None)))
    return TextPredicate(Union(globs))


@frozen
class Atom:
    """One test of one coordinate.

    It is true of an absent key iff ``absent``. A present single value x passes iff ``present`` is True, or is a test that
    holds of x, the other way round if ``inverted``. On a multi-valued coordinate ``quantifier`` says whether every or some
    element must pass; there ``present`` may be a plain truth value too. ``epoch`` says that the test reads the time in digits.
    ``place`` is the statement and what of it (``resource``, ``condition N``, or ``has KEY`` for a variable that must have a
    value); it takes no part in equality.
    """

    coordinate: str
    absent: bool
    present: bool | Predicate | Tied
    inverted: bool = False
    quantifier: Quantifier | None = None
    epoch: bool = False
    place: tuple[int, str] = field(default=(-1, ""), eq=False)


class Literal(NamedTuple):
    """An atom and the truth it is to have."""

    atom: Atom
    truth: bool


def under(atom: Atom, known: Assignment) -> Atom:
    """Return the atom with the known variables replaced; the atom itself where there are none."""
    if not isinstance(atom.present, Tied):
        return atom
    test = atom.present.under(known)
    return evolve(atom, present=EpochPredicate(test) if atom.epoch and isinstance(test, Predicate) else test)


def is_true(atom: Atom, value: Value) -> bool:
    """Evaluate an atom without variables at a value of its coordinate."""
    if value is None:
        return atom.absent
    test = atom.present
    if isinstance(test, bool):
        return test
    if isinstance(value, tuple):
        passes = (test.holds(element) != atom.inverted for element in value)  # type: ignore[union-attr]
        return all(passes) if atom.quantifier is Quantifier.FOR_ALL_VALUES else any(passes)
    return test.holds(value) != atom.inverted  # type: ignore[union-attr]


def digits(value: Value) -> str | None:
    """Return the time in seconds since the epoch, as ``aws:EpochTime`` shows it, of the text that ``aws:CurrentTime`` shows."""
    second = instant(value) if isinstance(value, str) else None
    return None if second is None else str(int(second))
