"""The whole space as the checker sees it: actions, cases, facts and claims, against brute force and against the engine."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Any

import pytest

import keyaki
from keyaki.catalogue import SAME_VALUE
from keyaki.checker.claims import Claim, Hole, tokens_only, under
from keyaki.checker.ledger import Ledger
from keyaki.checker.reach import Reach, includes, is_action, may_meet
from keyaki.checker.sides import Entry, Side
from keyaki.checker.space import FREE, KEY_KEYS, SpaceCase, SpaceFacts, check_covered, read_case
from keyaki.checker.tokens import matches
from keyaki.errors import EvidenceError
from keyaki.policy import Policy, Quantifier, Request
from keyaki.questions import reach as engine_reach
from keyaki.questions import space as engine_space
from keyaki.questions.space import Reads, Space
from keyaki.reference.evaluate import Context, action_holds, applies
from keyaki.reference.matching import VARIABLE_FAMILIES, Place, action_matches, meets
from keyaki.values import ascii_fold, instant, truth

sys.path.append(str(Path(__file__).parents[2] / "differential"))
import brute_space

Document = dict[str, Any]
NOTHING: frozenset[str] = frozenset()
OPEN = SpaceCase(None, None, None, None, None, None, NOTHING, NOTHING)
PATTERNS = ["".join(word) for size in (1, 2, 3) for word in product("a*?:", repeat=size)]
WORDS = ["".join(word) for size in range(5) for word in product("ab:", repeat=size)]


def statement(*, deny: bool = False, **members: Any) -> Any:
    """A statement on everything."""
    whole = {"Effect": "Deny" if deny else "Allow", "Resource": "*", **members}
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": whole}).statements[0]


def test_patterns_that_include_others_do() -> None:
    """What is said to be included is, what is said not to meet does not, and the engine says the same of both."""
    found = {pattern: {word for word in WORDS if action_matches(pattern, word)} for pattern in PATTERNS}
    for one, other in product(PATTERNS, repeat=2):
        if includes(one, other):
            assert found[other] <= found[one]
        if not may_meet(one, other):
            assert not found[one] & found[other]
        assert includes(one, other) == engine_reach.includes(one, other)
        assert may_meet(one, other) == engine_reach.may_meet(one, other)


@pytest.mark.parametrize("seed", range(40))
def test_what_a_statement_covers_of_a_pattern(seed: int) -> None:
    """All, none, or what its own patterns say; and a statement that holds another's reach covers whatever that covers."""
    dice = Random(seed)
    pool = [*brute_space.ACTION_PATTERNS, "s3:*Object", "s?:Get*", "*:*", "sqs:*"]
    one, other = (
        statement(deny=dice.random() < 0.3, **{dice.choice(("Action", "NotAction")): dice.sample(pool, dice.randint(0, 3))})
        for _ in range(2)
    )
    for pattern in map(ascii_fold, pool):
        mine, theirs = Reach(one), Reach(other)
        for action in brute_space.ACTIONS:
            if action_matches(pattern, action):
                context = Context(keyaki.policy_from({"Statement": []}), Request(action, "*"))
                cover = mine.cover(pattern)
                told = cover if isinstance(cover, bool) else any(action_matches(own, action) for own in cover) != mine.negated
                assert told == action_holds(one, context)
                if mine.holds_reach(theirs, pattern) and action_holds(other, context):
                    assert action_holds(one, context)
        assert isinstance(mine.cover(pattern), bool) == isinstance(engine_reach.Reach(one).atom(pattern, 0), bool)


def test_actions() -> None:
    """A service, one colon, a name."""
    assert [text for text in ("a:b", "a", "a:", ":b", "a:b:c", "") if is_action(text)] == ["a:b"]


# Cases


def told(case: SpaceCase) -> Document:
    """A case as a certificate has it."""
    return {**case._asdict(), "single": sorted(case.single), "several": sorted(case.several)}


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {**told(OPEN), "account": "x"},
        {**told(OPEN), "own": 1},
        {**told(OPEN), "kind": "uuid"},
        {**told(OPEN), "key": False, "decrypts": True},
        {**told(OPEN), "single": "x"},
        {**told(OPEN), "several": [1]},
        {**told(OPEN), "single": ["k"], "several": ["k"]},
        {name: value for name, value in told(OPEN).items() if name != "own"},
    ],
)
def test_a_case_of_the_space_is_read_strictly(broken: object) -> None:
    """Every member is there and is one of a few; kinds are those of keys."""
    with pytest.raises(EvidenceError):
        read_case(broken)
    assert read_case(told(OPEN)) == OPEN


def covers(cases: list[SpaceCase], mixed: frozenset[str] = NOTHING, decrypts: bool | None = None) -> bool:
    """True iff the cases are found to hold every request."""
    try:
        check_covered(cases, mixed, decrypts)
    except EvidenceError:
        return False
    return True


@pytest.mark.parametrize("keys", list(product([False, True], repeat=5)))
def test_the_engine_s_cases_cover_and_none_can_be_left_out(keys: tuple[bool, ...]) -> None:
    """All cases in which the engine asks are enough, and without one of them they are not."""
    account, region, own, key, mixed = keys
    read = {engine_space.ACCOUNT} if account else set()
    read |= {engine_space.REGION} if region else set()
    read |= {"kms:multiregion", "kms:keyusage"} if key else set()
    lists = ("k", "l") if mixed else ()
    found = [engine_case(one) for one in engine_space.cases(Reads(frozenset(read), own, lists))]
    assert covers(found, frozenset(lists))
    for at in range(len(found)):
        assert not covers(found[:at] + found[at + 1 :], frozenset(lists))
    if key:
        assert covers([case for case in found if case.decrypts is not True], frozenset(lists), decrypts=False)
        assert not covers([case for case in found if case.decrypts is not True], frozenset(lists), decrypts=True)
    assert not covers(found, frozenset({*lists, "m"}))


def test_a_field_kept_apart_is_one_that_the_arn_has() -> None:
    """Together with requests on ARNs that have no such field it is all there is, and alone it is not."""
    for name in ("account", "region"):
        apart, free = OPEN._replace(**{name: "apart"}), OPEN._replace(**{name: "free"})
        assert covers([apart, free])
        assert not covers([apart])
        assert not covers([free])


def engine_case(case: engine_space.SpaceCase) -> SpaceCase:
    """A case of the engine's as the checker reads it."""
    values = (case.account.value if case.account else None, case.region.value if case.region else None)
    return SpaceCase(
        *values, case.own, case.key, case.kind.value if case.kind else None, case.decrypts, case.single, case.several
    )


TEXTS = [
    *brute_space.RESOURCES,
    *("", "x", "z:1", "true", "false", "PRIMARY", "ENCRYPT_DECRYPT", "111122223333", "1111", "s3:getobject", "kms:decrypt"),
    *("s3:*", "S3:Get", "AWS:x", "AWS:", "Service:s3", "x:y", "arn:aws:kms", "arn:::::", brute_space.UUID.replace("1111", "x")),
    *("2025-01-01T00:00:00Z", "10.0.0.1", "5", "alias/x"),
]
COORDINATES = ["resource", "action", "principal", *FREE.values(), *sorted(KEY_KEYS), "kms:calleraccount", "aws:username"]
COORDINATES += ["aws:sourceip", "aws:currenttime", "kms:requestalias", "aws:principalisawsservice", "aws:principalservicename"]


def test_the_facts_are_the_engine_s() -> None:
    """In each case the checker's facts of each coordinate say what the engine's universe says, written independently."""
    read = frozenset({engine_space.ACCOUNT, engine_space.REGION, "kms:multiregion", "kms:keyusage"})
    space = Space((), epoch=False, unnamed=frozenset({"arn:aws:s3:::b"}))
    for case in engine_space.cases(Reads(read, own=True)):
        facts = SpaceFacts(engine_case(case), NOTHING, epoch=False, unnamed=frozenset({"arn:aws:s3:::b"}))
        for coordinate in COORDINATES:
            theirs = space.facts(coordinate, case)
            assert facts.may_be_absent(coordinate) == theirs.may_be_absent, (case, coordinate)
            assert facts.may_be_present(coordinate) == theirs.may_be_present, (case, coordinate)
            for text in TEXTS if theirs.may_be_present else ():
                assert facts.admits(coordinate, text) == theirs.universe.admits(text), (case, coordinate, text)
                if facts.admits(coordinate, text) and facts.words(coordinate) is None:
                    assert facts.lies_in(coordinate, text)
        assert {key: value for key, value in facts.known().items() if key in space.known_values(case)} == space.known_values(case)


# Claims


def full_case(request: Request, mixed: frozenset[str]) -> SpaceCase:
    """The case of a request, with nothing left open."""
    fields = [*request.resource.split(":", 5), *[""] * 6][:6] if request.resource != "*" else [""] * 6
    key = request.resource in {brute_space.UUID, brute_space.MRK}
    context = {ascii_fold(name): value for name, value in request.context.items()}
    caller = context.get("aws:principalaccount", context.get("kms:calleraccount"))
    own = caller is not None and caller == (fields[4] or context.get("aws:resourceaccount"))
    several = frozenset(one for one in mixed if isinstance(context.get(one), list) and len(context[one]) > 1)
    kind = ("mrk" if request.resource == brute_space.MRK else "uuid") if key else None
    decrypts = request.action in brute_space.DECRYPTION if key else None
    return SpaceCase(
        "arn" if fields[4] else "free", "arn" if fields[3] else "free", own, key, kind, decrypts, mixed - several, several
    )


def values_of(request: Request) -> Mapping[str, Any]:
    """The value of each coordinate and variable in a request."""
    found: dict[str, Any] = {ascii_fold(name): value for name, value in request.context.items()}
    for name, other in SAME_VALUE.items():
        if name in found:
            found.setdefault(other, found[name])
    for name, free in FREE.items():
        found[free] = found.get(name)
    fields = request.resource.split(":", 5)
    for name, at in (("aws:requestedregion", 3), ("aws:resourceaccount", 4)):
        if len(fields) == 6 and fields[at]:
            found[name] = fields[at]
    return {**found, "resource": request.resource}


def is_true(claim: Claim, values: Mapping[str, Any]) -> bool:
    """Whether a claim is true of a request, by the words of its own description."""
    value = values.get(claim.coordinate)
    if value is None:
        return claim.absent
    if claim.constant is not None:
        return claim.constant
    texts = value if isinstance(value, list) else [value]
    if claim.key == "aws:epochtime":
        texts = [str(int(instant(text) or 0)) for text in texts]
    passes = [passed(claim, text, values) != claim.inverted for text in texts]
    return all(passes) if claim.quantifier is Quantifier.FOR_ALL_VALUES else any(passes)


def passed(claim: Claim, text: str, values: Mapping[str, Any]) -> bool:
    """Whether a text meets a value of a claim."""
    if claim.family is not None and claim.family not in VARIABLE_FAMILIES:
        place = Place(live=False, widening=False, value_of=lambda _key: None)
        return any(meets(claim.family, text, value, place) for value in claim.values)
    keys = {piece.key for pattern in claim.patterns for piece in pattern if isinstance(piece, Hole)}
    known = {key: value if isinstance(value := values.get(key), str) else None for key in keys}
    language = [tokens_only(found) for pattern in claim.patterns if (found := under(pattern, known)) is not None]
    if claim.family and claim.family.value == "Bool":
        return any(matches([one], word) for one in language for word in ("true", "false") if truth(text) is (word == "true"))
    return matches(language, text)


def entries(*policies: Policy) -> list[Entry]:
    """The statements of policies."""
    return Side([policies]).entries


def requests(dice: Random, *documents: Document) -> Iterator[Request]:
    """Some requests of the universe of policies."""
    made = brute_space.requests(brute_space.mentioned(*documents), dice, lists=brute_space.has_lists(*documents))
    return (Request(*one) for one in islice(made, 250))


@pytest.mark.parametrize("seed", range(60))
def test_a_statement_applies_iff_its_claims_are_true(seed: int) -> None:
    """In the case that a request lies in, and its action set aside, with keys that one policy takes for lists and one not."""
    dice = Random(seed)
    documents = [brute_space.policy(dice) for _ in range(2)]
    policies = [keyaki.policy_from(one) for one in documents]
    ledger = Ledger([Side([policies])])
    for request in requests(dice, *documents):
        case, values = full_case(request, ledger.mixed), values_of(request)
        for entry in entries(*policies):
            context = Context(entry.document.policy, request)
            try:
                claims = entry.placed(case)
            except EvidenceError:
                continue
            if action_holds(entry.statement, context):
                wanted = applies(entry.statement, context)
                assert (claims is not None and all(is_true(one, values) for one in claims.values())) == wanted, (request, claims)


@pytest.mark.parametrize("seed", range(60))
def test_a_statement_that_is_seen_to_follow_applies(seed: int) -> None:
    """Where one statement is said to apply wherever another does, it does, actions set aside."""
    dice = Random(1_000 + seed)
    one = brute_space.policy(dice)
    documents = [one, brute_space.neighbour(dice, one)]
    policies = [keyaki.policy_from(document) for document in documents]
    ledger = Ledger([Side([policies])])
    found = [
        (outer, inner)
        for outer, inner in product(ledger.entries.values(), repeat=2)
        if outer.statement.effect is inner.statement.effect and ledger.follows(outer, inner)
    ]
    for request in requests(dice, *documents):
        for outer, inner in found:
            mine, theirs = (Context(entry.document.policy, request) for entry in (outer, inner))
            if action_holds(outer.statement, mine) and applies(inner.statement, theirs):
                assert applies(outer.statement, mine), request
