"""What a verdict shows: witnesses without needless keys and with real Regions, every statement that grants, every carrier."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import dice

import keyaki
from keyaki.catalogue import ALWAYS_PRESENT, PRESENT_ON_DECRYPTION, REGIONS
from keyaki.policy import Request
from keyaki.verdict import Verdict

LAW = settings(deadline=None, max_examples=60)
SEEDS = st.integers(0, 2**32 - 1)
Document = dict[str, Any]

RESOURCES = (
    "* * arn:aws:kms:*:*:key/* arn:aws:kms:us-*:*:key/* arn:aws:kms:eu-*:*:key/* arn:aws:kms:*:111122223333:key/* "
    "arn:aws:kms:*:1*:key/* arn:aws:kms:us-east-1:*:key/* arn:aws:kms:*:*:key/mrk-* arn:aws:kms:us-east-1:111122223333:key/* "
    "arn:aws:kms:*:${aws:PrincipalAccount}:key/*"
).split()
TESTS: tuple[tuple[str, str, Any], ...] = (
    ("StringEquals", "aws:PrincipalTag/t", "a"),
    ("StringNotEquals", "aws:PrincipalTag/t", "a"),
    ("StringNotEqualsIfExists", "aws:PrincipalTag/t", "a"),
    ("StringLike", "aws:ResourceTag/t", "${aws:PrincipalTag/t}"),
    ("StringEqualsIfExists", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    ("StringNotEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    ("Null", "kms:ViaService", "true"),
    ("Bool", "aws:SecureTransport", "true"),
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
    ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24"]),
    ("DateLessThan", "aws:CurrentTime", "2024-01-01"),
    ("StringNotLike", "aws:RequestedRegion", "us-*"),
    ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
    ("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"]),
    ("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/a*"),
    ("Bool", "kms:MultiRegion", "true"),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/a*"),
)


def a_document(luck: random.Random) -> Document:
    """A policy of a few Allows and Denies with a few conditions."""
    statements = []
    for effect in (*["Allow"] * luck.randint(1, 3), *["Deny"] * luck.randint(0, 3)):
        condition: dict[str, dict[str, Any]] = {}
        for operator, key, value in luck.sample(TESTS, luck.choice([0, 1, 1, 2])):
            condition.setdefault(operator, {})[key] = value
        action = luck.choice(["kms:*", "kms:Decrypt", "kms:ReEncryptFrom"])
        resource = luck.sample(RESOURCES, luck.choice([1, 1, 2]))
        statements.append({"Effect": effect, "Action": action, "Resource": resource, "Condition": condition})
    return {"Version": "2012-10-17", "Statement": statements}


def verdict_of(document: Document) -> Verdict:
    """The verdict of KMS.1, which is never left open for these."""
    found = keyaki.check(document)
    assert found.outcome != "UNDECIDED", (document, found.reason)
    return found


def inert(statement: Document) -> Document:
    """A statement that names and mentions what the given one does, and allows nothing of KMS."""
    return {**statement, "Effect": "Allow", "Action": "s3:GetObject"}


def replaced(document: Document, changes: dict[int, Document], more: tuple[Document, ...] = ()) -> Document:
    """The document with some statements replaced, and some added."""
    kept = [changes.get(index, statement) for index, statement in enumerate(document["Statement"])]
    return {**document, "Statement": [*kept, *more]}


@LAW
@given(SEEDS)
def test_every_statement_that_grants_is_reported_and_no_other(seed: int) -> None:
    """A statement is among the grants iff the policy fails with all other Allows taken out, names unchanged."""
    document = a_document(dice(seed))
    found = {grant.statement for grant in verdict_of(document).grants}
    statements = document["Statement"]
    for index, statement in enumerate(statements):
        others = {at: inert(other) for at, other in enumerate(statements) if other["Effect"] == "Allow" and at != index}
        alone = statement["Effect"] == "Allow" and verdict_of(replaced(document, others)).outcome == "FAILED"
        assert alone == (index in found), (index, document)


@LAW
@given(SEEDS)
def test_carriers_are_what_the_pass_rests_on(seed: int) -> None:
    """A Deny or a condition of an Allow is a carrier iff the policy fails without it, names unchanged."""
    document = a_document(dice(seed))
    verdict = verdict_of(document)
    policy = keyaki.policy_from(document)
    carriers = {(carrier.statement, carrier.entry) for carrier in verdict.carriers}
    if verdict.outcome == "FAILED":
        assert not carriers
        return
    expected: set[tuple[int, int | None]] = set()
    for index, statement in enumerate(document["Statement"]):
        if statement["Effect"] == "Deny":
            if verdict_of(replaced(document, {index: inert(statement)})).outcome == "FAILED":
                expected.add((index, None))
            continue
        for number, entry in enumerate(policy.statements[index].conditions):
            condition = json.loads(json.dumps(statement["Condition"]))
            del condition[entry.operator.name][entry.key]
            less = {**statement, "Condition": {name: keys for name, keys in condition.items() if keys}}
            if verdict_of(replaced(document, {index: less}, (inert(statement),))).outcome == "FAILED":
                expected.add((index, number))
    assert carriers == expected, document


@LAW
@given(SEEDS)
def test_a_witness_has_no_key_that_it_does_not_need(seed: int) -> None:
    """Without any one of its optional keys, a witness is no longer allowed by its statement."""
    document = a_document(dice(seed))
    for grant in verdict_of(document).grants:
        others = {
            at: inert(other)
            for at, other in enumerate(document["Statement"])
            if other["Effect"] == "Allow" and at != grant.statement
        }
        policy = keyaki.policy_from(replaced(document, others))
        assert keyaki.allows(policy, grant.witness) == "allow"
        for key in grant.witness.context:
            if key.lower() in ALWAYS_PRESENT | PRESENT_ON_DECRYPTION | {"kms:multiregionkeytype"}:
                continue
            less = {other: value for other, value in grant.witness.context.items() if other != key}
            assert keyaki.allows(policy, Request(grant.witness.action, grant.witness.resource, less)) != "allow", (key, document)


def a_real_region_would_do(document: Document, witness: Request) -> bool:
    """True iff a key of a Region that AWS has, and that the policy does not write, is let through in the same way."""
    policy, text = keyaki.policy_from(document), json.dumps(document)
    region = witness.resource.split(":")[3]
    for real in REGIONS["aws"]:
        context = {key: real if key == "aws:RequestedRegion" else value for key, value in witness.context.items()}
        request = Request(witness.action, witness.resource.replace(f":{region}:", f":{real}:"), context)
        if real not in text and keyaki.allows(policy, request) == "allow":
            return True
    return False


def test_witnesses_have_real_regions_where_these_will_do() -> None:
    """A Region that AWS does not have is shown where a real one would do in one witness of a hundred at most."""
    seen = unreal = 0
    for seed in range(150):
        document = a_document(dice(seed))
        for grant in verdict_of(document).grants:
            seen += 1
            if grant.witness.resource.split(":")[3] not in REGIONS["aws"]:
                unreal += a_real_region_would_do(document, grant.witness)
    assert seen > 150
    assert unreal <= seen // 100


@LAW
@given(SEEDS)
def test_a_witness_is_of_the_first_action_that_its_statement_grants(seed: int) -> None:
    """The action of a witness is one that its statement covers; kms:Decrypt, if the statement grants it at all."""
    document = a_document(dice(seed))
    for grant in verdict_of(document).grants:
        others = {
            at: inert(other)
            for at, other in enumerate(document["Statement"])
            if other["Effect"] == "Allow" and at != grant.statement
        }
        alone = replaced(document, others)
        if keyaki.check(alone, actions=["kms:Decrypt"]).outcome == "FAILED":
            assert grant.witness.action == "kms:Decrypt"
        assert keyaki.check(alone, actions=[grant.witness.action]).outcome == "FAILED"


def test_values_are_readable() -> None:
    """Where the policy leaves a choice, a witness shows real Regions, example accounts and ids, and short words."""
    found = keyaki.check(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "kms:*",
                "Resource": "*",
                "Condition": {
                    "StringLike": {"kms:ViaService": "*", "aws:PrincipalTag/t": "*"},
                    "Bool": {"aws:SecureTransport": "true"},
                },
            },
        }
    ).witness
    assert found == Request(
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        {"aws:PrincipalTag/t": "example", "aws:SecureTransport": "true", "kms:ViaService": "s3.us-east-1.amazonaws.com"},
    )


def test_a_policy_that_passes_for_two_reasons_has_no_carrier() -> None:
    """With two Denies each of which is enough, neither is a carrier."""
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}
    assert keyaki.check({"Version": "2012-10-17", "Statement": [allow, deny, deny]}).carriers == ()
    (one,) = keyaki.check({"Version": "2012-10-17", "Statement": [allow, deny]}).carriers
    assert (one.statement, one.entry, one.what) == (1, None, "the Deny")
