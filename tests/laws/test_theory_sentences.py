"""The theory of requests, sentence by sentence: each case is a policy whose verdict rests on one sentence of the semantics.

Every case comes with an edit that puts something in its place of which the sentence does not speak (another key, another
value); the verdict is then the other one. A sentence that the engine dropped would make the two verdicts equal.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from naming_sentences import NAMING
from request_sentences import REQUESTS
from sentence_cases import HOME, Case, Statement, allow, deny

import keyaki


def judge(case: Case, *, edited: bool) -> str:
    """The outcome of a case, or of its edit."""
    text = json.dumps({"Version": case.version, "Statement": case.statements})
    if edited:
        old, new = case.edit
        assert old in text
        text = text.replace(old, new)
    policy = keyaki.parse(text)
    verdict = keyaki.check(policy, **case.question)
    for grant in verdict.grants:
        assert keyaki.allows(policy, grant.witness) == "allow"
    return verdict.outcome.value


SENTENCES = {**REQUESTS, **NAMING}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_decides(name: str) -> None:
    """A policy's verdict is what the sentence says, and the other one where the sentence has nothing to say."""
    case = SENTENCES[name]
    outcomes = ["PASSED", "FAILED"] if case.passes else ["FAILED", "PASSED"]
    assert [judge(case, edited=False), judge(case, edited=True)] == outcomes, case.why


# What a witness holds


def witness(*statements: Statement, version: str = "2012-10-17", **question: Any) -> dict[str, str | list[str]]:
    """The context of the first witness."""
    verdict = keyaki.check({"Version": version, "Statement": list(statements)}, **question)
    assert verdict.witness is not None
    return verdict.witness.context


def test_a_witness_holds_the_mentioned_keys_that_are_present() -> None:
    """Keys that the policy mentions are there if always present, decided by the ARN or needed, and no other key is."""
    found = witness(
        allow(StringEquals={"aws:PrincipalTag/t": "a"}, StringEqualsIfExists={"kms:ViaService": "b"}),
        deny("arn:aws:kms:eu-*:*:key/*", StringEquals={"aws:UserAgent": "x", "aws:RequestedRegion": "eu-west-1"}),
    )
    assert found.keys() == {"aws:PrincipalTag/t", "aws:UserAgent", "aws:RequestedRegion"}


def test_a_live_variable_mentions_its_key_and_a_dead_one_does_not() -> None:
    """A variable's key is in the witness iff the version makes variables live."""
    statements = [allow(), deny("arn:aws:kms:us-gov-east-1:${aws:PrincipalAccount}:key/${aws:PrincipalAccount: }")]
    assert witness(*statements).keys() == {"aws:PrincipalAccount"}
    assert witness(*statements, version="2008-10-17") == {}


def test_only_multi_valued_keys_have_lists() -> None:
    """A value is a list iff its key is multi-valued."""
    found = witness(
        allow(
            **{
                "ForAnyValue:StringEquals": {"aws:TagKeys": "a", "aws:PrincipalTag/t": "a", "saml:x": "b"},
                "StringEquals": {"kms:ViaService": "c"},
            }
        )
    )
    assert found == {"aws:TagKeys": ["a"], "aws:PrincipalTag/t": "a", "saml:x": ["b"], "kms:ViaService": "c"}


def test_a_witness_has_one_value_under_both_names() -> None:
    """Two names of one value say the same: texts are equal, and the two times are one instant in their own forms."""
    found = witness(
        allow(
            StringEquals={"kms:CallerAccount": HOME, "kms:KeySpec": "RSA_2048"},
            StringLike={
                "aws:PrincipalAccount": "*",
                "kms:CustomerMasterKeySpec": "*",
                "kms:CustomerMasterKeyUsage": "*",
                "kms:KeyUsage": "*",
            },
            DateEquals={"aws:CurrentTime": "2024-01-01T09:00:00+09:00"},
            NumericGreaterThan={"aws:EpochTime": 0},
        )
    )
    assert found["kms:CallerAccount"] == found["aws:PrincipalAccount"] == HOME
    assert found["kms:KeySpec"] == found["kms:CustomerMasterKeySpec"] == "RSA_2048"
    assert found["kms:KeyUsage"] == found["kms:CustomerMasterKeyUsage"] == "ENCRYPT_DECRYPT"
    assert (found["aws:CurrentTime"], found["aws:EpochTime"]) == ("2024-01-01T00:00:00Z", "1704067200")


def test_a_witness_writes_typed_values_in_their_one_text() -> None:
    """Numbers, truth values and addresses stand in canonical form, whatever the policy writes."""
    found = witness(
        allow(
            NumericEquals={"aws:MultiFactorAuthAge": "5.50e1"},
            Bool={"aws:SecureTransport": "TRUE"},
            IpAddress={"aws:SourceIp": "2001:0DB8:0::1/128"},
            DateEquals={"aws:TokenIssueTime": "2024"},
        )
    )
    assert found == {
        "aws:MultiFactorAuthAge": "55",
        "aws:SecureTransport": "true",
        "aws:SourceIp": "2001:db8::1",
        "aws:TokenIssueTime": "2024-01-01T00:00:00Z",
    }


@pytest.mark.parametrize("kind", ["mrk-*", "????????-*"])
def test_the_arn_decides_what_the_witness_says_of_it(kind: str) -> None:
    """Region, account and kind in the context are those of the ARN; the key type is there iff the id starts mrk-."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            allow(f"arn:aws:kms:*:*:key/{kind}"),
            deny(
                "arn:aws:kms:us-gov-east-1:*:key/*",
                StringLike={"aws:ResourceAccount": "*", "aws:RequestedRegion": "*", "kms:MultiRegion": "*"},
            ),
            deny("arn:aws:kms:us-gov-east-1:*:key/*", StringLike={"kms:MultiRegionKeyType": "*"}),
        ],
    }
    found = keyaki.check(policy).witness
    assert found is not None
    _, _, _, region, account, key = found.resource.split(":")
    expected = {
        "aws:RequestedRegion": region,
        "aws:ResourceAccount": account,
        "kms:MultiRegion": str(key.startswith("key/mrk-")).lower(),
    }
    if key.startswith("key/mrk-"):
        expected["kms:MultiRegionKeyType"] = "PRIMARY"
    assert found.context == expected


def test_allows_takes_the_context_literally() -> None:
    """A request replayed without a key that it needs is not allowed, although the ARN would decide that key."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [allow(StringLike={"aws:RequestedRegion": "us-*"})]})
    found = keyaki.check(policy).witness
    assert found is not None
    assert keyaki.allows(policy, found) == "allow"
    assert keyaki.allows(policy, keyaki.Request(found.action, found.resource, {})) == "implicitDeny"
