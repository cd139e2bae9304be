from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.automata.glob import Glob, literal, wildcard
from keyaki.automata.layout import Layout
from keyaki.automata.meter import Exhausted, Meter

# Beginnings long enough to be shared, with and without runs where rows may fork.
beginnings = st.sampled_from(["", "aab", "aabb", "aabb*", "a*?b?", "*a*b", "*a*b*", "*a*bb", "a?a?a", "****"])
patterns = st.builds(str.__add__, beginnings, st.text("ab*?", max_size=3))


def read(layout: Layout, word: str) -> int:
    """The state after a word."""
    live = layout.start
    for char in word:
        live = layout.step(live, sum(1 << kind for kind, chars in enumerate(layout.kinds) if char in chars))
    return live


@given(st.lists(st.lists(patterns, max_size=4), max_size=3))
@settings(deadline=None, max_examples=80)
def test_sharing_changes_no_language(groups: list[list[str]]) -> None:
    """In whatever order globs come, and wherever their rows fork, each is at its end exactly after the words it matches."""
    globs = [[wildcard(pattern) for pattern in group] for group in groups]
    layout = Layout(globs, Meter(10_000))
    flat = [glob for group in globs for glob in group]
    for word in ("".join(letters) for length in range(6) for letters in product("ab", repeat=length)):
        live = read(layout, word)
        state = next(layout.decode([live]))
        assert [len(glob.tokens) in row for glob, row in zip(flat, state, strict=True)] == [glob.matches(word) for glob in flat]
        ended = [any(glob.matches(word) for glob in group) for group in globs]
        assert [bool(live & ends) for ends in layout.ends] == ended


@given(st.lists(patterns, max_size=5), st.text("ab", max_size=7))
@settings(deadline=None, max_examples=80)
def test_a_glob_is_live_where_it_would_be_alone(texts: list[str], word: str) -> None:
    """The live positions of a glob among others are those it has in a layout of its own."""
    globs = [wildcard(text) for text in texts]
    together = Layout([globs], Meter(10_000))
    apart = [Layout([[glob]], Meter(10_000)) for glob in globs]
    alone = [next(layout.decode([read(layout, word)]))[0] for layout in apart]
    assert list(next(together.decode([read(together, word)]))) == alone


def test_common_beginnings_are_stored_once() -> None:
    """Fifty patterns that differ in one field take the room of one beginning and fifty ends, and one position is live."""
    globs = [wildcard(f"arn:aws:kms:*:{account * 37 % 100:02}1122223333:key/*") for account in range(50)]
    layout = Layout([globs], Meter(10_000))
    assert layout.size == 14 + 50 * 19
    assert read(layout, "arn:aw").bit_count() == 1
    assert read(layout, "arn:aws:kms:a").bit_count() == 2


def test_rows_that_begin_at_one_place_begin_at_one_fork() -> None:
    """Each further row with the same beginning hangs on the oldest, so that making them all live is one operation."""
    layout = Layout([[literal(f"head{letter}") for letter in "abcdef"]], Meter(1000))
    assert [fan.bit_count() for fan in layout._fans.values()] == [5]
    assert read(layout, "head").bit_count() == 6


def test_a_row_never_forks_before_a_run() -> None:
    """`abcd?` beside `abcd?*?`: the fifth position of the latter stays live on a run, that of the former does not."""
    layout = Layout([[wildcard("abcd?*?"), wildcard("abcd?")]], Meter(100))
    assert layout.size < 8 + 6
    assert next(layout.decode([read(layout, "abcdxx")])) == ((5, 6, 7), ())


def test_groups_share_nothing() -> None:
    """The same glob in two groups has a row in each."""
    layout = Layout([[literal("ab")], [literal("ab")]], Meter(100))
    assert layout.groups[0] & layout.groups[1] == 0
    assert (layout.groups[0] | layout.groups[1]).bit_count() == layout.size == 6


def test_the_kinds_of_live_positions_are_found_either_way() -> None:
    """Few live positions or many: the kinds are those of the tokens after them."""
    glob = wildcard("ab" * 20)
    layout = Layout([[glob]], Meter(100))
    number = {chars: 1 << kind for kind, chars in enumerate(layout.kinds)}
    for live in (0, 1, 2, 3, 0b1010101, 0b111111, 1 << 40, (1 << 41) - 1):
        expected = sum({number[token.chars] for at, token in enumerate(glob.tokens) if live >> at & 1})
        assert layout.kinds_at(live) == expected


def test_the_last_position_of_a_kind_is_the_greatest_such() -> None:
    """Of a glob's positions before a token of some kinds the greatest is last, -1 if there is none; its end has no kind."""
    globs = [wildcard("aab?a"), wildcard("aab?cb"), wildcard("")]
    layout = Layout([globs], Meter(100))
    for glob, path in zip(globs, layout.paths[0], strict=True):
        for kinds in range(1 << len(layout.kinds)):
            chosen = [chars for kind, chars in enumerate(layout.kinds) if kinds >> kind & 1]
            places = [at for at, token in enumerate(glob.tokens) if token.chars in chosen]
            assert layout.last(path, kinds) == max(places, default=-1)


def test_a_layout_that_is_too_large_is_refused_before_it_is_built() -> None:
    """A million tokens, and a thousand distinct characters in one row, cost more than a small budget."""
    with pytest.raises(Exhausted):
        Layout([[Glob(wildcard("a*").tokens * 500_000)]], Meter(10_000))
    with pytest.raises(Exhausted):
        Layout([[literal("".join(map(chr, range(0x4E00, 0x4E00 + 20_000))))]], Meter(10_000))
