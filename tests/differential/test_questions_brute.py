"""Questions about whole policies against brute force over small complete universes."""

from __future__ import annotations

from itertools import islice
from random import Random

import brute_space
import pytest

import keyaki
from keyaki.answer import Result

MOST = 1_200  # requests looked at for one pair


def allowed(policy: keyaki.Policy, request: keyaki.Request) -> bool:
    """True iff the reference evaluator allows the request."""
    return keyaki.allows(policy, request) == "allow"


def pair(seed: int) -> tuple[Random, dict[str, object], dict[str, object]]:
    """A generator, and two policies that may differ little."""
    dice = Random(seed)
    one = brute_space.policy(dice)
    return dice, one, brute_space.neighbour(dice, one) if dice.random() < 0.6 else brute_space.policy(dice)


def requests(dice: Random, *policies: dict[str, object]) -> list[keyaki.Request]:
    """Requests of the universe of some policies."""
    keys = brute_space.mentioned(*policies)
    found = brute_space.requests(keys, dice, lists=brute_space.has_lists(*policies))
    return [keyaki.Request(*one) for one in islice(found, MOST)]


@pytest.mark.parametrize("seed", range(50))
def test_no_new_access_is_what_brute_force_finds(seed: int) -> None:
    """A PASS leaves no request of the universe newly allowed, a FAIL's every witness is, and nothing is undecided."""
    dice, p, q = pair(seed)
    new, old = keyaki.policy_from(p), keyaki.policy_from(q)
    answer = keyaki.no_new_access(new, old)
    assert answer.result is not Result.UNDECIDED
    keyaki.verify_answer(answer, new, old)
    for reason in answer.reasons:
        assert allowed(new, reason.witness)
        assert not allowed(old, reason.witness)
    if answer.result is Result.PASS:
        found = next((one for one in requests(dice, p, q) if allowed(new, one) and not allowed(old, one)), None)
        assert found is None


@pytest.mark.parametrize("seed", range(100, 125))
def test_each_allow_that_gives_more_is_a_reason(seed: int) -> None:
    """A statement is among the reasons if some request of the universe is newly allowed and it is the one Allow that applies."""
    dice, p, q = pair(seed)
    new, old = keyaki.policy_from(p), keyaki.policy_from(q)
    reasons = {reason.statement for reason in keyaki.no_new_access(new, old).reasons}
    for request in requests(dice, p, q):
        if allowed(new, request) and not allowed(old, request):
            applying = {one.statement.index for one in keyaki.who_blocks(new, request).traces[0][2] if one.applies}
            assert applying & reasons, (p, q, request)


@pytest.mark.parametrize("seed", range(200, 225))
def test_disjoint_is_what_brute_force_finds(seed: int) -> None:
    """A PASS leaves no request of the universe allowed by both policies, and a FAIL's witness is one."""
    dice, p, q = pair(seed)
    left, right = keyaki.policy_from(p), keyaki.policy_from(q)
    answer = keyaki.disjoint(left, right)
    assert answer.result is not Result.UNDECIDED
    keyaki.verify_answer(answer, left, right)
    if answer.witness is not None:
        assert allowed(left, answer.witness)
        assert allowed(right, answer.witness)
    else:
        assert not any(allowed(left, one) and allowed(right, one) for one in requests(dice, p, q))


@pytest.mark.parametrize("seed", range(300, 325))
def test_not_granted_is_what_brute_force_finds(seed: int) -> None:
    """A PASS leaves no matching request of the universe allowed, and a FAIL's witnesses match and are allowed."""
    dice = Random(seed)
    p = brute_space.policy(dice)
    policy = keyaki.policy_from(p)
    action, resource = dice.choice(brute_space.ACTION_PATTERNS[:-1]), dice.choice(brute_space.QUERIES)
    answer = keyaki.not_granted(policy, actions=[action], resources=[resource])
    asked = keyaki.policy_from(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": resource}}
    )
    assert answer.result is not Result.UNDECIDED
    keyaki.verify_answer(answer, policy)
    assert all(allowed(asked, reason.witness) and allowed(policy, reason.witness) for reason in answer.reasons)
    if not answer.reasons:
        assert not any(allowed(asked, one) and allowed(policy, one) for one in requests(dice, p))


@pytest.mark.parametrize("seed", range(400, 420))
def test_sets_of_policies_are_what_brute_force_finds(seed: int) -> None:
    """With a boundary and service control policies, what is newly allowed is what all of them together newly allow."""
    dice = Random(seed)
    parts = [brute_space.policy(dice, deny=0.15) for _ in range(4)]
    policies = [keyaki.policy_from(part) for part in parts]
    new = keyaki.PolicySet([policies[0]], boundary=policies[1])
    old = keyaki.PolicySet([policies[2]], scps=[[policies[3]]]) if dice.random() < 0.5 else policies[2]
    answer = keyaki.no_new_access(new, old)

    def newly(request: keyaki.Request) -> bool:
        before = allowed(policies[2], request) and (old is policies[2] or allowed(policies[3], request))
        return all(allowed(policy, request) for policy in policies[:2]) and not before

    assert answer.result is not Result.UNDECIDED
    keyaki.verify_answer(answer, new, old)
    assert all(newly(reason.witness) for reason in answer.reasons)
    if not answer.reasons:
        assert not any(map(newly, requests(dice, *parts)))
