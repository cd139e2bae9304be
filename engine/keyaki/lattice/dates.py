"""The question on a coordinate of dates: one instant, seen as ``YYYY-MM-DDThh:mm:ssZ`` and, under a second name, as digits.

Whatever a predicate asks of either text it asks of the second, so it is a set of whole seconds: that of a typed test has
as few intervals as the test has bounds, a list of words is as many points, and globs that fix a prefix are a few intervals.
Only globs that do not come down to intervals go through a product of scanners over the text that they read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from keyaki.automata.meter import Meter
from keyaki.automata.product import Union, find_word
from keyaki.lattice.answer import Answer, Empty, Member, Unknown
from keyaki.lattice.families import core, octets_text
from keyaki.lattice.instants import Seconds
from keyaki.lattice.predicate import (
    EpochPredicate,
    InstantPredicate,
    NumberPredicate,
    OctetsPredicate,
    Predicate,
    TextPredicate,
    satisfies,
)
from keyaki.lattice.search import fewer
from keyaki.lattice.universe import FIRST_EPOCH_SECOND, Universe, some_of
from keyaki.values import instant, instant_text

_DIGITS: Final = some_of("0123456789")


class Reading(NamedTuple):
    """What a predicate asks of the second: inside ``seconds``; None iff it is made of globs that list no words.

    ``foreign`` says that no text of a date reads as a value of its type. ``epoch`` says which of the two texts it reads.
    """

    seconds: Seconds | None
    epoch: bool
    foreign: bool = False


class DateSearch:
    """The search on a coordinate of dates."""

    def __init__(self, universe: Universe, holds: Sequence[Predicate], fails: Sequence[Predicate], meter: Meter) -> None:
        self.universe = universe
        self.holds = holds
        self.fails = fails
        self.meter = meter
        self.every = _readings(universe, holds)
        self.none = _readings(universe, fails)
        self.top = Seconds.above(FIRST_EPOCH_SECOND, inclusive=True) if universe.epoch else Seconds.top()

    def run(self) -> Answer:
        """Decide; Unknown only where both texts of the date are tested by globs."""
        for index, reading in enumerate(self.every):
            if reading.foreign:
                return Empty("foreign", (index,), universe=True)
        inside = self.inside(range(len(self.every)), range(len(self.none)))
        if inside.is_bottom:
            every = {index: reading.seconds for index, reading in enumerate(self.every) if reading.seconds is not None}
            none = {index: reading.seconds for index, reading in enumerate(self.none) if reading.seconds is not None}
            return Empty("points", *core(self.top, every, none, self.meter, keep_one=False), universe=True)
        exact = all(reading.seconds is not None for reading in chain(self.every, self.none))
        for second in _seconds_of(inside):
            text = instant_text(second)
            if exact or satisfies(text, self.holds, self.fails):
                return Member(text, second)
        return self._by_globs()

    def inside(self, holds: Sequence[int], fails: Sequence[int]) -> Seconds:
        """Return the seconds that the predicates of the given indexes leave, as far as they come down to seconds."""
        inside = self.top
        every, none = [self.every[index].seconds for index in holds], [self.none[index].seconds for index in fails]
        for seconds in (*every, *(None if seconds is None else ~seconds for seconds in none)):
            if seconds is not None:
                self.meter.spend(1 + (len(inside.cuts) + len(seconds.cuts) >> 1))
                inside &= seconds
        return inside

    def _by_globs(self) -> Answer:
        """Decide about one text of the date after the other, the one without globs being that of the second alone."""
        readings = [*self.every, *self.none]
        for epoch in (False, True):
            if any(reading.seconds is None and reading.epoch == epoch for reading in readings):
                found = _Text(self, epoch=epoch).run()
                if isinstance(found, Empty) or satisfies(found, self.holds, self.fails):
                    return found if isinstance(found, Empty) else Member(found, _second(found))
        return Unknown("globs on both texts of a date")


class _Text:
    """The part of a search that reads one of the two texts: what is asked of the other comes in as seconds only."""

    def __init__(self, search: DateSearch, *, epoch: bool) -> None:
        self.search = search
        self.epoch = epoch
        self.cover = [_DIGITS] if epoch else [*search.universe.holds]

    def run(self) -> str | Empty:
        """Return the date, in its first text, or why there is none."""
        search = self.search
        holds, fails = self._globs(search.every), self._globs(search.none)
        found = self._word(holds, fails, universe=True)
        if isinstance(found, Empty):
            return fewer(found, self._word, search.meter)
        holds = [index for index, reading in enumerate(search.every) if reading.seconds is not None or index in holds]
        fails = [index for index, reading in enumerate(search.none) if reading.seconds is not None or index in fails]
        found = self._text(holds, fails, universe=True)
        if isinstance(found, Empty):
            return fewer(found, self._text, search.meter)
        return instant_text(int(found)) if self.epoch else found

    def _globs(self, readings: Sequence[Reading]) -> list[int]:
        return [index for index, reading in enumerate(readings) if reading.seconds is None and reading.epoch == self.epoch]

    def _unions(self, predicates: Sequence[Predicate], readings: Sequence[Reading], indexes: Sequence[int]) -> list[Union]:
        globs = [index for index in indexes if readings[index].seconds is None]
        return [(predicates[index].of.of if self.epoch else predicates[index].of) for index in globs]

    def _word(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool, meter: Meter | None = None) -> str | Empty:
        """Decide by the globs alone."""
        search = self.search
        every = self._unions(search.holds, search.every, holds) + (self.cover if universe else [])
        found = find_word(every, self._unions(search.fails, search.none, fails), meter or search.meter)
        return found if isinstance(found, str) else Empty("closure", tuple(holds), tuple(fails), universe, found)

    def _text(self, holds: Sequence[int], fails: Sequence[int], *, universe: bool, meter: Meter | None = None) -> str | Empty:  # noqa: ARG002
        """Decide by the globs and the seconds; the universe is always cited, since seconds alone are no texts."""
        from keyaki.lattice.mixture import dated_text  # noqa: PLC0415 - rarely needed, and as dear to import as all the rest

        search = self.search
        inside = search.inside(holds, fails)
        every, none = self._unions(search.holds, search.every, holds), self._unions(search.fails, search.none, fails)
        found = dated_text(inside, every, none, meter or search.meter, epoch=self.epoch)
        return found if isinstance(found, str) else Empty("product", tuple(holds), tuple(fails), universe=True, detail=found)


def _second(text: str) -> int | None:
    value = instant(text)
    return None if value is None else int(value)


_TRIED = 8


def _seconds_of(inside: Seconds) -> Iterator[int]:
    """The readable member first, then the ends of some intervals."""
    member = inside.member()
    if member is not None:
        yield member
    for span in inside.spans()[:_TRIED]:
        for end in (span.low, span.high):
            if end is not None:
                yield int(end)


def _readings(universe: Universe, predicates: Sequence[Predicate]) -> list[Reading]:
    """What each predicate asks of the second; ValueError iff one reads digits and the universe does not provide for them."""
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
        return Reading(_listed(predicate, epoch=False), epoch=False)
    return Reading(Seconds.bottom(), epoch=False, foreign=True)


def _epoch_reading(predicate: Predicate) -> Reading:
    if isinstance(predicate, InstantPredicate | NumberPredicate):
        return Reading(Seconds.of(predicate.of), epoch=True)
    if isinstance(predicate, TextPredicate):
        return Reading(_listed(predicate, epoch=True), epoch=True)
    if isinstance(predicate, OctetsPredicate):
        return Reading(_octets_seconds(predicate), epoch=True)
    return Reading(Seconds.bottom(), epoch=True, foreign=True)


def _listed(predicate: TextPredicate, *, epoch: bool) -> Seconds | None:
    """The seconds that a list of words names; None iff the predicate lists no words."""
    if predicate.words is None:
        return None
    values = [(word, instant(word)) for word in predicate.words]
    whole = [(word, int(value)) for word, value in values if value is not None and value.denominator == 1]
    return Seconds.only(*(second for word, second in whole if word == (str(second) if epoch else instant_text(second))))


def _octets_seconds(predicate: OctetsPredicate) -> Seconds:
    """The seconds whose digits are base64 of a byte string of the set: digits are base64 iff four divides their number."""
    texts = map(octets_text, predicate.of.values)
    listed = Seconds.only(*(int(text) for text in texts if text.isdigit() and text[0] != "0"))
    if not predicate.of.all_but:
        return listed
    every = Seconds.bottom()
    for length in (8, 12):
        every |= Seconds.between(10 ** (length - 1), 10**length - 1)
    return every & ~listed
