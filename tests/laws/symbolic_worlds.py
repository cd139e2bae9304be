"""Random policies, and consistent requests near to them: every relation of section 6 holds of each request."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import keyaki
from keyaki.catalogue import MULTI_VALUED, SAME_VALUE
from keyaki.policy import Policy, Request
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.symbolic.atom import Value
from keyaki.symbolic.keyarn import KeyKind, kind_of
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY
from keyaki.symbolic.theory import Case, Part
from keyaki.values import instant

REGIONS = ("us-east-1", "us-east-2", "eu-west-1", "us-gov-east-1")
ACCOUNTS = ("111122223333", "111122224444", "444455556666")
IDS = ("1234abcd-12ab-34cd-56ef-1234567890ab", "00bbccdd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab")
TEXTS = (
    "a",
    "b",
    "ab",
    "A",
    "aa",
    "a*",
    "true",
    "7",
    "2024-01-01",
    "10.0.0.1",
    "111122223333",
    "us-east-1",
    "arn:x:y:z:w:a",
    "key/a",
    "YQ==",
)
CHOICES: dict[str, tuple[str | None, ...]] = {
    "aws:principaltag/t": (None, *TEXTS),
    "aws:principaltag/u": (None, *TEXTS),
    "aws:resourcetag/t": (None, "a", "b", "ab", "arn:x:y:z:w:a"),
    "kms:viaservice": (None, "a", "s3.us-east-1.amazonaws.com"),
    "aws:currenttime": ("2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z", "2030-01-01T00:00:01Z"),
    "aws:tokenissuetime": (None, "2024-01-01T00:00:00Z", "2023-01-01T00:00:00Z"),
    "aws:sourceip": (None, "10.0.0.1", "11.0.0.1", "2001:db8::1"),
    "aws:securetransport": ("true", "false"),
    "aws:multifactorauthpresent": (None, "true", "false"),
    "aws:multifactorauthage": (None, "7", "7.5", "-1", "3600"),
    "aws:principalarn": ("arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:user/a:b"),
    "kms:calleraccount": ACCOUNTS,
    "kms:multiregionkeytype": ("PRIMARY", "REPLICA"),
    "kms:keyusage": ("ENCRYPT_DECRYPT",),
    "kms:keyspec": ("SYMMETRIC_DEFAULT", "RSA_2048"),
    "kms:requestalias": (None, "alias/a", "alias/b"),
    "saml:x": (None, "a", "b", "7"),
}
"""Texts of each coordinate, None for absent; lists are drawn of the same texts."""
LISTS: dict[str, tuple[str, ...]] = {"aws:tagkeys": ("a", "b", "ab", "7"), "kms:resourcealiases": ("alias/a", "alias/b")}
SPELLINGS = (
    *("aws:PrincipalTag/t", "aws:principaltag/u", "aws:ResourceTag/t", "kms:ViaService", "aws:CurrentTime", "aws:EpochTime"),
    *("aws:TokenIssueTime", "aws:SourceIp", "aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"),
    *("aws:PrincipalArn", "kms:CallerAccount", "aws:PrincipalAccount", "kms:MultiRegionKeyType", "kms:KeyUsage", "kms:KeySpec"),
    *("kms:CustomerMasterKeySpec", "kms:RequestAlias", "saml:x", "aws:TagKeys", "kms:ResourceAliases", "aws:ResourceAccount"),
    *("aws:RequestedRegion", "kms:MultiRegion", "aws:PrincipalServiceName", "aws:PrincipalIsAWSService"),
)
VARIABLES = (
    *(
        "${aws:PrincipalTag/t}",
        "${aws:PrincipalTag/u, 'a'}",
        "${aws:principaltag/U}",
        "${aws:PrincipalAccount}",
        "${kms:CallerAccount}",
    ),
    *(
        "${aws:ResourceAccount}",
        "${aws:RequestedRegion}",
        "${aws:CurrentTime}",
        "${aws:EpochTime}",
        "${aws:TagKeys, 'b'}",
        "${aws:TagKeys}",
    ),
    *(
        "${saml:x}",
        "${kms:KeySpec, 'x'}",
        "${aws:MultiFactorAuthPresent, 'true'}",
        "${aws:PrincipalArn}",
        "${*}",
        "${?}",
        "${$}",
        "${none}",
    ),
    *("${aws:SourceIp}", "${aws:PrincipalAccount, 'x'}", "${kms:MultiRegion}", "${aws:PrincipalServiceName, 'a'}", "${unclosed"),
)
VALUES = (
    *TEXTS,
    *(
        "*",
        "?",
        "a?",
        "*b",
        "b*",
        "TRUE",
        "false",
        "7.5",
        "7e0",
        "2024",
        "1704067200",
        "2025-01-01T09:00:00+09:00",
        "10.0.0.0/8",
        "::/0",
    ),
    *(
        "arn:aws:iam::*:role/*",
        "arn:*",
        "arn:aws:iam::111122223333:user/*",
        "1111*",
        "us-*",
        "us-east-?",
        "MTExMTIyMjIz",
        "1111222?3333",
    ),
    *("alias/*", "alias/a", "PRIMARY", "ENCRYPT_DECRYPT", "SYMMETRIC_*", "444455556666", "500000000000", "x:y:z:w:v:a", ""),
)
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"),
    *("StringEquals", "StringLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "NumericEquals", "NumericNotEquals"),
    *(
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
    ),
    *(
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
    ),
)
RESOURCES = (
    *(
        "*",
        "arn:aws:kms:*:*:key/*",
        "arn:aws:kms:us-east-1:111122223333:key/*",
        "arn:aws:kms:*:111122223333:*",
        "arn:aws:kms:us-*:*:key/mrk-*",
    ),
    *(
        "arn:aws:kms:*",
        "arn:aws:kms:us-east-1",
        "arn:aws",
        "arn:aws:kms:*:key/*",
        "arn:*:*:*:*:*",
        "arn:a?s:k?s:*:1111*:key/*",
        "*:kms:*",
        "*mrk-*",
    ),
    *(
        "arn:aws:s3:::*",
        "arn:aws-cn:kms:*:*:key/*",
        "arn:aws:kms:*:*:alias/*",
        "arn:aws:kms:*:*:key/*:x",
        f"arn:aws:kms:us-east-1:111122223333:key/{IDS[0]}",
    ),
    *(
        "arn:aws:kms:*:${aws:PrincipalAccount}:key/*",
        "arn:aws:kms:*:${aws:PrincipalAccount}*:key/*",
        "arn:aws:kms:${aws:RequestedRegion}:*:key/*",
    ),
    *(
        "arn:aws:kms:*:${aws:ResourceAccount}:key/*",
        "arn:aws:kms:*:*:key/${aws:PrincipalTag/t}*",
        "arn:aws:kms:*:*:${aws:ResourceTag/t, 'key'}/*",
    ),
    *(
        "*${aws:PrincipalTag/u}",
        "arn:aws:kms:*:*:key/${aws:TagKeys, '*'}",
        "arn:aws:kms:*:*:key/${none}",
        "${aws:PrincipalTag/t}",
        "*${kms:CallerAccount}*",
    ),
    *(
        "arn:aws:kms:*:${aws:PrincipalAccount, '*'}:key/*",
        "arn:aws:kms:${saml:x}:*:key/*",
        "arn:aws:kms:*:*:key/????????-*",
        "arn:${aws:PrincipalTag/t}:kms:*",
    ),
)


def dice(seed: int) -> random.Random:
    """Random choices that are the same for a seed."""
    return random.Random(seed)


class World(NamedTuple):
    """A consistent request: its ARN, and the value of every coordinate; ``context`` holds both names of each value."""

    request: Request
    values: dict[str, Value]
    known: dict[str, str | None]
    case: Case


def a_policy(luck: random.Random) -> Policy:
    """A policy of a few random statements, near to the worlds below."""
    version = "2012-10-17" if luck.random() < 0.85 else "2008-10-17"
    return keyaki.policy_from({"Version": version, "Statement": [a_statement(luck) for _ in range(luck.randint(1, 3))]})


def a_statement(luck: random.Random) -> dict[str, Any]:
    """A statement with a few conditions of any operator on any key."""
    resources = "*" if luck.random() < 0.3 else luck.sample(RESOURCES, luck.choice([0, 1, 1, 1, 2]))
    condition: dict[str, dict[str, Any]] = {}
    for _ in range(luck.choice([0, 1, 1, 2])):
        key = luck.choice(SPELLINGS)
        if luck.random() < 0.1:
            operator, values = "Null", luck.sample(["true", "false", "x"], luck.randint(0, 2))
        else:
            operator = luck.choice(OPERATORS) + luck.choice(["", "", "IfExists"])
            values = [a_value(luck, key) for _ in range(luck.choice([0, 1, 1, 1, 2, 3]))]
        prefix = luck.choice(["", "", "ForAllValues:", "ForAnyValue:"])
        condition.setdefault(prefix + operator, {})[key] = values
    return {
        "Effect": luck.choice(["Allow", "Deny"]),
        "Action": "kms:*",
        luck.choice(["Resource", "Resource", "NotResource"]): resources,
        "Condition": condition,
    }


def a_value(luck: random.Random, key: str) -> str:
    """A value, that of the key as often as not."""
    own = CHOICES.get(SAME_VALUE.get(key.lower(), key.lower())) or LISTS.get(key.lower()) or VALUES
    text = luck.choice([luck.choice(own) or "a", luck.choice(VALUES), luck.choice(VARIABLES)])
    return (
        text
        if luck.random() < 0.85
        else luck.choice([text + luck.choice(VARIABLES), luck.choice(VARIABLES[:-1]) + text, text + "*"])
    )


def a_world(luck: random.Random, policy: Policy) -> World:
    """A consistent request."""
    multi = MULTI_VALUED | multi_valued_keys(policy)
    region, account, key_id = luck.choice(REGIONS), luck.choice(ACCOUNTS), luck.choice(IDS)
    arn = f"arn:aws:kms:{region}:{account}:key/{key_id}"
    kind = kind_of(key_id)
    values: dict[str, Value] = {
        "resource": arn,
        "kms:multiregion": "true" if kind is KeyKind.MRK else "false",
        "aws:principalisawsservice": "false",
    }
    for key, texts in CHOICES.items():
        text = luck.choice(texts)
        values[key] = (text,) if text and key in multi else text
    for key, several in LISTS.items():
        values[key] = tuple(luck.sample(several, luck.randint(0, 2))) or None
    if kind is KeyKind.UUID:
        values["kms:multiregionkeytype"] = None
    context: dict[str, str | list[str]] = {"aws:RequestedRegion": region, "aws:ResourceAccount": account}
    known: dict[str, str | None] = {REGION_KEY: region, ACCOUNT_KEY: account, "aws:principalservicename": None}
    for key, value in values.items():
        if value is not None and key != "resource":
            context[key] = list(value) if isinstance(value, tuple) else value
        known[key] = value if isinstance(value, str) else None
    seconds = instant(str(values["aws:currenttime"]))
    known["aws:epochtime"] = str(seconds)
    for name, other in SAME_VALUE.items():
        value = values.get(other)
        if value is not None:
            context[name] = str(seconds) if name == "aws:epochtime" else str(value)
    case = Case(kind, account == values[CALLER_KEY], Part.NONE)
    return World(Request("kms:Decrypt", arn, context), values, known, case)
