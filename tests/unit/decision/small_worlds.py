"""Small worlds: policies over a few keys, and all requests that tell their conditions apart, one value per coordinate.

The conditions compare with the words `a` and `b`, so a text is one of these, another, or absent; lists are the subsets of the
three. Where a variable stands, texts of two and three letters are added, for patterns such as `a*` and `${t}b`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import keyaki
from keyaki.automata.meter import Meter
from keyaki.decision.box import Boxes
from keyaki.policy import Policy
from keyaki.symbolic.atom import Atom, Value, is_true, under
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.names import names_of
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.specialise import specialised
from keyaki.symbolic.theory import Case, Part, Theory

World = dict[str, Value]
ARNS = tuple(
    f"arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    for region in ("us-east-1", "eu-west-1", "ap-south-1")
    for account in ("111122223333", "444455556666", "777788889999")
)
WORDS = ("a", "b", "c")
LISTS = tuple(several for size in (1, 2, 3) for several in combinations(WORDS, size))
VALUES: dict[str, tuple[Value, ...]] = {
    "aws:securetransport": ("true", "false"),
    "aws:multifactorauthpresent": (None, "true", "false"),
    "aws:principaltag/t": (None, *WORDS),
    "aws:principaltag/u": (None, *WORDS),
    "aws:tagkeys": (None, *LISTS),
}
SPELLINGS = ("aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:PrincipalTag/t", "aws:PrincipalTag/u", "aws:TagKeys")
TIED_TEXTS = ("a", "b", "c", "aa", "ab", "ba", "abb", "aab")
TIED: dict[str, tuple[Value, ...]] = dict.fromkeys(("aws:principaltag/t", "aws:principaltag/u"), (None, *TIED_TEXTS))


def dice(seed: int) -> random.Random:
    """Random choices that are the same for a seed."""
    return random.Random(seed)


def a_condition(luck: random.Random) -> dict[str, dict[str, Any]]:
    """Up to three tests of different keys, none twice."""
    found: dict[str, dict[str, Any]] = {}
    for key in luck.sample(SPELLINGS, luck.choice([0, 1, 1, 2, 2, 3])):
        if key in {"aws:SecureTransport", "aws:MultiFactorAuthPresent"}:
            operator, values = luck.choice(["Bool", "BoolIfExists", "StringNotEquals"]), [luck.choice(["true", "false"])]
        else:
            operator = luck.choice(["StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists"])
            values = luck.sample(["a", "b"], luck.choice([1, 1, 2]))
        if key == "aws:TagKeys":
            operator = luck.choice(["ForAllValues:", "ForAnyValue:"]) + operator
        elif luck.random() < 0.15:
            operator, values = "Null", [luck.choice(["true", "false"])]
        found.setdefault(operator, {})[key] = values
    return found


def a_policy(luck: random.Random, denies: int = 6) -> Policy:
    """An Allow and some Denies."""
    resources = ["*", "*", "*", "arn:aws:kms:us-*:*:key/*", "arn:aws:kms:*:1*:key/*", "arn:aws:kms:eu-*:4*:key/*"]
    statements = [
        {"Effect": effect, "Action": "kms:*", "Resource": luck.choice(resources), "Condition": a_condition(luck)}
        for effect in ("Allow", *["Deny"] * luck.randint(1, denies))
    ]
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})


def a_tied_policy(luck: random.Random) -> Policy:
    """An Allow and some Denies that compare two tags with each other and with a few texts."""
    texts = [
        "a",
        "b",
        "a*",
        "*b",
        "${aws:PrincipalTag/t}",
        "${aws:PrincipalTag/u}",
        "${aws:PrincipalTag/t}b",
        "a${aws:PrincipalTag/u}",
    ]
    statements = []
    for effect in ("Allow", *["Deny"] * luck.randint(0, 3)):
        condition: dict[str, dict[str, Any]] = {}
        for key in luck.sample(["aws:PrincipalTag/t", "aws:PrincipalTag/u"], luck.choice([1, 1, 2])):
            operator = luck.choice(["StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringLikeIfExists"])
            condition.setdefault(operator, {})[key] = luck.sample(texts, luck.choice([1, 1, 2]))
        statements.append({"Effect": effect, "Action": "kms:*", "Resource": "*", "Condition": condition})
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})


CASE = Case(None, None, Part.NONE)


def regions_of(policy: Policy) -> tuple[Region | None, list[Region]]:
    """The region of the Allow, and those of the Denies."""
    encoder = Encoder(policy, "aws")
    found = [encoder.region(statement) for statement in policy.statements]
    known = theory_of(policy).known(CASE)
    special = [region and specialised(region, CASE, known, "aws") for region in found]
    return special[0], [region for region in special[1:] if region]


def theory_of(policy: Policy) -> Theory:
    """The theory of requests to decrypt."""
    return Theory("kms:Decrypt", "aws", names_of(policy, "aws"), Encoder(policy, "aws").multi, epoch=False)


def boxes_of(policy: Policy, budget: int = 200_000) -> Boxes:
    """Boxes for the one case in which every key is fresh."""
    return Boxes(theory_of(policy), CASE, Readable("aws", names_of(policy, "aws")), Meter(budget), FieldTable())


def worlds(regions: list[Region], values: dict[str, tuple[Value, ...]] = VALUES) -> Iterator[World]:
    """Yield every world: a value for each coordinate that an atom speaks of, and for the variables among ``values``."""
    atoms = [atom for region in regions for atom in region.atoms]
    names = sorted({atom.coordinate for atom in atoms} | (set(values) if values is TIED else set()))
    for chosen in product(*(ARNS if name == "resource" else values[name] for name in names)):
        yield dict(zip(names, chosen, strict=True))


def true_in(atom: Atom, world: World) -> bool:
    """True iff the atom holds in the world, its variables replaced by the world's values."""
    known = {name: value if isinstance(value, str) else None for name, value in world.items()}
    return is_true(under(atom, known), world.get(atom.coordinate))


def applies_in(region: Region, world: World) -> bool:
    """True iff every atom of the region holds."""
    return all(true_in(atom, world) for atom in region.atoms)
