"""The ledger, proof by proof: each action of a proof is one, and a field that is known is that field of the ARN."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.answer import Result
from keyaki.checker.answers import pieces
from keyaki.checker.claims import ACCOUNT, REGION, RESOURCE, Claim, Hole, Pieces, tokens_only, under
from keyaki.checker.ledger import Ledger
from keyaki.checker.sides import Side
from keyaki.checker.space import FREE, SpaceCase, SpaceFacts
from keyaki.checker.statements import SpaceClaims, placed
from keyaki.checker.tokens import matches, plain
from keyaki.errors import EvidenceError
from keyaki.policy import Family, Quantifier

NOTHING: frozenset[str] = frozenset()
ARN = SpaceCase("arn", "arn", None, None, None, None, NOTHING, NOTHING)


def ledger() -> Ledger:
    """The ledger of two Allows, the second on all that the first is on."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": "*"} for action in ("s3:Get*", "s3:*")]
    return Ledger([Side([[keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})]])])


@pytest.mark.parametrize(
    "actions", [["*", ""], ["", "*"], ["*", 5], [5, "*"], ["*", None], [["*"], "*"], [], "*", None, {"*": "*"}]
)
def test_every_action_of_a_proof_is_a_text(actions: Any) -> None:
    """One that is none, among others or alone, makes the proof malformed."""
    proof = {"applying": [0], "covered": 1}
    ledger().read([{"actions": ["*", "s3:get*"], **proof}])
    with pytest.raises(EvidenceError):
        ledger().read([{"actions": actions, **proof}])


@pytest.mark.parametrize("own", [None, True, False])
@pytest.mark.parametrize(
    ("key", "text", "arn", "inside"),
    [
        (REGION, "eu-west-1", "arn:aws:s3:eu-west-1:111122223333:x", True),
        (REGION, "eu-west-1", "arn:aws:s3:eu-west-1::x:y", True),
        (REGION, "eu-west-1", "arn:aws:s3:eu-west-12:111122223333:x", False),
        (REGION, "eu-west-1", "arn:aws:s3::111122223333:eu-west-1", False),
        (ACCOUNT, "111122223333", "arn:aws:s3:eu-west-1:111122223333:x:y", True),
        (ACCOUNT, "111122223333", "arn:aws:s3::111122223333:", True),
        (ACCOUNT, "111122223333", "arn:aws:s3:111122223333::x", False),
        (ACCOUNT, "111122223333", "*", False),
    ],
)
def test_a_known_field_is_that_field_of_the_arn(own: bool | None, key: str, text: str, arn: str, inside: bool) -> None:
    """The pattern of the ARNs with a Region or an account matches those and no others, whatever the case."""
    facts = SpaceFacts(ARN._replace(own=own), NOTHING, epoch=False)
    assert matches([tokens_only(facts.field(key, text))], arn) is inside


@pytest.mark.parametrize("key", [ACCOUNT, REGION])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_field_of_the_arn_is_compared_as_a_truth_value_only_where_that_is_written(key: str, inverted: bool) -> None:
    """Written out it is one of the texts `true` and `false`, in any case; with a variable among the values that is refused."""
    variable: Pieces = (Hole("aws:principaltag/t", None),)

    def on(*patterns: Pieces) -> Claim | bool:
        claim = Claim(FREE[key], absent=False, family=Family.BOOL, patterns=patterns, inverted=inverted, key=key)
        return placed(claim, ARN)

    for word in ("true", "false"):
        found = on(plain(word))
        assert isinstance(found, Claim)
        assert (found.coordinate, found.inverted) == (RESOURCE, inverted)
        for text in ("true", "TRUE", "false", "False", "tru"):
            arn = f"arn:aws:s3:{text}:x:y" if key == REGION else f"arn:aws:s3:x:{text}:y"
            assert matches([tokens_only(one) for one in found.patterns], arn) is (text.lower() == word)
    for patterns in ((variable,), (variable, plain("true")), (plain("true"), variable)):
        with pytest.raises(EvidenceError):
            on(*patterns)


@pytest.mark.parametrize("key", [ACCOUNT, REGION])
def test_a_field_kept_apart_is_a_text_without_colons(key: str) -> None:
    """Beside the ARN whose field it is, a coordinate holds what a field that is not empty can hold; elsewhere it is free."""
    apart = SpaceFacts(ARN._replace(account="apart", region="apart"), NOTHING, epoch=False)
    assert not apart.may_be_absent(FREE[key])
    for text, inside in (("eu-west-1", True), ("1", True), ("", False), ("a:b", False), (":", False)):
        assert apart.admits(FREE[key], text) is inside
        assert [matches(one, text) for one in apart.languages(FREE[key], digits=False)[0]] == [inside]
    for case in (ARN, ARN._replace(account="free", region="free")):
        facts = SpaceFacts(case, NOTHING, epoch=False)
        assert facts.may_be_absent(FREE[key])
        assert facts.admits(FREE[key], "a:b")


@pytest.mark.parametrize("variable", ["aws:PrincipalAccount", "kms:CallerAccount"])
@pytest.mark.parametrize(
    ("resource", "twin"),
    [
        ("arn:aws:s3:eu-west-1:${%s}:x", True),
        ("arn:aws:s3::${%s}:*", True),
        ("arn:aws:s3:${%s}:${%s}:x", False),
        ("arn:aws:s3:*:${%s}:x", False),
        ("arn:aws:s3::1${%s}:x", False),
        ("arn:aws:s3::${%s}1:x", False),
        ("arn:aws:s3::${%s, '1'}:x", True),
        ("arn:aws:s3:::${%s}:x", False),
    ],
)
def test_the_account_of_an_arn_may_be_the_callers(variable: str, resource: str, twin: bool) -> None:
    """Where the caller's account is all of the ARN's, the ARN matches iff the accounts are one: never where they are two."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": resource.replace("%s", variable)}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    claim = (SpaceClaims(policy).of(policy.statements[0]) or {})[RESOURCE]
    assert any(piece.twin for pattern in claim.patterns for piece in pattern if isinstance(piece, Hole)) is twin
    own, other = (placed(claim, ARN._replace(own=way)) for way in (True, False))
    assert isinstance(own, Claim)
    assert isinstance(other, Claim)
    assert (not other.patterns) is twin
    assert all(not any(isinstance(piece, Hole) for piece in pattern) for pattern in own.patterns) or not twin


def test_what_is_no_action_hides_none_that_follows() -> None:
    """Of several statements every pattern is asked about that may hold an action of all, whatever stands before it."""
    actions: list[Any] = [
        ["nothing", "s3:a:b", "s3:", "s3:Get*", "sqs:Send", "s3:Put?"],
        ["s3:P*", "nothing", "s3:*", "x", "s3:Get*"],
    ]
    statements = [{"Effect": "Allow", "Action": action, "Resource": "*"} for action in actions]
    (level,) = Side([[keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})]]).levels
    assert list(pieces(level[:1])) == ["s3:get*", "sqs:send", "s3:put?"]
    assert set(pieces(level)) in ({"s3:get*", "s3:put?"}, {"s3:p*", "s3:*", "s3:get*"})


@pytest.mark.parametrize(
    ("actions", "alike"),
    [
        (["s3:*"], True),
        (["s3:getobject"], True),
        (["kms:decrypt"], True),
        (["s3:getobject", "s3:putobject"], True),
        (["s3:getobject", "s3:put*"], False),
        (["s3:put*", "s3:getobject"], False),
        (["s3:get*", "s3:put*"], False),
        (["s3:getobject", "kms:decrypt"], False),
        (["s3:getobject", "s3:putobject", "*"], False),
    ],
)
def test_one_proof_is_for_one_pattern_or_for_actions_alike(actions: list[str], alike: bool) -> None:
    """One refutation is for actions written out that all decrypt, or of which none does; else for one pattern alone."""
    user = {"StringEquals": {"aws:username": "u"}}
    statements = [{"Effect": effect, "Action": "*", "Resource": "*", "Condition": user} for effect in ("Allow", "Deny")]
    side = Side([[keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})]])
    leaf = {"coordinate": "aws:username", "cites": [[0, "condition 0", True], [1, "condition 0", False]]}
    tree = {"forced": [[1, "condition 0"]], "then": {**leaf, "evidence": {"kind": "same"}}}
    case = dict.fromkeys(("account", "region", "own", "key", "kind", "decrypts")) | {"single": [], "several": []}
    proof = {"actions": actions, "applying": [0], "barred": [1], "cases": [{**case, "refutation": tree}]}
    if alike:
        Ledger([side]).read([proof])
        return
    with pytest.raises(EvidenceError, match="treat alike"):
        Ledger([side]).read([proof])


@pytest.mark.parametrize("key", ["aws:PrincipalAccount", "kms:CallerAccount", "aws:PrincipalArn", "aws:SecureTransport"])
def test_a_witness_has_what_every_request_has(key: str) -> None:
    """A key that a policy mentions and that is always there is in the witness, also where the Allow does without it."""
    kind = "Bool" if key == "aws:SecureTransport" else "StringNotEquals"
    condition = {f"{kind}IfExists": {key: "true"}}
    new = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}]}
    old: dict[str, Any] = {"Statement": []}
    answer = keyaki.no_new_access(new, old)
    keyaki.verify_answer(answer, new, old)
    (reason,) = answer.reasons
    bare = evolve(reason, witness=keyaki.Request(reason.witness.action, "*", {}))
    with pytest.raises(EvidenceError, match="in every such request"):
        keyaki.verify_answer(evolve(answer, reasons=(bare,)), new, old)


@pytest.mark.parametrize(
    ("resource", "settled"),
    [
        ("arn:aws:s3:${aws:RequestedRegion}:111122223333:x", True),
        ("arn:aws:s3:eu-west-1:${aws:ResourceAccount}:x", True),
        ("arn:aws:s3:${aws:RequestedRegion}:${aws:ResourceAccount}:x", False),
        ("arn:aws:s3:*:${aws:ResourceAccount}:*", True),
        ("arn:aws:s3:*:${aws:ResourceAccount}:x", False),
        ("arn:aws:s3:${aws:ResourceAccount}:111122223333:x", False),
        ("arn:aws:s3:eu-west-1:${aws:RequestedRegion}:x", False),
        ("arn:aws:s3:eu-west-1:111122223333:${aws:ResourceAccount}:", False),
        ("arn:aws:*:*:${aws:ResourceAccount}:x", False),
    ],
)
def test_a_variable_that_is_its_own_field_is_any_field(resource: str, settled: bool) -> None:
    """Alone in its field of the ARN it asks nothing where that is plain; and with its value put in the same ARNs are matched."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": resource}
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
    claim = placed((SpaceClaims(policy).of(policy.statements[0]) or {})[RESOURCE], ARN)
    assert isinstance(claim, Claim)
    assert (not any(isinstance(piece, Hole) for pattern in claim.patterns for piece in pattern)) is settled
    for region, account in product(("eu-west-1", "us-east-1"), ("111122223333", "444455556666")):
        written = resource.replace("${aws:RequestedRegion}", region).replace("${aws:ResourceAccount}", account)
        literal = keyaki.policy_from({"Version": "2012-10-17", "Statement": [{**statement, "Resource": written}]})
        known = {REGION: region, ACCOUNT: account}
        put = [tokens_only(found) for pattern in claim.patterns if (found := under(pattern, known)) is not None]
        for rest in ("x", "y", "x:y", f"{account}:"):
            arn = f"arn:aws:s3:{region}:{account}:{rest}"
            request = keyaki.Request("s3:GetObject", arn, {})
            assert matches(put, arn) is (keyaki.allows(literal, request) == "allow")


@pytest.mark.parametrize(
    ("more", "less"),
    [("s3:Get*", ["s3:Get", "s3:Get?*"]), ("s3:*Get*", ["s3:*Get", "s3:*Get*a*", "s3:*Get*?"]), ("*", ["s3:*", "?:*", "*??:*"])],
)
def test_actions_that_only_several_patterns_cover_are_covered(more: str, less: list[str]) -> None:
    """Of a pattern that no single one covers its actions are asked about; without one of the others some are left."""
    new, old = ({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]} for actions in (more, less))
    answer = keyaki.no_new_access(new, old)
    assert answer.result is Result.PASS
    keyaki.verify_answer(answer, new, old)
    fewer = {"Statement": [{"Effect": "Allow", "Action": less[-1], "Resource": "*"}]}
    assert keyaki.no_new_access(new, fewer).result is Result.FAIL


def test_policies_of_two_kinds_are_not_compared() -> None:
    """An identity policy beside a resource policy is refused before any evidence is looked at."""
    one: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    other = {"Statement": [{**one["Statement"][0], "Principal": "*"}]}
    for answer in (keyaki.no_new_access(one, one), keyaki.no_new_access(other, other)):
        with pytest.raises(EvidenceError, match="cannot be compared"):
            keyaki.verify_answer(answer, one, other)


@pytest.mark.parametrize("quantifier", [None, *Quantifier])
def test_a_key_that_holds_one_value_in_a_case_is_no_list_there(quantifier: Quantifier | None) -> None:
    """Where a case says that the key holds a single value a claim asks it of that value, else as it is written."""
    claim = Claim("s3:x", absent=False, family=Family.STRING_EQUALS, patterns=(plain("a"),), quantifier=quantifier, key="s3:x")
    assert placed(claim, ARN._replace(single=frozenset({"s3:x"}))) == evolve(claim, quantifier=None)
    assert placed(claim, ARN._replace(several=frozenset({"s3:x"}), single=frozenset({"s3:y"}))) == claim
