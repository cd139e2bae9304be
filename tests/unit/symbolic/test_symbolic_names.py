"""Names against a reading by hand: every field is labelled with what it names and whether some key has such a field."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import pytest

import keyaki
from keyaki.symbolic.names import Names, names_of, names_other_service

UUID = "1234abcd-12ab-34cd-56ef-1234567890ab"
MRK = "mrk-1234abcd12ab34cd56ef1234567890ab"
HOME = "111122223333"


class Field(NamedTuple):
    """A field of a pattern: what it names, or None, and whether a key's field can match it."""

    text: str
    name: str | None
    possible: bool


HEADS = [
    ("arn:aws:kms", True),
    ("arn:*:kms", True),
    ("arn:a?s:k*", True),
    ("arn:${a:b}:kms", True),
    ("arn:aws:kms*", True),
    ("arn:aws-cn:kms", False),
    ("arn:aws:s3", False),
    ("arn:aws:KMS", False),
    ("arn:${none}:kms", False),
    ("arn:aws:", False),
    ("*:aws:kms", False),
    ("ARN:aws:kms", False),
]
REGIONS = [
    Field("us-east-1", "us-east-1", True),
    Field("zz-new-12", "zz-new-12", True),
    Field("*", None, True),
    Field("us-*", None, True),
    Field("us-east-?", None, True),
    Field("${a:b}", None, True),
    Field("us-${a:b, 'x'}-1", None, True),
    Field("", None, False),
    Field("US-EAST-1", None, False),
    Field("us--east-1", None, False),
    Field("us-", None, False),
    Field("us-?", None, False),
    Field("*--*", None, False),
    Field("${none}", None, False),
]
ACCOUNTS = [
    Field(HOME, HOME, True),
    Field("*", None, True),
    Field("1111*", None, True),
    Field("11112222333", None, False),
    Field("1111222233334", None, False),
    Field("*x*", None, False),
    Field("${a:b}", None, True),
    Field("${aws:PrincipalAccount}", "caller", True),
    Field("${kms:CallerAccount}", "caller", True),
    Field("${aws:principalaccount}", None, True),
    Field("${aws:PrincipalAccount, '1'}", None, True),
    Field("${aws:PrincipalAccount}*", None, True),
    Field("", None, False),
]
KEYS = [
    Field("*", None, True),
    Field("key/*", None, True),
    Field(f"key/{UUID}", UUID, True),
    Field(f"key/{MRK}", MRK, True),
    Field(f"key/{UUID}*", None, True),
    Field("key/mrk-*", None, True),
    Field("key/${a:b}", None, True),
    Field("*/${a:b, 'x'}", None, True),
    Field(f"key/{UUID.upper()}", None, False),
    Field("key/", None, False),
    Field("alias/*", None, False),
    Field(UUID, None, False),
    Field("key/${none}", None, False),
]


def named(resource: str | list[str], version: str = "2012-10-17", **condition: Any) -> Names:
    """The names of a policy of one Deny."""
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": resource, "Condition": condition}
    return names_of(keyaki.policy_from({"Version": version, "Statement": statement}), "aws")


def test_a_pattern_names_what_it_writes_out_if_a_key_can_match() -> None:
    """Of every combination of head and fields, the written fields are named iff no part makes the pattern impossible."""
    for (head, possible), region, account, key in product(HEADS, REGIONS, ACCOUNTS, KEYS):
        found = named(f"{head}:{region.text}:{account.text}:{key.text}")
        if not (possible and region.possible and account.possible and key.possible):
            assert found == Names(), (head, region, account, key)
            continue
        caller = account.name == "caller"
        assert found == Names(
            frozenset({region.name} - {None}),  # type: ignore[arg-type]
            frozenset() if caller else frozenset({account.name} - {None}),  # type: ignore[arg-type]
            frozenset({key.name} - {None}),  # type: ignore[arg-type]
            caller,
        ), (head, region, account, key)


def test_short_patterns_are_completed_and_long_ones_name_nothing() -> None:
    """The fields that a short pattern lacks are open; a pattern with more than five colons matches no key."""
    assert named(f"arn:aws:kms:us-east-1:{HOME}") == Names(frozenset({"us-east-1"}), frozenset({HOME}))
    assert named("arn:aws:kms:us-east-1") == Names(frozenset({"us-east-1"}))
    assert named("arn:aws:kms") == named("arn") == named("*") == named([]) == Names()
    assert named(f"arn:aws:kms:us-east-1:{HOME}:key/{UUID}:x") == Names()


def test_names_of_all_patterns_come_together() -> None:
    """Several patterns and statements name what each of them does."""
    found = named([f"arn:aws:kms:us-east-1:{HOME}:key/{UUID}", f"arn:aws:kms:eu-west-1:*:key/{MRK}", "arn:aws:sqs:eu-west-2:*:q"])
    assert found == Names(frozenset({"us-east-1", "eu-west-1"}), frozenset({HOME}), frozenset({UUID, MRK}))


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "aws:RequestedRegion", "us-east-1", Names(frozenset({"us-east-1"}))),
        ("ForAnyValue:StringNotEqualsIfExists", "AWS:requestedregion", "us-east-1", Names(frozenset({"us-east-1"}))),
        ("StringEqualsIgnoreCase", "aws:RequestedRegion", "US-East-1", Names(frozenset({"us-east-1"}))),
        ("StringEquals", "aws:RequestedRegion", "US-East-1", Names()),
        ("StringLike", "aws:RequestedRegion", "us-east-1", Names(frozenset({"us-east-1"}))),
        ("StringLike", "aws:RequestedRegion", "us-east-?", Names()),
        ("StringLike", "aws:RequestedRegion", "us-*", Names()),
        ("StringEquals", "aws:RequestedRegion", "us--1", Names()),
        ("StringEquals", "aws:ResourceAccount", HOME, Names(accounts=frozenset({HOME}))),
        ("StringNotLike", "aws:ResourceAccount", HOME, Names(accounts=frozenset({HOME}))),
        ("StringEquals", "aws:ResourceAccount", HOME + "0", Names()),
        ("StringEquals", "aws:PrincipalAccount", HOME, Names()),
        ("NumericEquals", "aws:ResourceAccount", HOME, Names()),
        ("ArnLike", "aws:ResourceAccount", HOME, Names()),
        ("Bool", "aws:ResourceAccount", "${aws:PrincipalAccount}", Names()),
        ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}", Names(caller=True)),
        ("StringNotLike", "aws:ResourceAccount", "${kms:CallerAccount}", Names(caller=True)),
        ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount, 'x'}", Names()),
        ("StringLike", "aws:ResourceAccount", "${aws:PrincipalAccount}*", Names()),
        ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}", Names(caller=True)),
        ("StringEqualsIgnoreCase", "kms:CallerAccount", "${aws:ResourceAccount}", Names(caller=True)),
        ("StringEquals", "kms:CallerAccount", "${aws:ResourceAccount, 'x'}", Names()),
        ("StringEquals", "aws:SourceAccount", "${aws:ResourceAccount}", Names()),
        ("StringEquals", "aws:RequestedRegion", "${aws:RequestedRegion}", Names()),
        ("StringEquals", "aws:RequestedRegion", "${?}", Names()),
    ],
)
def test_conditions_name_as_they_compare(operator: str, key: str, value: str, expected: Names) -> None:
    """A whole value of a String-family condition on a Region or account names the text that it equals."""
    assert named("*", **{operator: {key: value}}) == expected


def test_old_versions_have_no_variables() -> None:
    """In Version 2008 a variable is plain text, so it names nobody, and an account field with one in it matches none."""
    old = "2008-10-17"
    assert named("arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*", old) == Names()
    assert named("*", old, StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}) == Names()
    assert named("*", old, StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"}) == Names()
    assert named(f"arn:aws:kms:us-east-1:{HOME}:key/${{none}}", old) == Names()


def test_other_services_are_put_aside_only_if_they_are_plain() -> None:
    """A pattern is another service's only if its third field says so without wildcard or variable."""
    assert names_other_service("arn:aws:s3:::bucket")
    assert not any(
        map(names_other_service, ["arn:aws:kms:*", "arn:aws:k*:x", "arn:aws:${a:b}:x", "arn:aws", "arn:${a:kms}:s3:x", "*"])
    )
