"""The checker's own reading of policies, against the reference evaluator and against the encoder that shares nothing with it."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic_worlds import World, a_policy, a_world, dice

import keyaki
from keyaki.checker.cases import Case, Facts, covered
from keyaki.checker.claims import ACCOUNT, RESOURCE, Claim, Claims
from keyaki.checker.consistency import check_request
from keyaki.checker.freshness import is_fresh, named
from keyaki.checker.leaf import Cited, Leaves, Trial
from keyaki.checker.placed import placed
from keyaki.errors import EvidenceError
from keyaki.policy import Policy, Quantifier
from keyaki.reference.evaluate import Context, applies
from keyaki.symbolic.names import names_of
from keyaki.verdict import Scope

LAW = settings(deadline=None, max_examples=60)
SEEDS = st.integers(0, 2**32 - 1)
KINDS = ("uuid", "mrk")
PARTS = {Scope.CONFINED: ("account", "region"), Scope.ACCOUNT: ("account",), Scope.ANY: ("both",), Scope.KEY: ("none",)}


def case_of(world: World, part: str = "none") -> Case:
    """The case that a request is in, its account told apart from the caller's or not."""
    return Case(KINDS["key/mrk-" in world.request.resource], world.case.own, part)


def facts_of(policy: Policy, case: Case, *, decryption: bool = True) -> Facts:
    """The facts of a case."""
    return Facts(case, decryption, "aws", named(policy, "aws"), Claims(policy, "aws").multi, True)


def is_true(claim: Claim, world: World, facts: Facts) -> bool:
    """Evaluate a claim at a request, each variable replaced by its value there."""
    value = world.values.get(claim.coordinate)
    if value is None:
        return claim.absent
    if claim.constant is not None:
        return claim.constant
    cited = Cited((0, "", not claim.inverted), claim, not claim.inverted)
    language = Leaves(facts, {}, world.known)._language(cited, ())
    trial = Trial(claim, holds=True, language=language)
    passes = [trial.is_satisfied(text) != claim.inverted for text in (value if isinstance(value, tuple) else (value,))]
    return all(passes) if claim.quantifier is Quantifier.FOR_ALL_VALUES else any(passes)


@LAW
@given(SEEDS)
def test_claims_hold_of_the_requests_that_the_statement_applies_to(seed: int) -> None:
    """Of every consistent request all claims of a statement are true, in its case, iff the reference says that it applies."""
    luck = dice(seed)
    policy = a_policy(luck)
    claims = [Claims(policy, "aws").of(statement) for statement in policy.statements]
    for _ in range(6):
        world = a_world(luck, policy)
        context = Context(policy, world.request)
        for statement, own in product(policy.statements, (world.case.own, None)):
            case = case_of(world)._replace(own=own)
            facts, found = facts_of(policy, case), claims[statement.index]
            if own is None and found is not None and any(_is_twin(claim) for claim in found.values()):
                continue
            here = found is not None and all(is_true(placed(claim, case, "aws"), world, facts) for claim in found.values())
            assert here == applies(statement, context), (statement, world.request, found)


def _is_twin(claim: Claim) -> bool:
    return any(getattr(piece, "twin", False) for pattern in claim.patterns for piece in pattern)


@LAW
@given(SEEDS)
def test_every_fresh_request_lies_in_a_case_of_the_checkers(seed: int) -> None:
    """The cases of a scope admit every value of a consistent request to a fresh key, and none of them that of a stale one."""
    luck = dice(seed)
    policy = a_policy(luck)
    names = named(policy, "aws")
    for _ in range(5):
        world = a_world(luck, policy)
        for scope, parts in PARTS.items():
            fresh = is_fresh(world.request.resource, str(world.values["kms:calleraccount"]), scope, names)
            cases = [Case(kind, own, part) for kind in KINDS for own in (True, False) for part in parts]
            cases = [case for case in cases if not (case.own and names.caller and case.part in {"account", "both"})]
            assert covered(cases, scope, caller_named=names.caller)
            admitted = [case for case in cases if case.own == world.case.own and _admits(facts_of(policy, case), world)]
            assert bool(admitted) == fresh, (scope, world.request.resource, names)


def _admits(facts: Facts, world: World) -> bool:
    for coordinate, value in world.values.items():
        texts = value if isinstance(value, tuple) else (value,)
        if value is None:
            if not facts.may_be_absent(coordinate):
                return False
        elif not facts.may_be_present(coordinate) or not all(facts.admits(coordinate, str(text)) for text in texts):
            return False
    return True


@LAW
@given(SEEDS)
def test_what_a_case_knows_is_so_in_every_request_of_it(seed: int) -> None:
    """The variables that a case decides have that value in each of its requests, and on other actions fewer are decided."""
    luck = dice(seed)
    policy = a_policy(luck)
    world = a_world(luck, policy)
    facts = facts_of(policy, case_of(world))
    for key, value in facts.known().items():
        assert world.known.get(key) == value
    assert facts_of(policy, case_of(world), decryption=False).known().items() < facts.known().items()


@LAW
@given(SEEDS)
def test_names_are_found_alike_by_checker_and_encoder(seed: int) -> None:
    """Two readings of section 3 that share no code name the same Regions, accounts, ids and callers."""
    policy = a_policy(dice(seed))
    mine, theirs = named(policy, "aws"), names_of(policy, "aws")
    assert (mine.regions, mine.accounts, mine.ids, mine.caller) == (theirs.regions, theirs.accounts, theirs.ids, theirs.caller)


REGIONS = (
    "us-east-1",
    "us-east-1${k:x,''}",
    "us-east-${k:x,''}",
    "us-east-1?",
    "us--east-1",
    "us-*",
    "abcde-x-1",
    "x?-a-1",
    "abcd-x-?",
)
ACCOUNTS = (
    "111122223333",
    "111122223333${k:x,''}",
    "111122223333${k:x,'y'}",
    "11112222333${k:x}",
    "*2222*",
    "11112222333*4",
    "11?",
)
KEYS = (
    "key/*",
    "key/mrk-1234abcd12ab34cd56ef1234567890a?",
    "key/mrk-1234abcd12ab34cd56ef1234567890abc?",
    "key/${k:x}",
    "ke?/${k:x,''}",
)
HEADS = (
    "arn:aws:kms",
    "arn:a*:k?s",
    "arn:${k:x}:kms",
    "arn:aws${k:x,''}:kms",
    "arn:aws${k:x}:kms",
    "a*:aws:kms",
    "arn:aws:k",
    "arn:aw?s:kms",
)


def test_fields_can_match_alike_for_checker_and_encoder() -> None:
    """Of every combination of near misses in the fields, checker and encoder name the same, and each of them something."""
    named_some = 0
    for head, region, account, key in product(HEADS, REGIONS, ACCOUNTS, KEYS):
        resource = f"{head}:{region}:{account}:{key}"
        statement = {"Effect": "Deny", "Action": "kms:*", "Resource": resource}
        policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": [statement]})
        mine, theirs = named(policy, "aws"), names_of(policy, "aws")
        assert (mine.regions, mine.accounts, mine.ids) == (theirs.regions, theirs.accounts, theirs.ids), resource
        named_some += bool(mine.regions or mine.accounts)
    assert named_some > 100


# Witnesses


WRONG: list[tuple[str, Any]] = [
    ("aws:ResourceAccount", "444455556667"),
    ("aws:RequestedRegion", "us-east-3"),
    ("kms:MultiRegion", "maybe"),
    ("kms:KeySpec", "RSA_4096"),
    ("kms:CustomerMasterKeySpec", "RSA_4096"),
    ("kms:CustomerMasterKeyUsage", "SIGN_VERIFY"),
    ("kms:KeyUsage", "SIGN_VERIFY"),
    ("kms:CallerAccount", "888888888888"),
    ("aws:PrincipalAccount", "999999999999"),
    ("aws:PrincipalIsAWSService", "true"),
    ("aws:EpochTime", "1704067199"),
    ("aws:CurrentTime", "2024-01-01T00:00:02Z"),
    ("aws:CurrentTime", "2024-01-01T00:00:00.5Z"),
    ("aws:PrincipalServiceName", "x"),
    ("aws:TagKeys", []),
    ("aws:TagKeys", ["a", ""]),
    ("aws:PrincipalTag/t", ""),
    ("aws:PrincipalTag/t", ["a"]),
    ("kms:ResourceAliases", ["alias/"]),
    ("kms:ResourceAliases", ["alias/a b"]),
    ("kms:RequestAlias", "alia/a"),
    ("kms:MultiRegionKeyType", "OTHER"),
    ("aws:SourceIp", "10.0.0.01"),
    ("aws:MultiFactorAuthAge", "07"),
    ("aws:PrincipalArn", "arn:aws:iam::x"),
    ("aws:SecureTransport", "True"),
    ("aws:CallerAccount", 5),
]


def _request(policy: Policy, luck: random.Random) -> World:
    world = a_world(luck, policy)
    context = {key: value for key, value in world.request.context.items() if value != []}
    return world._replace(request=keyaki.Request("kms:Decrypt", world.request.resource, context))


@pytest.mark.parametrize("seed", range(8))
def test_consistent_requests_are_accepted_and_their_neighbours_refused(seed: int) -> None:
    """A consistent request gives back its caller's account; with one value that cannot be, it is refused."""
    luck = dice(seed)
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": []})
    world = _request(policy, luck)
    assert check_request(policy, world.request, "aws") == world.values["kms:calleraccount"]
    for key, value in WRONG:
        spelled = next((one for one in world.request.context if one.lower() == key.lower()), key)
        broken = keyaki.Request("kms:Decrypt", world.request.resource, {**world.request.context, spelled: value})
        with pytest.raises(EvidenceError):
            check_request(policy, broken, "aws")
    for resource in (
        f"{world.request.resource}:x",
        world.request.resource.replace("key/", "kex/"),
        "arn",
        f"{ACCOUNT}:{RESOURCE}",
    ):
        with pytest.raises(EvidenceError):
            check_request(policy, keyaki.Request("kms:Decrypt", resource, world.request.context), "aws")
