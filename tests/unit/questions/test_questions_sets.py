"""Sets of policies: levels, and what each of them adds or takes."""

from __future__ import annotations

import keyaki
from keyaki.answer import Result
from keyaki.questions.inclusion import MOST_CHOICES

EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
BUCKETS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
QUEUES = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
NO_DELETING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*:Delete*", "Resource": "*"}, EVERYTHING["Statement"]],
}


def test_policies_of_one_level_add_up() -> None:
    """An identity with two policies has what either of them allows, and less than everything."""
    both = keyaki.PolicySet([BUCKETS, QUEUES])
    assert keyaki.implies(BUCKETS, both).result is Result.PASS
    assert keyaki.implies(QUEUES, both).result is Result.PASS
    (reason,) = keyaki.no_new_access(both, BUCKETS).reasons
    assert (reason.policy, reason.statement) == (1, 0)


def test_levels_restrict_each_other() -> None:
    """A boundary keeps out what it does not allow, and a Deny of any level keeps out what it denies."""
    assert keyaki.equivalent(keyaki.PolicySet(EVERYTHING, boundary=BUCKETS), BUCKETS).result is Result.PASS
    assert keyaki.disjoint(keyaki.PolicySet(EVERYTHING, boundary=BUCKETS), QUEUES).result is Result.PASS
    confined = keyaki.PolicySet(EVERYTHING, scps=[[EVERYTHING], [NO_DELETING]], session=[BUCKETS, QUEUES])
    assert keyaki.not_granted(confined, actions=["s3:DeleteBucket"]).result is Result.PASS
    assert keyaki.not_granted(confined, actions=["s3:CreateBucket"]).result is Result.FAIL
    assert keyaki.not_granted(confined, actions=["ec2:*"]).result is Result.PASS


def test_an_empty_level_allows_nothing() -> None:
    """No level is no restriction; a level without policies lets nothing through."""
    assert (
        keyaki.equivalent(keyaki.PolicySet(BUCKETS, scps=[[]]), {"Version": "2012-10-17", "Statement": []}).result is Result.PASS
    )
    assert keyaki.equivalent(keyaki.PolicySet(BUCKETS), BUCKETS).result is Result.PASS


def test_too_many_choices_are_undecided() -> None:
    """Levels whose statements combine in too many ways leave the question open, with the reason."""
    size = int(MOST_CHOICES**0.5) + 1
    statements = [{"Effect": "Allow", "Action": f"s3:a{number}", "Resource": "*"} for number in range(size)]
    many = {"Version": "2012-10-17", "Statement": statements}
    answer = keyaki.no_new_access(keyaki.PolicySet(many, boundary=many), BUCKETS)
    assert answer.result is Result.UNDECIDED
    assert "choices" in str(answer.open)
