from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from smt_terms import Term, failing, read, value_of

import keyaki
from keyaki.catalogue import MULTI_VALUED
from keyaki.controls.check import question
from keyaki.errors import ResourcePolicyError
from keyaki.policy import Policy, Request
from keyaki.reference.evaluate import Context, applies, multi_valued_keys
from keyaki.smtlib.encode import encode
from keyaki.smtlib.term import UnsupportedError
from keyaki.values import address, ascii_fold, instant, number

ACTIONS = ["kms:Decrypt", "kms:Encrypt", "s3:GetObject"]
KEYS = [
    f"arn:aws:kms:{region}:{account}:key/{last}"
    for region in ("us-east-1", "eu-west-1")
    for account in ("111122223333", "444455556666")
    for last in ("12345678-1234-1234-1234-1234567890ab", "mrk-0123456789abcdef0123456789abcdef")
]
TEXTS = ["a", "A", "ab", "a*", "*", "b?", "true", "\u0130", "x:y"]
POOLS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "aws:PrincipalTag/t": (
        ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "Bool", "BinaryEquals"],
        [*TEXTS, "YQ=="],
        [*TEXTS, "YQ=="],
    ),
    "aws:TagKeys": (["StringEquals", "StringLike"], TEXTS, TEXTS),
    "aws:MultiFactorAuthAge": (
        ["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"],
        ["10", "10.5", "x", "-1"],
        ["10", "10.5", "11", "-2"],
    ),
    "kms:RotationPeriodInDays": (
        ["NumericLessThanEquals", "StringLike", "DateLessThan"],
        ["10", "1*", "2024", "*.5"],
        ["10", "1.5", "2024", "-3"],
    ),
    "aws:TokenIssueTime": (
        ["DateEquals", "DateLessThan", "DateGreaterThan"],
        ["2024", "1704067200.5", "x"],
        ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z"],
    ),
    "kms:ValidTo": (
        ["DateLessThanEquals", "StringLike"],
        ["2024", "2024-*", "1704067200.5"],
        ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z"],
    ),
    "aws:SourceIp": (["IpAddress"], ["10.0.0.0/8", "::/0", "x"], ["10.0.0.1", "11.0.0.1", "::1"]),
    "aws:VpcSourceIp": (
        ["IpAddress", "StringLike"],
        ["10.0.0.0/8", "10.*", "2001:db8::/32"],
        ["10.0.0.1", "11.0.0.1", "2001:db8::1"],
    ),
    "aws:MultiFactorAuthPresent": (["Bool"], ["true", "FALSE", "x"], ["true", "false"]),
    "aws:SecureTransport": (["Bool", "StringLike"], ["true", "fals?"], ["true", "false"]),
    "aws:SourceArn": (
        ["ArnLike", "StringLike"],
        ["arn:aws:iam::*:role/*", "*", "arn:*:b"],
        ["arn:aws:iam::1:role/a", "arn:aws:iam::1:a:b"],
    ),
    "kms:RequestAlias": (["StringLike", "StringEquals"], ["alias/a*", "alias/a"], ["alias/a", "alias/ab"]),
    "saml:age": (["NumericLessThan"], ["10", "1e1", "x"], ["5", "+5.0", "1e2", "abc"]),
    "saml:when": (["DateGreaterThan"], ["2024", "1704067200.5"], ["2024-01-01T09:00:00+09:00", "1704067200.7", "soon"]),
    "saml:from": (["IpAddress"], ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.1", "2001:DB8::1", "::zz"]),
    "aws:userid": (
        ["StringEquals", "StringLike"],
        ["${aws:PrincipalTag/v}", "a${aws:PrincipalTag/v,'b'}*", "*${aws:username}?", "*a*${aws:username}*"],
        ["a", "ab", "aab", "xa", "abab"],
    ),
    "kms:KeyOrigin": (["StringEqualsIgnoreCase"], ["a${kms:KeySpec}", "${aws:TagKeys, 'B'}", "${bad}"], ["ab", "b", "a"]),
}
"""Context key to the operators, policy values and request values of its tests."""
INSERTED = {"aws:PrincipalTag/v": ["a", "b", "*"], "aws:username": ["a", "ab"], "kms:KeySpec": ["a", "b"]}
PATTERNS = [
    *("*", "arn:aws:kms", "arn:aws:kms:*:key/*", "arn:aws:kms:us-*:*:key/mrk-*", "*:kms:*", "*1111*", "arn:aws:kms:*:*:key/*"),
    *("arn:aws:kms:*:${aws:PrincipalTag/v}:*", "*${aws:PrincipalTag/v}*", "arn:aws:kms:us-east-1:111122223333:${aws:TagKeys}"),
    *(
        "arn:${aws:PrincipalTag/v,'aws'}:kms:*:*:key/????????-*",
        "arn:aws:s3:::*",
        "arn:aws:kms:*:*:key/*:x",
        "arn:aws:kms:us-east-1:4444*",
    ),
]


def drawn(luck: random.Random) -> Policy:
    """A policy of a few statements with a condition or two each."""
    statements = []
    keys = luck.sample(sorted(POOLS), 3)
    for _ in range(luck.choice([1, 2, 3])):
        condition: dict[str, dict[str, Any]] = {}
        for key in luck.sample(keys, luck.choice([0, 1, 1, 2])):
            operators, values, _ = POOLS[key]
            name = luck.choice(operators)
            if luck.random() < 0.4:
                name = {"IpAddress": "NotIpAddress", "Bool": "Bool", "BinaryEquals": "BinaryEquals"}.get(name) or negated(name)
            name += luck.choice(["", "", "IfExists"])
            name = luck.choice(["", "", "ForAllValues:", "ForAnyValue:"]) + name
            if luck.random() < 0.1:
                name, values = "Null", ["true", "false"]
            condition.setdefault(name, {})[key] = luck.sample(values, luck.choice([0, 1, 1, min(2, len(values))]))
        statements.append(
            {
                "Effect": luck.choice(["Allow", "Deny"]),
                luck.choice(["Action", "Action", "NotAction"]): luck.choice(["kms:*", "KMS:d*", "*", "kms:Decryp?", []]),
                luck.choice(["Resource", "NotResource"]): luck.sample(PATTERNS, luck.choice([1, 1, 2])),
                "Condition": condition,
            }
        )
    return keyaki.policy_from({"Version": luck.choice(["2012-10-17"] * 4 + ["2008-10-17"]), "Statement": statements})


def negated(name: str) -> str:
    """The negated form of an operator, or the operator where it has none."""
    return name.replace("String", "StringNot").replace("Arn", "ArnNot") if "Equals" in name or "Like" in name else name


def request(luck: random.Random, policy: Policy, commands: list[Term]) -> Request:
    """A request with some of the keys of the pools; a list iff the key is multi-valued, as long as the script allows."""
    room = {
        ascii_fold(command[1].strip("|").rpartition(" ")[2]) for command in commands if str(command[1:]).startswith("('|value 2 ")
    }
    lists = MULTI_VALUED | multi_valued_keys(policy)
    context: dict[str, str | list[str]] = {}
    for key, values in {**{key: pool[2] for key, pool in POOLS.items()}, **INSERTED}.items():
        if key in {"aws:userid", "kms:KeySpec", "kms:KeyOrigin", "aws:SecureTransport"} or luck.random() < 0.7:
            found = luck.sample(values, luck.choice([1, 2]))
            context[key] = found[: 2 if key.lower() in room else 1] if key.lower() in lists else found[0]
    return Request(luck.choice(ACTIONS), luck.choice(KEYS), context)


def assignment(commands: list[Term], made: Request) -> dict[str, Any]:
    """The values of a script's variables that stand for a request."""
    context = {ascii_fold(key): value for key, value in made.context.items()}
    region, account, key = made.resource.split(":", 5)[3:]
    values: dict[str, Any] = {"action": ascii_fold(made.action), "region": region, "account": account, "key": key}
    values["resource"] = made.resource
    for command in commands:
        if command[0] == "declare-const" and command[1].startswith("|"):
            role, _, name = command[1].strip("|").rpartition(" ")
            found = context.get(ascii_fold(name))
            role, _, place = role.partition(" ")
            texts = found if isinstance(found, list) else [] if found is None else [found]
            text = texts[min(int(place or "1") - 1, len(texts) - 1)] if texts else ""
            values[command[1]] = _value(role, command[2], ascii_fold(name), text, present=bool(texts))
    return values


def _value(role: str, sort: str, key: str, text: str, *, present: bool) -> Any:
    instants, addresses = {"saml:when", "aws:tokenissuetime", "kms:validto"}, {"saml:from", "aws:sourceip", "aws:vpcsourceip"}
    if role == "present":
        return present
    read_: Callable[[str], Any] = instant if key in instants else _address if key in addresses else number
    if role == "typed":
        return read_(text) is not None
    if sort == "String":
        return text
    if sort == "Bool":
        return text == "true"
    found = read_(text)
    return Fraction(0) if found is None else found


def _address(text: str) -> Fraction | None:
    found = address(text)
    return None if found is None else Fraction(found[1] + (1 << 32 if found[0] == 6 else 0))


def test_statements_mean_what_the_reference_says() -> None:
    """On any request, the term of each statement is true iff the reference evaluator finds that the statement applies."""
    luck = random.Random("statements")
    held = asked = 0
    for _ in range(120):
        policy = drawn(luck)
        try:
            script = encode(policy, question(actions=["kms:Decrypt", "kms:Encrypt"])[0])
        except UnsupportedError:
            continue
        commands = read(script)
        for _ in range(5):
            made = request(luck, policy, commands)
            known = assignment(commands, made)
            context = Context(policy, made)
            for command in commands:
                if command[0] == "define-fun":
                    statement = policy.statements[int(command[1].rpartition("-")[2])]
                    wanted = applies(statement, context)
                    assert value_of(command[4], known) == wanted, (statement, made, command)
                    held, asked = held + wanted, asked + 1
    assert asked > 700
    assert 0.1 < held / asked < 0.7


def test_witnesses_satisfy_their_scripts() -> None:
    """The engine's witness of a FAILED, with any values for absent keys, satisfies every assertion of the script."""
    absent: dict[str, str] = {
        "aws:SourceArn": "arn:a:b:c:d:e",
        "kms:RequestAlias": "alias/a",
        "aws:username": "a",
        "kms:ValidTo": "2024-01-01T00:00:00Z",
    }
    absent |= {"kms:RotationPeriodInDays": "1", "aws:VpcSourceIp": "::1"}
    luck = random.Random("witnesses")
    failed = 0
    for _ in range(100):
        policy = drawn(luck)
        scope = luck.choice(["confined", "account", "any", "key"])
        verdict = keyaki.check(policy, scope=scope)
        try:
            script = encode(policy, verdict.question)
        except UnsupportedError:
            continue
        if verdict.witness is None:
            continue
        failed += 1
        context = {ascii_fold(key): value for key, value in verdict.witness.context.items()}
        commands = read(script)
        known = assignment(commands, verdict.witness)
        for command in commands:
            if command[0] == "declare-const" and command[2] == "String" and command[1].startswith("|value"):
                name = command[1].strip("|").rpartition(" ")[2]
                if ascii_fold(name) not in context:
                    known[command[1]] = next((text for key, text in absent.items() if key.lower() == name.lower()), "a")
        grants = {grant.statement for grant in verdict.grants}
        assert not failing(commands, known), (policy, verdict.witness, grants)
    assert failed > 20


def _allow(condition: dict[str, Any]) -> Policy:
    """An Allow of everything under a condition."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        (
            {"StringEqualsIgnoreCase": {"aws:userid": "aB${aws:username,'Ab'}"}, "StringNotEquals": {"aws:userid": "ABA"}},
            ("aws:userid", "aws:username"),
        ),
        ({"StringEqualsIgnoreCase": {"aws:userid": "a${aws:username}"}}, ("aws:userid", "aws:username")),
        (
            {"StringEqualsIgnoreCase": {"aws:userid": "a${kms:CallerAccount}"}, "StringLike": {"aws:userid": "A*"}},
            ("aws:userid",),
        ),
        ({"StringLike": {"aws:userid": "*a*${aws:username}*b*"}}, ("aws:userid", "aws:username")),
        ({"StringLike": {"aws:userid": "?${aws:username}*?a"}}, ("aws:userid", "aws:username")),
        ({"StringLike": {"aws:userid": "a?*${aws:username}?"}}, ("aws:userid", "aws:username")),
        ({"Bool": {"aws:userid": "${aws:username}e"}}, ("aws:userid", "aws:username")),
    ],
)
def test_patterns_with_variables_on_every_short_text(condition: dict[str, Any], keys: tuple[str, ...]) -> None:
    """The term of a pattern with variables is that of the reference for every pair of short texts."""
    policy = _allow(condition)
    commands = read(encode(policy, question()[0]))
    texts = ["".join(word) for size in (1, 2, 3) for word in product("abB" if "Ignore" in str(condition) else "abc", repeat=size)]
    texts += ["true", "tru", "TRU", "TRUE", "a111122223333", "A111122223333", "ababab", "aBAb", "abcabc", "abca"]
    found: Counter[bool] = Counter()
    for pair in product(texts, [text for text in texts if len(text) < 3 or "tru" in text] if len(keys) > 1 else [""]):
        made = Request("kms:Decrypt", KEYS[0], {"kms:CallerAccount": "111122223333", **dict(zip(keys, pair, strict=False))})
        missed = failing(commands, assignment(commands, made))
        if missed in ([], ["allow-0"]):  # else the theory takes another text in its place: the same in lower case
            wanted = applies(policy.statements[0], Context(policy, made))
            assert wanted == (not missed), made
            found[wanted] += 1
    assert min(found[True], found[False]) >= 1


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("kms:KeyUsage", "SIGN_VERIFY", "ENCRYPT_DECRYPT"),
        ("kms:CallerAccount", "11112222333", "111122223333"),
        ("kms:RequestAlias", "alias/", "alias/a"),
        ("aws:PrincipalArn", "arn:aws:iam::1", "arn:aws:iam::1:role/a"),
        ("kms:MultiRegion", "true", "false"),
        ("aws:PrincipalIsAWSService", "true", "false"),
        ("aws:ResourceAccount", "444455556666", "111122223333"),
        ("aws:RequestedRegion", "eu-west-1", "us-east-1"),
        ("aws:VpcSourceIp", "010.0.0.1", "10.0.0.1"),
        ("aws:MultiFactorAuthAge", "1.0", "1"),
        ("kms:ValidTo", "2024-02-30T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("aws:userid", "", "x"),
    ],
)
def test_inconsistent_requests_are_none(key: str, wrong: str, right: str) -> None:
    """A value that a key cannot hold, or that the ARN or the action decides otherwise, satisfies no script; another one does."""
    for text in (wrong, right):
        policy = _allow({"StringEquals": {key: text}})
        commands = read(encode(policy, question()[0]))
        made = Request("kms:Decrypt", KEYS[0], {key: text})
        assert bool(failing(commands, assignment(commands, made))) == (text == wrong)


def test_lists_have_room_for_every_demand() -> None:
    """A multi-valued key has as many elements as tests range over it."""
    tests = {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}
    script = encode(_allow(tests), question()[0])
    assert script.count("(declare-const |value 1 aws:TagKeys| String)") == 1
    assert script.count("(declare-const |value 2 aws:TagKeys| String)") == 1
    assert "|value 3" not in script


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ({"StringLike": {"aws:userid": "*a?b*${aws:username}"}}, "a `?` between texts"),
        (
            {"StringLike": {"aws:username": "${aws:CurrentTime}", "aws:userid": "${aws:EpochTime}"}},
            "the texts of `aws:CurrentTime`",
        ),
        ({"NumericLessThan": {"saml:a": "5"}, "StringLike": {"saml:a": "1*"}}, "typed operators beside others"),
        ({"StringEquals": {"aws:userid": "\U000f0000"}}, "U+F0000"),
        (
            {"StringEqualsIgnoreCase": {"aws:userid": "${aws:username}"}, "StringLike": {"aws:userid": "${aws:PrincipalTag/a}*"}},
            "compared without case",
        ),
    ],
)
def test_features_that_are_not_expressed_are_named(operator: dict[str, Any], values: str) -> None:
    """What the encoding cannot say is refused with its name, and never said in part."""
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": operator}}
    with pytest.raises(UnsupportedError, match="^.*" + values.replace("?", r"\?").replace("+", r"\+")):
        encode(keyaki.policy_from(document), question()[0])


def test_resource_policies_are_refused() -> None:
    """A policy with a principal is no identity policy, so it has no script."""
    document = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
    with pytest.raises(ResourcePolicyError):
        encode(keyaki.policy_from(document), question()[0])


def test_status_is_the_verdict() -> None:
    """The script states the verdict that it is given, and asks for a model where it is told to."""
    policy = keyaki.policy_from({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    verdict = keyaki.check(policy)
    script = encode(policy, verdict.question, outcome=verdict.outcome, values=True)
    assert "(set-info :status sat)" in script
    assert script.endswith("(check-sat)\n(get-value (action resource))\n")
    assert ":status" not in encode(policy, verdict.question)


def test_actions_may_be_selected_outside_of_the_solver() -> None:
    """With selected actions, statements that cover none of the blocked ones are left out, and the rest say which they cover."""
    document = {
        "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "kms:De*", "Resource": "*"},
            {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
        ]
    }
    script = encode(keyaki.policy_from(document), question()[0], selected=True)
    terms = {command[1]: command[4] for command in read(script) if command[0] == "define-fun"}
    assert terms == {"allow-1": ("=", "action", "kms:decrypt"), "deny-2": "true"}


def test_parity_leaves_conditions_out() -> None:
    """In parity mode an Allow has no condition, and a Deny with one is not there."""
    condition = {"Bool": {"aws:SecureTransport": "true"}}
    document = {
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition},
        ]
    }
    script = encode(keyaki.policy_from(document), question(mode="parity")[0])
    assert "SecureTransport" not in script
    assert "deny-1" not in script
