from __future__ import annotations

import json
from typing import Any

import pytest

from keyaki.controls.trust import trusted_accounts

ACCOUNT = "111122223333"
OTHER = "444455556666"


def trust(*principals: Any, effect: str = "Allow", element: str = "Principal") -> dict[str, Any]:
    """A trust policy with one statement for each principal."""
    statements = [{"Effect": effect, "Action": "sts:AssumeRole", element: principal} for principal in principals]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.mark.parametrize(
    ("principals", "accounts"),
    [
        ([{"AWS": ACCOUNT}], {ACCOUNT}),
        ([{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}], {ACCOUNT}),
        ([{"AWS": f"arn:aws-cn:iam::{ACCOUNT}:user/path/ann"}], {ACCOUNT}),
        ([{"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s:t"}], {ACCOUNT}),
        ([{"AWS": [ACCOUNT, f"arn:aws:iam::{OTHER}:role/r"]}], {ACCOUNT, OTHER}),
        ([{"AWS": ACCOUNT}, {"AWS": OTHER}], {ACCOUNT, OTHER}),
        (["*"], None),
        ([{"AWS": "*"}], None),
        ([{"AWS": [ACCOUNT, "*"]}], None),
        ([{"AWS": ACCOUNT}, {"Service": "ec2.amazonaws.com"}], None),
        ([{"AWS": ACCOUNT, "Service": "ec2.amazonaws.com"}], None),
        ([{"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"}], None),
        ([{"AWS": "AROAEXAMPLEID"}], None),
        ([{"AWS": f"arn:aws:iam::{ACCOUNT}"}], None),
        ([{"AWS": f"arn:aws:s3::{ACCOUNT}:x"}], None),
        ([{"AWS": "1111222233334"}], None),
        ([{"AWS": "\u0661" * 12}], None),
        ([], None),
    ],
)
def test_the_accounts_that_are_trusted(principals: list[Any], accounts: set[str] | None) -> None:
    """Accounts are told where every principal is tied to one, and otherwise nothing is."""
    assert trusted_accounts(trust(*principals)) == accounts
    assert trusted_accounts(json.dumps(trust(*principals))) == accounts


def test_a_negated_principal_trusts_anyone_else() -> None:
    """NotPrincipal in an Allow names whom the role does not trust."""
    assert trusted_accounts(trust({"AWS": ACCOUNT}, element="NotPrincipal")) is None


def test_denies_and_conditions_only_narrow() -> None:
    """A Deny adds nobody, and an Allow with a condition trusts no more than it does without."""
    policy = trust({"AWS": ACCOUNT})
    policy["Statement"][0]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    policy["Statement"] += trust({"AWS": OTHER}, "*", effect="Deny")["Statement"]
    assert trusted_accounts(policy) == {ACCOUNT}


@pytest.mark.parametrize(
    "policy", [None, 5, "", "{", "[]", {}, {"Statement": []}, {"Statement": [{"Effect": "Allow", "Action": "*"}]}]
)
def test_a_trust_policy_that_cannot_be_read_tells_nothing(policy: Any) -> None:
    """What cannot be read, or trusts nobody, says nothing of an account."""
    assert trusted_accounts(policy) is None


def test_an_identity_statement_tells_nothing() -> None:
    """A statement without a principal is not taken for one that trusts nobody."""
    policy = trust({"AWS": ACCOUNT})
    policy["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    assert trusted_accounts(policy) is None
