"""Names beside a variable that never has a value: such a pattern matches nothing, so it names nothing."""

from __future__ import annotations

import pytest

import keyaki
from keyaki.checker.freshness import named
from keyaki.symbolic.names import Names, names_of

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize("key", ["aws:TagKeys", "aws:PrincipalServiceName", "kms:GrantOperations", "saml:list"])
@pytest.mark.parametrize("default", ["", ", '1'"])
def test_a_pattern_with_a_variable_that_never_has_a_value_names_nothing(key: str, default: str) -> None:
    """A key that is a list to AWS or to the policy, or is never there, has no value; with a default the pattern may match."""
    pattern = f"arn:aws:kms:eu-south-2:12345678901${{{key}{default}}}:key/{ID}"
    listed = {"ForAnyValue:StringEquals": {"saml:list": "a"}}
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": pattern, "Condition": listed}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    found = names_of(policy, "aws")
    assert found == (Names(frozenset({"eu-south-2"}), frozenset(), frozenset({ID})) if default else Names())
    checked = named(policy, "aws")
    assert (checked.regions, checked.accounts, checked.ids) == (found.regions, found.accounts, found.ids)
