"""What the scripts about whole policies say, against the reference evaluator: no solver is needed for that.

Policies and consistent requests come from the brute-force tests of questions. A request is an assignment of a script's variables;
the script's own terms are then evaluated (``smt_terms``).
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from brute_dice import dice
from brute_space import has_lists, mentioned, neighbour, policy, requests

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "smtlib"))
from smt_terms import Term, failing, read, value_of

import keyaki
from keyaki.policy import Decision, Request
from keyaki.reference.evaluate import allows
from keyaki.smtlib.question import Relation, Script, encode_grants, encode_pair
from keyaki.smtlib.term import UnsupportedError
from keyaki.values import address, ascii_fold, instant, number

NAMES = {"kms:calleraccount": "aws:principalaccount"}


def assignment(commands: list[Term], request: Request) -> dict[str, Any]:
    """The values of a script's variables that stand for a request; those of absent keys are any that the theory allows."""
    context = {ascii_fold(key): value for key, value in request.context.items()}
    service, _, name = ascii_fold(request.action).partition(":")
    values: dict[str, Any] = {"action-service": service, "action-name": name, "is-star": request.resource == "*"}
    fields = request.resource.split(":", 5)[1:] if request.resource != "*" else ["aws", "s3", "", "", ""]
    values |= dict(zip(("partition", "service", "region", "account", "rest"), fields, strict=True))
    for command in commands:
        if command[0] != "declare-const" or not command[1].startswith("|"):
            continue
        role, _, key = command[1].strip("|").rpartition(" ")
        role, _, place = role.partition(" ")
        key = NAMES.get(ascii_fold(key), ascii_fold(key))
        found = context.get(
            key, context.get({"aws:principalaccount": "kms:calleraccount", "aws:currenttime": "aws:epochtime"}.get(key, ""))
        )
        texts = found if isinstance(found, list) else [] if found is None else [found]
        if role == "present":
            values[command[1]] = bool(texts)
        elif role == "several":
            values[command[1]] = len(texts) > 1
        elif role == "value":
            values[command[1]] = _value(command[2], key, texts[min(int(place or "1") - 1, len(texts) - 1)] if texts else None)
    return values


def _value(sort: str, key: str, text: str | None) -> Any:
    if sort == "Bool":
        return text == "true"
    if sort == "String":
        return text or {"aws:principalaccount": "111122223333", "kms:multiregionkeytype": "PRIMARY"}.get(key, "z")
    if text is None:
        return 20_000
    if key == "aws:sourceip":
        found = address(text)
        return None if found is None else found[1] + (1 << 32 if found[0] == 6 else 0)
    return number(text) if sort == "Real" else instant(text)


def cases(seed: str, times: int) -> Any:
    """Pairs of policies, the commands of their script, and consistent requests about what they mention."""
    for number_of in range(times):
        luck: Random = dice(f"space {seed} {number_of}")
        first = policy(luck, tests=luck.choice([0, 1, 2]))
        second = neighbour(luck, first) if luck.random() < 0.7 else policy(luck)
        policies = keyaki.policy_from(first), keyaki.policy_from(second)
        try:
            script = encode_pair(Relation.IMPLIES, *policies)
        except UnsupportedError:
            continue
        commands = read(script)
        asked = (Request(*one) for one in requests(mentioned(first, second), luck, lists=has_lists(first, second)))
        yield policies, commands, list(islice((one for one in asked if fits(commands, one)), 40))


def fits(commands: list[Term], request: Request) -> bool:
    """True iff no list of a request is longer than the script has room for; longer ones say nothing more."""
    declared = Counter(
        command[1].strip("|").rpartition(" ")[2].lower() for command in commands if str(command[1:2]).startswith("('|value")
    )
    lists = {key.lower(): value for key, value in request.context.items() if isinstance(value, list)}
    return all(len(value) <= max(declared[key], 1) for key, value in lists.items())


def known_of(commands: list[Term], request: Request) -> dict[str, Any]:
    """The values of variables and definitions."""
    known = assignment(commands, request)
    for command in commands:
        if command[0] == "define-fun":
            known[command[1]] = value_of(command[4], known)
    return known


def test_policies_allow_what_the_reference_says() -> None:
    """On a consistent request, the term of each policy is true iff the reference evaluator allows the request."""
    asked = allowed = 0
    for policies, commands, found in cases("meaning", 60):
        for request in found:
            known = known_of(commands, request)
            assert known["resource"] == request.resource
            for name, one in zip(("first", "second"), policies, strict=True):
                wanted = allows(one, request) is Decision.ALLOW
                assert known[name] is wanted, (name, one, request)
                asked, allowed = asked + 1, allowed + wanted
    assert asked > 3_000
    assert 0.05 < allowed / asked < 0.6


def test_consistent_requests_satisfy_the_theory() -> None:
    """A consistent request satisfies every assertion of a script but those of the question itself."""
    asked = 0
    for _, commands, found in cases("theory", 60):
        theory = [command for command in commands if command[1:] not in {("first",), (("not", "second"),)}]
        for request in found:
            assert not failing(theory, assignment(commands, request)), request
            asked += 1
    assert asked > 1_000


def test_what_ties_a_key_is_asserted() -> None:
    """A request that contradicts its own resource fails the theory: another account, Region or kind of key."""
    document = {
        "Statement": {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:ResourceAccount": "1", "aws:RequestedRegion": "r", "kms:MultiRegionKeyType": "PRIMARY"},
                "Bool": {"kms:MultiRegion": "true"},
            },
        }
    }
    one = keyaki.policy_from(document)
    script = read(encode_pair(Relation.DISJOINT, one, one))
    commands = [command for command in script if command[1:] not in {("first",), ("second",)}]
    arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef"
    own = {"aws:ResourceAccount": "111122223333", "aws:RequestedRegion": "us-east-1", "kms:MultiRegion": "true"}
    own["kms:MultiRegionKeyType"] = "PRIMARY"
    assert not failing(commands, assignment(commands, Request("kms:Sign", arn, dict(own))))
    for key, value in own.items():
        changed = {**own, key: "false" if value == "true" else "444455556666"}
        assert failing(commands, assignment(commands, Request("kms:Sign", arn, dict(changed)))), key
        assert key == "kms:MultiRegion" or not failing(commands, assignment(commands, Request("a:b", "*", dict(changed))))


def test_what_keys_always_have_is_asserted() -> None:
    """A request to a key has a spec, and decrypts with nothing but a key for that; other requests are free."""
    condition = {"StringEquals": {"kms:KeySpec": "x", "kms:KeyUsage": "y", "kms:EncryptionAlgorithm": "z"}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    one = keyaki.policy_from({"Statement": statement})
    script = read(encode_pair(Relation.DISJOINT, one, one))
    commands = [command for command in script if command[1:] not in {("first",), ("second",)}]
    key = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    whole = {"kms:KeySpec": "x", "kms:KeyUsage": "ENCRYPT_DECRYPT", "kms:EncryptionAlgorithm": "z"}

    def fails(action: str, resource: str, **changed: str | None) -> bool:
        context = {name: changed.get(name.partition(":")[2], value) for name, value in whole.items()}
        held = {name: value for name, value in context.items() if value is not None}
        return bool(failing(commands, assignment(commands, Request(action, resource, dict(held)))))

    assert not fails("kms:Decrypt", key)
    assert fails("kms:Decrypt", key, KeySpec=None)
    assert fails("kms:Decrypt", key, KeyUsage="SIGN_VERIFY")
    assert fails("kms:Decrypt", key, EncryptionAlgorithm=None)
    assert not fails("kms:Sign", key, KeyUsage="SIGN_VERIFY", EncryptionAlgorithm=None)
    assert not fails("kms:Decrypt", "arn:aws:s3:::b", KeySpec=None, KeyUsage="SIGN_VERIFY", EncryptionAlgorithm=None)


def test_a_key_that_is_no_list_to_every_policy_holds_one_value_or_several() -> None:
    """Two values of a key that only one of the policies takes for a list are one, or the other policy takes them for a list."""
    test = {"ForAnyValue:StringEquals": {"saml:x": "a"}, "ForAllValues:StringEquals": {"saml:x": ["a", "b"]}}
    lists = keyaki.policy_from({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": test}})
    plain = {"StringEquals": {"saml:x": "b"}}
    single = keyaki.policy_from({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": plain}})
    commands = read(encode_pair(Relation.DISJOINT, lists, single))
    for values, wanted in ((["a", "b"], True), (["a"], False), (["b"], False), (["a", "a"], True), ([], False)):
        request = Request("s3:x", "*", {"saml:x": values} if values else {})
        assert (not failing(commands, assignment(commands, request))) is wanted, values
    known = assignment(commands, Request("s3:x", "*", {"saml:x": ["a", "b"]}))
    theory = [command for command in commands if command[1:] not in {("first",), ("second",)}]
    assert not failing(theory, known)
    assert failing(theory, {**known, "|several saml:x|": False})


@pytest.mark.parametrize(
    ("actions", "resources", "fresh", "request_", "wanted"),
    [
        (["s3:get*"], [], False, ("S3:GetObject", "arn:aws:s3:::b/a"), True),
        (["s3:Put*"], [], False, ("s3:GetObject", "arn:aws:s3:::b/a"), False),
        ([], ["arn:aws:s3:::b/*"], True, ("s3:GetObject", "arn:aws:s3:::b/a"), True),
        ([], ["arn:aws:s3:::b/*"], True, ("s3:GetObject", "arn:aws:s3:::b/named"), False),
        ([], ["arn:aws:s3:::b/*"], False, ("s3:GetObject", "arn:aws:s3:::b/named"), True),
        ([], ["*:b/a"], False, ("s3:GetObject", "arn:aws:s3:::b/a"), True),
        ([], ["?"], False, ("s3:GetObject", "*"), True),
        ([], ["arn:*"], False, ("s3:GetObject", "*"), False),
    ],
)
def test_what_is_granted(actions: list[str], resources: list[str], fresh: bool, request_: tuple[str, str], wanted: bool) -> None:
    """The question about grants is satisfied by the requests that match it and by no others."""
    document = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["*", "arn:aws:s3:::b/named"]}}
    script = encode_grants(keyaki.policy_from(document), actions, resources, Script("FAIL"), fresh=fresh)
    commands = read(script)
    assert ("set-info", ":status", "sat") in commands
    assert (not failing(commands, assignment(commands, Request(*request_, {})))) is wanted
