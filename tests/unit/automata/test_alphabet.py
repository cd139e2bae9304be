from __future__ import annotations

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.automata.alphabet import minterms, readability
from keyaki.automata.glob import ANY, DIGIT, HEX, LOWER, NOT_COLON, Chars, chars

sets = st.builds(Chars, st.frozensets(st.sampled_from("ab:1\x00\N{GREEK SMALL LETTER ALPHA}"), max_size=4), st.booleans())


def kinds_of(char: str, kinds: list[Chars]) -> int:
    """The kinds that a character lies in, by asking each."""
    return sum(1 << kind for kind, found in enumerate(kinds) if char in found)


@given(st.lists(sets, max_size=5, unique=True))
@settings(deadline=None, max_examples=80)
def test_minterms_are_a_partition(kinds: list[Chars]) -> None:
    """Each character lies in the kinds of exactly one minterm, the one that stands for it among them."""
    found = minterms(kinds)
    assert len({minterm.kinds for minterm in found}) == len(found)
    assert all(kinds_of(minterm.char, kinds) == minterm.kinds for minterm in found)
    known = {minterm.kinds for minterm in found}
    assert all(kinds_of(char, kinds) in known for char in "ab:1x\x00\N{GREEK SMALL LETTER ALPHA}\U0010ffff")


def test_no_kinds_leave_one_minterm() -> None:
    """Where nothing is told apart one character stands for all."""
    assert [tuple(minterm) for minterm in minterms([])] == [("x", 0)]


def test_the_most_readable_character_stands_for_its_class() -> None:
    """Letters and digits come before punctuation, ASCII before the rest, and what cannot be printed comes last."""
    assert [minterm.char for minterm in minterms([DIGIT, LOWER, HEX, NOT_COLON, ANY])] == ["x", "1", "a", "X", ":"]
    assert minterms([chars("\x00\x07*")])[1].char == "*"
    assert (
        minterms([chars("\x00\N{GREEK SMALL LETTER ALPHA}\N{COMBINING ACUTE ACCENT}")])[1].char == "\N{GREEK SMALL LETTER ALPHA}"
    )
    assert minterms([chars("\x00")])[1].char == "\x00"
    assert minterms([chars("\x00\u00a3")])[1].char == "\u00a3"
    assert sorted("*\x00\u00a3\u03b1x-", key=readability) == ["x", "-", "*", "\u03b1", "\u00a3", "\x00"]


def test_the_other_characters_are_readable_as_long_as_there_are_such() -> None:
    """With printable ASCII used up a letter from beyond stands for the rest; with those used up too, something else."""
    used = [chr(code) for code in range(32, 127)]
    other = next(minterm.char for minterm in minterms([chars(used)]) if not minterm.kinds)
    assert other.isalnum()
    alnum = {char for char in map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1))) if char.isalnum()}
    assert len(alnum) > 100_000
    other = next(minterm.char for minterm in minterms([chars(alnum.union(used))]) if not minterm.kinds)
    assert other not in alnum.union(used)


def test_a_set_of_every_character_leaves_no_others() -> None:
    """If all of Unicode is mentioned there is one minterm less."""
    everything = [*map(chr, range(0xD800)), *map(chr, range(0xE000, sys.maxunicode + 1))]
    assert [minterm.kinds for minterm in minterms([chars(everything)])] == [1]


def test_the_number_of_minterms_is_that_of_the_mentioned_characters() -> None:
    """Many overlapping sets make no more classes than there are characters in them, and one for the rest."""
    kinds = [chars("abcdefgh"[:size]) for size in range(1, 9)]
    assert len(minterms(kinds)) == 9
