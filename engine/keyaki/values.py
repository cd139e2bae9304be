"""Typed values and their texts: decimals, instants, addresses, truth values, octets, and case folding.

Every reader returns None for a text that is not a value of its type; none raises on any text. Every writer gives the one
text that the engine writes for a value. Nothing here knows of policies, and nothing depends on the Python version: Python
3.11 refuses to convert more than 4,300 digits at once, and Python 3.13 writes mapped IPv6 addresses differently from 3.12,
so both conversions are done by hand. All patterns are anchored, have no nested repetition, and match in linear time.

Choices where the documentation is silent are marked **choice** beside the code.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from fractions import Fraction
from numbers import Rational
from typing import Final, cast

_NUMBER: Final = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?")
_CHUNK: Final = 2048  # digits converted at once; Python converts them in quadratic time, and refuses more than 4,300
_BITS: Final = 4096  # of an integer that is written at once
_LOG2_OF_5: Final = 2.321928094887362


class _Ratio:
    """A numerator and denominator already in lowest terms: lets Fraction be built without a greatest common divisor."""

    def __init__(self, numerator: int, denominator: int) -> None:
        self.numerator = numerator
        self.denominator = denominator


Rational.register(_Ratio)


def number(text: str) -> Fraction | None:
    """Read a finite decimal.

    Returns the exact value iff the whole text is an optional sign, ASCII digits, optionally a point and digits, optionally
    an exponent of one to three digits. Any number of digits: the cost is that of a few multiplications of their length.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, part, exponent = found.groups("")
    digits = whole + part
    significant = digits.rstrip("0")
    scale = int(exponent or "0") - len(part) + len(digits) - len(significant)
    value = _integer(significant)
    if sign == "-":
        value = -value
    if scale >= 0:
        return Fraction(value * 10**scale)
    return _over_power_of_ten(value, -scale)


def number_text(value: Fraction) -> str:
    """Write a number as the shortest decimal: no exponent, no plus sign, no zero that could be left out.

    Raises ValueError iff no finite decimal is equal to the value. ``number(number_text(x)) == x``.
    """
    factors = _factors(value.denominator)
    if factors is None:
        raise ValueError("the number is not a finite decimal")
    twos, fives = factors
    places = max(factors)
    digits = _digits(abs(value.numerator) * 5 ** (places - fives) << (places - twos))
    sign = "-" if value < 0 else ""
    if not places:
        return sign + digits
    digits = digits.rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _over_power_of_ten(value: int, places: int) -> Fraction:
    """``value / 10**places`` for a value whose last decimal digit is not 0, so that only twos or only fives cancel."""
    if value == 0:
        return Fraction(0)
    twos = min(places, (value & -value).bit_length() - 1)
    fives = 0 if twos else _fives(abs(value), places)
    numerator = (value >> twos) // 5**fives
    # A Rational is copied as it is: the common divisor of two numbers of a million digits would take minutes.
    return Fraction(cast("Rational", _Ratio(numerator, 5 ** (places - fives) << (places - twos))))


def _fives(value: int, most: int) -> int:
    """How often 5 divides a positive value, at most ``most`` times: doubling, then halving, the power tried."""
    powers = [(5, 1)]
    while powers[-1][1] * 2 <= most and value % powers[-1][0] == 0:
        power, count = powers[-1]
        powers.append((power * power, count * 2))
    total = 0
    for power, count in reversed(powers):
        quotient, rest = divmod(value, power)
        if rest == 0 and total + count <= most:
            value, total = quotient, total + count
    return total


def decimal_places(denominator: int) -> int | None:
    """The decimal places that ``1 / denominator`` needs; None iff no number of places is enough."""
    found = _factors(denominator)
    return None if found is None else max(found)


def _factors(denominator: int) -> tuple[int, int] | None:
    """How often 2 and 5 divide the denominator of a finite decimal; None iff something else divides it."""
    twos = (denominator & -denominator).bit_length() - 1
    odd = denominator >> twos
    fives = int((odd.bit_length() - 1) / _LOG2_OF_5)
    while 5**fives < odd:
        fives += 1
    return (twos, fives) if 5**fives == odd else None


def _integer(digits: str) -> int:
    """The integer that a run of digits writes (0 for none), by halving; the powers of ten of one level are shared."""
    if len(digits) <= _CHUNK:
        return int(digits or "0")
    parts = [int(digits[max(end - _CHUNK, 0) : end]) for end in range(len(digits), 0, -_CHUNK)]
    power = 10**_CHUNK
    while len(parts) > 1:
        if len(parts) % 2:
            parts.append(0)
        parts = [low + high * power for low, high in zip(parts[::2], parts[1::2], strict=True)]
        power *= power
    return parts[0]


def _digits(value: int) -> str:
    """The digits of an integer that is not negative, by halving its bits: a million digits take a quarter of a second."""
    if value.bit_length() <= _BITS:
        return str(value)
    from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal  # noqa: PLC0415 - few numbers are so long

    exact = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
    size = 1 << (value.bit_length() - 1).bit_length()
    powers = {_BITS: Decimal(1 << _BITS)}
    for bits in _doubled(_BITS, size):
        powers[bits] = exact.multiply(powers[bits >> 1], powers[bits >> 1])

    def digits(part: int, size: int) -> Decimal:
        half = size >> 1
        if part.bit_length() <= _BITS:
            return Decimal(part)
        return exact.fma(digits(part >> half, half), powers[half], digits(part & (1 << half) - 1, half))

    return str(digits(value, size))


def _doubled(bits: int, size: int) -> Iterator[int]:
    """Twice the bits, and again, as long as they are less than the size."""
    while 2 * bits < size:
        bits *= 2
        yield bits


_INSTANT: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]+)?))?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_EPOCH: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DAY: Final = 86_400
FIRST_INSTANT: Final = -62_135_596_800
"""0001-01-01T00:00:00Z in seconds since the epoch."""
LAST_INSTANT: Final = 253_402_300_799
"""9999-12-31T23:59:59Z in seconds since the epoch."""


def instant(text: str) -> Fraction | None:
    """Read an instant as seconds since 1970-01-01T00:00:00Z, exact.

    Returns a value iff the text is a W3C date-time (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, or that with ``Thh:mm`` or
    ``Thh:mm:ss``, a fraction of the second, and a zone) or a number of seconds since the epoch, and the instant lies in the
    years 1 to 9999. No zone means UTC; a date without a time means its first second; four digits are a year.

    **choice** Seconds run from 00 to 59 and hours from 00 to 23, as in the W3C note: there is no leap second and no hour 24.
    ``T`` and ``Z`` are upper case, and a zone needs a time. Seconds since the epoch may have a minus sign and a fraction, but
    no plus sign and no exponent.
    Source: https://www.w3.org/TR/NOTE-datetime
    """
    found = _INSTANT.fullmatch(text)
    seconds = _civil_seconds(found) if found else number(text) if _EPOCH.fullmatch(text) else None
    if seconds is None or not FIRST_INSTANT <= seconds < LAST_INSTANT + 1:
        return None
    return seconds


def instant_text(seconds: int) -> str:
    """Write whole seconds since the epoch as ``YYYY-MM-DDThh:mm:ssZ``.

    Raises ValueError iff they leave FIRST_INSTANT to LAST_INSTANT. ``instant(instant_text(s)) == s``.
    """
    if not FIRST_INSTANT <= seconds <= LAST_INSTANT:
        raise ValueError("the instant is outside the years 1 to 9999")
    days, rest = divmod(seconds - FIRST_INSTANT, _DAY)
    year = days * 400 // 146_097 + 1  # never too large: leap days run ahead of their mean by less than one
    while _days_before(year + 1) <= days:
        year += 1
    day = days - _days_before(year)
    month = 1
    while day >= _month_length(year, month):
        day -= _month_length(year, month)
        month += 1
    return f"{year:04}-{month:02}-{day + 1:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def _civil_seconds(found: re.Match[str]) -> Fraction | None:
    """Seconds since the epoch of a date-time taken apart; None iff a field is out of its range."""
    year, month, day = int(found[1]), int(found[2] or "1"), int(found[3] or "1")
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _month_length(year, month):
        return None
    time = _clock_seconds(found[4] or "00", found[5] or "00", found[6] or "00")
    offset = _zone_seconds(found[7] or "Z")
    if time is None or offset is None:
        return None
    days = _days_before(year) + sum(_month_length(year, past) for past in range(1, month)) + day - 1
    return FIRST_INSTANT + days * _DAY + time - offset


def _clock_seconds(hour: str, minute: str, second: str) -> Fraction | None:
    seconds = number(second)
    if seconds is None or int(hour) > 23 or int(minute) > 59 or seconds >= 60:
        return None
    return int(hour) * 3600 + int(minute) * 60 + seconds


def _zone_seconds(zone: str) -> int | None:
    """How far the zone's clock is ahead of UTC: ``+09:00`` is 32,400."""
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if hours > 23 or minutes > 59:
        return None
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def _days_before(year: int) -> int:
    """Days from 0001-01-01 to the first day of the year."""
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400


def _month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


_OCTET: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_VERSION_4: Final = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_PREFIX: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_GROUP: Final = re.compile(r"[0-9a-fA-F]{1,4}")
_WIDTH: Final = {4: 32, 6: 128}


def network(text: str) -> tuple[int, int, int] | None:
    """Read a range of addresses in CIDR notation as (version, first address, last address).

    Returns a value iff the text is an address, or an address, ``/`` and a prefix length that fits its version. A bare
    address is the range of itself; bits beyond the prefix are set aside. **choice** a prefix length has no leading zero, and a
    netmask in its place is not valid.
    """
    base, slash, prefix = text.partition("/")
    found = address(base)
    if found is None:
        return None
    version, value = found
    if not slash:
        return version, value, value
    if _PREFIX.fullmatch(prefix) is None or int(prefix) > _WIDTH[version]:
        return None
    size = 1 << (_WIDTH[version] - int(prefix))
    first = value - value % size
    return version, first, first + size - 1


def address(text: str) -> tuple[int, int] | None:
    """Read one address as (version, value): version 4 as four decimal octets, version 6 as in RFC 4291, section 2.2.

    **choice** An octet has no leading zero; a zone (``%eth0``) is not valid. A mapped address is of version 6.
    """
    if ":" not in text:
        value = _version_4(text)
        return None if value is None else (4, value)
    value = _version_6(text)
    return None if value is None else (6, value)


def address_text(version: int, value: int) -> str:
    """Write an address: dotted octets, or the canonical form of RFC 5952.

    Of version 6: lower case, no leading zeros, ``::`` for the longest (of equals the first) run of two or more zero groups;
    a mapped address ends in dotted octets (RFC 5952, section 5). Raises ValueError iff the value does not fit.
    """
    if not 0 <= value < 1 << _WIDTH[version]:
        raise ValueError("the address does not fit its version")
    if version == 4:
        return _dotted(value)
    if value >> 32 == 0xFFFF:
        return "::ffff:" + _dotted(value & 0xFFFFFFFF)
    groups = [value >> shift & 0xFFFF for shift in range(112, -1, -16)]
    start, length = _longest_zeros(groups)
    if length < 2:
        return ":".join(f"{group:x}" for group in groups)
    head, tail = groups[:start], groups[start + length :]
    return ":".join(f"{group:x}" for group in head) + "::" + ":".join(f"{group:x}" for group in tail)


def _version_4(text: str) -> int | None:
    if _VERSION_4.fullmatch(text) is None:
        return None
    a, b, c, d = map(int, text.split("."))
    return a << 24 | b << 16 | c << 8 | d


def _version_6(text: str) -> int | None:
    """The value of eight groups of hexadecimal digits, with one ``::`` at most and octets for the last two groups at most."""
    head, gap, tail = text.partition("::")
    left = _groups(head, last=not gap)
    right = _groups(tail, last=True) if gap else []
    if left is None or right is None:
        return None
    missing = 8 - len(left) - len(right)
    if missing < 0 or (missing > 0) != bool(gap):
        return None
    value = 0
    for group in (*left, *[0] * missing, *right):
        value = value << 16 | group
    return value


def _groups(text: str, *, last: bool) -> list[int] | None:
    """The 16-bit groups of one side of ``::``; dotted octets, only where the address ends, are two groups."""
    if not text:
        return []
    parts = text.split(":")
    octets = _version_4(parts[-1]) if last else None
    if octets is not None:
        parts.pop()
    if len(parts) > 8 or not all(_GROUP.fullmatch(part) for part in parts):
        return None
    groups = [int(part, 16) for part in parts]
    return groups if octets is None else [*groups, octets >> 16, octets & 0xFFFF]


def _dotted(value: int) -> str:
    return ".".join(str(value >> shift & 0xFF) for shift in (24, 16, 8, 0))


def _longest_zeros(groups: list[int]) -> tuple[int, int]:
    """Start and length of the longest run of zero groups, of equals the first; length 0 iff there is none."""
    best = (0, 0)
    start = 0
    for index, group in enumerate([*groups, 1]):
        if group:
            if index - start > best[1]:
                best = (start, index - start)
            start = index + 1
    return best


def truth(text: str) -> bool | None:
    """Read ``true`` or ``false``, case folded."""
    return {"true": True, "false": False}.get(fold(text)) if len(text) <= 5 else None


def octets(text: str) -> bytes | None:
    """Read base64 (RFC 4648, section 4) strictly: no white space, all padding.

    **choice** The bits that the last character has to spare must be zero: a byte string has exactly one text.
    """
    try:
        found = binascii.a2b_base64(text)
    except ValueError:
        return None
    return found if binascii.b2a_base64(found, newline=False) == text.encode("ascii") else None


def fold(text: str) -> str:
    """Fold the case of each character by itself: its simple lower case, so that the length never changes.

    ``str.lower`` alone would make two characters of U+0130, and a final sigma depend on its neighbours.
    """
    if text.isascii():
        return text.lower()
    return "".join(character.lower()[0] for character in text)


_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def ascii_fold(text: str) -> str:
    """Fold the case of the letters A to Z and of no others: how the names of operators, actions and keys are compared."""
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)
