"""Policies that are easily misjudged, each with its verdict, which was worked out by hand from docs/semantics.md.

They come in pairs and triples that look alike: what makes the difference stands in the name.
"""

from __future__ import annotations

from typing import Any, Final

from families import Case, Document, document

ALL: Final = "arn:aws:kms:*:*:key/*"
HOME: Final = "arn:aws:kms:eu-west-1:111122223333:key/*"
TEAM: Final = "aws:PrincipalTag/team"
Condition = dict[str, dict[str, Any]]


def _statement(effect: str, condition: Condition | None, elements: Document) -> Document:
    base = {"Effect": effect, "Action": "kms:Decrypt", "Resource": "*"}
    if "NotAction" in elements:
        del base["Action"]
    if "NotResource" in elements:
        del base["Resource"]
    return {**base, **elements, **({"Condition": condition} if condition else {})}


def allow(condition: Condition | None = None, **elements: Any) -> Document:
    """Return an Allow of kms:Decrypt on everything, except as the elements say."""
    return _statement("Allow", condition, elements)


def deny(condition: Condition | None = None, **elements: Any) -> Document:
    """Return a Deny of every action of KMS on everything, except as the elements say."""
    return _statement("Deny", condition, {"Action": "kms:*", **elements} if "NotAction" not in elements else elements)


def fails(*statements: Document) -> Case:
    """Return a case that FAILED is the answer to."""
    return Case(document(statements), "FAILED")


def passes(*statements: Document) -> Case:
    """Return a case that PASSED is the answer to."""
    return Case(document(statements), "PASSED")


def old(case: Case) -> Case:
    """Return the case in the old version of the language, which has no variables."""
    return Case({**case.document, "Version": "2008-10-17"}, case.outcome)


def equal(key: str, value: Any, operator: str = "StringEquals") -> Condition:
    """Return a condition of one test."""
    return {operator: {key: value}}


ACTIONS: Final = {
    "kms:D*": fails(allow(Action="kms:D*")),
    "*:Decrypt in odd letter case": fails(allow(Action="*:dEcRyPt")),
    "kms:ReEncrypt*": fails(allow(Action="kms:ReEncrypt*")),
    "kms:ReEncrypt, which is no permission": passes(allow(Action="kms:ReEncrypt")),
    "NotAction without KMS": fails(allow(NotAction=["iam:*", "s3:*"])),
    "NotAction of both blocked actions": passes(allow(NotAction=["kms:?e*"])),
    "Deny of one of two actions": fails(allow(Action="kms:*"), deny(Action="kms:Decrypt")),
}
RESOURCES: Final = {
    "keys of one account in all Regions": fails(allow(Resource="arn:aws:kms:*:111122223333:key/*")),
    "keys of one account in one Region": passes(allow(Resource=HOME)),
    "aliases only": passes(allow(Resource="arn:aws:kms:*:*:alias/*")),
    "wildcards inside fields": fails(allow(Resource="arn:aws:k?s:eu-*:*:*/?*")),
    "a pattern across fields": fails(allow(Resource="*:kms:*")),
    "a short pattern": fails(allow(Resource="arn:aws:kms:*")),
    "the replicas of one key": passes(allow(Resource="arn:aws:kms:*:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab")),
    "NotResource of one key": fails(
        allow(NotResource="arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
    ),
    "NotResource of all keys": passes(allow(NotResource=ALL)),
    "NotResource of keys that begin with a": fails(allow(NotResource="arn:aws:kms:*:*:key/a*")),
}
DENIES: Final = {
    "Deny outside one account and Region": passes(allow(), deny(NotResource=HOME)),
    "Deny outside one account": fails(allow(), deny(NotResource="arn:aws:kms:*:111122223333:key/*")),
    "Deny by ResourceAccount": fails(allow(), deny(equal("aws:ResourceAccount", "111122223333", "StringNotEquals"))),
    "Deny by ResourceAccount and by RequestedRegion": passes(
        allow(),
        deny(equal("aws:ResourceAccount", "111122223333", "StringNotEquals")),
        deny(equal("aws:RequestedRegion", "eu-west-1", "StringNotEquals")),
    ),
    "Deny in one Region": fails(allow(), deny(equal("aws:RequestedRegion", "eu-west-1"))),
    "Deny without TLS": fails(allow(), deny(equal("aws:SecureTransport", "false", "Bool"))),
    "Deny without TLS of an Allow without TLS": passes(
        allow(equal("aws:SecureTransport", "false", "Bool")), deny(equal("aws:SecureTransport", "false", "Bool"))
    ),
}
ABSENT: Final = {
    "an absent tag is not red, denied if absent": fails(
        allow(equal(TEAM, "red", "StringNotEquals")), deny(equal(TEAM, "true", "Null"))
    ),
    "an absent tag is not red, denied unless absent": fails(
        allow(equal(TEAM, "red", "StringNotEquals")), deny(equal(TEAM, "false", "Null"))
    ),
    "IfExists in the Deny": passes(allow(equal(TEAM, "red")), deny(equal(TEAM, "red", "StringEqualsIfExists"))),
    "absent, and denied where not x": passes(allow(equal(TEAM, "true", "Null")), deny(equal(TEAM, "x", "StringNotEquals"))),
    "absent, and denied where x": fails(allow(equal(TEAM, "true", "Null")), deny(equal(TEAM, "x"))),
    "one value left": fails(
        allow(equal(TEAM, "a*", "StringLike")),
        deny(equal(TEAM, "*b", "StringNotLike")),
        deny(equal(TEAM, "a?*b", "StringLike")),
    ),
    "no value left": passes(
        allow(equal(TEAM, "a*", "StringLike")),
        deny(equal(TEAM, "*b", "StringNotLike")),
        deny(equal(TEAM, ["a?*b", "ab"], "StringLike")),
    ),
}
SETS: Final = {
    "ForAllValues of an absent key": fails(allow(equal("aws:TagKeys", "a", "ForAllValues:StringEquals"))),
    "ForAllValues, present, none of them": passes(
        allow({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}),
        deny(equal("aws:TagKeys", "a", "ForAnyValue:StringEquals")),
    ),
    "an alias like another": passes(
        allow(equal("kms:ResourceAliases", "alias/app-*", "ForAnyValue:StringLike")),
        deny(equal("kms:ResourceAliases", "alias/*", "ForAnyValue:StringLike")),
    ),
    "an alias just too short": fails(
        allow(equal("kms:ResourceAliases", "alias/app-*", "ForAnyValue:StringLike")),
        deny(equal("kms:ResourceAliases", "alias/app-?*", "ForAnyValue:StringLike")),
    ),
}
VARIABLES: Final = {
    "the caller's account in all Regions": fails(allow(Resource="arn:aws:kms:*:${aws:PrincipalAccount}:key/*")),
    "the caller's account in one Region": passes(allow(Resource="arn:aws:kms:eu-west-1:${aws:PrincipalAccount}:key/*")),
    "a variable in the old language": old(passes(allow(Resource="arn:aws:kms:*:${aws:PrincipalAccount}:key/*"))),
    "the caller's account by condition, in one Region": passes(
        allow({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}", "aws:RequestedRegion": "eu-west-1"}})
    ),
    "equal tags": fails(
        allow(equal(TEAM, "${aws:ResourceTag/team}")), deny(equal(TEAM, "${aws:ResourceTag/team}", "StringNotEquals"))
    ),
    "equal tags, denied the other way round": passes(
        allow(equal(TEAM, "${aws:ResourceTag/team}")), deny(equal("aws:ResourceTag/team", "${aws:PrincipalTag/team}"))
    ),
}
AGE: Final = "aws:MultiFactorAuthAge"
TYPES: Final = {
    "numbers that meet at their bound": passes(
        allow(equal(AGE, "300", "NumericLessThanEquals")),
        deny(equal(AGE, "3e2", "NumericEquals")),
        deny(equal(AGE, "300.0", "NumericLessThan")),
    ),
    "no whole second between": passes(
        allow(
            {
                "DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:01Z"},
            }
        )
    ),
    "two halves of a network": passes(
        allow(equal("aws:SourceIp", "10.0.0.0/8", "IpAddress")),
        deny(equal("aws:SourceIp", ["10.0.0.0/9", "10.128.0.0/9"], "IpAddress")),
    ),
    "one half of a network": fails(
        allow(equal("aws:SourceIp", "10.0.0.0/8", "IpAddress")), deny(equal("aws:SourceIp", "10.0.0.0/9", "IpAddress"))
    ),
    "multi-Region keys that begin with 1": passes(
        allow(equal("kms:MultiRegion", "true", "Bool"), Resource="arn:aws:kms:*:*:key/1*")
    ),
    "multi-Region keys": fails(allow(equal("kms:MultiRegion", "true", "Bool"), Resource="arn:aws:kms:*:*:key/mrk-*")),
    "decrypting with a key for signing": passes(allow(equal("kms:KeyUsage", "SIGN_VERIFY"))),
}
TRICKY: Final[dict[str, Case]] = {**ACTIONS, **RESOURCES, **DENIES, **ABSENT, **SETS, **VARIABLES, **TYPES}
