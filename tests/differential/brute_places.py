"""Families of random policies whose fate hangs on which keys they cover, each with its universe; see ``brute_conditions``.

``places`` keeps every pattern to its fields, so its universe is complete by construction. ``flat`` lets ``*`` run over colons:
its universe is a table of ARNs that holds, for each of the vocabulary's patterns and each pair of them, ARNs inside and outside.
In ``own_account`` the caller's account and the key's run through the same accounts: named ones, and for each glob of the
vocabulary two that it matches and two that it does not, so that equal and different accounts of every kind meet.
"""

from __future__ import annotations

import random
from typing import Any

import brute_rules as rules
from brute_axes import axes_of, by_coordinate, key_arns, text_globs
from brute_conditions import MRK, TEXT_ALONE, TEXTUAL, UUID, Sample, sample
from brute_dice import STRING, Entry, block, chance, conditioned, dressed, null, policy, some, statement
from brute_tables import OPERATORS, POOLS, candidates
from brute_words import glob, representatives

NEAR_UUID = UUID[:-1] + "c"
REGIONS = ["us-east-1", "us-east-2", "eu-west-1"]
REGION_GLOBS = ["*", "us-*", "us-east-?", "*-1", "us-east-*", "?s-east-1", "eu-*", "?"]
ACCOUNTS = ["111122223333", "111122223334", "444455556666"]
ACCOUNT_GLOBS = ["*", "1111*", "11112222333?", "*3333", "????????????", "4*", "?"]
LAST = ["key/*"] * 6 + [f"key/{last}" for last in (UUID, NEAR_UUID, MRK, "mrk-*", "????????-*", "1*", "*b", "?" * 37 + "*")]
ODD_LAST = ["*", "key*", "alias/*", "*/*", "?ey/*", f"key/{UUID}*", f"*{UUID}", f"alias/{UUID}"]
ACTIONS: list[Any] = ["kms:D*", "kms:ReEncrypt*", "KMS:decrypt", "kms:Decryp?", "*:Decrypt", "kms:Encrypt", "kms:*crypt"]
ACTIONS += [["kms:Encrypt", "kms:ReEncryptFrom"], ["kms:Decrypt", "s3:*"], "kms:ReEncrypt", "kms:ReEncryptTo", []]
NOT_ACTIONS: list[Any] = ["kms:Encrypt", "kms:Decrypt", ["iam:*", "kms:ReEncrypt*"], "kms:De*", "s3:*", []]


def acting(luck: random.Random, deny: bool) -> dict[str, Any]:
    """An Action or NotAction."""
    if chance(luck, 0.75):
        return {"Action": luck.choice(["kms:*", "kms:Decrypt", "*"] if not deny else ["kms:*", "*", "*"])}
    return {"Action": luck.choice(ACTIONS)} if chance(luck, 0.7) else {"NotAction": luck.choice(NOT_ACTIONS)}


def arn_pattern(luck: random.Random, partition: str) -> str:
    """Six fields, each named or a glob."""
    region = luck.choice(REGIONS if chance(luck, 0.4) else REGION_GLOBS)
    account = luck.choice(ACCOUNTS if chance(luck, 0.4) else ACCOUNT_GLOBS)
    last = luck.choice(ODD_LAST if chance(luck, 0.06) else LAST)
    home = luck.choice([partition] * 14 + ["*", "aws-cn", "aws*"])
    return f"arn:{home}:{luck.choice(['kms'] * 14 + ['k*', '*', 'sqs'])}:{region}:{account}:{last}"


def covering(luck: random.Random, patterns: list[str], negated: float = 0.25) -> dict[str, Any]:
    """A Resource or NotResource of some patterns."""
    found = luck.sample(patterns, min(len(patterns), luck.choice([1, 1, 2, 3])))
    return {"NotResource" if chance(luck, negated) else "Resource": found if len(found) > 1 or chance(luck, 0.3) else found[0]}


def placed(luck: random.Random, pool: list[str], make: Any, conditions: float) -> list[rules.Document]:
    """Allows, and Denies that cover the same patterns, wider ones, or everything but some of the pool."""
    allows = [{"Effect": "Allow", **acting(luck, False), **covering(luck, pool, 0.15)} for _ in range(luck.choice([1, 1, 1, 2]))]
    found = list(allows)
    for _ in range(luck.choice([0, 1, 1, 1, 2, 2, 3])):
        source = luck.choice(allows)
        kind = luck.choice(["same", "wider", "wider", "rest", "rest", "any"])
        if kind in {"rest", "any"}:
            cover = covering(luck, pool, 0.8 if kind == "rest" else 0.2)
        else:
            patterns = rules.listed(source.get("Resource", source.get("NotResource")))
            name = "Resource" if "Resource" in source else "NotResource"
            cover = {name: [wider(luck, text) if kind == "wider" and name == "Resource" else text for text in patterns]}
        found.append({"Effect": "Deny", **acting(luck, True), **cover})
    for one in found:
        if chance(luck, conditions):
            one["Condition"] = block([make(luck)])
    luck.shuffle(found)
    return found


def wider(luck: random.Random, pattern: str) -> str:
    """The pattern with a field opened, or cut down to one letter and ``*``."""
    fields = pattern.split(":")
    if len(fields) != 6 or "${" in pattern:
        return pattern
    at = luck.choice([3, 3, 4, 4, 5])
    fields[at] = "key/*" if at == 5 else "*" if chance(luck, 0.6) else fields[at][:1].replace("*", "") + "*"
    return ":".join(fields)


def place_test(luck: random.Random) -> Entry:
    """A String test of the key's Region or account."""
    key, pool = luck.choice(
        [
            ("aws:RequestedRegion", [*REGIONS, *REGION_GLOBS, "US-EAST-1", "us-east-"]),
            ("aws:ResourceAccount", [*ACCOUNTS, *ACCOUNT_GLOBS]),
        ]
    )
    return dressed(luck, luck.choice(STRING)), key, some(luck, pool)


def places(luck: random.Random) -> Sample:
    """Named and unnamed Regions, accounts and ids against globs of fields, in the partition asked about and in others."""
    partition = "aws" if chance(luck, 0.9) else luck.choice(["aws-cn", "aws-us-gov", "aws-eusc"])
    pool = [arn_pattern(luck, partition) for _ in range(4)] + ["*"]
    document = policy(placed(luck, pool, place_test, 0.5))
    arns = key_arns(document, partition)
    return Sample(document, lambda action: axes_of(document, action, arns), partition)


FLAT = [
    *(
        "*:key/*|arn:*|arn:aws:kms:*|arn:aws:kms|arn:aws:kms:us-east-1|arn:aws:kms:*:key/*|arn:aws:kms:us-*:key/*|arn:aws:kms:us-east-1:key/*|"
        "arn:aws:*:key/*|*us-east-1*|*:111122223333:*|arn*|arn:aws:kms:*:*|arn:aws:kms:us-east-1:*|arn:*:kms:*:111122223333:*|"
        "arn:aws:kms:*:111122223333:key*|arn:aws:kms:us-east-1:111122223333|*:kms:*|*:sqs:*|???:aws:kms:*|arn:aws:kms:us-east-1*:*:key/*|"
        "arn:aws:kms:*/mrk-*|*mrk-*|arn:aws:kms:*:*:*:key/*|arn:aws:kms:::key/*|arn:aws:s3:::*|arn:aws:kms:*:111122223333:*/*|*1|*key/1*|"
        "arn:aws:kms:us-east-1:*key/*|arn:aws:kms:*-1:key/mrk-*|arn|a*|arn:|arn:aws:kms:us-east-?:1111*:key/*|arn:aws:kms:eu-west-1:*:key/*|"
        "arn:aws-cn:kms:*:*:key/*|arn:*:kms:us-east-1:*:key/*|arn:aws:kms:us-east-1:111122223333:alias/*|*|${aws:userid}|arn:aws:kms:${*}:*:key/*"
    ).split("|"),
    *(f"arn:aws:kms:*:*:key/{UUID}", f"arn:aws:kms:us-east-1:111122223333:key/{UUID}"),
]
FLAT_ARNS = [
    f"arn:aws:kms:{region}:{account}:key/{last}"
    for region in ("us-east-1", "us-east-2", "us-east-10", "us-east-11", "us-west-1", "eu-west-1", "eu-west-2", "ap-x-3")
    for account in ("111122223333", "111122220000", "999988887777")
    for last in (UUID, UUID[:-2] + "a1", UUID[:-2] + "a2", "a" + UUID[1:-1] + "1", "a" + UUID[1:], MRK, MRK[:-1] + "1")
]


def flat_test(luck: random.Random) -> Entry:
    """A String test of the key's Region or account, by what the ARNs of the table can tell apart."""
    key, pool = luck.choice(
        [("aws:RequestedRegion", ["us-east-1", "us-*", "*-1"]), ("aws:ResourceAccount", ["111122223333", "1111*"])]
    )
    return dressed(luck, luck.choice(STRING)), key, some(luck, pool)


def flat(luck: random.Random) -> Sample:
    """Flat globs, short ARNs, patterns of other services; under the old version ``${...}`` is text."""
    old = chance(luck, 0.25)
    pool = luck.sample([text for text in FLAT if old or "userid" not in text], 6)
    document = policy(placed(luck, pool, flat_test, 0.4), "2008-10-17" if old else "2012-10-17")
    return sample(document, FLAT_ARNS)


_DECIDED_POOLS: dict[str, list[Any]] = {
    **POOLS,
    "Numeric": ["111122223333", "1e11", "5", "111122223333.5", "999999999999", "0", "444455556666", "-1", "1e12", 222222222222],
    "Date": ["1704067200", "2024", "9999-12-31T23:59:59Z", "111122223333", "0001"],
    "String": ["111122223333", "1*", "0*", "us-*", "us-east-1", "US-EAST-1", "true", "*-1", "????????????", "tr*"],
    "Binary": ["111122223333", "YQ==", "444455556666"],
    "Bool": ["true", "false", "x"],
}


PLACES = ["*:1*", "us-east-1:*", "*:111122223333", "*:*", "?:111122223333", "us-east-1:?"]
"""The last two match no key, and so name nothing."""


def arn_decided(luck: random.Random) -> Sample:
    """``aws:ResourceAccount``, ``aws:RequestedRegion`` and the kind of key under the operators of every family."""
    families = luck.sample(["Numeric", "Numeric", "Date", "Ip", "Arn", "Bool", "Binary", "String", "String"], 3)

    def make(luck: random.Random) -> Entry:
        key = luck.choice(["aws:ResourceAccount"] * 3 + ["aws:RequestedRegion", "kms:MultiRegion", "kms:MultiRegionKeyType"])
        if chance(luck, 0.08):
            return null(luck, [key])
        family = luck.choice(families)
        pool = _DECIDED_POOLS[family]
        if family in TEXTUAL and chance(luck, 0.15):
            pool = [luck.choice(pool), luck.choice(TEXT_ALONE)]
        return dressed(luck, luck.choice(OPERATORS[family])), key, some(luck, pool, 2)

    found = conditioned(luck, make)
    for one in found:
        if chance(luck, 0.3):
            one["Resource"] = f"arn:aws:kms:{luck.choice(PLACES)}:key/{luck.choice(['*', 'mrk-*'])}"
    document = policy(found)
    tests = by_coordinate(document)
    regions = text_globs(test for test in tests.get("aws:requestedregion", []) if test.base in rules.STRING_BASES)
    own = rules.Test(0, "Allow", "", "stringlike", False, "aws:resourceaccount", ("1*", "111122223333"))
    arns = [
        f"arn:aws:kms:{region}:{account}:key/{last}"
        for region in representatives("region", regions | {glob("us-east-1")})
        for account in candidates("aws:resourceaccount", [own, *tests.get("aws:resourceaccount", [])])
        for last in (UUID, MRK)
    ]
    return sample(document, arns)


OWN = ["${aws:PrincipalAccount}", "${kms:CallerAccount}", "${aws:ResourceAccount}"]
OWN_VALUES = [
    *OWN * 4,
    "${aws:PrincipalAccount, 'x'}",
    "1${aws:PrincipalAccount}",
    "${aws:PrincipalTag/a}",
    "${aws:principalaccount}",
]
OWN_VALUES += ["111122223333", "444455556666", "1*", "*3"]
OWN_RESOURCES = [
    f"arn:aws:kms:{place}"
    for place in (
        *(
            "*:1*:key/*",
            "us-east-1:*:key/*",
            "*:111122223333:key/*",
            "*:${aws:PrincipalAccount}:key/*",
            "*:${aws:PrincipalAccount}",
        ),
        *(
            "us-east-1:${kms:CallerAccount}:key/*",
            "*:${aws:PrincipalAccount}*:key/*",
            "*:*:key/mrk-*",
            "*:${aws:ResourceAccount}:key/*",
        ),
        "${aws:RequestedRegion}:*:key/*",
    )
] + ["arn:aws:sqs:*:${aws:PrincipalAccount}:*", "arn:aws:kms:*:${aws:PrincipalAccount}:alias/*"]
OWN_ACCOUNTS = (
    "111122223333 444455556666 199999999993 188888888888 177777777777 555555555553 666666666663 777777777777 888888888888".split()
)


def own_account(luck: random.Random) -> Sample:
    """The caller's own account and the key's, named by variables and compared in every way."""

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.1):
            return null(luck, ["aws:PrincipalAccount", "aws:ResourceAccount", "aws:PrincipalTag/a"])
        key = luck.choice(
            ["aws:ResourceAccount", "aws:ResourceAccount", "aws:PrincipalAccount", "kms:CallerAccount", "aws:PrincipalTag/a"]
        )
        operator = luck.choice([*STRING, "StringEquals", "StringNotEquals"])
        return dressed(luck, operator, prefix=0.1), key, some(luck, OWN_VALUES, 2)

    found = conditioned(luck, make)
    for one in found:
        if chance(luck, 0.35):
            one["Resource"] = luck.choice(OWN_RESOURCES)
            if chance(luck, 0.3):
                one["NotResource"] = one.pop("Resource")
    if chance(luck, 0.15):
        found.append(statement("Deny", "*", [make(luck)], luck.choice(OWN_RESOURCES)))
    arns = [
        f"arn:aws:kms:{region}:{account}:key/{last}"
        for region in ("us-east-1", "eu-west-1")
        for account in OWN_ACCOUNTS
        for last in (UUID, MRK)
    ]
    tags = [*OWN_ACCOUNTS[:5], "1", "x", "1" + OWN_ACCOUNTS[0], "1*", "*3", "4"]
    return sample(policy(found), arns, {rules.CALLER: list(OWN_ACCOUNTS), "aws:principaltag/a": tags})
