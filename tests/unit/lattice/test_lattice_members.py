from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from keyaki.automata.glob import folded, literal, wildcard
from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.answer import Empty, Member, Unknown
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.families import COVERS, TOPS, Kind
from keyaki.lattice.finite import Octets, Truths
from keyaki.lattice.instants import Instants, Seconds
from keyaki.lattice.predicate import (
    AddressPredicate,
    EpochPredicate,
    InstantPredicate,
    NumberPredicate,
    OctetsPredicate,
    TextPredicate,
    TruthPredicate,
)
from keyaki.lattice.solve import solve
from keyaki.lattice.universe import ADDRESS, BOOLEAN, DATE, DATE_AND_EPOCH, DECIMAL, STRING, Universe
from keyaki.values import instant, network


def like(*patterns: str) -> TextPredicate:
    """Return the predicate of wildcard patterns."""
    return TextPredicate(Union(tuple(map(wildcard, patterns))))


def at(text: str) -> Fraction:
    """Return an instant."""
    found = instant(text)
    assert found is not None
    return found


def within(text: str) -> AddressPredicate:
    """Return the predicate of a CIDR range."""
    found = network(text)
    assert found is not None
    return AddressPredicate(Addresses.network(*found))


@pytest.mark.parametrize(
    ("numbers", "member"),
    [
        (Numbers.top(), "0"),
        (Numbers.above(Fraction(5)), "6"),
        (Numbers.below(Fraction(-5), inclusive=True), "-5"),
        (Numbers.between(Fraction(-3), Fraction(2)) & ~Numbers.only(Fraction(0)), "1"),
        (Numbers.above(Fraction(1)) & Numbers.below(Fraction(2)), "1.1"),
        (Numbers.above(Fraction("0.25")) & Numbers.below(Fraction("0.26")), "0.251"),
        (Numbers.only(Fraction(1, 3), Fraction(1, 4)), "0.25"),
        (Numbers.only(Fraction(1, 3), Fraction(1, 2)), "0.5"),
        (Numbers.above(Fraction(-1)) & Numbers.below(Fraction(0)), "-0.1"),
    ],
)
def test_numbers_show_few_places_near_zero(numbers: Numbers, member: str) -> None:
    """The member of a set of numbers has the fewest decimal places, then is nearest to zero, then positive."""
    assert numbers.member() == Fraction(member)


def test_numbers_find_a_member_between_close_bounds_of_many_digits() -> None:
    """A gap of 10**-3000 is found by halving the number of places, not by trying each."""
    low = Fraction(1, 3) // Fraction(1, 10**3000) * Fraction(1, 10**3000)
    found = (Numbers.above(low) & Numbers.below(low + Fraction(1, 10**2999))).member()
    assert found is not None
    assert 0 < found - low < Fraction(1, 10**2999)


@pytest.mark.parametrize(
    ("low", "high", "member"),
    [
        ("0001", "9999", "2025"),
        ("2026-03-04T05:06:07Z", "9999", "2027"),
        ("2026-03-04T05:06:07Z", "2026-06", "2026-04"),
        ("2026-03-04T05:06:07Z", "2026-03-20", "2026-03-05"),
        ("2026-03-04T05:06:07Z", "2026-03-04T06:30:00Z", "2026-03-04T06:00:00Z"),
        ("2026-03-04T05:06:07Z", "2026-03-04T05:06:08Z", "2026-03-04T05:06:07Z"),
        ("2026-12-04T05:06:07Z", "2027-06-01", "2027"),
        ("2026-01-01T00:00:00Z", "2026-06-01", "2026"),
        ("2001", "2019-05-06T07:08:09Z", "2019"),
        ("2019-02", "2019-05-06T07:08:09Z", "2019-05"),
        ("9999-12-31T23:59:58Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:58Z"),
    ],
)
def test_seconds_show_round_dates(low: str, high: str, member: str) -> None:
    """The member of a set of instants is 2025 if that is inside, else the start of the largest unit in the nearest interval."""
    bounds = at(low), at(high)
    assert Seconds.between(*bounds).member() == at(member)
    assert Instants.between(*bounds).member() == at(member)


def test_instants_between_two_seconds_have_a_fraction() -> None:
    """An interval without a whole second has a member with as few places as possible, and no whole one."""
    inside = Instants.above(at("2024")) & Instants.below(at("2024") + 1)
    assert inside.member() == at("2024") + Fraction(1, 10)
    assert Seconds.of(inside).is_bottom


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("10.0.0.0/8", "10.0.0.1"),
        ("192.0.0.0/8", "192.168.0.1"),
        ("203.0.0.0/8", "203.0.113.1"),
        ("198.0.0.0/8", "198.51.100.1"),
        ("9.8.0.0/16", "9.8.0.1"),
        ("9.8.7.6", "9.8.7.6"),
        ("2001::/16", "2001:db8::1"),
    ],
)
def test_addresses_show_hosts(text: str, member: str) -> None:
    """The member of a range is a host that a reader knows, or the first one after the network's own address."""
    assert solve(ADDRESS, [within(text)], []) == Member(member)


def test_octets_show_their_empty_value_last() -> None:
    """No bytes at all is a member only where nothing else is, since its text is empty."""
    assert Octets(frozenset({b"", b"ab"})).member() == b"ab"
    assert Octets(frozenset({b""})).member() == b""
    assert solve(STRING, [OctetsPredicate(Octets(frozenset({b""})))], []) == Empty("points", (0,))


LEAST = 1 / Fraction(10) ** 1000  # with two digits it needs the least exponent there is
CASES: list[tuple[Any, list[Any], list[Any], str]] = [
    (STRING, [like("1*"), NumberPredicate(Numbers.below(Fraction(1)))], [], "1e-1"),
    (STRING, [like("1e*"), NumberPredicate(Numbers.above(Fraction(100)))], [], "1e3"),
    (STRING, [like("+*"), NumberPredicate(Numbers.only(Fraction(7)))], [], "+7"),
    (STRING, [like("?.?e*"), NumberPredicate(Numbers.above(5 * Fraction(10) ** 999))], [], "9.0e999"),
    (STRING, [like("?.?e*"), NumberPredicate(Numbers.only(LEAST))], [], "0.1e-999"),
    (STRING, [like("2024-12-31*"), InstantPredicate(Instants.only(at("2025")))], [], "2024-12-31T23:00:00-01:00"),
    (STRING, [NumberPredicate(Numbers.only(Fraction(2024))), InstantPredicate(Instants.above(at("2023")))], [], "2024"),
    (STRING, [TruthPredicate(Truths(frozenset({True})))], [like("true")], "truE"),
    (STRING, [OctetsPredicate(Octets(frozenset(), all_but=True)), TruthPredicate(Truths(frozenset({True})))], [], "true"),
    (STRING, [TextPredicate(Union((folded("Team"),)))], [like("t*")], "Team"),
    (STRING, [], [NumberPredicate(Numbers.top()), like("x*")], "y"),
    (ADDRESS, [like("10.*"), within("10.0.0.0/8")], [within("10.0.0.0/16")], "10.1.0.0"),
    (ADDRESS, [like("*:*"), within("::ffff:0:0/96")], [], "::ffff:0.0.0.1"),
    (DATE, [like("2024-*"), InstantPredicate(Instants.above(at("2024-05-06")))], [], "2024-11-11T11:11:11Z"),
    (DATE_AND_EPOCH, [EpochPredicate(like("17*")), InstantPredicate(Instants.above(at("2025")))], [], "2025-01-01T00:00:11Z"),
    (BOOLEAN, [], [TruthPredicate(Truths(frozenset({True})))], "false"),
    (DECIMAL, [like("1*"), NumberPredicate(Numbers.below(Fraction(1)))], [NumberPredicate(Numbers.top())], ""),
]


@pytest.mark.parametrize(("universe", "holds", "fails", "text"), CASES)
def test_mixtures_have_short_members(universe: Any, holds: list[Any], fails: list[Any], text: str) -> None:
    """A mixture of globs and types has a text that satisfies all of it, as short as the search finds one."""
    answer = solve(universe, holds, fails)
    if not text:
        assert isinstance(answer, Empty)
        return
    assert isinstance(answer, Member)
    assert universe.admits(answer.text)
    assert all(one.holds(answer.text) for one in holds)
    assert not any(one.holds(answer.text) for one in fails)
    assert len(answer.text) <= len(text)


@pytest.mark.parametrize(("universe", "holds", "fails", "text"), CASES)
def test_long_searches_find_what_short_ones_do(
    universe: Any, holds: list[Any], fails: list[Any], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that looks at the shapes at once, as long ones do, finds a member iff there is one."""
    monkeypatch.setattr("keyaki.lattice.product._LONG", 0)
    answer = solve(universe, holds, fails)
    assert isinstance(answer, Member) == bool(text)
    if isinstance(answer, Member):
        assert universe.admits(answer.text)
        assert all(one.holds(answer.text) for one in holds)
        assert not any(one.holds(answer.text) for one in fails)


def less(bound: int) -> NumberPredicate:
    """Return the predicate of the numbers below a bound."""
    return NumberPredicate(Numbers.below(Fraction(bound)))


def more(bound: int) -> NumberPredicate:
    """Return the predicate of the numbers above a bound."""
    return NumberPredicate(Numbers.above(Fraction(bound)))


HALF_SECOND = InstantPredicate(Instants.above(at("2024")) & Instants.below(at("2024") + 1))
BEFORE_DIGITS = InstantPredicate(Instants.below(at("1970-01-01T02:46:40Z")))
EMPTIES: list[tuple[Any, list[Any], list[Any], Empty]] = [
    (STRING, [like("a"), like("b*")], [], Empty("words", (0, 1), detail=0)),
    (STRING, [like("*"), like("a", "b"), like("c*")], [], Empty("words", (1, 2), detail=1)),
    (BOOLEAN, [], [TruthPredicate(Truths(frozenset({True, False})))], Empty("words", (), (0,), universe=True)),
    (ADDRESS, [NumberPredicate(Numbers.top())], [], Empty("foreign", (0,), universe=True)),
    (DATE, [within("::/0")], [], Empty("foreign", (0,), universe=True)),
    (DATE_AND_EPOCH, [EpochPredicate(TruthPredicate(Truths(frozenset({True}))))], [], Empty("foreign", (0,), universe=True)),
    (
        STRING,
        [
            like("*"),
            NumberPredicate(Numbers.below(Fraction(1))),
            NumberPredicate(Numbers.top()),
            NumberPredicate(Numbers.above(Fraction(1))),
        ],
        [],
        Empty("points", (1, 3)),
    ),
    (
        DECIMAL,
        [],
        [NumberPredicate(Numbers.below(Fraction(1))), NumberPredicate(Numbers.above(Fraction(0)))],
        Empty("points", (), (0, 1), universe=True),
    ),
    (
        DATE,
        [InstantPredicate(Instants.above(at("2024")) & Instants.below(at("2024") + 1))],
        [],
        Empty("points", (0,), universe=True),
    ),
    (DATE_AND_EPOCH, [BEFORE_DIGITS], [], Empty("points", (0,), universe=True)),
    (
        DATE_AND_EPOCH,
        [InstantPredicate(Instants.below(Fraction(10**6))), EpochPredicate(NumberPredicate(Numbers.above(Fraction(10**6))))],
        [],
        Empty("points", (0, 1), universe=True),
    ),
]


@pytest.mark.parametrize(("universe", "holds", "fails", "evidence"), EMPTIES)
def test_evidence_cites_no_more_than_it_needs(universe: Any, holds: list[Any], fails: list[Any], evidence: Empty) -> None:
    """The evidence names its kind and only the predicates that are in conflict."""
    assert solve(universe, holds, fails) == evidence


@pytest.mark.parametrize(
    ("universe", "holds", "fails", "kind", "cited", "whole"),
    [
        (STRING, [like("*"), like("a*"), like("b*")], [], "closure", ((1, 2), ()), False),
        (STRING, [like("*x*"), NumberPredicate(Numbers.top())], [like("q")], "closure", ((0, 1), ()), False),
        (STRING, [], [like("*")], "closure", ((), (0,)), False),
        (STRING, [], [like("?*")], "closure", ((), (0,)), True),
        (DECIMAL, [like("*x*")], [], "closure", ((0,), ()), True),
        (ADDRESS, [like("11.*"), within("10.0.0.0/8"), like("*")], [], "product", ((0, 1), ()), False),
        (DECIMAL, [like("00*")], [], "product", ((0,), ()), True),
        (DATE, [like("2024-13*")], [], "product", ((0,), ()), True),
        (DATE, [like("2024-*"), InstantPredicate(Instants.below(at("2024")))], [], "product", ((0, 1), ()), True),
        (DATE_AND_EPOCH, [EpochPredicate(like("*x*"))], [], "closure", ((0,), ()), True),
        (DATE_AND_EPOCH, [EpochPredicate(like("9????"))], [InstantPredicate(Instants.top())], "points", ((), (0,)), True),
    ],
)
def test_evidence_of_globs_is_minimal(
    universe: Any, holds: list[Any], fails: list[Any], kind: str, cited: tuple[Any, Any], whole: bool
) -> None:
    """Evidence from automata cites only what is in conflict, and the universe only where it is needed."""
    answer = solve(universe, holds, fails)
    assert isinstance(answer, Empty)
    assert (answer.kind, (answer.holds, answer.fails), answer.universe) == (kind, cited, whole)


def test_preferred_texts_are_tried_in_order_and_only_inside_the_universe() -> None:
    """The first preferred text that the universe admits and that satisfies the question is the member."""
    assert solve(DECIMAL, [NumberPredicate(Numbers.above(Fraction(3)))], [], ["2", "4.0", "007", "4.5", "5"]) == Member("4.5")
    assert solve(STRING, [], [], ["", "b", "a"]) == Member("b")


def test_digits_need_a_universe_that_has_them() -> None:
    """A predicate of digits on a coordinate without them is refused."""
    with pytest.raises(ValueError, match="no text in digits"):
        solve(DATE, [EpochPredicate(like("1*"))], [])


def test_globs_on_both_texts_of_a_date_may_stay_unknown() -> None:
    """Globs that tie digits to dates by arithmetic alone are left open, never refuted."""
    answer = solve(DATE_AND_EPOCH, [like("2024-02-29*"), EpochPredicate(like("*999999"))], [])
    assert isinstance(answer, Member | Unknown)


def test_the_meter_ends_a_search() -> None:
    """A search past its budget raises Exhausted."""
    with pytest.raises(Exhausted):
        solve(STRING, [like("*a*b*"), like("*b*a*")], [like("*c*d")], meter=Meter(1))


def test_hostile_mixtures_end() -> None:
    """Bounds of a thousand digits and exponents do not multiply into the search."""
    holds = [NumberPredicate(Numbers.above(Fraction(10**999))), like("*e*"), like("9*")]
    assert isinstance(solve(STRING, holds, [], meter=Meter(3_000_000)), Member)


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        ([like("*-2?"), InstantPredicate(Instants.only(at("2024-01-31T23:00:00Z")))], []),
        ([like("*Z"), InstantPredicate(Instants.between(at("2024-01-01"), at("2024-02-29")))], [like("2024*")]),
        ([like("*+*"), InstantPredicate(Instants.above(at("2024")))], [like("*T*")]),
    ],
)
def test_zones_do_not_multiply_into_the_search(holds: list[Any], fails: list[Any]) -> None:
    """Where globs leave no room for a zone, the thousand ways to write an instant near a bound are not looked at one by one."""
    assert isinstance(solve(STRING, holds, fails, meter=Meter(400_000)), Empty)


def test_answers_do_not_depend_on_the_hash_seed() -> None:
    """The same question has the same answer whatever PYTHONHASHSEED."""
    script = (
        "from keyaki.automata.glob import *\nfrom keyaki.automata.product import Union\nfrom keyaki.lattice.predicate import *\n"
        "from keyaki.lattice.solve import solve\nfrom keyaki.lattice.universe import *\n"
        "like = lambda text: TextPredicate(Union((wildcard(text),)))\n"
        "print(solve(STRING, [like('*a?c*'), TextPredicate(Union((folded('xAbcy'),)))], [like('*bc*')]))\n"
        "print(solve(STRING, [like('?5*'), NumberPredicate(Numbers.top())], [like('1*')]))\n"
        "print(solve(ADDRESS, [like('*7*'), like('*:*')], []), solve(DECIMAL, [like('00*')], []))\n"
    )
    outputs = set()
    for seed in ("0", "1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        outputs.add(
            subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True).stdout
        )
    assert len(outputs) == 1


def test_predicates_are_values() -> None:
    """Equal predicates are equal and hash equal; predicates of different types never are."""
    assert like("a*") == like("a*")
    assert hash(like("a*")) == hash(like("a*"))
    assert NumberPredicate(Numbers.top()) != InstantPredicate(Numbers.top())
    assert TextPredicate(Union((literal("a"), literal("b")))).words == ("a", "b")
    assert like("a*").words is None


def neighbours(*texts: str) -> list[str]:
    """The texts in which one character is replaced, in turn, by each printable one."""
    printable = [chr(code) for code in range(32, 127)]
    return [text[:at] + char + text[at + 1 :] for text in texts for at in range(len(text)) for char in printable]


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (NumberPredicate, ["+1.5e+10", "-0.5", "17"]),
        (InstantPredicate, ["2024-01-01T00:00:00.5Z", "2024-01-01T00:00+10:00", "1700000000"]),
        (AddressPredicate, ["2001:db8::1", "::ffff:1.2.3.4", "10.20.30.40"]),
        (TruthPredicate, ["true", "FALSE", "TRUE", "false"]),
        (OctetsPredicate, ["AAAA", "AAA=", "AA=="]),
    ],
)
def test_covers_hold_every_value(kind: Kind, texts: list[str]) -> None:
    """Each text that reads as a value of a family lies in the family's cover, so that a refutation by globs is one of values."""
    values = [text for text in neighbours(*texts) if kind(TOPS[kind]).holds(text)]
    assert set(texts) <= set(values)
    assert all(COVERS[kind].matches(text) for text in values)


@pytest.mark.parametrize(
    ("universe", "texts"),
    [
        (DECIMAL, ["-12.5", "105", "0.25"]),
        (DATE, ["2024-01-01T00:00:00Z"]),
        (DATE_AND_EPOCH, ["2024-01-01T00:00:00Z"]),
        (ADDRESS, ["2001:db8::1", "10.20.30.40", "::ffff:1.2.3.4"]),
        (STRING, ["a"]),
    ],
)
def test_universes_lie_in_their_unions(universe: Universe, texts: list[str]) -> None:
    """Each text that a universe admits lies in all its unions, so that a refutation by them is one of the universe."""
    admitted = [text for text in neighbours(*texts) if universe.admits(text)]
    assert set(texts) <= set(admitted)
    assert all(union.matches(text) for union in universe.holds for text in admitted)
