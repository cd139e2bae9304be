"""Dice: how random policies are put together so that much hangs on little.

Most random policies are decided by their first statement. Here a Deny is mostly made from an Allow: the same test, its opposite,
or a test that differs in one place, so that what is left between them is a sliver, or nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import brute_rules as rules

Entry = tuple[str, str, Any]
"""Operator, key, values."""
Maker = Callable[[random.Random], Entry]
T = TypeVar("T")

STRING = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
NUMERIC = tuple(
    f"Numeric{name}" for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
)
DATE = tuple(name.replace("Numeric", "Date") for name in NUMERIC)
ADDRESS = ("IpAddress", "NotIpAddress")
ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
OPPOSITES = {
    **{name: name.replace("String", "StringNot").replace("NotNot", "") for name in STRING},
    **{name: name.replace("Arn", "ArnNot").replace("NotNot", "") for name in ARNS},
    "IpAddress": "NotIpAddress",
    "NotIpAddress": "IpAddress",
    **{
        family + one: family + other
        for family in ("Numeric", "Date")
        for one, other in {
            "Equals": "NotEquals",
            "NotEquals": "Equals",
            "LessThan": "GreaterThanEquals",
            "LessThanEquals": "GreaterThan",
            "GreaterThan": "LessThanEquals",
            "GreaterThanEquals": "LessThan",
        }.items()
    },
}
"""Each operator to the one that holds of a present value iff it does not."""
PREFIXES = {"ForAllValues": "ForAnyValue", "ForAnyValue": "ForAllValues"}


def dice(seed: object) -> random.Random:
    """A reproducible source of choices; the text of the seed decides."""
    return random.Random(str(seed))


def chance(luck: random.Random, share: float) -> bool:
    """True in that share of the cases."""
    return luck.random() < share


def some(luck: random.Random, pool: Sequence[T], most: int = 3) -> T | list[T]:
    """One value bare or in a list, or a list of a few, now and then of none."""
    count = luck.choice([1, 1, 1, 2, 2, most])
    if chance(luck, 0.03):
        count = 0
    found = [luck.choice(pool) for _ in range(count)]
    return found[0] if count == 1 and chance(luck, 0.5) else found


def dressed(luck: random.Random, operator: str, prefix: float = 0.15, if_exists: float = 0.2) -> str:
    """The operator, perhaps with a set prefix, perhaps with IfExists, perhaps in another case."""
    name = operator + ("IfExists" if chance(luck, if_exists) else "")
    name = f"{luck.choice(list(PREFIXES))}:{name}" if chance(luck, prefix) else name
    return name.lower() if chance(luck, 0.03) else name


def null(luck: random.Random, keys: Sequence[str]) -> Entry:
    """A Null test."""
    operator = "Null" if chance(luck, 0.85) else f"{luck.choice(list(PREFIXES))}:Null"
    values = luck.choice(["true", "false", "true", "false", True, False, "TRUE", ["true", "false"], [], "x", ["false", "x"]])
    return operator, luck.choice(keys), values


def opposite(luck: random.Random, entry: Entry) -> Entry:
    """A test that holds of a present value iff the given one does not; what it says of absence is left to luck."""
    operator, key, values = entry
    prefix, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    if base == "Null":
        flipped = [{"true": "false", "false": "true"}.get(str(value).lower(), value) for value in rules.listed(values)]
        return operator, key, flipped
    if base == "Bool":
        return operator, key, ["false" if "true" in map(str.lower, map(str, rules.listed(values))) else "true"]
    if base not in OPPOSITES:
        return entry
    other = OPPOSITES[base]
    suffix = "IfExists" if chance(luck, 0.4 if name != base else 0.2) else ""
    return (f"{PREFIXES.get(prefix, prefix)}:" if prefix else "") + other + suffix, key, values


def near(luck: random.Random, entry: Entry, make: Maker) -> Entry:
    """A test that differs from the given one in one place."""
    operator, key, values = entry
    pool = rules.listed(values)
    kind = luck.randrange(4)
    if kind == 0 and len(pool) > 1:
        return operator, key, luck.sample(pool, len(pool) - 1)
    if kind == 1 and not operator.endswith("Null"):
        return (operator[:-8] if operator.lower().endswith("ifexists") else f"{operator}IfExists"), key, values
    fresh = make(luck)
    if kind == 2 and fresh[0].rpartition(":")[2].removesuffix("IfExists") == operator.rpartition(":")[2].removesuffix("IfExists"):
        return operator, key, [*pool, *rules.listed(fresh[2])]
    return fresh


def block(entries: Sequence[Entry]) -> dict[str, dict[str, Any]]:
    """A Condition of some entries; a later entry of one operator and key takes the place of an earlier one."""
    found: dict[str, dict[str, Any]] = {}
    for operator, key, values in entries:
        found.setdefault(operator, {})[key] = values
    return found


def statement(effect: str, action: Any, entries: Sequence[Entry], resource: Any = "*") -> rules.Document:
    """A statement on a resource, with its conditions if it has any."""
    found = {"Effect": effect, "Action": action, "Resource": resource}
    return {**found, "Condition": block(entries)} if entries else found


def conditioned(luck: random.Random, make: Maker, most: int = 2, limit: int = 7) -> list[rules.Document]:
    """One or two Allows and some Denies whose conditions are near each other, ``limit`` in all, in any order."""
    allows = [[make(luck) for _ in range(luck.choice([0, *[1] * 8, most, most]))] for _ in range(luck.choice([1, 1, 1, 2]))]
    found = [statement("Allow", luck.choice(["kms:*", "kms:Decrypt", "*"]), entries) for entries in allows]
    for _ in range(luck.choice([0, 1, 1, 1, 2, 2, 2, 3])):
        source = luck.choice(allows)
        found.append(statement("Deny", luck.choice(["kms:*", "kms:*", "*", "kms:De*"]), _denied(luck, source, make)))
        if chance(luck, 0.45) and "Condition" in found[-1]:
            found.append(statement("Deny", "*", _rest(luck, found[-1], make)))
    del found[limit:]
    luck.shuffle(found)
    return found


def _denied(luck: random.Random, source: list[Entry], make: Maker) -> list[Entry]:
    """The conditions of a Deny that is made from an Allow's."""
    found = [luck.choice([entry, opposite(luck, entry), near(luck, entry, make), make(luck)]) for entry in source or [make(luck)]]
    if len(found) > 1 and chance(luck, 0.4):
        found.pop()
    if chance(luck, 0.15):
        found.append(make(luck))
    return [] if chance(luck, 0.04) else found


def _rest(luck: random.Random, deny: rules.Document, make: Maker) -> list[Entry]:
    """The conditions of a Deny for much of what another leaves: the opposite of one of its tests."""
    entries = [(operator, key, values) for operator, keys in deny["Condition"].items() for key, values in keys.items()]
    found = [opposite(luck, luck.choice(entries))]
    return found if chance(luck, 0.75) else [near(luck, found[0], make)]


def crowded(luck: random.Random, statements: list[rules.Document], share: float = 0.3) -> list[rules.Document]:
    """The statements, in some cases beside five Denies of no key: among so many the engine must search, not guess."""
    found = [statement("Deny", "*", [], "arn:aws:s3:::x") for _ in range(5 if chance(luck, share) else 0)]
    return statements + found


def policy(statements: list[rules.Document], version: str = "2012-10-17") -> rules.Document:
    """A document of these statements."""
    return {"Version": version, "Statement": statements}
