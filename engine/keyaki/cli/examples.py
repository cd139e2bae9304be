"""The examples of ``keyaki demo``: small policies, each with the outcome that KMS.1 must give and the point it makes.

They are data. Each shows one thing that a reader of policies gets wrong by eye, beside a neighbour with the other outcome.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Example(NamedTuple):
    """A policy text with its name, the point it makes, and the outcome that is expected of it."""

    name: str
    point: str
    expected: str
    policy: str


EXAMPLES: Final = (
    Example(
        "every key",
        "decryption on every resource",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "*"
}}
""",
    ),
    Example(
        "one key",
        "the same, on one key written out in full",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}}
""",
    ),
    Example(
        "every Region of one account",
        "the account is pinned, the Region is not",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
  "Resource": "arn:aws:kms:*:111122223333:key/*"
}}
""",
    ),
    Example(
        "one Region of one account",
        "Region and account both written out: the keys of one place",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
  "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"
}}
""",
    ),
    Example(
        "a Deny that rescues",
        "the Allow is wide open, but a Deny takes back every key outside one place",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": [
  {"Sid": "UseKeys", "Effect": "Allow", "Action": "kms:*", "Resource": "*"},
  {"Sid": "OnlyOurs", "Effect": "Deny", "Action": ["kms:Decrypt", "kms:ReEncryptFrom"],
   "NotResource": "arn:aws:kms:eu-west-1:111122223333:key/*"}
]}
""",
    ),
    Example(
        "a Deny that does not",
        "the Deny takes back the keys of one Region and leaves all the others",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": [
  {"Sid": "UseKeys", "Effect": "Allow", "Action": "kms:*", "Resource": "*"},
  {"Sid": "NotThere", "Effect": "Deny", "Action": ["kms:Decrypt", "kms:ReEncryptFrom"],
   "Resource": "arn:aws:kms:us-east-1:*:key/*"}
]}
""",
    ),
    Example(
        "a Deny with a condition",
        "without multi-factor authentication nothing is allowed, and with it every key",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
  {"Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
]}
""",
    ),
    Example(
        "two Denies that leave nothing",
        "each Deny has a gap, and together they have none",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
  {"Effect": "Deny", "Action": "kms:*", "Resource": "*",
   "Condition": {"StringEquals": {"aws:PrincipalTag/team": "payments"}}},
  {"Effect": "Deny", "Action": "kms:*", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "payments"}}}
]}
""",
    ),
    Example(
        "a condition that can be met",
        "any key, as long as one service asks: a request that meets the condition exists",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "*",
  "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
}}
""",
    ),
    Example(
        "a condition that confines",
        "the same open Resource, but the condition holds the key to one place",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "*",
  "Condition": {"StringEquals": {
    "aws:ResourceAccount": "111122223333",
    "aws:RequestedRegion": "eu-west-1"
  }}
}}
""",
    ),
    Example(
        "conditions that contradict",
        "no age is both below 300 and above 900 seconds, so the statement never applies",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "*",
  "Condition": {
    "NumericLessThan": {"aws:MultiFactorAuthAge": "300"},
    "NumericGreaterThan": {"aws:MultiFactorAuthAge": "900"}
  }
}}
""",
    ),
    Example(
        "a wildcard in the action",
        "`kms:D*` is Decrypt as well as DescribeKey",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:D*",
  "Resource": "*"
}}
""",
    ),
    Example(
        "actions that do not decrypt",
        "every key, but only to look at it and to encrypt",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": ["kms:DescribeKey", "kms:Encrypt"],
  "Resource": "*"
}}
""",
    ),
    Example(
        "NotAction",
        "everything but IAM includes every key",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "NotAction": "iam:*",
  "Resource": "*"
}}
""",
    ),
    Example(
        "NotResource",
        "leaving out one account leaves in all the others",
        "FAILED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:ReEncrypt*",
  "NotResource": "arn:aws:kms:*:111122223333:key/*"
}}
""",
    ),
    Example(
        "aliases",
        "an alias in Resource grants no use of the key behind it",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "arn:aws:kms:*:*:alias/*"
}}
""",
    ),
    Example(
        "the caller's own account",
        "a policy variable pins the account to whoever calls",
        "PASSED",
        """{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": "arn:aws:kms:eu-west-1:${aws:PrincipalAccount}:key/*"
}}
""",
    ),
    Example(
        "a variable that is only text",
        "without Version 2012-10-17 the variable is literal text, and what stands open is the other entry",
        "FAILED",
        """{"Statement": {
  "Effect": "Allow",
  "Action": "kms:Decrypt",
  "Resource": [
    "arn:aws:kms:eu-west-1:${aws:PrincipalAccount}:key/*",
    "arn:aws:kms:us-*:111122223333:key/*"
  ]
}}
""",
    ),
)
