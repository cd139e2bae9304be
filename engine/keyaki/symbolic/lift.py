"""Lift: what the key ARN decides becomes a test of the ARN itself.

``aws:RequestedRegion`` and ``aws:ResourceAccount`` are fields of the ARN. In requests in which the caller's account is the key's
own, the caller's account is a field of the ARN too. A glob of a field is a glob of the ARN; numbers and instants are sets of 12
digits there, so they are globs as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from attrs import evolve

from keyaki.automata.glob import DIGIT, NOT_COLON, Chars, Glob, Token, literal
from keyaki.automata.product import Union
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.instants import Instants
from keyaki.lattice.predicate import InstantPredicate, NumberPredicate, OctetsPredicate, Predicate, TextPredicate
from keyaki.symbolic.atom import Atom, Tied
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS
from keyaki.symbolic.pattern import Hole, Pattern, within

REGION_KEY: Final = "aws:requestedregion"
ACCOUNT_KEY: Final = "aws:resourceaccount"
CALLER_KEY: Final = "kms:calleraccount"
ARN_KEYS: Final = frozenset({REGION_KEY, ACCOUNT_KEY})
"""The context keys whose value is a field of the ARN."""

_COLON: Final = literal(":").tokens
_FIELD: Final = Token(NOT_COLON, run=True)
_LAST_ACCOUNT: Final = 10**12 - 1


def lift(atom: Atom, partition: str, key: str) -> Atom:
    """Return the atom of the resource that is true of a key ARN iff ``atom`` is true of the field that ``key`` names."""
    test = atom.present
    if isinstance(test, bool):
        return evolve(atom, coordinate="resource")
    if isinstance(test, Tied):
        patterns = tuple(_lifted(pattern, partition, key) for pattern in test.patterns)
        lifted: Predicate | Tied = Tied(patterns, test.boolean).under({})
        if test.boolean:
            lifted = TextPredicate(Union(()))
    else:
        lifted = _lifted_predicate(test, partition, key)
    return evolve(atom, coordinate="resource", present=lifted, quantifier=None, epoch=False)


def _lifted_predicate(test: Predicate, partition: str, key: str) -> Predicate:
    if isinstance(test, TextPredicate):
        globs = [Pattern(glob.tokens) for glob in test.of.globs]
    elif key in {ACCOUNT_KEY, CALLER_KEY}:
        globs = [Pattern(glob.tokens) for glob in _accounts(test)]
    else:
        globs = []
    return TextPredicate(Union(tuple(_lifted(pattern, partition, key).glob() for pattern in globs)))


def _lifted(pattern: Pattern, partition: str, key: str) -> Pattern:
    field = within(pattern, NOT_COLON).pieces
    head = literal(f"arn:{partition}:kms:").tokens
    region, account = (field, (_FIELD,)) if key == REGION_KEY else ((_FIELD,), field)
    return Pattern((*head, *region, *_COLON, *account, *_COLON, _FIELD))


def twins(pattern: Pattern, same: bool) -> Pattern | None:
    """Return the pattern where the caller's account is the key's (``same``) or is not; None iff it can match nothing then."""
    if not any(hole.twin for hole in pattern.holes):
        return pattern
    if not same:
        return None
    pieces: list[Token | Hole] = []
    for piece in pattern.pieces:
        pieces += ACCOUNT_TOKENS if isinstance(piece, Hole) and piece.twin else (piece,)
    return Pattern(tuple(pieces))


def _accounts(test: Predicate) -> Iterator[Glob]:
    """Return globs of the accounts that pass a test of numbers, instants or bytes; no account is an address or a truth value."""
    if isinstance(test, (NumberPredicate, InstantPredicate)):
        yield from _whole_numbers(test.of)
    elif isinstance(test, OctetsPredicate):
        for digits in _encoded(test):
            yield literal(digits)


def _whole_numbers(numbers: Numbers | Instants) -> Iterator[Glob]:
    for span in numbers.spans():
        low = Fraction(0) if span.low is None else Fraction(span.low)
        high = Fraction(_LAST_ACCOUNT) if span.high is None else Fraction(span.high)
        first = -(-low.numerator // low.denominator)
        last = high.numerator // high.denominator
        first += first == span.low and not span.low_in
        last -= last == span.high and not span.high_in
        first, last = max(first, 0), min(last, _LAST_ACCOUNT)
        if first <= last:
            yield from digit_range(f"{first:012}", f"{last:012}")


def digit_range(low: str, high: str) -> Iterator[Glob]:
    """Yield globs that match exactly the texts of as many digits that lie between two of one length, both included.

    At most 18 times the length of them: a common prefix, a smaller or larger digit, free digits behind it.
    """
    free = (Token(DIGIT, run=False),)
    at = next((place for place in range(len(low)) if low[place] != high[place]), len(low))
    if at == len(low):
        yield literal(low)
        return
    rest = len(low) - at - 1
    if rest == 0 or (set(low[at + 1 :]) == {"0"} and set(high[at + 1 :]) == {"9"}):
        yield Glob((*literal(low[:at]).tokens, _digits(low[at], high[at]), *free * rest))
        return
    if int(low[at]) + 1 <= int(high[at]) - 1:
        between = _digits(str(int(low[at]) + 1), str(int(high[at]) - 1))
        yield Glob((*literal(low[:at]).tokens, between, *free * rest))
    yield from digit_range(low, low[: at + 1] + "9" * rest)
    yield from digit_range(high[: at + 1] + "0" * rest, high)


def _digits(low: str, high: str) -> Token:
    return Token(Chars(frozenset("0123456789"[int(low) : int(high) + 1])), run=False)


def _encoded(test: OctetsPredicate) -> list[str]:
    """Return the texts of 12 digits whose bytes pass: each byte string has one canonical text, and 12 digits have no padding."""
    from base64 import b64encode  # noqa: PLC0415

    texts = [b64encode(value).decode() for value in sorted(test.of.values)]
    return [text for text in texts if len(text) == 12 and text.isdigit()]
