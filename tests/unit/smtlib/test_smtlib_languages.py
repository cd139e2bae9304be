from __future__ import annotations

import operator
import random
from fractions import Fraction
from itertools import product

import pytest
from smt_terms import member

from keyaki.catalogue import REGIONS
from keyaki.reference.matching import glob_matches
from keyaki.reference.template import parse_template
from keyaki.smtlib import regex
from keyaki.smtlib.addresses import address_texts, all_address_texts
from keyaki.smtlib.cut import cuts
from keyaki.smtlib.dates import DATES, dates
from keyaki.smtlib.decimals import PLAIN, SHORTEST, decimals, instants
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, address_text, fold, instant, instant_text, network, number, number_text

RELATIONS = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
BOUNDS = ["0", "-0.0", "5", "10", "10.5", "0.05", "-3", "-10.25", "99", "100", "1e3", "0.999", "2024", "1704067200", "1000.001"]


SPELT = (
    "0 00 0.0 -0 +0 1 10 010 9.99 10.2 10.25 10.250 10.26 -10.2 -10.25 -10.3 -9 10.0 0.05 0.04 0.5 0.051 99 100 1000 1000.0 "
    "1000.00 1000.001 1000.0011 1704067199.9 00.9999"
).split()


def luck(seed: str) -> random.Random:
    """A reproducible source of choices."""
    return random.Random(seed)


def spelt(chance: random.Random) -> str:
    """A plain decimal near the bounds, spelt in one way or another."""
    value = number(chance.choice(BOUNDS))
    assert value is not None
    value += chance.choice(
        [0, 0, 1, -1, Fraction(1, 10), Fraction(-1, 10), Fraction(1, 1000), Fraction(-1, 1000), -value, -2 * value]
    )
    text = number_text(abs(value))
    if "." in text and chance.random() < 0.3:
        text = text[:-1].removesuffix(".")
    text = "0" * chance.choice([0, 0, 1, 3]) + text
    if chance.random() < 0.3:
        text += ("" if "." in text else ".0") + "0" * chance.randrange(3)
    return ("-" if value < 0 else chance.choice(["", "", "+", "-" if value == 0 else ""])) + text


@pytest.mark.parametrize("relation", RELATIONS)
def test_decimals_are_those_in_the_relation(relation: str) -> None:
    """A plain decimal is in the language iff its value stands in the relation to the bound."""
    chance = luck(relation)
    for text, written in product([*SPELT, *(spelt(chance) for _ in range(10))], BOUNDS):
        value, bound = number(text), number(written)
        assert value is not None
        assert bound is not None
        assert member(text, PLAIN)
        assert member(text, decimals(relation, bound)) == RELATIONS[relation](value, bound), (text, bound)


@pytest.mark.parametrize("relation", RELATIONS)
def test_decimals_as_instants(relation: str) -> None:
    """A plain decimal is among the instants iff a Date operator reads it as one in the relation."""
    chance = luck(f"instants {relation}")
    texts = ["2024", "0001", "0000", "9999", "253402300799", "253402300800", "999999999999", "-62135596800", "-62135596801"]
    for _ in range(25):
        text = chance.choice([*texts, spelt(chance), spelt(chance)])
        bound = instant(chance.choice(["2024", "1704067200", "1704067200.5", "0001", "9999", "10000", "2023-12-31T23:59:59Z"]))
        value = instant(text)
        assert bound is not None
        assert member(text, instants(relation, bound)) == (value is not None and RELATIONS[relation](value, bound)), (text, bound)


def test_shortest_decimals_are_the_ones_written() -> None:
    """A text is a shortest decimal iff writing its value gives it back."""
    chance = luck("shortest")
    for _ in range(300):
        text = spelt(chance)
        value = number(text)
        assert value is not None
        assert member(number_text(value), SHORTEST)
        assert member(text, SHORTEST) == (number_text(value) == text), text


@pytest.mark.parametrize("relation", RELATIONS)
def test_dates_are_those_in_the_relation(relation: str) -> None:
    """A date is in the language iff its instant stands in the relation to the bound."""
    chance = luck(f"dates {relation}")
    around = [FIRST_INSTANT, LAST_INSTANT, 0, 1704067200, 951782400, 1709164800]
    for _ in range(60):
        second = chance.choice(around) + chance.choice([0, 0, 1, -1, 60, -86400, 86400])
        second = min(max(second, FIRST_INSTANT), LAST_INSTANT)
        bound = chance.choice(around) + chance.choice([Fraction(0), Fraction(1), Fraction(1, 2), Fraction(-1)])
        bound = max(bound, Fraction(FIRST_INSTANT))
        assert member(instant_text(second), DATES)
        assert member(instant_text(second), dates(relation, bound)) == RELATIONS[relation](second, bound)


def test_dates_of_the_calendar_only() -> None:
    """Days that no calendar has are no dates, and leap days are dates in leap years alone."""
    for text in ["2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00", "0000-01-01"]:
        assert not member(f"{text}T00:00:00Z", DATES), text
    for text in ["2024-02-29", "2000-02-29", "0004-02-29", "9999-12-31", "0001-01-01"]:
        assert member(f"{text}T00:00:00Z", DATES), text
    assert not member("2024-01-01T24:00:00Z", DATES)
    assert not member("2024-01-01T00:60:00Z", DATES)


@pytest.mark.parametrize(
    "value",
    [
        "10.1.2.3/8",
        "10.0.0.1",
        "0.0.0.0/0",
        "192.168.4.0/22",
        "::/0",
        "2001:db8::/33",
        "::1",
        "::ffff:0:0/95",
        "::fffe:0:0/96",
        "::ffff:10.0.0.0/104",
        "fe80::/10",
    ],
)
def test_address_texts_are_those_in_the_range(value: str) -> None:
    """The canonical text of an address is in the language of a range iff the address is in the range."""
    chance = luck(value)
    found = network(value)
    assert found is not None
    _, first, last = found
    language = address_texts(value)
    for _ in range(20):
        version = chance.choice([4, 6, 6])
        wide = 32 if version == 4 else 128
        base = chance.choice(
            [first, last, first + (last - first) // 3, first ^ 0x1234 << 32, 0xFFFF << 32, 0xFFFE << 32, chance.getrandbits(wide)]
        )
        holes = ~sum(0xFFFF << 16 * place for place in range(8) if chance.random() < 0.4)
        number_ = chance.choice([base, base + 1, base - 1, base & holes]) % (1 << wide)
        text = address_text(version, number_)
        assert member(text, language) == (found[0] == version and first <= number_ <= last), text


def test_address_texts_are_the_canonical_ones() -> None:
    """The one spelling of each address is in the language, and others are not."""
    for text in [
        "10.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "1::",
        "2001:db8::1:0:0:1",
        "1:0:1:0:1:0:1:0",
        "::ffff:10.0.0.1",
        "::fffe:a00:1",
    ]:
        assert member(text, all_address_texts()), text
    for text in [
        "256.0.0.0",
        "01.0.0.0",
        "1.2.3",
        "::0",
        "0:0::",
        "::ffff:a00:1",
        "2001:DB8::",
        "1::1::1",
        "1:2:3:4:5:6:7",
        "1:0:0:1:1:1:1:1",
    ]:
        assert not member(text, all_address_texts()), text


def test_folded_texts_are_those_equal_without_case() -> None:
    """A text is in the language iff folding makes the two equal."""
    for one in ["aB", "\u0130k", "k\u03c3", "\u212a", "str.\u00df", "\u1e9e", ""]:
        for other in ["ab", "AB", "ik", "\u0130\u212a", "K\u03c2", "k\u03a3", "k", "STR.\u00df", "str.\u1e9e", ""]:
            assert member(other, regex.folded(one)) == (fold(one) == fold(other)), (one, other)


def test_forms_of_key_arns() -> None:
    """Every Region of the catalogue has the form of a Region, and near misses of each field have not."""
    assert all(member(region, regex.REGION) for regions in REGIONS.values() for region in regions)
    for text in ["us-1", "u-east-1", "us-east-", "us--1", "US-east-1", "us-east-1a", "europe-west-1"]:
        assert not member(text, regex.REGION), text
    assert member("012345678901", regex.ACCOUNT)
    assert not member("01234567890", regex.ACCOUNT)
    assert member("key/1234abcd-12ab-34cd-56ef-1234567890ab", regex.UUID_KEY)
    assert member("key/mrk-1234abcd12ab34cd56ef1234567890ab", regex.MRK_KEY)
    assert not member("key/1234abcd-12ab-34cd-56ef-1234567890aB", regex.UUID_KEY)
    assert member("arn:aws:iam::1:role/a:b", regex.ARN)
    assert not member("arn:aws:iam::1", regex.ARN)


def test_cuts_are_the_flat_glob() -> None:
    """A flat glob matches a key ARN iff the three globs of some cut match its three fields."""
    chance = luck("cuts")
    parts = [
        "*",
        "*",
        "?",
        ":",
        "arn:",
        "aws",
        ":kms:",
        "us-",
        "east",
        "-1",
        "1111",
        "22223333",
        "key/",
        "mrk-",
        "12345678-*",
        "ab",
    ]
    fields = [("us-east-1", "eu-west-1"), ("111122223333", "999911112222")]
    keys = ["key/12345678-1234-1234-1234-1234567890ab", "key/mrk-0123456789abcdef0123456789abcdef"]
    matched = 0
    for _ in range(300):
        text = "".join(chance.choice(parts) for _ in range(chance.randrange(1, 7)))
        text = chance.choice(["", "arn:aws:kms:", "*"]) + text + chance.choice(["", "*"])
        glob = tuple(piece for piece in parse_template(text, live=False, wildcards=True) if not isinstance(piece, tuple))
        ways = cuts(glob, "arn:aws:kms:")
        for region in fields[0]:
            for account in fields[1]:
                for key in keys:
                    wanted = glob_matches(glob, f"arn:aws:kms:{region}:{account}:{key}")
                    matched += wanted
                    said = any(all(map(glob_matches, way, (region, account, key))) for way in ways)
                    assert said == wanted, (text, region, account, key)
    assert matched > 100
