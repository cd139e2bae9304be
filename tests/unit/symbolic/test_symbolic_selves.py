"""Keys compared with themselves: a value that is the key's own variable, alone or with more beside it."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki


@pytest.mark.parametrize(
    ("operator", "key", "value", "outcome"),
    [
        ("Bool", "aws:SecureTransport", "${aws:SecureTransport}", "FAILED"),
        ("Bool", "aws:SecureTransport", "${aws:SecureTransport}x", "PASSED"),
        ("Bool", "aws:SecureTransport", "${aws:SecureTransport}${aws:PrincipalTag/t, ''}", "FAILED"),
        ("Bool", "aws:PrincipalTag/t", "${aws:PrincipalTag/t}", "FAILED"),
        ("StringEquals", "aws:PrincipalTag/t", "${aws:PrincipalTag/t}", "FAILED"),
        ("StringEquals", "aws:PrincipalTag/t", "${aws:PrincipalTag/t}x", "PASSED"),
        ("StringLike", "aws:PrincipalTag/t", "*${aws:PrincipalTag/t}*", "FAILED"),
        ("StringLike", "aws:PrincipalTag/t", "?${aws:PrincipalTag/t}", "PASSED"),
        ("StringEquals", "kms:CallerAccount", "${aws:PrincipalAccount}", "FAILED"),
        ("ArnLike", "aws:PrincipalArn", "${aws:PrincipalArn}", "PASSED"),
    ],
)
def test_a_value_equals_itself_and_nothing_longer(operator: str, key: str, value: str, outcome: str) -> None:
    """A present key meets its own value, and never that and one more character; the evidence says so."""
    condition: dict[str, dict[str, Any]] = {operator: {key: value}}
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    verdict = keyaki.check(policy)
    assert verdict.outcome == outcome
    keyaki.verify(policy, verdict)
