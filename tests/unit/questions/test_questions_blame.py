"""who_blocks: the statements that keep one request out."""

from __future__ import annotations

import keyaki
from keyaki.answer import Result

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b"},
        {"Effect": "Deny", "Sid": "Tls", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ],
}
READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


def request(action: str, secure: str = "true", resource: str = "arn:aws:s3:::b") -> keyaki.Request:
    """A request with or without TLS."""
    return keyaki.Request(action, resource, {"aws:SecureTransport": secure})


def test_an_allowed_request_has_no_blocker() -> None:
    """What is allowed is blocked by nothing, and every statement is traced."""
    found = keyaki.who_blocks(POLICY, request("s3:GetObject"))
    assert (found.result, found.decision, found.blockers) == (Result.PASS, keyaki.Decision.ALLOW, ())
    assert [one.applies for one in found.traces[0][2]] == [True, False]


def test_denies_are_named_first() -> None:
    """A Deny that applies is a blocker with index and Sid, before the level that allows nothing."""
    found = keyaki.who_blocks(POLICY, request("s3:GetObject", "false", "arn:aws:s3:::c"))
    assert found.decision == keyaki.Decision.EXPLICIT_DENY
    assert [(one.statement, one.sid, one.level) for one in found.reasons] == [(1, "Tls", "identity"), (None, None, "identity")]


def test_a_level_without_allow_is_named() -> None:
    """Of several levels the one that allows nothing is named, with what each of its Allows lacks."""
    found = keyaki.who_blocks(keyaki.PolicySet(POLICY, boundary=READ), request("s3:PutObject"))
    assert (found.result, found.decision) == (Result.FAIL, keyaki.Decision.IMPLICIT_DENY)
    assert [(one.level, one.why) for one in found.blockers] == [
        ("boundary", ("statement 0: its Action does not cover `s3:PutObject`",))
    ]
