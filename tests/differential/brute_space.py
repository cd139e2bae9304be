"""Brute force over the whole space: small policies from pools, and every consistent request of a small universe.

The universe holds, for each pool, what tells its members apart: every action, resource and context value that some pattern
matches and another one does not. Requests are kept to section 6: the fields of the ARN decide the Region and the account where
they are not empty, and the facts about KMS keys hold on the ARNs of KMS keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from random import Random
from typing import Any

UUID = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MRK = "arn:aws:kms:us-east-1:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab"
ACTION_PATTERNS = (
    "s3:Get*",
    "s3:GetObject",
    "s3:*",
    "*",
    "S3:Put?bject",
    "kms:Decrypt",
    "kms:*crypt",
    "*:Get*",
    "sqs:Send",
    "s3:GetB*",
    "*Object",
    "s3",
)
ACTIONS = (
    "s3:getobject",
    "s3:getbucket",
    "s3:get",
    "s3:putobject",
    "s3:list",
    "kms:decrypt",
    "kms:encrypt",
    "sqs:send",
    "sqs:getit",
    "sqs:anobject",
    "x:y",
)
RESOURCE_PATTERNS = (
    "*",
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::*",
    "arn:aws:s3",
    "arn:aws:s3:*:b",
    "arn:aws:sqs:us-east-1:111122223333:q",
    "arn:aws:sqs:*:111122223333:*",
    "arn:aws:sqs:us-east-1:*",
    "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q*",
    "arn:aws:sqs:*:${aws:PrincipalAccount}:q",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:kms:*:*:key/mrk-*",
    "arn:aws:kms:*:${aws:ResourceAccount}:*",
)
RESOURCES = (
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/o",
    "arn:aws:s3:::u",
    "arn:aws:s3:::u/o",
    "arn:aws:s3:x::b",
    "arn:aws:sqs:us-east-1:111122223333:q",
    "arn:aws:sqs:us-east-1:444455556666:q",
    "arn:aws:sqs:eu-west-1:111122223333:q2",
    "arn:aws:sqs::111122223333:q",
    "arn:aws:sqs:us-east-1::q",
    UUID,
    MRK,
)
QUERIES = ("*", "arn:aws:s3:::*", "arn:aws:sqs:*:111122223333:*", "arn:aws:kms:*:*:key/*", "arn:aws:s3:::b", "arn:aws:s3:::?/*")
TESTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("StringEquals", "aws:ResourceAccount", ("${aws:PrincipalAccount}", "111122223333", "444455556666")),
    ("StringNotEquals", "aws:ResourceAccount", ("${aws:PrincipalAccount}", "111122223333")),
    ("StringEqualsIfExists", "aws:ResourceAccount", ("${aws:PrincipalAccount}", "111122223333")),
    ("StringLike", "aws:PrincipalAccount", ("1111*", "${aws:ResourceAccount}")),
    ("StringNotLike", "kms:CallerAccount", ("1111*",)),
    ("Null", "aws:ResourceAccount", ("true", "false")),
    ("StringEquals", "aws:RequestedRegion", ("us-east-1", "eu-west-1")),
    ("StringNotLike", "aws:RequestedRegion", ("us-*",)),
    ("StringLike", "aws:username", ("u", "b*", "?")),
    ("StringNotEquals", "aws:username", ("u", "b")),
    ("Null", "aws:username", ("true", "false")),
    ("ForAllValues:StringEquals", "aws:TagKeys", ("a", "b")),
    ("ForAnyValue:StringLike", "aws:TagKeys", ("a*", "b")),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("a",)),
    ("Null", "aws:TagKeys", ("true", "false")),
    ("ForAllValues:StringEquals", "s3:list", ("a", "b")),
    ("ForAnyValue:StringEquals", "s3:list", ("a", "b")),
    ("StringEquals", "s3:list", ("a", "b")),
    ("StringNotEquals", "s3:list", ("a", "b")),
    ("Bool", "aws:SecureTransport", ("true", "false")),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", ("true", "false")),
    ("Bool", "kms:MultiRegion", ("true", "false")),
    ("Null", "kms:MultiRegion", ("true", "false")),
    ("StringEquals", "kms:MultiRegionKeyType", ("PRIMARY", "REPLICA")),
    ("Null", "kms:KeySpec", ("true", "false")),
    ("StringEquals", "kms:KeyUsage", ("ENCRYPT_DECRYPT", "SIGN_VERIFY")),
    ("Null", "kms:EncryptionAlgorithm", ("true", "false")),
    ("IpAddress", "aws:SourceIp", ("10.0.0.0/8", "10.1.0.0/16")),
    ("NotIpAddress", "aws:SourceIp", ("10.1.0.0/16",)),
    ("NumericLessThan", "aws:MultiFactorAuthAge", ("5", "10")),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", ("5", "10")),
    ("DateLessThan", "aws:CurrentTime", ("2025-01-01T00:00:00Z",)),
    ("NumericGreaterThan", "aws:EpochTime", ("1735689599", "1735689600")),
)
VALUES: dict[str, tuple[Any, ...]] = {
    "aws:username": (None, "u", "b", "bb", "z"),
    "aws:TagKeys": (None, ["a"], ["b"], ["a", "b"], ["c"], ["a", "c"], ["ab"]),
    "s3:list": (None, ["a"], ["b"], ["a", "b"], ["c", "a"], ["a", "a"], ["c"]),
    "aws:SecureTransport": ("true", "false"),
    "aws:MultiFactorAuthPresent": (None, "true", "false"),
    "aws:SourceIp": (None, "10.1.2.3", "10.2.2.3", "11.0.0.1", "::1"),
    "aws:MultiFactorAuthAge": (None, "4", "5", "9.5", "10"),
    "aws:CurrentTime": (
        ("2024-12-31T23:59:59Z", "1735689599"),
        ("2025-01-01T00:00:00Z", "1735689600"),
        ("2025-01-01T00:00:01Z", "1735689601"),
    ),
    "aws:PrincipalAccount": ("111122223333", "444455556666", "999999999999"),
}
FREE = {
    "aws:ResourceAccount": (None, "111122223333", "444455556666", "999999999999", "z"),
    "aws:RequestedRegion": (None, "us-east-1", "eu-west-1", "us-x"),
    "kms:MultiRegion": (None, "true", "false"),
    "kms:MultiRegionKeyType": (None, "PRIMARY", "REPLICA", "z"),
    "kms:KeySpec": (None, "z"),
    "kms:KeyUsage": (None, "ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    "kms:EncryptionAlgorithm": (None, "z"),
}
TWINS = {"kms:CallerAccount": "aws:PrincipalAccount", "aws:EpochTime": "aws:CurrentTime"}
DECRYPTION = {"kms:decrypt", "kms:reencryptfrom"}


def statement(dice: Random, deny: float, tests: int) -> dict[str, Any]:
    """A random statement."""
    found: dict[str, Any] = {"Effect": "Deny" if dice.random() < deny else "Allow"}
    found["NotAction" if dice.random() < 0.15 else "Action"] = dice.sample(ACTION_PATTERNS, dice.choice((1, 1, 2, 3)))
    found["NotResource" if dice.random() < 0.2 else "Resource"] = dice.sample(RESOURCE_PATTERNS, dice.choice((1, 1, 2)))
    for _ in range(dice.choice((0, 0, 1, 1, 2)) if tests else 0):
        operator, key, values = dice.choice(TESTS)
        chosen = dice.sample(values, dice.randint(1, len(values)))
        found.setdefault("Condition", {}).setdefault(operator, {})[key] = chosen
    return found


def policy(dice: Random, deny: float = 0.3, tests: int = 1) -> dict[str, Any]:
    """A random policy."""
    version = "2008-10-17" if dice.random() < 0.05 else "2012-10-17"
    return {"Version": version, "Statement": [statement(dice, deny, tests) for _ in range(dice.choice((1, 1, 2, 3)))]}


def neighbour(dice: Random, of: dict[str, Any]) -> dict[str, Any]:
    """A policy that differs little: a statement more, one less, or one changed."""
    statements = list(of["Statement"])
    at = dice.randrange(len(statements))
    how = dice.randrange(4)
    if how == 0:
        statements.append(statement(dice, 0.3, 1))
    elif how == 1 and len(statements) > 1:
        del statements[at]
    else:
        other, old = statement(dice, 0.3, 1), dict(statements[at])
        for name in dice.choice((("Action", "NotAction"), ("Resource", "NotResource"), ("Condition",), ("Effect",))):
            old.pop(name, None)
            if name in other:
                old[name] = other[name]
        if "Effect" in old and ("Action" in old) != ("NotAction" in old) and ("Resource" in old) != ("NotResource" in old):
            statements[at] = old
    return {"Version": of["Version"], "Statement": statements}


def requests(keys: set[str], dice: Random, *, lists: bool = True) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Consistent requests that mention the keys, at each action and resource a few in turn: all of them, or 500 at random.

    ``lists`` says whether some policy uses `s3:list` with a set prefix.
    """
    asked = {TWINS.get(key, key) for key in keys}
    axes = [(key, VALUES[key]) for key in sorted(asked) if key in VALUES]
    if "s3:list" in asked and not lists:
        axes[[key for key, _ in axes].index("s3:list")] = ("s3:list", (None, "a", "b", "c"))
    free = sorted(key for key in asked if key in FREE)
    points = list(product(ACTIONS, RESOURCES))
    dice.shuffle(points)
    streams = [_contexts(action, resource, axes, free, keys, dice) for action, resource in points]
    while streams:
        for stream in list(streams):
            found = list(islice(stream, 8))
            yield from found
            if len(found) < 8:
                streams.remove(stream)


def _contexts(
    action: str, resource: str, axes: list[tuple[str, tuple[Any, ...]]], free: list[str], keys: set[str], dice: Random
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    names = [key for key, _ in axes] + free
    choices = [list(values) for _, values in axes] + [list(_free(key, action, resource)) for key in free]
    size = prod(map(len, choices))
    for number in dice.sample(range(size), min(size, 500)):
        context = {}
        for name, values in zip(names, choices, strict=True):
            number, at = divmod(number, len(values))  # noqa: PLW2901 - mixed radix
            if values[at] is not None:
                context[name] = values[at]
        yield action, resource, _completed(context, keys)


def _free(key: str, action: str, resource: str) -> tuple[Any, ...]:
    """The values that a key which the resource may decide can have on a resource."""
    fields = resource.split(":", 5) if resource != "*" else [""] * 6
    decided = {"aws:RequestedRegion": fields[3], "aws:ResourceAccount": fields[4]}.get(key)
    if decided:
        return (decided,)
    if resource not in {UUID, MRK} or not key.startswith("kms:"):
        return FREE[key]
    return {
        "kms:MultiRegion": ("true" if resource == MRK else "false",),
        "kms:MultiRegionKeyType": ("PRIMARY", "REPLICA") if resource == MRK else (None,),
        "kms:KeySpec": ("z",),
        "kms:KeyUsage": ("ENCRYPT_DECRYPT",) if action in DECRYPTION else ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
        "kms:EncryptionAlgorithm": ("z",) if action in DECRYPTION else (None, "z"),
    }[key]


def _completed(context: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    found = dict(context)
    instant = found.pop("aws:CurrentTime", None)
    if instant is not None:
        found["aws:CurrentTime"], found["aws:EpochTime"] = instant
    if "aws:PrincipalAccount" in found:
        found["kms:CallerAccount"] = found["aws:PrincipalAccount"]
    return {key: value for key, value in found.items() if key in keys}


def mentioned(*policies: dict[str, Any]) -> set[str]:
    """The keys that policies mention, in the spelling of the pools."""
    text = str(policies).lower()
    return {key for key in (*VALUES, *FREE, *TWINS) if key.lower() in text}


def has_lists(*policies: dict[str, Any]) -> bool:
    """True iff some policy uses the key `s3:list` with a set prefix."""
    tests = [test for one in policies for statement in one["Statement"] for test in statement.get("Condition", {}).items()]
    return any(operator.startswith("For") and "s3:list" in block for operator, block in tests)
