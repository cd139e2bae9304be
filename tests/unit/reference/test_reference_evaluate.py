"""The evaluator: the table of truth row by row, the lists and variables of statements, and malformed requests."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from keyaki.errors import QuestionError, ResourcePolicyError
from keyaki.policy import Decision, Policy, Request
from keyaki.reference.evaluate import Context, allows, entry_holds
from keyaki.syntax.lower import policy_from

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALLOW, DENIED, NOTHING = Decision.ALLOW, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    """A policy of statements that cover everything unless they say otherwise."""
    completed = []
    for statement in statements:
        whole = {"Effect": "Allow", **statement}
        if "NotAction" not in whole:
            whole.setdefault("Action", "*")
        if "NotResource" not in whole:
            whole.setdefault("Resource", "*")
        completed.append(whole)
    return policy_from({"Version": version, "Statement": completed})


def decide(subject: Policy, context: dict[str, Any] | None = None, resource: str = KEY, action: str = "kms:Decrypt") -> Decision:
    """The decision on one request."""
    return allows(subject, Request(action, resource, context or {}))


def holds(effect: str, operator: str, key: str, values: Any, context: dict[str, Any]) -> bool:
    """Whether one condition entry holds, seen in the decision of a policy that depends on nothing else."""
    subject = policy({}, {"Effect": effect, "Condition": {operator: {key: values}}})
    entry = subject.statements[1].conditions[0]
    held = entry_holds(entry, subject.statements[1].effect, Context(subject, Request("kms:Decrypt", KEY, context)))
    if effect == "Deny":
        assert (decide(subject, context) is DENIED) is held
    else:
        alone = policy({"Condition": {operator: {key: values}}})
        assert (decide(alone, context) is ALLOW) is held
    return held


ABSENT: dict[str, Any] = {}
ONE, MANY = "aws:PrincipalTag/t", "aws:TagKeys"  # a single-valued key and a multi-valued one

# Of each form: what it says of an absent key, of a single value that meets, of one that does not; of the lists empty, all
# meet, some meet, none meets. The policy's values are a and b.
SINGLE = [
    ("StringEquals", False, True, False),
    ("StringNotEquals", True, False, True),
    ("StringEqualsIfExists", True, True, False),
    ("StringNotEqualsIfExists", True, False, True),
]
LISTS = [
    # form, absent, empty, all, some, none
    ("ForAllValues:StringEquals", True, True, True, False, False),
    ("ForAllValues:StringNotEquals", True, True, False, False, True),
    ("ForAnyValue:StringEquals", False, False, True, True, False),
    ("ForAnyValue:StringNotEquals", False, False, False, True, True),
]


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize(("form", "absent", "met", "unmet"), SINGLE)
def test_truth_of_a_single_value(effect: str, form: str, absent: bool, met: bool, unmet: bool) -> None:
    """Without a set prefix: the absent row of the form, and of a value whether it meets; an empty list is an absent key."""
    values = ["a", "b"]
    assert holds(effect, form, ONE, values, ABSENT) is absent
    assert holds(effect, form, ONE, values, {ONE: []}) is absent
    for value in ("a", "b"):
        assert holds(effect, form, ONE, values, {ONE: value}) is met
        assert holds(effect, form, ONE, values, {ONE: [value]}) is met
    assert holds(effect, form, ONE, values, {ONE: "c"}) is unmet


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("suffix", ["", "IfExists"])
@pytest.mark.parametrize(("form", "absent", "empty", "every", "some", "none"), LISTS)
def test_truth_of_a_list(
    effect: str, suffix: str, form: str, absent: bool, empty: bool, every: bool, some: bool, none: bool
) -> None:
    """Under a set prefix: the rows of the form, the same with IfExists; a single value is a list of one."""
    values = ["a", "b"]
    for key in (MANY, "ec2:AnyKey"):
        assert holds(effect, form + suffix, key, values, ABSENT) is absent
        assert holds(effect, form + suffix, key, values, {key: []}) is empty
        assert holds(effect, form + suffix, key, values, {key: ["a", "b", "a"]}) is every
        assert holds(effect, form + suffix, key, values, {key: ["a", "c"]}) is some
        assert holds(effect, form + suffix, key, values, {key: ["c", "d"]}) is none
    for key in (MANY, ONE):
        assert holds(effect, form + suffix, key, values, {key: "a"}) is every
        assert holds(effect, form + suffix, key, values, {key: "c"}) is none


@pytest.mark.parametrize(
    ("values", "absent", "present"),
    [
        ("true", True, False),
        ("false", False, True),
        ("TRUE", True, False),
        (["true", "false"], True, True),
        ([], False, False),
        (["yes"], False, False),
        (["yes", "false"], False, True),
        (["${aws:x}"], False, False),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("key", [ONE, MANY])
def test_null(effect: str, key: str, values: Any, absent: bool, present: bool) -> None:
    """``true`` holds of an absent key, ``false`` of a present one; other values are nothing; also of a multi-valued key."""
    assert holds(effect, "Null", key, values, ABSENT) is absent
    assert holds(effect, "Null", key, values, {key: []}) is absent
    assert holds(effect, "Null", key, values, {key: ["v"]}) is present
    assert holds(effect, "ForAllValues:Null", key, values, ABSENT) is True
    assert holds(effect, "ForAllValues:Null", key, values, {key: ["v"]}) is True
    assert holds(effect, "ForAnyValue:Null", key, values, ABSENT) is False
    assert holds(effect, "ForAnyValue:Null", key, values, {key: ["v"]}) is False


@pytest.mark.parametrize("values", [[], ["ten"], ["ten", "eleven"]])
def test_when_no_valid_value_is_left(values: list[str]) -> None:
    """No value of the key meets anything and the table applies unchanged, but a negated form on a Deny is false throughout."""
    for value, form, suffix in itertools.product(
        ["5", "ten"], ["Numeric{}Equals", "ForAnyValue:Numeric{}Equals"], ["", "IfExists"]
    ):
        positive, negated = form.format("") + suffix, form.format("Not") + suffix
        present, set_prefix = {ONE: value}, form.startswith("For")
        for effect in ("Allow", "Deny"):
            assert holds(effect, positive, ONE, values, present) is False
            assert holds(effect, positive, ONE, values, ABSENT) is (suffix == "IfExists" and not set_prefix)
        assert holds("Allow", negated, ONE, values, present) is True
        assert holds("Allow", negated, ONE, values, ABSENT) is not set_prefix
        assert holds("Deny", negated, ONE, values, present) is False
        assert holds("Deny", negated, ONE, values, ABSENT) is False
    assert holds("Allow", "ForAllValues:NumericNotEquals", ONE, values, ABSENT) is True
    assert holds("Deny", "ForAllValues:NumericNotEquals", ONE, values, ABSENT) is False


def test_one_valid_value_is_enough() -> None:
    """A value that is not valid is dropped from the list and changes nothing else, on a Deny neither."""
    for effect in ("Allow", "Deny"):
        assert holds(effect, "NumericEquals", ONE, ["ten", "5"], {ONE: "5.0"}) is True
        assert holds(effect, "NumericNotEquals", ONE, ["ten", "5"], {ONE: "5.0"}) is False
        assert holds(effect, "NumericNotEquals", ONE, ["ten", "5"], {ONE: "6"}) is True
        assert holds(effect, "NumericNotEquals", ONE, ["ten", "5"], {ONE: "ten"}) is True
        assert holds(effect, "NumericNotEquals", ONE, ["ten", "5"], ABSENT) is True


def test_a_value_without_its_variable_is_still_a_value() -> None:
    """A value whose variable has no value meets nothing but is not invalid: the negated form stays true, on a Deny too."""
    for effect, value in itertools.product(("Allow", "Deny"), ("${aws:none}", "${AWS::Region}")):
        assert holds(effect, "StringEquals", ONE, value, {ONE: "x"}) is False
        assert holds(effect, "StringNotEquals", ONE, value, {ONE: "x"}) is True
        assert holds(effect, "StringNotLike", ONE, value, ABSENT) is True
        assert holds(effect, "StringEquals", ONE, [value, "x"], {ONE: "x"}) is True


def test_negation_is_of_all_values_together() -> None:
    """A negated operator with several values holds iff none of them is met."""
    for value, held in (("a", False), ("b", False), ("c", True)):
        assert holds("Allow", "StringNotEquals", ONE, ["a", "b"], {ONE: value}) is held
        assert holds("Allow", "StringNotLike", ONE, ["a*", "*b"], {ONE: value}) is held


@pytest.mark.parametrize(
    "form", ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "NumericLessThan", "Bool", "IpAddress"]
)
@pytest.mark.parametrize("values", ["a", "1", []])
def test_a_multi_valued_key_without_set_prefix(form: str, values: Any) -> None:
    """Present, it is true on an Allow and false on a Deny, whatever the values; absent, the table applies."""
    for key in (MANY, "kms:ResourceAliases"):
        for value in ("a", ["a"], ["b", "c"]):
            assert holds("Allow", form, key, values, {key: value}) is True
            assert holds("Deny", form, key, values, {key: value}) is False
        absent = "Not" in form or form.endswith("IfExists")
        assert holds("Allow", form, key, values, ABSENT) is absent
        assert holds("Deny", form, key, values, ABSENT) is (absent and (values != [] or "Not" not in form))


def test_a_set_prefix_anywhere_makes_other_services_keys_multi_valued() -> None:
    """A key outside ``aws:`` and ``kms:`` is multi-valued iff some condition of the policy, whatever its spelling, says so."""
    plain = {"Effect": "Deny", "Condition": {"StringEquals": {"ec2:Tag": "a", "aws:Tag": "a"}}}
    prefixed = {"Action": "ec2:X", "Condition": {"ForAnyValue:StringEquals": {"EC2:tag": "z", "AWS:tag": "z"}}}
    context = {"ec2:Tag": "a", "aws:Tag": "a"}
    assert decide(policy({}, plain), context) is DENIED
    assert decide(policy({}, plain, prefixed), context) is ALLOW
    only_aws = {"Effect": "Deny", "Condition": {"StringEquals": {"aws:Tag": "a"}}}
    assert decide(policy({}, only_aws, prefixed), context) is DENIED


def test_a_longer_list_makes_a_key_multi_valued_in_that_request() -> None:
    """Several values of a single-valued key: true on an Allow, false on a Deny, and no value as a variable."""
    several = {ONE: ["a", "b"]}
    for form in ("StringEquals", "StringNotEquals"):
        assert holds("Allow", form, ONE, "a", several) is True
        assert holds("Deny", form, ONE, "a", several) is False
    assert holds("Deny", "ForAnyValue:StringEquals", ONE, "a", several) is True
    subject = policy({"Resource": f"arn:aws:kms:*:*:${{{ONE}}}"})
    assert decide(subject, {ONE: ["key/x"]}, "arn:aws:kms:r:1:key/x") is ALLOW
    assert decide(subject, {ONE: ["key/x", "key/x"]}, "arn:aws:kms:r:1:key/x") is NOTHING


def test_a_multi_valued_key_has_no_value_as_a_variable() -> None:
    """Its default applies, though the list has one value."""
    for key in (MANY, "aws:principalorgpaths"):
        context = {key: ["x"]}
        assert decide(policy({"Resource": f"*${{{key}}}"}), context, "arn:aws:kms:r:1:key/x") is NOTHING
        assert decide(policy({"Resource": f"*${{{key}, 'd'}}"}), context, "arn:aws:kms:r:1:key/d") is ALLOW
        assert decide(policy({"Resource": f"*${{{key}, 'd'}}"}), context, "arn:aws:kms:r:1:key/x") is NOTHING


def test_deny_wins_in_any_order() -> None:
    """A Deny that applies decides, wherever it stands; without an Allow that applies nothing is allowed."""
    allow, deny = {}, {"Effect": "Deny"}
    missed = {"Effect": "Deny", "Action": "s3:*"}
    for order in itertools.permutations([allow, deny, missed]):
        assert decide(policy(*order)) is DENIED
    assert decide(policy(allow, missed)) is ALLOW
    assert decide(policy(missed)) is NOTHING
    assert decide(policy({"Action": "s3:*"})) is NOTHING
    assert decide(policy_from({"Version": "2012-10-17", "Statement": []})) is NOTHING


def test_every_part_of_a_statement_must_hold() -> None:
    """Action, resource and all conditions: one that fails is enough for the statement not to apply."""
    parts = {
        "Action": ("kms:*", "s3:*"),
        "Resource": ("arn:aws:kms:*:*:key/*", "arn:aws:s3:::*"),
        "Condition": (
            {"StringEquals": {"aws:a": "1", "aws:b": "2"}, "Bool": {"aws:c": "true"}},
            {"StringEquals": {"aws:a": "1", "aws:b": "3"}, "Bool": {"aws:c": "true"}},
        ),
    }
    context = {"aws:a": "1", "AWS:B": "2", "aws:C": "True"}
    for choice in itertools.product((0, 1), repeat=3):
        statement = {name: values[index] for (name, values), index in zip(parts.items(), choice, strict=True)}
        assert decide(policy(statement), context) is (NOTHING if any(choice) else ALLOW)


def test_not_action_and_not_resource_are_complements() -> None:
    """NotAction and NotResource cover exactly what none of their values matches."""
    for values in (["kms:Decrypt"], ["s3:*", "KMS:d*"], ["s3:*"]):
        opposite = {ALLOW: NOTHING, NOTHING: ALLOW}
        assert decide(policy({"NotAction": values})) is opposite[decide(policy({"Action": values}))]
    for values in ([KEY], ["arn:aws:s3:::*", "arn:aws:kms:*:*:*"], ["arn:aws:s3:::*"]):
        opposite = {ALLOW: NOTHING, NOTHING: ALLOW}
        assert decide(policy({"NotResource": values})) is opposite[decide(policy({"Resource": values}))]


@pytest.mark.parametrize("name", ["Action", "NotAction", "Resource", "NotResource"])
def test_empty_lists(name: str) -> None:
    """An empty list takes the effect away, but an empty Not list on an Allow excludes nothing."""
    assert decide(policy({name: []})) is (ALLOW if name.startswith("Not") else NOTHING)
    assert decide(policy({}, {"Effect": "Deny", name: []})) is ALLOW


def test_short_arns_by_effect_and_polarity() -> None:
    """``arn:aws:kms:*:key/*`` matches a key as a flat glob only: in Allow Resource and Deny NotResource, nowhere else."""
    flat, key = "arn:aws:kms:*:key/*", KEY
    assert decide(policy({"Resource": flat})) is ALLOW
    assert decide(policy({"NotResource": flat})) is ALLOW
    assert decide(policy({}, {"Effect": "Deny", "Resource": flat})) is ALLOW
    assert decide(policy({}, {"Effect": "Deny", "NotResource": flat})) is ALLOW
    completed = "arn:aws:kms"
    assert decide(policy({"Resource": completed}), resource=key) is ALLOW
    assert decide(policy({"NotResource": completed}), resource=key) is NOTHING
    assert decide(policy({}, {"Effect": "Deny", "Resource": completed})) is DENIED
    assert decide(policy({}, {"Effect": "Deny", "NotResource": completed})) is ALLOW
    other = "arn:aws:kms:us-west-2"
    assert decide(policy({}, {"Effect": "Deny", "NotResource": other})) is DENIED


def test_short_arn_values_by_effect_and_polarity() -> None:
    """A short value of an Arn operator counts where a match lets more through, and matches nothing elsewhere."""
    context = {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}
    for value in ("*", "arn:aws:iam"):
        assert holds("Allow", "ArnLike", "aws:PrincipalArn", value, context) is True
        assert holds("Allow", "ArnNotLike", "aws:PrincipalArn", value, context) is True
        assert holds("Deny", "ArnLike", "aws:PrincipalArn", value, context) is False
        assert holds("Deny", "ArnNotLike", "aws:PrincipalArn", value, context) is False
        assert holds("Deny", "ForAllValues:ArnNotEquals", "aws:PrincipalArn", value, context) is False
        assert holds("Allow", "ForAnyValue:ArnEquals", "aws:PrincipalArn", value, context) is True


def test_entries_without_a_value() -> None:
    """Without value and default a Resource entry matches nothing, a NotResource entry excludes nothing; a Deny does not apply."""
    for entry in ("arn:aws:kms:*:*:key/${aws:none}", "*${AWS::Region}*"):
        assert decide(policy({"Resource": [entry]})) is NOTHING
        assert decide(policy({"Resource": [entry, "*"]})) is ALLOW
        assert decide(policy({"NotResource": [entry]})) is ALLOW
        assert decide(policy({"NotResource": [entry, "*"]})) is NOTHING
        assert decide(policy({}, {"Effect": "Deny", "Resource": [entry]})) is ALLOW
        assert decide(policy({}, {"Effect": "Deny", "Resource": [entry, "*"]})) is DENIED
        assert decide(policy({}, {"Effect": "Deny", "NotResource": [entry]})) is ALLOW
        assert decide(policy({}, {"Effect": "Deny", "NotResource": [entry, "arn:aws:s3:::*"]})) is ALLOW
        assert decide(policy({}, {"Effect": "Deny", "NotResource": ["arn:aws:s3:::*"]})) is DENIED


def test_variables_are_live_under_the_new_version_only() -> None:
    """Under 2008-10-17, and in every version in actions, ``${...}`` is plain text."""
    context = {"aws:username": "ann", "aws:t": "${aws:username}"}
    live = {"Condition": {"StringEquals": {"aws:t": "${aws:username}"}}}
    assert decide(policy(live), context) is NOTHING
    assert decide(policy(live, version="2008-10-17"), context) is ALLOW
    assert decide(policy(live), {**context, "aws:t": "ann"}) is ALLOW
    action = {"Action": "kms:${aws:username}"}
    assert decide(policy(action), {"aws:username": "Decrypt"}) is NOTHING


def test_one_value_serves_every_use_in_a_request() -> None:
    """The same variable in a resource and in a condition stands for the same value."""
    subject = policy({"Resource": "arn:aws:kms:*:*:key/${aws:x}", "Condition": {"StringEquals": {"aws:y": "${AWS:X}"}}})
    assert decide(subject, {"aws:x": "k", "aws:y": "k"}, "arn:aws:kms:r:1:key/k") is ALLOW
    assert decide(subject, {"aws:x": "k", "aws:y": "l"}, "arn:aws:kms:r:1:key/k") is NOTHING
    assert decide(subject, {"aws:x": "l", "aws:y": "l"}, "arn:aws:kms:r:1:key/k") is NOTHING


def test_the_context_is_taken_literally() -> None:
    """No key follows from the resource or from another key: what the context lacks is absent."""
    for key in ("aws:ResourceAccount", "aws:RequestedRegion", "kms:MultiRegion", "aws:PrincipalAccount"):
        subject = policy({"Condition": {"Null": {key: "true"}}})
        assert decide(subject, {"kms:CallerAccount": "111122223333"}) is ALLOW
    assert decide(policy({"Condition": {"StringEquals": {"aws:ResourceAccount": "9"}}}), {"aws:ResourceAccount": "9"}) is ALLOW


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request("Decrypt", KEY), "`Decrypt` is not an action"),
        (Request("kms:", KEY), "`kms:` is not an action"),
        (Request(":Decrypt", KEY), "`:Decrypt` is not an action"),
        (Request("kms:*", KEY), "`kms:\\*` is a pattern"),
        (Request("kms:Decryp?", KEY), "is a pattern"),
        (Request("kms:Decrypt", "key/1"), "`key/1` is neither an ARN nor `\\*`"),
        (Request("kms:Decrypt", ""), "neither an ARN"),
        (Request("kms:Decrypt", KEY, {"aws:a": True}), "the value of `aws:a` is no text"),  # type: ignore[dict-item]
        (Request("kms:Decrypt", KEY, {"aws:a": 1}), "the value of `aws:a` is no text"),  # type: ignore[dict-item]
        (Request("kms:Decrypt", KEY, {"aws:a": None}), "the value of `aws:a` is no text"),  # type: ignore[dict-item]
        (Request("kms:Decrypt", KEY, {"aws:a": ["x", 1]}), "the value of `aws:a` is no text"),  # type: ignore[list-item]
        (Request("kms:Decrypt", KEY, {"aws:a": {"x": "y"}}), "the value of `aws:a` is no text"),  # type: ignore[dict-item]
        (Request("kms:Decrypt", KEY, {"aws:a": "1", "AWS:A": "1"}), "holds the key `AWS:A` twice"),
        (Request("kms:Decrypt", KEY, {"aws:a": [], "AWS:A": "1"}), "holds the key `AWS:A` twice"),
        (Request("kms:Decrypt", KEY, [("aws:a", "1")]), "its context maps keys"),  # type: ignore[arg-type]
        (Request(None, KEY), "are texts"),  # type: ignore[arg-type]
        (Request("kms:Decrypt", b"*"), "are texts"),  # type: ignore[arg-type]
        (Request("kms:Decrypt", KEY, {1: "x"}), "condition key is a text"),  # type: ignore[dict-item]
    ],
)
def test_malformed_requests(request_: Request, said: str) -> None:
    """A request that is none is refused with what is wrong about it, before any statement is judged."""
    for subject in (policy({}), policy({"Action": "s3:*"})):
        with pytest.raises(QuestionError, match=said):
            allows(subject, request_)


def test_resource_policies_are_refused() -> None:
    """A policy that names a principal is judged by no request of an identity."""
    subject = policy_from(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
    )
    with pytest.raises(ResourcePolicyError, match="resource policy"):
        decide(subject)


def test_a_star_is_a_resource() -> None:
    """An action on no resource has ``*`` as its resource: flat patterns that match it cover it, ARN patterns do not."""
    assert decide(policy({}), resource="*", action="kms:ListKeys") is ALLOW
    assert decide(policy({"Resource": "arn:*"}), resource="*", action="kms:ListKeys") is NOTHING
    assert decide(policy({"NotResource": "arn:aws:s3:::*"}), resource="*", action="kms:ListKeys") is ALLOW
