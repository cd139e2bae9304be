from __future__ import annotations

import random
from typing import Any

import pytest
from small_worlds import a_policy, a_tied_policy, dice

import keyaki
from keyaki.checker.consistency import check_request
from keyaki.checker.freshness import is_fresh, named
from keyaki.decision.guess import Guesser
from keyaki.decision.witness import mentions
from keyaki.policy import Policy, Request
from keyaki.symbolic.encode import Encoder
from keyaki.symbolic.names import names_of
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.theory import Theory
from keyaki.verdict import Scope

HOME = "111122223333"
KEY = "key/1234abcd-12ab-34cd-56ef-1234567890ab"
FIELDS = (
    ("*", "us-east-1", "eu-*", "??-west-1", "${aws:PrincipalTag/t}", "${aws:RequestedRegion}", "nowhere", ""),
    ("*", HOME, "4444*", "${aws:PrincipalAccount}", "${aws:PrincipalTag/t}", "${kms:CallerAccount, '9'}", ""),
    ("*", "key/*", KEY, "key/mrk-*", "key/${aws:PrincipalTag/t}", "key/a*", "alias/*", "${aws:PrincipalTag/k, 'key/x'}"),
)
TESTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("StringEquals", "aws:ResourceAccount", (HOME, "${aws:PrincipalAccount}", "444455556666")),
    ("StringLike", "aws:RequestedRegion", ("us-*", "eu-west-1", "US-EAST-1")),
    ("StringNotEquals", "aws:ResourceAccount", ("${aws:PrincipalAccount}", HOME)),
    ("StringLike", "aws:PrincipalAccount", ("${aws:ResourceAccount}", HOME, "1*", "x")),
    ("StringEqualsIgnoreCase", "kms:CallerAccount", ("123456789012",)),
    ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/*", "*", "role")),
    ("StringLike", "kms:ViaService", ("s3.*.amazonaws.com", "*", "")),
    ("ForAnyValue:StringLike", "kms:ResourceAliases", ("alias/*", "alias/a b", "*x")),
    ("ForAllValues:StringEquals", "kms:EncryptionContextKeys", ("a", "b")),
    ("Null", "kms:EncryptionContextKeys", ("false", "true")),
    ("Null", "aws:PrincipalServiceName", ("false",)),
    ("Bool", "kms:MultiRegion", ("true", "false")),
    ("StringLike", "kms:MultiRegionKeyType", ("*", "REPLICA")),
    ("Bool", "aws:ViaAWSService", ("true", "${aws:PrincipalTag/t}")),
    ("IpAddress", "aws:SourceIp", ("10.0.0.0/8", "2001:DB8::/32", "x")),
    ("NumericLessThan", "aws:MultiFactorAuthAge", ("3600", "0", "1e-1")),
    ("DateGreaterThan", "aws:CurrentTime", ("2024-01-01T00:00:00Z", "2030")),
    ("NumericEquals", "aws:EpochTime", ("20000",)),
    ("StringEquals", "kms:KeyUsage", ("ENCRYPT_DECRYPT", "SIGN_VERIFY")),
    ("StringLike", "aws:PrincipalTag/t", ("${aws:PrincipalTag/u}", "a*", "${aws:CurrentTime}", "${aws:TagKeys}", "us-east-1")),
    ("StringEquals", "saml:x", ("${aws:PrincipalTag/t, 'd'}", "${bad}", "${saml:y}")),
)


def allow(resource: Any = "*", **condition: Any) -> dict[str, Any]:
    """An Allow of every KMS action."""
    return {"Effect": "Allow", "Action": "kms:*", "Resource": resource, "Condition": condition}


def policy_of(*statements: dict[str, Any]) -> Policy:
    """The policy of some statements."""
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": list(statements)})


def guess(policy: Policy, scope: Scope = Scope.CONFINED) -> Request | None:
    """The guess for the first statement, before any replay."""
    names, keys = names_of(policy, "aws"), mentions(policy)
    theory = Theory("kms:Decrypt", "aws", names, Encoder(policy, "aws").multi, epoch="aws:epochtime" in keys)
    return Guesser(policy, scope, Readable("aws", names), keys).request(theory, "kms:Decrypt", policy.statements[0])


def a_mixed_policy(luck: random.Random) -> Policy:
    """One or two Allows whose fields and conditions are of every kind that guesses look at."""
    statements = []
    for _ in range(luck.choice([1, 2])):
        condition: dict[str, dict[str, Any]] = {}
        for operator, key, values in luck.sample(TESTS, luck.choice([0, 1, 1, 2, 3])):
            condition.setdefault(operator, {})[key] = luck.sample(values, luck.randint(1, len(values)))
        region, account, key = map(luck.choice, FIELDS)
        resource = luck.choice(["*", "*", f"arn:aws:kms:{region}:{account}:{key}", ["arn:aws:s3:::b", f"arn:*:kms:{region}"]])
        statements.append(allow(resource, **condition))
    return policy_of(*statements)


@pytest.mark.parametrize("scope", Scope)
def test_a_guess_is_a_request_to_a_fresh_key(scope: Scope) -> None:
    """Whatever is guessed, replayed or not, is consistent, well-typed and about a fresh key, as the checker sees it."""
    found = 0
    for seed in range(400):
        policy = a_mixed_policy(dice(seed))
        request = guess(policy, scope)
        if request is not None:
            found += 1
            caller = check_request(policy, request, "aws")
            assert is_fresh(request.resource, caller, scope, named(policy, "aws"))
    assert found > 50


@pytest.mark.parametrize("make", [a_mixed_policy, a_policy, a_tied_policy])
def test_guesses_change_no_verdict(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without guesses the outcome is the same, and so are the statements that grant."""
    policies = [make(dice(seed)) for seed in range(60)]
    guessed = [keyaki.check(policy) for policy in policies]
    monkeypatch.setattr(Guesser, "request", lambda *_: None)
    for policy, verdict in zip(policies, guessed, strict=True):
        searched = keyaki.check(policy)
        if "UNDECIDED" not in {verdict.outcome, searched.outcome}:
            assert verdict.outcome == searched.outcome
            assert [one.statement for one in verdict.grants] == [one.statement for one in searched.grants]


def test_a_guess_has_no_key_that_it_does_without() -> None:
    """A witness lacks what the Allow does not demand, also where a variable that was given a value turns out needless."""
    resources = ["arn:aws:kms:*:*:key/${aws:PrincipalTag/k}", "arn:aws:kms:*:*:key/*"]
    verdict = keyaki.check(policy_of(allow(resources, StringLike={"aws:PrincipalTag/a": "b"})))
    assert verdict.witness is not None
    assert verdict.witness.context == {"aws:PrincipalTag/a": "b"}


@pytest.mark.parametrize(
    ("statement", "field", "context"),
    [
        (allow(), "us-east-1:111122223333", {}),
        (allow("arn:aws:kms:eu-*:4444*:key/*"), "eu-west-1:444455556666", {}),
        (allow(StringLike={"kms:ViaService": "s3.*.amazonaws.com"}), "", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
        (
            allow(StringLike={"saml:arn": "arn:aws:secretsmanager:*:*:secret:a-*"}),
            "",
            {"saml:arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-example"},
        ),
        (allow(StringLike={"saml:x": "*mid*dle?"}), "", {"saml:x": "middlex"}),
        (allow(StringEquals={"saml:x": "${saml:y}", "saml:y": "v"}), "", {"saml:x": "v", "saml:y": "v"}),
        (
            allow(Null={"aws:TagKeys": "false"}, **{"ForAllValues:StringEquals": {"aws:TagKeys": "k"}}),
            "",
            {"aws:TagKeys": ["k"]},
        ),
        (
            allow("arn:aws:kms:*:${aws:PrincipalAccount}:key/${aws:PrincipalTag/k}"),
            "",
            {"aws:PrincipalAccount": HOME, "aws:PrincipalTag/k": KEY[4:]},
        ),
        (allow(StringEquals={"aws:RequestedRegion": "sa-east-1"}), "sa-east-1", {"aws:RequestedRegion": "sa-east-1"}),
        (allow(["arn:aws:kms:nowhere:*:key/${aws:PrincipalTag/k}", "arn:aws:kms:*:*:key/*"]), "us-east-1", {}),
    ],
)
def test_guesses_are_readable(statement: dict[str, Any], field: str, context: dict[str, Any]) -> None:
    """Wildcards are filled with what stands there in real texts, and each key has the first value that its condition names."""
    policy = policy_of(statement)
    found = guess(policy)
    assert found is not None
    assert field in found.resource
    assert found.context == context
    assert keyaki.allows(policy, found) == "allow"


@pytest.mark.parametrize(
    "statement",
    [
        allow("arn:aws:kms:us-east-1:111122223333:key/*"),
        allow("arn:aws:s3:::*"),
        allow("arn:aws:kms:*:*:alias/*"),
        allow(Null={"aws:PrincipalServiceName": "false"}),
        allow(IpAddress={"aws:SourceIp": "nowhere"}),
        allow(StringEquals={"saml:x": "a" * 257}),
    ],
)
def test_nothing_is_guessed_where_nothing_is_likely(statement: dict[str, Any]) -> None:
    """Of a key that is named, or a value that the key cannot have or nobody would write, there is no guess."""
    assert guess(policy_of(statement)) is None
