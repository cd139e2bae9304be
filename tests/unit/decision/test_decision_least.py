"""Witnesses hold what the verdict needs: optional keys that only a guess of the search put there are taken out again."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki

EXAMPLE = "arn:aws:iam::111122223333"


def witness_of(action: str, *statements: dict[str, Any]) -> keyaki.Request:
    """The witness of the only grant, for one action."""
    found = [{"Effect": "Allow", "Action": action, "Resource": "*", **one} for one in statements]
    verdict = keyaki.check({"Version": "2012-10-17", "Statement": found}, actions=[action])
    (grant,) = verdict.grants
    return grant.witness


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:Encrypt"])
def test_a_variable_whose_value_does_not_matter_is_absent(action: str) -> None:
    """Where another value of the condition matches, the tag that a variable reads is not in the witness."""
    condition = {"ArnLike": {"aws:PrincipalArn": ["${aws:PrincipalTag/t}", EXAMPLE]}}
    assert set(witness_of(action, {"Condition": condition}).context) == {"aws:PrincipalArn"}


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:Encrypt"])
def test_a_variable_whose_value_is_needed_stays(action: str) -> None:
    """Where only the variable can match, its tag is there, and so is the other side of the tie."""
    condition = {"StringEquals": {"aws:ResourceTag/t": "${aws:PrincipalTag/t}"}}
    found = witness_of(action, {"Condition": condition}).context
    assert set(found) == {"aws:ResourceTag/t", "aws:PrincipalTag/t"}
    assert len({str(value) for value in found.values()}) == 1


@pytest.mark.parametrize(("action", "present"), [("kms:Decrypt", True), ("kms:Encrypt", False)])
def test_the_algorithm_is_in_every_decryption(action: str, present: bool) -> None:
    """`kms:EncryptionAlgorithm` is mentioned and not needed: a decryption has it all the same, an encryption need not."""
    deny = {"Effect": "Deny", "Condition": {"StringEquals": {"kms:EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}}}
    assert ("kms:EncryptionAlgorithm" in witness_of(action, {}, deny).context) is present
