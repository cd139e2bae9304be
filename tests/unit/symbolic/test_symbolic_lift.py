from __future__ import annotations

from base64 import b64decode
from fractions import Fraction

import pytest

from keyaki.automata.glob import literal, wildcard
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets
from keyaki.lattice.instants import Instants
from keyaki.lattice.predicate import AddressPredicate, InstantPredicate, NumberPredicate, OctetsPredicate, TextPredicate
from keyaki.symbolic.atom import Atom, Tied, is_true
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY, digit_range, lift, twins
from keyaki.symbolic.pattern import Hole, Pattern


def arn(account: str, region: str = "us-east-1") -> str:
    """A key ARN."""
    return f"arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_a_digit_range_is_the_numbers_between() -> None:
    """Of texts of three digits, the globs of a range, few in number, match exactly those between its ends."""
    texts = [f"{number:03}" for number in range(1000)]
    ends = [0, 1, 9, 10, 11, 58, 99, 100, 101, 199, 200, 249, 500, 899, 900, 989, 990, 996, 999]
    for low in ends:
        for high in ends:
            if low <= high:
                globs = list(digit_range(texts[low], texts[high]))
                assert len(globs) <= 7
                near = [at for at in range(1000) if min(abs(at - low), abs(at - high)) < 12 or at % 50 == 7]
                assert [at for at in near if any(glob.matches(texts[at]) for glob in globs)] == [
                    at for at in near if low <= at <= high
                ]


@pytest.mark.parametrize("kind", [Numbers, Instants])
def test_a_set_of_numbers_is_a_set_of_accounts(kind: type[Numbers | Instants]) -> None:
    """An account passes a lifted test of numbers or instants iff it passes the test, the ends of intervals included."""
    test = NumberPredicate if kind is Numbers else InstantPredicate
    middle = 111122223333
    points = [
        Fraction(middle),
        Fraction(2 * middle + 1, 2),
        Fraction(-5),
        Fraction(0),
        Fraction(10**12),
        Fraction(999999999999),
        Fraction(10**12 - 1),
    ]
    accounts = [f"{number:012}" for number in (0, 1, 1970, middle - 1, middle, middle + 1, middle + 2, 10**12 - 2, 10**12 - 1)]
    for point in points:
        for found in (
            kind.below(point),
            kind.below(point, inclusive=True),
            kind.above(point),
            kind.above(point, inclusive=True),
            kind.only(point),
            ~kind.only(point),
            kind.bottom(),
        ):
            atom = Atom(ACCOUNT_KEY, False, test(found), place=(0, "condition 0"))
            lifted = lift(atom, "aws", ACCOUNT_KEY)
            assert lifted.coordinate == "resource"
            assert lifted.place == atom.place
            for account in accounts:
                assert is_true(lifted, arn(account)) == is_true(atom, account), (found, account)
            assert not any(is_true(lift(atom, "aws", REGION_KEY), arn(account)) for account in accounts)


def test_bytes_are_accounts_where_their_text_is_digits() -> None:
    """Twelve digits are base64 of nine bytes; other bytes are no account, and no account is an address."""
    octets = OctetsPredicate(Octets(frozenset({b64decode("111122223333"), b"abc", b"other bytes!"})))
    lifted = lift(Atom(ACCOUNT_KEY, False, octets), "aws", ACCOUNT_KEY)
    assert is_true(lifted, arn("111122223333"))
    assert not is_true(lifted, arn("111122223334"))
    address = AddressPredicate(Addresses.network(4, 0, 2**32 - 1))
    assert not is_true(lift(Atom(ACCOUNT_KEY, False, address), "aws", ACCOUNT_KEY), arn("111122223333"))


def test_texts_and_constants_keep_their_polarity() -> None:
    """Lifting keeps inversion, truth for an absent key and constants, and drops the set prefix."""
    test = TextPredicate(Union((wildcard("1*"),)))
    lifted = lift(Atom(CALLER_KEY, True, test, inverted=True), "aws", CALLER_KEY)
    assert (lifted.absent, lifted.inverted) == (True, True)
    assert is_true(lifted, arn("2" * 12))
    assert not is_true(lifted, arn("1" * 12))
    assert lift(Atom(CALLER_KEY, True, False), "aws", CALLER_KEY) == Atom("resource", True, False)


def test_variables_keep_to_their_field() -> None:
    """A lifted tie forbids colons in what is inserted; no account and no Region is a truth value."""
    pattern = Pattern((Hole("k:x", None),))
    lifted = lift(Atom(REGION_KEY, False, Tied((pattern,))), "aws", REGION_KEY).present
    assert isinstance(lifted, Tied)
    assert lifted.holes == (Hole("k:x", None, field=True),)
    ground = lifted.under({"k:x": "eu-west-1"})
    assert isinstance(ground, TextPredicate)
    assert ground.holds(arn("1" * 12, "eu-west-1"))
    assert not ground.holds(arn("1" * 12))
    assert lifted.under({"k:x": "a:b"}) == TextPredicate(Union(()))
    truth = lift(Atom(ACCOUNT_KEY, False, Tied((pattern,), boolean=True)), "aws", ACCOUNT_KEY).present
    assert truth == TextPredicate(Union(()))


def test_twins_match_iff_the_accounts_are_one() -> None:
    """A twin stands for any account where the two are one, and matches nothing where they are not; others stay as they are."""
    twin, other = Pattern((Hole(CALLER_KEY, None, twin=True),)), Pattern((Hole("k:x", None), *literal("a").tokens))
    same = twins(twin, same=True)
    assert same is not None
    assert same.glob().matches("123456789012")
    assert not same.glob().matches("12345678901")
    assert twins(twin, same=False) is None
    assert twins(other, same=True) == twins(other, same=False) == other
