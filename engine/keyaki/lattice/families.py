"""Families: the predicates of one type taken together, as one set of values on one line.

Within a family the question needs no automata: the meet of what must hold and the complements of what must fail is one
domain element. Across families, texts matter: ``2024`` is a number and a year, ``true`` is base64.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets, Truths
from keyaki.lattice.instants import Instants
from keyaki.lattice.intervals import Intervals
from keyaki.lattice.predicate import (
    AddressPredicate,
    InstantPredicate,
    NumberPredicate,
    OctetsPredicate,
    Predicate,
    TruthPredicate,
)
from keyaki.lattice.universe import Form, some_of
from keyaki.values import address_text, instant_text, number_text

Kind = type[Predicate]

TOPS: Final[dict[Kind, Any]] = {
    NumberPredicate: Numbers.top(),
    InstantPredicate: Instants.top(),
    AddressPredicate: Addresses.top(),
    TruthPredicate: Truths(frozenset({True, False})),
    OctetsPredicate: Octets(frozenset({b""}), all_but=True),
}
"""The values that a text of one or more characters can read as; the text of no bytes is empty."""

OWN: Final[dict[Form, Kind]] = {Form.DECIMAL: NumberPredicate, Form.ADDRESS: AddressPredicate, Form.DATE: InstantPredicate}
"""The family that every text of a typed universe is a value of."""

FOREIGN: Final[dict[Form, frozenset[Kind]]] = {
    Form.DECIMAL: frozenset({AddressPredicate, TruthPredicate}),
    Form.ADDRESS: frozenset({NumberPredicate, InstantPredicate, TruthPredicate, OctetsPredicate}),
    Form.DATE: frozenset({NumberPredicate, AddressPredicate, TruthPredicate, OctetsPredicate}),
}
"""The families that no text of a typed universe is a value of."""


COVERS: Final[dict[Kind, Union]] = {
    NumberPredicate: some_of("0123456789+-.eE"),
    InstantPredicate: some_of("0123456789T:.Z+-"),
    AddressPredicate: some_of("0123456789abcdefABCDEF:."),
    TruthPredicate: some_of("truefalsTRUEFALS"),
    OctetsPredicate: some_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
}
"""The characters of each family's texts: all that is known of a value where only globs are looked at."""


class Part(NamedTuple):
    """The predicates of one family in a question: indexes, and the set of the values that satisfy all of them."""

    kind: Kind
    holds: tuple[int, ...]
    fails: tuple[int, ...]
    inside: Any


def size(inside: Any) -> int:
    """How many bounds or values a set is made of: a meet takes about as many microseconds."""
    return len(inside.cuts if isinstance(inside, Intervals) else inside.values)


def parts(holds: Sequence[Predicate], fails: Sequence[Predicate], meter: Meter) -> dict[Kind, Part]:
    """Return the part of each family that occurs. O(n) meets, each linear in its sets."""
    found: dict[Kind, Part] = {}
    for index, predicate in enumerate(holds):
        kind = type(predicate)
        if kind in TOPS:
            part = found.get(kind) or Part(kind, (), (), TOPS[kind])
            meter.spend(1 + (size(part.inside) + size(predicate.of) >> 1))
            found[kind] = Part(kind, (*part.holds, index), part.fails, part.inside & predicate.of)
    for index, predicate in enumerate(fails):
        kind = type(predicate)
        if kind in TOPS:
            part = found.get(kind) or Part(kind, (), (), TOPS[kind])
            meter.spend(1 + (size(part.inside) + size(predicate.of) >> 1))
            found[kind] = Part(kind, part.holds, (*part.fails, index), part.inside & ~predicate.of)
    return found


_SMALL: Final = 10**18
_CORE_LIMIT: Final = 24  # finding the core takes quadratically many meets


def core(
    top: Any, holds: dict[int, Any], fails: dict[int, Any], meter: Meter, *, keep_one: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return indexes of ``holds`` and ``fails`` whose sets alone already have an empty meet with the top.

    ``fails`` maps to the sets that must fail. No index can be left out of the result, except beyond 24 of them, where all are
    returned. With ``keep_one`` an index of ``holds`` is always among them.
    """
    chosen = [(True, index, of) for index, of in holds.items()] + [(False, index, ~of) for index, of in fails.items()]
    if len(chosen) > _CORE_LIMIT:
        return tuple(holds), tuple(fails)
    meter.spend(len(chosen) * sum(1 + size(of) for _, _, of in chosen))
    for item in reversed(chosen):
        rest = [other for other in chosen if other is not item]
        if (any(positive for positive, _, _ in rest) or not keep_one) and _meet(top, rest).is_bottom:
            chosen = rest
    return (
        tuple(index for positive, index, _ in chosen if positive),
        tuple(index for positive, index, _ in chosen if not positive),
    )


def _meet(top: Any, items: list[tuple[bool, int, Any]]) -> Any:
    for _, _, of in items:
        top &= of
    return top


def _instant_text(seconds: Fraction) -> str:
    whole = seconds.numerator // seconds.denominator
    part = number_text(Fraction(seconds - whole))[1:]
    return instant_text(whole)[:-1] + part + "Z"


def _number_text(value: Fraction) -> str:
    small = value.denominator == 1 and -_SMALL < value.numerator < _SMALL
    return str(value.numerator) if small else number_text(value)


def octets_text(value: bytes) -> str:
    """Return the base64 text of a byte string."""
    return binascii.b2a_base64(value, newline=False).decode("ascii")


TEXT_OF: Final[dict[Kind, Callable[[Any], str]]] = {
    NumberPredicate: _number_text,
    InstantPredicate: _instant_text,
    AddressPredicate: lambda value: address_text(*value),
    TruthPredicate: lambda value: "true" if value else "false",
    OctetsPredicate: octets_text,
}
"""How each family writes a value."""
