"""Ranges: values that lie between bounds, as patterns of their texts; texts of one length are ordered as their values are."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, product

from keyaki.checker.tokens import DIGIT, Token, Tokens, plain, run
from keyaki.policy import Family
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, instant, instant_text, network, number, octets

_LINES = {Family.IP_ADDRESS: "address", Family.BOOL: "truth", Family.BINARY_EQUALS: "octets"}


def line_of(family: Family | None) -> str:
    """Return the line on which a family compares values: number, instant, address, truth, octets or text."""
    if family in _LINES:
        return _LINES[family]
    name = family.value if family else ""
    return "number" if name.startswith("Numeric") else "instant" if name.startswith("Date") else "text"


def between(low: str, high: str) -> Iterator[Tokens]:
    """Yield patterns of the texts from low to high that have digits where these two, of one length, have digits.

    What both start with, a digit between, then any digits; and likewise the two edges.
    """
    at = next((place for place in range(len(low)) if low[place] != high[place]), None)
    if at is None:
        yield plain(low)
        return
    lowest, highest = (low[at + 1 :].translate(_ALL[digit]) for digit in "09")
    whole = (low[at + 1 :], high[at + 1 :]) == (lowest, highest)
    first, last = (int(low[at]), int(high[at])) if whole else (int(low[at]) + 1, int(high[at]) - 1)
    if first <= last:
        free = (DIGIT if char == "0" else plain(char)[0] for char in lowest)
        yield (*plain(low[:at]), Token(frozenset("0123456789"[first : last + 1])), *free)
    if not whole:
        yield from between(low, low[: at + 1] + highest)
        yield from between(high[: at + 1] + lowest, high)


_ALL = {digit: str.maketrans("0123456789", digit * 10) for digit in "09"}


def numerals(low: int, high: int) -> Iterator[Tokens]:
    """Yield patterns of the whole numbers from low to high, none negative, without leading zeros."""
    for size in range(len(str(low)), len(str(high)) + 1):
        yield from between(str(max(low, 10 ** (size - 1) if size > 1 else 0)), str(min(high, 10**size - 1)))


def spans(family: Family, values: Iterable[str], first: int, last: int) -> list[tuple[int, int]]:
    """Return the ranges of whole numbers, none outside first to last, that meet one of the values of a Numeric or Date family."""
    read, name = (number, "Numeric") if line_of(family) == "number" else (instant, "Date")
    bounds = [bound for value in values if (bound := read(value)) is not None]
    return _merged(_span(family.value.removeprefix(name), bound, first, last) for bound in bounds)


def _span(comparison: str, bound: Fraction, first: int, last: int) -> tuple[int, int]:
    floor, exact = bound.numerator // bound.denominator, bound.denominator == 1
    low, high = first, last
    if comparison == "Equals":
        low, high = (floor, floor) if exact else (1, 0)
    elif comparison.startswith("Less"):
        high = floor - 1 if exact and comparison == "LessThan" else floor
    else:
        low = floor if exact and comparison == "GreaterThanEquals" else floor + 1
    return max(low, first), min(high, last)


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges that are not empty, in order, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(one for one in ranges if one[0] <= one[1]):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def account_texts(family: Family | None, values: Sequence[str]) -> list[Tokens]:
    """Return patterns of the accounts, texts of 12 digits, that meet a value; no account is an address or a truth value."""
    if family is Family.BINARY_EQUALS:
        return [way for way in octet_texts(values) if len(way) == 12 and all(token.within(DIGIT) for token in way)]
    if family is None or line_of(family) not in {"number", "instant"}:
        return []
    last = 10**12 - 1 if line_of(family) == "number" else LAST_INSTANT
    return [way for low, high in spans(family, values, 0, last) for way in between(f"{low:012}", f"{high:012}")]


def octet_texts(values: Iterable[str]) -> list[Tokens]:
    """Return the base64 texts of byte strings: a byte string has one text."""
    found = sorted({found for value in values if (found := octets(value))})
    return [plain(b64encode(value).decode()) for value in found]


def second_texts(family: Family, values: Sequence[str], first: int, *, digits: bool) -> list[Tokens]:
    """Return patterns of the whole seconds that meet a value, as digits or as ``YYYY-MM-DDThh:mm:ssZ``.

    Some of them are texts of no date, as that of the 31st of February.
    """
    first = max(first, 0) if digits else max(first, FIRST_INSTANT)
    found = spans(family, values, first, LAST_INSTANT)
    if digits:
        return [way for low, high in found for way in numerals(low, high)]
    return [way for low, high in found for way in between(instant_text(low), instant_text(high))]


def _calendar() -> Iterator[Tokens]:
    days = [[*between("01", "09"), *between("10", "29")], [*between("30", "30")], [*between("31", "31")]]
    clock = [(*plain("T"), *hour, *plain(":"), *_SIXTY, *plain(":"), *_SIXTY, *plain("Z")) for hour in between("00", "23")]
    for months, length in (("02", 1), ("04 06 09 11", 2), ("01 03 05 07 08 10 12", 3)):
        for month, day, time in product(months.split(), chain(*days[:length]), clock):
            yield (*(DIGIT,) * 4, *plain(f"-{month}-"), *day, *time)


_SIXTY = (Token(frozenset("012345")), DIGIT)
CALENDAR = tuple(_calendar())
"""Texts of whole seconds, and some more: every year is a leap year, the year 0 too."""


def address_texts(values: Iterable[str]) -> list[Tokens]:
    """Return patterns of addresses of version 4 that lie in a network of the values; what they leave free may exceed 255.

    Of two networks that meet one lies in the other, so what is left of them are networks.
    """
    ranges = [(low, high) for value in values if (found := network(value)) and found[0] == 4 for low, high in [found[1:]]]
    return [
        _join(octets_) for low, high in _merged(ranges) for octets_ in _octets(low.to_bytes(4, "big"), high.to_bytes(4, "big"))
    ]


def has_six(values: Iterable[str], *, every: bool = False) -> bool:
    """True iff some value is a range of addresses of version 6; with ``every``, that of all of them."""
    ranges = [found[1:] for value in values if (found := network(value)) is not None and found[0] == 6]
    return (0, (1 << 128) - 1) in ranges if every else bool(ranges)


_OCTET: Tokens = (DIGIT, run(DIGIT))


def _octets(low: bytes, high: bytes) -> Iterator[list[Tokens]]:
    """Yield patterns, octet by octet, of the addresses of a network: octets that are fixed, one between two, then any."""
    if not any(low) and high == b"\xff" * len(low):
        yield [_OCTET] * len(low)
    elif low[0] == high[0]:
        yield from ([plain(str(low[0])), *rest] for rest in _octets(low[1:], high[1:]))
    else:
        yield from ([way, *[_OCTET] * (len(low) - 1)] for way in numerals(low[0], high[0]))


def _join(parts: Sequence[Tokens]) -> Tokens:
    return tuple(token for place, part in enumerate(parts) for token in (*(plain(".") if place else ()), *part))
