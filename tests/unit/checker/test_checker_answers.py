"""Answers: what really holds is accepted, and a certificate from which anything needed is missing is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.answer import Answer, Asked, Asks, Result
from keyaki.errors import EvidenceError

Document = dict[str, Any]
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def policy(*statements: Document) -> Document:
    """A policy of Allows on everything, but for what is said otherwise."""
    whole = [{"Effect": "Allow", **({} if "NotResource" in one else {"Resource": "*"}), **one} for one in statements]
    return {"Version": "2012-10-17", "Statement": whole}


NOTHING = policy()
ALL = policy({"Action": "*"})
READ = policy({"Action": ["s3:Get*", "s3:ListBucket"]})
NO_KEYS = policy(
    {"Action": ["s3:*", "kms:Decrypt"]},
    {"Effect": "Deny", "Action": "kms:*", "Condition": {"Bool": {"kms:MultiRegion": "false"}}},
    {"Effect": "Deny", "Action": "kms:*", "Condition": {"Bool": {"kms:MultiRegion": "true"}}},
)
LOCAL = policy({"Action": "s3:*", "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}})
PLACES = policy({"Action": "s3:*", "Condition": {"StringLike": {"aws:RequestedRegion": "eu-*"}}})
TAGS = policy({"Action": "s3:*", "Condition": {"ForAnyValue:StringEquals": {"s3:list": ["a", "b"]}}})
ONE_TAG = policy({"Action": "s3:Get*", "Condition": {"StringEquals": {"s3:list": "a"}}})
GUARDED = policy({"Action": "s3:*"}, {"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::a*"})
PASSING: list[tuple[Any, Any]] = [
    (READ, policy({"Action": "s3:*"})),
    (policy({"Action": ["s3:GetA", "s3:GetB", "s3:GetC"]}), policy({"Action": "s3:Get?"})),
    (policy({"NotAction": "s3:*"}), policy({"NotAction": ["s3:*", "s3:Get*"]})),
    (NO_KEYS, policy({"Action": "s3:*"}, {"Action": "kms:*", "Condition": {"Null": {"kms:MultiRegion": "true"}}})),
    (LOCAL, policy({"Action": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}})),
    (PLACES, policy({"Action": "s3:*", "Condition": {"StringLike": {"aws:RequestedRegion": ["eu-*", "us-*"]}}})),
    (policy({"Action": "s3:P*", "Resource": "arn:aws:s3:::ab"}, *GUARDED["Statement"][1:]), GUARDED),
    (keyaki.PolicySet([READ], boundary=LOCAL), LOCAL),
    (keyaki.PolicySet([READ, LOCAL], scps=[[READ, PLACES], [ALL]]), keyaki.PolicySet([policy({"Action": "s3:*"})], boundary=ALL)),
    (TAGS, policy({"Action": "s3:*", "Condition": {"Null": {"s3:list": "false"}}})),
    (
        policy({"Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}/*"}),
        policy({"Action": "s3:*", "Resource": "arn:aws:s3:::*/*"}),
    ),
    (
        policy({"Action": "kms:Decrypt", "Resource": KEY, "Condition": {"Null": {"kms:EncryptionAlgorithm": "true"}}}),
        NOTHING,
    ),
    (
        policy({"Action": "s3:*", "Principal": {"AWS": ["111122223333", "444455556666"]}}),
        policy({"Action": "s3:*", "Principal": {"AWS": "*"}}),
    ),
]


def holds(answer: Answer, *given: Any) -> bool:
    """True iff the evidence is accepted."""
    try:
        keyaki.verify_answer(answer, *given)
    except EvidenceError:
        return False
    return True


@pytest.mark.parametrize(("new", "old"), PASSING)
def test_what_holds_is_accepted(new: Any, old: Any) -> None:
    """The certificate of the inclusion, and the witnesses of the way back or its certificate."""
    answer = keyaki.no_new_access(new, old)
    assert answer.result is Result.PASS
    keyaki.verify_answer(answer, new, old)
    keyaki.verify_answer(keyaki.no_new_access(old, new), old, new)
    keyaki.verify_answer(keyaki.equivalent(new, old), new, old)
    keyaki.verify_answer(keyaki.equivalent(new, new), new, new)
    keyaki.verify_answer(keyaki.disjoint(new, old), new, old)


def less(certificate: Document) -> Iterator[Document]:
    """Yield the certificate without one of its proofs, without one action of a proof, and without one case of a proof."""
    proofs = certificate["proofs"]
    for at, proof in enumerate(proofs):
        yield {**certificate, "proofs": proofs[:at] + proofs[at + 1 :]}
        for name in ("actions", "cases"):
            for number in range(len(proof.get(name, ()))):
                part = {**proof, name: proof[name][:number] + proof[name][number + 1 :]}
                yield {**certificate, "proofs": [*proofs[:at], part, *proofs[at + 1 :]]}


@pytest.mark.parametrize(("new", "old"), PASSING)
def test_nothing_of_a_certificate_can_be_left_out(new: Any, old: Any) -> None:
    """Each proof, each of its actions and each of its cases is needed."""
    answer = keyaki.no_new_access(new, old)
    for altered in less(answer.certificate or {}):
        assert not holds(evolve(answer, certificate=altered), new, old)


def forged(new: Any, old: Any, proofs: list[Document]) -> Answer:
    """A PASS that rests on given proofs."""
    asked = Asked(Asks.INCLUSION)
    heading = keyaki.no_new_access(new, new).certificate or {}
    one = heading["policies"][0]
    other = (keyaki.no_new_access(old, old).certificate or {})["policies"][0]
    certificate = {"schema": 1, "question": asked.plain(), "policies": [one, other], "proofs": proofs}
    return Answer(Result.PASS, "", certificate=certificate, asked=asked)


FORGED: list[tuple[Any, Any, list[Document]]] = [
    (ALL, READ, []),
    (ALL, READ, [{"actions": ["*"], "applying": [0], "covered": 0}]),
    (ALL, READ, [{"actions": ["*"], "applying": [0], "covered": 1}]),
    (ALL, READ, [{"actions": ["s3:getobject"], "applying": [0], "covered": 1}]),
    (READ, ONE_TAG, [{"actions": ["*"], "applying": [0], "covered": 1}]),
    (READ, ONE_TAG, [{"actions": ["s3:get*", "s3:listbucket"], "applying": [0], "covered": 1}]),
    (
        policy({"Action": "s3:Get*"}),
        policy({"Action": "s3:Get?bject"}),
        [{"actions": ["s3:get*"], "applying": [0], "covered": 1}],
    ),
    (TAGS, ONE_TAG, [{"actions": ["s3:*"], "applying": [0], "covered": 1}]),
    (READ, READ, [{"actions": ["s3:*"], "applying": [0], "covered": 1}]),
    (READ, READ, [{"actions": [], "applying": [0], "covered": 1}]),
    (READ, READ, [{"actions": ["*"], "applying": [0], "covered": 7}]),
    (READ, READ, [{"actions": ["*"], "applying": [], "covered": 1}]),
    (READ, READ, [{"actions": ["*"], "applying": [0], "barred": [1], "cases": []}]),
    (READ, READ, [{"actions": "*", "applying": [0], "barred": [1], "cases": []}]),
    (READ, READ, [{"actions": [""], "applying": [0], "covered": 1}]),
    (READ, READ, [{"actions": ["*"], "applying": [None], "covered": [1]}]),
    (READ, READ, ["*"]),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("new", "old", "proofs"), FORGED)
def test_a_forged_certificate_is_rejected(new: Any, old: Any, proofs: list[Document]) -> None:
    """A proof about other statements, one that bars what applies, and whatever is malformed shows nothing."""
    assert not holds(forged(new, old, proofs), new, old)
    assert holds(forged(READ, READ, [{"actions": ["*"], "applying": [0], "covered": 1}]), READ, READ)


def test_an_answer_is_about_its_question_and_its_policies() -> None:
    """Neither another policy, nor another order, nor another question will do, nor an answer without evidence."""
    new, old = PASSING[0]
    answer = keyaki.no_new_access(new, old)
    assert not holds(answer, old, new)
    assert not holds(answer, new, policy({"Action": "s3:?*"}))
    assert not holds(answer, new)
    assert not holds(answer, new, keyaki.PolicySet([old], boundary=ALL))
    for asks in (Asks.OVERLAP, Asks.EQUIVALENCE):
        assert not holds(evolve(answer, asked=Asked(asks)), new, old)
    assert not holds(evolve(answer, result=Result.UNDECIDED), new, old)
    assert not holds(evolve(answer, result=Result.FAIL), new, old)
    assert not holds(evolve(answer, certificate=None), new, old)
    assert not holds(evolve(answer, certificate={**(answer.certificate or {}), "schema": 2}), new, old)
    with pytest.raises(EvidenceError):
        keyaki.verify_answer(keyaki.no_new_access(new, old), policy({"Action": "s3:*", "Principal": "*"}), old)
    with pytest.raises(EvidenceError):
        keyaki.verify_answer(keyaki.equivalent(keyaki.summarise(new), new), keyaki.summarise(new), new)


GRANTS = policy(
    {"Action": "s3:*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b/*"]},
    {"Effect": "Deny", "Action": "s3:Put*", "NotResource": "arn:aws:s3:::b/*"},
)


@pytest.mark.parametrize(
    ("actions", "resources", "quantifier", "result"),
    [
        (["s3:Put*"], ["arn:aws:s3:::a*"], "some", Result.PASS),
        (["s3:Put*"], ["arn:aws:s3:::b*"], "some", Result.FAIL),
        (["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::a"], "fresh", Result.PASS),
        (["s3:GetObject"], ["arn:aws:s3:::a", "arn:aws:s3:::b/?"], "fresh", Result.FAIL),
        (["kms:*", "sqs:Send"], [], "some", Result.PASS),
        ([], ["arn:aws:sqs:*"], "some", Result.PASS),
    ],
)
def test_grants(actions: list[str], resources: list[str], quantifier: str, result: Result) -> None:
    """What is granted, and what is not, is so of these actions and resources only."""
    answer = keyaki.not_granted(GRANTS, actions=actions, resources=resources, quantifier=quantifier)
    assert answer.result is result
    keyaki.verify_answer(answer, GRANTS)
    others = [
        evolve(answer.asked, actions=("s3:getacl",)),
        evolve(answer.asked, resources=("arn:aws:s3:::c",)),
        evolve(answer.asked, quantifier="all"),
    ]
    for asked in others:
        assert not holds(evolve(answer, asked=asked), GRANTS)
    if result is Result.PASS:
        for altered in less(answer.certificate or {}):
            assert not holds(evolve(answer, certificate=altered), GRANTS)


WITNESSES: list[tuple[Document, dict[str, Any]]] = [
    ({}, {"action": "s3:x:y"}),
    ({}, {"action": 5}),
    ({}, {"action": "sqs:Send"}),
    ({}, {"resource": "x"}),
    ({}, {"resource": "arn:aws:s3"}),
    ({}, {"context": {"aws:username": "u", "AWS:username": "u"}}),
    ({}, {"context": {"aws:PrincipalServiceName": "x"}}),
    ({}, {"context": {"aws:PrincipalIsAWSService": "true"}}),
    ({}, {"context": {"aws:TagKeys": "x"}}),
    ({}, {"context": {"aws:username": ["x"]}}),
    ({}, {"context": {"aws:username": ""}}),
    ({}, {"context": {5: "x"}}),
    ({}, {"context": {"aws:SourceIp": "010.0.0.1"}}),
    ({}, {"context": {"aws:EpochTime": "5"}}),
    ({}, {"context": {"aws:PrincipalAccount": "111122223333", "kms:CallerAccount": "444455556666"}}),
    ({}, {"context": None}),
    ({"policy": 1}, {}),
    ({"statement": 1}, {}),
    ({"statement": -1}, {}),
    ({"denied": 0}, {}),
    ({"principal": "AWS:x"}, {}),
    ({}, {"resource": "arn:aws:s3:us-east-1::x", "context": {"aws:RequestedRegion": "eu-west-1"}}),
    ({}, {"resource": KEY, "context": {"kms:MultiRegion": "true"}}),
    ({}, {"resource": KEY, "context": {"kms:MultiRegionKeyType": "PRIMARY"}}),
]


@pytest.mark.parametrize(("reason", "request_"), WITNESSES)
def test_a_witness_must_be_a_request_and_replay(reason: Document, request_: dict[str, Any]) -> None:
    """Whatever cannot be in a request of the space, and whatever the reason does not say of it truly, is rejected."""
    answer = keyaki.no_new_access(policy({"Action": "s3:*"}), NOTHING)
    (found,) = answer.reasons
    assert holds(answer, policy({"Action": "s3:*"}), NOTHING)
    altered = evolve(found, witness=evolve(found.witness, **request_), **reason)
    assert not holds(evolve(answer, reasons=(altered,)), policy({"Action": "s3:*"}), NOTHING)


def test_a_witness_shows_what_the_question_asks() -> None:
    """Allowed by one side and not by the other; by both; by either way round; what is mentioned and always there is there."""
    new, old = policy({"Action": "s3:*"}), policy({"Action": "s3:Get*"}, {"Effect": "Deny", "Action": "s3:GetObject"})
    answer = keyaki.no_new_access(new, old)
    get = evolve(answer.reasons[0], witness=keyaki.Request("s3:GetBucket", "*", {}))
    assert not holds(evolve(answer, reasons=(get,)), new, old)
    denied = evolve(answer.reasons[0], witness=keyaki.Request("s3:GetObject", "*", {}), denied=1)
    assert holds(evolve(answer, reasons=(denied,)), new, old)
    assert not holds(evolve(answer, reasons=(evolve(denied, witness=keyaki.Request("s3:Put", "*", {})),)), new, old)
    both = keyaki.disjoint(new, old)
    assert holds(both, new, old)
    assert not holds(evolve(both, reasons=(evolve(both.reasons[0], witness=denied.witness),)), new, old)
    back = keyaki.equivalent(old, new)
    assert holds(back, old, new)
    assert not holds(back, new, new)
    local = keyaki.no_new_access(LOCAL, NOTHING)
    bare = evolve(local.reasons[0].witness, context={"aws:ResourceAccount": "111122223333"})
    assert not holds(evolve(local, reasons=(evolve(local.reasons[0], witness=bare),)), LOCAL, NOTHING)


def test_long_lists_of_patterns_are_compared_within_bounds() -> None:
    """Where every pattern of one list would have to be compared with every one of another, that is refused, not done."""
    proofs = [{"actions": ["*"], "applying": [0], "covered": 1}]
    for count, enough in ((100, True), (1_100, False)):
        one = policy({"Action": [f"s3:Do{number}*x" for number in range(count)]})
        other = policy({"Action": [*(f"s3:Do{number}*y" for number in range(count)), "s3:*x"]})
        assert holds(forged(one, other, proofs), one, other) is enough
        assert holds(forged(one, one, proofs), one, one)


def test_a_claim_is_forced_only_where_all_others_are_true() -> None:
    """A Deny of one condition forces it to be false; a Deny of two does not force the first of them."""
    user = {"StringEquals": {"aws:username": "u"}}
    leaf = {"coordinate": "aws:username", "cites": [[0, "condition 0", True], [1, "condition 0", False]]}
    tree = {"forced": [[1, "condition 0"]], "then": {**leaf, "evidence": {"kind": "same"}}}
    case = dict.fromkeys(("account", "region", "own", "key", "kind", "decrypts")) | {"single": [], "several": []}
    proof = {"actions": ["s3:*"], "applying": [0], "barred": [1], "cases": [{**case, "refutation": tree}]}
    for further, enough in (({}, True), ({"Bool": {"aws:SecureTransport": "false"}}, False)):
        deny = {"Effect": "Deny", "Action": "s3:*", "Condition": {**user, **further}}
        new = policy({"Action": "s3:*", "Condition": user}, deny)
        assert holds(forged(new, NOTHING, [proof]), new, NOTHING) is enough
