"""Sets of numbers: intervals over the rationals, dense and without ends, where every comparison of decimals lands.

Bounds come from policies and are finite decimals; then a set that is not empty has a member that is one, so that members
can be written. A readable member has as few decimal places as possible.
"""

from __future__ import annotations

from fractions import Fraction

from keyaki.lattice.intervals import Intervals, Point, Span


class Numbers(Intervals):
    """A finite union of intervals of rational numbers."""

    __slots__ = ()

    def member(self) -> Fraction | None:
        """The member with the fewest decimal places, of those the nearest to zero, of two the positive one.

        A set of isolated points that are no finite decimals has one of those as its member.
        """
        found = [shortest(span) for span in self.spans()]
        return min(found, key=_readability)[1] if found else None


def _readability(found: tuple[int, Fraction]) -> tuple[int, Fraction, bool]:
    places, value = found
    return places, abs(value), value < 0


_HOPELESS = 1 << 22


def shortest(span: Span) -> tuple[int, Fraction]:
    """The point of an interval with the fewest decimal places, with their number; of those the nearest to zero.

    A point in k places is one in k + 1 places, so the least k is found by doubling and halving: O(log k) divisions.
    """
    if span.low is not None and span.low == span.high and not _is_decimal(span.low):
        return _HOPELESS, Fraction(span.low)
    places = 0
    while _nearest(span, places) is None:
        places = 2 * places + 1
    low, high = places // 2, places
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _nearest(span, middle) is None else (low, middle)
    return high, Fraction(_nearest(span, high) or 0, 10**high)


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


def _is_decimal(point: Point) -> bool:
    denominator = point.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1
