"""Families of random policies whose fate hangs on conditions, each with its universe: no variable in them.

A family is a function from dice to a :class:`Sample`: the document, and for an action the axes of a universe that is complete
for that document (see ``brute_axes`` for the argument). ``mixed`` and ``mixed_lists`` compare one key in ways that no single
construction covers; their universes are cut out of ``brute_tables``. Should a class of texts be missing there, the engine's
witness for it would lie outside of the universe, which the tests report.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import brute_rules as rules
from brute_axes import axes_of, by_coordinate, key_arns
from brute_dice import (
    ADDRESS,
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
from brute_tables import OPERATORS, POOLS, candidates, table_of
from brute_universe import Axes

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
    complete: bool = True
    """False iff some request may lie in no class of the universe: then only what the universe allows must be found."""


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
    "\U000f0000",
    "\U000f0000*",
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
    *("1704067201", 1704067199, "1704067200.5", "2023-12-31T23:59:59Z", "soon", "1970-01-01T01:00:00Z"),
]
RANGES: list[Any] = [
    *("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.1", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::/33"),
    *("10.1.2.3/8", "0.0.0.0/1", "128.0.0.0/1", "bad"),
]
TRUTHS: list[Any] = ["true", "false", True, False, "TRUE", "x"]
TEXT_ALONE = [
    "${aws:EpochTime}",
    "${aws:RequestedRegion}",
    "${aws:SourceIp, '10.0.0.1'}",
    "1${aws:EpochTime}",
    "${aws:CurrentTime,''}",
]
"""No variables where values are numbers, dates, addresses, bytes or Null's: no valid values either, and keys not mentioned."""
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
    if chance(luck, 0.25) and operators != ("Bool",):
        pool[0] = luck.choice(TEXT_ALONE)

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.1):
            return ("Null", luck.choice(keys), ["true", luck.choice(TEXT_ALONE)]) if chance(luck, 0.2) else null(luck, keys)
        return dressed(luck, luck.choice(operators)), luck.choice(keys), some(luck, pool)

    return sample(policy(conditioned(luck, make)), KEYS)


def forms(luck: random.Random, effect: str, operator: str) -> Sample:
    """One operator in one of its forms on Allow or Deny, on a key of its family, between tests that are near it."""
    base = operator.rpartition(":")[2].removesuffix("IfExists")
    family = next(name for name, operators in OPERATORS.items() if base in operators)
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
        return dressed(luck, luck.choice(OPERATORS[family]), 0.4), key, some(luck, luck.sample(POOLS[family], 3), 2)

    entry = operator, key, some(luck, luck.sample(POOLS[family], 3), 2)
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


def from_tables(document: rules.Document, arns: list[str]) -> Sample:
    """A sample whose axes are cut out of the tables."""

    def axes(action: str) -> Axes:
        own = {key: candidates(key, tests) for key, tests in by_coordinate(document).items() if key not in rules.ARN_DECIDED}
        return axes_of(document, action, arns, own)

    return Sample(document, axes)


TEXTUAL = frozenset({"Numeric", "Date", "Ip", "Binary"})
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
    families = [native, luck.choice(sorted(OPERATORS)), *(["Numeric"] if native == "Date" and chance(luck, 0.4) else [])]

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.08):
            return null(luck, keys)
        family = luck.choice(families)
        pool = (
            [*luck.sample(POOLS[family], 3), luck.choice(TEXT_ALONE)]
            if family in TEXTUAL and chance(luck, 0.2)
            else POOLS[family]
        )
        return dressed(luck, luck.choice(OPERATORS[family])), luck.choice(keys), some(luck, pool, 2)

    return from_tables(policy(conditioned(luck, make)), [KEYS[0], KEYS[-1]])


def mixed_lists(luck: random.Random) -> Sample:
    """Several families on a multi-valued key."""
    key = luck.choice(["saml:x", "saml:x", "kms:ResourceAliases"])
    other = luck.choice(["Numeric", "Numeric", "Ip", "Date", "Bool", "Arn", "Binary"])
    strings = ["alias/a*", "*b", "alias/?", "*", "alias/a", "*/1*"] if key == "kms:ResourceAliases" else POOLS["String"][:6]
    pools = {**POOLS, "String": strings}

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.05):
            return null(luck, [key])
        family = luck.choice(["String", other])
        return dressed(luck, luck.choice(OPERATORS[family]), 0.95, 0.1), key, some(luck, luck.sample(pools[family], 4), 2)

    return from_tables(policy(conditioned(luck, make, limit=4)), KEYS[:1])
