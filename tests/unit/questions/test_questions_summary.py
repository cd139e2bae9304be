"""summarise: regions that exclude each other, and read back are the policy."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

import keyaki
from keyaki.answer import Result
from keyaki.questions.cells import negation
from keyaki.questions.sides import Side
from keyaki.questions.summary import MOST_REGIONS
from keyaki.symbolic.atom import Tied, is_true

sys.path.append(str(Path(__file__).parent.parent.parent / "differential"))
import brute_space


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of some statements, Allows of every resource where they do not say."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]}


@pytest.mark.parametrize("seed", range(40))
def test_read_back_it_is_the_policy(seed: int) -> None:
    """A summary is equivalent to its policy, each of its examples is allowed, and lies in one region only."""
    document = brute_space.policy(Random(seed))
    found = keyaki.summarise(document)
    assert keyaki.equivalent(document, found).result is Result.PASS
    for region in found.regions:
        assert keyaki.allows(keyaki.policy_from(document), region.example) == "allow"
        assert sum(cell.holds(region.example) for cell in found._cells) == 1


@pytest.mark.parametrize("seed", range(40, 60))
def test_regions_exclude_each_other(seed: int) -> None:
    """No request of a small complete universe lies in two regions, and it lies in one iff it is allowed."""
    dice = Random(seed)
    document = brute_space.policy(dice)
    made, found = keyaki.policy_from(document), keyaki.summarise(document)
    lists = brute_space.has_lists(document)
    for count, one in enumerate(brute_space.requests(brute_space.mentioned(document), dice, lists=lists)):
        request = keyaki.Request(*one)
        assert sum(cell.holds(request) for cell in found._cells) == (keyaki.allows(made, request) == "allow")
        if count == 500:
            break


@pytest.mark.parametrize("service", ["s3", "kms", "sqs", "none"])
def test_of_one_service_it_is_the_policy_under_a_boundary(service: str) -> None:
    """What is listed for a service is what the policy allows with that service's actions."""
    for seed in range(12):
        document = brute_space.policy(Random(seed))
        bounded = keyaki.PolicySet(document, boundary=policy({"Action": f"{service}:*"}))
        assert keyaki.equivalent(bounded, keyaki.summarise(document, service)).result is Result.PASS


@pytest.mark.parametrize("seed", range(20))
def test_the_negation_of_an_atom_is_false_where_it_is_true(seed: int) -> None:
    """An atom and its negation differ at absence, at every value, and at lists of them."""
    side = Side(brute_space.policy(Random(seed)))
    atoms = [
        atom for entry in side.entries for atom in getattr(entry.region(), "atoms", ()) if not isinstance(atom.present, Tied)
    ]
    for atom in atoms:
        values: list[Any] = ["a", "b", "u", "us-east-1", "true", "10.1.2.3", "4", "2025-01-01T00:00:00Z"]
        if atom.quantifier is not None or atom.coordinate in side.documents[0].lists | {"aws:tagkeys"}:
            values = [("a",), ("b", "c"), ("ab", "a")]
        assert all(is_true(negation(atom), value) is not is_true(atom, value) for value in [None, *values])


def test_regions_in_words() -> None:
    """A region names its actions, what is taken out of them, and what a Deny leaves of the rest."""
    found = keyaki.summarise(
        policy(
            {"Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Deny", "Action": "s3:GetObject", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        )
    )
    assert [region.words for region in found.regions] == [
        "s3:Get* (not s3:GetObject) on arn:aws:s3:::b/*",
        "s3:GetObject on arn:aws:s3:::b/*, unless Bool of `aws:SecureTransport` with false",
    ]


def test_statements_that_add_nothing_are_left_out() -> None:
    """What a wider Allow grants anyway is listed once, and what a Deny takes whole is not listed."""
    found = keyaki.summarise(
        policy(
            {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b"},
            {"Action": "s3:*"},
            {"Action": "sqs:*"},
            {"Effect": "Deny", "Action": "sqs:*"},
        )
    )
    assert [(region.statement, region.words) for region in found.regions] == [(1, "s3:* on every resource")]


def test_what_cannot_be_summarised() -> None:
    """A tangle of statements, a resource policy, a set of policies, and a service that is none are refused."""
    keys = "abcdefghij"
    tangle = [
        {"Action": "s3:*", "Condition": {"StringEquals": {f"aws:RequestTag/{key}": key, f"aws:ResourceTag/{key}": key}}}
        for key in keys
    ]
    with pytest.raises(keyaki.KeyakiError, match=f"more than {MOST_REGIONS} regions"):
        keyaki.summarise(policy(*tangle))
    for document in (policy({"Action": "s3:*", "Principal": "*"}), keyaki.PolicySet(policy())):
        with pytest.raises(keyaki.KeyakiError):
            keyaki.summarise(document)
    with pytest.raises(keyaki.KeyakiError, match="is no service"):
        keyaki.summarise(policy(), "s3:*")
