"""Families of random policies whose fate hangs on conditions, each with its universe: no variable in them.

A family is a function from dice to a :class:`Sample`: the document, and for an action the axes of a universe that is complete
for that document (see ``brute_axes`` for the argument). ``mixed`` and ``mixed_lists`` compare one key in ways that no single
construction covers; their universes are tables of candidates, cut down to one for each set of tests met. A table lists every
short text over the characters that the family's values use, and the values themselves with their variants. Should a class of
texts be missing there, the engine's witness for it would lie outside of the universe, which the tests report.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import brute_rules as rules
from brute_axes import axes_of, by_coordinate, key_arns
from brute_dice import (
    ADDRESS,
    ARNS,
    DATE,
    NUMERIC,
    STRING,
    Entry,
    chance,
    conditioned,
    dressed,
    near,
    null,
    opposite,
    policy,
    some,
    statement,
)
from brute_universe import Axes, Value

from keyaki.policy import Family
from keyaki.reference.matching import Place, is_valid, meets

UUID = "12345678-1234-1234-1234-1234567890ab"
MRK = "mrk-0123456789abcdef0123456789abcdef"
KEYS = [
    f"arn:aws:kms:{region}:{account}:key/{last}"
    for region in ("us-east-1", "eu-west-1")
    for account in ("111122223333", "999988887777")
    for last in (UUID, MRK)
]
"""Keys for policies that ask nothing of the resource but its kind."""


class Sample(NamedTuple):
    """A policy and its universe: the axes for an action. ``partition`` is that of the question."""

    document: rules.Document
    axes: Callable[[str], Axes]
    partition: str = "aws"


def sample(document: rules.Document, arns: list[str], own: Axes | None = None) -> Sample:
    """A sample whose axes are those of the document over the given ARNs."""
    return Sample(document, lambda action: axes_of(document, action, arns, own))


TEXTS = [
    "a",
    "A",
    "ab",
    "aB",
    "b",
    "a*",
    "*b",
    "a?",
    "?",
    "*",
    "",
    "a*b",
    "??*",
    "AB",
    "?b*",
    "\u0130",
    "i",
    "\u03c3",
    "\u03c2",
    "\u212a",
]


def texts(luck: random.Random) -> Sample:
    """String operators on String keys, case folding beyond ASCII included."""
    keys = luck.choice(
        [
            ["aws:PrincipalTag/t"],
            ["aws:PrincipalTag/t", "kms:ViaService"],
            ["aws:userid", "aws:principaltag/T"],
            ["kms:EncryptionContext:a", "kms:encryptioncontext:A", "aws:SourceVpce"],
        ]
    )
    pool = luck.sample(TEXTS, 5)

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.12):
            return null(luck, keys)
        return dressed(luck, luck.choice(STRING)), luck.choice(keys), some(luck, pool)

    return sample(policy(conditioned(luck, make)), KEYS[:1])


NUMBERS: list[Any] = ["10", "10.5", "1e1", "20", "-3", "abc", 20, 10.5, "1050e-2", "0", "-0.0"]
TIMES: list[Any] = [
    *("2024-01-01T00:00:00Z", "2024-01-01", "2024", "2024-01-01T00:00:00.5Z", "2024-01-01T09:00:00+09:00", "1704067200"),
    *("1704067201", 1704067199, "1704067200.5", "2023-12-31T23:59:59Z", "soon"),
]
RANGES: list[Any] = [
    *("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.1", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::/33"),
    *("10.1.2.3/8", "0.0.0.0/1", "128.0.0.0/1", "bad"),
]
TRUTHS: list[Any] = ["true", "false", True, False, "TRUE", "x"]
TYPED: list[tuple[tuple[str, ...], list[Any], list[list[str]]]] = [
    (NUMERIC, NUMBERS, [["aws:MultiFactorAuthAge"], ["aws:MultiFactorAuthAge", "kms:RotationPeriodInDays"]]),
    (DATE, TIMES, [["aws:CurrentTime", "aws:EpochTime"], ["aws:TokenIssueTime"], ["kms:ValidTo", "aws:CurrentTime"]]),
    (ADDRESS, RANGES, [["aws:SourceIp"], ["aws:SourceIp", "aws:VpcSourceIp"]]),
    (("Bool",), TRUTHS, [["aws:MultiFactorAuthPresent"], ["aws:SecureTransport"], ["kms:MultiRegion", "aws:ViaAWSService"]]),
    (("Bool",), TRUTHS, [["aws:PrincipalIsAWSService", "kms:ReEncryptOnSameKey"]]),
]


def typed(luck: random.Random) -> Sample:
    """Numeric, Date, IP and Bool keys under the operators of their own family."""
    operators, pool, choices = luck.choice(TYPED)
    keys, pool = luck.choice(choices), luck.sample(pool, 5)

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.1):
            return null(luck, keys)
        return dressed(luck, luck.choice(operators)), luck.choice(keys), some(luck, pool)

    return sample(policy(conditioned(luck, make)), KEYS)


def forms(luck: random.Random, effect: str, operator: str) -> Sample:
    """One operator in one of its forms on Allow or Deny, on a key of its family, between tests that are near it."""
    base = operator.rpartition(":")[2].removesuffix("IfExists")
    family = next(name for name, operators in _OPERATORS.items() if base in operators)
    keys = {
        "Numeric": ["aws:MultiFactorAuthAge", "aws:PrincipalTag/t", "saml:x"],
        "Date": ["aws:TokenIssueTime", "aws:CurrentTime", "aws:EpochTime"],
        "Ip": ["aws:SourceIp", "saml:x"],
        "Arn": ["aws:SourceArn", "aws:PrincipalArn", "saml:x"],
        "Bool": ["aws:MultiFactorAuthPresent", "aws:PrincipalTag/t", "saml:x"],
        "Binary": ["aws:PrincipalTag/t", "saml:x"],
        "String": ["aws:PrincipalTag/t", "aws:TagKeys", "aws:userid", "saml:x"],
    }[family]
    key = luck.choice(keys)

    def make(luck: random.Random) -> Entry:
        return dressed(luck, luck.choice(_OPERATORS[family]), 0.4), key, some(luck, luck.sample(_POOLS[family], 3), 2)

    entry = operator, key, some(luck, luck.sample(_POOLS[family], 3), 2)
    other = luck.choice([opposite(luck, entry), near(luck, entry, make), make(luck)])
    found = [statement("Allow", "kms:*", [entry if effect == "Allow" else other])]
    found += [statement("Deny", "*", [other if effect == "Allow" else entry])]
    if chance(luck, 0.5):
        found.append(statement("Deny", "*", [make(luck)]))
    return from_tables(policy(found), KEYS[:1])


WORDS = ["a", "b", "A", "a*", "*b", "ab", "*", "?"]
ALIASES = ["alias/a", "alias/b", "alias/*", "alias/a*", "alias/A", "*", "b", "alias/??", "alias/"]


def lists(luck: random.Random) -> Sample:
    """Multi-valued keys, mostly under set prefixes."""
    key = luck.choice(
        [
            "aws:TagKeys",
            "kms:EncryptionContextKeys",
            "kms:ResourceAliases",
            "aws:CalledVia",
            "saml:x",
            "aws:PrincipalServiceNamesList",
        ]
    )
    pool = luck.sample(ALIASES if key == "kms:ResourceAliases" else WORDS, 4)

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.1):
            return null(luck, [key])
        return dressed(luck, luck.choice(STRING), prefix=0.92, if_exists=0.1), key, some(luck, pool)

    return sample(policy(conditioned(luck, make, limit=5)), KEYS[:1])


TIED = [
    (["kms:CallerAccount", "aws:PrincipalAccount"], ["111122223333", "1*", "*3", "11112222333?", "444455556666", "x"]),
    (["kms:CustomerMasterKeySpec", "kms:KeySpec"], ["SYMMETRIC_DEFAULT", "RSA_*", "*_DEFAULT", "RSA_2048"]),
    (["kms:CustomerMasterKeyUsage", "kms:KeyUsage"], ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "ENCRYPT*", "encrypt_decrypt"]),
    (["kms:EncryptionAlgorithm"], ["SYMMETRIC_DEFAULT", "RSAES_*"]),
    (["kms:MultiRegion"], ["true", "false", "tru?", "True", "*"]),
    (["kms:MultiRegionKeyType"], ["PRIMARY", "REPLICA", "PRIM*", "*", "x", "primary"]),
    (["aws:PrincipalServiceName"], ["x", "*"]),
    (["aws:PrincipalIsAWSService"], ["true", "false", "fals?"]),
    (["aws:UserAgent"], ["x", "*", "?"]),
    (["kms:RequestAlias"], ["alias/a", "alias/*", "*", "a"]),
]


def ties(luck: random.Random) -> Sample:
    """What the ARN decides, two names of one value, keys always and never present."""
    groups = luck.sample(TIED, 2)

    def make(luck: random.Random) -> Entry:
        keys, pool = luck.choice(groups)
        if chance(luck, 0.2):
            return null(luck, keys)
        return dressed(luck, luck.choice(STRING)), luck.choice(keys), some(luck, pool)

    found = conditioned(luck, make)
    for one in found:
        if chance(luck, 0.3):
            kind = luck.choice(["arn:aws:kms:*:*:key/mrk-*", "arn:aws:kms:*:*:key/????????-*"])
            one.update({"Resource" if chance(luck, 0.8) else "NotResource": kind})
            if "NotResource" in one:
                del one["Resource"]
    document = policy(found)
    return sample(document, key_arns(document) if "arn:" in str(document) else KEYS)


# Several families on one key

_SHORT = ["".join(word) for size in (1, 2, 3) for word in product("012.e-x", repeat=size)]
_SPELT = (
    "+1 +10 1e+1 01e1 10.5 10.50 100e-1 1000e-2 0010 +10.5 105e-1 -1e1 1.5.5 1704067200 1704067201 1704067199 1704067199.5 01704067200 "
    "01704067199 001704067200 01704067200.5 2024 02024 2024-01-01 2024-01-01T00:00:00Z 2023-12-31T23:59:59Z 2024-01-01T00:00:01Z "
    "2024-01-01T09:00:00+09:00 2024-01-01T00:00:00.5Z true TRUE True false False YQ== YWI= YQ= 1111 10.0.0.0 10.0.0.1 10.128.0.0 9.0.0.0 "
    "0.0.0.0 255.1.1.1 200.0.0.1 11.0.0.0 1:: 10:: ::10 ::1 ::a a:: ::b 2001:db8::1 2001:0db8::1 2001:db9::1 1:2:3:4:5:6:7:b "
    "1:2:3:4:5:6:7:8 a:b:c:d:e:f:1:2 1:2:3:4:111122223333:f arn:aws:iam::111122223333:role/a arn:aws:iam::111122223333:a arn:aws:iam::1:role/ "
    "arn:aws:iam::1:user/b arn:a:b:c:d:e arn:a:b:c:d:e:f arn:a:b:c:111122223333:e arn:.:.:.:111122223333:.x arn:::::x arn:::::.a arn::::: "
    "arn::::111122223333:0 arn::::111122223333:x arn::::111122223333: 1:::::x x:y:z:u:v:w x:y:z:u:v:w:b arn:::::x:b a::b aliasx axa arn:aws a b A"
).split()
_POOLS: dict[str, list[Any]] = {
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
_OPERATORS = {
    "Numeric": NUMERIC,
    "Date": DATE,
    "Ip": ADDRESS,
    "Arn": ARNS,
    "Bool": ("Bool",),
    "Binary": ("BinaryEquals",),
    "String": STRING,
}
_WRITTEN = [str(value) for value in _POOLS["Numeric"][:8] + _POOLS["Date"][2:4]]
_VARIANTS = [
    text
    for number in _WRITTEN
    for text in (number, f"0{number}", f"+{number}", f"{number}e0", f"{number}0e-1", number + ("0" if "." in number else ".0"))
] + [
    f"{start}.{end}"
    for start in ("10.0.0", "10.128.0", "9.0.0", "1.1.1", "200.0.0", "0.0.0")
    for end in ("0", "1", "9", "10", "11", "255")
]
_LITERAL = [text for pool in _POOLS.values() for value in pool for text in (str(value), str(value).upper(), str(value).lower())]
_OCTETS = ("0", "1", "9", "10", "11", "99", "100", "127", "128", "200", "255")
_ACCOUNT_NUMBERS = (0, 1, 5, 10, 111122223333, 10**11, 1704067200, 253402300799, 444455556666, 999999999999, 222222222222)
TABLES: dict[str, tuple[Value, ...]] = {
    "String": tuple(dict.fromkeys([*_SHORT, *_SPELT, *_VARIANTS, *_LITERAL, *map(str.upper, _SPELT)])),
    "Numeric": tuple(
        "0 1 2 9 9.5 10 10.2 10.5 10.7 11 20 100 -1 -10 -0.5 0.5 1.5 20.5 1704067200 1704067201 1000 12 105 2024 2023 2025 0.1 -100 99 "
        "110.5 19.5 1111".split()
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
    ),
    "Account": tuple(sorted({f"{base + by:012}" for base in _ACCOUNT_NUMBERS for by in (-1, 0, 1) if 0 <= base + by < 10**12}))
    + ("111122223300", "100000003333", "333333333333"),
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


def from_tables(document: rules.Document, arns: list[str]) -> Sample:
    """A sample whose axes are cut out of the tables."""

    def axes(action: str) -> Axes:
        own = {key: candidates(key, tests) for key, tests in by_coordinate(document).items() if key not in rules.ARN_DECIDED}
        return axes_of(document, action, arns, own)

    return Sample(document, axes)


MIXED = [
    *[["aws:PrincipalTag/t"]] * 3,
    *[["aws:SourceIp"]] * 2,
    *[["aws:CurrentTime", "aws:EpochTime"]] * 2,
    *[["aws:MultiFactorAuthAge"]] * 2,
    *(["aws:TokenIssueTime"], ["aws:SecureTransport"], ["aws:MultiFactorAuthPresent"], ["aws:PrincipalArn"], ["aws:SourceArn"]),
    *(["kms:RequestAlias"], ["aws:PrincipalAccount", "kms:CallerAccount"]),
]


def mixed(luck: random.Random) -> Sample:
    """Several families on one key: Numeric on a tag, String on addresses and dates, Bool on text, and the like."""
    keys = luck.choice(MIXED)
    native = {"Alias": "String", "Account": "String"}.get(table_of(keys[0].lower()), table_of(keys[0].lower()))
    families = [native, luck.choice(sorted(_OPERATORS)), *(["Numeric"] if native == "Date" and chance(luck, 0.4) else [])]

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.08):
            return null(luck, keys)
        family = luck.choice(families)
        return dressed(luck, luck.choice(_OPERATORS[family])), luck.choice(keys), some(luck, _POOLS[family], 2)

    return from_tables(policy(conditioned(luck, make)), [KEYS[0], KEYS[-1]])


def mixed_lists(luck: random.Random) -> Sample:
    """Several families on a multi-valued key."""
    key = luck.choice(["saml:x", "saml:x", "kms:ResourceAliases"])
    other = luck.choice(["Numeric", "Numeric", "Ip", "Date", "Bool", "Arn", "Binary"])
    strings = ["alias/a*", "*b", "alias/?", "*", "alias/a", "*/1*"] if key == "kms:ResourceAliases" else _POOLS["String"][:6]
    pools = {**_POOLS, "String": strings}

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.05):
            return null(luck, [key])
        family = luck.choice(["String", other])
        return dressed(luck, luck.choice(_OPERATORS[family]), 0.95, 0.1), key, some(luck, luck.sample(pools[family], 4), 2)

    return from_tables(policy(conditioned(luck, make, limit=4)), KEYS[:1])
