"""A truth value that is the key's own variable beside one that may be empty was taken for none, so such a policy PASSED."""

from __future__ import annotations

import pytest

import keyaki

KEY = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize("key", ["aws:SecureTransport", "aws:PrincipalTag/u"])
@pytest.mark.parametrize("form", ["{own}{empty}", "{empty}{own}", "{empty}{own}{empty}"])
def test_itself_and_nothing_is_itself(key: str, form: str) -> None:
    """Where the other variable is absent its default, an empty text, stands there, and the key equals itself."""
    value = form.format(own=f"${{{key}}}", empty="${aws:PrincipalTag/t, ''}")
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {key: value}}}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    assert keyaki.allows(policy, keyaki.Request("kms:Decrypt", KEY, {key: "true"})) == "allow"
    verdict = keyaki.check(policy)
    assert verdict.outcome == "FAILED"
    keyaki.verify(policy, verdict)


@pytest.mark.parametrize("more", ["x", "${aws:PrincipalTag/t}", "${aws:PrincipalTag/t, 'x'}", "{own}", "{default}"])
@pytest.mark.parametrize("key", ["aws:SecureTransport", "aws:PrincipalTag/u"])
def test_itself_and_something_is_no_truth_value(key: str, more: str) -> None:
    """A character, a variable that always inserts one, or the key once more, whose default is dead, make it none."""
    own = f"${{{key}}}"
    value = own + more.replace("{own}", own).replace("{default}", f"${{{key}, ''}}")
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {key: value}}}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    keyaki.verify(policy, verdict)
