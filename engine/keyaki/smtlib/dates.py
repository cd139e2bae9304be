"""Dates as texts: ``YYYY-MM-DDThh:mm:ssZ`` in the years 1 to 9999, and those before, at or after an instant.

In this layout the order of instants is the order of texts, so an order is a regular language.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from keyaki.smtlib.regex import DIGIT, NONE, chars, either, sequence, text_below, times, without, word
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, instant_text

_FOURTHS: Final = either(
    [
        sequence(word("0"), chars("4", "8")),
        sequence(chars("2", "4", "6", "8"), chars("0", "4", "8")),
        sequence(chars("1", "3", "5", "7", "9"), chars("2", "6")),
    ]
)
"""Two digits that 4 divides, but 00."""
_YEAR: Final = without(times(DIGIT, 4), word("0000"))
_LEAP_YEAR: Final = without(
    either([sequence(times(DIGIT, 2), _FOURTHS), sequence(either([_FOURTHS, word("00")]), word("00"))]), word("0000")
)
_DAY_28: Final = either([sequence(word("0"), chars("19")), sequence(word("1"), DIGIT), sequence(word("2"), chars("08"))])
_DAY_30: Final = either([_DAY_28, word("29"), word("30")])
_MONTHS: Final = either(
    [
        sequence(
            either(word(month) for month in ("01", "03", "05", "07", "08", "10", "12")), word("-"), either([_DAY_30, word("31")])
        ),
        sequence(either(word(month) for month in ("04", "06", "09", "11")), word("-"), _DAY_30),
        sequence(word("02-"), _DAY_28),
    ]
)
_DAY: Final = either([sequence(_YEAR, word("-"), _MONTHS), sequence(_LEAP_YEAR, word("-02-29"))])
_SIXTY: Final = sequence(chars("05"), DIGIT)
_HOUR: Final = either([sequence(chars("01"), DIGIT), sequence(word("2"), chars("03"))])
DATES: Final = sequence(_DAY, word("T"), _HOUR, word(":"), _SIXTY, word(":"), _SIXTY, word("Z"))
"""How the values of Date keys are written."""


def dates(relation: str, bound: Fraction) -> str:
    """The dates whose instant stands in the relation to the bound, in seconds since 1970."""
    first = math.ceil(bound)  # the first whole second at or after the bound
    at = word(instant_text(first)) if first == bound and FIRST_INSTANT <= first <= LAST_INSTANT else NONE
    if relation == "=":
        return at
    if relation in {"<", ">="}:
        before = _before(first)
        return before if relation == "<" else without(DATES, before)
    up_to = _before(math.floor(bound) + 1)
    return up_to if relation == "<=" else without(DATES, up_to)


def _before(second: int) -> str:
    """The dates before a whole second; used beside DATES, so the layout is not said again."""
    if second <= FIRST_INSTANT:
        return NONE
    return DATES if second > LAST_INSTANT else text_below(instant_text(second))
