"""Resource policies: principals as one more text of a request."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.answer import Result
from keyaki.questions.principals import seen_by

ROLE = "arn:aws:iam::111122223333:role/r"


def trust(principal: Any, *, name: str = "Principal", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """A trust policy of one statement."""
    return {"Version": "2012-10-17", "Statement": {"Effect": effect, name: principal, "Action": "sts:AssumeRole", **more}}


PAIRS = [
    ("*", {"AWS": "*"}, "equivalent"),
    ({"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"}, "equivalent"),
    ({"AWS": ROLE}, {"AWS": [ROLE, "444455556666"]}, "less permissive"),
    ({"Service": "ec2.amazonaws.com"}, {"AWS": "*"}, "less permissive"),
    ({"Service": "ec2.amazonaws.com", "AWS": ROLE}, {"Service": "ec2.amazonaws.com"}, "more permissive"),
    ({"Service": "ec2.amazonaws.com"}, {"Service": "s3.amazonaws.com"}, "incomparable"),
    ({"Federated": "cognito-identity.amazonaws.com"}, {"Service": "cognito-identity.amazonaws.com"}, "incomparable"),
]


@pytest.mark.parametrize(("new", "old", "relation"), PAIRS)
def test_principals_are_compared_as_texts(new: Any, old: Any, relation: str) -> None:
    """Principals relate as sets of texts; an account's number is its root, and `*` is everybody."""
    found = keyaki.compare(trust(new), trust(old))
    assert str(found.relation) == relation
    for answer, mine, other in ((found.gained, new, old), (found.lost, old, new)):
        for reason in answer.reasons:
            assert reason.principal is not None
            views = [seen_by(keyaki.policy_from(trust(one)), reason.principal) for one in (mine, other)]
            assert [keyaki.allows(view, reason.witness) == "allow" for view in views] == [True, False]


def test_not_principal_is_the_complement() -> None:
    """A NotPrincipal and its Principal together are everybody, and apart they are disjoint."""
    one, rest = trust({"AWS": ROLE}), trust({"AWS": ROLE}, name="NotPrincipal")
    both = {"Version": "2012-10-17", "Statement": [one["Statement"], rest["Statement"]]}
    assert keyaki.equivalent(both, trust("*")).result is Result.PASS
    assert keyaki.disjoint(one, rest).result is Result.PASS


def test_a_trust_policy_is_about_every_resource() -> None:
    """A missing Resource counts as `*`."""
    assert keyaki.equivalent(trust("*"), trust("*", Resource="*")).result is Result.PASS


def test_kinds_of_policies_are_not_mixed() -> None:
    """An identity policy and a resource policy cannot be compared."""
    identity = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    with pytest.raises(keyaki.KeyakiError, match="cannot be compared with a resource policy"):
        keyaki.no_new_access(identity, trust("*"))
