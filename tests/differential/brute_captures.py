"""Families of random policies whose variables take what they can get; see ``brute_conditions``.

``var_flat``: a tag stands in a flat Resource pattern, so it may hold a whole end of the ARN, its colons included. The universe is
complete by construction. For one ARN the values of a tag that make some pattern match are pieces of that ARN, and each of them is
on the axis (:func:`captures`); where two tags stand in one pattern the other is free, so the pieces are a superset. A value that
makes no pattern match is told apart from others by the tests of the tags alone, and the axis has a text of each class of these,
``brute_words`` made, which is shorter than any piece. A tag compared with the Region without case may be the Region in any case;
the tests tell apart its first letter, its second and the rest. The ARNs have a field of each class, as all globs of tests keep
to the bounds of fields (where they do not, :func:`flat_arns` has more Regions).

``var_graphs``: three tags tied to each other by several tests at once, with IfExists, with defaults and without case. Such ties
are equations between words, and no short universe has a solution of each that has one. So ``complete`` is False here: whatever
the universe allows must be found, and what the engine finds beyond must hold by itself.
"""

from __future__ import annotations

import random
import re
from functools import lru_cache
from itertools import product

import brute_rules as rules
from brute_axes import by_coordinate, text_globs
from brute_conditions import MRK, UUID, Sample, sample
from brute_dice import STRING, Entry, chance, crowded, dressed, near, null, opposite, policy, some, statement
from brute_places import placed
from brute_universe import Value
from brute_words import representatives

_ENCLOSED = re.compile(r"\$\{([^}]*)\}")
X, Y = "aws:PrincipalTag/x", "aws:PrincipalTag/y"
FLAT_ENDS = [
    *(
        "*:*:*:${x}",
        "*:*:*:*:${x}",
        "*:*:*:*:*:${x}",
        "*:${x}",
        "*:*:${x}",
        "?rn:*:${x}",
        "*:??s:*:${x}",
        "*:kms:${x}",
        "arn:aws:${x}",
    ),
    *("arn:aws:kms:*:${x}", "arn:aws:kms:${x}", "a*:*:*:*:key/${x}", "*:key/${x}", "*/${x}"),
]
FLAT_PLACES = [
    *(
        "${x}:key/*",
        "${x}:*:*",
        "*:kms:${x}:key/*",
        "*:${x}:*",
        "*:${x}:key/*",
        "${x}",
        "*:*:*:${x}:*",
        "*:${x}/*",
        "arn:aws:${x}:key/*",
    ),
    *(
        "*:*:*:${x, 'us-east-1'}",
        "*:${x, 'us-east-1'}:*",
        "*:${x, ''}:us-east-1:*",
        "*:key/${x, ''}",
        "*:${y}:${x}",
        "*:${y}:key/${x}",
    ),
    *("*:us-east-1${x, ''}:*", "*:${x,'111122223333'}:key/*", "${x, '*'}", "*:${x}:${x}:*"),
]
PLAIN = ["*", "arn:aws:kms:us-east-1:*:key/*", "arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:*:*:key/mrk-*", "*:us-east-1:*"]
FLAT_TESTS = [
    *(
        "*:*",
        "*-*",
        "us-*",
        "us-east-1",
        "*:key/*",
        "*:111122223333:*",
        "aws:*",
        "key/*",
        "*/mrk-*",
        "mrk-*",
        "*",
        "?",
        "us-east-1:*",
    ),
    *("arn:*", "kms:*", "111122223333:*", "*:*:*", f"key/{MRK}", "111122223333"),
]
CASED = ["*U*", "US-*", "us-*", "US-EAST-1", "us-east-1", "Us-east-1", "*S-*"]
FLAT_REGIONS = ["us-east-1", "us-west-2", "eu-west-1"]


def flat_arns(document: rules.Document) -> list[str]:
    """The key ARNs: more Regions where a test of a tag can match a Region's start, or a tag stands at a Region's end."""
    text = str(document)
    regions = [*FLAT_REGIONS, *(["mrk-x-1"] if "mrk-*" in text else [])]
    regions += ["us-east-11", "us-east-110"] if "us-east-1${" in text else []
    fields = product(regions, ("111122223333", "444455556666"), (UUID, MRK))
    return [f"arn:aws:kms:{region}:{account}:key/{last}" for region, account, last in fields]


def captures(pattern: str, key: str, arn: str) -> list[str]:
    """What the variable of a key can hold where the pattern matches an ARN; wildcards and other variables hold any text."""
    whole = [found for found in _ENCLOSED.finditer(pattern) if rules.keys_of(found[0]) == {key}]
    found: list[str] = []
    for variable in whole:
        before, after = _any(pattern[: variable.start()]), _any(pattern[variable.end() :])
        starts = [at for at in range(len(arn)) if before.fullmatch(arn[:at])]
        ends = [at for at in range(1, len(arn) + 1) if after.fullmatch(arn[at:])]
        found += [arn[start:end] for start in starts for end in ends if start < end]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1_000)
def _any(part: str) -> re.Pattern[str]:
    """A part of a pattern, each variable any text."""
    pieces = re.split(r"(\*|\?)", _ENCLOSED.sub("*", part))
    return re.compile("".join({"*": ".*", "?": "."}.get(piece, re.escape(piece)) for piece in pieces))


def in_every_case(region: str) -> list[str]:
    """The Region with its first letter, its second and the rest in either case."""
    halves = [(char, char.upper()) for char in (region[0], region[1], region[2:])]
    return ["".join(chosen) for chosen in product(*halves)]


def var_flat(luck: random.Random) -> Sample:
    """Flat and short Resource patterns with tags in them, and what these tags hold; Regions compared without case."""
    forms = luck.sample([*FLAT_ENDS, *FLAT_PLACES], 3)
    if chance(luck, 0.6):
        forms = [form for form in forms if "y}" not in form] or ["*:*:*:${x}"]
    pool = [re.sub(r"\$\{([xy])", r"${aws:PrincipalTag/\1", form) for form in forms] + luck.sample(PLAIN, 2)
    second = any("/y}" in form for form in pool)
    folded = chance(luck, 0.3)

    def make(luck: random.Random) -> Entry:
        keys = [X, X, Y] if second else [X]
        if chance(luck, 0.1):
            return null(luck, keys)
        if chance(luck, 0.3 if folded else 0.1):
            values = [f"${{{X}}}", f"${{{X}, 'us-east-1'}}", "us-east-1"]
            operators = [one for one in STRING if "IgnoreCase" in one] if folded else STRING[:4]
            return dressed(luck, luck.choice(operators), prefix=0.05), "aws:RequestedRegion", some(luck, values, 2)
        operator = luck.choice([*STRING[:4], "StringLike", "StringNotLike"])
        return dressed(luck, operator, prefix=0.05), luck.choice(keys), some(luck, CASED if folded else FLAT_TESTS, 2)

    found = placed(luck, pool, make, 0.6)
    for one in found:
        one["Action" if "Action" in one else "NotAction"] = "kms:*" if "Action" in one else "s3:*"
    if folded:
        found[0].setdefault("Condition", {}).setdefault("StringEqualsIgnoreCase", {})["aws:RequestedRegion"] = f"${{{X}}}"
    document = policy(crowded(luck, found))
    arns = flat_arns(document)
    return sample(document, arns, {key.lower(): _held(document, key.lower(), arns) for key in (X, Y)})


def _held(document: rules.Document, key: str, arns: list[str]) -> list[Value]:
    """The axis of a tag in flat patterns."""
    tests = by_coordinate(document)
    found: list[Value] = list(representatives("any", text_globs(tests.get(key, []))))
    found += [text for pattern in rules.patterns(document) for arn in arns for text in captures(pattern, key, arn)]
    regions = tests.get("aws:requestedregion", [])
    if any(key in rules.keys_of(value) for test in regions for value in test.values):
        without_case = any("ignorecase" in test.base for test in regions)
        places = dict.fromkeys(arn.split(":")[3] for arn in arns)
        found += [text for region in places for text in (in_every_case(region) if without_case else [region])]
    return list(dict.fromkeys(found))


NODES = ["aws:PrincipalTag/t", "aws:PrincipalTag/u", "aws:ResourceTag/v"]
STRANGE = "\U000f0000"
LETTERS = ["a", "a", "b", "ab", STRANGE]
TYING = ["StringEquals"] * 5 + ["StringLike"] * 4 + ["StringEqualsIgnoreCase"] * 3 + ["StringNotEquals", "StringNotLike"]
MOST_WORDS = 24


def tying(luck: random.Random, key: str) -> str:
    """A text with the variables of other tags, a letter or a wildcard beside them."""
    others = [one for one in NODES if one != key or chance(luck, 0.1)]
    share = luck.random()
    default = ", ''" if share < 0.2 else ",'a'" if share < 0.3 else ""
    hole = f"${{{luck.choice(others)}{default}}}"
    more = luck.choice(["", "", "", luck.choice(LETTERS), luck.choice(["*", "?"]), f"${{{luck.choice(NODES)}, ''}}"])
    return hole + more if chance(luck, 0.5) else more + hole


def var_graphs(luck: random.Random) -> Sample:
    """Three tags, each tied to others by several tests of one statement: a graph of ties, with IfExists and defaults."""

    def make(luck: random.Random) -> Entry:
        key = luck.choice(NODES)
        if chance(luck, 0.08):
            return null(luck, NODES)
        values = tying(luck, key) if chance(luck, 0.8) else luck.choice(["a*", "*b", "ab", "A", "?", f"{STRANGE}*"])
        operator = dressed(luck, luck.choice(TYING), prefix=0.05, if_exists=0.3)
        return operator, key, [values, tying(luck, key)] if chance(luck, 0.15) else values

    allow = [make(luck) for _ in range(luck.choice([2, 3, 3, 4]))]
    found = [statement("Allow", "kms:*", allow)]
    for _ in range(luck.choice([0, 1, 1, 2])):
        kinds = [make(luck), opposite(luck, luck.choice(allow)), near(luck, luck.choice(allow), make), luck.choice(allow)]
        found.append(statement("Deny", "*", luck.sample(kinds, luck.choice([1, 1, 2]))))
    document = policy(crowded(luck, found, 0.5))
    words = short_words(str(document))
    arns = [f"arn:aws:kms:us-east-1:111122223333:key/{UUID}"]
    return sample(document, arns, {key.lower(): words for key in NODES})._replace(complete=False)


def short_words(text: str) -> list[Value]:
    """Words over the letters that a document writes and one that it does not, the shortest first, up to a number of them."""
    letters = ["a", "b", *(["A"] if "ignorecase" in text.lower() else []), *([STRANGE] if STRANGE in text else [])]
    found = ["".join(word) for size in (1, 2, 3) for word in product(letters, repeat=size)]
    return ["c", *found[: MOST_WORDS - 1]]


__all__ = ["var_flat", "var_graphs"]
