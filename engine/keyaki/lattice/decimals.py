"""Sets of numbers: intervals over the rationals, dense and without ends, where every comparison of decimals lands.

Bounds come from policies and are finite decimals; then a set that is not empty has a member that is one, so that members
can be written. A readable member has as few decimal places as possible.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from fractions import Fraction

from keyaki.lattice.intervals import AT, Intervals, Point, Span
from keyaki.values import decimal_places, number, number_text


class Numbers(Intervals):
    """A finite union of intervals of rational numbers."""

    __slots__ = ()

    def member(self) -> Fraction | None:
        """The member with the fewest decimal places, of those the nearest to zero, of two the positive one.

        A set of isolated points that are no finite decimals has one of those as its member.
        """
        spans, at = self.spans(), (bisect(self.cuts, (0, AT)) + self.starts_inside) // 2
        found = [*_nearest_first(spans[at:]), *_nearest_first(reversed(spans[:at]))]
        return min(found, key=_readability)[1] if found else None


def _nearest_first(spans: Iterable[Span]) -> Iterator[tuple[int, Fraction]]:
    """``shortest`` of each interval up to the first that holds a whole number: those behind it are farther from zero."""
    for span in spans:
        found = shortest(span)
        yield found
        if not found[0]:
            return


def _readability(found: tuple[int, Fraction]) -> tuple[int, Fraction, bool]:
    places, value = found
    return places, abs(value), value < 0


_HOPELESS = 1 << 22
_LONG = 1 << 12
"""Bits of an end past which its digits are looked at: a division takes time by the square of its length."""


def shortest(span: Span) -> tuple[int, Fraction]:
    """The point of an interval with the fewest decimal places, with their number; of those the nearest to zero.

    A point in k places is one in k + 1 places, so the least k is found by doubling and halving: O(log k) divisions. Where the
    ends are long decimals, it is read off their digits.
    """
    if span.low is not None and span.low == span.high:
        return _places(span.low), Fraction(span.low)
    whole = _nearest(span, 0)
    if whole is not None:
        return 0, Fraction(whole)
    if _is_long(span):
        return _by_digits(span)
    places = 1
    while _nearest(span, places) is None:
        places = 2 * places + 1
    low, high = places // 2, places
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _nearest(span, middle) is None else (low, middle)
    return high, Fraction(_nearest(span, high) or 0, 10**high)


def _is_long(span: Span) -> bool:
    """True iff an end has many digits, and both are finite decimals."""
    ends = [end for end in (span.low, span.high) if end is not None]
    return any(end.denominator.bit_length() > _LONG for end in ends) and all(_places(end) < _HOPELESS for end in ends)


def _by_digits(span: Span) -> tuple[int, Fraction]:
    """``shortest`` of an interval between two finite decimals that holds no whole number and more than one point. Linear."""
    low, high = Fraction(span.low or 0), Fraction(span.high or 0)
    if high <= 0:
        places, value = _by_digits(Span(-high, span.high_in, -low, span.low_in))
        return places, -value
    own_places = _places(low)
    parts = [number_text(end).partition(".") for end in (low, high)]
    size = max(len(whole) for whole, _, _ in parts)
    length = max(len(part) for _, _, part in parts) + 1
    lesser, greater = (whole.rjust(size, "0") + part.ljust(length, "0") for whole, _, part in parts)
    # In fewer places the ends are cut to the same number. Where they first differ, or past the nines behind that place, one can
    # be added to a digit of the lesser end.
    at = next(at for at, (one, other) in enumerate(zip(lesser, greater, strict=True)) if one != other)
    if at < size or (not span.high_in and not greater[at + 1 :].strip("0") and int(lesser[at]) + 1 == int(greater[at])):
        at = next(at for at in range(max(at + 1, size), len(lesser)) if lesser[at] != "9")
    if span.low_in and own_places <= at + 1 - size:
        return own_places, low
    digits = lesser[:at] + str(int(lesser[at]) + 1)
    return at + 1 - size, number(f"{digits[:size]}.{digits[size:]}") or Fraction(0)


def _nearest(span: Span, places: int) -> int | None:
    """The integer nearest to zero that, divided by ``10**places``, lies in the interval; None iff there is none."""
    scale = 10**places
    first = None if span.low is None else _first_whole(span.low, scale, inclusive=span.low_in)
    last = None if span.high is None else -_first_whole(-span.high, scale, inclusive=span.high_in)
    if first is not None and last is not None and first > last:
        return None
    if first is not None and first > 0:
        return first
    return last if last is not None and last < 0 else 0


def _first_whole(bound: Point, scale: int, *, inclusive: bool) -> int:
    """The least integer that is at least ``bound * scale``, or greater than it."""
    floor, rest = divmod(bound.numerator * scale, bound.denominator)
    return floor if inclusive and not rest else floor + 1


def _places(point: Point) -> int:
    """The decimal places of a number, or more than any has iff it is no finite decimal."""
    found = decimal_places(point.denominator)
    return _HOPELESS if found is None else found
