"""Families of random policies with variables, each with its universe; see ``brute_conditions``.

A variable ties coordinates together, so the axes are not complete one by one. They are closed instead: an axis holds a few base
texts (short ones, wildcard characters as plain text, one that nothing names), every value that the policy compares with its key,
and each of those with its variables replaced by base texts and its wildcards by nothing or by a letter. A request that a small
policy of these vocabularies allows can be brought into this form: only the texts between the literal parts matter, and of those
only which are equal. Where that argument fails the engine's witness lies outside of the universe, which the tests report.
"""

from __future__ import annotations

import random
import re
from itertools import islice, product, zip_longest

import brute_rules as rules
from brute_axes import by_coordinate
from brute_conditions import KEYS, MRK, UUID, Sample, sample
from brute_dice import ARNS, STRING, Entry, chance, conditioned, crowded, dressed, null, policy, some
from brute_places import placed
from brute_universe import Value

_ENCLOSED = re.compile(r"\$\{([^}]*)\}")


def instances(pattern: str, base: list[str], live: bool) -> list[str]:
    """The pattern, with its variables replaced by base texts or defaults, and its wildcards kept, dropped or a letter."""
    found = [pattern]
    keys = sorted(rules.keys_of(pattern)) if live else []
    usable: list[str | None] = [*base] if len(keys) < 2 else [*base[:3], "x"]
    if any(variable.default is not None for variable in rules.variables(pattern)):
        usable.append(None)
    for chosen in product(usable, repeat=min(len(keys), 2)):
        values = {key: text for key, text in zip(keys, chosen, strict=False) if text is not None}
        found.append(_ENCLOSED.sub(lambda part, values=values: _value(part, values), pattern) if live else pattern)
    spread = (
        [text.replace("*", star).replace("?", "x") for text in found for star in ("", "x")]
        if "*" in pattern or "?" in pattern
        else []
    )
    return [text for text in dict.fromkeys([*found, *spread]) if text]


def _value(enclosed: re.Match[str], values: dict[str, str]) -> str:
    if enclosed[1] in {"*", "?", "$"}:
        return enclosed[1]
    (variable,) = rules.variables(enclosed[0])
    return values.get(variable.key or "", variable.default or "")


def closed(document: rules.Document, key: str, base: list[str], most: int = 40) -> list[Value]:
    """The axis of a String key: base texts, and the instances of what the policy compares with the key, in the other case too.

    At most so many: of each value compared the first instances before the second ones, and so on.
    """
    live = rules.is_live(document)
    compared: list[list[str]] = []
    for test in by_coordinate(document).get(key, []):
        for value in test.values:
            compared.append(instances(value, base, live))
            if "ignorecase" in test.base:
                compared.append(instances(_in_upper_case(value), base[:4], live))
    in_turn = [text for row in zip_longest(*compared) for text in row if text is not None and _may_hold(key, text)]
    return list(islice(dict.fromkeys([*base, *in_turn]), most))


def _may_hold(key: str, text: str) -> bool:
    return rules.SORTS.get(key) != "Arn" or (text.startswith("arn:") and text.count(":") >= 5)


def _in_upper_case(pattern: str) -> str:
    """The pattern in upper case, but for its variables, and for the first field of an ARN."""
    ends = [(0, 4)] if pattern.startswith("arn:") else []
    ends += [(found.start(), found.end()) for found in _ENCLOSED.finditer(pattern)]
    return "".join(char if any(start <= at < end for start, end in ends) else char.upper() for at, char in enumerate(pattern))


TAGS = ["aws:ResourceTag/t", "aws:PrincipalTag/t", "aws:PrincipalTag/u"]
TAG_VALUES = [
    *(
        "${aws:PrincipalTag/t}",
        "${aws:PrincipalTag/u}",
        "${aws:ResourceTag/t}",
        "${aws:PrincipalTag/t}*",
        "a${aws:PrincipalTag/t}",
    ),
    *("*${aws:PrincipalTag/u}", "${aws:PrincipalTag/t, 'a'}", "${aws:PrincipalTag/u,'*'}", "${aws:PrincipalTag/t}b"),
    *("?${aws:PrincipalTag/t}", "${bad}", "${aws:TagKeys}", "${aws:TagKeys, 'a'}", "${aws:PrincipalServiceName}"),
    *(
        "${aws:PrincipalTag/t}${aws:PrincipalTag/u}",
        "${aws:PrincipalTag/t}${aws:PrincipalTag/t}",
        "${aws:PrincipalTag/t, ''}${aws:PrincipalTag/u}",
        "${aws:PrincipalTag/u,''}",
        "a${aws:PrincipalTag/t, ''}",
        "\U000f0000${aws:PrincipalTag/u}",
        "\U000f0000*",
        "${*}",
        "a${*}",
        "${?}",
        "${$}",
    ),
]
PLAIN_VALUES = ["a*", "*", "a", "b", "ab", "?", "A", "aB", "*b"]
TAG_BASE = ["a", "b", "ab", "A", "*", "aa", "x"]


def var_conditions(luck: random.Random) -> Sample:
    """Tags compared with each other: variables, defaults and escapes in the values of String operators."""
    pool = luck.sample(TAG_VALUES[:9], 3) + luck.sample(TAG_VALUES, 2) + luck.sample(PLAIN_VALUES, 2)

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.12):
            return "Null", luck.choice(TAGS), luck.choice(["true", "false"])
        return dressed(luck, luck.choice(STRING), prefix=0.08), luck.choice(TAGS), some(luck, pool, 2)

    document = policy(crowded(luck, conditioned(luck, make)), "2012-10-17" if chance(luck, 0.94) else "2008-10-17")
    values = [value for test in rules.entries(document) for value in test.values if not rules.keys_of(value)]
    plain = [text for value in values if (text := _ENCLOSED.sub(lambda part: _value(part, {}), value))]
    own = {key.lower(): closed(document, key.lower(), [*plain[:4], *TAG_BASE], 30) for key in TAGS}
    return sample(document, KEYS[:1], {**own, "aws:tagkeys": ["a"]})


TYPED_VALUES = [
    *(
        "${aws:CurrentTime}",
        "${aws:EpochTime}",
        "${aws:SourceIp}",
        "${aws:SecureTransport}",
        "${kms:MultiRegion}",
        "${aws:PrincipalArn}",
    ),
    *(
        "${aws:PrincipalIsAWSService}",
        "${aws:MultiFactorAuthAge}",
        "${aws:ViaAWSService}",
        "${kms:KeyUsage}",
        "${kms:MultiRegionKeyType}",
    ),
    "tru${aws:PrincipalTag/t}",
    "tru${aws:PrincipalTag/t, 'e'}",
    "${aws:PrincipalTag/t, ''}${aws:SecureTransport}",
    "${kms:MultiRegion}${aws:PrincipalTag/t,''}",
    "${aws:PrincipalTag/t, ''}",
]
TYPED_KEYS = (
    "aws:PrincipalTag/t aws:SecureTransport aws:ViaAWSService kms:MultiRegion aws:CurrentTime aws:EpochTime aws:SourceIp".split()
)
TYPED_KEYS += ["aws:MultiFactorAuthAge", "aws:PrincipalArn"]
TYPED_TAGS: list[Value] = (
    "true false TRUE e a 2024-01-01T00:00:00Z 2024-01-01T00:00:01Z 1704067200 1704067201 10.0.0.1 ::1 5 6 ENCRYPT_DECRYPT "
    "arn:a:b:c:d:e PRIMARY REPLICA truetrue truee arn:a:b:c:d:"
).split()  # type: ignore[assignment]


def var_typed(luck: random.Random) -> Sample:
    """Variables of Bool, Date, IP, Numeric and Arn keys, in values of String and Bool operators."""
    pool = [*luck.sample(TYPED_VALUES, 3), "true", "false", "a"]
    keys = luck.sample(TYPED_KEYS, 3)

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.1):
            return null(luck, keys)
        operator = "Bool" if chance(luck, 0.4) else luck.choice(STRING)
        return dressed(luck, operator, prefix=0.08), luck.choice(keys), some(luck, pool, 2)

    own: dict[str, list[Value]] = {
        "aws:principaltag/t": TYPED_TAGS,
        "aws:currenttime": [1704067200, 1704067201],
        "aws:sourceip": ["10.0.0.1", "::1"],
        "aws:multifactorauthage": ["5", "6", "1704067200"],
        "aws:principalarn": ["arn:a:b:c:d:e", "arn:a:b:c:d:f", "arn:a:b:c:d:true", "arn:a:b:c:d:false"],
        "kms:keyusage": ["SIGN_VERIFY", *TYPED_TAGS],
    }
    document = policy(crowded(luck, conditioned(luck, make)))

    def axes(action: str) -> dict[str, list[Value]]:
        usable = own if action not in rules.DECRYPTION else {key: values for key, values in own.items() if key != "kms:keyusage"}
        return sample(document, KEYS, usable).axes(action)

    return Sample(document, axes)


ARN_VALUES = [
    *(
        "arn:aws:iam::${aws:PrincipalAccount}:role/*",
        "arn:aws:iam::${aws:ResourceAccount}:role/*",
        "arn:aws:iam::111122223333:role/*",
    ),
    *(
        "arn:aws:iam::*:role/${aws:PrincipalTag/t}",
        "*",
        "arn:aws:iam",
        "arn:aws:iam::111122223333",
        "${aws:SourceArn}",
        "${aws:PrincipalTag/t}",
    ),
    *("arn:aws:iam::*:role/a", "arn:*:*:*:*:*", "arn:aws:iam::${aws:PrincipalTag/t}:*", "arn:aws:iam::*:${aws:PrincipalTag/t}"),
    *(
        "arn:aws:iam::*:*:*",
        "${aws:PrincipalArn}",
        "arn:aws:iam::1111${aws:PrincipalTag/t}:role/a",
        "arn:aws:iam::????????????:*",
    ),
]
ARN_BASE = [
    "arn",
    ":::::",
    "a",
    "22223333",
    "111122223333",
    "a:b",
    "role/a",
    "*",
    "x",
    "1:role/a",
    "arn:aws:iam::111122223333:role/a",
]
ARN_TEXTS = [
    f"arn:{head}::{account}:{last}"
    for head in ("aws:iam", "x:iam")
    for account in ("111122223333", "444455556666")
    for last in ("role/a", "a:b")
] + ["arn:::::"]


def var_arns(luck: random.Random) -> Sample:
    """Arn operators: short values, fields, variables inside fields and instead of them."""
    pool = luck.sample(ARN_VALUES, 4)
    keys = luck.choice(
        [["aws:PrincipalArn"], ["aws:PrincipalArn", "aws:SourceArn"], ["aws:PrincipalArn", "aws:PrincipalTag/t"], ["saml:x"]]
    )

    def make(luck: random.Random) -> Entry:
        if chance(luck, 0.08):
            return null(luck, keys)
        operator = luck.choice(ARNS if chance(luck, 0.75) else STRING)
        return dressed(luck, operator, prefix=0.1), luck.choice(keys), some(luck, pool, 2)

    document = policy(conditioned(luck, make, limit=5))
    accounts = ["111122223333", "444455556666", "199999999999"]
    arns = ARN_TEXTS[:3] if "Arn}" in str(document) else []
    own: dict[str, list[Value]] = {
        rules.CALLER: list(accounts[:2]),
        "aws:principaltag/t": closed(document, "aws:principaltag/t", [*ARN_BASE, *arns], 20),
    }
    for key in ("aws:principalarn", "aws:sourcearn", "saml:x"):
        found = closed(document, key, [*accounts[:1], "a", "x", "a:b", "arn"], 18)
        own[key] = [*ARN_TEXTS, *(text for text in found if key == "saml:x" or _may_hold(key, str(text)))]
    if "saml:x" in rules.multi_valued(document):
        compared = closed(document, "saml:x", ["a", "x"], 9)[2:]
        own["saml:x"] = list(dict.fromkeys(["x", *compared, *ARN_TEXTS[:2]]))[:8]
    return sample(document, [f"arn:aws:kms:us-east-1:{account}:key/{UUID}" for account in accounts], own)


SUFFIX = "*${aws:PrincipalTag/x}"
RESOURCES = [
    f"arn:aws:kms:{rest}"
    for rest in (
        *("*:${aws:PrincipalAccount}:key/*", "us-east-1:${aws:PrincipalAccount}:key/*", "*:${kms:CallerAccount}:key/*"),
        *("*:${aws:PrincipalAccount, '111122223333'}:key/*", "${aws:PrincipalTag/x}:*:key/*", "*:${aws:PrincipalTag/x}:key/*"),
        *(
            "*:*:key/${aws:PrincipalTag/x}",
            "*:*:key/${aws:PrincipalTag/x}*",
            "${aws:RequestedRegion}:*:key/*",
            "us-${aws:PrincipalTag/x}:*:key/*",
        ),
        *(
            "${aws:RequestedRegion}:111122223333:key/*",
            "*:${aws:ResourceAccount}:key/*",
            "${aws:PrincipalTag/x, 'us-east-1'}:*:key/*",
        ),
        *(
            "*:${aws:PrincipalTag/x,'111122223333'}:key/*",
            "us-east-1:111122223333:key/${aws:PrincipalTag/x}",
            "*:*:${aws:PrincipalTag/x}",
        ),
        *(
            "*:${aws:TagKeys}:key/*",
            "*:${aws:TagKeys, '111122223333'}:key/*",
            "${aws:PrincipalServiceName}:*:key/*",
            "*:*:key/${*}",
        ),
        *(
            "*:${AWS::AccountId}:key/*",
            "*:*:key/${aws:PrincipalTag/x}-*",
            "*:*:${aws:PrincipalTag/x}/*",
            "*:1111${aws:PrincipalTag/y}:key/*",
        ),
        *(
            "${aws:PrincipalTag/y}:${aws:PrincipalTag/x}:key/*",
            "*:111122223333:key/*",
            "us-east-1:*:key/*",
            "us-east-1:111122223333:key/*",
        ),
        *(
            "*:*:key/mrk-*",
            "*:*:key/${kms:MultiRegionKeyType}",
            "*:${aws:PrincipalAccount}:*",
            "*:${ aws:PrincipalAccount}:key/*",
        ),
        *("*:${aws:PRINCIPALACCOUNT}:key/*", "${aws:PrincipalTag/x}", "us-east-1:${aws:PrincipalTag/x}"),
    )
] + ["${aws:PrincipalTag/x}", SUFFIX, "arn:${aws:PrincipalTag/p}:kms:*:*:key/*", "*"]
RESOURCE_TAGS = [
    "us-east-1",
    "111122223333",
    "eu-west-1",
    "444455556666",
    UUID,
    "*",
    "east-1",
    "a",
    "aws",
    "key",
    "22223333",
    "us-*",
    f"key/{UUID}",
]
REGIONS = ["us-east-1", "eu-west-1", "us-west-2", "ap-south-1"]
ACCOUNTS = ["111122223333", "444455556666", "111122229999"]
RESOURCE_ARNS = [
    f"arn:aws:kms:{region}:{account}:key/{last}"
    for region in REGIONS
    for account in ACCOUNTS
    for last in (UUID, "b" + UUID[1:], MRK)
]


def tag_values(document: rules.Document, name: str, arns: list[str]) -> list[Value]:
    """What a tag can usefully hold: what its tests write, one text that nothing names, and all that makes a pattern match an ARN.

    For each pattern with the variable in it these are the texts that stand at its place in the ARNs of the universe.
    """
    variable = re.compile(r"\$\{" + re.escape(name) + r"(,[^}]*)?\}")
    written = [text for text in RESOURCE_TAGS if f"'{text}'" in str(document)]
    found = ["zz", *written, *(text.upper() for text in written if "ignorecase" in str(document).lower())]
    others = [value for test in rules.entries(document) for value in test.values]
    for pattern in rules.patterns(document):
        first = variable.search(pattern)
        if first:
            before, after = pattern[: first.start()], pattern[first.end() :]
            found += [text for arn in arns for text in between(before, after, arn)]
    for word, texts in (("RequestedRegion", REGIONS), ("Account", ACCOUNTS)):
        if any(word in value for value in others) or any(name in value for value in others):
            found += texts
    return list(dict.fromkeys(found))


def _told_apart(document: rules.Document) -> list[str]:
    """The ARNs of the universe that the document can tell apart.

    A second Region of the United States, or one that looks like it, and a second id only where a pattern looks into that field.
    """
    text = str(document)
    found = [arn for arn in RESOURCE_ARNS if ("us-west-2" not in arn or "us-*" in text or "us-${" in text)]
    found = [arn for arn in found if "key/b" not in arn or "key/${" in text or UUID in text]
    if f"'{SUFFIX}'" in text:
        ends = [end for end in RESOURCE_TAGS if f"'{end}'" in text and re.fullmatch(r"[0-9a-f]{1,12}", end)]
        found += [
            arn[: -len(end)] + end for end in ends for arn in RESOURCE_ARNS if "us-west-2" not in arn and "key/b" not in arn
        ]
    return found + [arn.replace("eu-west-1", "us-eu-west-1") for arn in found if "eu-west-1" in arn and "us-${" in text]


def between(before: str, after: str, arn: str) -> list[str]:
    """The texts at the place of a variable, where the pattern around it matches an ARN; other variables may hold any text."""
    left, right = (re.compile(_free(part), re.DOTALL) for part in (before, after))
    starts = [at for at in range(len(arn)) if left.fullmatch(arn[:at])]
    ends = [at for at in range(1, len(arn) + 1) if right.fullmatch(arn[at:])]
    spans = [(start, end) for start in (*starts[:1], *starts[-1:]) for end in (*ends[:1], *ends[-1:]) if start < end]
    return list(dict.fromkeys(arn[start:end] for start, end in spans))


def _free(pattern: str) -> str:
    """The regular expression of a part of a pattern, each variable any text."""
    return "".join(".*" if part == "*" else "." if part == "?" else re.escape(part) for part in _ENCLOSED.sub("*", pattern))


def var_resources(luck: random.Random) -> Sample:
    """Variables in Resource and NotResource, tied to tags, the caller's account and the ARN itself."""
    pool = luck.sample(RESOURCES, 4)
    suffix = SUFFIX in pool
    if suffix:  # the end of an ARN may be an account by chance, so nothing else is tied to the tag then
        pool = [SUFFIX, "*", "arn:aws:kms:us-east-1:*:key/*", "arn:aws:kms:*:*:key/mrk-*"]

    def make(luck: random.Random) -> Entry:
        share = luck.random()
        operator = dressed(luck, luck.choice(STRING), prefix=0.05)
        if share < 0.12:
            return "Null", luck.choice(["aws:PrincipalTag/x", "aws:PrincipalTag/y"]), luck.choice(["true", "false"])
        if share < 0.4 or suffix:
            return (
                operator,
                luck.choice(["aws:PrincipalTag/x", "aws:PrincipalTag/x", "aws:PrincipalTag/y"]),
                some(luck, RESOURCE_TAGS, 2),
            )
        if share < 0.6:
            values = [
                "111122223333",
                "1111*",
                "444455556666",
                "${aws:PrincipalAccount}",
                "${aws:ResourceAccount}",
                "${aws:PrincipalTag/x}",
            ]
            return (
                operator,
                luck.choice(["aws:ResourceAccount", "aws:PrincipalAccount", "kms:CallerAccount"]),
                some(luck, values, 2),
            )
        if share < 0.8:
            values = [
                "us-east-1",
                "us-*",
                "eu-west-1",
                "${aws:PrincipalTag/x}",
                "${aws:PrincipalTag/x, 'us-east-1'}",
                "${aws:RequestedRegion}",
            ]
            return operator, "aws:RequestedRegion", some(luck, values, 2)
        values = [
            "${aws:RequestedRegion}",
            "${aws:ResourceAccount}",
            "${aws:PrincipalAccount}",
            "${aws:PrincipalTag/y}",
            "us-east-1",
        ]
        return operator, "aws:PrincipalTag/x", some(luck, values, 2)

    found = placed(luck, pool, make, 0.5)
    for one in found:
        one["Action" if "Action" in one else "NotAction"] = "kms:*" if "Action" in one else "s3:*"
    document = policy(found, "2012-10-17" if chance(luck, 0.94) else "2008-10-17")
    arns = _told_apart(document)
    compared = any("PrincipalTag/y" in value for test in rules.entries(document) for value in test.values)
    tags = list(
        dict.fromkeys([*tag_values(document, "aws:PrincipalTag/x", arns), *tag_values(document, "aws:PrincipalTag/y", arns)])
    )
    own: dict[str, list[Value]] = {
        "aws:principaltag/x": tags if compared else tag_values(document, "aws:PrincipalTag/x", arns),
        "aws:principaltag/y": tags if compared else tag_values(document, "aws:PrincipalTag/y", arns),
        "aws:principaltag/p": ["aws", "aws-cn", "x"],
        rules.CALLER: ["111122223333", "444455556666", "111122229999", "777777777777"],
        "aws:tagkeys": ["a", "111122223333"],
    }
    return sample(document, arns, own)


__all__ = ["var_arns", "var_conditions", "var_resources", "var_typed"]
