"""Sets of instants: intervals over the seconds of the years 1 to 9999, dense or whole.

Seconds are counted from 1970-01-01T00:00:00Z. Texts that anybody may write can hold fractions of a second; the values
of keys that hold dates are whole seconds. The dense line ends just below the first second of the year 10000.
"""

from __future__ import annotations

from fractions import Fraction

from keyaki.lattice.decimals import shortest
from keyaki.lattice.intervals import BEFORE, Cut, Intervals, Span
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, instant, instant_text

ANCHOR = 1_735_689_600
"""2025-01-01T00:00:00Z, the date that a reader is shown unless the set excludes it."""

_ENDS = ((FIRST_INSTANT, BEFORE), (LAST_INSTANT + 1, BEFORE))
_FIELDS = (4, 7, 10, 13, 16, 19)
_EARLIEST = "0001-01-01T00:00:00Z"
_UNITS = (86_400, 3_600, 60, 1)


class Instants(Intervals):
    """A finite union of intervals of instants, dense."""

    __slots__ = ()
    ends = _ENDS

    def member(self) -> Fraction | None:
        """The member nearest to ANCHOR among the roundest of the nearest interval; None iff the set is empty."""
        span = _nearest_span(self.spans())
        return None if span is None else _round(span)


class Seconds(Intervals):
    """A finite union of intervals of whole seconds."""

    __slots__ = ()
    ends = _ENDS
    discrete = True

    @classmethod
    def of(cls, line: Intervals) -> Seconds:
        """The whole seconds of a set of instants or of numbers."""
        cuts: list[Cut] = []
        for point, side in line.cuts:
            cut = cls.cut(point, side)
            if cuts and cuts[-1] == cut:
                cuts.pop()
            else:
                cuts.append(cut)
        return cls(tuple(cuts), line.starts_inside) & cls.top()

    def member(self) -> int | None:
        """The member nearest to ANCHOR among the roundest of the nearest interval; None iff the set is empty."""
        span = _nearest_span(self.spans())
        return None if span is None else int(_round(span))


def _nearest_span(spans: list[Span]) -> Span | None:
    return min(spans, key=_distance, default=None)


def _distance(span: Span) -> Fraction | int:
    """How far the interval is from ANCHOR; one that lies after it counts as nearer than one as far before it."""
    low, high = _ends(span)
    if low > ANCHOR:
        return 2 * (low - ANCHOR)
    return 2 * (ANCHOR - high) + 1 if high < ANCHOR else 0


def _ends(span: Span) -> tuple[Fraction | int, Fraction | int]:
    if span.low is None or span.high is None:
        raise ValueError("an interval of instants has two ends")
    return span.low, span.high


def _round(span: Span) -> Fraction:
    """ANCHOR if the interval holds it, else its roundest instant: the start of a year, month, day, hour, minute, second."""
    low, high = _ends(span)
    if _within(ANCHOR, span):
        return Fraction(ANCHOR)
    candidates = _starts_after(int(-(-low // 1))) if low >= ANCHOR else _starts_before(int(high // 1))
    for candidate in candidates:
        if _within(candidate, span):
            return Fraction(candidate)
    return shortest(span)[1]


def _within(point: int, span: Span) -> bool:
    low, high = _ends(span)
    return (low < point or (span.low_in and low == point)) and (point < high or (span.high_in and high == point))


def _starts_before(second: int) -> list[int]:
    """The last start of a year, month, day, hour, minute and second, not after the given second, roundest first."""
    text = instant_text(min(max(second, FIRST_INSTANT), LAST_INSTANT))
    found = [instant(text[:length] + _EARLIEST[length:]) for length in _FIELDS]
    starts = [int(start) for start in found if start is not None]
    return [*starts, second - 1]


def _starts_after(second: int) -> list[int]:
    """The first start of a year, month, day, hour, minute and second, not before the given second, roundest first."""
    year, month = (int(part) for part in instant_text(min(max(second, FIRST_INSTANT), LAST_INSTANT)).split("-")[:2])
    ahead = (f"{year + 1:04}", f"{year + month // 12:04}-{month % 12 + 1:02}")
    found = [second if _is_start(second, 4) else instant(ahead[0]), second if _is_start(second, 7) else instant(ahead[1])]
    starts = [int(start) for start in found if start is not None]
    return [*starts, *(-(-second // unit) * unit for unit in _UNITS), second + 1]


def _is_start(second: int, length: int) -> bool:
    return FIRST_INSTANT <= second <= LAST_INSTANT and instant_text(second)[length:] == _EARLIEST[length:]
