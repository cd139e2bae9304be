"""Typed values: each reader against an independent one, each writer against its reader."""

from __future__ import annotations

import base64
import ipaddress
import itertools
import math
import re
from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki import values
from keyaki.values import (
    FIRST_INSTANT,
    LAST_INSTANT,
    address,
    address_text,
    ascii_fold,
    fold,
    instant,
    instant_text,
    network,
    number,
    number_text,
    octets,
    truth,
)

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
digits = st.text("0123456789", min_size=1, max_size=12)
decimals = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "+", "-"]),
    digits,
    st.one_of(st.just(""), digits.map(".{}".format)),
    st.one_of(st.just(""), st.builds("{}{}".format, st.sampled_from(["e", "E", "e+", "E-"]), st.integers(0, 999))),
)


@settings(deadline=None, max_examples=100)
@given(decimals)
def test_number_reads_decimals_as_python_does(text: str) -> None:
    """A decimal has the value that Python's exact fractions give it."""
    assert number(text) == Fraction(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".5",
        "5.",
        "1.e2",
        "1e",
        "1e1000",
        "1e+1000",
        "0x10",
        "1_000",
        " 1",
        "1 ",
        "1\n",
        "--1",
        "+-1",
        "NaN",
        "inf",
        "1,5",
        "٣",
        "²",
        "1/2",
    ],
)
def test_number_refuses_other_texts(text: str) -> None:
    """A text that is not wholly a decimal of ASCII digits is no number."""
    assert number(text) is None


@pytest.mark.parametrize("text", ["0", "-0", "+0.00", "0e-5", "-0.000e-999", "0e999", "000"])
def test_zero_in_every_spelling(text: str) -> None:
    """Zero is zero whatever its sign, places and exponent, and is written as one digit."""
    assert number(text) == 0
    assert number_text(Fraction(0)) == "0"


@settings(deadline=None, max_examples=100)
@given(decimals)
def test_number_text_is_the_shortest_decimal(text: str) -> None:
    """The text of a number reads back as it, and has no zero that could be left out."""
    value = number(text)
    assert value is not None
    written = number_text(value)
    assert number(written) == value
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", written)
    assert written != "-0"


@pytest.mark.parametrize("denominator", [3, 7, 15, 30, 2**70 * 3, 5**40 * 7, 10**30 + 1])
def test_number_text_refuses_what_is_no_finite_decimal(denominator: int) -> None:
    """A fraction whose lowest denominator has a prime factor besides 2 and 5 has no decimal text."""
    with pytest.raises(ValueError, match="not a finite decimal"):
        number_text(Fraction(1, denominator))


@pytest.mark.parametrize("count", [2047, 2048, 2049, 4096, 4097, 4300, 4301, 20_000, 100_003])
def test_numbers_of_thousands_of_digits_are_exact(count: int) -> None:
    """Numbers longer than Python converts at once are read and written without loss, whole and fractional."""
    nines = "9" * count
    assert number(nines) == 10**count - 1
    assert number(f"-0.{nines}") == Fraction(1, 10**count) - 1
    assert number_text(Fraction(10**count - 1)) == nines
    assert number_text(Fraction(10**count)) == "1" + "0" * count
    assert number(f"{nines}.5E-2") == Fraction(10 * (10**count - 1) + 5, 1000)


@pytest.mark.parametrize("numerator", [2**400, 5**400, 3 * 5**77, 2**77, 10**50, 5**64, 5**63, 7])
@pytest.mark.parametrize("places", [0, 1, 5, 63, 64, 65, 77, 100, 900])
def test_numbers_are_in_lowest_terms(numerator: int, places: int) -> None:
    """Numerator and denominator have no common divisor, however many twos or fives cancel: equality depends on it."""
    text = str(numerator).rjust(places + 1, "0")
    value = number(f"{text[: len(text) - places]}.{text[len(text) - places :] or '0'}")
    assert value == Fraction(numerator, 10**places)
    assert value is not None
    assert math.gcd(value.numerator, value.denominator) == 1
    assert hash(value) == hash(Fraction(numerator, 10**places))


@settings(deadline=None, max_examples=100)
@given(st.integers(FIRST_INSTANT, LAST_INSTANT))
def test_instants_agree_with_the_calendar(seconds: int) -> None:
    """Whole seconds are written as the proleptic Gregorian calendar writes them, and read back."""
    text = (EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    assert instant_text(seconds) == text
    assert instant(text) == seconds


def test_every_turn_of_a_year_is_written_and_read() -> None:
    """The first and last second of each of the 9,999 years is written as such."""
    for year in range(1, 10_000):
        start = instant(f"{year:04}")
        assert start is not None
        assert instant_text(int(start)) == f"{year:04}-01-01T00:00:00Z"
        assert start == FIRST_INSTANT or instant_text(int(start) - 1) == f"{year - 1:04}-12-31T23:59:59Z"


def test_every_day_of_four_years_is_read() -> None:
    """A date is valid iff the calendar has it, leap days included."""
    for year, month, day in itertools.product((1900, 2000, 2023, 2024), range(14), range(33)):
        try:
            expected = (datetime(year, month, day, tzinfo=timezone.utc) - EPOCH).total_seconds()
        except ValueError:
            expected = None
        assert instant(f"{year:04}-{month:02}-{day:02}") == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024", "2024-01-01T00:00:00Z"),
        ("2024-07", "2024-07-01T00:00:00Z"),
        ("2024-07-09", "2024-07-09T00:00:00Z"),
        ("2024-07-09T10:20", "2024-07-09T10:20:00Z"),
        ("2024-07-09T10:20Z", "2024-07-09T10:20:00Z"),
        ("2024-07-09T10:20:30", "2024-07-09T10:20:30Z"),
        ("2024-07-09T10:20:30+09:00", "2024-07-09T01:20:30Z"),
        ("2024-07-09T10:20-09:30", "2024-07-09T19:50:00Z"),
        ("1720520430", "2024-07-09T10:20:30Z"),
        ("-1", "1969-12-31T23:59:59Z"),
        ("02024", "1970-01-01T00:33:44Z"),
        ("-2024", "1969-12-31T23:26:16Z"),
        ("999", "1970-01-01T00:16:39Z"),
        ("0001-01-01T01:00+01:00", "0001-01-01T00:00:00Z"),
        ("9999-12-31T22:59:59-01:00", "9999-12-31T23:59:59Z"),
    ],
)
def test_instants_in_every_form(text: str, same: str) -> None:
    """Each W3C form, and seconds since the epoch, stand for the instant written out in full."""
    assert instant(text) is not None
    assert instant(text) == instant(same)


def test_a_fraction_of_a_second_counts() -> None:
    """Fractions are kept exactly, in date-times and in seconds since the epoch, up to the end of the last year."""
    assert instant("1970-01-01T00:00:00.125Z") == Fraction(1, 8)
    assert instant("-0.5") == Fraction(-1, 2)
    assert instant("1970-01-01T00:00:01." + "0" * 5000 + "1") == 1 + Fraction(1, 10**5001)
    assert instant("9999-12-31T23:59:59.5Z") == LAST_INSTANT + Fraction(1, 2)
    assert instant(f"{LAST_INSTANT}.999") is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000",
        "0000-12-31T23:59:59Z",
        "2024-1",
        "2024-13",
        "2024-00",
        "2024-02-30",
        "2024-07-09T",
        "2024-07-09T10",
        "2024-07-09T24:00",
        "2024-07-09T10:60",
        "2024-07-09T10:20:60Z",
        "2024-07-09T10:20:30.Z",
        "2024-07-09T10:20:30+0900",
        "2024-07-09T10:20:30+24:00",
        "2024-07-09T10:20:30+09:60",
        "2024-07-09Z",
        "2024-07Z",
        "2024Z",
        "2024-07-09t10:20:30z",
        "2024-07-09 10:20:30",
        "2024-07-09T10:20:30Z ",
        "20240709T102030Z",
        "+1",
        "1e9",
        "1.",
        "1720520430Z",
        "0001-01-01T00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        str(LAST_INSTANT + 1),
        str(FIRST_INSTANT - 1),
        "\uff19\uff19\uff19\uff19",
        "9" * 5000,
    ],
)
def test_instant_refuses_other_texts(text: str) -> None:
    """What is neither a date-time of the W3C note nor seconds since the epoch inside the years 1 to 9999 is no instant."""
    assert instant(text) is None


@pytest.mark.parametrize("seconds", [FIRST_INSTANT - 1, LAST_INSTANT + 1])
def test_instant_text_refuses_other_years(seconds: int) -> None:
    """An instant outside the years 1 to 9999 has no text."""
    with pytest.raises(ValueError, match="years 1 to 9999"):
        instant_text(seconds)


def library_address(text: str) -> tuple[int, int] | None:
    """What Python's library reads, zones left out."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if "%" in text else (found.version, int(found))


near_addresses = st.one_of(
    st.text("01.:fF%/", max_size=16),
    st.lists(st.sampled_from(["", "0", "1", "ffff", "12345", "g", "1.2.3.4"]), min_size=3, max_size=10).map(":".join),
    st.lists(st.sampled_from(["", "0", "1", "01", "255", "256", "-1"]), min_size=3, max_size=5).map(".".join),
    st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address).map(str),
)


@settings(deadline=None, max_examples=300)
@given(near_addresses)
def test_addresses_are_read_as_the_library_reads_them(text: str) -> None:
    """A text is an address iff Python's library says so and it has no zone."""
    assert address(text) == library_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "::",
        "1::",
        "::1",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1:2:3::5:6:7:8",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        ":::",
        ":1",
        "1:",
        ":",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3.4",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "1::1.2.3",
        "1:2:3:4:5::1.2.3.4",
        "00001::",
        "ABCD::eF",
        "1.2.3.4",
        "1.2.3.04",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "255.255.255.255",
        "249.99.9.0",
    ],
)
def test_addresses_at_the_edges(text: str) -> None:
    """Gaps of one group and of none, octets where they may stand and where not: as Python's library reads them."""
    assert address(text) == library_address(text)


@pytest.mark.parametrize("present", range(1, 256))
def test_every_pattern_of_zero_groups_is_written_as_rfc_5952(present: int) -> None:
    """Whichever of the eight groups are zero, the canonical text is the one Python's library writes, and reads back."""
    value = sum((0xA0 + place) << (16 * place) for place in range(8) if present >> place & 1)
    text = address_text(6, value)
    assert text == str(ipaddress.IPv6Address(value))
    assert address(text) == (6, value)


def test_mapped_addresses_end_in_octets() -> None:
    """A mapped address is of version 6 and is written with dotted octets under every version of Python."""
    assert address("::ffff:102:304") == address("::FFFF:1.2.3.4") == (6, 0xFFFF_0102_0304)
    assert address_text(6, 0xFFFF_0102_0304) == "::ffff:1.2.3.4"
    assert address_text(6, 0x0102_0304) == "::102:304"


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_networks_are_read_as_the_library_reads_them(four: int, short: int, six: int, long: int) -> None:
    """A range has the first and last address that Python's library gives it; host bits are set aside."""
    for version, value, prefix in ((4, four, short), (6, six, long)):
        text = f"{address_text(version, value)}/{prefix}"
        expected = ipaddress.ip_network(text, strict=False)
        assert network(text) == (version, int(expected[0]), int(expected[-1]))
        assert network(address_text(version, value)) == (version, value, value)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/255.0.0.0",
        "10.0.0/8",
        "::/129",
        "::/1/2",
        "::%1/64",
        "/8",
        "",
        "*",
    ],
)
def test_network_refuses_other_texts(text: str) -> None:
    """What is not an address with, perhaps, a prefix length that fits is no range."""
    assert network(text) is None


@pytest.mark.parametrize(("version", "value"), [(4, 2**32), (4, -1), (6, 2**128), (6, -1)])
def test_address_text_refuses_what_does_not_fit(version: int, value: int) -> None:
    """A value that does not fit its version has no text."""
    with pytest.raises(ValueError, match="does not fit"):
        address_text(version, value)


def test_truth_folds_case() -> None:
    """``true`` and ``false`` are read in any case, and nothing else is."""
    for text in map("".join, itertools.product(*zip("true", "TRUE", strict=True))):
        assert truth(text) is True
    assert truth("False") is False
    assert [truth(text) for text in ("", "1", "yes", "true ", "truefalse", "tru")] == [None] * 6


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=12))
def test_octets_read_back_what_base64_writes(data: bytes) -> None:
    """The base64 of any bytes is read as them."""
    assert octets(base64.b64encode(data).decode()) == data


def test_each_octet_string_has_one_text() -> None:
    """Of all texts of four characters, those accepted are exactly the base64 of some bytes."""
    alphabet = "AB/+=gwQ- "
    for text in map("".join, itertools.product(alphabet, repeat=4)):
        found = octets(text)
        assert (found is not None) == (
            re.fullmatch(r"[ABgwQ/+]{2}([ABgwQ/+]{2}|[ABgwQ/+]=|==)", text) is not None and is_canonical(text)
        )
        assert found is None or base64.b64encode(found).decode() == text
    assert [octets(text) for text in ("Q", "QQ", "QQ=", "QQ==\n", "QQ==QQ==", "QQ==x", "ÿÿ==", "\udc80AAA")] == [None] * 8


def is_canonical(text: str) -> bool:
    """Whether the spare bits of the last character are zero: the low 4 bits before ``==``, the low 2 before ``=``."""
    order = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = 2 * text.count("=")
    return order.index(text.rstrip("=")[-1]) % (1 << spare) == 0


@settings(deadline=None, max_examples=100)
@given(st.text(), st.text())
def test_fold_is_character_by_character(left: str, right: str) -> None:
    """Folding keeps the length, distributes over concatenation and is done after one time."""
    assert fold(left + right) == fold(left) + fold(right)
    assert len(fold(left)) == len(left)
    assert fold(fold(left)) == fold(left)


def test_fold_of_the_hard_characters() -> None:
    """U+0130 folds to one character, a final sigma like any other, and only letters A to Z have an ASCII fold."""
    assert fold("\u0130stanbul") == "istanbul"
    assert fold("\u039f\u03a3") == "\u03bf\u03c3"
    assert fold("ÀÉKMS") == "àékms"
    assert ascii_fold("ÀÉKMS:\u212a\u0130") == "ÀÉkms:\u212a\u0130"
    assert ascii_fold("AZaz[`@{") == "azaz[`@{"


def test_no_reader_raises() -> None:
    """Lone surrogates, NUL and long texts are no values, and no reader raises on them."""
    for text in ("\ud800", "\x00", "1\x00", "9" * 10_000 + "x", "${" * 5000, ":" * 10_000, "." * 10_000):
        for read in (number, instant, network, address, truth, octets):
            assert read(text) is None, (read, text[:10])
    assert values.fold("\ud800A") == "\ud800a"
