"""Readable dates: of several intervals the one nearest to the anchor is shown."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

from keyaki.lattice.instants import ANCHOR, Instants, Seconds

DAY = 86_400
DISTANCES = (-4000 * DAY, -400 * DAY, -DAY, -1, 0, 1, DAY, 400 * DAY, 4000 * DAY)


@pytest.mark.parametrize("kind", [Instants, Seconds])
def test_the_member_is_of_the_nearest_interval(kind: type[Instants | Seconds]) -> None:
    """Of two or three single points the one nearest to the anchor is the member, the later one of two as far."""
    for size in (1, 2, 3):
        for some in combinations(DISTANCES, size):
            of = kind.only(*(Fraction(ANCHOR + by) for by in some))
            nearest = min(some, key=lambda by: (abs(by), by < 0))
            assert of.member() == ANCHOR + nearest, some
    assert kind.bottom().member() is None


def test_an_interval_around_the_anchor_is_nearest() -> None:
    """An interval that holds the anchor is preferred to a point however near."""
    around = Instants.above(Fraction(ANCHOR - 50 * DAY)) & Instants.below(Fraction(ANCHOR + 50 * DAY))
    found = (around | Instants.only(Fraction(ANCHOR - 60 * DAY), Fraction(ANCHOR + 60 * DAY))).member()
    assert found is not None
    assert found in around
