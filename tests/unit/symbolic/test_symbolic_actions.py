from __future__ import annotations

from itertools import product

import keyaki
from keyaki.catalogue import KEY_ACTIONS
from keyaki.reference.evaluate import Context, action_holds
from keyaki.symbolic.actions import groups

PATTERNS = [
    *(
        "*",
        "kms:*",
        "KMS:Decrypt",
        "kms:De*",
        "k?s:*crypt",
        "*:Decrypt",
        "*crypt",
        "k*",
        "kms:Decryp?",
        "kms",
        "?ms:encrypt",
        "kms:ReEncrypt*",
    ),
    *(
        "s3:*",
        "s3:GetObject",
        "akms:*",
        "s*:*",
        "*kms:Decrypt",
        "kms:\nDecrypt",
        "a\n*",
        "*\n",
        "",
        ":",
        "k*:Decrypt\nx",
        "s3:\nkms:Decrypt",
    ),
]


def test_groups_are_the_actions_by_the_statements_that_cover_them() -> None:
    """Each action is in the group of exactly the statements whose Action or NotAction covers it, if one of them is an Allow."""
    elements = [[], *([pattern] for pattern in PATTERNS), ["s3:*", "kms:Decrypt"], ["kms:*", "ec2:*"]]
    for patterns, name, effect in product(elements, ("Action", "NotAction"), ("Allow", "Deny")):
        statements = [
            {"Effect": effect, name: patterns, "Resource": "*"},
            {"Effect": "Allow", "Action": "kms:*Encrypt*", "Resource": "*"},
            {"Effect": "Deny", "NotAction": ["kms:D*", "kms:G*"], "Resource": "*"},
        ]
        policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})
        found = {
            action: tuple(statement.index for statement in covering)
            for actions, covering in groups(policy, KEY_ACTIONS)
            for action in actions
        }
        for action in KEY_ACTIONS:
            context = Context(policy, keyaki.Request(action, "*", {}))
            covering = [statement for statement in policy.statements if action_holds(statement, context)]
            allowed = any(statement.effect == "Allow" for statement in covering)
            assert found.get(action) == (tuple(statement.index for statement in covering) if allowed else None), (
                patterns,
                name,
                effect,
                action,
            )


def test_a_policy_without_an_allow_has_no_groups() -> None:
    """Where no Allow can cover an action of KMS, no action is looked at."""
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}
    other = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [deny, other]})
    assert list(groups(policy, KEY_ACTIONS)) == []
