from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.catalogue import MULTI_VALUED
from keyaki.policy import Quantifier
from keyaki.symbolic.atom import Atom, Tied, is_true, under
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.keyarn import KeyKind
from keyaki.symbolic.lift import CALLER_KEY
from keyaki.symbolic.names import Names, names_of
from keyaki.symbolic.specialise import specialised, tells_kinds, tells_own
from keyaki.symbolic.theory import Case, Part, Theory
from keyaki.verdict import Scope

ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def encoded(effect: str = "Allow", version: str = "2012-10-17", partition: str = "aws", **parts: Any) -> Region | None:
    """The region of a statement."""
    statement = {"Effect": effect, "Action": "kms:*", **({"Resource": "*"} if "NotResource" not in parts else {}), **parts}
    policy = keyaki.policy_from({"Version": version, "Statement": statement})
    return Encoder(policy, partition).region(policy.statements[0])


def atom(effect: str = "Allow", **condition: Any) -> Atom:
    """The one atom of a statement with one condition."""
    region = encoded(effect, Condition=condition)
    assert region is not None
    (only,) = region.atoms
    return only


@pytest.mark.parametrize(
    ("effect", "parts"),
    [
        ("Allow", {"Resource": []}),
        ("Deny", {"Resource": []}),
        ("Deny", {"NotResource": []}),
        ("Allow", {"Resource": "arn:aws:s3:::*"}),
        ("Allow", {"Resource": "arn:aws-cn:kms:*:*:key/*"}),
        ("Allow", {"Resource": "arn:aws:kms:*:*:key/*:x"}),
        ("Allow", {"Resource": "arn:aws:kms:*:*:key/${none}"}),
        ("Allow", {"NotResource": "*"}),
        ("Deny", {"NotResource": ["*", "arn:aws:kms:*:*:key/a"]}),
        ("Deny", {"NotResource": "arn:aws:kms:*:*:key/${none}"}),
        ("Deny", {"NotResource": "arn:aws:kms:*:*:key/${aws:TagKeys}"}),
        ("Deny", {"Condition": {"StringNotEquals": {"aws:PrincipalTag/t": []}}}),
        ("Deny", {"Condition": {"NumericNotEquals": {"aws:PrincipalTag/t": ["x"]}}}),
        ("Allow", {"Condition": {"Null": {"aws:PrincipalTag/t": []}}}),
        ("Allow", {"Condition": {"ForAnyValue:Null": {"aws:PrincipalTag/t": "true"}}}),
        ("Allow", {"Condition": {"Null": {"aws:ResourceAccount": "true"}}}),
    ],
)
def test_statements_that_apply_to_no_key_have_no_region(effect: str, parts: dict[str, Any]) -> None:
    """A statement that holds of no request on a key is no region, so that nobody looks at it again."""
    assert encoded(effect, **parts) is None


@pytest.mark.parametrize(
    ("effect", "parts"),
    [
        ("Allow", {}),
        ("Allow", {"NotResource": []}),
        ("Allow", {"NotResource": "arn:aws:s3:::*"}),
        ("Deny", {"NotResource": "arn:aws:s3:::*"}),
        ("Allow", {"Resource": ["arn:aws:s3:::*", "*"]}),
        ("Allow", {"NotResource": "arn:aws:kms:*:*:key/${none}"}),
        ("Allow", {"Condition": {"ForAllValues:Null": {"aws:PrincipalTag/t": "true"}}}),
        ("Allow", {"Condition": {"Null": {"aws:PrincipalTag/t": ["true", "false"]}}}),
        ("Allow", {"Condition": {"Null": {"aws:RequestedRegion": "false"}}}),
    ],
)
def test_statements_that_apply_to_every_key_have_no_atoms(effect: str, parts: dict[str, Any]) -> None:
    """A statement that holds of every request on a key asks nothing."""
    region = encoded(effect, **parts)
    assert region is not None
    assert region.atoms == ()


def test_a_deny_with_variables_in_not_resource_needs_their_values() -> None:
    """Each variable without default must have a value, asked for once, under the first name; those of the ARN have one."""
    region = encoded(
        "Deny",
        NotResource=[
            "arn:aws:kms:${aws:RequestedRegion}:*:key/${aws:PrincipalTag/t}",
            "arn:aws:kms:*:*:key/${aws:principaltag/T}x${aws:PrincipalTag/u, 'd'}${aws:PrincipalAccount}",
        ],
    )
    assert region is not None
    *held, resource = region.atoms
    assert [(one.coordinate, one.absent, one.present, one.place) for one in held] == [
        (key, False, True, (0, f"has {key}")) for key in ("aws:principaltag/t", CALLER_KEY)
    ]
    assert (resource.coordinate, resource.inverted, resource.place) == ("resource", True, (0, "resource"))


@pytest.mark.parametrize("deny", [False, True])
def test_a_list_without_set_prefix_is_true_on_an_allow_only(deny: bool) -> None:
    """An operator without set prefix on a multi-valued key is constant where the key is present."""
    found = atom("Deny" if deny else "Allow", StringEquals={"aws:TagKeys": "a"})
    assert (found.absent, found.present) == (False, not deny)
    assert is_true(atom("Deny" if deny else "Allow", StringNotEquals={"aws:TagKeys": "a"}), None)


def test_set_prefixes_are_kept_on_lists_alone() -> None:
    """A single value is a list of one, so the prefix is left out; absence keeps its meaning."""
    single, several = (atom(**{"ForAllValues:StringEquals": {key: "a"}}) for key in ("aws:PrincipalTag/t", "aws:TagKeys"))
    assert (single.quantifier, single.absent) == (None, True)
    assert (several.quantifier, several.absent) == (Quantifier.FOR_ALL_VALUES, True)
    assert is_true(several, ("a", "a"))
    assert not is_true(several, ("a", "b"))
    some = atom(**{"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}})
    assert is_true(some, ("a", "b"))
    assert not is_true(some, ("a",))
    assert not is_true(some, None)


def test_names_of_one_value_are_one_coordinate() -> None:
    """Conditions on two names of a value are atoms of one coordinate; the digits of the time are told apart."""
    assert atom(StringEquals={"aws:PrincipalAccount": "1"}).coordinate == CALLER_KEY
    assert atom(StringEquals={"kms:CustomerMasterKeySpec": "1"}).coordinate == "kms:keyspec"
    epoch, current = atom(StringEquals={"aws:EpochTime": "1704067200"}), atom(StringEquals={"aws:CurrentTime": "1704067200"})
    assert (epoch.coordinate, epoch.epoch) == (current.coordinate, not current.epoch) == ("aws:currenttime", True)
    assert is_true(epoch, "2024-01-01T00:00:00Z")
    assert not is_true(current, "2024-01-01T00:00:00Z")


def test_what_the_arn_decides_is_asked_of_the_resource() -> None:
    """Conditions on the Region and the account are atoms of the resource, whose other fields do not matter."""
    found = atom(StringNotLike={"aws:RequestedRegion": "us-*"})
    assert (found.coordinate, is_true(found, ARN), is_true(found, ARN.replace("us-east-1", "eu-west-1"))) == (
        "resource",
        False,
        True,
    )
    found = atom(NumericLessThan={"aws:ResourceAccount": "111122223334"})
    assert (found.coordinate, is_true(found, ARN), is_true(found, ARN.replace("2222", "9999"))) == ("resource", True, False)


@pytest.mark.parametrize("text", ["arn:aws:kms:${aws:RequestedRegion}:*:*", "arn:aws:kms:*:*${aws:ResourceAccount}*:*"])
def test_a_field_that_is_its_own_variable_is_open(text: str) -> None:
    """A field of the ARN that is its own value, with runs beside it, matches whatever it is."""
    region = encoded(Resource=text)
    assert region is not None
    assert is_true(region.atoms[0], ARN)


@pytest.mark.parametrize(
    ("text", "value"), [("arn:${k:x}:kms:*:*:key/*", "aws"), ("${k:x}:aws:kms:*:*:key/*", "arn"), ("arn:aws:${k:x}s:*:*:*", "km")]
)
def test_variables_may_stand_before_the_region(text: str, value: str) -> None:
    """A variable in the first fields is open until its value is known, and then that value."""
    region = encoded(Resource=text)
    assert region is not None
    (only,) = region.atoms
    assert isinstance(only.present, Tied)
    assert is_true(under(only, {"k:x": value}), ARN)
    assert not is_true(under(only, {"k:x": value + "x"}), ARN)


def test_short_patterns_are_flat_globs_only_where_that_allows_more() -> None:
    """`arn:aws:kms:*:key/*` matches a key over its colons on an Allow, and on a Deny's NotResource, and nowhere else."""
    short = "arn:aws:kms:*:key/*"
    for effect, name, expected in (
        ("Allow", "Resource", True),
        ("Deny", "Resource", False),
        ("Allow", "NotResource", True),
        ("Deny", "NotResource", False),
    ):
        region = encoded(effect, **{name: short})
        assert region is not None
        assert is_true(region.atoms[0], ARN) == expected


def test_cases_decide_whether_the_accounts_are_one() -> None:
    """Where the caller's account is the key's, its conditions are asked of the ARN; where not, the twin matches nothing."""
    region = encoded(
        Resource="arn:aws:kms:*:${aws:PrincipalAccount}:key/*", Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}}
    )
    assert region is not None
    assert tells_own(region)
    assert not tells_kinds(region)
    own, other = (specialised(region, Case(None, flag, Part.NONE), {}, "aws") for flag in (True, False))
    assert [one.coordinate for one in own.atoms] == ["resource", "resource"]
    assert all(is_true(one, ARN) for one in own.atoms)
    assert not is_true(own.atoms[1], ARN.replace("2222", "9999"))
    assert [one.coordinate for one in other.atoms] == ["resource", CALLER_KEY]
    assert not is_true(other.atoms[0], ARN)
    undecided = specialised(region, Case(None, None, Part.NONE), {}, "aws")
    assert isinstance(undecided.atoms[0].present, Tied)


def test_a_time_in_digits_stays_one_when_its_variables_are_known() -> None:
    """A tie of aws:EpochTime reads digits, before and after its variable is known."""
    region = encoded(Condition={"StringLike": {"aws:EpochTime": "${aws:PrincipalTag/t}"}})
    assert region is not None
    for own in (None, True):
        found = specialised(region, Case(None, own, Part.NONE), {"aws:principaltag/t": "1704067200"}, "aws").atoms[0]
        assert is_true(found, "2024-01-01T00:00:00Z")
        assert not is_true(found, "2024-01-01T00:00:01Z")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"Condition": {"Bool": {"kms:MultiRegion": "true"}}}, True),
        ({"Condition": {"Null": {"kms:MultiRegionKeyType": "true"}}}, True),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/t": "${kms:MultiRegionKeyType}"}}}, True),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/t": "${aws:PrincipalTag/u}"}}}, False),
        ({"Resource": "arn:aws:kms:*:*:key/mrk-*"}, False),
    ],
)
def test_kinds_are_told_apart_by_what_they_decide(parts: dict[str, Any], expected: bool) -> None:
    """A region tells kinds apart iff it reads kms:MultiRegion or the key type, in a condition or a variable."""
    region = encoded(**parts)
    assert region is not None
    assert tells_kinds(region) == expected


def theory(*resources: str, action: str = "kms:Decrypt", epoch: bool = False) -> Theory:
    """The theory of requests beside a Deny of some resources."""
    statement = {"Effect": "Deny", "Action": "kms:*", "Resource": list(resources)}
    names = names_of(keyaki.policy_from({"Version": "2012-10-17", "Statement": statement}), "aws")
    return Theory(action, "aws", names, MULTI_VALUED, epoch)


def test_cases_are_as_few_as_the_policy_can_tell() -> None:
    """There is one case for each part that makes a key fresh, twice where accounts or kinds are told apart, and none twice."""
    plain = theory()
    for scope, parts in ((Scope.CONFINED, 2), (Scope.ACCOUNT, 1), (Scope.ANY, 1), (Scope.KEY, 1)):
        for kinds in (False, True):
            for own in (False, True):
                cases = list(plain.cases(scope, kinds, own))
                assert len(cases) == len(set(cases)) == parts * (1 + kinds) * (1 + own)
    caller = theory("arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*")
    own = [case for case in caller.cases(Scope.CONFINED, tells_kinds=False, tells_own=False) if case.own]
    assert own == [Case(None, True, Part.REGION)]
    assert not any(case.own for case in caller.cases(Scope.ANY, tells_kinds=False, tells_own=False))


def test_the_plainest_case_asks_for_no_more_than_is_named() -> None:
    """A part is dropped from a case iff the policy names nothing there."""
    expected = {
        (): {"region": "none", "account": "none", "both": "none", "none": "none"},
        ("arn:aws:kms:us-east-1:*:*",): {"region": "region", "account": "none", "both": "region", "none": "none"},
        ("arn:aws:kms:*:111122223333:*",): {"region": "none", "account": "account", "both": "account", "none": "none"},
        ("arn:aws:kms:us-east-1:111122223333:*",): {"region": "region", "account": "account", "both": "both", "none": "none"},
    }
    for resources, parts in expected.items():
        for part, plainest in parts.items():
            case = Case(KeyKind.MRK, True, part)
            assert theory(*resources).plainest(case) == Case(KeyKind.MRK, True, plainest)


def test_a_case_knows_what_it_decides() -> None:
    """What a case decides of variables depends on the action and the kind of key."""
    found = theory().known(Case(KeyKind.UUID, None, Part.NONE))
    assert found["kms:multiregion"] == "false"
    assert found["kms:multiregionkeytype"] is None
    assert found["kms:keyusage"] == "ENCRYPT_DECRYPT"
    assert found["aws:principalisawsservice"] == "false"
    assert found["aws:tagkeys"] is None
    assert found["aws:principalservicename"] is None
    found = theory(action="kms:Encrypt").known(Case(KeyKind.MRK, None, Part.NONE))
    assert found["kms:multiregion"] == "true"
    assert not found.keys() & {"kms:multiregionkeytype", "kms:keyusage"}
    assert "kms:multiregion" not in theory().known(Case(None, None, Part.NONE))


def test_facts_depend_on_action_kind_and_time() -> None:
    """What is known of a coordinate is that of the action and the case, and is worked out once."""
    decrypt, encrypt = theory(), theory(action="kms:Encrypt")
    none, uuid, mrk = (Case(kind, None, Part.NONE) for kind in (None, *KeyKind))
    assert decrypt.facts("kms:encryptionalgorithm", none).may_be_absent is False
    assert encrypt.facts("kms:encryptionalgorithm", none).may_be_absent is True
    assert decrypt.facts("kms:keyusage", none).universe.words == ("ENCRYPT_DECRYPT",)
    assert encrypt.facts("kms:keyusage", none).universe.words is None
    assert [decrypt.facts("kms:multiregion", case).universe.words for case in (none, uuid, mrk)] == [
        ("true", "false"),
        ("false",),
        ("true",),
    ]
    kinds = [decrypt.facts("kms:multiregionkeytype", case) for case in (uuid, mrk)]
    assert [(fact.may_be_absent, fact.may_be_present) for fact in kinds] == [(True, False), (False, True)]
    assert decrypt.facts("aws:tagkeys", none).is_list
    assert not decrypt.facts("aws:principaltag/t", none).is_list
    assert decrypt.facts("aws:currenttime", none) is decrypt.facts("aws:currenttime", none)
    early = "1970-01-01T00:00:00Z"
    assert decrypt.facts("aws:currenttime", none).universe.admits(early)
    assert not theory(epoch=True).facts("aws:currenttime", none).universe.admits(early)
    assert Names() == theory().names
