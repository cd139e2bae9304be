"""Forms: other texts of the values of a set, for globs that the canonical text does not fit.

A text that anybody may write can be ``+5``, ``5.0`` or ``5e0`` as well as ``5``, and an instant has a text in each time zone.
These are guesses that save a long search, no more: what none of them fits is decided by the product of scanners.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from keyaki.lattice.addresses import version_and_address
from keyaki.lattice.intervals import Intervals
from keyaki.lattice.predicate import AddressPredicate, InstantPredicate, NumberPredicate, Predicate
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, address_text, instant_text, number_text

_SPANS: Final = 4
_ZONES: Final = tuple((sign * minutes) for minutes in (60, 720, 1439) for sign in (1, -1))


def forms(kind: type[Predicate], inside: Any) -> Iterator[str]:
    """Yield texts of some values of a family's set, the ends of its intervals first. Not every one need be inside."""
    if not isinstance(inside, Intervals):
        return
    for span in inside.spans()[:_SPANS]:
        for end in (span.low, span.high):
            if end is None:
                continue
            if kind is NumberPredicate:
                yield from _number_forms(Fraction(end))
            elif kind is InstantPredicate and FIRST_INSTANT <= end <= LAST_INSTANT:
                yield from _instant_forms(Fraction(end))
            elif kind is AddressPredicate:
                yield address_text(*version_and_address(int(end)))


def _number_forms(value: Fraction) -> Iterator[str]:
    text = number_text(value)
    sign, digits = ("-", text[1:]) if value < 0 else ("", text)
    yield text
    yield f"{sign or '+'}{digits}"
    yield f"{sign}0{digits}"
    yield f"{text}0" if "." in text else f"{text}.0"
    for mark in "eE":
        yield f"{text}{mark}0"


def _instant_forms(value: Fraction) -> Iterator[str]:
    second = value.numerator // value.denominator
    part = number_text(value - second)[1:]
    yield number_text(value)
    if not part:
        yield f"{second}.0"
    for minutes in (0, *_ZONES):
        local = second + 60 * minutes
        if FIRST_INSTANT <= local <= LAST_INSTANT:
            clock = instant_text(local)[:-1]
            zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
            yield from (f"{clock}{part}{zone}", f"{clock}{part or '.0'}{zone}")
            if not minutes:
                yield from (f"{clock}{part or '.0'}Z", clock + part, clock[:16] + "Z", clock[:10], clock[:7], clock[:4])
