"""Is there one text that these tests of a context key all accept and those all refuse? Each kind of value, sat and unsat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest

from keyaki.automata.glob import folded, literal, wildcard
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.answer import Empty
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.instants import Instants
from keyaki.lattice.predicate import AddressPredicate, InstantPredicate, NumberPredicate, Predicate, TextPredicate
from keyaki.lattice.solve import solve
from keyaki.lattice.universe import ADDRESS, DATE, DECIMAL, STRING, Universe
from keyaki.values import instant, network

Question = tuple[Universe, Sequence[Predicate], Sequence[Predicate]]


def text(pattern: str) -> TextPredicate:
    """Return the test of a StringLike."""
    return TextPredicate(Union((wildcard(pattern),)))


def below(bound: int) -> NumberPredicate:
    """Return the test of a NumericLessThan."""
    return NumberPredicate(Numbers.below(Fraction(bound), inclusive=False))


def before(day: int) -> InstantPredicate:
    """Return the test of a DateLessThan a day of March."""
    return InstantPredicate(Instants.below(instant(f"2030-03-{day:02}T00:00:00Z") or 0, inclusive=False))


def inside(block: str) -> AddressPredicate:
    """Return the test of an IpAddress."""
    found = network(block)
    assert found is not None
    return AddressPredicate(Addresses.network(*found))


def words(n: int, *, empty: bool) -> Question:
    """A list of ``n`` words, without each of them or without all but the last."""
    listed = [f"team-{i}" for i in range(n)]
    denied = [TextPredicate(Union((literal(word),))) for word in (listed if empty else listed[:-1])]
    return STRING, [TextPredicate(Union(tuple(literal(word) for word in listed)))], denied


def globs(n: int, *, empty: bool) -> Question:
    """Texts that begin with each of ``n`` beginnings of one word, without those that begin with a longer one."""
    word = "abcdefghijklmnopqrstuvwxyz" * (n // 26 + 1)
    denied = [text(word[:n] + "*")] if empty else [text(word[: n + 1] + "*")]
    return STRING, [text(word[:i] + "*") for i in range(1, n + 1)], denied


def cases(n: int, *, empty: bool) -> Question:
    """``n`` tests that ignore case of one word, without a test that does not, of the same word or of another."""
    word = TextPredicate(Union((folded("development"),)))
    return STRING, [word] * n, [word] if empty else [TextPredicate(Union((literal("development"),)))]


def numbers(n: int, *, empty: bool) -> Question:
    """Below ``n`` and not below 1 to ``n``, the last of them left out where there is something to find."""
    return DECIMAL, [below(n)], [below(i) for i in range(1, n + empty)]


def instants(n: int, *, empty: bool) -> Question:
    """Before each of some days, not before the first of them, or not before the one before that."""
    return DATE, [before(2 + i % 28) for i in range(n)], [before(2 if empty else 1)]


def addresses(n: int, *, empty: bool) -> Question:
    """A block, without ``n`` blocks that fill it, or without all but the last."""
    size = n.bit_length() - 1
    blocks = [f"10.{i << 8 - size}.0.0/{8 + size}" for i in range(1 << size)]
    return ADDRESS, [inside("10.0.0.0/8")], [inside(block) for block in (blocks if empty else blocks[:-1])]


@pytest.mark.parametrize("n", [4, 16, 64])
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "member"])
@pytest.mark.parametrize("domain", [words, globs, cases, numbers, instants, addresses])
def test_solve(measure: Any, domain: Callable[..., Question], n: int, empty: bool) -> None:
    """A coordinate has no value iff the predicates leave none."""

    def is_empty(question: Question) -> bool:
        return isinstance(solve(*question), Empty)

    facts = {"family": f"lattice {domain.__name__}, {'empty' if empty else 'member'}", "n": n}
    measure(is_empty, lambda: domain(n, empty=empty), empty, **facts)
