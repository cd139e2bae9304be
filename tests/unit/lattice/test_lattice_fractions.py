"""Fractions of a second: read digit by digit they compare with the bounds as the whole fraction does."""

from __future__ import annotations

from itertools import combinations

import pytest

from keyaki.lattice.instant_scanner import InstantScanner
from keyaki.lattice.instants import Instants
from keyaki.values import instant

SECOND = "2024-01-01T00:00:00"
BOUNDS = ("", ".2", ".25", ".5", ".75")
FRACTIONS = (
    "",
    ".0",
    ".1",
    ".2",
    ".20",
    ".22",
    ".25",
    ".250",
    ".251",
    ".3",
    ".4999",
    ".5",
    ".50",
    ".6",
    ".75",
    ".7501",
    ".9",
    ".999",
)


def scanned(scanner: InstantScanner, text: str) -> bool:
    """What a scanner says of a whole text."""
    state = scanner.start
    for char in text:
        then = scanner.step(state, char)
        if isinstance(then, bool):
            return then
        state = then
    return scanner.accepts(state)


@pytest.mark.parametrize("bounds", [*combinations(BOUNDS, 2), *combinations(BOUNDS, 3)])
@pytest.mark.parametrize("zone", ["Z", "", "+00:00"])
def test_a_fraction_between_bounds_is_on_the_right_side_of_each(bounds: tuple[str, ...], zone: str) -> None:
    """Where several bounds lie in one second, every fraction in it, before or after any of them, is told apart rightly."""
    points = [instant(f"{SECOND}{fraction}Z") for fraction in bounds]
    assert None not in points
    first, *rest = points
    within = Instants.above(first, inclusive=True) & Instants.below(rest[-1])
    for of in (within, ~within, Instants.only(*points), ~Instants.only(*points)):
        for fraction in FRACTIONS:
            text = f"{SECOND}{fraction}{zone}"
            assert scanned(InstantScanner(of), text) == (instant(text) in of), (text, bounds)
