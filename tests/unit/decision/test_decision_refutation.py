"""Refutations by form: what a choice rests on, how deep choices are nested, and how statements left open are named."""

from __future__ import annotations

from typing import Any

import pytest
from small_worlds import a_policy, boxes_of, dice, regions_of

import keyaki
from keyaki.decision.box import Box
from keyaki.decision.decide import _statements
from keyaki.decision.refutation import Branches, Forced, Refutation, Splits
from keyaki.decision.search import Search
from keyaki.policy import Policy
from keyaki.symbolic.atom import Literal

SECURE = ("Bool", "aws:SecureTransport", "true")
PLAIN = ("Bool", "aws:SecureTransport", "false")
TAGGED = ("StringNotEquals", "aws:PrincipalTag/t", "q")
RSA = ("StringEquals", "kms:KeySpec", "RSA_2048")
OTHER = ("StringNotEquals", "kms:KeySpec", "RSA_2048")
OUTER = ("StringEquals", "kms:KeyOrigin", "EXTERNAL")
INNER = ("StringNotEquals", "kms:KeyOrigin", "EXTERNAL")


def deny(*tests: tuple[str, str, str]) -> dict[str, Any]:
    """A Deny of everything under some tests."""
    condition: dict[str, dict[str, str]] = {}
    for operator, key, value in tests:
        condition.setdefault(operator, {})[key] = value
    return {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": condition}


DENIES = [deny(SECURE, TAGGED), deny(SECURE, RSA), deny(SECURE, OTHER), deny(PLAIN, OUTER), deny(PLAIN, INNER)]
"""With the first atom of the first true its own Denies leave nothing, with it false the others do."""
ORDERS = ([0, 1, 2, 3, 4], [0, 3, 4, 1, 2], [4, 3, 2, 1, 0])


def ordered(order: list[int]) -> Policy:
    """The Denies in some order, after an Allow of everything."""
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": [allow, *(DENIES[at] for at in order)]})


def refuted(policy: Policy) -> Refutation | None:
    """The refutation of an Allow and its Denies, or None where there is a request."""
    allow, denies = regions_of(policy)
    assert allow is not None
    found = Search(boxes_of(policy), denies).run_from([Literal(atom, True) for atom in allow.atoms])
    return None if isinstance(found, Box) else found


@pytest.mark.parametrize("order", ORDERS)
def test_a_branch_refuted_by_an_earlier_atom_does_not_refute_the_choice(order: list[int]) -> None:
    """Each branch needs what it assumes, so the whole rests on nothing and the certificate holds."""
    verdict = keyaki.check(ordered(order))
    assert verdict.outcome == "PASSED"
    keyaki.verify(ordered(order), verdict)
    found = refuted(ordered(order))
    assert found is not None
    assert not found.needs


def depth_of(tree: Refutation) -> int:
    """The number of choices inside each other, counted anew."""
    if isinstance(tree, Forced):
        return depth_of(tree.rest)
    if isinstance(tree, Branches):
        return 1 + max((depth_of(branch) for branch in tree.branches), default=0)
    return 1 + max(depth_of(tree.then), depth_of(tree.otherwise)) if isinstance(tree, Splits) else 0


def test_depth_is_the_number_of_choices_inside_each_other() -> None:
    """Every refutation of a hundred small policies, and of some that nest choices, says how deep it is."""
    policies = [*map(ordered, ORDERS), *(a_policy(dice(seed), denies=9) for seed in range(100))]
    trees = [tree for policy in policies if (tree := refuted(policy)) is not None]
    assert [tree.depth for tree in trees] == list(map(depth_of, trees))
    assert max(tree.depth for tree in trees) >= 3


def test_a_deny_without_conditions_is_a_choice_without_branches() -> None:
    """Where a Deny holds of every request, nothing is assumed and one choice is counted."""
    policy = keyaki.policy_from(
        {"Version": "2012-10-17", "Statement": [deny(SECURE), {"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    )
    _, denies = regions_of(policy)
    found = Search(boxes_of(policy), denies).run(boxes_of(policy).top())
    assert isinstance(found, Branches)
    assert (found.places, found.branches, found.depth) == ((), (), 1)


@pytest.mark.parametrize(
    ("indexes", "words"),
    [
        ([3], "statement 3"),
        ([4, 2, 4], "statements 2, 4"),
        ([5, 4, 3, 2, 1], "statements 1, 2, 3, 4, 5"),
        ([6, 5, 4, 3, 2, 1], "statements 1, 2, 3, 4, 5 and 1 more"),
        (list(range(30)), "statements 0, 1, 2, 3, 4 and 25 more"),
    ],
)
def test_open_statements_are_named_in_order(indexes: list[int], words: str) -> None:
    """Up to five by number, the others counted."""
    assert _statements(indexes) == words
