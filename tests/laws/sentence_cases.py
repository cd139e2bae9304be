"""Cases that rest on one sentence each: a policy, why it passes or fails, and the edit that turns the verdict."""

from __future__ import annotations

from typing import Any, NamedTuple

X = "aws:PrincipalTag/x"
MULTI_REGION = "arn:aws:kms:*:*:key/mrk-*"
SINGLE_REGION = "arn:aws:kms:*:*:key/????????-*"
HOME = "111122223333"
Statement = dict[str, Any]


class Case(NamedTuple):
    """A policy that PASSES iff ``passes``, and the edit of its text that turns the verdict."""

    why: str
    passes: bool
    statements: list[Statement]
    edit: tuple[str, str]
    question: dict[str, Any] = {}  # noqa: RUF012 - a named tuple's default
    version: str = "2012-10-17"


def allow(resource: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    """An Allow of everything in KMS."""
    return {"Effect": "Allow", "Action": "kms:*", "Resource": resource, "Condition": condition}


def deny(resource: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    """A Deny of everything in KMS."""
    return {**allow(resource, **condition), "Effect": "Deny"}


def without(resource: str, **condition: dict[str, Any]) -> Statement:
    """An Allow of everything in KMS on what is not the resource."""
    return {"Effect": "Allow", "Action": "kms:*", "NotResource": resource, "Condition": condition}


def absent(key: str) -> Statement:
    """An Allow for requests that lack a key."""
    return allow(Null={key: "true"})


def present(key: str) -> Statement:
    """An Allow for requests that have a key."""
    return allow(Null={key: "false"})


def is_one(key: str, text: str) -> Statement:
    """An Allow for requests in which the key is exactly the text."""
    return allow(StringEquals={key: text})


def like(key: str, pattern: str) -> Statement:
    """An Allow for requests in which the key's text matches."""
    return allow(StringLike={key: pattern})


AT_KEY: dict[str, Any] = {"scope": "key"}
OF_ACCOUNT: dict[str, Any] = {"scope": "account"}
ENCRYPTING: dict[str, Any] = {"actions": ("kms:Encrypt",)}
