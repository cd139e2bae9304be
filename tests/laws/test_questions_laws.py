"""Laws of the questions about whole policies: an order, its equivalence, and what Denies and lists do to it."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import keyaki
from keyaki.answer import Result

sys.path.append(str(Path(__file__).parent.parent / "differential"))
import brute_space

Document = dict[str, Any]
seeds = st.integers(0, 10**6)


def policies(count: int) -> st.SearchStrategy[list[Document]]:
    """Policies each of which may be a neighbour of the one before."""

    def made(seed: int) -> list[Document]:
        dice = Random(seed)
        found = [brute_space.policy(dice)]
        while len(found) < count:
            found.append(brute_space.neighbour(dice, found[-1]) if dice.random() < 0.6 else brute_space.policy(dice))
        return found

    return seeds.map(made)


def implies(p: Document, q: Document) -> bool:
    """True iff p implies q; the question must be decided, and the evidence must hold."""
    answer = keyaki.implies(p, q)
    assert answer.result is not Result.UNDECIDED
    keyaki.verify_answer(answer, p, q)
    return answer.result is Result.PASS


@settings(deadline=None, max_examples=40)
@given(policies(1))
def test_implies_is_reflexive(made: list[Document]) -> None:
    """Every policy implies itself, also when its statements are read afresh and in another order."""
    (p,) = made
    assert implies(p, p)
    assert implies({**p, "Statement": p["Statement"][::-1]}, p)


@settings(deadline=None, max_examples=60)
@given(policies(3))
def test_implies_is_transitive(made: list[Document]) -> None:
    """If p implies q and q implies r, then p implies r."""
    p, q, r = made
    if implies(p, q) and implies(q, r):
        assert implies(p, r)


@settings(deadline=None, max_examples=40)
@given(policies(2))
def test_equivalence_is_mutual_implication(made: list[Document]) -> None:
    """Two policies are equivalent iff each implies the other, and compare and no_new_access say the same."""
    p, q = made
    forth, back = implies(p, q), implies(q, p)
    both = keyaki.equivalent(p, q)
    keyaki.verify_answer(both, p, q)
    assert (both.result is Result.PASS) == (forth and back)
    relation = {
        (True, True): keyaki.Relation.EQUIVALENT,
        (True, False): keyaki.Relation.LESS_PERMISSIVE,
        (False, True): keyaki.Relation.MORE_PERMISSIVE,
        (False, False): keyaki.Relation.INCOMPARABLE,
    }
    assert keyaki.compare(p, q).relation is relation[forth, back]
    assert (keyaki.no_new_access(p, q).result is Result.PASS) == forth


@settings(deadline=None, max_examples=40)
@given(policies(2))
def test_disjoint_is_symmetric(made: list[Document]) -> None:
    """One policy is disjoint from another iff the other is from it, and from itself iff it allows nothing."""
    p, q = made
    one, other = keyaki.disjoint(p, q), keyaki.disjoint(q, p)
    assert one.result == other.result
    for answer, sides in ((one, (p, q)), (other, (q, p))):
        if answer.result is not Result.UNDECIDED:
            keyaki.verify_answer(answer, *sides)
    nothing = {"Version": "2012-10-17", "Statement": []}
    assert (keyaki.disjoint(p, p).result is Result.PASS) == implies(p, nothing)


@settings(deadline=None, max_examples=60)
@given(policies(1), seeds)
def test_a_deny_never_adds_access(made: list[Document], seed: int) -> None:
    """A policy with one Deny more implies the policy without it."""
    (p,) = made
    deny = brute_space.statement(Random(seed), 1, 1)
    if "s3:list" not in str(deny).lower():  # it could make the key a list for the Allows as well
        assert implies({**p, "Statement": [*p["Statement"], deny]}, p)


@settings(deadline=None, max_examples=60)
@given(policies(1), seeds)
def test_an_allow_never_takes_access(made: list[Document], seed: int) -> None:
    """A policy implies itself with one Allow more."""
    (p,) = made
    allow = brute_space.statement(Random(seed), 0, 1)
    if "s3:list" not in str(allow).lower():
        assert implies(p, {**p, "Statement": [*p["Statement"], allow]})


@settings(deadline=None, max_examples=40)
@given(policies(2))
def test_a_boundary_is_an_intersection(made: list[Document]) -> None:
    """A policy under a boundary implies both, and in either role the two allow the same."""
    p, q = made
    both = keyaki.PolicySet([p], boundary=q)
    assert implies(both, p)
    assert implies(both, q)
    assert keyaki.equivalent(both, keyaki.PolicySet([q], boundary=p)).result is Result.PASS
    assert (keyaki.disjoint(p, q).result is Result.PASS) == implies(both, {"Version": "2012-10-17", "Statement": []})
