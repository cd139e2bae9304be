"""How keyaki is asked, and the plain evaluator that is part of it: in a process of its own, as its rivals are."""

from __future__ import annotations

import json
from typing import Any, Final

from keyaki import Policy, Request, allows, check, policy_from

OUTCOMES: Final = {"FAILED": "FAILED", "PASSED": "PASSED"}
ACTIONS: Final = ("kms:Decrypt", "kms:ReEncryptFrom")
KEY: Final = "arn:aws:kms:eu-north-1:999988887777:key/0f1e2d3c-4b5a-4678-9abc-def012345678"
CONTEXT: Final[dict[str, str | list[str]]] = {
    "aws:ResourceAccount": "999988887777",
    "aws:RequestedRegion": "eu-north-1",
    "aws:PrincipalAccount": "111122223333",
    "aws:PrincipalArn": "arn:aws:iam::111122223333:role/worker",
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalType": "AssumedRole",
    "aws:userid": "AROAEXAMPLE:worker",
    "aws:UserAgent": "aws-cli/2",
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:CurrentTime": "2030-01-01T00:00:00Z",
    "aws:EpochTime": "1893456000",
    "kms:CallerAccount": "111122223333",
    "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    "kms:KeyOrigin": "AWS_KMS",
    "kms:KeySpec": "SYMMETRIC_DEFAULT",
    "kms:KeyUsage": "ENCRYPT_DECRYPT",
    "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "kms:CustomerMasterKeyUsage": "ENCRYPT_DECRYPT",
    "kms:MultiRegion": "false",
}
"""What is always present, with values as they mostly are; nothing else."""


class Engine:
    """keyaki: from a parsed policy to its verdict, with the witness replayed."""

    packages = ("keyaki",)

    def read(self, text: str) -> Policy:
        """Return the policy, read from the decoded object."""
        return policy_from(json.loads(text))

    def decide(self, given: Policy) -> str:
        """Return what KMS.1 says of it."""
        return OUTCOMES.get(check(given).outcome.value, "unknown")


class Objects:
    """keyaki again: from a decoded object to its verdict."""

    packages = ("keyaki",)

    def read(self, text: str) -> Any:
        """Return the decoded object."""
        return json.loads(text)

    def decide(self, given: Any) -> str:
        """Return what KMS.1 says of it."""
        return OUTCOMES.get(check(given).outcome.value, "unknown")


class Evaluator:
    """A plain evaluator: is a blocked action allowed on one fixed key that no policy names, in one ordinary context?"""

    packages = ("keyaki",)

    def read(self, text: str) -> Policy:
        """Return the policy, read from the decoded object."""
        return policy_from(json.loads(text))

    def decide(self, given: Policy) -> str:
        """Return FAILED iff one is."""
        found = any(allows(given, Request(action, KEY, CONTEXT)).value == "allow" for action in ACTIONS)
        return "FAILED" if found else "PASSED"
