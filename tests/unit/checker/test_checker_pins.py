"""Pins: what a refutation may conclude from a variable that is absent, or that has none of some values."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.errors import EvidenceError

KEY = "aws:principaltag/t"
STATEMENTS = [
    {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/t": "${aws:PrincipalTag/t}"}},
    },
    {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/t": "false"}}},
]


def with_tree(tree: Any) -> tuple[keyaki.Policy, keyaki.Verdict]:
    """A policy that passes, and its verdict with another refutation in every case."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": STATEMENTS})
    verdict = keyaki.check(policy)
    certificate: Any = copy.deepcopy(verdict.certificate)
    own = certificate["proofs"][0]["cases"][0]["refutation"]
    for case in certificate["proofs"][0]["cases"]:
        case["refutation"] = tree(own)
    return policy, evolve(verdict, certificate=certificate)


def split(values: list[Any], otherwise: Any) -> dict[str, Any]:
    """A node that tries values of the variable."""
    return {"variable": KEY, "values": values, "otherwise": otherwise}


def presence(*cites: list[Any]) -> dict[str, Any]:
    """A leaf that says that the variable's key can be neither absent nor present."""
    return {"coordinate": KEY, "cites": list(cites), "evidence": {"kind": "presence"}}


ABSENT = f"{KEY} is absent"


def test_a_split_on_absence_adds_nothing_to_a_proof_and_takes_nothing_away() -> None:
    """The policy's own refutation still holds where the variable is absent, where it is `a`, and otherwise."""
    keyaki.verify(*with_tree(lambda own: split([[None, own], ["a", own]], own)))


@pytest.mark.parametrize(
    ("values", "otherwise"),
    [
        ([None], presence([-1, ABSENT, False])),
        ([None, "a"], presence([-1, ABSENT, False], [-1, f"{KEY} is = a", False])),
        (["a"], presence([-1, f"{KEY} is = a", False])),
        ([], presence()),
    ],
)
def test_what_is_not_absent_is_present(values: list[Any], otherwise: Any) -> None:
    """That a variable is not absent, or not one text, leaves it every other text."""
    with pytest.raises(EvidenceError):
        keyaki.verify(*with_tree(lambda own: split([[value, own] for value in values], otherwise)))


@pytest.mark.parametrize("then", [presence([-1, ABSENT, True]), presence()])
def test_what_is_absent_is_possible(then: Any) -> None:
    """That a variable is absent is no contradiction, as long as nothing cited needs it."""
    with pytest.raises(EvidenceError):
        keyaki.verify(*with_tree(lambda own: split([[None, then]], own)))
