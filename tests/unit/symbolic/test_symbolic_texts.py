"""Readable texts: each is spelt as AWS spells values of its key, so that a reader of a witness recognises it."""

from __future__ import annotations

import re

import pytest

from keyaki.catalogue import SPELLINGS
from keyaki.policy import Policy
from keyaki.symbolic.keyarn import KeyKind, kind_of
from keyaki.symbolic.names import names_of
from keyaki.symbolic.readable import ACCOUNTS, CALLERS, MRKS, NEW, OTHER_TEXTS, TEXTS, UUIDS
from keyaki.symbolic.theory import Case, Part, Theory

FORMS = {
    "kms:calleraccount": r"[0-9]{12}",
    "aws:principalarn": r"arn:aws:iam::[0-9]{12}:role/example",
    "aws:sourcearn": r"arn:aws:s3:::example",
    "aws:sourcevpcarn": r"arn:aws:ec2:us-east-1:[0-9]{12}:vpc/vpc-[0-9a-f]{8}",
    "kms:keyspec": r"SYMMETRIC_DEFAULT|RSA_2048",
    "kms:keyorigin": r"AWS_KMS|EXTERNAL|AWS_CLOUDHSM|EXTERNAL_KEY_STORE",
    "kms:encryptionalgorithm": r"SYMMETRIC_DEFAULT|RSAES_OAEP_SHA_(1|256)",
    "kms:keyusage": r"ENCRYPT_DECRYPT|SIGN_VERIFY",
    "kms:viaservice": r"[a-z0-9]+\.[a-z]{2}-[a-z]+-[0-9]\.amazonaws\.com",
    "kms:resourcealiases": r"alias/(example|other)",
    "kms:requestalias": r"alias/(example|other)",
    "aws:principaltype": r"AssumedRole|User|Account|FederatedUser",
    "aws:userid": r"AROA[A-Z0-9]{15}:example|AIDA[A-Z0-9]{16}",
    "aws:useragent": r"aws-cli/2|Boto3/1",
    "aws:sourcevpc": r"vpc-[0-9a-f]{8}",
    "aws:sourcevpce": r"vpce-[0-9a-f]{8}",
    "aws:principalorgid": r"o-[a-z0-9]{10}",
    "aws:resourceorgid": r"o-[a-z0-9]{10}",
    "aws:securetransport": r"true|false",
    "aws:viaawsservice": r"true|false",
    "aws:calledvia": r"[a-z]+\.amazonaws\.com",
    "aws:sourceaccount": r"[0-9]{12}",
    "aws:sourceip": r"203\.0\.113\.1|10\.0\.0\.1|2001:db8::1",
    "aws:vpcsourceip": r"203\.0\.113\.1|10\.0\.0\.1|2001:db8::1",
    "aws:currenttime": r"2025-01-01T12:00:00Z",
}


def test_keys_with_texts_are_known_ones() -> None:
    """Whatever key has texts of its own has a form here and a spelling in the catalogue."""
    assert TEXTS.keys() == FORMS.keys()
    assert TEXTS.keys() <= SPELLINGS.keys()


@pytest.mark.parametrize("key", sorted(FORMS))
def test_texts_have_the_form_of_their_key(key: str) -> None:
    """Each text is of the documented form, none stands twice, and a request can hold it."""
    theory = Theory("kms:Encrypt", "aws", names_of(Policy("2012-10-17", ()), "aws"), frozenset(), epoch=False)
    universe = theory.facts(key, Case(None, None, Part.NONE)).universe
    texts = TEXTS[key]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert re.fullmatch(FORMS[key], text), text
        assert universe.admits(text)


def test_examples_of_arns_are_accounts_regions_and_ids() -> None:
    """Accounts are 12 digits, new Regions of the Region form, ids of their kind; no text stands twice."""
    assert all(re.fullmatch(r"[0-9]{12}", text) for text in CALLERS)
    assert ACCOUNTS[0] == "111122223333"
    assert CALLERS[0] not in ACCOUNTS
    assert all(re.fullmatch(r"[a-z]{2}-new-1", text) for text in NEW)
    assert {kind_of(text) for text in UUIDS} == {KeyKind.UUID}
    assert {kind_of(text) for text in MRKS} == {KeyKind.MRK}
    for texts in (ACCOUNTS, CALLERS, NEW, UUIDS, MRKS, OTHER_TEXTS):
        assert len(set(texts)) == len(texts)
    assert all(re.fullmatch(r"example|other|1", text) for text in OTHER_TEXTS)
