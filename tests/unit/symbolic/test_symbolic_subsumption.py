"""Which patterns hold all of which, whatever their variables hold: as the engine sees it, and as the checker does by itself."""

from __future__ import annotations

from itertools import product

import pytest

from keyaki.automata.meter import Exhausted, Meter
from keyaki.checker import ties
from keyaki.checker.claims import Hole, Pieces
from keyaki.checker.tokens import Token
from keyaki.reference.template import parse_template
from keyaki.symbolic.pattern import Hole as Variable
from keyaki.symbolic.pattern import Pattern, holds_all_of, pattern_of

TEXTS = ["", *("".join(word) for size in (1, 2, 3, 4) for word in product("ab:", repeat=size))]
VALUES = ["a", "ab", "b:", ":"]
SHAPES = [
    "${k:v}",
    "a${k:v}",
    "*${k:v}",
    "${k:v}*",
    "?${k:v}",
    "*",
    "?*",
    "a*",
    "*${k:v}*",
    "${k:v}${k:v}",
    "${k:w}",
    "${k:v, 'a'}",
]


def made(text: str, *, field: bool, fold: bool = False) -> Pattern:
    """The pattern of a text."""
    pattern = pattern_of(parse_template(text, live=True, wildcards=True), field=field, fold=fold)
    assert pattern is not None
    return pattern


def pieces_of(pattern: Pattern) -> Pieces:
    """The same pattern in the checker's own terms."""
    return tuple(
        Hole(one.key, one.default, one.fold, one.field, one.twin)
        if isinstance(one, Variable)
        else Token(one.chars.members, one.chars.complement, one.run)
        for one in pattern.pieces
    )


def by_engine(outer: Pattern, inner: Pattern) -> bool:
    """What the engine says."""
    return holds_all_of(outer, inner, Meter(1_000_000))


def by_checker(outer: Pattern, inner: Pattern) -> bool:
    """What the checker says."""
    return ties.holds_all_of(pieces_of(outer), pieces_of(inner))


def matched(pattern: Pattern, known: dict[str, str | None]) -> set[str]:
    """The texts that a pattern matches under some values."""
    ground = pattern.under(known)
    return {text for text in TEXTS if ground is not None and ground.glob().matches(text)}


@pytest.mark.parametrize("says", [by_engine, by_checker])
@pytest.mark.parametrize(("outer_field", "inner_field"), list(product([False, True], repeat=2)))
def test_a_pattern_that_holds_all_of_another_does(outer_field: bool, inner_field: bool, says: object) -> None:
    """Where one pattern is said to hold all of another, it does so under every value of the variables, absence included."""
    said = 0
    for outer, inner in product(SHAPES, repeat=2):
        one, other = made(outer, field=outer_field), made(inner, field=inner_field)
        if says(one, other):  # type: ignore[operator]
            said += outer != inner
            for v, w in product([None, *VALUES], repeat=2):
                known = {"k:v": v, "k:w": w}
                assert matched(other, known) <= matched(one, known), (outer, inner, known)
    assert said > 10 or (outer_field and not inner_field)  # a field holds no variable that may have a colon


@pytest.mark.parametrize(("outer_field", "inner_field"), list(product([False, True], repeat=2)))
def test_engine_and_checker_agree(outer_field: bool, inner_field: bool) -> None:
    """Of patterns with variables the checker believes what the engine found, and no more."""
    for outer, inner in product(SHAPES, repeat=2):
        one, other = made(outer, field=outer_field), made(inner, field=inner_field)
        if other.holes:
            assert by_engine(one, other) == by_checker(one, other), (outer, inner)


@pytest.mark.parametrize("says", [by_engine, by_checker])
def test_case_counts_where_it_counts(says: object) -> None:
    """A variable compared without case holds all of one compared with case, not the other way round."""
    folded, plain = made("${k:v}", field=False, fold=True), made("${k:v}", field=False)
    assert says(folded, plain)  # type: ignore[operator]
    assert not says(plain, folded)  # type: ignore[operator]


@pytest.mark.parametrize("says", [by_engine, by_checker])
def test_an_account_stays_in_its_field(says: object) -> None:
    """The value of a key that never holds a colon is inside a field wherever it stands; that of another key is not."""
    for key, never in (("aws:ResourceAccount", True), ("aws:RequestedRegion", True), ("aws:PrincipalTag/t", False)):
        field, free = (made(f"a:${{{key}}}:a", field=one) for one in (True, False))
        assert says(field, free) is never  # type: ignore[operator]
        assert says(free, field)  # type: ignore[operator]


def test_a_comparison_is_paid_for() -> None:
    """The steps of a comparison are counted against the budget."""
    one, other = made("*${k:v}*a*", field=False), made("b*${k:v}a*", field=False)
    with pytest.raises(Exhausted):
        holds_all_of(one, other, Meter(1))
