"""Certificates altered at random: each mutant is rejected, or it is a proof still.

The policies are those of the differential tests. A mutant that the checker accepts is put through a second, naive check (see
``certificate_walk``): requests of the policy's own universe, those that a leaf's tests tell apart among them, never satisfy what
a leaf cites, and never come out of a refutation. And a certificate that is moved to a policy which fails is never accepted,
whole or altered.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.errors import EvidenceError
from keyaki.policy import Policy
from keyaki.reference.digest import digest
from keyaki.verdict import Verdict

sys.path.insert(0, str(Path(__file__).parent.parent / "differential"))

import brute_conditions
import brute_places
import brute_variables
from brute_conditions import Sample
from brute_dice import dice
from certificate_walk import Walker
from mutants import mutant

FAMILIES = {
    "texts": brute_conditions.texts,
    "typed": brute_conditions.typed,
    "lists": brute_conditions.lists,
    "ties": brute_conditions.ties,
    "mixed": brute_conditions.mixed,
    "places": brute_places.places,
    "flat": brute_places.flat,
    "own_account": brute_places.own_account,
    "arn_decided": brute_places.arn_decided,
    "var_conditions": brute_variables.var_conditions,
    "var_resources": brute_variables.var_resources,
}
POLICIES = 4
MUTANTS = 10
POINTS = 6


def passing(family: str) -> Iterator[tuple[Sample, Policy, Verdict, random.Random]]:
    """Yield policies of a family that pass, with verdicts whose certificates have been to JSON and back."""
    found = seed = 0
    while found < POLICIES:
        seed += 1
        luck = dice(f"{family}-{seed}")
        sample = FAMILIES[family](luck)
        policy = keyaki.policy_from(sample.document)
        scope = luck.choice(["confined", "account", "any", "key"])
        verdict = keyaki.check(policy, scope=scope, partition=sample.partition)
        if verdict.outcome == "PASSED":
            found += 1
            yield sample, policy, evolve(verdict, certificate=json.loads(json.dumps(verdict.certificate))), luck


def accepts(policy: Policy, verdict: Verdict) -> bool:
    """True iff the evidence is accepted; whatever else than EvidenceError comes out ends the test."""
    try:
        keyaki.verify(policy, verdict)
    except EvidenceError:
        return False
    return True


@pytest.mark.parametrize("family", FAMILIES)
def test_a_mutant_is_rejected_or_a_proof_still(family: str) -> None:
    """What is accepted stands the naive check as the original does."""
    rejected = 0
    for sample, policy, verdict, luck in passing(family):
        walker = Walker(sample, luck)
        assert accepts(policy, verdict)
        assert list(walker.faults(verdict.certificate or {}, POINTS)) == []
        for _ in range(MUTANTS):
            altered = mutant(verdict.certificate, luck)
            if altered != verdict.certificate and accepts(policy, evolve(verdict, certificate=altered)):
                assert list(walker.faults(altered, POINTS)) == [], altered
            else:
                rejected += altered != verdict.certificate
    assert rejected > POLICIES * MUTANTS / 3


def wider(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the policy with one Deny removed, one statement's conditions removed, or one Resource opened."""
    for number, statement in enumerate(document["Statement"]):
        for member, value in (("Condition", {}), ("Resource", "*"), ("Effect", None)):
            altered = copy.deepcopy(document)
            if member == "Effect":
                altered["Statement"].pop(number)
            elif member in statement:
                altered["Statement"][number][member] = value
            if altered != document and altered["Statement"]:
                yield altered


@pytest.mark.parametrize("family", FAMILIES)
def test_no_certificate_fits_a_policy_that_fails(family: str) -> None:
    """A policy is made to fail by a change; the certificate is bound to it, whole and altered, and refused."""
    moved = 0
    for sample, _, verdict, luck in passing(family):
        for document in wider(sample.document):
            policy = keyaki.policy_from(document)
            if keyaki.check(policy, scope=verdict.question.scope, partition=sample.partition).outcome == "FAILED":
                moved += 1
                for altered in (verdict.certificate, *(mutant(verdict.certificate, luck) for _ in range(3))):
                    assert not accepts(policy, evolve(verdict, certificate={**altered, "policy": digest(policy)})), document
    assert moved


WITNESS = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:*:*:key/1*", "Condition": {
        "StringEquals": {"kms:ViaService": "s3", "aws:PrincipalAccount": "111122223333"},
        "ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]},
        "DateGreaterThan": {"aws:CurrentTime": "2030-01-01"},
    }},
    {"Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*"},
]}  # fmt: skip


def test_a_witness_that_does_not_hold_is_rejected() -> None:
    """A field changed, a context value removed, changed or doubled: it is rejected, or the reference still allows it."""
    policy = keyaki.policy_from(WITNESS)
    verdict = keyaki.check(policy)
    (grant,) = verdict.grants
    luck = dice("witness")
    kept = 0
    for _ in range(300):
        one = grant.witness
        altered = mutant({"index": 0, "action": one.action, "resource": one.resource, "context": one.context}, luck)
        if not isinstance(altered.get("index"), int):
            continue
        request = keyaki.Request(altered.get("action"), altered.get("resource"), altered.get("context"))
        if accepts(policy, evolve(verdict, grants=(evolve(grant, statement=altered["index"], witness=request),))):
            kept += 1
            assert keyaki.allows(policy, request) == "allow"
            assert altered["index"] == 0
    assert kept < 100
