r"""Decimals as texts: which plain decimals are below, at or above a number, and which of them are instants that are.

A plain decimal is ``[+-]?[0-9]+(\.[0-9]+)?``, leading and trailing zeros allowed, without an exponent. The values of Numeric
keys, accounts and ``aws:EpochTime`` are written so; a text of a String key may have an exponent, and its order is not expressed.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from keyaki.policy import Family
from keyaki.smtlib.regex import (
    DIGIT,
    EMPTY,
    NONE,
    both,
    chars,
    digits_below,
    either,
    optional,
    plus,
    sequence,
    star,
    times,
    without,
    word,
)
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, instant, number_text

_MAGNITUDE: Final = sequence(plus(DIGIT), optional(sequence(word("."), plus(DIGIT))))
PLAIN: Final = sequence(optional(chars("+", "-")), _MAGNITUDE)
_NATURAL: Final = either([word("0"), sequence(chars("19"), star(DIGIT))])
_FRACTION: Final = sequence(word("."), star(DIGIT), chars("19"))
SHORTEST: Final = either(
    [
        sequence(optional(word("-")), sequence(_NATURAL, _FRACTION)),
        sequence(optional(word("-")), chars("19"), star(DIGIT)),
        word("0"),
    ]
)
"""How the values of Numeric keys are written."""
_YEAR: Final = times(DIGIT, 4)

RELATIONS: Final = {
    "Equals": "=",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
}
"""The end of the name of an ordered operator to the relation of the request's value to the policy's."""


def relation_of(family: Family) -> str:
    """The relation of an ordered operator."""
    return RELATIONS[family.value.removeprefix("Numeric").removeprefix("Date")]


def decimals(relation: str, bound: Fraction) -> str:
    """The plain decimals whose value stands in the relation to the bound, a finite decimal."""
    below, at = _below(bound), _at(bound)
    found = {
        "=": at,
        "<": below,
        "<=": either([below, at]),
        ">": without(PLAIN, either([below, at])),
        ">=": without(PLAIN, below),
    }
    return found[relation]


def instants(relation: str, bound: Fraction) -> str:
    """The plain decimals that a Date operator reads as an instant in the relation: four digits a year, else seconds.

    **choice** of :func:`keyaki.values.instant`: no plus sign, and nothing outside the years 1 to 9999.
    """
    if bound.denominator not in {1, 2, 4, 5, 8} and any(bound.denominator % prime for prime in (2, 5)):
        raise ValueError("the bound is not a finite decimal")
    seconds = both(
        sequence(optional(word("-")), _MAGNITUDE),
        without(PLAIN, _YEAR),
        decimals(">=", Fraction(FIRST_INSTANT)),
        decimals("<", Fraction(LAST_INSTANT + 1)),
        decimals(relation, bound),
    )
    return either([years(relation, bound), seconds])


def years(relation: str, bound: Fraction) -> str:
    """The years, of four digits, whose first second stands in the relation to the bound."""
    first = next((year for year in range(1, 10_000) if _new_year(year) >= bound), 10_000)  # the first at or after the bound
    exact = first < 10_000 and _new_year(first) == bound
    before = _year_range(1, first - 1)
    at = word(f"{first:04}") if exact else NONE
    after = _year_range(first + exact, 9_999)
    return {
        "=": at,
        "<": before,
        "<=": either([before, at]),
        ">": after,
        ">=": either([after, at]),
    }[relation]


def _new_year(year: int) -> Fraction:
    return instant(f"{year:04}") or Fraction(0)


def _year_range(first: int, last: int) -> str:
    if first > last:
        return NONE
    below = digits_below(f"{last:04}")
    return without(either([below, word(f"{last:04}")]), digits_below(f"{first:04}"))


def _at(bound: Fraction) -> str:
    magnitude = _magnitude_at(abs(bound))
    if bound == 0:
        return sequence(optional(chars("+", "-")), magnitude)
    return sequence(word("-") if bound < 0 else optional(word("+")), magnitude)


def _below(bound: Fraction) -> str:
    if bound > 0:
        return either([sequence(word("-"), _MAGNITUDE), sequence(optional(word("+")), _magnitude_below(bound))])
    beyond = without(_MAGNITUDE, either([_magnitude_below(-bound), _magnitude_at(-bound)]))
    return sequence(word("-"), beyond)


def _parts(bound: Fraction) -> tuple[str, str]:
    """The digits before and after the point of a decimal that is not negative, without needless zeros."""
    whole, _, part = number_text(bound).partition(".")
    return whole.lstrip("0"), part


def _magnitude_at(bound: Fraction) -> str:
    whole, part = _parts(bound)
    front = sequence(star(word("0")), word(whole)) if whole else plus(word("0"))
    zeros = star(word("0"))
    return sequence(front, sequence(word("."), word(part), zeros) if part else optional(sequence(word("."), plus(word("0")))))


def _magnitude_below(bound: Fraction) -> str:
    """Unsigned plain decimals below a bound that is not negative."""
    whole, part = _parts(bound)
    zeros, rest = star(word("0")), optional(sequence(word("."), plus(DIGIT)))
    found = []
    if whole:
        shorter = times(DIGIT, 1, len(whole) - 1) if len(whole) > 1 else NONE
        found.append(sequence(either([sequence(zeros, shorter), sequence(zeros, digits_below(whole))]), rest))
    if part:
        front = sequence(zeros, word(whole)) if whole else plus(word("0"))
        found.append(sequence(front, either([EMPTY, _fraction_below(part)])))
    return either(found)


def _fraction_below(part: str) -> str:
    """A point and digits whose value is below ``.part``; the last digit of ``part`` is not 0."""
    smaller = [
        sequence(word(f".{part[:place]}"), chars(f"0{chr(ord(digit) - 1)}"), star(DIGIT))
        for place, digit in enumerate(part)
        if digit > "0"
    ]
    shorter = [word(f".{part[:place]}") for place in range(1, len(part))]
    return either([*smaller, *shorter])
