"""Sentences on fresh keys: which texts are Regions, accounts and ids, what is named, and what each scope asks for (section 3)."""

from __future__ import annotations

from typing import Any

from sentence_cases import AT_KEY, HOME, OF_ACCOUNT, Case, Statement, X, allow, deny

ONE_ACCOUNT = [allow(f"arn:aws:kms:*:{HOME}*:key/*")]
"""Keys of one account, which a wildcard keeps from being written out."""
ONE_REGION = [allow(f"arn:aws:kms:us-east-?:{HOME}*:key/*", StringLike={"aws:RequestedRegion": "*-1"})]
"""Keys of one Region and account, neither of them written out."""


def names(resource: str) -> list[Statement]:
    """Keys of one account, and another statement that may name it."""
    return [*ONE_ACCOUNT, deny(resource)]


def compares(**condition: dict[str, Any]) -> list[Statement]:
    """Keys of one account, and another statement's condition that may name it."""
    return [*ONE_ACCOUNT, deny("arn:aws:kms:eu-*:*:key/*", **condition)]


NAMING = {
    "other-partition": Case(
        "a key of another partition is no key here", True, [allow("arn:aws-cn:kms:*:*:key/*")], ("aws-cn", "aws")
    ),
    "asked-partition": Case(
        "but of the partition that is asked about",
        False,
        [allow("arn:aws-cn:kms:*:*:key/*")],
        ("aws-cn", "aws"),
        {"partition": "aws-cn"},
    ),
    "deny-of-another-partition": Case(
        "a Deny of another partition is inert", False, [allow(), deny("arn:aws-cn:kms:*:*:key/*")], ("aws-cn", "aws")
    ),
    "regions-are-open": Case(
        "Regions are added, so any name of the form counts", False, [allow("arn:aws:kms:zz-*:*:key/*")], ("zz-", "z-")
    ),
    "region-of-four-letters": Case(
        "the first word has four letters at most", False, [allow("arn:aws:kms:abcd-*:*:key/*")], ("abcd-", "abcde-")
    ),
    "region-of-three-words": Case(
        "there is a word between it and the number", True, [allow("arn:aws:kms:us-?:*:key/*")], ("us-?", "us-?-?")
    ),
    "region-in-lower-case": Case("of lower-case letters", True, [allow("arn:aws:kms:us-E*:*:key/*")], ("us-E", "us-e")),
    "region-without-empty-words": Case("no word is empty", True, [allow("arn:aws:kms:us--*:*:key/*")], ("us--", "us-x-")),
    "region-with-a-number": Case("the last word is a number", True, [allow("arn:aws:kms:us-*x:*:key/*")], ("us-*x", "us-*1")),
    "regions-of-partitions": Case(
        "the form is the same in every partition",
        False,
        [allow("arn:aws-cn:kms:us-*:*:key/*")],
        ("us-", "u-"),
        {"partition": "aws-cn"},
    ),
    "account-of-12-digits": Case(
        "an account is 12 digits", True, [allow("arn:aws:kms:*:???????????:key/*")], ("???????????", "????????????")
    ),
    "account-of-digits": Case("and digits only", True, [allow("arn:aws:kms:*:*a*:key/*")], ("*a*", "*7*")),
    "id-is-lower-case": Case("an id is lower-case hexadecimal", True, [allow("arn:aws:kms:*:*:key/*A*")], ("*A*", "*a*")),
    "id-is-hexadecimal": Case("of a to f", True, [allow("arn:aws:kms:*:*:key/*g*")], ("*g*", "*f*")),
    "uuid-has-its-dashes": Case(
        "a UUID has 8-4-4-4-12 digits",
        True,
        [allow("arn:aws:kms:*:*:key/????????-????-????-?????-???????????")],
        ("?????-???????????", "????-????????????"),
    ),
    "mrk-has-32-digits": Case(
        "a multi-Region id has 32 digits", True, [allow(f"arn:aws:kms:*:*:key/mrk-{'?' * 31}")], ("mrk-", "mrk-?")
    ),
    "mrk-has-no-further-dash": Case(
        "and no dash among them", True, [allow("arn:aws:kms:*:*:key/mrk-*-*")], ("mrk-*-*", "mrk-*a*")
    ),
    "keys-are-no-aliases": Case("an alias ARN is no key", True, [allow("arn:aws:kms:*:*:alias/*")], ("alias/*", "key/*")),
    "wildcards-name-nothing": Case(
        "a wildcard keeps a field from being named", False, ONE_ACCOUNT, (f"{HOME}*", HOME), OF_ACCOUNT
    ),
    "fragments-name-nothing": Case(
        "us-* names no Region", False, [allow(f"arn:aws:kms:us-*:{HOME}:key/*")], ("us-*", "us-east-1")
    ),
    "denies-name": Case(
        "a field of a Deny's pattern is named",
        True,
        names(f"arn:aws:kms:eu-west-1:{HOME}:key/*"),
        (f"eu-west-1:{HOME}:", f"eu-west-1:{HOME[:-1]}?:"),
        OF_ACCOUNT,
    ),
    "other-actions-name": Case(
        "in any statement, whatever its actions",
        True,
        [*ONE_ACCOUNT, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:kms:*:{HOME}:key/*"}],
        (f"{HOME}:", f"{HOME[:-1]}?:"),
        OF_ACCOUNT,
    ),
    "not-resources-name": Case(
        "a field of NotResource too",
        True,
        [*ONE_ACCOUNT, {"Effect": "Deny", "Action": "kms:*", "NotResource": ["*", f"arn:aws:kms:*:{HOME}:key/*"]}],
        (f"{HOME}:", f"{HOME[:-1]}?:"),
        OF_ACCOUNT,
    ),
    "queues-name-nothing": Case(
        "what matches no key names nothing", False, names(f"arn:aws:sqs:eu-west-1:{HOME}:*"), ("sqs", "kms"), OF_ACCOUNT
    ),
    "aliases-name-nothing": Case(
        "nor does an alias", False, names(f"arn:aws:kms:eu-west-1:{HOME}:alias/a*"), ("alias/a*", "key/a*"), OF_ACCOUNT
    ),
    "other-partitions-name-nothing": Case(
        "nor another partition", False, names(f"arn:aws-cn:kms:eu-west-1:{HOME}:key/*"), ("aws-cn", "aws"), OF_ACCOUNT
    ),
    "bad-regions-name-nothing": Case(
        "nor a pattern whose Region is none", False, names(f"arn:aws:kms:EU:{HOME}:key/*"), ("EU", "eu-west-1"), OF_ACCOUNT
    ),
    "bad-ids-name-nothing": Case(
        "nor one whose id is none", False, names(f"arn:aws:kms:eu-west-1:{HOME}:key/x*"), ("key/x*", "key/a*"), OF_ACCOUNT
    ),
    "dead-variables-name-nothing": Case(
        "nor one with a variable that never has a value",
        False,
        names(f"arn:aws:kms:eu-west-1:{HOME}:key/${{no}}*"),
        ("${no}*", "${a:b}*"),
        OF_ACCOUNT,
    ),
    "texts-without-arn-name-nothing": Case(
        "nor a pattern that does not start with arn:",
        False,
        names(f"*:kms:eu-west-1:{HOME}:key/*"),
        ("*:kms", "arn:*:kms"),
        OF_ACCOUNT,
    ),
    "short-patterns-name": Case(
        "the fields of a short pattern are those of its completion",
        True,
        names(f"arn:aws:kms:eu-west-1:{HOME}"),
        (HOME + '"', HOME[:-1] + '?"'),
        OF_ACCOUNT,
    ),
    "colons-inside-variables": Case(
        "a colon inside a variable splits nothing",
        True,
        names(f"arn:aws:kms:${{a:b}}:{HOME}:key/*"),
        ("${a:b}", "${a:b}:"),
        OF_ACCOUNT,
    ),
    "regions-by-pattern": Case(
        "a Region is named in its field",
        True,
        [*ONE_REGION, deny("arn:aws:kms:us-east-1:*:key/0*"), deny(f"arn:aws:kms:eu-*:{HOME}:*")],
        (":us-east-1:", ":us-east-1?:"),
    ),
    "accounts-by-condition": Case(
        "a whole value on aws:ResourceAccount is named",
        True,
        compares(StringEquals={"aws:ResourceAccount": HOME}),
        ("aws:ResourceAccount", X),
        OF_ACCOUNT,
    ),
    "accounts-by-negated-condition": Case(
        "under either polarity",
        True,
        compares(StringNotEquals={"aws:ResourceAccount": HOME}),
        (f'"{HOME}"', f'"{HOME}*"'),
        OF_ACCOUNT,
    ),
    "accounts-by-like": Case(
        "under StringLike", True, compares(StringLike={"aws:ResourceAccount": HOME}), (f'"{HOME}"', f'"{HOME}*"'), OF_ACCOUNT
    ),
    "accounts-by-number": Case(
        "not under another family",
        False,
        compares(NumericEquals={"aws:ResourceAccount": HOME}),
        ("NumericEquals", "StringEquals"),
        OF_ACCOUNT,
    ),
    "regions-as-compared": Case(
        "a Region in capitals is named where case is folded",
        True,
        [*ONE_REGION, deny(f"arn:aws:kms:eu-*:{HOME}:*", StringEqualsIgnoreCase={"aws:RequestedRegion": "US-EAST-1"})],
        ("StringEqualsIgnoreCase", "StringEquals"),
    ),
    "ids-are-named": Case(
        "a key id written out is not fresh",
        True,
        [allow("arn:aws:kms:*:*:key/mrk-1234abcd12ab34cd56ef1234567890ab")],
        ("90ab", "90a?"),
        AT_KEY,
    ),
    "ids-are-named-anywhere": Case(
        "in any pattern, whatever its Region and account",
        True,
        [
            allow("arn:aws:kms:*:*:key/mrk-1234abcd12ab34cd56ef1234567890ab*"),
            deny("arn:aws:kms:eu-west-1:*:key/mrk-1234abcd12ab34cd56ef1234567890ab"),
        ],
        ('90ab"', '90ac"'),
        AT_KEY,
    ),
    "callers-account": Case(
        "the caller's own account is named by its variable",
        True,
        [allow("arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*")],
        ("aws:PrincipalAccount", X),
    ),
    "callers-account-under-its-other-name": Case(
        "under either name", True, [allow("arn:aws:kms:us-east-1:${kms:CallerAccount}:key/*")], ("${kms:CallerAccount}", "*")
    ),
    "callers-account-with-default": Case(
        "written exactly so, without default",
        False,
        [allow("arn:aws:kms:us-east-1:${aws:PrincipalAccount, 'x'}:key/*")],
        (", 'x'", ""),
    ),
    "callers-account-in-a-condition": Case(
        "or in a value on aws:ResourceAccount",
        True,
        [allow(StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"})],
        ("${aws:PrincipalAccount}", f"${{{X}}}"),
        OF_ACCOUNT,
    ),
    "mirrored": Case(
        "or the other way round",
        True,
        [allow(StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"})],
        ("aws:PrincipalAccount", X),
        OF_ACCOUNT,
    ),
    "mirrored-under-its-other-name": Case(
        "under either name",
        True,
        [allow(StringEquals={"kms:CallerAccount": "${aws:ResourceAccount}"})],
        ("kms:CallerAccount", X),
        OF_ACCOUNT,
    ),
    "callers-account-elsewhere": Case(
        "in any statement",
        True,
        [
            allow(NumericEquals={"aws:ResourceAccount": HOME}, StringEquals={"kms:CallerAccount": HOME}),
            {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*"},
        ],
        ("${aws:PrincipalAccount}", "*"),
        OF_ACCOUNT,
    ),
    "other-accounts-than-the-callers": Case(
        "freshness is a property of the request: another account is fresh",
        False,
        [allow(), deny("arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*")],
        ("arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*", "*"),
        OF_ACCOUNT,
    ),
    "old-versions-have-no-variables": Case(
        "a variable that is plain text names nothing and matches nothing",
        True,
        [allow("arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*")],
        ("${aws:PrincipalAccount}", "*"),
        version="2008-10-17",
    ),
    "confined-by-account": Case(
        "a key of a named Region is fresh in an unnamed account",
        False,
        [allow("arn:aws:kms:us-east-1:*:key/*")],
        (":*:key", f":{HOME}:key"),
    ),
    "confined-by-region": Case(
        "and of a named account in an unnamed Region", False, [allow(f"arn:aws:kms:*:{HOME}:key/*")], ("kms:*:", "kms:us-east-1:")
    ),
    "account-scope": Case(
        "in scope account a named account confines",
        True,
        [allow(f"arn:aws:kms:*:{HOME}:key/*")],
        (f":{HOME}:", ":*:"),
        OF_ACCOUNT,
    ),
    "any-scope": Case(
        "in scope any either confines", True, [allow("arn:aws:kms:us-east-1:*:key/*")], ("us-east-1", "*"), {"scope": "any"}
    ),
    "key-scope": Case(
        "in scope key only an id confines",
        False,
        [allow(f"arn:aws:kms:us-east-1:{HOME}:key/*")],
        ("key/*", "key/mrk-1234abcd12ab34cd56ef1234567890ab"),
        AT_KEY,
    ),
}
