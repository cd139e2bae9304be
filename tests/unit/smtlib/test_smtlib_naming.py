from __future__ import annotations

import random

import keyaki
from keyaki.checker.freshness import named
from keyaki.smtlib.naming import names_of

REGIONS = (
    "us-east-1|us-*|*|${aws:RequestedRegion}|${aws:TagKeys}|${aws:TagKeys, 'us-east-1'}|${aws:PrincipalServiceName}|u?-east-1|"
    "US-east-1|us--1|*--*|${aws:x}-east-1|${aws:x, '-'}-1|us-east-${*}|ap-*-?||eu-*-9"
).split("|")
ACCOUNTS = (
    "111122223333|1*|${aws:PrincipalAccount}|${kms:calleraccount}|${kms:CallerAccount}|${a:b,'x'}|*x*|11112222333?|????????????|"
    "?????????????|${aws:PrincipalServiceName,'1'}11111111111|${saml:x}|"
).split("|")
LAST = (
    "key/*|*|alias/*|key/mrk-*|key/1234abcd-12ab-34cd-56ef-1234567890ab|key/mrk-1234abcd12ab34cd56ef1234567890ab|key/${aws:x}|k?y/*-*|"
    "*z*|key/m*g*|${a:b}|key/????????-*|key/${aws:PrincipalServiceNamesList}|key/mrk*-*-*|*-*-*-*-*-*"
).split("|")
HEADS = "arn:aws:kms|arn:aws:kms|arn:*:kms|arn:aws:k?s|arn:aws:sqs|arn:${a:b}:kms|arn:aws-cn:kms|a*:aws:kms".split("|")
VALUES = [*REGIONS, *ACCOUNTS, "${aws:ResourceAccount}", "EU-WEST-1", "${aws:ResourceAccount,'x'}", "\u212a1"]


def test_names_are_those_that_the_checker_finds() -> None:
    """Two ways to find what a policy names, by automata of fields here and by the checker's tokens, agree on random patterns."""
    luck = random.Random("names")
    seen = 0
    for _ in range(700):
        pattern = ":".join(luck.choice(part) for part in (HEADS, REGIONS, ACCOUNTS, LAST))
        if luck.random() < 0.1:
            pattern = pattern.rsplit(":", luck.choice([1, 2, 3]))[0]
        operator = luck.choice(["StringLike", "ForAllValues:StringEqualsIgnoreCase", "StringNotEquals", "ArnLike"])
        key = luck.choice(["aws:ResourceAccount", "aws:RequestedRegion", "saml:x", "kms:CallerAccount"])
        statement = {"Effect": "Deny", "Action": "*", "Resource": pattern, "Condition": {operator: {key: luck.choice(VALUES)}}}
        policy = keyaki.policy_from({"Version": luck.choice(["2012-10-17"] * 4 + ["2008-10-17"]), "Statement": statement})
        one, other = names_of(policy, "aws"), named(policy, "aws")
        assert set(one.regions) == other.regions, policy
        assert set(one.accounts) == other.accounts, policy
        assert set(one.ids) == other.ids, policy
        assert one.caller == other.caller, policy
        seen += bool(one.regions or one.accounts or one.ids or one.caller)
    assert seen > 40
