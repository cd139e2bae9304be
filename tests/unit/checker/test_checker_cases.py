from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.catalogue import SORTS, Sort
from keyaki.checker.cases import Case, Facts, covered, read_case
from keyaki.checker.consistency import is_typed
from keyaki.checker.freshness import Named, is_fresh, named
from keyaki.checker.tokens import matches
from keyaki.errors import EvidenceError
from keyaki.verdict import Scope

NOTHING = Named(frozenset(), frozenset(), frozenset(), caller=False)
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


ANY_KEY = Case(None, None, "none")


def facts(case: Case = ANY_KEY, *, decryption: bool = True, names: Named = NOTHING, epoch: bool = False) -> Facts:
    """The facts of a case."""
    return Facts(case, decryption, "aws", names, frozenset({"aws:tagkeys"}), epoch)


@pytest.mark.parametrize(
    ("scope", "caller", "cases", "enough"),
    [
        (Scope.KEY, False, [(None, None, "none")], True),
        (Scope.KEY, False, [("uuid", None, "none"), ("mrk", None, "none")], True),
        (Scope.KEY, False, [("uuid", None, "none")], False),
        (Scope.KEY, True, [(None, False, "none")], False),
        (Scope.KEY, True, [(None, False, "none"), (None, True, "none")], True),
        (Scope.KEY, False, [("uuid", None, "none"), ("mrk", False, "none")], False),
        (Scope.ACCOUNT, False, [(None, False, "account")], False),
        (Scope.ACCOUNT, True, [(None, False, "account")], True),
        (Scope.ANY, True, [(None, False, "both")], True),
        (Scope.ANY, True, [(None, False, "account")], False),
        (Scope.CONFINED, False, [(None, None, "account")], False),
        (Scope.CONFINED, False, [(None, None, "account"), (None, None, "region")], True),
        (Scope.CONFINED, True, [(None, False, "account"), (None, False, "region")], False),
        (Scope.CONFINED, True, [(None, False, "account"), (None, False, "region"), (None, True, "region")], True),
    ],
)
def test_cases_cover_all_requests(scope: Scope, caller: bool, cases: list[Any], enough: bool) -> None:
    """Both kinds of key, both relations to the caller (unless it is named, and so not fresh), each part that can be fresh."""
    assert covered([Case(*one) for one in cases], scope, caller_named=caller) is enough


@pytest.mark.parametrize("broken", [None, [], {}, {"kind": None, "own": None}, {"kind": 1, "own": None, "part": "none"}])
def test_a_case_is_read_strictly(broken: object) -> None:
    """Every member is there and is one of a few."""
    with pytest.raises(EvidenceError):
        read_case(broken)
    assert read_case({"kind": "mrk", "own": False, "part": "both"}) == Case("mrk", False, "both")


def test_what_is_present() -> None:
    """As section 6 lists it: always, on decryption, never, or as the kind of key decides."""
    assert not facts().may_be_absent("resource")
    assert not facts().may_be_absent("aws:userid")
    assert facts(decryption=False).may_be_absent("kms:encryptionalgorithm")
    assert not facts().may_be_absent("kms:encryptionalgorithm")
    assert not facts().may_be_present("aws:principalservicename")
    for kind, absent, present in ((None, True, True), ("uuid", True, False), ("mrk", False, True)):
        one = facts(Case(kind, None, "none"))
        assert (one.may_be_absent("kms:multiregionkeytype"), one.may_be_present("kms:multiregionkeytype")) == (absent, present)


def test_what_the_case_knows() -> None:
    """Variables without a value, and those whose value is decided."""
    known = facts(Case("uuid", None, "none")).known()
    assert (known["aws:tagkeys"], known["kms:multiregion"], known["kms:multiregionkeytype"]) == (None, "false", None)
    assert known["kms:keyusage"] == "ENCRYPT_DECRYPT"
    assert facts(Case("mrk", None, "none")).known()["kms:multiregion"] == "true"
    assert "kms:keyusage" not in facts(decryption=False).known()


VALUES = {
    "resource": ([KEY], [KEY + "x", "*", KEY.replace("us-east-1", "us--1"), KEY.replace("1111", "x111")]),
    "kms:calleraccount": (["111122223333"], ["11112222333", "x"]),
    "kms:requestalias": (["alias/a-b/c"], ["alias/", "alias/a b", "x"]),
    "aws:principalarn": (["arn:::::", "arn:aws:iam::1:role/a:b"], ["arn:aws", "x:::::"]),
    "aws:multifactorauthage": (["5", "-5.25", "0"], ["05", "5.0", "-0", "1e3", "x"]),
    "aws:currenttime": (["2024-02-29T00:00:00Z"], ["2024", "2023-02-29T00:00:00Z", "2024-01-01T00:00:00.5Z", "0"]),
    "aws:sourceip": (["10.0.0.1", "2001:db8::1"], ["010.0.0.1", "2001:DB8::1", "10.0.0.0/8"]),
    "aws:userid": (["x", " "], [""]),
    "aws:securetransport": (["true", "false"], ["True", ""]),
    "aws:principalisawsservice": (["false"], ["true"]),
    "kms:keyusage": (["ENCRYPT_DECRYPT"], ["SIGN_VERIFY"]),
}


@pytest.mark.parametrize("coordinate", VALUES)
def test_values_of_a_coordinate(coordinate: str) -> None:
    """What is admitted lies in the coordinate's languages; what is badly typed is not admitted."""
    good, bad = VALUES[coordinate]
    holds, fails = facts().languages(coordinate, digits=False)
    for text in good:
        assert facts().admits(coordinate, text)
        assert all(matches(one, text) for one in holds)
        assert not any(matches(one, text) for one in fails)
        assert coordinate == "resource" or is_typed(coordinate, text)
    assert not any(facts().admits(coordinate, text) for text in bad)
    assert {Sort(sort) for sort in SORTS.values()} <= set(Sort)


def test_the_time_in_digits() -> None:
    """Where the policy mentions `aws:EpochTime` the time has five digits at least."""
    first = "1970-01-01T02:46:40Z"
    assert facts(epoch=True).admits("aws:currenttime", first)
    assert not facts(epoch=True).admits("aws:currenttime", "1970-01-01T02:46:39Z")
    assert facts().admits("aws:currenttime", "1970-01-01T02:46:39Z")
    assert facts(epoch=True).admits("aws:tokenissuetime", "0001-01-01T00:00:00Z")
    assert is_typed("aws:epochtime", "10000")
    for text in ("9999", "10000.5", "x", "010000", ""):
        assert not is_typed("aws:epochtime", text)
    assert matches(facts().languages("aws:currenttime", digits=True)[0][0], "10000")
    assert is_typed("kms:multiregionkeytype", "PRIMARY")
    assert not is_typed("aws:userid", 5)


def test_named_parts_are_not_fresh() -> None:
    """A named id never is; a named Region or account is not where the case takes that part to be fresh."""
    _, _, _, region, account, key = KEY.split(":")
    names = Named(frozenset({region}), frozenset({account}), frozenset({"mrk-" + "0" * 32}), caller=True)
    admitted = {
        part: facts(Case(None, None, part), names=names).admits("resource", KEY) for part in ("none", "region", "account", "both")
    }
    assert admitted == {"none": True, "region": False, "account": False, "both": False}
    assert not facts(names=names).admits("resource", KEY.replace(key, "key/mrk-" + "0" * 32))
    assert not facts(Case("mrk", None, "none")).admits("resource", KEY)
    other = KEY.replace(account, "444455556666")
    fresh = {
        scope: (
            is_fresh(KEY, None, scope, names),
            is_fresh(other, None, scope, names),
            is_fresh(other, "444455556666", scope, names),
        )
        for scope in Scope
    }
    assert fresh == {
        Scope.CONFINED: (False, True, False),
        Scope.ACCOUNT: (False, True, False),
        Scope.ANY: (False, False, False),
        Scope.KEY: (True, True, True),
    }


TEXT = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NAMING = [
    ({"Resource": TEXT}, ("us-east-1", "111122223333", "1234abcd-12ab-34cd-56ef-1234567890ab", False)),
    ({"NotResource": "arn:aws:kms:us-east-1"}, ("us-east-1", None, None, False)),
    ({"Resource": "arn:aws:sqs:us-east-1:111122223333:*"}, (None, None, None, False)),
    ({"Resource": "arn:aws:kms:us-*:1111*:key/1*"}, (None, None, None, False)),
    ({"Resource": "arn:aws:kms:us-east-1:x:*"}, (None, None, None, False)),
    ({"Resource": "arn:aws:kms:us-east-1:*:alias/x"}, (None, None, None, False)),
    ({"Resource": "arn:aws:kms:us-east-1:*:key/?*${aws:username,''}"}, ("us-east-1", None, None, False)),
    ({"Resource": "arn:aws:kms:us-east-1:*:${aws:TagKeys}"}, (None, None, None, False)),
    ({"Resource": "arn:aws:kms:us-east-1:*:${aws:TagKeys,'key/*'}"}, ("us-east-1", None, None, False)),
    ({"Resource": "arn:aws:kms:us-east-1:${AWS::AccountId}:key/*"}, (None, None, None, False)),
    ({"Resource": "arn:aws:kms:*:${aws:PrincipalAccount}:key/*"}, (None, None, None, True)),
    ({"Resource": "arn:aws:kms:us-east-1:111122223333:key/*:x"}, (None, None, None, False)),
    ({"Condition": {"StringNotLike": {"aws:RequestedRegion": ["us-east-1", "us-*"]}}}, ("us-east-1", None, None, False)),
    ({"Condition": {"StringEqualsIgnoreCase": {"aws:RequestedRegion": "US-EAST-1"}}}, ("us-east-1", None, None, False)),
    ({"Condition": {"StringEquals": {"aws:RequestedRegion": "US-EAST-1"}}}, (None, None, None, False)),
    ({"Condition": {"StringEquals": {"aws:ResourceAccount": ["111122223333", "1"]}}}, (None, "111122223333", None, False)),
    ({"Condition": {"NumericEquals": {"aws:ResourceAccount": "111122223333"}}}, (None, None, None, False)),
    ({"Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}, (None, None, None, True)),
    ({"Condition": {"StringNotEquals": {"kms:CallerAccount": "${aws:ResourceAccount}"}}}, (None, None, None, True)),
    ({"Condition": {"StringEquals": {"kms:CallerAccount": "${aws:ResourceAccount,'x'}"}}}, (None, None, None, False)),
]
"""A statement, and the Region, account, id and caller's account that it names."""


@pytest.mark.parametrize(("part", "expected"), NAMING)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_a_policy_names(part: dict[str, Any], expected: Any, effect: str) -> None:
    """Whole fields of patterns that can match a key, and whole values of String conditions, in any statement."""
    statement = {"Effect": effect, "Action": "kms:*", **({} if "NotResource" in part else {"Resource": "*"}), **part}
    found = named(keyaki.policy_from({"Version": "2012-10-17", "Statement": statement}), "aws")
    region, account, key, caller = expected
    assert found == Named(*(frozenset({one} - {None}) for one in (region, account, key)), caller)
