"""Policies whose variables tie parts of a request together, each once answered wrongly or not at all."""

from __future__ import annotations

import pytest

import keyaki

T = "aws:PrincipalTag/t"
R = "aws:ResourceTag/t"


def allow(resource: str = "*", **condition: dict[str, object]) -> dict[str, object]:
    """An Allow of everything in KMS."""
    return {"Effect": "Allow", "Action": "kms:*", "Resource": resource, "Condition": condition}


def deny(resource: str = "*", **condition: dict[str, object]) -> dict[str, object]:
    """A Deny of everything in KMS."""
    return {"Effect": "Deny", "Action": "kms:*", "Resource": resource, "Condition": condition}


CASES = {
    "own-field-of-the-arn": ("PASSED", [allow("arn:aws:kms:*:*:key/mrk-*"), deny("arn:aws:kms:*:${aws:ResourceAccount}:key/*")]),
    "a-region-is-no-key-id": (
        "PASSED",
        [allow("arn:aws:kms:*:*:key/${aws:PrincipalTag/t}"), deny(StringNotEquals={T: "${aws:RequestedRegion}"})],
    ),
    "a-text-is-shorter-than-itself-and-a-star": ("PASSED", [allow(StringEqualsIgnoreCase={T: "${aws:PrincipalTag/t}*"})]),
    "an-arn-is-no-field-of-itself": ("PASSED", [allow(ArnLike={"aws:PrincipalArn": "${aws:PrincipalArn}"})]),
    "no-decimal-is-an-address": ("PASSED", [allow(StringEqualsIgnoreCase={"aws:SourceIp": "${aws:MultiFactorAuthAge}"})]),
    "no-address-is-a-truth-value": ("PASSED", [allow(Bool={"aws:ViaAWSService": "${aws:SourceIp}"})]),
    "no-arn-is-a-number": ("PASSED", [allow(), deny(StringNotEquals={"aws:PrincipalArn": "${aws:EpochTime}"})]),
    "no-address-is-an-arn": ("PASSED", [allow(StringLike={"aws:SourceIp": "${aws:PrincipalArn}"})]),
    "a-variable-completes-a-truth-value": ("FAILED", [allow(Bool={"aws:ViaAWSService": "tru${aws:PrincipalTag/t}"})]),
    "a-date-beside-a-variable": (
        "FAILED",
        [allow(BoolIfExists={"aws:ViaAWSService": ["tru${aws:PrincipalTag/t}", "${aws:CurrentTime}"]})],
    ),
    "a-variable-holds-the-rest-of-an-arn": (
        "FAILED",
        [allow(ArnLike={"aws:PrincipalArn": ["arn:aws:iam::*:${aws:PrincipalTag/t}", "${aws:SourceArn}"]})],
    ),
    "equal-tags": ("FAILED", [allow(StringEquals={R: "${aws:PrincipalTag/t}"})]),
    "equal-tags-or-denied": ("FAILED", [allow(), deny(StringNotEquals={R: "${aws:PrincipalTag/t}"})]),
    "equal-and-unequal": (
        "PASSED",
        [allow(StringEquals={R: "${aws:PrincipalTag/t}"}), deny(StringEquals={R: "${aws:PrincipalTag/t}"})],
    ),
    "equal-tags-pinned-apart": (
        "PASSED",
        [allow(StringEquals={R: "${aws:PrincipalTag/t}"}), deny(StringNotEquals={R: "a"}), deny(StringNotEquals={T: "b"})],
    ),
    "equal-tags-with-patterns-apart": (
        "PASSED",
        [allow(StringEquals={R: "${aws:PrincipalTag/t}"}), deny(StringNotLike={R: "a*"}), deny(StringLike={T: "a*"})],
    ),
    "own-account-and-a-run": (
        "PASSED",
        [
            allow(
                "arn:aws:kms:us-east-1:${aws:PrincipalAccount}*:key/*",
                StringNotEquals={"kms:CallerAccount": "${aws:ResourceAccount}"},
            )
        ],
    ),
    "an-empty-variable-beside-its-own-presence": (
        "PASSED",
        [
            {**deny(StringLike={"aws:PrincipalTag/u": "${aws:PrincipalTag/u}"}, Null={T: "false"})},
            allow(**{"StringNotEquals": {R: "${aws:PrincipalTag/u}"}, "ForAnyValue:StringEquals": {R: "${aws:PrincipalTag/t}*"}}),
            deny(StringNotLike={"aws:PrincipalTag/u": "${aws:PrincipalTag/u}"}),
        ],
    ),
    "an-equal-tag-that-is-absent": ("PASSED", [allow(StringEquals={R: "${aws:PrincipalTag/t}"}, Null={T: "true"})]),
    "a-region-of-a-tag-but-not-one": (
        "FAILED",
        [allow("arn:aws:kms:${aws:PrincipalTag/t}:*:key/*", StringNotEquals={T: "us-east-1"})],
    ),
    "the-time-as-a-number": ("FAILED", [allow(StringLike={"aws:EpochTime": "${aws:MultiFactorAuthAge}"})]),
    "a-tag-that-ends-in-another": (
        "FAILED",
        [
            allow(StringNotEquals={"aws:PrincipalTag/u": "${aws:PrincipalTag/t}"}),
            deny(StringNotLikeIfExists={T: "*${aws:PrincipalTag/u}"}),
        ],
    ),
    "equal-as-texts-is-not-equal-as-truth-values": (
        "FAILED",
        [allow(StringEquals={R: "${aws:PrincipalTag/t}"}), deny(Bool={R: "${aws:PrincipalTag/t}"})],
    ),
    "one-time-in-two-texts": (
        "FAILED",
        [
            allow(StringEquals={"aws:EpochTime": "${aws:PrincipalTag/t}"}),
            deny(StringEquals={"aws:CurrentTime": "${aws:PrincipalTag/t}"}),
        ],
    ),
    "tag-as-key-id": ("FAILED", [allow("arn:aws:kms:*:*:key/${aws:PrincipalTag/t}")]),
    "another-account-than-the-callers": (
        "FAILED",
        [
            allow(StringNotEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}),
            deny(StringNotEquals={"aws:PrincipalAccount": "1" * 12}),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_tied_variables_are_decided(name: str) -> None:
    """A policy that ties variables has its outcome, and evidence that verifies."""
    expected, statements = CASES[name]
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})
    verdict = keyaki.check(policy)
    assert verdict.outcome == expected
    keyaki.verify(policy, verdict)


def test_a_multi_region_key_has_its_type_in_the_witness() -> None:
    """A witness with a multi-Region key holds kms:MultiRegionKeyType wherever the policy mentions it."""
    policy = keyaki.policy_from(
        {
            "Version": "2012-10-17",
            "Statement": [
                {**allow(), "Condition": {"Null": {"kms:MultiRegionKeyType": "true"}}},
                allow("arn:aws:kms:*:*:key/mrk-*"),
            ],
        }
    )
    verdict = keyaki.check(policy)
    assert [grant.statement for grant in verdict.grants] == [0, 1]
    assert verdict.grants[1].witness.context["kms:MultiRegionKeyType"] == "PRIMARY"
    keyaki.verify(policy, verdict)
