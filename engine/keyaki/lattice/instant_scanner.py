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
_ZONE_REACH = 86_340  # 23:59
_NOWHERE: Place = (0, 0, 0)


class State(NamedTuple):
    """What was read: the part before a fraction or zone (a stand-in for it once ``settled``), the fraction's place, the zone.

    ``digits`` is the state of the scanner of seconds since the epoch as long as the text may still be that; ``is_date`` is
    False as soon as it cannot be a date-time any more. ``settled`` is what the set says of all instants still possible, or None.
    """

    text: str
    settled: bool | None = None
    fraction: Place | None = None
    fraction_digits: bool = False
    zone: str = ""
    digits: NumberState | None = None
    is_date: bool = True


class InstantScanner:
    """Scans the texts of the instants of a set; with ``canonical`` only ``YYYY-MM-DDThh:mm:ssZ``."""

    letters = frozenset("0123456789-T:.Z+")

    def __init__(self, instants: Instants, *, others: bool = False, canonical: bool = False) -> None:
        self.others = others
        self._canonical = canonical
        accepted = Numbers(instants.cuts)
        if others:
            accepted |= ~Numbers(Instants.ends)
        self._accepted = accepted
        parts = (number_text(Fraction(point - point // 1))[2:] for point, _ in accepted.cuts)
        self._fractions = Digits(["", *parts])
        self._epoch = NumberScanner(accepted, others=others, exponents=False)
        self._settled: dict[str, bool | None] = {}
        self.start = State("", digits=None if canonical else self._epoch.start)

    def accepts(self, state: State) -> bool:
        """True iff the text so far is an instant of the set, or with ``others`` none at all."""
        if state.is_date and self._is_whole(state):
            return self._accepted.holds(self._value(state)) if state.settled is None else state.settled
        if state.digits is not None:
            return self._epoch.accepts(state.digits)
        return self.others

    def _is_whole(self, state: State) -> bool:
        if self._canonical:
            return len(state.text) == len(_TEMPLATE) and state.zone == "Z"
        if state.fraction is not None and not state.fraction_digits:
            return False
        return len(state.text) in _WHOLE_TEXTS and state.text != "0000" and len(state.zone) in {0, len(_ZONE_TEMPLATE)} | {
            len("Z") if state.zone == "Z" else 0
        }

    def _value(self, state: State) -> Fraction:
        local = instant(state.text + (state.zone if len(state.text) > 10 else ""))
        return _shifted(state.text, state.zone) + self._fraction(state.fraction) if local is None else local + self._fraction(state.fraction)
