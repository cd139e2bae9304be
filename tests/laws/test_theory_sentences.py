"""The theory of requests, sentence by sentence: each case is a policy whose verdict rests on one sentence of the semantics.

Every case comes with an edit that puts something in its place of which the sentence does not speak (another key, another
value); the verdict is then the other one. A sentence that the engine dropped would make the two verdicts equal.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

import keyaki

X = "aws:PrincipalTag/x"
ENCRYPT = ("kms:Encrypt",)
MRK = "arn:aws:kms:*:*:key/mrk-*"
UUID = "arn:aws:kms:*:*:key/????????-*"
HOME = "111122223333"
Statement = dict[str, Any]


class Case(NamedTuple):
    """A policy that PASSES iff ``passes``, and the edit of its text that turns the verdict."""

    why: str
    passes: bool
    statements: list[Statement]
    edit: tuple[str, str]
    question: dict[str, Any] = {}  # noqa: RUF012 - a named tuple's default
    version: str = "2012-10-17"


def allow(resource: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    """An Allow of everything in KMS."""
    return {"Effect": "Allow", "Action": "kms:*", "Resource": resource, "Condition": condition}


def deny(resource: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    """A Deny of everything in KMS."""
    return {**allow(resource, **condition), "Effect": "Deny"}


def without(resource: str, **condition: dict[str, Any]) -> Statement:
    """An Allow of everything in KMS on what is not the resource."""
    return {"Effect": "Allow", "Action": "kms:*", "NotResource": resource, "Condition": condition}


def judge(case: Case, *, edited: bool) -> str:
    """The outcome of a case, or of its edit."""
    text = json.dumps({"Version": case.version, "Statement": case.statements})
    if edited:
        old, new = case.edit
        assert old in text
        text = text.replace(old, new)
    policy = keyaki.parse(text)
    verdict = keyaki.check(policy, **case.question)
    for grant in verdict.grants:
        assert keyaki.allows(policy, grant.witness) == "allow"
    return verdict.outcome.value


def absent(key: str) -> Statement:
    """An Allow for requests that lack a key."""
    return allow(Null={key: "true"})


def present(key: str) -> Statement:
    """An Allow for requests that have a key."""
    return allow(Null={key: "false"})


def is_one(key: str, text: str) -> Statement:
    """An Allow for requests in which the key is exactly the text."""
    return allow(StringEquals={key: text})


def like(key: str, pattern: str) -> Statement:
    """An Allow for requests in which the key's text matches."""
    return allow(StringLike={key: pattern})


AT_KEY: dict[str, Any] = {"scope": "key"}
OF_ACCOUNT: dict[str, Any] = {"scope": "account"}
ENCRYPTING: dict[str, Any] = {"actions": ENCRYPT}

DECIDED_BY_THE_ARN = {
    "account-is-the-arns": Case(
        "the account of the ARN is 111122223333, so aws:ResourceAccount is no other",
        True,
        [allow(f"arn:aws:kms:*:{HOME}:key/*", StringNotEquals={"aws:ResourceAccount": HOME})],
        ("aws:ResourceAccount", X),
        AT_KEY,
    ),
    "region-is-the-arns": Case(
        "the Region of the ARN is us-east-1, so aws:RequestedRegion is no other",
        True,
        [allow("arn:aws:kms:us-east-1:*:key/*", StringNotEquals={"aws:RequestedRegion": "us-east-1"})],
        ("aws:RequestedRegion", X),
        AT_KEY,
    ),
    "account-is-always-there": Case(
        "aws:ResourceAccount is never absent", True, [absent("aws:ResourceAccount")], ("aws:ResourceAccount", X)
    ),
    "region-is-always-there": Case(
        "aws:RequestedRegion is never absent", True, [absent("aws:RequestedRegion")], ("aws:RequestedRegion", X)
    ),
    "multi-region-is-always-there": Case(
        "kms:MultiRegion is never absent", True, [absent("kms:MultiRegion")], ("kms:MultiRegion", X)
    ),
    "mrk-is-multi-region": Case(
        "the id starts mrk-, so kms:MultiRegion is true",
        True,
        [allow(MRK, Bool={"kms:MultiRegion": "false"})],
        ("kms:MultiRegion", X),
    ),
    "uuid-is-not-multi-region": Case(
        "the id is a UUID, so kms:MultiRegion is false",
        True,
        [allow(UUID, Bool={"kms:MultiRegion": "true"})],
        ("kms:MultiRegion", X),
    ),
    "mrk-has-a-key-type": Case(
        "a multi-Region key is a primary or a replica",
        True,
        [allow(MRK, Null={"kms:MultiRegionKeyType": "true"})],
        ("kms:MultiRegionKeyType", X),
    ),
    "uuid-has-no-key-type": Case(
        "a single-Region key is neither",
        True,
        [allow(UUID, Null={"kms:MultiRegionKeyType": "false"})],
        ("kms:MultiRegionKeyType", X),
    ),
    "key-type-is-one-of-two": Case(
        "there is no third type",
        True,
        [allow(StringNotEquals={"kms:MultiRegionKeyType": ["PRIMARY", "REPLICA"]}, Null={"kms:MultiRegionKeyType": "false"})],
        ("kms:MultiRegionKeyType", X),
    ),
    "key-type-may-be-replica": Case(
        "a replica is a key like any other", False, [is_one("kms:MultiRegionKeyType", "REPLICA")], ("REPLICA", "THIRD")
    ),
    "key-type-may-be-primary": Case(
        "and so is a primary", False, [is_one("kms:MultiRegionKeyType", "PRIMARY")], ("PRIMARY", "primary")
    ),
}

TWO_NAMES = {
    "caller-account": Case(
        "the caller has one account under both names",
        True,
        [allow(StringEquals={"kms:CallerAccount": HOME}, StringNotEquals={"aws:PrincipalAccount": HOME})],
        ("kms:CallerAccount", X),
    ),
    "caller-account-is-12-digits": Case(
        "the caller's account is 12 digits",
        True,
        [allow(StringNotLike={"aws:PrincipalAccount": "????????????"})],
        ("aws:PrincipalAccount", X),
    ),
    "caller-account-is-digits": Case("and digits only", True, [like("kms:CallerAccount", "*a*")], ("*a*", "*7*")),
    "one-time": Case(
        "it is not before 2024 under one name and after 2025 under the other",
        True,
        [allow(DateLessThan={"aws:CurrentTime": "2024"}, DateGreaterThan={"aws:EpochTime": "2025"})],
        ("aws:CurrentTime", "aws:TokenIssueTime"),
    ),
    "whole-seconds": Case(
        "no whole second lies between two that are neighbours",
        True,
        [
            allow(
                DateGreaterThan={"aws:CurrentTime": "2024-01-01T00:00:00Z"},
                DateLessThan={"aws:CurrentTime": "2024-01-01T00:00:01Z"},
            )
        ],
        ("aws:CurrentTime", X),
    ),
    "dates-of-epoch-time": Case(
        "Date operators read aws:EpochTime",
        False,
        [allow(DateEquals={"aws:EpochTime": "2024-01-01"})],
        ("2024-01-01", "1970-01-01"),
    ),
    "numbers-of-current-time": Case(
        "Numeric operators read no date",
        True,
        [allow(NumericGreaterThan={"aws:CurrentTime": 0})],
        ("aws:CurrentTime", "aws:EpochTime"),
    ),
    "key-spec": Case(
        "the key has one spec under both names",
        True,
        [allow(StringEquals={"kms:KeySpec": "RSA_2048"}, StringNotEquals={"kms:CustomerMasterKeySpec": "RSA_2048"})],
        ("kms:CustomerMasterKeySpec", X),
    ),
    "key-usage": Case(
        "the key has one usage under both names",
        True,
        [allow(StringEquals={"kms:KeyUsage": "SIGN_VERIFY"}, StringNotEquals={"kms:CustomerMasterKeyUsage": "SIGN_VERIFY"})],
        ("kms:CustomerMasterKeyUsage", X),
        ENCRYPTING,
    ),
}

ALWAYS = (
    *("kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:userid", "aws:UserAgent"),
    *(
        "aws:SecureTransport",
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:ViaAWSService",
        "aws:PrincipalIsAWSService",
        "kms:KeyOrigin",
    ),
    *("kms:KeySpec", "kms:KeyUsage", "kms:CustomerMasterKeySpec", "kms:CustomerMasterKeyUsage"),
)
OTHERS = (
    *(
        "kms:ViaService",
        "kms:EncryptionContext:a",
        "aws:SourceIp",
        "aws:TokenIssueTime",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalTag/t",
    ),
    *("kms:MultiRegionKeyType", "aws:SourceArn", "kms:RequestAlias", "saml:aud", "aws:PrincipalOrgID", "kms:GrantConstraintType"),
)
PRESENCE = {
    **{f"{key}-is-always-there": Case(f"{key} is never absent", True, [absent(key)], (key, X), ENCRYPTING) for key in ALWAYS},
    **{
        f"{key}-may-be-absent": Case(f"{key} may be absent", False, [absent(key)], (key, "aws:UserAgent"), ENCRYPTING)
        for key in OTHERS
    },
    **{
        f"{key}-may-be-there": Case(f"{key} may be present", False, [present(key)], (key, "aws:PrincipalServiceName"))
        for key in OTHERS
    },
    "principal-is-no-service": Case(
        "an identity policy's principal is no service",
        True,
        [allow(Bool={"aws:PrincipalIsAWSService": "true"})],
        ("aws:PrincipalIsAWSService", "aws:ViaAWSService"),
    ),
    "algorithm-on-decryption": Case(
        "decryption names its algorithm", True, [absent("kms:EncryptionAlgorithm")], ("kms:EncryptionAlgorithm", X)
    ),
    "algorithm-elsewhere": Case(
        "other actions need not",
        False,
        [absent("kms:EncryptionAlgorithm")],
        ("kms:EncryptionAlgorithm", "kms:KeySpec"),
        ENCRYPTING,
    ),
    "algorithm-anywhere": Case(
        "but a key may be there on any action",
        False,
        [present("kms:EncryptionAlgorithm")],
        ("kms:EncryptionAlgorithm", "aws:PrincipalServiceName"),
        {"actions": ("kms:CreateGrant",)},
    ),
    "usage-on-decryption": Case(
        "only a key for encryption decrypts", True, [is_one("kms:KeyUsage", "SIGN_VERIFY")], ("SIGN_VERIFY", "ENCRYPT_DECRYPT")
    ),
    "usage-under-its-other-name": Case(
        "under both names", True, [is_one("kms:CustomerMasterKeyUsage", "SIGN_VERIFY")], ("SIGN_VERIFY", "ENCRYPT_DECRYPT")
    ),
    "usage-elsewhere": Case(
        "other actions are for keys of any usage", False, [is_one("kms:KeyUsage", "SIGN_VERIFY")], ("SIGN_VERIFY", ""), ENCRYPTING
    ),
    "no-service-name": Case(
        "aws:PrincipalServiceName is never there", True, [like("aws:PrincipalServiceName", "*")], ("aws:PrincipalServiceName", X)
    ),
    "no-service-names": Case(
        "nor is aws:PrincipalServiceNamesList",
        True,
        [allow(**{"ForAnyValue:StringLike": {"aws:PrincipalServiceNamesList": "*"}})],
        ("aws:PrincipalServiceNamesList", "aws:TagKeys"),
    ),
}

TYPES = {
    "booleans": Case(
        "a Bool key holds true or false",
        True,
        [allow(StringNotEquals={"aws:SecureTransport": ["true", "false"]})],
        ("aws:SecureTransport", X),
    ),
    "booleans-are-lower-case": Case("in lower case", True, [is_one("aws:SecureTransport", "TRUE")], ("TRUE", "true")),
    "numbers": Case("a Numeric key holds decimals", True, [like("aws:MultiFactorAuthAge", "*x*")], ("aws:MultiFactorAuthAge", X)),
    "numbers-are-shortest": Case("with no zero at their end", True, [like("aws:MultiFactorAuthAge", "*.*0")], ("*.*0", "*.*5")),
    "numbers-have-no-plus": Case("and no plus sign", True, [like("aws:MultiFactorAuthAge", "+*")], ("+*", "-*")),
    "numbers-have-one-zero": Case("and no zero before a digit", True, [like("aws:MultiFactorAuthAge", "0?")], ("0?", "0.?")),
    "numbers-have-no-exponent": Case("and no exponent", True, [like("aws:MultiFactorAuthAge", "*e*")], ("*e*", "*1*")),
    "zero-has-no-sign": Case("and zero has no sign", True, [is_one("aws:MultiFactorAuthAge", "-0")], ("-0", "-1")),
    "numbers-of-one-text": Case(
        "a number has one text there, on a tag it has many",
        True,
        [allow(NumericEquals={"kms:RotationPeriodInDays": 5}, StringNotEquals={"kms:RotationPeriodInDays": "5"})],
        ("kms:RotationPeriodInDays", X),
    ),
    "dates": Case(
        "a Date key holds the one form of a date-time",
        True,
        [allow(StringNotLike={"aws:CurrentTime": "????-??-??T??:??:??Z"})],
        ("aws:CurrentTime", X),
    ),
    "dates-are-utc": Case("in UTC", True, [like("aws:TokenIssueTime", "*+*")], ("*+*", "*-*")),
    "dates-are-real": Case("and on a day that there is", True, [like("kms:ValidTo", "2023-02-29*")], ("2023", "2024")),
    "epoch-time-is-digits": Case("aws:EpochTime holds digits", True, [like("aws:EpochTime", "*-*")], ("*-*", "*7*")),
    "epoch-time-starts-at-10000": Case(
        "from 10000 on, for four digits are a year", True, [is_one("aws:EpochTime", "9999")], ("9999", "10000")
    ),
    "current-time-starts-there-too": Case(
        "which bounds its other name where the policy mentions both",
        True,
        [allow(DateLessThan={"aws:CurrentTime": "1970-01-01T02:46:40Z"}), deny(DateEquals={"aws:EpochTime": "2000"})],
        ("02:46:40Z", "02:46:41Z"),
    ),
    "addresses": Case("an IP key holds addresses", True, [like("aws:SourceIp", "*x*")], ("aws:SourceIp", X)),
    "addresses-are-lower-case": Case("in lower case", True, [like("aws:VpcSourceIp", "*DB8*")], ("DB8", "db8")),
    "addresses-are-short": Case(
        "as RFC 5952 writes them", True, [is_one("aws:SourceIp", "2001:db8:0:0:0:0:0:1")], ("db8:0:0:0:0:0:1", "db8::1")
    ),
    "arns": Case("an Arn key's value starts with arn", True, [like("aws:SourceArn", "a?x:*")], ("aws:SourceArn", X)),
    "arns-have-six-fields": Case(
        "and has six fields",
        True,
        [like("aws:SourceArn", "arn:*"), deny(StringLike={"aws:SourceArn": "*:*:*:*:*:*"})],
        ("aws:SourceArn", X),
    ),
    "arns-may-be-empty-inside": Case("which may be empty", False, [is_one("aws:SourceArn", "arn:::::")], ("arn:::::", "arn::::")),
    "arns-keep-further-colons": Case(
        "the sixth with colons in it", False, [is_one("aws:SourceVpcArn", "arn:a:b:c:d:e:f")], ("arn:a:", "orn:a:")
    ),
    "aliases": Case(
        "a request's alias starts with alias/",
        True,
        [allow(StringNotLike={"kms:RequestAlias": "alias/*"}, Null={"kms:RequestAlias": "false"})],
        ("kms:RequestAlias", X),
    ),
    "aliases-are-not-empty": Case("and goes on", True, [is_one("kms:RequestAlias", "alias/")], ("alias/", "alias/a")),
    "aliases-have-few-characters": Case(
        "with certain characters only", True, [like("kms:RequestAlias", "alias/*.*")], ("*.*", "*:*")
    ),
    "aliases-of-the-resource": Case(
        "each of kms:ResourceAliases too",
        True,
        [allow(**{"ForAnyValue:StringNotLike": {"kms:ResourceAliases": "alias/*"}})],
        ("kms:ResourceAliases", "aws:TagKeys"),
    ),
    "texts-are-not-empty": Case("every other key holds a text of one or more characters", True, [is_one(X, "")], ('""', '" "')),
    "texts-are-any": Case("of any characters", False, [is_one(X, "\u00e9 :*?\n")], (X, "aws:SecureTransport")),
    "numbers-on-tags": Case(
        "a Numeric test on a tag holds of the texts that are numbers and pass",
        False,
        [allow(NumericEquals={X: 5}, StringLike={X: "+*.0"})],
        (X, "aws:MultiFactorAuthAge"),
    ),
    "foreign-lists": Case(
        "a key of another prefix under a set prefix holds a list",
        False,
        [allow(**{"ForAnyValue:StringEquals": {"saml:x": "a"}, "ForAnyValue:StringLike": {"saml:x": "b"}})],
        ("saml:x", X),
    ),
    "kms-keys-hold-one-value": Case(
        "a key of kms: that the catalogue does not call multi-valued holds one value",
        True,
        [allow(**{"ForAnyValue:StringEquals": {"kms:ViaService": "a"}, "ForAnyValue:StringLike": {"kms:ViaService": "b"}})],
        ("kms:ViaService", "kms:GrantOperations"),
    ),
    "lists-are-lists": Case(
        "the value of a multi-valued key is a list, of which a Deny without set prefix says nothing",
        False,
        [present("aws:TagKeys"), deny(StringLike={"aws:TagKeys": "*"})],
        ("aws:TagKeys", X),
    ),
    "lists-by-a-prefix-elsewhere": Case(
        "also where only another statement uses the set prefix",
        False,
        [present("saml:x"), deny(StringLike={"saml:x": "*"}), deny(**{"ForAnyValue:StringEquals": {"saml:x": "b"}})],
        ("saml:x", X),
    ),
}

FREE = {
    **{
        f"{key}-is-free": Case(
            f"the owner of a fresh key sets {key}", False, [is_one(key, "anything")], (key, "aws:ResourceAccount")
        )
        for key in ("aws:ResourceTag/team", "kms:KeySpec", "kms:KeyOrigin", "aws:ResourceOrgID")
    },
    "resource-aliases-are-free": Case(
        "and its aliases",
        False,
        [allow(**{"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/anything"}})],
        ("kms:ResourceAliases", "aws:PrincipalServiceNamesList"),
    ),
    "arn-and-account-of-the-principal": Case(
        "no relation ties the principal's ARN to its account",
        False,
        [allow(StringEquals={"aws:PrincipalAccount": HOME}, ArnLike={"aws:PrincipalArn": "arn:aws:iam::444455556666:*"})],
        ("aws:PrincipalArn", "aws:PrincipalServiceName"),
    ),
    "calls-and-their-way": Case(
        "nor aws:ViaAWSService to aws:CalledVia",
        False,
        [allow(Bool={"aws:ViaAWSService": "false"}, **{"ForAnyValue:StringLike": {"aws:CalledVia": "*"}})],
        ("aws:CalledVia", "aws:PrincipalServiceNamesList"),
    ),
    "first-of-the-calls": Case(
        "nor aws:CalledViaFirst to its list",
        False,
        [allow(Null={"aws:CalledVia": "true"}, StringLike={"aws:CalledViaFirst": "*"})],
        ("aws:CalledViaFirst", "aws:PrincipalServiceName"),
    ),
    "age-without-presence": Case(
        "nor the age of a second factor to its presence",
        False,
        [allow(Bool={"aws:MultiFactorAuthPresent": "false"}, NumericLessThan={"aws:MultiFactorAuthAge": 60})],
        ("aws:MultiFactorAuthPresent", "aws:PrincipalServiceName"),
    ),
    "spec-and-usage": Case(
        "nor a key's spec to its usage",
        False,
        [allow(StringEquals={"kms:KeySpec": "HMAC_256", "kms:KeyUsage": "ENCRYPT_DECRYPT"})],
        ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    ),
}

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

SENTENCES = {**DECIDED_BY_THE_ARN, **TWO_NAMES, **PRESENCE, **TYPES, **FREE, **NAMING}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_decides(name: str) -> None:
    """A policy's verdict is what the sentence says, and the other one where the sentence has nothing to say."""
    case = SENTENCES[name]
    outcomes = ["PASSED", "FAILED"] if case.passes else ["FAILED", "PASSED"]
    assert [judge(case, edited=False), judge(case, edited=True)] == outcomes, case.why


# What a witness holds


def witness(*statements: Statement, version: str = "2012-10-17", **question: Any) -> dict[str, str | list[str]]:
    """The context of the first witness."""
    verdict = keyaki.check({"Version": version, "Statement": list(statements)}, **question)
    assert verdict.witness is not None
    return verdict.witness.context


def test_a_witness_holds_the_mentioned_keys_that_are_present() -> None:
    """Keys that the policy mentions are there if always present, decided by the ARN or needed, and no other key is."""
    found = witness(
        allow(StringEquals={"aws:PrincipalTag/t": "a"}, StringEqualsIfExists={"kms:ViaService": "b"}),
        deny("arn:aws:kms:eu-*:*:key/*", StringEquals={"aws:UserAgent": "x", "aws:RequestedRegion": "eu-west-1"}),
    )
    assert found.keys() == {"aws:PrincipalTag/t", "aws:UserAgent", "aws:RequestedRegion"}


def test_a_live_variable_mentions_its_key_and_a_dead_one_does_not() -> None:
    """A variable's key is in the witness iff the version makes variables live."""
    statements = [allow(), deny("arn:aws:kms:us-gov-east-1:${aws:PrincipalAccount}:key/${aws:PrincipalAccount: }")]
    assert witness(*statements).keys() == {"aws:PrincipalAccount"}
    assert witness(*statements, version="2008-10-17") == {}


def test_only_multi_valued_keys_have_lists() -> None:
    """A value is a list iff its key is multi-valued."""
    found = witness(
        allow(
            **{
                "ForAnyValue:StringEquals": {"aws:TagKeys": "a", "aws:PrincipalTag/t": "a", "saml:x": "b"},
                "StringEquals": {"kms:ViaService": "c"},
            }
        )
    )
    assert found == {"aws:TagKeys": ["a"], "aws:PrincipalTag/t": "a", "saml:x": ["b"], "kms:ViaService": "c"}


def test_a_witness_has_one_value_under_both_names() -> None:
    """Two names of one value say the same: texts are equal, and the two times are one instant in their own forms."""
    found = witness(
        allow(
            StringEquals={"kms:CallerAccount": HOME, "kms:KeySpec": "RSA_2048"},
            StringLike={
                "aws:PrincipalAccount": "*",
                "kms:CustomerMasterKeySpec": "*",
                "kms:CustomerMasterKeyUsage": "*",
                "kms:KeyUsage": "*",
            },
            DateEquals={"aws:CurrentTime": "2024-01-01T09:00:00+09:00"},
            NumericGreaterThan={"aws:EpochTime": 0},
        )
    )
    assert found["kms:CallerAccount"] == found["aws:PrincipalAccount"] == HOME
    assert found["kms:KeySpec"] == found["kms:CustomerMasterKeySpec"] == "RSA_2048"
    assert found["kms:KeyUsage"] == found["kms:CustomerMasterKeyUsage"] == "ENCRYPT_DECRYPT"
    assert (found["aws:CurrentTime"], found["aws:EpochTime"]) == ("2024-01-01T00:00:00Z", "1704067200")


def test_a_witness_writes_typed_values_in_their_one_text() -> None:
    """Numbers, truth values and addresses stand in canonical form, whatever the policy writes."""
    found = witness(
        allow(
            NumericEquals={"aws:MultiFactorAuthAge": "5.50e1"},
            Bool={"aws:SecureTransport": "TRUE"},
            IpAddress={"aws:SourceIp": "2001:0DB8:0::1/128"},
            DateEquals={"aws:TokenIssueTime": "2024"},
        )
    )
    assert found == {
        "aws:MultiFactorAuthAge": "55",
        "aws:SecureTransport": "true",
        "aws:SourceIp": "2001:db8::1",
        "aws:TokenIssueTime": "2024-01-01T00:00:00Z",
    }


@pytest.mark.parametrize("kind", ["mrk-*", "????????-*"])
def test_the_arn_decides_what_the_witness_says_of_it(kind: str) -> None:
    """Region, account and kind in the context are those of the ARN; the key type is there iff the id starts mrk-."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            allow(f"arn:aws:kms:*:*:key/{kind}"),
            deny(
                "arn:aws:kms:us-gov-east-1:*:key/*",
                StringLike={"aws:ResourceAccount": "*", "aws:RequestedRegion": "*", "kms:MultiRegion": "*"},
            ),
            deny("arn:aws:kms:us-gov-east-1:*:key/*", StringLike={"kms:MultiRegionKeyType": "*"}),
        ],
    }
    found = keyaki.check(policy).witness
    assert found is not None
    _, _, _, region, account, key = found.resource.split(":")
    expected = {
        "aws:RequestedRegion": region,
        "aws:ResourceAccount": account,
        "kms:MultiRegion": str(key.startswith("key/mrk-")).lower(),
    }
    if key.startswith("key/mrk-"):
        expected["kms:MultiRegionKeyType"] = "PRIMARY"
    assert found.context == expected


def test_allows_takes_the_context_literally() -> None:
    """A request replayed without a key that it needs is not allowed, although the ARN would decide that key."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [allow(StringLike={"aws:RequestedRegion": "us-*"})]})
    found = keyaki.check(policy).witness
    assert found is not None
    assert keyaki.allows(policy, found) == "allow"
    assert keyaki.allows(policy, keyaki.Request(found.action, found.resource, {})) == "implicitDeny"
