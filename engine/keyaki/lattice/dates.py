"""The question on a coordinate of dates: one instant, seen as ``YYYY-MM-DDThh:mm:ssZ`` and, under a second name, as digits.

Whatever a predicate asks of either text it asks of the second, so it is a set of whole seconds: that of a typed test has
as few intervals as the test has bounds, a list of words is as many points, and globs that fix a prefix are a few intervals.
Only globs that do not come down to intervals go through a product of scanners over the text that they read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from keyaki.lattice.families import octets_text
from keyaki.lattice.instants import Seconds
from keyaki.lattice.predicate import (
    EpochPredicate,
    InstantPredicate,
    NumberPredicate,
    OctetsPredicate,
    Predicate,
    TextPredicate,
)
from keyaki.lattice.universe import FIRST_EPOCH_SECOND, Universe
from keyaki.values import instant, instant_text


class Reading(NamedTuple):
    """What a predicate asks of the second: inside ``seconds``; None iff it is a glob, which does not come down to that.

    ``foreign`` says that no text of a date reads as a value of its type. ``epoch`` says which of the two texts it reads.
    """

    seconds: Seconds | None
    epoch: bool
    foreign: bool = False


def top(universe: Universe) -> Seconds:
    """Return the seconds that the universe holds."""
    return Seconds.above(FIRST_EPOCH_SECOND, inclusive=True) if universe.epoch else Seconds.top()


def readings(universe: Universe, predicates: Sequence[Predicate]) -> list[Reading]:
    """Return what each predicate asks of the second.

    Raises ValueError iff a predicate reads digits and the universe does not provide for them.
    """
    found = [_reading(predicate) for predicate in predicates]
    if not universe.epoch and any(reading.epoch for reading in found):
        raise ValueError("the universe of dates has no text in digits")
    return found


def _reading(predicate: Predicate) -> Reading:
    if isinstance(predicate, EpochPredicate):
        return _epoch_reading(predicate.of)
    if isinstance(predicate, InstantPredicate):
        return Reading(Seconds.of(predicate.of), epoch=False)
    if isinstance(predicate, TextPredicate):
        return Reading(_points(predicate, epoch=False), epoch=False)
    return Reading(Seconds.bottom(), epoch=False, foreign=True)


def _epoch_reading(predicate: Predicate) -> Reading:
    if isinstance(predicate, InstantPredicate | NumberPredicate):
        return Reading(Seconds.of(predicate.of), epoch=True)
    if isinstance(predicate, TextPredicate):
        return Reading(_points(predicate, epoch=True), epoch=True)
    if isinstance(predicate, OctetsPredicate):
        return Reading(_octets_seconds(predicate), epoch=True)
    return Reading(Seconds.bottom(), epoch=True, foreign=True)


def _points(predicate: TextPredicate, *, epoch: bool) -> Seconds | None:
    if predicate.words is None:
        return None
    values = [(word, instant(word)) for word in predicate.words]
    return Seconds.only(*(int(value) for word, value in values if value is not None and text_of(int(value), epoch=epoch) == word))


def text_of(second: int, *, epoch: bool) -> str:
    """Return the text of a second that a name of the coordinate shows."""
    return str(second) if epoch else instant_text(second)


def _octets_seconds(predicate: OctetsPredicate) -> Seconds:
    """The seconds whose digits are base64 of a byte string of the set: digits are base64 iff four divides their number."""
    listed = Seconds.only(*(int(text) for text in map(octets_text, predicate.of.values) if text.isdigit() and text[0] != "0"))
    if not predicate.of.all_but:
        return listed
    every = Seconds.bottom()
    for length in (8, 12):
        every |= Seconds.between(10 ** (length - 1), 10**length - 1)
    return every & ~listed
