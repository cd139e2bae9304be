"""Whole texts: which claims tie them together, under which names one text is known, and which texts would outgrow themselves."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from keyaki.checker.claims import CALLER, EPOCH, RESOURCE, Claim, Hole, Pieces, tokens_only, under
from keyaki.checker.ties import Names, Tie, asks_text, check_longer, holds_all_of, names
from keyaki.checker.tokens import ANY, NO_COLON, matches, plain, run
from keyaki.errors import EvidenceError
from keyaki.policy import Family, Quantifier

T, U, V = "aws:principaltag/t", "aws:principaltag/u", "aws:principaltag/v"
TIE = ((Hole(U, None),),)


def claim(**members: Any) -> Claim:
    """A claim that one text equals a variable's, but for what is said otherwise."""
    return Claim(**{"coordinate": T, "absent": False, "family": Family.STRING_EQUALS, "patterns": TIE, "key": T, **members})


@pytest.mark.parametrize("family", [None, *Family])
def test_a_text_is_asked_by_patterns(family: Family | None) -> None:
    """Not as a truth value, a number, a date, an address or bytes; a Resource is asked by patterns too."""
    texts = {None, Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE, Family.ARN_LIKE}
    assert asks_text(claim(family=family)) is (family in texts)


@pytest.mark.parametrize(
    "members",
    [
        {"key": EPOCH},
        {"coordinate": EPOCH},
        {"patterns": ((Hole(EPOCH, None),),)},
        {"patterns": (plain("x"), (*plain("y"), Hole(EPOCH, None)))},
        {"patterns": ((Hole(CALLER, None, twin=True),),)},
        {"key": EPOCH, "patterns": ((Hole(EPOCH, None),),)},
        {"constant": True},
        {"constant": False},
        {"quantifier": Quantifier.FOR_ANY_VALUE},
        {"quantifier": Quantifier.FOR_ALL_VALUES},
    ],
)
def test_no_text_is_asked_where_there_is_another_or_none(members: dict[str, Any]) -> None:
    """The time has two texts, a twin is another account in some cases, a list has many texts, and a constant asks none."""
    assert asks_text(claim())
    assert not asks_text(claim(**members))


def tie(coordinate: str, *patterns: Pieces, is_there: bool = True) -> Tie:
    """A tie of a coordinate."""
    return Tie(coordinate, patterns, is_there)


def test_names_are_found_step_by_step() -> None:
    """From a coordinate to its variable whatever the claim says of absent keys, and back only if it holds of present ones."""
    there, open_ = tie(T, (Hole(U, None),)), tie(T, (Hole(U, None),), is_there=False)
    for ties, start, found in [
        ([there], T, {T, U}),
        ([there], U, {T, U}),
        ([open_], T, {T, U}),
        ([open_], U, {U}),
        ([tie(U, (Hole(V, None),)), there], T, {T, U, V}),
        ([there, tie(U, (Hole(V, None),))], V, {T, U, V}),
        ([there], V, {V}),
        ([tie(T, (Hole(U, "x"),))], T, {T}),
        ([tie(T, (Hole(U, None, field=True),))], T, {T}),
        ([tie(T, (Hole(U, None), ANY))], T, {T}),
        ([tie(T, (Hole(U, None),), (Hole(V, None),))], T, {T}),
        ([tie(T, plain("a"))], T, {T}),
        ([], T, {T}),
    ]:
        known = names(start, ties)
        assert (known.coordinate, set(known.names), known.fold) == (start, found, False)
    assert names(T, [there, tie(U, (Hole(V, None, fold=True),))]).fold


def test_a_claim_is_renamed_or_refused() -> None:
    """What is asked of one name is asked of the other; of another text, or with case where the names differ in it, it is not."""
    exact, loose = Names(T, {T, U}, fold=False), Names(T, {T, U}, fold=True)
    about = claim(
        coordinate=U, patterns=(plain("a"), (Hole(U, "d"), run(ANY)), (Hole(T, None), ANY), (Hole(V, "d"), Hole(T, None)))
    )
    found = exact.renamed(about)
    assert found.coordinate == T
    assert found.patterns == (plain("a"), (ANY, run(ANY)), (Hole(V, "d"), Hole(T, None)))
    assert exact.renamed(claim(patterns=((Hole(U, None, field=True),),))).patterns == ((Hole(T, None, field=True),),)
    assert exact.renamed(claim(patterns=((Hole(U, None), Hole(U, None)),))).patterns == ()
    assert exact.renamed(claim(patterns=((Hole(U, None, twin=False), Hole(V, None)),))).patterns == ()
    assert loose.renamed(claim(patterns=TIE)).patterns == TIE
    assert loose.renamed(claim(coordinate=U, patterns=((Hole(V, None, fold=True),), plain("1")))).coordinate == T
    for one, given in [
        (claim(coordinate=V), exact),
        (claim(coordinate=RESOURCE), Names(T, {T, RESOURCE}, fold=False)),
        (claim(coordinate=U, constant=True), exact),
        (claim(coordinate=U, patterns=(plain("a"),)), loose),
        (claim(coordinate=U, patterns=((Hole(V, None),),)), loose),
    ]:
        with pytest.raises(EvidenceError):
            given.renamed(one)


LONGER = tie(T, (Hole(U, None), *plain("x")))
FIXED = tie(T, (Hole(U, None), *plain("xy")), (*plain("z"), Hole(U, None)))
OPEN = tie(U, (run(ANY), Hole(T, None)))


@pytest.mark.parametrize(
    ("steps", "contradicts"),
    [
        ([(LONGER, U), (OPEN, T)], True),
        ([(tie(T, (Hole(T, None), ANY)), T)], True),
        ([(tie(T, (Hole(U, None), Hole(V, None))), U), (OPEN, T)], True),
        ([(tie(T, (Hole(U, None), Hole(V, "d"))), U), (OPEN, T)], True),
        ([(tie(T, (Hole(U, None), Hole(V, ""))), U), (OPEN, T)], False),
        ([(tie(T, (Hole(U, None), ANY)), U), (tie(V, (Hole(U, None),)), U), (tie(V, (Hole(T, None),)), T)], True),
        ([(FIXED, U), (OPEN, T)], True),
        ([(tie(T, (Hole(U, None), *plain("xy"))), U), (FIXED, U)], False),
        ([(tie(T, (Hole(U, None), *plain("xyz"))), U), (FIXED, U)], True),
        ([(tie(T, (Hole(U, None), *plain("xyz"))), U), (FIXED._replace(is_there=False), U)], False),
        ([(tie(T, (Hole(U, None), *plain("xyz"))), U), (tie(T, (Hole(U, None), run(ANY))), U)], False),
        ([(tie(T, (Hole(U, None), *plain("xyz"))), U), (tie(T, (Hole(U, None), Hole(V, ""))), U)], False),
        ([(tie(T, (Hole(U, None),)), U), (OPEN, T)], False),
        ([(OPEN, T), (LONGER, U)], False),
        ([(LONGER, U)], False),
        ([(LONGER, V), (OPEN, T)], False),
        ([(tie(T, (Hole(U, "d"), ANY)), U), (OPEN, T)], False),
        ([(tie(T, (Hole(U, None), ANY), (Hole(V, None), ANY)), U), (OPEN, T)], False),
        ([(tie(T), U), (OPEN, T)], False),
        ([], False),
    ],
)
def test_a_text_is_never_longer_than_itself(steps: list[tuple[Tie, object]], contradicts: bool) -> None:
    """Steps that end where they began, on a text at least one character longer, contradict each other; no others are taken."""
    if contradicts:
        check_longer(T, steps)
        return
    with pytest.raises(EvidenceError):
        check_longer(T, steps)


PIECES = [
    plain("a"),
    (ANY,),
    (run(ANY),),
    (run(NO_COLON),),
    *((Hole(U, default, field=field),) for default in (None, "", ":") for field in (False, True)),
    (Hole(V, None),),
]
WORDS = ["".join(word) for size in range(4) for word in product("a:b", repeat=size)]


def test_a_pattern_that_holds_all_of_another_does() -> None:
    """Under every assignment tried, and of every text tried, what the inner pattern matches the outer one does too."""
    patterns = [first + second for first in PIECES for second in ((), *PIECES)]
    known = [{U: one, V: other} for one in (None, "", "a", ":", "a:") for other in ("a", ":")]
    table = {}
    for pattern in patterns:
        put = [under(pattern, values) for values in known]
        table[pattern] = [
            {(at, word) for word in WORDS if matches([tokens_only(one)], word)} if one is not None else set()
            for at, one in enumerate(put)
        ]
    seen = 0
    for outer, inner in product(patterns, repeat=2):
        if any(isinstance(piece, Hole) for piece in inner) and holds_all_of(outer, inner):
            seen += outer != inner
            assert all(its <= mine for mine, its in zip(table[outer], table[inner], strict=True))
    assert seen > 50
