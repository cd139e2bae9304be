"""Tables: candidates for the values of keys that tests of several families compare.

No single construction covers a text that is read as a number by one test and as a glob by the next. So a table lists, for each
sort of key, every short text over the characters that the values of the vocabulary use, and these values with their variants. A
policy's axis is the table cut down to one candidate for each set of the policy's values that a candidate meets.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import brute_rules as rules
from brute_dice import ADDRESS, ARNS, DATE, NUMERIC, STRING
from brute_universe import Value

from keyaki.policy import Family
from keyaki.reference.matching import Place, is_valid, meets

_SHORT = ["".join(word) for size in (1, 2, 3) for word in product("012.e-x", repeat=size)]
_SPELT = (
    "+1 +10 1e+1 01e1 10.5 10.50 100e-1 1000e-2 0010 +10.5 105e-1 -1e1 1.5.5 1704067200 1704067201 1704067199 1704067199.5 "
    "01704067200 01704067199 001704067200 01704067200.5 2024 02024 2024-01-01 2024-01-01T00:00:00Z 2023-12-31T23:59:59Z "
    "2024-01-01T00:00:01Z 2024-01-01T09:00:00+09:00 2024-01-01T00:00:00.5Z true TRUE True false False YQ== YWI= YQ= 1111 "
    "10.0.0.0 10.0.0.1 10.128.0.0 9.0.0.0 0.0.0.0 255.1.1.1 200.0.0.1 11.0.0.0 1:: 10:: ::10 ::1 ::a a:: ::b 2001:db8::1 "
    "2001:0db8::1 2001:db9::1 1:2:3:4:5:6:7:b 1:2:3:4:5:6:7:8 a:b:c:d:e:f:1:2 1:2:3:4:111122223333:f "
    "arn:aws:iam::111122223333:role/a arn:aws:iam::111122223333:a arn:aws:iam::1:role/ arn:aws:iam::1:user/b arn:a:b:c:d:e "
    "arn:a:b:c:d:e:f arn:a:b:c:111122223333:e arn:.:.:.:111122223333:.x arn:::::x arn:::::.a arn::::: arn::::111122223333:0 "
    "arn::::111122223333:x arn::::111122223333: 1:::::x x:y:z:u:v:w x:y:z:u:v:w:b arn:::::x:b a::b aliasx axa arn:aws a b A "
    "arn:aws:.:.:.: arn:aws:iam:::role/0 arn:aws:iam:::role/1"
).split()
POOLS: dict[str, list[Any]] = {
    "Numeric": ["10", "1", "10.5", "1e1", "20", "-1", "0", 10, "x", "1704067200"],
    "Date": ["2024-01-01T00:00:00Z", "2024", "1704067200", "1704067200.5", "2023-12-31T23:59:59Z", "x"],
    "Ip": ["10.0.0.0/8", "10.0.0.0/9", "10.0.0.1", "::/0", "2001:db8::/32", "0.0.0.0/0", "x"],
    "Arn": [
        "arn:aws:iam::*:role/*",
        "arn:*:*:*:111122223333:*",
        "*",
        "arn:aws:iam::111122223333:role/a",
        "arn:aws",
        "arn:*:*:*:*:*",
    ],
    "Bool": ["true", "false", True, "x", "TRUE"],
    "Binary": ["YQ==", "YWI=", "x", "1111", "true"],
    "String": [
        "*",
        "1*",
        "?",
        "??",
        "10",
        "*.?",
        "*e*",
        "0*",
        "-*",
        "1",
        "true",
        "*0",
        "10.*",
        "2001:*",
        "arn:*",
        "*1",
        "2024-*",
        "TRUE",
        "a*",
    ],
}
OPERATORS = {
    "Numeric": NUMERIC,
    "Date": DATE,
    "Ip": ADDRESS,
    "Arn": ARNS,
    "Bool": ("Bool",),
    "Binary": ("BinaryEquals",),
    "String": STRING,
}
_WRITTEN = [str(value) for value in POOLS["Numeric"][:8] + POOLS["Date"][2:4]]
_VARIANTS = [
    text
    for number in _WRITTEN
    for text in (number, f"0{number}", f"+{number}", f"{number}e0", f"{number}0e-1", number + ("0" if "." in number else ".0"))
] + [
    f"{start}.{end}"
    for start in ("10.0.0", "10.128.0", "9.0.0", "1.1.1", "200.0.0", "0.0.0")
    for end in ("0", "1", "9", "10", "11", "255")
]
_LITERAL = [text for pool in POOLS.values() for value in pool for text in (str(value), str(value).upper(), str(value).lower())]
_OCTETS = ("0", "1", "9", "10", "11", "99", "100", "127", "128", "200", "255")
_ACCOUNT_NUMBERS = (0, 1, 5, 10, 20, 111122223333, 10**11, 1704067200, 253402300799, 444455556666, 999999999999, 222222222222)
_WITH_COLONS = [str(value).replace("*", ":::::") for value in POOLS["String"] if "*" in str(value)]
TABLES: dict[str, tuple[Value, ...]] = {
    "String": tuple(dict.fromkeys([*_SHORT, *_SPELT, *_VARIANTS, *_LITERAL, *_WITH_COLONS, *map(str.upper, _SPELT)])),
    "Numeric": tuple(
        "0 1 2 9 9.5 10 10.2 10.5 10.7 11 20 100 -1 -10 -0.5 0.5 1.5 20.5 1704067200 1704067201 1000 12 105 2024 2023 "
        "2025 0.1 -100 99 110.5 19.5 1111 1704067199 1704067199.5 1704067200.2 1704067200.5 -62135596800 "
        "-62135596811 253402300800".split()
    ),
    "Date": tuple(
        sorted(
            {1704067200 + by for by in (-86400 * 400, -86400, -3600, -2, -1, 0, 1, 2, 3600, 86400, 86400 * 366, 86400 * 800)}
            | {0, 1, 10000, 10001, 99999, 100000, 1704067, 170406720, 17040672001, 2 * 10**9, 253402300799, -62135596800, -1}
            | {1000000000, 999999999, 1111111111}
        )
    ),
    "Ip": (
        *(
            f"{a}.{b}.{c}.{d}"
            for a in _OCTETS
            for b in ("0", "1", "127", "128", "255")
            for c in ("0", "7")
            for d in ("0", "1", "10", "255")
        ),
        *"::,::1,2001:db8::,2001:db8::1,2001:db8:8000::,2001:db8:8000::1,2001:db9::,2001:db7::1,::ffff:10.0.0.1,1::,10::1,10::".split(
            ","
        ),
        *"a::b,a:b:c:d:e:f:1:2,2001:1:2:3:4:5:6:7,1:1:2:3:4:5:6:7,a::,a::1,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".split(","),
    ),
    "Bool": ("true", "false"),
    "Arn": (
        *(
            f"arn:{partition}:{service}:{region}:{account}:{last}"
            for partition in ("aws", "x", "")
            for service in ("iam", "")
            for region in ("", "us-east-1")
            for account in ("111122223333", "", "444455556666")
            for last in (
                "role/a",
                "user/b",
                "a",
                "role/a:b",
                "",
                "role/",
                "10",
                "0",
                "1",
                "x",
                "e",
                ".a",
                "role/.a",
                "role/e",
                "role/0",
                "role/1",
            )
        ),
        *(text for text in _LITERAL if text.startswith("arn:") and text.count(":") >= 5),
    ),
    "Alias": (
        *("alias/" + "".join(word) for size in (1, 2, 3) for word in product("ab1:/A", repeat=size)),
        *"alias/::::: alias/::::::b alias/:::::b alias/:::111122223333:b alias/::::111122223333: alias/:::111122223333:".split(),
        *"alias/10 alias/0 alias/- alias/e alias/x alias/X alias/e0 alias/e1 alias/:::::0 alias/:::::1 alias/:::::e".split(),
        *("alias/1:::::", "alias/a:::::"),
    ),
    "Account": (
        *sorted({f"{base + by:012}" for base in _ACCOUNT_NUMBERS for by in (-1, 0, 1) if 0 <= base + by < 10**12}),
        *("111122223300", "100000003333", "333333333333"),
    ),
}
"""Candidates by what a key holds."""
_FAMILIES = {family.value.lower(): family for family in Family}


def table_of(key: str) -> str:
    """The table for a coordinate."""
    if key in {rules.CALLER, "aws:resourceaccount"}:
        return "Account"
    return "Alias" if key in rules.ALIASED else rules.SORTS.get(key, "String")


def candidates(key: str, tests: list[rules.Test]) -> list[Value]:
    """The candidates for a coordinate, one for each set of its tests' values that a candidate meets."""
    table = table_of(key)
    asked = {
        (test.base.replace("not", "").replace("arnequals", "arnlike"), test.key == "aws:epochtime", value)
        for test in tests
        for value in test.values
        if test.base != "null"
    }
    met = [
        _met(table, *one, widening) for one in sorted(asked) for widening in ((False, True) if one[0] == "arnlike" else (False,))
    ]
    found: dict[tuple[int, ...], Value] = {}
    for at, candidate in enumerate(TABLES[table]):
        found.setdefault(tuple(bits >> at & 1 for bits in met), candidate)
    return list(found.values())


@cache
def _met(table: str, base: str, epoch: bool, value: str, widening: bool) -> int:
    """Which candidates of a table meet a value under the positive form of an operator, as bits."""
    family = _FAMILIES[base]
    if not is_valid(family, value, live=False):
        return 0
    place = Place(live=False, widening=widening, value_of=lambda _key: None)
    bits = 0
    for at, candidate in enumerate(TABLES[table]):
        text = (str(candidate) if epoch else rules.stamp(candidate)) if isinstance(candidate, int) else str(candidate)
        bits |= meets(family, text, value, place) << at
    return bits
