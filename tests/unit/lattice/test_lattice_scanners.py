from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_questions import intervals

from keyaki.automata.glob import NOT_COLON, wildcard
from keyaki.automata.product import Union
from keyaki.lattice.address_scanner import AddressScanner
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.compiled import Compiled, shortest_word
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.families import octets_text
from keyaki.lattice.finite import Octets
from keyaki.lattice.forms import forms
from keyaki.lattice.instant_scanner import InstantScanner
from keyaki.lattice.instants import Instants
from keyaki.lattice.number_scanner import NumberScanner
from keyaki.lattice.predicate import AddressPredicate, InstantPredicate, NumberPredicate, Predicate
from keyaki.lattice.scanner import GlobScanner, OctetsScanner, Scanner, TruthScanner
from keyaki.values import address, address_text, instant, instant_text, network, number, number_text, octets, truth

MANY = settings(deadline=None, max_examples=150)


def scanned(scanner: Scanner, text: str) -> bool:
    """Return what a scanner says of a whole text."""
    state = scanner.start
    for char in text:
        state = scanner.step(state, char)
        if isinstance(state, bool):
            return state
    return scanner.accepts(state)


def expected(value: Any, of: Any, others: bool) -> bool:
    """Return what it must say, from the value that the text reads as."""
    return others if value is None else value in of


def near(kind: type[Predicate], of: Any) -> list[str]:
    """List texts of the bounds of a set, which both sides of a comparison must get right, and some that are cut short."""
    texts = list(forms(kind, of))[:24]
    return [*texts, *(text[:-1] for text in texts[::7])]


DIGITS = st.text("0001259", max_size=4)
NUMBER_TEXTS = st.one_of(
    st.tuples(st.sampled_from(["", "", "-", "+"]), DIGITS, st.sampled_from(["", "."]), DIGITS).map("".join),
    st.tuples(
        st.sampled_from(["", "-"]),
        DIGITS,
        st.sampled_from(["e", "E", ".5e"]),
        st.sampled_from(["", "-", "+"]),
        st.sampled_from(["0", "1", "2", "02", "999", "12", "1000", ""]),
    ).map("".join),
)
BOUNDS = st.sampled_from(
    [Fraction(text) for text in "0 1 2 5 9 10 12 100 -1 -10 0.1 0.5 -0.25 0.012 1.25 20e999 -1e-999".split()]
)


@MANY
@given(intervals(Numbers, BOUNDS), st.lists(NUMBER_TEXTS, min_size=4, max_size=4), st.booleans(), st.booleans(), st.booleans())
def test_number_scanner_reads_as_number_does(of: Any, texts: list[str], others: bool, canonical: bool, whole: bool) -> None:
    """A number scanner accepts a text iff it reads as a number of the set, or as none where others are welcome."""
    scanner = NumberScanner(of, others=others, canonical=canonical, whole=canonical and whole)
    for text in [*texts, *near(NumberPredicate, of)]:
        value = number(text)
        if canonical and value is not None and (number_text(value) != text or (whole and value.denominator != 1)):
            value = None
        assert scanned(scanner, text) == expected(value, of, others)


STEMS = st.sampled_from(
    [
        "2024-02-29T23:59:59",
        "2023-02-28T00:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "2100-02-29T12:30:07",
        "2000-02-29T00:00:00",
        "1970-01-01T00:00:00",
        "0000-01-01T00:00:00",
    ]
)
INSTANT_TEXTS = st.one_of(
    st.tuples(
        STEMS,
        st.sampled_from([3, 4, 7, 10, 16, 19, 19, 19]),
        st.sampled_from(["", "", ".5", ".05", ".50", "."]),
        st.sampled_from(["", "Z", "+00:00", "-23:59", "+23:59", "+01:30", "-12:00", "+24:00", "+1:00", "+00:60"]),
    ).map(lambda parts: parts[0][: parts[1]] + parts[2] + parts[3]),
    st.tuples(st.sampled_from(["", "-"]), st.text("0123459", max_size=12), st.sampled_from(["", ".5", ".05", ".0"])).map("".join),
    st.tuples(STEMS, st.integers(0, 18), st.sampled_from("0123459-:TZ.")).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
    ),
)
INSTANT_BOUNDS = st.tuples(
    STEMS, st.sampled_from([0, 0, 1, -1, Fraction(1, 2), 3600, -86_400 * 31, 86_400 * 365, -5400, 86_340])
).map(lambda pair: (instant(pair[0]) or Fraction(1000)) + pair[1])


@MANY
@given(intervals(Instants, INSTANT_BOUNDS), st.lists(INSTANT_TEXTS, min_size=4, max_size=4), st.booleans(), st.booleans())
def test_instant_scanner_reads_as_instant_does(of: Any, texts: list[str], others: bool, canonical: bool) -> None:
    """An instant scanner accepts a text iff it reads as an instant of the set, or as none where others are welcome."""
    scanner = InstantScanner(of, others=others, canonical=canonical)
    for text in [*texts, *near(InstantPredicate, of)]:
        value = instant(text)
        if canonical and value is not None and (value.denominator != 1 or instant_text(int(value)) != text):
            value = None
        assert scanned(scanner, text) == expected(value, of, others)


FIELDS = "2024-02-29T23:59:59+13:45"


@pytest.mark.parametrize("of", [Instants.top(), Instants.below(instant("2024-02-29T12:00:00Z") or 0), Instants.bottom()])
@pytest.mark.parametrize("others", [False, True])
def test_instant_scanner_knows_the_ends_of_each_field(of: Instants, others: bool) -> None:
    """With any two digits in place of a field of the date, the time or the zone the scanner still reads as ``instant`` does."""
    scanner = InstantScanner(of, others=others)
    for at in (0, 2, 5, 8, 11, 14, 17, 20, 23):
        for pair in range(100):
            text = f"{FIELDS[:at]}{pair:02}{FIELDS[at + 2 :]}"
            assert scanned(scanner, text) == expected(instant(text), of, others), text


GROUPS = st.lists(st.sampled_from("0 0 0 1 ffff 00 A a 1234 12345 0001 10".split()), max_size=9)


def gapped(groups: list[str], start: int, length: int) -> str:
    """Return the text of eight groups in which some, which should be zeros, are left out."""
    return ":".join(groups[:start]) + "::" + ":".join(groups[start + length :])


ADDRESS_TEXTS = st.one_of(
    st.tuples(
        st.lists(st.sampled_from("0 0 0 1 ffff".split()), min_size=8, max_size=8), st.integers(0, 7), st.integers(1, 8)
    ).map(lambda parts: gapped(*parts)),
    st.lists(st.sampled_from("0 1 10 255 256 01 192".split()), min_size=3, max_size=5).map(".".join),
    st.tuples(GROUPS, GROUPS).map(lambda pair: ":".join(pair[0]) + "::" + ":".join(pair[1])),
    st.lists(st.sampled_from("0 1 ffff A".split()), min_size=7, max_size=9).map(":".join),
    st.tuples(
        st.sampled_from(["::", "::ffff:", "1:2:3:4:5:6:", "1::", "::ffff:0:", ":"]),
        st.sampled_from(["1.2.3.4", "0.0.0.9", "1:2", "0:0"]),
    ).map("".join),
)
RANGES = [
    Addresses.network(*found)
    for text in (
        "0.0.0.0/1 10.0.0.0/8 1.2.3.4 192.0.0.0/9 10.0.0.0/30 ::/0 ::/96 ::ffff:0:0/96 ::1 1::/16 0:1::/32 ffff::/17 "
        "::10:0:0:0/70 1:0:0:1::/64 ::ffff:1.2.3.0/127 1234::/13"
    ).split()
    if (found := network(text)) is not None
]


@MANY
@given(
    st.lists(st.sampled_from(RANGES), min_size=1, max_size=3),
    st.lists(st.tuples(ADDRESS_TEXTS, st.booleans()), min_size=4, max_size=4),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_address_scanner_reads_as_address_does(
    ranges: list[Addresses], texts: list[tuple[str, bool]], negated: bool, others: bool, canonical: bool
) -> None:
    """An address scanner accepts a text iff it reads as an address of the set, or as none where others are welcome."""
    of = Addresses.bottom()
    for one in ranges:
        of |= one
    of = ~of if negated else of
    scanner = AddressScanner(of, others=others, canonical=canonical)
    for text, rewritten in [*texts, *((text, False) for text in near(AddressPredicate, of))]:
        value = address(text)
        chosen = address_text(*value) if value is not None and rewritten else text
        if canonical and value is not None and address_text(*value) != chosen:
            value = None
        assert scanned(scanner, chosen) == expected(value, of, others)


@MANY
@given(st.frozensets(st.booleans()), st.sampled_from("true TRUE tRue false False fals truex t é".split()), st.booleans())
def test_truth_scanner_reads_as_truth_does(of: frozenset[bool], text: str, others: bool) -> None:
    """A truth scanner accepts a text iff it reads as a truth value of the set, or as none where others are welcome."""
    assert scanned(TruthScanner(of, others=others), text) == expected(truth(text), of, others)


@MANY
@given(
    st.frozensets(st.binary(max_size=4), max_size=3),
    st.one_of(st.text("AQg=+/a1", max_size=9), st.binary(max_size=4).map(octets_text)),
    st.booleans(),
    st.booleans(),
)
def test_octets_scanner_reads_as_octets_does(values: frozenset[bytes], text: str, all_but: bool, others: bool) -> None:
    """An octets scanner accepts a text iff it reads as a byte string of the set, or as none where others are welcome."""
    scanner = OctetsScanner(map(octets_text, values), all_but=all_but, others=others)
    assert scanned(scanner, text) == expected(octets(text), Octets(values, all_but), others)


GLOBS: st.SearchStrategy[Any] = st.lists(
    st.one_of(
        st.text("ab:*?", max_size=6).map(wildcard),
        st.text("ab:*?", max_size=6).map(lambda text: wildcard(text, NOT_COLON)),
        st.tuples(
            st.text("ab*", max_size=3).map(lambda text: wildcard(text, NOT_COLON)), st.text("ab:*", max_size=3).map(wildcard)
        ).map(lambda pair: pair[0] + pair[1]),
    ),
    max_size=3,
)


@pytest.mark.parametrize(
    "matches", [lambda globs: Compiled(Union(tuple(globs))).matches, lambda globs: GlobScanner(globs).matches]
)
def test_globs_match_as_each_glob_does(matches: Callable[[Any], Callable[[str], bool]]) -> None:
    """Compiled unions and glob scanners match a text iff one of the globs does."""

    @MANY
    @given(GLOBS, st.lists(st.text("ab:", max_size=7), min_size=6, max_size=6))
    def law(globs: list[Any], texts: list[str]) -> None:
        for text in texts:
            assert matches(globs)(text) == any(glob.matches(text) for glob in globs)
            assert scanned(GlobScanner(globs, others=True), text) != any(glob.matches(text) for glob in globs)

    law()


def texts_of(letters: str, longest: int) -> list[str]:
    """Every text of at most so many letters."""
    return ["".join(text) for length in range(longest + 1) for text in product(letters, repeat=length)]


def test_runs_between_words_hold_a_colon_only_where_they_may() -> None:
    """A compiled glob, its first runs inside ARN fields and the others across them, matches each small text iff the glob does."""
    globs = [wildcard(text, NOT_COLON) for text in texts_of("a:*?", 4)]
    globs += [wildcard(first, NOT_COLON) + wildcard(then) for first in texts_of("a:*", 3) for then in texts_of("a:*", 2)]
    texts = texts_of("a:", 4)
    for glob in globs:
        compiled = Compiled(Union((glob,)))
        for text in texts:
            assert compiled.matches(text) == glob.matches(text), (glob, text)


@MANY
@given(GLOBS)
def test_shortest_word_is_a_word(globs: list[Any]) -> None:
    """The shortest word of a glob matches it, and its length is that of the tokens that are no runs."""
    for glob in globs:
        word = shortest_word(glob)
        assert glob.matches(word)
        assert len(word) == sum(not token.run for token in glob.tokens)
