"""Proofs: certificates of small policies, and each way in which one can fall short."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.checker.claims import Claims
from keyaki.checker.proof import covers
from keyaki.errors import EvidenceError, KeyakiError
from keyaki.policy import Policy
from keyaki.verdict import Mode, Outcome, Scope, Verdict

LIST = "arn:aws:kms:us-east-1:111122223333:key/*"
Certificate = dict[str, Any]


def judged(*statements: dict[str, Any], **question: Any) -> tuple[Policy, Verdict]:
    """A policy and its verdict, its certificate been to JSON and back."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": list(statements)})
    verdict = keyaki.check(policy, **question)
    return policy, evolve(verdict, certificate=json.loads(json.dumps(verdict.certificate)))


def allow(resource: Any = "*", action: Any = "kms:*", **condition: Any) -> dict[str, Any]:
    """An Allow."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def deny(resource: Any = "*", action: Any = "kms:*", **condition: Any) -> dict[str, Any]:
    """A Deny."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, "Condition": condition}


TAG, USER = "aws:PrincipalTag/t", "aws:userid"
BRANCHING = (
    allow(),
    deny(StringEquals={TAG: "a", USER: "b"}),
    deny(StringNotEquals={TAG: "a"}),
    deny(StringNotEquals={USER: "b"}),
    deny(Null={TAG: "true"}),
)
GRID = (
    allow(StringLike={TAG: "?"}, StringEquals={USER: ["a", "b"]}),
    deny(StringEquals={USER: "a"}, StringLike={TAG: "x"}),
    deny(StringEquals={USER: "a"}, StringNotLike={TAG: "x"}),
    deny(StringEquals={USER: "b"}, StringNotLike={TAG: "y"}),
    deny(StringEquals={USER: "b"}, StringLike={TAG: "y"}),
)
SPLIT = (
    allow(StringEquals={"aws:ResourceTag/t": f"${{{TAG}}}"}),
    deny(StringNotEquals={"aws:ResourceTag/t": "a"}),
    deny(StringNotEquals={TAG: "b"}),
)
OWN = (
    allow("arn:aws:kms:*:${aws:PrincipalAccount}:key/*"),
    deny(StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}),
)
POLICIES = {"list": (allow(LIST),), "branching": BRANCHING, "grid": GRID, "split": SPLIT, "own": OWN}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("mode", Mode)
def test_real_certificates_hold(name: str, scope: Scope, mode: Mode) -> None:
    """The engine's certificates and witnesses are accepted, in every scope and mode."""
    policy, verdict = judged(*POLICIES[name], scope=scope, mode=mode)
    keyaki.verify(policy, verdict)


def node(tree: Any, *kinds: str) -> Any:
    """The first node of one of the kinds, by the member that tells it."""
    pending = [tree]
    while pending:
        one = pending.pop(0)
        if any(kind in one for kind in kinds):
            return one
        pending += [one["then"]] if "then" in one else [*one.get("branches", []), *([one["rest"]] if "rest" in one else [])]
        pending += [branch for _, branch in one.get("values", [])] + ([one["otherwise"]] if "otherwise" in one else [])
    raise LookupError(kinds)


def refutation(certificate: Certificate) -> Any:
    """The refutation of the first case."""
    return certificate["proofs"][0]["cases"][0]["refutation"]


def put(name: str, value: Any) -> Callable[[Any], None]:
    """A change of a member."""
    return lambda one: one.__setitem__(name, value)


FAULTS: list[tuple[str, str, Callable[[Any], None]]] = [
    ("list", "whole", put("schema", 2)),
    ("list", "whole", put("policy", "0" * 64)),
    ("list", "whole", lambda one: one["question"].__setitem__("scope", "key")),
    ("list", "whole", lambda one: one["question"].__setitem__("actions", ["kms:Decrypt"])),
    ("list", "whole", put("question", None)),
    ("list", "whole", put("proofs", None)),
    ("list", "whole", put("proofs", [])),
    ("list", "whole", put("proofs", [5])),
    ("list", "proof", put("actions", [])),
    ("list", "proof", put("actions", ["kms:Decrypt"])),
    ("list", "proof", put("actions", ["kms:Decrypt", "kms:Encrypt"])),
    ("list", "proof", put("actions", [[]])),
    ("list", "proof", put("statement", "0")),
    ("list", "proof", put("statement", 7)),
    ("branching", "proof", put("statement", 1)),
    ("list", "proof", put("cases", [])),
    ("list", "proof", lambda one: one["cases"].pop()),
    ("list", "proof", put("cases", [5])),
    ("list", "case", put("kind", "uuid")),
    ("list", "case", put("kind", "else")),
    ("list", "case", put("kind", [])),
    ("list", "case", put("own", 0)),
    ("list", "case", put("own", True)),
    ("list", "case", put("part", "both")),
    ("list", "case", put("part", {})),
    ("list", "case", lambda one: one.pop("kind")),
    ("list", "case", put("refutation", None)),
    ("own", "proof", lambda one: one.__setitem__("cases", [case for case in one["cases"] if case["own"] is not True])),
    ("grid", "deny", lambda one: one["branches"].pop()),
    ("grid", "deny", put("branches", [])),
    ("grid", "deny", put("places", [])),
    ("grid", "deny", lambda one: one["places"].pop()),
    ("grid", "deny", put("places", [["condition 0"]])),
    ("grid", "deny", put("places", ["condition 7", "condition 1"])),
    ("grid", "deny", put("deny", 0)),
    ("grid", "deny", put("deny", 9)),
    ("grid", "deny", put("deny", [])),
    ("grid", "deny", lambda one: one["branches"].append(one["branches"][0])),
    ("branching", "forced", put("forced", [])),
    ("branching", "forced", put("forced", [[1, "condition 0"]])),
    ("branching", "forced", put("forced", [[2, "condition 5"]])),
    ("branching", "forced", put("forced", [[2, ["condition 0"]]])),
    ("branching", "forced", put("forced", [[2]])),
    ("branching", "forced", put("forced", [5])),
    ("branching", "forced", put("forced", None)),
    ("branching", "forced", put("then", None)),
]
"""Policy, part of the certificate, and what is done to it."""


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_a_planted_fault_is_found(number: int) -> None:
    """Each fault makes the certificate prove less than the verdict says, or nothing."""
    name, what, spoil = FAULTS[number]
    scope = "key" if name in {"grid", "branching"} else "confined"
    policy, verdict = judged(*POLICIES[name], scope=scope)
    certificate = copy.deepcopy(verdict.certificate)
    assert certificate is not None
    parts = {"whole": certificate, "proof": certificate["proofs"][0], "case": certificate["proofs"][0]["cases"][0]}
    spoil(parts[what] if what in parts else node(refutation(certificate), what))
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, evolve(verdict, certificate=certificate))


def with_refutation(verdict: Verdict, tree: Any) -> Verdict:
    """The verdict with another refutation in every case."""
    certificate = copy.deepcopy(verdict.certificate) or {}
    for case in certificate["proofs"][0]["cases"]:
        case["refutation"] = tree
    return evolve(verdict, certificate=certificate)


SAME = {"coordinate": "aws:principaltag/t", "cites": [[0, "condition 0", True], [-1, f"{TAG.lower()} is = b", True]]}


def same(coordinate: str, *cites: list[Any]) -> Any:
    """A leaf in which a claim that holds contradicts one that must not."""
    return {"coordinate": coordinate, "cites": list(cites), "evidence": {"kind": "same"}}


def test_a_variable_has_one_of_the_values_or_none_of_them() -> None:
    """With the variable `b` the resource's tag is `b`, and a Deny wants `a`; otherwise a Deny wants `b`."""
    policy, verdict = judged(*SPLIT, scope="key")
    key, tag = TAG.lower(), "aws:resourcetag/t"
    forced = {"forced": [[1, "condition 0"]], "then": same(tag, [0, "condition 0", True], [1, "condition 0", False])}
    words = {"kind": "words", "holds": [[0, "condition 0", True], [1, "condition 0", False]], "fails": []}
    apart = {"coordinate": tag, "cites": words["holds"], "evidence": words}
    first = {"forced": [[1, "condition 0"]], "then": apart}
    pin = [-1, f"{key} is = b", False]
    other = {"kind": "words", "holds": [[2, "condition 0", False]], "fails": [pin]}
    rest = {
        "forced": [[2, "condition 0"]],
        "then": {"coordinate": key, "cites": [[2, "condition 0", False], pin], "evidence": other},
    }
    tree = {"variable": key, "values": [["b", first]], "otherwise": rest}
    for proof in (tree, {**tree, "values": [[None, first], ["b", first]]}):
        keyaki.verify(policy, with_refutation(verdict, proof))
    for broken in (
        {**tree, "values": [["a", first]]},
        {**tree, "values": []},
        {**tree, "values": [["b", first], ["b"]]},
        {**tree, "values": [[5, first]]},
        {**tree, "values": [["b", forced]]},
        {**tree, "otherwise": first},
        {**tree, "variable": 5},
        {**tree, "variable": "kms:keyusage"},
        {**tree, "values": [["b", {"variable": key, "values": [], "otherwise": first}]]},
    ):
        with pytest.raises(EvidenceError):
            keyaki.verify(policy, with_refutation(verdict, broken))


def test_a_field_of_the_arn_is_split_on_and_never_absent() -> None:
    """A Region that is pinned is a claim on the ARN; that the ARN has no Region is refuted at once."""
    policy, verdict = judged(allow("arn:aws:kms:eu-*:*:key/*"), deny(StringLike={"aws:RequestedRegion": "eu-*"}), scope="key")
    assert verdict.outcome is Outcome.PASSED
    tree = copy.deepcopy(refutation(verdict.certificate or {}))
    nothing = {"kind": "words", "holds": [[-1, "aws:requestedregion is absent", True]], "fails": []}
    empty = {"coordinate": "resource", "cites": nothing["holds"], "evidence": nothing}
    split = {"variable": "aws:requestedregion", "values": [[None, empty], ["eu-west-1", tree]], "otherwise": tree}
    keyaki.verify(policy, with_refutation(verdict, split))
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, with_refutation(verdict, {**split, "values": [["eu-west-1", empty]]}))


def test_the_rest_of_a_branching_refutes_without_the_other_branches() -> None:
    """What holds where the first claim of a Deny is true needs no branch for its other claims."""
    policy, verdict = judged(*GRID, scope="key")
    tree = copy.deepcopy(refutation(verdict.certificate or {}))
    branching = node(tree, "deny")
    last = branching["branches"][-1]
    branching["rest"] = branching["branches"].pop()
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, with_refutation(verdict, tree))
    user = {"coordinate": "aws:userid", "cites": [[0, "condition 1", True], [1, "condition 0", True], [3, "condition 0", True]]}
    user["evidence"] = {"kind": "words", "holds": user["cites"], "fails": []}
    needless = {"deny": 3, "places": ["condition 0", "condition 1"], "branches": [branching["branches"][0]], "rest": user}
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, with_refutation(verdict, needless))
    assert last is branching["rest"]
    simple, passed = judged(allow(LIST), deny(StringEquals={TAG: "a", USER: "b"}))
    good = refutation(passed.certificate or {})
    split = {"deny": 1, "places": ["condition 0", "condition 1"], "branches": [good], "rest": good}
    keyaki.verify(simple, with_refutation(passed, split))
    for broken in ({**split, "rest": None}, {key: value for key, value in split.items() if key != "rest"}):
        with pytest.raises(EvidenceError):
            keyaki.verify(simple, with_refutation(passed, broken))


def test_the_callers_account_pinned_is_not_the_keys() -> None:
    """In the cases in which the accounts differ, a value of one is no value of the other."""
    statement = allow(StringEquals={"aws:ResourceAccount": "111122223333", "aws:PrincipalAccount": "111122223333"})
    policy, verdict = judged(statement, deny(StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}), scope="key")
    assert verdict.outcome is Outcome.PASSED
    account = [-1, "aws:resourceaccount is = 111122223333", False]
    key = {"coordinate": "resource", "cites": [[0, "condition 0", True], account]}
    key["evidence"] = {"kind": "same"}
    pin = [-1, "kms:calleraccount is = 111122223333", False]
    other = {"coordinate": "kms:calleraccount", "cites": [[0, "condition 1", True], pin], "evidence": {"kind": "same"}}
    tree = {"variable": "kms:calleraccount", "values": [["111122223333", key]], "otherwise": other}
    certificate = copy.deepcopy(verdict.certificate) or {}
    differ = [case for case in certificate["proofs"][0]["cases"] if case["own"] is False]
    assert differ
    for case in differ:
        case["refutation"] = tree
    keyaki.verify(policy, evolve(verdict, certificate=certificate))
    for case in certificate["proofs"][0]["cases"]:
        case["refutation"] = tree
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, evolve(verdict, certificate=certificate))


def test_a_proof_for_a_statement_that_never_applies_is_needless() -> None:
    """An Allow of another service's resources needs no proof, and bears any."""
    policy, verdict = judged(allow("arn:aws:s3:::x"), allow(LIST))
    certificate = copy.deepcopy(verdict.certificate) or {}
    keyaki.verify(policy, verdict)
    certificate["proofs"].append({**certificate["proofs"][0], "statement": 0})
    keyaki.verify(policy, evolve(verdict, certificate=certificate))


def test_deep_nesting_is_no_danger() -> None:
    """A hundred thousand nodes inside each other end in a refusal or a proof, not in a crash."""
    policy, verdict = judged(allow(LIST))
    good = refutation(verdict.certificate or {})
    tree: Any = {"forced": [], "then": None}
    deep = tree
    for _ in range(100_000):
        tree = {"forced": [], "then": tree}
    certificate = copy.deepcopy(verdict.certificate) or {}
    for case in certificate["proofs"][0]["cases"]:
        case["refutation"] = tree
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, evolve(verdict, certificate=certificate))
    deep["then"] = good
    keyaki.verify(policy, evolve(verdict, certificate=certificate))
    while "forced" in tree:
        tree = tree.pop("then")


def test_verdicts_without_evidence() -> None:
    """An UNDECIDED has none, a PASSED needs a certificate, a FAILED a witness, and a resource policy no verdict."""
    policy, verdict = judged(allow(LIST))
    for broken in (
        evolve(verdict, certificate=None),
        evolve(verdict, certificate=[]),
        evolve(verdict, outcome=Outcome.FAILED),
        evolve(verdict, outcome=Outcome.UNDECIDED),
    ):
        with pytest.raises(EvidenceError):
            keyaki.verify(policy, broken)
    trust = keyaki.policy_from({"Version": "2012-10-17", "Statement": [{**allow(LIST), "Principal": "*"}]})
    with pytest.raises(EvidenceError, match="resource policy"):
        keyaki.verify(trust, verdict)


def test_which_statements_cover_an_action() -> None:
    """An empty NotAction of an Allow covers everything, every other empty list nothing."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": [], "Resource": "*"},
        {"Effect": "Deny", "NotAction": [], "Resource": "*"},
        {"Effect": "Allow", "Action": [], "Resource": "*"},
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
    ]})  # fmt: skip
    assert [covers(statement, "kms:Decrypt") for statement in policy.statements] == [True, False, False, True]


CLAIMS = [
    (allow([]), None),
    ({**allow(), "NotResource": []}, {}),
    ({"Effect": "Allow", "Action": "kms:*", "NotResource": [], "Condition": {}}, {}),
    ({"Effect": "Deny", "Action": "kms:*", "NotResource": [], "Condition": {}}, None),
    ({"Effect": "Deny", "Action": "kms:*", "NotResource": "*", "Condition": {}}, None),
    ({"Effect": "Deny", "Action": "kms:*", "NotResource": "arn:aws:s3:::${aws:username}", "Condition": {}}, {"has aws:username"}),
    ({"Effect": "Deny", "Action": "kms:*", "NotResource": "arn:aws:s3:::${aws:username,'x'}", "Condition": {}}, {}),
    ({"Effect": "Deny", "Action": "kms:*", "NotResource": "arn:aws:s3:::${aws:TagKeys}", "Condition": {}}, None),
    ({"Effect": "Deny", "Action": "kms:*", "NotResource": "arn:aws:s3:::${AWS::Region}", "Condition": {}}, None),
    (allow("arn:aws:kms:a:b:c:d:e:f"), None),
    (allow("arn:aws:s3:::x"), None),
    (allow("arn:aws:kms:*:${AWS::Region}:key/*"), None),
    (allow(Null={TAG: ["true", "false"]}), {}),
    (allow(Null={TAG: []}), None),
    (allow(Null={"aws:ResourceAccount": "true"}), None),
    (allow(Null={"aws:ResourceAccount": "false"}), {}),
    (allow(**{"ForAllValues:Null": {TAG: "true"}}), {}),
    (allow(**{"ForAnyValue:Null": {TAG: "true"}}), None),
    (deny(NumericNotEquals={TAG: "x"}), None),
    (allow(NumericNotEquals={TAG: "x"}), {"condition 0"}),
    (allow(StringEquals={"aws:TagKeys": "x"}), {"condition 0"}),
]


@pytest.mark.parametrize(
    ("statement", "labels"), [(one, labels) for one, labels in CLAIMS if not ({"Resource", "NotResource"} <= one.keys())]
)
def test_claims_of_a_statement(statement: dict[str, Any], labels: Any) -> None:
    """A statement that applies to no key has no claims; what always holds is none of them."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    found = Claims(policy, "aws").of(policy.statements[0])
    assert (None if found is None else set(found)) == (None if labels is None else set(labels))


@pytest.mark.parametrize(
    "change",
    [
        {"action": "kms:Encrypt"},
        {"action": None},
        {"resource": "arn:aws:kms:us-east-1:111122223333:key/x"},
        {"resource": "arn:aws-cn:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
        {"resource": "arn:aws:kms:us-east-1:444455556666:alias/x"},
        {"resource": 5},
        {"context": None},
        {"context": {TAG: "b"}},
        {"context": {TAG: ["a"]}},
        {"context": {TAG: "a", TAG.upper(): "a"}},
        {"context": {TAG: "a", 5: "a"}},
        {"context": {TAG: "a", "aws:MultiFactorAuthAge": "5.0"}},
        {"context": {TAG: "a", "aws:PrincipalServiceName": "x"}},
        {"context": {TAG: "a", "kms:MultiRegionKeyType": "PRIMARY"}},
        {"context": {TAG: "a", "aws:PrincipalAccount": "111122223333", "kms:CallerAccount": "111122223334"}},
        {"context": {TAG: "a", "aws:CurrentTime": "2024-01-01T00:00:00Z", "aws:EpochTime": "1704067201"}},
        {"context": {TAG: "a", "aws:ResourceAccount": "111122223333"}},
        {"context": {TAG: "a", "kms:KeyUsage": "SIGN_VERIFY"}},
        {"context": {TAG: "a", "aws:SourceIp": "010.0.0.1"}},
        {"context": {TAG: "a", "aws:SourceArn": "x"}},
        {"context": {TAG: "a", "kms:RequestAlias": "x"}},
        {"context": {TAG: "a", "aws:TagKeys": []}},
    ],
)
def test_a_witness_is_a_request_that_can_be_made(change: dict[str, Any]) -> None:
    """Another action, a key that is none or not fresh, a context that is inconsistent or badly typed: rejected."""
    policy, verdict = judged(allow(StringEquals={TAG: "a"}), deny(LIST))
    keyaki.verify(policy, verdict)
    broken = evolve(verdict.grants[0].witness, **change)
    with pytest.raises(EvidenceError):
        keyaki.verify(policy, evolve(verdict, grants=(evolve(verdict.grants[0], witness=broken),)))
    with pytest.raises(EvidenceError, match="does not grant"):
        keyaki.verify(policy, evolve(verdict, grants=(evolve(verdict.grants[0], statement=1),)))


def test_a_witness_lists_what_is_always_there() -> None:
    """A key that the policy mentions and every request has is in the witness, and so is a multi-Region key's type."""
    policy, verdict = judged(allow(Null={"aws:PrincipalArn": "false", "kms:MultiRegionKeyType": "false"}))
    keyaki.verify(policy, verdict)
    witness = verdict.grants[0].witness
    for key in ("aws:PrincipalArn", "kms:MultiRegionKeyType"):
        context = {other: value for other, value in witness.context.items() if other != key}
        with pytest.raises(EvidenceError):
            keyaki.verify(policy, evolve(verdict, grants=(evolve(verdict.grants[0], witness=evolve(witness, context=context)),)))


def test_a_fresh_key_is_neither_named_nor_the_callers_own() -> None:
    """What the policy names is not fresh: by a field, by a condition, by the caller's account."""
    statements = (
        allow(),
        deny(action="kms:Encrypt", resource=["arn:aws:kms:us-east-1:*:key/*", "arn:aws:kms:*:${aws:PrincipalAccount}:*"]),
    )
    policy, verdict = judged(*statements, scope="any")
    keyaki.verify(policy, verdict)
    witness = verdict.grants[0].witness
    named = witness.resource.replace(witness.resource.split(":")[3], "us-east-1")
    own = {**witness.context, "aws:PrincipalAccount": witness.resource.split(":")[4]}
    for broken in (evolve(witness, resource=named), evolve(witness, context=own)):
        with pytest.raises(EvidenceError, match="not fresh"):
            keyaki.verify(policy, evolve(verdict, grants=(evolve(verdict.grants[0], witness=broken),)))


def test_evidence_errors_are_keyakis() -> None:
    """An EvidenceError is a KeyakiError and a ValueError."""
    assert issubclass(EvidenceError, KeyakiError)
    assert issubclass(EvidenceError, ValueError)
