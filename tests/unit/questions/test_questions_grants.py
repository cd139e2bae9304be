"""not_granted: patterns on both sides, and its quantifiers."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.answer import Result


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of Allow statements."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in statements]}


READ = policy({"Action": "s3:Get*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::c/*"]}, {"NotAction": "s3:*", "Resource": "*"})
QUESTIONS = [
    (["s3:GetObject"], ["arn:aws:s3:::c/*"], "FAIL", 0),
    (["s3:G?tObject"], [], "FAIL", 0),
    (["s3:Put*"], [], "PASS", None),
    (["s3:*"], ["arn:aws:s3:::d*"], "PASS", None),
    (["S3:*"], ["arn:aws:s3:::*/x"], "FAIL", 0),
    (["kms:Decrypt"], ["arn:aws:kms:*:*:key/*"], "FAIL", 1),
    ([], ["arn:aws:kms:*:*:key/*"], "FAIL", 1),
    (["*"], [], "FAIL", 0),
]


@pytest.mark.parametrize(("actions", "resources", "result", "index"), QUESTIONS)
def test_some_matching_resource(actions: list[str], resources: list[str], result: str, index: int | None) -> None:
    """An action is granted if a request with it on some matching resource is allowed, and the first such statement is named."""
    answer = keyaki.not_granted(READ, actions=actions, resources=resources)
    assert str(answer.result) == result
    assert (answer.reasons[0].statement if answer.reasons else None) == index
    assert (answer.certificate is None) == bool(answer.reasons)


def test_fresh_resources_are_those_not_written_out() -> None:
    """What is written out in full does not count for the quantifier `fresh`; what a wildcard reaches does."""
    bucket = policy({"Action": "s3:Get*", "Resource": "arn:aws:s3:::b"})
    assert keyaki.not_granted(bucket, actions="s3:GetObject").result is Result.FAIL
    assert keyaki.not_granted(bucket, actions="s3:GetObject", quantifier="fresh").result is Result.PASS
    assert keyaki.not_granted(READ, actions="s3:GetObject", quantifier="fresh").witness.resource.startswith("arn:aws:s3:::c/")


def test_bad_questions() -> None:
    """A question about nothing, a pattern that can match nothing, and an unknown quantifier are errors."""
    for asked in ({}, {"actions": ["s3"]}, {"resources": ["bucket"]}, {"actions": ["s3:x"], "quantifier": "most"}):
        with pytest.raises(keyaki.KeyakiError):
            keyaki.not_granted(READ, **asked)
