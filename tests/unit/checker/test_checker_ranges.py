from __future__ import annotations

import random

import pytest

from keyaki.checker.ranges import (
    CALENDAR,
    account_texts,
    address_texts,
    between,
    has_six,
    line_of,
    numerals,
    octet_texts,
    second_texts,
)
from keyaki.checker.tokens import matches
from keyaki.policy import Family
from keyaki.reference.matching import Place, meets
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, address_text, instant_text

NOWHERE = Place(live=False, widening=False, value_of=lambda _key: None)


@pytest.mark.parametrize(("low", "high"), [(0, 999), (0, 0), (123, 456), (99, 100), (500, 599), (7, 8), (120, 129), (101, 998)])
def test_between_is_the_order_of_digits(low: int, high: int) -> None:
    """The patterns match exactly the texts of three digits from low to high."""
    ways = list(between(f"{low:03}", f"{high:03}"))
    assert [number for number in range(1000) if matches(ways, f"{number:03}")] == list(range(low, high + 1))


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 1200), (9, 10), (37, 1042), (100, 100)])
def test_numerals_have_no_leading_zeros(low: int, high: int) -> None:
    """The patterns match exactly the decimals of the numbers from low to high."""
    ways = list(numerals(low, high))
    assert [number for number in range(1300) if matches(ways, str(number))] == list(range(low, high + 1))
    assert not matches(ways, "01")
    assert not matches(ways, "")


DATES = ["2024-02-29T12:00:00Z", "1970-01-01T00:00:00Z", "1704067200", "2024", "9999-12-31T23:59:59.5Z", "0001"]
FAMILIES = [family for family in Family if family.value.startswith(("Date", "Numeric"))]


@pytest.mark.parametrize("family", [family for family in Family if family.value.startswith("Date")])
@pytest.mark.parametrize("bound", DATES)
def test_seconds_that_meet_a_date(family: Family, bound: str) -> None:
    """A second's text is matched iff the reference says that it meets the value, in both texts."""
    luck = random.Random(1)
    near = [0, 10_000, 1_704_067_200, 1_709_208_000, FIRST_INSTANT, LAST_INSTANT, 1_704_067_200 + 86_400]
    seconds = [second + step for second in near for step in (-1, 0, 1)] + [
        luck.randrange(FIRST_INSTANT, LAST_INSTANT) for _ in range(20)
    ]
    texts = second_texts(family, [bound], FIRST_INSTANT, digits=False)
    digits = second_texts(family, [bound], 10_000, digits=True)
    for second in seconds:
        if FIRST_INSTANT <= second <= LAST_INSTANT:
            text = instant_text(second)
            assert matches(CALENDAR, text)
            assert matches(texts, text) == meets(family, text, bound, NOWHERE)
            if second >= 10_000:
                assert matches(digits, str(second)) == meets(family, text, bound, NOWHERE)


@pytest.mark.parametrize("family", [*FAMILIES, Family.BINARY_EQUALS, Family.IP_ADDRESS, Family.BOOL, None])
def test_accounts_that_meet_a_value(family: Family | None) -> None:
    """An account is matched iff the reference says that it meets the value; a whole number, an instant, or base64."""
    for bound in ["5", "111122223333", "1e11", "111122223333.5", "2024", "9999-12-31T23:59:59Z", "1111", "YQ=="]:
        ways = account_texts(family, [bound])
        for account in [
            "000000000000",
            "000000000004",
            "000000000005",
            "111122223333",
            "111122223334",
            "253402300799",
            "253402300800",
            "999999999999",
            "000000002024",
            "001704067200",
        ]:
            assert matches(ways, account) == (family is not None and meets(family, account, bound, NOWHERE))


@pytest.mark.parametrize("network", ["10.0.0.0/8", "192.168.3.7", "172.16.0.0/12", "0.0.0.0/0", "10.1.2.128/25"])
def test_addresses_of_a_range(network: str) -> None:
    """An address of version 4 is matched iff it lies in the range."""
    luck = random.Random(2)
    ways = address_texts([network, "::/0", "x"])
    values = [10 << 24, (11 << 24) - 1, 11 << 24, 0xC0A80307, 0xAC100000, 0xAC1FFFFF, 0xAC200000, 0x0A010280, 0x0A0102FF]
    for value in [*values, *(luck.randrange(1 << 32) for _ in range(50))]:
        text = address_text(4, value)
        assert matches(ways, text) == meets(Family.IP_ADDRESS, text, network, NOWHERE)
    twice = address_texts(["10.0.0.0/9", "10.64.0.0/10", "10.128.0.0/9", "9.255.255.254/31"])
    assert matches(twice, "9.255.255.255")
    assert matches(twice, "10.255.0.1")
    assert not matches(twice, "9.255.255.253")
    assert has_six([network, "::/0"])
    assert not has_six([network])


def test_lines_of_families() -> None:
    """Each family compares values of one line; the String and Arn families compare texts."""
    lines = {line_of(family) for family in Family}
    assert lines == {"text", "number", "instant", "address", "truth", "octets"}
    assert line_of(None) == line_of(Family.ARN_LIKE) == "text"


def test_base64_has_one_text() -> None:
    """A byte string is one word; no bytes have no text, and what is no base64 is dropped."""
    assert octet_texts(["QQ==", "", "QR==", "QQ=="]) == octet_texts(["QQ=="])
    assert matches(octet_texts(["QUJD"]), "QUJD")
