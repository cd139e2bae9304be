"""Points: every value of a line compares with the bounds as one of the points does, so trying the points is enough."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest

from keyaki.checker.points import addresses, instants, numbers, seconds
from keyaki.policy import Family
from keyaki.reference.matching import Place, meets
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, address_text, instant, instant_text, number, number_text

STEPS = (-1, 0, 1)
NOWHERE = Place(live=False, widening=False, value_of=lambda _key: None)
NUMERIC = [family for family in Family if family.value.startswith("Numeric")]
DATES = [family for family in Family if family.value.startswith("Date")]
DATE_BOUNDS = ("2024", "2024-01-01T00:00:00Z", "1704067200.5", "1704067201", "0001", "9999-12-31T23:59:59Z", "100000")
NUMBER_BOUNDS = ("-3", "0", "0.5", "1e1", "10.25", "2024", "1704067200")
NETWORKS = ("0.0.0.0/32", "0.0.0.0/1", "10.0.0.0/8", "255.255.255.255", "255.255.255.254/31", "::", "::/1", "2001:db8::/32")
ENDS = ("::ffff:0:0/96", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124")


def compared(families: Iterable[Family], text: str, bounds: Iterable[str]) -> tuple[bool, ...]:
    """How a text compares with each bound, under each family."""
    return tuple(meets(family, text, bound, NOWHERE) for family in families for bound in bounds)


def some_of(luck: random.Random, bounds: tuple[str, ...]) -> list[str]:
    """Up to four bounds, or none."""
    return luck.sample(bounds, luck.randint(0, 4))


@pytest.mark.parametrize("seed", range(12))
def test_decimals_stand_for_all_numbers(seed: int) -> None:
    """Any number, between bounds or beyond them, compares with the bounds as one of the decimals does."""
    luck = random.Random(seed)
    bounds = some_of(luck, NUMBER_BOUNDS)
    found = {compared(NUMERIC, text, bounds) for text in numbers([*bounds, "x"])}
    values = [value for text in bounds if (value := number(text)) is not None]
    near = [value + step for value in values for step in (-1, Fraction(-1, 8), 0, Fraction(1, 8), 1)]
    for value in (*near, Fraction(-(10**9)), Fraction(10**12), Fraction(3, 8)):
        assert compared(NUMERIC, number_text(value), bounds) in found


def test_decimals_stand_for_numbers_read_as_dates() -> None:
    """With dates a decimal of four digits is a year, so numbers and dates together change at every year too."""
    bounds = ("0.5", "2024-06-01T00:00:00Z")
    families = (Family.NUMERIC_LESS_THAN, Family.NUMERIC_EQUALS, Family.DATE_LESS_THAN, Family.DATE_EQUALS)
    found = {compared(families, text, bounds) for text in numbers(bounds, dates=True)}
    near = [int(value) + step for text in bounds if (value := instant(text)) is not None for step in STEPS]
    for value in (*near, 999, 1000, 2023, 2024, 2025, 9999, 10_000, FIRST_INSTANT, LAST_INSTANT, LAST_INSTANT + 1, -5):
        assert compared(families, str(value), bounds) in found


@pytest.mark.parametrize("seed", range(12))
def test_instants_stand_for_all_dates(seed: int) -> None:
    """Any date, with a fraction or without, compares with the bounds as one of the instants does; all of them are dates."""
    luck = random.Random(seed)
    bounds = some_of(luck, DATE_BOUNDS)
    texts = list(instants([*bounds, "x"]))
    assert all(instant(text) is not None for text in texts)
    found = {compared(DATES, text, bounds) for text in texts}
    near = [int(value) + step for text in bounds if (value := instant(text)) is not None for step in STEPS]
    for second in (*near, FIRST_INSTANT, LAST_INSTANT, 5, 1_800_000_000):
        if FIRST_INSTANT <= second <= LAST_INSTANT:
            for fraction in ("", ".25", ".5", ".75"):
                assert compared(DATES, f"{instant_text(second)[:-1]}{fraction}Z", bounds) in found


@pytest.mark.parametrize("first", [FIRST_INSTANT, 10_000])
@pytest.mark.parametrize("seed", range(6))
def test_seconds_stand_for_all_whole_seconds(seed: int, first: int) -> None:
    """Any whole second from the first on compares, as a date or in digits, as one of those does; none is before the first."""
    luck = random.Random(seed)
    bounds = some_of(luck, DATE_BOUNDS)
    texts = list(seconds([*bounds, "x", "1e500"], first))
    values = [int(instant(text) or 0) for text in texts]
    assert first == values[0]
    assert values == sorted(set(values))

    def both(second: int) -> tuple[bool, ...]:
        return compared(DATES, instant_text(second), bounds) + compared(NUMERIC, str(second), bounds)

    found = {both(value) for value in values}
    read = [value for text in bounds for value in (instant(text), number(text)) if value is not None]
    near = [int(value) + step for value in read for step in STEPS]
    for second in (*near, first, LAST_INSTANT, 1_750_000_000):
        if first <= second <= LAST_INSTANT:
            assert both(second) in found


@pytest.mark.parametrize("seed", range(40))
def test_addresses_stand_for_all_of_both_versions(seed: int) -> None:
    """Any address lies in the same of the networks as one that is yielded, up to the first and last of either version."""
    luck = random.Random(seed)
    bounds = some_of(luck, NETWORKS + ENDS)
    texts = list(addresses([*bounds, "x"]))
    found = {(":" in text, compared([Family.IP_ADDRESS], text, bounds)) for text in texts}
    for version, size in ((4, 32), (6, 128)):
        last = (1 << size) - 1
        ends = [0, 1, last - 1, last, 1 << size - 1, 10 << 24, (11 << 24) - 1, 11 << 24, 0x20010DB8 << 96 & last]
        for value in (*ends, *(luck.randrange(1 << size) for _ in range(10))):
            text = address_text(version, value)
            assert (":" in text, compared([Family.IP_ADDRESS], text, bounds)) in found


def test_no_bound_leaves_one_point_of_each_line() -> None:
    """Without bounds every value is like every other, and there is one to try."""
    found: list[Any] = [list(numbers([])), list(instants([])), list(seconds([], 10_000)), list(addresses([]))]
    assert all(found)
