"""Which keys hold lists: a key of another prefix does as soon as some condition uses it with a set prefix."""

from __future__ import annotations

import pytest

import keyaki
from keyaki.reference.evaluate import multi_valued_keys


@pytest.mark.parametrize(
    ("key", "operator", "listed"),
    [
        ("saml:x", "ForAnyValue:StringEquals", {"saml:x"}),
        ("SAML:X", "ForAllValues:StringLikeIfExists", {"saml:x"}),
        ("saml:x", "StringEquals", set()),
        ("kms:x", "ForAnyValue:StringEquals", set()),
        ("AWS:x", "ForAnyValue:StringEquals", set()),
        ("kmsx:y", "ForAnyValue:StringEquals", {"kmsx:y"}),
        ("awsx:y", "ForAnyValue:StringEquals", {"awsx:y"}),
        ("kms", "ForAnyValue:StringEquals", {"kms"}),
        ("aws", "ForAnyValue:StringEquals", {"aws"}),
        ("saml:x", "ForAnyValue:Null", {"saml:x"}),
    ],
)
def test_keys_outside_aws_and_kms_are_lists_under_a_set_prefix(key: str, operator: str, listed: set[str]) -> None:
    """The prefixes are `aws:` and `kms:` with their colon, in any case; of these the catalogue alone says which are lists."""
    values = "true" if operator.endswith("Null") else "a"
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": {operator: {key: values}}}
    assert multi_valued_keys(keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})) == listed
