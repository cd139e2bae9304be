"""The scanner of instants: a date-time field by field, or seconds since the epoch, against the bounds of a set.

What was read of a date-time leaves a range of instants open. As soon as the set holds all of that range or nothing of it the
state is *settled*, and then only matters what decides whether the rest can still be a date: leap years, the length of
the month. States that are not settled lie around a bound, so they are few. A zone comes last and moves the instant by less than a
day, so the range is widened by that until it is known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from typing import NamedTuple

from keyaki.lattice.decimals import Numbers
from keyaki.lattice.digits import Digits, Place
from keyaki.lattice.instants import Instants
from keyaki.lattice.intervals import BEFORE
from keyaki.lattice.number_scanner import NumberScanner
from keyaki.lattice.number_scanner import State as NumberState
from keyaki.values import instant, number_text

_TEMPLATE = "0000-00-00T00:00:00"
_ZONE_TEMPLATE = "+00:00"
_DIGITS = frozenset("0123456789")
_WHOLE_TEXTS = frozenset({4, 7, 10, 16, 19})
_YEAR = 4  # digits
_ZONE_REACH = 86_340  # 23:59
_NOWHERE: Place = (0, 0, 0)


class State(NamedTuple):
    """What was read: the part before a fraction or zone (a stand-in for it once ``settled``), the fraction's place, the zone.

    ``settled`` is what the set says of all instants still possible, or None. ``digits`` is the state of the scanner of seconds
    since the epoch as long as the text may still be that, and ``length`` the number of its characters, at most 5: four digits are
    a year. ``is_date`` is False as soon as the text cannot be a date-time of the set any more.
    """

    text: str
    settled: bool | None = None
    fraction: Place | None = None
    fraction_digits: bool = False
    zone: str = ""
    digits: NumberState | None = None
    length: int = 0
    is_date: bool = True


class InstantScanner:
    """Scans the texts of the instants of a set; with ``canonical`` only ``YYYY-MM-DDThh:mm:ssZ``.

    Without ``zones`` an instant has no text with an offset from UTC. With ``shape`` it scans a little more than all instants,
    whatever the set: the years 1 and 9999 have no ends.
    """

    letters = frozenset("0123456789-T:.Z+")

    def __init__(
        self, instants: Instants, *, others: bool = False, canonical: bool = False, zones: bool = True, shape: bool = False
    ) -> None:
        self.others = others
        self.instants = instants
        self.zones = zones and not canonical
        self._canonical = canonical
        accepted = Numbers.top() if shape else Numbers(instants.cuts)
        if others:
            accepted |= ~Numbers(Instants.ends)
        self._accepted = accepted
        parts = (number_text(Fraction(point - point // 1))[2:] for point, _ in accepted.cuts)
        self._fractions = Digits(["", *parts])
        self._clocks = sorted({int(point // 1) % 60 for point, _ in accepted.cuts})
        self._epoch = NumberScanner(accepted, others=others, exponents=False)
        self.weight = 3 + (len(accepted.cuts) >> 1)
        self.start = State("", digits=None if canonical else self._epoch.start)

    def accepts(self, state: State) -> bool:
        """True iff the text so far is an instant of the set, or with ``others`` none at all."""
        if state.is_date and self._is_whole(state):
            return self._accepted.holds(self._value(state)) if state.settled is None else state.settled
        if state.digits is None or state.length == _YEAR:
            return self.others
        return self._epoch.accepts(state.digits)

    def _is_whole(self, state: State) -> bool:
        if self._canonical:
            return len(state.text) == len(_TEMPLATE) and state.zone == "Z"
        if state.fraction is not None and not state.fraction_digits:
            return False
        return len(state.text) in _WHOLE_TEXTS and (state.zone in {"", "Z"} or len(state.zone) == len(_ZONE_TEMPLATE))

    def _value(self, state: State) -> Fraction:
        return _seconds(state.text) - _offset(state.zone) + self._fraction(state.fraction or _NOWHERE)

    def _fraction(self, place: Place) -> Fraction:
        """A fraction of a second that stands for all at the same place among those of the bounds."""
        low, high, _ = place
        if self._fractions.equals(place) or high == 0:
            return self._fraction_of(low)
        return (self._fraction_of(low - 1) + self._fraction_of(low)) / 2

    def _fraction_of(self, index: int) -> Fraction:
        sequences = self._fractions.sequences
        return Fraction(1) if index == len(sequences) else Fraction(int(sequences[index] or "0"), 10 ** len(sequences[index]))

    def step(self, state: State, char: str) -> State | bool:
        """One more character; ``others`` iff the text can become no instant, False if it can become none of the set."""
        then = None if state.digits is None else self._epoch.step(state.digits, char)
        digits = then if isinstance(then, NumberState) else None
        date = self._date_step(state, char) if state.is_date else None
        if date is None and digits is None:
            return self.others
        length = 0 if digits is None else _YEAR + 1 if char in "-." else min(state.length + 1, _YEAR + 1)
        return (date or State("", is_date=False))._replace(digits=digits, length=length)

    def _date_step(self, state: State, char: str) -> State | None:
        if state.zone:
            return self._zone_step(state, char)
        if (
            char in ("Z+-" if self.zones else "Z")
            and len(state.text) in {16, 19}
            and (state.fraction is None or state.fraction_digits)
        ):
            return self._narrowed(state._replace(zone="+" if char == "-" and state.settled is not None else char))
        if state.fraction is not None:
            if char not in _DIGITS:
                return None
            place = state.fraction if state.settled is not None else self._fractions.step(state.fraction, char)
            return state._replace(fraction=place, fraction_digits=True)
        if char == "." and len(state.text) == len(_TEMPLATE) and not self._canonical:
            return state._replace(fraction=_NOWHERE if state.settled is not None else self._fractions.start)
        text = _extended(state.text, char)
        if text is None:
            return None
        if len(text) == len(_TEMPLATE):
            text = text[:-2] + self._clock_seconds(text[-2:])
        return self._narrowed(state._replace(text=text))

    def _clock_seconds(self, seconds: str) -> str:
        """The least seconds that stand to those of the bounds as these do: zones move instants by whole minutes only."""
        if self._canonical:
            return seconds
        at = bisect_left(self._clocks, int(seconds))
        if at < len(self._clocks) and self._clocks[at] == int(seconds):
            return seconds
        return f"{self._clocks[at - 1] + 1 if at else 0:02}"

    def _zone_step(self, state: State, char: str) -> State | None:
        zone = state.zone + char
        if state.zone == "Z" or self._canonical or not _begins_zone(zone):
            return None
        if state.settled is not None:
            zone = zone[:1] + "00:00"[: len(zone) - 1] if len(zone) != 2 or char != "2" else zone
        return self._narrowed(state._replace(zone=zone))

    def _narrowed(self, state: State) -> State | None:
        """The state, settled if it can be; None iff it is settled against and nothing else can save it."""
        settled = state.settled
        if settled is None:
            settled = self._verdict(state)
            if settled is None:
                return state
        if settled is False and not self.others:
            return None
        fraction = None if state.fraction is None else _NOWHERE
        return state._replace(settled=settled, text=_stand_in(state.text), fraction=fraction)

    def _verdict(self, state: State) -> bool | None:
        """What the set says of all instants that are still possible; None iff it says different things."""
        first, last = _seconds(_completed(state.text, first=True)), _seconds(_completed(state.text, first=False))
        least, most = _offsets(state.zone) if self.zones else (0, 0)
        low, high = first - most, last + 1 - least
        cuts = self._accepted.cuts
        same = bisect_right(cuts, (low, BEFORE)) == bisect_left(cuts, (high, BEFORE))
        return self._accepted.holds(low) if same else None


def _seconds(text: str) -> Fraction:
    """Seconds since the epoch of a date-time without fraction and zone."""
    found = instant(text)
    if found is None:
        raise ValueError("not a date-time")
    return found


def _offset(zone: str) -> int:
    if zone in {"", "Z"}:
        return 0
    return (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60) * (-1 if zone[0] == "-" else 1)


def _offsets(zone: str) -> tuple[int, int]:
    """The least and the most that a zone which begins so can be ahead of UTC."""
    if not zone:
        return -_ZONE_REACH, _ZONE_REACH
    if zone == "Z":
        return 0, 0
    ends = _offset(zone[:1] + _filled(zone[1:], "00:00")), _offset(zone[:1] + _filled(zone[1:], "23:59"))
    return min(ends), max(ends)


def _filled(clock: str, end: str) -> str:
    """A clock time completed towards the first or the last of the day."""
    if len(clock) == 1 and end != "00:00":
        return clock + ("3" if clock == "2" else "9") + ":59"
    return clock + end[len(clock) :]


def _begins_zone(zone: str) -> bool:
    hours, minutes = zone[1:3], zone[4:6]
    shape = all(
        char == mark if mark in "+:" else char in _DIGITS for char, mark in zip(zone[1:], _ZONE_TEMPLATE[1:], strict=False)
    )
    return shape and len(zone) <= len(_ZONE_TEMPLATE) and hours.ljust(2, "0") <= "23" and minutes.ljust(2, "0") <= "59"


def _month_length(text: str) -> int:
    """The days of the month that a text of ``YYYY-MM`` and more begins with."""
    return next(day for day in (31, 30, 29, 28) if instant(f"{text[:7]}-{day}") is not None)


def _extended(text: str, char: str) -> str | None:
    """The beginning of a date-time with one more character, if it still is one."""
    if len(text) == len(_TEMPLATE) or (char != _TEMPLATE[len(text)] if _TEMPLATE[len(text)] != "0" else char not in _DIGITS):
        return None
    found = text + char
    length = len(found)
    if length in {12, 13}:
        return found if found[11:].ljust(2, "0") <= "23" else None
    if length in {15, 18}:
        return found if char <= "5" else None
    if length == 6:
        return found if char <= "1" else None
    if length == 9:
        return found if int(char) * 10 <= _month_length(found) else None
    return found if length not in {4, 7, 10} or instant(found) is not None else None


def _completed(text: str, *, first: bool) -> str:
    """The first or the last second that a date-time which begins with the text can be."""
    if first:
        return _first_completion(text)
    found = text.ljust(4, "9")
    if len(found) <= 5:
        found = found[:4] + "-12"
    if len(found) == 6:
        found += "9" if found[5] == "0" else "2"
    if len(found) <= 9:
        length = _month_length(found)
        tens = int(found[8]) if len(found) == 9 else 3
        found = f"{found[:7]}-{min(tens * 10 + 9, length):02}"
    if len(found) <= 12:
        found = found[:10] + "T" + ("23" if found[11:] in {"", "2"} else found[11] + "9")
    return found + ":59:59"[len(found) - 13 :]


def _first_completion(text: str) -> str:
    found = text.ljust(4, "0")
    if found[:4] == "0000":
        found = "0001"
    if len(found) in {6, 9}:
        found += "1" if found[-1] == "0" else "0"
    return found + "0001-01-01T00:00:00"[len(found) :]


def _stand_in(text: str) -> str:
    """The text that stands for all with which the same continuations make a date-time."""
    length = len(text)
    if length < 4:
        return _year_stand_in(text)
    if length < 8:
        year = "0004" if instant(text[:4] + "-02-29") is not None else "0001"
        if length < 7:
            return year + text[4:]
        days = _month_length(text)
        return f"{year}-02" if days < 30 else "0001-04" if days == 30 else "0001-01"
    if length < 10:
        return _stand_in(text[:7]) + text[7:]
    if length == 12:
        return "0001-01-01T" + ("2" if text[11] == "2" else "0")
    return "0001-01-01T00:00:00"[:length]


def _year_stand_in(text: str) -> str:
    """Of a year's first digits it matters whether they are 0, and their rest by four, which is that of the last two."""
    century = text[:2]
    if len(century) == 1:
        century = "0" if century == "0" else "12"[int(century) % 2 == 0]
    elif len(century) == 2 and century != "00":
        century = "04" if int(century) % 4 == 0 else "01"
    tens = text[2:]
    return century + (tens if tens in {"", "0"} else "12"[int(tens) % 2 == 0])
