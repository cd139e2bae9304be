from __future__ import annotations

import sys

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.automata.glob import (
    ANY,
    DIGIT,
    HEX,
    LOWER,
    NOT_COLON,
    Chars,
    Glob,
    Token,
    bits,
    chars,
    folded,
    literal,
    one,
    ones,
    run,
    skip,
    wildcard,
)
from keyaki.values import fold

SETS = [Chars(frozenset(members), complement) for members in ("", "a", "b", "ab", "abc") for complement in (False, True)]


@pytest.mark.parametrize("left", SETS)
@pytest.mark.parametrize("right", SETS)
def test_sets_of_characters_obey_the_laws_of_sets(left: Chars, right: Chars) -> None:
    """A character lies in the meet iff in both, in the complement iff not in the set; inclusion and emptiness agree."""
    for char in "abcx":
        assert (char in (left & right)) == (char in left and char in right)
        assert (char in ~left) == (char not in left)
    assert left.within(right) == all(char in right for char in "abcx" if char in left)
    assert left.is_empty == (not any(char in left for char in "abcx"))


def test_the_named_sets_hold_what_their_names_say() -> None:
    """ANY holds everything, NOT_COLON everything but the colon, the others ASCII digits, lower-case hex digits and letters."""
    held = {name: {chr(code) for code in range(128) if chr(code) in of} for name, of in (("d", DIGIT), ("h", HEX), ("l", LOWER))}
    assert held == {"d": set("0123456789"), "h": set("0123456789abcdef"), "l": {chr(code) for code in range(97, 123)}}
    assert all(char in ANY and (char in NOT_COLON) == (char != ":") for char in map(chr, (0, 58, 97, 0x10FFFF)))


@given(st.text(), st.text())
@settings(deadline=None, max_examples=50)
def test_a_literal_matches_itself_alone(text: str, other: str) -> None:
    """A literal matches its text and no other; it says so; wildcard characters in it are plain."""
    glob = literal(text)
    assert glob.matches(text)
    assert glob.matches(other) == (text == other)
    assert glob.literal == text
    assert glob.is_literal


def test_a_glob_of_several_words_is_no_literal() -> None:
    """A run, a wildcard, a letter without case and an empty set all keep a glob from being a literal; the empty glob is one."""
    for glob in (run(ANY), wildcard("a?"), folded("k"), one(chars("")), run(chars("a"))):
        assert glob.literal is None
        assert not glob.is_literal
    assert Glob(()).literal == ""


def test_folding_is_undone_for_every_character() -> None:
    """Over all of Unicode, a folded text matches exactly the characters with the same fold."""
    scalars = (*map(chr, range(0xD800)), *map(chr, range(0xE000, sys.maxunicode + 1)))
    same: dict[str, set[str]] = {}
    for char in scalars:
        if char.lower() != char and fold(char) != char:
            same.setdefault(fold(char), {fold(char)}).add(char)
    assert len(same) > 1000
    assert all(fold(char) == char for char in same)
    for char, found in same.items():
        assert {token.chars for token in folded(char).tokens} == {Chars(frozenset(found))}
    singles = [char for char in scalars if char.upper() != char and char not in same and fold(char) == char]
    assert len(singles) > 50
    assert all(folded(char).literal == char for char in singles)


def test_a_folded_text_matches_in_any_case() -> None:
    """The case of the pattern does not matter, nor that of the word, and lengths never change."""
    assert folded("aBc1") == folded("AbC1")
    assert all(folded("aB1").matches(word) for word in ("ab1", "AB1", "Ab1"))
    assert not folded("aB1").matches("ab")
    assert folded("\N{LATIN SMALL LETTER SHARP S}").matches("\N{LATIN CAPITAL LETTER SHARP S}")
    assert not folded("\N{LATIN SMALL LETTER SHARP S}").matches("ss")


def test_wildcards_stay_inside_the_set_they_are_given() -> None:
    """`*` and `?` read everything, or only what they are told to; every other character of a pattern is plain."""
    assert wildcard("a*:?").matches("abc:d:x")
    assert not wildcard("a*:?", NOT_COLON).matches("abc:d:x")
    assert wildcard("a*:?", NOT_COLON).matches("abc:d")
    assert not wildcard("?", NOT_COLON).matches(":")
    assert wildcard("[a]+.").matches("[a]+.")
    assert wildcard("").matches("")


def test_pieces_are_joined_in_order() -> None:
    """`one`, `run` and `+` build the glob that they spell."""
    glob = literal("n=") + one(DIGIT, 3) + run(HEX)
    assert [glob.matches(word) for word in ("n=123", "n=123af", "n=12", "n=12a", "n=123g")] == [True, True, False, False, False]
    assert glob.tokens == (*literal("n=").tokens, *(Token(DIGIT, run=False),) * 3, Token(HEX, run=True))


def test_globs_are_values() -> None:
    """Globs of equal tokens are equal and hash alike; none can be changed."""
    assert wildcard("a*") == literal("a") + run(ANY)
    assert len({wildcard("a*"), literal("a") + run(ANY), wildcard("a?")}) == 2
    with pytest.raises(FrozenInstanceError):
        wildcard("a").tokens = ()  # type: ignore[misc]


@given(st.sets(st.integers(0, 200)))
@settings(deadline=None, max_examples=50)
def test_bits_and_places_say_the_same(places: set[int]) -> None:
    """`ones` gives back, in order, the places that `bits` was given."""
    assert list(ones(bits(places, 201))) == sorted(places)
    assert bits(places, 201) == sum(1 << place for place in places)


def test_skipping_reaches_the_position_after_every_block_of_runs() -> None:
    """For all live sets and all arrangements of runs over seven positions, one addition does what a loop does."""
    for runs in range(1 << 7):
        for live in range(1 << 8):
            looped = live
            for at in range(7):
                looped |= (looped >> at & runs >> at & 1) << at + 1
            assert skip(live, runs) == looped


def test_matching_a_hostile_pattern_is_one_pass() -> None:
    """A pattern that a backtracking matcher never finishes is matched at once."""
    assert not wildcard("*a" * 500 + "b").matches("a" * 2000)
    assert wildcard("*a" * 500 + "b").matches("a" * 2000 + "b")
