"""Addresses: as whole numbers, and as texts in the spelling that requests hold (dotted octets, RFC 5952).

As a number, an address of version 4 is its value and one of version 6 its value and 2**32, so that one Int says both.
As a text, the canonical spelling of version 6 depends on which of the eight groups are zero: a union over those 256 shapes.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Final

from keyaki.smtlib.regex import NONE, chars, either, sequence, word
from keyaki.smtlib.term import apply, conj, integer
from keyaki.values import network

LAST: Final = (1 << 32) + (1 << 128) - 1
_VERSION_6: Final = 1 << 32
_GROUPS: Final = 8


def inside(term: str, value: str) -> str:
    """The Int term is an address in the range that the value of a policy writes; the value is valid."""
    version, first, last = _range(value)
    shift = _VERSION_6 if version == 6 else 0
    if first == last:
        return apply("=", term, integer(first + shift))
    return conj([apply("<=", integer(first + shift), term), apply("<=", term, integer(last + shift))])


def is_address(term: str) -> str:
    """The Int term is an address of either version."""
    return apply("<=", "0", term, integer(LAST))


def _range(value: str) -> tuple[int, int, int]:
    found = network(value)
    if found is None:
        raise ValueError("the value is no range of addresses")
    return found


@lru_cache(maxsize=256)
def address_texts(value: str) -> str:
    """The canonical texts of the addresses in a range."""
    version, first, last = _range(value)
    if version == 4:
        return _dotted(first, last)
    fields = [(first >> shift & 0xFFFF, last >> shift & 0xFFFF) for shift in range(112, -1, -16)]
    found = [
        _shaped(shape, fields)
        for shape in product((False, True), repeat=_GROUPS)
        if all(low <= 0 if zero else high > 0 for zero, (low, high) in zip(shape, fields, strict=True))
    ]
    if first <= 0xFFFF << 32 <= last or 0xFFFF << 32 <= first <= (0x10000 << 32) - 1:
        low, high = max(first, 0xFFFF << 32), min(last, (0x10000 << 32) - 1)
        mapped = sequence(word("::ffff:"), _dotted(low & 0xFFFFFFFF, high & 0xFFFFFFFF))
        found.append(mapped)
    return either(found)


@lru_cache(maxsize=1)
def all_address_texts() -> str:
    """Every canonical text."""
    return either([address_texts("0.0.0.0/0"), address_texts("::/0")])


def _dotted(first: int, last: int) -> str:
    octets = [(first >> shift & 0xFF, last >> shift & 0xFF) for shift in (24, 16, 8, 0)]
    parts = [either([_decimal_range(*octet)]) for octet in octets]
    return sequence(parts[0], word("."), parts[1], word("."), parts[2], word("."), parts[3])


def _decimal_range(first: int, last: int) -> str:
    """The decimals from ``first`` to ``last``, at most 255, without leading zeros."""
    if (first, last) == (0, 255):
        return _OCTET
    return either(word(str(value)) for value in range(first, last + 1))


_OCTET: Final = either(
    [
        chars("09"),
        sequence(chars("19"), chars("09")),
        sequence(word("1"), chars("09"), chars("09")),
        sequence(word("2"), chars("04"), chars("09")),
        sequence(word("25"), chars("05")),
    ]
)


def _shaped(shape: tuple[bool, ...], fields: list[tuple[int, int]]) -> str:
    """The texts of addresses whose zero groups are as in ``shape`` and whose groups lie in ``fields``."""
    mapped = all(shape[:5]) and not shape[5]
    start, length = _gap(shape)
    groups = [word("0") if zero else _hex_range(max(low, 1), high) for zero, (low, high) in zip(shape, fields, strict=True)]
    if mapped:  # ::ffff:0:0/96 is spelt with octets; here the sixth group is anything else
        low, high = max(fields[5][0], 1), fields[5][1]
        groups[5] = either([_hex_range(low, min(high, 0xFFFE))]) if low <= 0xFFFE else NONE
    if length < 2:
        return _colons(groups)
    return sequence(_colons(groups[:start]), word("::"), _colons(groups[start + length :]))


def _colons(groups: list[str]) -> str:
    joined: list[str] = []
    for group in groups:
        joined += [word(":"), group] if joined else [group]
    return sequence(*joined)


def _gap(shape: tuple[bool, ...]) -> tuple[int, int]:
    """Start and length of the first of the longest runs of zero groups."""
    best, start = (0, 0), 0
    for index, zero in enumerate((*shape, False)):
        if not zero:
            if index - start > best[1]:
                best = (start, index - start)
            start = index + 1
    return best


_HEX: Final = chars("09", "af")
_NONZERO_HEX: Final = chars("19", "af")


def _hex_range(first: int, last: int) -> str:
    """The lower-case hexadecimal numbers from ``first`` (at least 1) to ``last`` (at most ffff), without leading zeros."""
    found = []
    for digits in range(1, 5):
        low, high = max(first, 16 ** (digits - 1)), min(last, 16**digits - 1)
        if low <= high:
            found += _hex_between(f"{low:x}", f"{high:x}")
    return either(found)


def _hex_between(low: str, high: str) -> list[str]:
    """The texts between two of the same length, ends included."""
    if not low:
        return [sequence()]
    size = len(low) - 1
    if low == "0" * len(low) and high == "f" * len(high):
        return [sequence(*[_HEX] * len(low))]
    if low[0] == high[0]:
        return [sequence(word(low[0]), tail) for tail in _hex_between(low[1:], high[1:])]
    found = [sequence(word(low[0]), tail) for tail in _hex_between(low[1:], "f" * size)]
    inner = [f"{digit:x}" for digit in range(int(low[0], 16) + 1, int(high[0], 16))]
    if inner:
        found.append(sequence(chars(*inner), *[_HEX] * size))
    return [*found, *(sequence(word(high[0]), tail) for tail in _hex_between("0" * size, high[1:]))]
