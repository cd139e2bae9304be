"""Placed claims: claims within one case, where what the key ARN decides is a claim about the ARN itself."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from attrs import evolve

from keyaki.checker.cases import Case
from keyaki.checker.claims import (
    ACCOUNT,
    CALLER,
    REGION,
    RESOURCE,
    Claim,
    Hole,
    Pieces,
    holes,
    lifted,
    under,
    unique,
    without_colons,
)
from keyaki.checker.keytokens import ACCOUNT_TOKENS
from keyaki.checker.tokens import DIGIT, Token, Tokens, plain
from keyaki.policy import Family
from keyaki.reference.matching import VARIABLE_FAMILIES
from keyaki.values import instant, number, octets

_LAST: Final = 10**12 - 1


def placed(claim: Claim, case: Case, partition: str) -> Claim:
    """Return the claim as it stands in a case.

    Fields of the ARN become patterns of the ARN, and so does the caller's account where it is the key's.
    """
    key = claim.key
    on_field = claim.coordinate == RESOURCE and key in {REGION, ACCOUNT}
    if claim.constant is None and on_field:
        claim = _lifted(claim, key, partition)
    if case.own is None:
        return claim
    owned = [_owned(pattern, own=case.own) for pattern in claim.patterns]
    claim = evolve(claim, patterns=unique([pattern for pattern in owned if pattern is not None]))
    if not case.own or claim.coordinate != CALLER:
        return claim
    return evolve(claim, coordinate=RESOURCE) if claim.constant is not None else _lifted(claim, ACCOUNT, partition)


def _lifted(claim: Claim, field: str, partition: str) -> Claim:
    """Return the claim on a field as one on the ARN.

    No Region or account is a truth value or an address, and no Region is a number.
    """
    patterns: Sequence[Pieces] = claim.patterns
    if claim.family not in VARIABLE_FAMILIES or claim.family is Family.BOOL:
        patterns = list(account_digits(claim.family, claim.values)) if field == ACCOUNT else []
    name = "account" if field == ACCOUNT else "region"
    whole = [lifted(partition, **{name: without_colons(pattern)}) for pattern in patterns]
    return evolve(claim, coordinate=RESOURCE, family=None, values=(), patterns=unique(whole), quantifier=None)


def _owned(pattern: Pieces, *, own: bool) -> Pieces | None:
    """Return the pattern where the caller's account is the key's (``own``) or is not; None iff it can match nothing then."""
    if not own and any(hole.twin for hole in holes(pattern)):
        return None
    found: list[Token | Hole] = []
    for piece in pattern:
        if isinstance(piece, Hole) and own:
            found += ACCOUNT_TOKENS if piece.twin else (piece._replace(key=ACCOUNT) if piece.key == CALLER else piece,)
        else:
            found.append(piece)
    return under(tuple(found), {})


def account_digits(family: Family | None, values: Sequence[str]) -> Iterator[Tokens]:
    """Yield patterns of the accounts that meet a value of a Numeric, Date or Binary operator."""
    if family is Family.BINARY_EQUALS:
        found = sorted({found for value in values if (found := octets(value)) is not None})
        texts = [b64encode(value).decode() for value in found]
        yield from (plain(text) for text in texts if len(text) == len(ACCOUNT_TOKENS) and text.isdigit())
        return
    read, name = (number, "Numeric") if family and family.value.startswith("Numeric") else (instant, "Date")
    if family is None or not family.value.startswith(name):
        return
    bounds = [bound for value in values if (bound := read(value)) is not None]
    last = _LAST if read is number else LAST_SECOND
    for low, high in _merged([_range(family.value.removeprefix(name), bound, last) for bound in bounds]):
        yield from _digit_range(f"{low:012}", f"{high:012}")


LAST_SECOND: Final = 253_402_300_799
"""The last second of the year 9999; more digits are no date."""


def _range(comparison: str, bound: Fraction, last: int) -> tuple[int, int]:
    """Return the whole numbers, first and last, that compare so with the bound."""
    floor, exact = bound.numerator // bound.denominator, bound.denominator == 1
    low, high = 0, last
    if comparison == "Equals":
        low, high = (floor, floor) if exact else (1, 0)
    elif comparison.startswith("Less"):
        high = floor - 1 if exact and comparison == "LessThan" else floor
    else:
        low = floor if exact and comparison == "GreaterThanEquals" else floor + 1
    return max(low, 0), min(high, last)


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges that are not empty, in order, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(one for one in ranges if one[0] <= one[1]):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _digit_range(low: str, high: str) -> Iterator[Tokens]:
    """Yield patterns of the digits from low to high.

    They are what both start with, a digit between, then any digits; and the two edges likewise.
    """
    at = next((place for place in range(len(low)) if low[place] != high[place]), None)
    if at is None:
        yield plain(low)
        return
    rest = len(low) - at - 1
    if low[at + 1 :] == "0" * rest and high[at + 1 :] == "9" * rest:
        yield (*plain(low[:at]), _digits(int(low[at]), int(high[at])), *(DIGIT,) * rest)
        return
    if int(high[at]) - int(low[at]) > 1:
        yield (*plain(low[:at]), _digits(int(low[at]) + 1, int(high[at]) - 1), *(DIGIT,) * rest)
    yield from _digit_range(low, low[: at + 1] + "9" * rest)
    yield from _digit_range(high[: at + 1] + "0" * rest, high)


def _digits(low: int, high: int) -> Token:
    return Token(frozenset("0123456789"[low : high + 1]))
