from __future__ import annotations

from itertools import product as every

import pytest

from keyaki.checker.tokens import (
    ANY,
    DIGIT,
    NO_COLON,
    Cover,
    Product,
    Token,
    Tokens,
    caseless,
    check_closure,
    check_cover,
    folded,
    is_possible,
    matches,
    plain,
    run,
    some_of,
    the_word,
    words,
)
from keyaki.errors import EvidenceError
from keyaki.reference.matching import glob_matches
from keyaki.reference.template import parse_template
from keyaki.values import fold

WORDS = ["".join(letters) for size in range(5) for letters in every("ab:", repeat=size)]


def pattern(text: str, field: bool = False) -> Tokens:
    """The tokens of a wildcard pattern."""
    one = NO_COLON if field else ANY
    return tuple(token for char in text for token in ({"*": (run(one),), "?": (one,)}.get(char) or plain(char)))


PATTERNS = ["", "*", "?", "a*", "*b", "a?b", "*a*", "a*b*", "??*", "**a", "a:*", "ab"]


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern_matches_as_the_reference_says(text: str) -> None:
    """Stepping live positions and the reference's two pointers agree on every short word."""
    glob = parse_template(text, live=False, wildcards=True)
    for word in WORDS:
        assert matches([pattern(text)], word) == glob_matches(glob, word)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "barred"), [(a, b, c) for a in PATTERNS[3:8] for b in PATTERNS[1:6] for c in ("b*", "*a")]
)
def test_emptiness_is_what_all_words_say(one: str, other: str, barred: str) -> None:
    """A word is possible iff one of at most four letters is: three patterns of at most four tokens tell no longer ones apart."""
    found = is_possible([[pattern(one)], [pattern(other)]], [[pattern(barred)]])
    assert found == any(
        matches([pattern(one)], w) and matches([pattern(other)], w) and not matches([pattern(barred)], w) for w in WORDS
    )


def test_words_are_one_for_each_state_or_all() -> None:
    """Merged, texts that lead to one state are tried once; unmerged, each word over the letters is tried."""
    merged = list(words(Product([[pattern("a*")]], []), merged=True))
    assert merged == ["a"]
    apart = list(words(Product([[pattern("??")]], [], "ab"), merged=False))
    assert {"aa", "ab", "ba", "bb"} <= set(apart)
    assert len(apart) == 9


def test_too_many_words_are_refused() -> None:
    """What has no end is not looked at for ever."""
    with pytest.raises(EvidenceError, match="too many"):
        list(words(Product([[pattern("*")]], [], "ab"), merged=False))


def test_folding_is_that_of_values() -> None:
    """A folded text reads exactly the characters that fold to its own."""
    for char in "aikKsS\u03c3\u03c2\u0130\u00e5\u212b\u1e9e\u00df1:":
        (token,) = folded(char)
        for other in "aikKsS\u03c3\u03c2\u03a3\u0130\u00e5\u212b\u1e9e\u00df\u212a1:":
            assert token.reads(other) == (fold(other) == fold(char))
    assert caseless(plain("k")[0]).reads("\u212a")
    assert caseless(run(NO_COLON)) == run(ANY)


def test_inclusion_of_tokens() -> None:
    """One token is within another iff each character of it is read by the other."""
    tokens = [ANY, NO_COLON, DIGIT, *plain("1"), *plain(":"), Token(frozenset("1:"), complement=True)]
    for one, other in every(tokens, tokens):
        assert one.within(other) == all(other.reads(char) for char in "12:x\u1234" if one.reads(char))


def test_the_word_of_a_pattern() -> None:
    """A pattern of single characters is one word; with a run or a set it is not."""
    assert the_word(plain("ab")) == "ab"
    assert the_word(()) == ""
    assert the_word((DIGIT,)) is None
    assert the_word((run(plain("a")[0]),)) is None


def closure(states: object, holds: str = "ab", fails: str = "a*") -> None:
    """Check a closure of two patterns."""
    check_closure(Product([[pattern(holds)]], [[pattern(fails)]]), states)


def test_a_closure_is_accepted() -> None:
    """`ab` never leaves `a*`: the start leads to a state where the last run is live, which is dead."""
    closure([[[0], [0]]])
    closure([[[0], [0]], [[1], [1, 2]]])


@pytest.mark.parametrize(
    "states",
    [
        [],
        None,
        "x",
        [[[0]]],
        [[[0], [3]]],
        [[[0], [-1]]],
        [[[0], ["0"]]],
        [[[0], 0]],
        [[[1], [1]]],
        [5],
        [[[0], [1]]],
        [[[0], [0]], [[2], [0]]],
    ],
)
def test_what_is_no_closure_is_refused(states: object) -> None:
    """No states, live sets that are missing, outside, open or malformed, a start that is not covered, a state that accepts."""
    with pytest.raises(EvidenceError):
        closure(states)


def test_a_closure_of_a_language_that_has_words_is_refused() -> None:
    """`ab` is not within `b*`: no set of states makes it so."""
    size = [[list(positions)] for count in range(3) for positions in every(range(3), repeat=count)]
    for one in size:
        for other in size:
            with pytest.raises(EvidenceError):
                closure([[one[0], other[0]]], fails="b*")


def test_covering_turns_round_where_a_language_must_fail() -> None:
    """A state is covered by more positions that must hold and fewer that must fail, not by the reverse."""
    product = Product([[pattern("ab")]], [[pattern("ab")]])
    assert product.covers((3, 1), (1, 3))
    assert not product.covers((1, 1), (3, 1))
    assert not product.covers((1, 3), (1, 1))


@pytest.mark.parametrize(
    ("inner", "outer", "covered"),
    [
        ("a:b", "a:b", True),
        ("a:b", "*:b", True),
        ("a:b*", "a:*", True),
        ("a:b", "a:?", False),
        ("a:b", "a:b:c", False),
        ("a", "*", True),
        ("*:b", "a:b", False),
    ],
)
def test_a_pattern_is_covered_field_by_field(inner: str, outer: str, covered: bool) -> None:
    """Each field is the same or open; nothing else counts, however true it may be."""
    if covered:
        check_cover([pattern(inner, field=True)], Cover([pattern("x")]), Cover([pattern(outer, field=True)]))
    else:
        with pytest.raises(EvidenceError):
            check_cover([pattern(inner, field=True)], Cover([pattern("x")]), Cover([pattern(outer, field=True)]))


def test_a_run_over_colons_has_no_fields() -> None:
    """A pattern whose tokens cross colons covers nothing and is covered by nothing."""
    for inner, outer in (
        (pattern("a:*"), pattern("a:*")),
        (pattern("a"), pattern("*")),
        (some_of("a:"), pattern("*", field=True)),
    ):
        with pytest.raises(EvidenceError):
            check_cover([inner], Cover([outer]))
