"""Laws of the symbolic layer: a statement's region says of every consistent request what the reference says of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from symbolic_worlds import ACCOUNTS, IDS, OPERATORS, REGIONS, VALUES, World, a_policy, a_world, dice

import keyaki
from keyaki.automata.glob import NOT_COLON, Glob, Token, literal, wildcard
from keyaki.automata.product import Union
from keyaki.catalogue import MULTI_VALUED
from keyaki.lattice.predicate import Predicate, TextPredicate
from keyaki.reference.evaluate import Context, applies, multi_valued_keys
from keyaki.reference.template import parse_template
from keyaki.symbolic.atom import Atom, Tied, is_true, under
from keyaki.symbolic.encode import Encoder
from keyaki.symbolic.fields import covers, fields_of
from keyaki.symbolic.keyarn import KeyKind, key_arns, lifted
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY, lift
from keyaki.symbolic.names import names_of
from keyaki.symbolic.pattern import ANY_TEXT, Hole, Pattern, captures, inserted, pattern_of
from keyaki.symbolic.specialise import specialised
from keyaki.symbolic.theory import Case, FreshKeys, Part, Theory
from keyaki.values import ascii_fold
from keyaki.verdict import Scope

LAW = settings(deadline=None, max_examples=60)
SEEDS = st.integers(0, 2**32 - 1)


def _holds(atom: Atom, world: World) -> bool:
    assert not isinstance(atom.present, Tied), f"a variable of {atom} is not known"
    return is_true(atom, world.values.get(atom.coordinate))


@LAW
@given(SEEDS)
def test_a_region_holds_the_requests_that_the_statement_applies_to(seed: int) -> None:
    """Of every consistent request all atoms of a statement's region are true iff the reference says that it applies."""
    luck = dice(seed)
    policy = a_policy(luck)
    regions = [Encoder(policy, "aws").region(statement) for statement in policy.statements]
    for _ in range(12):
        world = a_world(luck, policy)
        context = Context(policy, world.request)
        for statement, region in zip(policy.statements, regions, strict=True):
            expected = applies(statement, context)
            if region is None:
                assert not expected, (statement, world.request)
                continue
            plain = [under(atom, world.known) for atom in region.atoms]
            assert all(_holds(atom, world) for atom in plain) == expected, (statement, world.request)
            special = specialised(region, world.case, {}, "aws")
            late = [under(atom, world.known) for atom in special.atoms]
            assert all(_holds(atom, world) for atom in late) == expected, (statement, world.request, special)


@LAW
@given(SEEDS)
def test_every_fresh_request_lies_in_a_case(seed: int) -> None:
    """Some case of the theory admits every value of a consistent request to a fresh key, and none that of a stale one."""
    luck = dice(seed)
    policy = a_policy(luck)
    names = names_of(policy, "aws")
    theory = Theory("kms:Decrypt", "aws", names, MULTI_VALUED | multi_valued_keys(policy), epoch=True)
    for _ in range(12):
        world = a_world(luck, policy)
        _, _, _, region, account, key = world.request.resource.split(":")
        caller = names.caller and account == world.values[CALLER_KEY]
        stale = region in names.regions, account in names.accounts or caller, key.removeprefix("key/") in names.ids
        fresh = {
            Scope.KEY: not stale[2],
            Scope.ANY: not any(stale),
            Scope.ACCOUNT: not stale[1] and not stale[2],
            Scope.CONFINED: not stale[2] and not (stale[0] and stale[1]),
        }
        for scope, expected in fresh.items():
            found = [
                case
                for case in theory.cases(scope, tells_kinds=True, tells_own=True)
                if case.own == world.case.own and _admits(theory, case, world)
            ]
            assert bool(found) == expected, (scope, world.request.resource, names)
            for case in found:
                assert _admits(theory, theory.plainest(case), world)


def _admits(theory: Theory, case: Case, world: World) -> bool:
    for coordinate, value in world.values.items():
        facts = theory.facts(coordinate, case)
        texts = value if isinstance(value, tuple) else (value,)
        if value is None:
            if not facts.may_be_absent:
                return False
        elif (
            facts.is_list != isinstance(value, tuple)
            or not facts.may_be_present
            or not all(facts.universe.admits(str(text)) for text in texts)
        ):
            return False
    return True


@LAW
@given(SEEDS)
def test_known_values_are_those_of_the_case(seed: int) -> None:
    """What a case knows of a variable is the value that every consistent request of that case gives it."""
    luck = dice(seed)
    policy = a_policy(luck)
    theory = Theory("kms:Decrypt", "aws", names_of(policy, "aws"), MULTI_VALUED | multi_valued_keys(policy), epoch=True)
    world = a_world(luck, policy)
    for key, value in theory.known(world.case).items():
        assert world.known.get(key) == value


# Lifting


@LAW
@given(SEEDS)
def test_a_lifted_atom_asks_the_same_of_the_arn(seed: int) -> None:
    """An atom on a field of the ARN, lifted, is true of an ARN iff the atom is true of the field."""
    luck = dice(seed)
    policy = keyaki.policy_from(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": effect,
                    "Action": "kms:*",
                    "Resource": "*",
                    "Condition": {operator + suffix: {"aws:PrincipalTag/t": values}},
                }
                for effect in ("Allow", "Deny")
                for suffix in ("", "IfExists")
                for operator in (luck.choice(OPERATORS),)
                for values in ([luck.choice([*VALUES, *REGIONS, *ACCOUNTS]) for _ in range(2)],)
            ],
        }
    )
    for statement in policy.statements:
        region = Encoder(policy, "aws").region(statement)
        for atom in region.atoms if region else ():
            for key, at, texts in ((REGION_KEY, 3, REGIONS), (ACCOUNT_KEY, 4, (*ACCOUNTS, "000000000007", "500000000000"))):
                above = lift(atom, "aws", key)
                for text in texts:
                    fields = ["arn", "aws", "kms", "us-east-1", "111122223333", "key/" + IDS[0]]
                    fields[at] = text
                    assert is_true(above, ":".join(fields)) == is_true(atom, text), (atom, key, text)


# Patterns

PIECES = st.lists(st.sampled_from(["a", "b", ":", "*", "?", "${k:x}", "${k:y}", "${k:x, 'b'}", "${k:y, ''}"]), max_size=5).map(
    "".join
)
WORDS = st.text("ab:", max_size=5)
VALUE = st.one_of(st.none(), st.text("ab:*", min_size=1, max_size=3))


def _pattern(text: str, *, fold: bool = False, field: bool = False) -> Pattern:
    found = pattern_of(parse_template(text, live=True, wildcards=True), fold=fold, field=field)
    assert found is not None
    return found


@LAW
@given(PIECES, VALUE, VALUE, WORDS, st.booleans(), st.booleans())
def test_a_relaxed_pattern_holds_what_the_pattern_does(
    text: str, x: str | None, y: str | None, word: str, fold: bool, field: bool
) -> None:
    """What a pattern matches under values of its variables is matched when those values are among the relaxed ones."""
    pattern = _pattern(text, fold=fold, field=field)
    known = {"k:x": x, "k:y": y}
    ground = pattern.under(known)

    def texts(hole: Hole) -> list[tuple[Token, ...]]:
        found = [inserted(value, hole) for value in (known[hole.key], hole.default) if value is not None]
        return [ANY_TEXT, *found]

    if ground is not None:
        assert not ground.holes
        if ground.glob().matches(word):
            assert any(glob.matches(word) for glob in pattern.relaxed(texts))
            exact = [
                [inserted(str(hole.default if known[hole.key] is None else known[hole.key]), hole)] for hole in pattern.holes
            ]
            assert any(glob.matches(word) for glob in pattern.relaxed(lambda _hole: exact.pop(0)))
    if pattern.holes and all(hole.default is None and known[hole.key] is None for hole in pattern.holes):
        assert ground is None


@LAW
@given(PIECES, VALUE, VALUE)
def test_values_may_become_known_one_by_one(text: str, x: str | None, y: str | None) -> None:
    """A pattern under two values is the pattern under one and then under the other."""
    pattern = _pattern(text)
    first = pattern.under({"k:x": x})
    assert pattern.under({"k:x": x, "k:y": y}) == (None if first is None else first.under({"k:y": y}))


@LAW
@given(PIECES, st.text("ab:", max_size=6), st.booleans())
def test_captured_values_make_a_pattern_with_one_variable_match(text: str, word: str, field: bool) -> None:
    """Each value that a single variable captures makes the pattern match; where none is captured no value does."""
    pattern = _pattern(text, field=field)
    holes = pattern.holes
    if len(holes) != 1 or holes[0].key != "k:x":
        return
    values = {word[start:end] for start in range(len(word)) for end in range(start + 1, len(word) + 1)}
    matching = {
        value for value in values if (ground := pattern.under({"k:x": value})) is not None and ground.glob().matches(word)
    }
    captured = set(captures(pattern, "k:x", word))
    assert captured <= matching
    assert bool(captured) == bool(matching)


# Fields and key ARNs

FIELD = st.sampled_from(["*", "a", "b", "a*", "?", "", "ab", "*b"])
SIX = st.lists(FIELD, min_size=6, max_size=6)
COLON = literal(":")
INSIDE = literal("a")


def _six(texts: list[str]) -> Glob:
    glob = wildcard(texts[0], NOT_COLON)
    for text in texts[1:]:
        glob = glob + COLON + wildcard(text, NOT_COLON)
    return glob


@LAW
@given(SIX, SIX, st.lists(st.sampled_from(["", "a", "b", "ab", "ba"]), min_size=6, max_size=6))
def test_fields_that_cover_match_more(outer: list[str], inner: list[str], word: list[str]) -> None:
    """Where fields cover others, they match every text that those match; the fields of six are the tokens between colons."""
    ours, theirs = fields_of(_six(outer)), fields_of(_six(inner))
    assert ours is not None
    assert theirs is not None
    text = ":".join(word)
    assert _six(outer).matches(text) == all(Glob(field).matches(part) for field, part in zip(ours, word, strict=True))
    assert covers(ours, ours)
    if covers(ours, theirs) and _six(inner).matches(text):
        assert _six(outer).matches(text)


KEY_ARN = re.compile(
    r"arn:aws:kms:[a-z]{2,4}(-[a-z]+)+-[0-9]+:[0-9]{12}:key/"
    r"(?:(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(?P<mrk>mrk-[0-9a-f]{32}))"
)
NEAR_ARNS = [
    f"{head}:{region}:{account}:{key}"
    for head in ("arn:aws:kms", "arn:aws-cn:kms", "arn:aws:s3")
    for region in (
        *(
            "us-east-1",
            "us-gov-east-12",
            "abcd-x-0",
            "abcde-x-0",
            "u-east-1",
            "us-1",
            "us--east-1",
            "us-east--1",
            "us-east-",
            "us-east-1a",
        ),
        *("-us-east-1", "US-east-1", "us-ea5t-1", "us-east-1-", "us-east-1-a", "us-east-1-a-1", "", "us-a-b-c-d-00"),
    )
    for account in ("111122223333", "11112222333", "1111222233334", "11112222333x")
    for key in (
        *(
            f"key/{IDS[0]}",
            f"key/{IDS[2]}",
            "key/mrk-",
            f"alias/{IDS[0]}",
            f"key/{IDS[0]}0",
            f"key/{IDS[0].upper()}",
            f"key/{IDS[2]}:x",
        ),
        *(f"{IDS[0]}", f"key/mrk-{IDS[0]}", "key/1234abcd-12ab-34cd-56ef1-234567890ab"),
    )
]


@pytest.mark.parametrize("kind", [None, *KeyKind])
def test_key_arns_are_those_of_the_expression(kind: KeyKind | None) -> None:
    """The two unions for key ARNs hold exactly the texts of the documented form, those of one kind for a kind."""
    holds, fails = key_arns("aws", kind)
    fresh = (
        Theory("kms:Decrypt", "aws", names_of(_NOTHING, "aws"), frozenset(), epoch=False)
        .facts("resource", Case(kind, None, Part.NONE))
        .universe
    )
    for text in NEAR_ARNS:
        found = KEY_ARN.fullmatch(text)
        expected = found is not None and (kind is None or found[kind.value] is not None)
        assert (holds.matches(text) and not fails.matches(text)) == expected, text
        assert fresh.admits(text) == expected, text


_NOTHING = keyaki.policy_from({"Version": "2012-10-17", "Statement": []})


@LAW
@given(SEEDS)
def test_a_fresh_key_is_the_same_to_automata_and_to_the_eye(seed: int) -> None:
    """The universe of fresh keys admits a text iff its unions hold it, whatever is named and whatever part is fresh."""
    luck = dice(seed)
    policy = keyaki.policy_from(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": luck.sample(PLACES, luck.randint(1, 4))}],
        }
    )
    names = names_of(policy, "aws")
    theory = Theory("kms:Encrypt", "aws", names, frozenset(), epoch=False)
    for part in (Part.NONE, Part.REGION, Part.ACCOUNT, Part.BOTH):
        for kind in luck.sample((None, *KeyKind), 1):
            universe = theory.facts("resource", Case(kind, None, part)).universe
            assert isinstance(universe, FreshKeys)
            for text in (*luck.sample(NEAR_ARNS, 2), *luck.sample(ALL_KEYS, 5)):
                by_unions = all(union.matches(text) for union in universe.holds) and not any(
                    union.matches(text) for union in universe.bars
                )
                assert universe.admits(text) == by_unions, (text, names, part, kind)


PLACES = [
    f"arn:aws:kms:{region}:{account}:{key}"
    for region in (*REGIONS, "*")
    for account in (*ACCOUNTS, "*")
    for key in (*(f"key/{one}" for one in IDS), "*")
]
ALL_KEYS = [f"arn:aws:kms:{region}:{account}:key/{one}" for region in REGIONS for account in ACCOUNTS for one in IDS]


@LAW
@given(SEEDS)
def test_a_lifted_glob_looks_at_its_field_alone(seed: int) -> None:
    """The glob of a field, lifted, matches a key ARN iff the field's glob matches the field."""
    luck = dice(seed)
    for at, name, texts in ((3, "region", REGIONS), (4, "account", ACCOUNTS), (5, "key", [f"key/{one}" for one in IDS])):
        text = luck.choice(texts)
        glob = lifted("aws", **{name: literal(text)})
        for arn in ALL_KEYS:
            assert glob.matches(arn) == (arn.split(":")[at] == text)


def test_tests_keep_their_meaning_under_values() -> None:
    """A tied test under the values of all its variables is a predicate; its certain part is the patterns without any."""
    tied = Tied((_pattern("a"), _pattern("${k:x}b"), _pattern("${k:y}")))
    assert tied.certain() == TextPredicate(Union((literal("a"),)))
    ground = tied.under({"k:x": "c", "k:y": None})
    assert isinstance(ground, Predicate)
    assert ground == TextPredicate(Union((literal("a"), literal("cb"))))
    assert isinstance(tied.under({"k:x": "c"}), Tied)
    assert ascii_fold("K:X") == tied.holes[0].key
