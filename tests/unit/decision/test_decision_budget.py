from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_families import FAMILIES, TEXTS, Statement, allow, deny, pigeons
from small_worlds import a_policy, a_tied_policy, dice

import keyaki
from keyaki.policy import Policy

SLOW = {
    "a-chain-of-denies",
    "a-chain-of-variables",
    "a-long-text-by-questions",
    "allows-and-denies-of-one-key",
    "allows-by-denies",
    "allows-without-readable-keys",
    "dates-by-many-globs",
    "denies-of-variables",
    "fewer-than-the-letters",
    "fifty-thousand-ranges",
    "fractions-of-a-second",
    "long-number",
    "many-arns",
    "many-letters",
    "many-patterns",
    "names-of-regions",
    "names-of-stars",
    "neighbouring-numbers",
    "neighbours-far-out",
    "neighbours-written-otherwise",
    "nines",
    "ninety-thousand-numbers",
    "numbers-in-many-denies",
    "one-long-number",
    "questions-for-an-arn",
    "sixty-thousand-dates",
    "small-number",
    "stars-for-an-id",
    "thirty-thousand-variables",
    "unclosed-variables",
    "wishes",
    "words-by-globs",
}
"""Families whose policy alone takes a second to read and to replay: they wait for the long profile."""
BUDGET = 100_000
MEMORY = 700 << 20
"""Bytes of address space for a policy at its worst: half of that is what is used."""


def policy_of(statements: list[Statement]) -> Policy:
    """The policy of some statements."""
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in SLOW])
def test_hostile_policies_end(name: str) -> None:
    """A hostile policy has an outcome that its family allows, within a small budget, and what is shown for it holds."""
    family = FAMILIES[name]
    policy = policy_of(family.statements())
    verdict = keyaki.check(policy, budget=BUDGET)
    assert verdict.outcome in family.outcomes | {"UNDECIDED"}, family.why
    if verdict.outcome == "UNDECIDED":
        assert verdict.reason
    for grant in verdict.grants[:3]:
        assert keyaki.allows(policy, grant.witness) == "allow"


_ALONE = """
import resource, sys
from hostile_families import FAMILIES
import keyaki
family = FAMILIES[sys.argv[1]]
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
print(keyaki.check(keyaki.policy_from({"Version": "2012-10-17", "Statement": family.statements()})).outcome.value)
"""


@pytest.mark.long
@pytest.mark.skipif("KEYAKI_LONG" not in os.environ, reason="the long profile is run by hand")
@pytest.mark.skipif(sys.platform == "win32", reason="memory is bounded by a limit that Windows does not have")
@pytest.mark.parametrize("name", FAMILIES)
def test_hostile_policies_have_their_outcomes(name: str) -> None:
    """With the budget that is the default and little memory, a hostile policy has one of the outcomes of its family."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    command = [sys.executable, "-c", _ALONE, name, str(MEMORY)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() in FAMILIES[name].outcomes, (FAMILIES[name].why, done.stderr[-500:])


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts_are_refused(name: str) -> None:
    """A text that is no policy, however deep or large, is refused with its own code."""
    why, code, text = TEXTS[name]
    with pytest.raises(keyaki.PolicySyntaxError) as caught:
        keyaki.parse(text())
    assert caught.value.code == code, why


@pytest.mark.parametrize("make", [a_policy, a_tied_policy])
def test_a_spent_budget_is_never_a_verdict(make: object) -> None:
    """Under any budget the outcome is that of a large one, or UNDECIDED with a reason; with enough, it is reached."""
    for seed in range(25):
        policy = make(dice(seed))  # type: ignore[operator]
        expected = keyaki.check(policy)
        for budget in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 500):
            found = keyaki.check(policy, budget=budget)
            assert found.outcome in {expected.outcome, "UNDECIDED"}
            assert {grant.statement for grant in found.grants} <= {grant.statement for grant in expected.grants}
            if found.outcome == "UNDECIDED":
                assert found.certificate is None
                assert found.carriers == ()
                assert found.reason


def test_a_budget_ends_where_it_says() -> None:
    """The reason of an UNDECIDED names the budget and the statements that stay open, and the steps do not depend on the run."""
    policy = policy_of(pigeons(4))
    reasons = {keyaki.check(policy, budget=50).reason for _ in range(3)}
    assert reasons == {"statement 0: the budget of 50 steps is spent"}


def test_open_statements_stand_beside_a_grant() -> None:
    """A FAILED is complete or says which statements may grant more."""
    tied = allow(StringLike={"aws:PrincipalTag/t": "${aws:PrincipalTag/u}b"})
    odd = [
        {**tied, "Action": "kms:ReEncryptFrom"},
        {**deny(StringNotLike={"aws:PrincipalTag/u": "a${aws:PrincipalTag/t}"}), "Action": "kms:ReEncryptFrom"},
        {**allow(), "Action": "kms:Decrypt"},
    ]
    verdict = keyaki.check(policy_of(odd))
    assert verdict.outcome == "FAILED"
    assert [grant.statement for grant in verdict.grants] == [2]
    assert verdict.reason is None or verdict.reason.startswith("statement 0: ")
