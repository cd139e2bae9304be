"""The laws of Boolean algebra and of inclusion, one contract class over every domain of the lattice."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.automata.glob import wildcard
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets, Truths
from keyaki.lattice.instants import Instants, Seconds
from keyaki.lattice.texts import Texts
from keyaki.values import FIRST_INSTANT, LAST_INSTANT

LAWS = settings(deadline=None, max_examples=60)


def unions(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Sets made of a few leaves by join, meet and complement."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
            inner.map(lambda one: ~one),
        ),
        max_leaves=6,
    )


def halves(line: type, points: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rays, points, the empty set and the whole line."""
    return st.one_of(
        st.tuples(points, st.booleans()).map(lambda pair: line.below(pair[0], inclusive=pair[1])),
        st.tuples(points, st.booleans()).map(lambda pair: line.above(pair[0], inclusive=pair[1])),
        st.lists(points, max_size=3).map(lambda chosen: line.only(*chosen)),
        st.sampled_from([line.top(), line.bottom()]),
    )


class DomainContract:
    """What every domain must satisfy; a subclass gives `sets` and `points` as Hypothesis strategies."""

    sets: st.SearchStrategy[Any]
    points: st.SearchStrategy[Any]

    def test_operations_are_pointwise(self) -> None:
        """A point is in a meet, join or complement exactly as it is in the parts."""

        @LAWS
        @given(self.sets, self.sets, self.points)
        def law(a: Any, b: Any, x: Any) -> None:
            assert (x in (a & b)) == (x in a and x in b)
            assert (x in (a | b)) == (x in a or x in b)
            assert (x in ~a) != (x in a)

        law()

    def test_boolean_algebra(self) -> None:
        """Meet and join are commutative, associative, absorbing and distributive; complement is De Morgan's and undoes itself."""

        @LAWS
        @given(self.sets, self.sets, self.sets)
        def law(a: Any, b: Any, c: Any) -> None:
            assert (a & b).equivalent(b & a)
            assert (a | b).equivalent(b | a)
            assert ((a & b) & c).equivalent(a & (b & c))
            assert ((a | b) | c).equivalent(a | (b | c))
            assert (a & (a | b)).equivalent(a)
            assert (a | (a & b)).equivalent(a)
            assert (a & (b | c)).equivalent((a & b) | (a & c))
            assert (~(a & b)).equivalent(~a | ~b)
            assert (~~a).equivalent(a)
            assert (a & ~a).is_bottom
            assert (~(a | ~a)).is_bottom

        law()

    def test_inclusion_is_the_order_of_the_lattice(self) -> None:
        """Inclusion a <= b holds iff a & b is a iff a | b is b, and inclusion is reflexive, antisymmetric and transitive."""

        @LAWS
        @given(self.sets, self.sets, self.sets)
        def law(a: Any, b: Any, c: Any) -> None:
            assert a <= a  # noqa: PLR0124 - reflexivity is the law
            assert (a <= b) == (a & b).equivalent(a) == (a | b).equivalent(b)
            assert (a <= b <= a) == a.equivalent(b)
            assert not (a <= b <= c) or a <= c

        law()

    def test_member_is_in_the_set(self) -> None:
        """member() is in the set, the same each time, and None iff the set is empty."""

        @LAWS
        @given(self.sets)
        def law(a: Any) -> None:
            found = a.member()
            assert (found is None) == a.is_bottom
            assert found is None or found in a
            assert found == a.member()

        law()


class CanonicalContract(DomainContract):
    """What a domain with a canonical representation satisfies beyond."""

    def test_equal_sets_are_equal_values(self) -> None:
        """Equivalent sets compare and hash equal."""

        @LAWS
        @given(self.sets, self.sets)
        def law(a: Any, b: Any) -> None:
            assert a.equivalent(b) == (a == b)
            assert (a & b) == (b & a)
            assert hash(a | b) == hash(b | a)
            assert ~~a == a

        law()


DECIMALS = st.tuples(st.integers(-40, 40), st.sampled_from([1, 2, 5, 10])).map(lambda pair: Fraction(*pair))


class TestNumbers(CanonicalContract):
    """The laws, for sets of numbers."""

    sets = unions(halves(Numbers, DECIMALS))
    points = DECIMALS

    def test_member_is_a_finite_decimal(self) -> None:
        """The member of a set with decimal bounds has a denominator of twos and fives."""

        @LAWS
        @given(self.sets)
        def law(a: Any) -> None:
            found = a.member()
            assert found is None or 10**60 % found.denominator == 0

        law()


INSTANTS = st.one_of(
    st.integers(1_700_000_000, 1_700_000_020),
    st.sampled_from([FIRST_INSTANT, FIRST_INSTANT + 1, LAST_INSTANT - 1, LAST_INSTANT, 0]),
)


class TestInstants(CanonicalContract):
    """The laws, for sets of instants with fractions."""

    sets = unions(halves(Instants, st.one_of(INSTANTS, INSTANTS.map(lambda second: second + Fraction(1, 2)))))
    points = st.one_of(INSTANTS, INSTANTS.map(lambda second: second + Fraction(1, 2)))

    def test_whole_seconds(self) -> None:
        """The whole seconds of a dense set are those that are in it."""

        @LAWS
        @given(self.sets, INSTANTS)
        def law(a: Any, second: int) -> None:
            assert (second in Seconds.of(a)) == (second in a)

        law()


class TestSeconds(CanonicalContract):
    """The laws, for sets of whole seconds."""

    sets = unions(halves(Seconds, INSTANTS))
    points = INSTANTS


ADDRESSES = st.one_of(
    st.tuples(st.just(4), st.one_of(st.integers(0, 20), st.integers((1 << 32) - 20, (1 << 32) - 1))),
    st.tuples(st.just(6), st.one_of(st.integers(0, 20), st.integers((1 << 128) - 20, (1 << 128) - 1))),
)


def _network(pair: tuple[tuple[int, int], int]) -> Addresses:
    (version, value), size = pair
    return Addresses.network(version, value, min(value + size, (1 << (32 if version == 4 else 128)) - 1))


class TestAddresses(CanonicalContract):
    """The laws, for sets of addresses."""

    sets = unions(
        st.one_of(
            st.tuples(ADDRESSES, st.integers(0, 12)).map(_network),
            st.sampled_from([Addresses.top(), Addresses.bottom(), Addresses.of_version(4), Addresses.of_version(6)]),
        )
    )
    points = ADDRESSES


class TestTruths(CanonicalContract):
    """The laws, for sets of truth values."""

    sets = unions(st.frozensets(st.booleans()).map(Truths))
    points = st.booleans()


class TestOctets(CanonicalContract):
    """The laws, for sets of byte strings."""

    sets = st.tuples(st.frozensets(st.binary(max_size=2), max_size=3), st.booleans()).map(lambda pair: Octets(*pair))
    points = st.binary(max_size=2)


WORDS = st.text("ab", max_size=4)
GLOBS = st.lists(st.text("ab*?", max_size=3).map(wildcard), min_size=1, max_size=2).map(lambda globs: Union(tuple(globs)))


class TestTexts(DomainContract):
    """The laws, for sets of texts."""

    sets = st.recursive(
        st.one_of(GLOBS.map(Texts.of), st.sampled_from([Texts.top(), Texts.bottom()])),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
            inner.map(lambda one: ~one),
        ),
        max_leaves=3,
    )
    points = WORDS


@pytest.mark.parametrize("version", [4, 6])
def test_a_version_is_the_complement_of_the_other(version: int) -> None:
    """Every address is of version 4 or of version 6, and none is of both."""
    assert ~Addresses.of_version(version) == Addresses.of_version(10 - version)
