from __future__ import annotations

import random
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "smtlib"))
from smt_terms import Term, failing, read

import keyaki
from keyaki.controls.check import question
from keyaki.errors import QuestionError, ResourcePolicyError
from keyaki.minterms.encode import encode_control, encode_grants, encode_pair
from keyaki.questions.compare import disjoint, equivalent, implies
from keyaki.questions.grants import not_granted
from keyaki.smtlib.question import Relation
from keyaki.smtlib.term import UnsupportedError

FEW = 7
ENGINE: dict[Relation, Any] = {Relation.IMPLIES: implies, Relation.EQUIVALENT: equivalent, Relation.DISJOINT: disjoint}
RESOURCES = ["*", "arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:us-east-1:*:*", "arn:aws:s3:::b", "arn:aws:kms:*:*:key/a*"]
ENTRIES: list[tuple[str, str, Any]] = [
    ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
    ("StringNotEquals", "aws:PrincipalAccount", ["111122223333", "444455556666"]),
    ("StringLike", "aws:ResourceAccount", "1111*"),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"]),
    ("ForAllValues:StringEquals", "aws:TagKeys", "a"),
    ("Bool", "kms:MultiRegion", "true"),
    ("Null", "kms:MultiRegionKeyType", "true"),
    ("StringEquals", "kms:KeyUsage", "SIGN_VERIFY"),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "10"),
    ("StringEquals", "saml:sub", "${aws:username}"),
    ("StringNotEquals", "saml:sub", "${aws:username}"),
    ("StringLike", "saml:sub", ["${aws:username}", "${aws:username}/*", "x"]),
    ("StringEquals", "aws:userid", "${aws:PrincipalAccount}"),
]


def drawn(luck: random.Random) -> Any:
    """A document of one to three statements with a condition or none each."""
    statements = []
    for _ in range(luck.choice([1, 2, 2, 3])):
        one: dict[str, Any] = {
            "Effect": luck.choice(["Allow", "Allow", "Deny"]),
            luck.choice(["Action", "Action", "NotAction"]): luck.choice(["kms:*", "kms:Decrypt", "*", "s3:Get*", "kms:Sign"]),
            luck.choice(["Resource", "Resource", "NotResource"]): luck.choice(RESOURCES),
        }
        if luck.random() < 0.6:
            operator, key, value = luck.choice(ENTRIES)
            one["Condition"] = {operator: {key: value}}
        statements.append(one)
    return {"Version": "2012-10-17", "Statement": statements}


def satisfiable(script: str) -> bool | None:
    """Whether some assignment satisfies a script of a few Booleans; None where there are more than a few in some world."""
    worlds: dict[str, list[Term]] = {}
    for command in read(script):
        if command[0] in {"declare-const", "define-fun"}:
            worlds.setdefault(command[1].strip("|").partition(" ")[0], []).append(command)
        elif command[0] == "assert" and str(command[1]).startswith("('=>'"):
            worlds[str(command[1][1]).strip("|").partition(" ")[0]].append(command)
    found = []
    for world, commands in worlds.items():
        names = [command[1] for command in commands if command[0] == "declare-const"]
        if len(names) > FEW:
            return None
        goal = ("assert", world)
        found.append(
            any(
                not failing([*commands, goal], dict(zip(names, one, strict=True)))
                for one in product((False, True), repeat=len(names))
            )
        )
    return any(found)


def test_control_scripts_are_satisfiable_iff_the_policy_fails() -> None:
    """By trying every assignment, the script of a control is satisfiable iff the verdict is FAILED, in every scope and mode."""
    luck = random.Random("control")
    tried = {"FAILED": 0, "PASSED": 0}
    for _ in range(120):
        policy = keyaki.policy_from(drawn(luck))
        options = {"scope": luck.choice(["confined", "account", "any", "key"]), "mode": luck.choice(["exact", "exact", "parity"])}
        options["actions"] = luck.choice([None, ["kms:Decrypt", "kms:Sign"]])
        try:
            script = encode_control(policy, question(**options)[0])
        except UnsupportedError:
            continue
        outcome, found = keyaki.check(policy, **options).outcome.value, satisfiable(script)
        if found is not None:
            assert found is (outcome == "FAILED"), (policy, options, script)
            tried[outcome] += 1
    assert min(tried.values()) > 20


def test_pair_scripts_are_satisfiable_iff_the_answer_is_fail() -> None:
    """By trying every assignment, the script of a question about two policies is satisfiable iff the engine answers FAIL."""
    luck = random.Random("pairs")
    tried = {"FAIL": 0, "PASS": 0}
    for _ in range(160):
        first = keyaki.policy_from(drawn(luck))
        second = keyaki.policy_from(drawn(luck))
        relation = luck.choice([*Relation])
        try:
            script = encode_pair(relation, first, second)
        except UnsupportedError:
            continue
        result, found = ENGINE[relation](first, second).result.value, satisfiable(script)
        if found is not None:
            assert found is (result == "FAIL"), (relation, first, second, script)
            tried[result] += 1
    assert min(tried.values()) > 15


def test_grant_scripts_are_satisfiable_iff_the_answer_is_fail() -> None:
    """The same of the question about grants, with patterns of actions, of resources, and with fresh resources only."""
    luck = random.Random("grants")
    tried = {"FAIL": 0, "PASS": 0}
    for _ in range(80):
        policy = keyaki.policy_from(drawn(luck))
        actions = luck.choice([["kms:D*"], ["s3:GetObject", "ec2:*"], []])
        resources = luck.choice([["arn:aws:s3:::b"], ["arn:aws:kms:*:444455556666:*"], *([[]] if actions else [])])
        fresh = luck.random() < 0.5
        try:
            script = encode_grants(policy, actions, resources, fresh=fresh)
        except UnsupportedError:
            continue
        asked = not_granted(policy, actions=actions, resources=resources, quantifier="fresh" if fresh else "some")
        found = satisfiable(script)
        if found is not None:
            assert found is (asked.result.value == "FAIL"), (policy, actions, resources, fresh, script)
            tried[asked.result.value] += 1
    assert min(tried.values()) > 8


def test_accounts_that_must_differ_do() -> None:
    """The caller's account and the key's, each written out, are not taken for two where they must differ."""
    condition = {"StringEquals": {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}}
    allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition}
    other = {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": other}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [allow, deny]})
    asked = question(scope="key")[0]
    assert keyaki.check(policy, scope="key").outcome == "PASSED"
    assert satisfiable(encode_control(policy, asked)) is False
    condition["StringEquals"]["aws:PrincipalAccount"] = "444455556666"
    assert satisfiable(encode_control(keyaki.policy_from({"Version": "2012-10-17", "Statement": [allow, deny]}), asked)) is True


def test_accounts_that_must_differ_do_in_the_whole_space() -> None:
    """The same of two policies, where the account comes from an ARN or from nowhere."""
    for resource in ("arn:aws:s3:us-east-1:111122223333:b", "arn:aws:s3:::b"):
        same = {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}
        allow = {"Effect": "Allow", "Action": "s3:*", "Resource": resource, "Condition": {"StringEquals": same}}
        first = keyaki.policy_from({"Version": "2012-10-17", "Statement": allow})
        own = {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}
        wide = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": own}
        second = keyaki.policy_from({"Version": "2012-10-17", "Statement": wide})
        assert implies(first, second).result == "PASS"
        assert satisfiable(encode_pair(Relation.IMPLIES, first, second)) is False
        assert satisfiable(encode_pair(Relation.IMPLIES, second, first)) is True


def test_a_variable_that_nothing_else_asks_for_is_loose() -> None:
    """A comparison of two keys that nothing else tests can hold and can fail; if both are tested it is refused."""
    equal = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"saml:a": "${saml:b}"}}}
    unequal = {**equal, "Condition": {"StringNotEquals": {"saml:a": "${saml:b}"}}}
    for statement, more, wanted in (
        (equal, {}, True),
        (unequal, {}, True),
        (equal, {"Null": {"saml:b": "true"}}, False),
        (unequal, {"Null": {"saml:b": "true"}}, True),
        (equal, {"StringEquals": {"saml:a": ["${saml:b}"]}, "StringNotEquals": {"saml:a": "${saml:b}"}}, False),
        (equal, {"StringLike": {"saml:a": "x*"}, "StringEquals": {"saml:a": "${saml:b}"}}, True),
        (unequal, {"StringNotEquals": {"saml:a": ["${saml:b}", "${saml:b}/x", "y"]}}, True),
        (unequal, {"StringNotEquals": {"saml:a": ["${saml:b}/x", "y"]}, "StringEquals": {"saml:a": ["y"]}}, False),
        (equal, {"StringEquals": {"saml:a": ["${saml:b}", "${saml:b}/x"]}, "Null": {"saml:b": "true"}}, False),
    ):
        conditions = {**statement["Condition"], **more}  # type: ignore[dict-item]
        policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": {**statement, "Condition": conditions}})
        assert (keyaki.check(policy).outcome == "FAILED") is wanted
        assert satisfiable(encode_control(policy, question()[0])) is wanted
    tested = {"StringEquals": {"saml:a": "${saml:b}", "saml:b": "x"}}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": {**equal, "Condition": tested}})
    with pytest.raises(UnsupportedError):
        encode_control(policy, question()[0])


def test_a_variable_that_must_differ_is_not_loose() -> None:
    """The resource's account as a variable is refused where it must differ from the caller's and its text is tested."""
    pinned = {"aws:userid": "111122223333", "aws:PrincipalAccount": "111122223333"}
    tied = {"StringEquals": pinned, "StringLike": {"aws:userid": "${aws:ResourceAccount}"}}
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b", "Condition": tied}
    own = {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": own}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [allow, deny]})
    assert not_granted(policy, actions=["s3:*"]).result == "PASS"
    with pytest.raises(UnsupportedError, match=r"aws:resourceaccount"):
        encode_grants(policy, ["s3:*"], [])


def test_status_and_logic_stand_in_the_script() -> None:
    """The script names its logic and the status it was given, and holds no text but in comments and names."""
    policy = keyaki.policy_from({"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:\n:*:*"}})
    commands = read(encode_control(policy, question()[0], "PASSED"))
    assert ("set-info", ":status", "unsat") in commands
    assert ("set-logic", "QF_UF") in commands
    assert all(command[2] == "Bool" for command in commands if command[0] == "declare-const")


def test_real_ties_are_refused() -> None:
    """A variable that really ties two coordinates is refused by name, with the key that it is tied to."""
    condition = {"StringEquals": {"aws:userid": "${aws:username}", "saml:sub": "${aws:username}"}}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": allow})
    with pytest.raises(UnsupportedError, match=r"the variable `\$\{aws:username\}` ties its value to `aws:userid`"):
        encode_control(policy, question()[0])
    condition["StringEquals"] = {"aws:userid": "${aws:ResourceAccount}"}
    with pytest.raises(UnsupportedError, match=r"`\$\{aws:resourceaccount\}` ties its value to `aws:userid`"):
        encode_control(keyaki.policy_from({"Version": "2012-10-17", "Statement": allow}), question()[0])


def test_resource_policies_have_their_own_questions() -> None:
    """A control asks nothing of a resource policy; two of them can be compared, one of them with an identity policy cannot."""
    one = {"Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"]}, "Action": "s3:*", "Resource": "*"}
    shared, identity = keyaki.policy_from({"Statement": one}), keyaki.policy_from({"Statement": {**one, "Principal": "*"}})
    plain = keyaki.policy_from({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    with pytest.raises(ResourcePolicyError):
        encode_control(shared, question()[0])
    with pytest.raises(QuestionError):
        encode_pair(Relation.IMPLIES, shared, plain)
    assert satisfiable(encode_pair(Relation.EQUIVALENT, shared, identity)) is False
