"""Points: values of a line such that every other value compares with some bounds as one of them does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from keyaki.values import FIRST_INSTANT, LAST_INSTANT, address_text, instant, instant_text, network, number, number_text


def numbers(values: Iterable[str], *, dates: bool = False) -> Iterable[str]:
    """Yield decimals; with ``dates`` also such between which what they mean as dates does not change: four digits are a year."""
    bounds = {found for value in values if (found := number(value)) is not None}
    if dates:
        bounds |= {found for value in values if (found := instant(value)) is not None}
        bounds |= {Fraction(year) for year in (*range(1000, 10_000), FIRST_INSTANT, LAST_INSTANT + 1)}
    return map(number_text, _between(bounds))


def instants(values: Iterable[str]) -> Iterator[str]:
    """Yield dates, with fractions of a second: one for each bound and for each stretch between bounds."""
    bounds = {found for value in values if (found := instant(value)) is not None}
    for point in _between({*bounds, Fraction(FIRST_INSTANT), Fraction(LAST_INSTANT + 1)}):
        if FIRST_INSTANT <= point < LAST_INSTANT + 1:
            floor = point.numerator // point.denominator
            yield f"{instant_text(floor)[:-1]}{number_text(point - floor)[1:]}Z"


def _between(bounds: set[Fraction]) -> list[Fraction]:
    """Return the bounds, a point between neighbours, and one beyond each end."""
    ordered = sorted(bounds) or [Fraction(0)]
    middles = [(low + high) / 2 for low, high in pairwise(ordered)]
    return [ordered[0] - 1, *ordered, *middles, ordered[-1] + 1]


def seconds(values: Iterable[str], first: int) -> Iterator[str]:
    """Yield the whole seconds at and beside every bound, whether it is written as a date, as a number or as a text."""
    points = {first, LAST_INSTANT}
    for value in values:
        for found in (instant(value), number(value)):
            if found is not None and abs(found) <= LAST_INSTANT + 1:
                floor = found.numerator // found.denominator
                points |= {floor - 1, floor, floor + 1, floor + 2}
    yield from (instant_text(point) for point in sorted(points) if first <= point <= LAST_INSTANT)


def addresses(values: Iterable[str]) -> Iterator[str]:
    """Yield addresses of both versions at and beside the ends of each range, and the first and last of all."""
    ranges = [found for value in values if (found := network(value))]
    for version, last in ((4, (1 << 32) - 1), (6, (1 << 128) - 1)):
        points = {0, last}
        for family, low, high in ranges:
            if family == version:
                points |= {low - 1, low, high, high + 1}
        yield from (address_text(version, point) for point in sorted(points) if 0 <= point <= last)
