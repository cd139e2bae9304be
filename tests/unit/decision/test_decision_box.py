from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.automata.glob import NOT_COLON, literal, wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.decision.box import Box, Boxes, Undecidable, required
from keyaki.decision.carriers import carriers
from keyaki.decision.denies import DenyIndex
from keyaki.decision.explore import Explorer
from keyaki.decision.refutation import Branches, Forced, Leaf, Splits, parts
from keyaki.decision.witness import concretize, mentions
from keyaki.errors import InternalError
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import Effect, Family, Operator, Quantifier
from keyaki.symbolic.atom import Atom, Literal, Tied
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.names import names_of
from keyaki.symbolic.pattern import Hole, Pattern
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.theory import Case, Part, Theory

ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MRK = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
CASE = Case(None, None, Part.NONE)
TAG = "aws:principaltag/t"


def policy_of(*statements: dict[str, Any]) -> keyaki.Policy:
    """A policy of statements on everything in KMS."""
    filled = [{"Effect": "Deny", "Action": "kms:*", "Resource": "*", **statement} for statement in statements]
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": filled})


def boxes(case: Case = CASE, *resources: str, epoch: bool = False) -> Boxes:
    """Boxes for requests to decrypt, beside a Deny of some resources."""
    names = names_of(policy_of({"Resource": list(resources)}), "aws")
    theory = Theory("kms:Decrypt", "aws", names, frozenset({"aws:tagkeys"}), epoch)
    return Boxes(theory, case, Readable("aws", names), Meter(100_000), FieldTable())


def equals(key: str, *texts: str, at: int = 0, quantifier: Quantifier | None = None, absent: bool = False) -> Atom:
    """The atom of StringEquals."""
    test = TextPredicate(Union(tuple(map(literal, texts))))
    return Atom(key, absent, test, quantifier=quantifier, place=(at, f"condition {at}"))


def tied(key: str, *pieces: Any, at: int = 0, inverted: bool = False, absent: bool = False) -> Atom:
    """The atom of a pattern with variables."""
    return Atom(key, absent, Tied((Pattern(pieces),)), inverted, place=(at, f"condition {at}"))


def test_a_box_keeps_its_model_while_it_will_do() -> None:
    """A literal that the model satisfies changes nothing of it; one that it does not gets another value; one too many a leaf."""
    made = boxes()
    first = made.meet(made.top(), [Literal(equals(TAG, "a", "b"), True)])
    assert isinstance(first, Box)
    assert made.value(first, TAG) == "a"
    second = made.meet(first, [Literal(equals(TAG, "b", at=1), False)])
    assert isinstance(second, Box)
    assert made.value(second, TAG) == "a"
    third = made.meet(first, [Literal(equals(TAG, "a", at=2), False)])
    assert isinstance(third, Box)
    assert made.value(third, TAG) == "b"
    last = made.meet(third, [Literal(equals(TAG, "b", at=3), False), Literal(equals(TAG, "c", at=4), False)])
    assert isinstance(last, Leaf)
    assert last.needs == {(0, "condition 0", True), (2, "condition 2", False), (3, "condition 3", False)}
    assert made.value(first, TAG) == "a"


def test_absence_comes_first_where_it_may() -> None:
    """A key that may be absent is, until a literal asks for its presence; one that may not has a value at once."""
    made = boxes()
    top = made.top()
    assert made.value(top, TAG) is None
    assert made.value(top, "aws:useragent") == "aws-cli/2"
    box = made.meet(top, [Literal(equals(TAG, "a", absent=True), True)])
    assert isinstance(box, Box)
    assert made.value(box, TAG) is None
    there = made.meet(box, [Literal(Atom(TAG, True, False, place=(1, "condition 0")), False)])
    assert isinstance(there, Box)
    assert made.value(there, TAG) == "a"


def test_presence_alone_refutes() -> None:
    """A key that is asked both to be absent and to be there has no value, for the two literals that say so."""
    made = boxes()
    absent, there = Atom(TAG, True, False, place=(0, "a")), Atom(TAG, False, True, place=(1, "b"))
    found = made.meet(made.top(), [Literal(absent, True), Literal(there, True)])
    assert isinstance(found, Leaf)
    assert (found.coordinate, found.needs, found.evidence) == (TAG, {(0, "a", True), (1, "b", True)}, {"kind": "presence"})
    found = made.meet(made.top(), [Literal(Atom("aws:principalservicename", False, True, place=(2, "c")), True)])
    assert isinstance(found, Leaf)
    assert found.evidence == {"kind": "presence"}
    found = made.meet(made.top(), [Literal(Atom("aws:userid", True, False, place=(3, "d")), True)])
    assert isinstance(found, Leaf)
    assert found.needs == {(3, "d", True)}


def test_the_same_test_cannot_both_hold_and_fail() -> None:
    """Two literals that ask one test both ways clash without any look at its texts, on single values and on lists."""
    made = boxes()
    for key, quantifier in ((TAG, None), ("aws:tagkeys", Quantifier.FOR_ANY_VALUE)):
        one, two = equals(key, "a", at=0, quantifier=quantifier), equals(key, "a", at=1, quantifier=quantifier)
        found = made.meet(made.top(), [Literal(one, True), Literal(two, False)])
        assert isinstance(found, Leaf)
        assert (found.evidence["kind"], found.needs) == ("same", {(0, "condition 0", True), (1, "condition 1", False)})


def test_a_resource_is_refuted_field_by_field_where_it_can_be() -> None:
    """Patterns each of which is covered by a Deny or a name need no automata, and cite what covers them."""
    made = boxes(Case(None, None, Part.REGION), "arn:aws:kms:eu-west-1:*:*")
    allow = Atom(
        "resource",
        False,
        TextPredicate(Union(tuple(map(six, ("arn:aws:kms:us-east-1:*:key/*", "arn:aws:kms:eu-west-1:*:key/*"))))),
        place=(0, "resource"),
    )
    other = Atom(
        "resource", False, TextPredicate(Union((six("arn:aws:kms:us-east-2:*:*"), wildcard("*x")))), place=(1, "resource")
    )
    deny = Atom("resource", False, TextPredicate(Union((six("arn:aws:kms:us-east-1:*:*"),))), place=(2, "resource"))
    found = made.meet(made.top(), [Literal(allow, True), Literal(other, False), Literal(deny, False)])
    assert isinstance(found, Leaf)
    assert found.evidence["kind"] == "covered"
    assert found.evidence["universe"] is True
    assert found.needs == {(0, "resource", True), (2, "resource", False)}
    left = made.meet(made.top(), [Literal(allow, True), Literal(other, False)])
    assert isinstance(left, Box)
    assert str(made.value(left, "resource")).startswith("arn:aws:kms:us-east-1:")


def six(text: str) -> Any:
    """The glob of an ARN pattern each of whose wildcards stays in its field."""
    return wildcard(text, NOT_COLON)


def test_what_the_lattice_leaves_open_is_undecidable() -> None:
    """Globs on both texts of a date are given up with a reason that names the coordinate."""
    policy = policy_of(
        {"Effect": "Allow", "Condition": {"StringLike": {"aws:CurrentTime": "*7*7*7*7*", "aws:EpochTime": "*7*7*7*7*7*"}}}
    )
    region = Encoder(policy, "aws").region(policy.statements[0])
    assert region is not None
    made = boxes(epoch=True)
    with pytest.raises(Undecidable, match="`aws:currenttime`: globs on both texts"):
        made.meet(made.top(), [Literal(atom, True) for atom in region.atoms])


def test_a_coordinate_without_any_value_is_undecidable() -> None:
    """Where a theory leaves a coordinate nothing, asking for its value is no answer."""
    every = tuple(f"arn:aws:kms:*:*:key/{digit}*" for digit in "m0123456789abcdef")
    made = boxes()
    deny = Atom("resource", False, TextPredicate(Union(tuple(map(six, every)))), place=(1, "resource"))
    assert isinstance(made.meet(made.top(), [Literal(deny, False)]), Leaf)
    empty = Box({"resource": (Literal(deny, False),)}, {}, frozenset(), {})
    with pytest.raises(Undecidable, match="`resource` has no value at all"):
        made.value(empty, "resource")


def test_a_tie_counts_as_true_until_the_box_has_it_false() -> None:
    """An atom with an open variable holds in the model unless its negation is asserted."""
    made = boxes()
    atom = tied(TAG, Hole("aws:resourcetag/t", None))
    top = made.top()
    assert made.holds(top, atom)
    denied = made.meet(top, [Literal(atom, False)])
    assert isinstance(denied, Box)
    assert not made.holds(denied, atom)


@pytest.mark.parametrize(
    ("atom", "truth", "expected"),
    [
        (tied(TAG, Hole("k:x", None)), True, ["k:x"]),
        (tied(TAG, Hole("k:x", "a")), True, []),
        (tied(TAG, Hole("k:x", None), Hole("k:y", "a"), Hole("aws:epochtime", None)), True, ["aws:currenttime", "k:x"]),
        (tied(TAG, Hole("aws:resourceaccount", None)), True, []),
        (tied(TAG, Hole("k:x", None)), False, []),
        (tied(TAG, Hole("k:x", None), absent=True), True, []),
        (tied(TAG, Hole("k:x", None), inverted=True), False, []),
        (tied(TAG, Hole("k:x", None), inverted=True, absent=True), False, ["k:x"]),
        (tied(TAG, Hole("k:x", None), inverted=True), True, []),
        (equals(TAG, "a"), True, []),
    ],
)
def test_a_tie_that_must_match_needs_its_variable(atom: Atom, truth: bool, expected: list[str]) -> None:
    """A literal that must match, each pattern of it by a variable without default, needs that variable present."""
    assert required(Literal(atom, truth)) == expected


def test_a_tie_gives_its_variable_the_value_that_it_captured() -> None:
    """The model of a tie that must match has for its variable what the text shows, if the variable may have it."""
    made = boxes()
    pair = [
        Literal(equals("aws:resourcetag/t", "axb", at=1), True),
        Literal(tied("aws:resourcetag/t", *literal("a").tokens, Hole(TAG, None), *literal("b").tokens), True),
    ]
    box = made.meet(made.top(), pair)
    assert isinstance(box, Box)
    assert made.value(box, TAG) == "x"
    barred = made.meet(made.top(), [*pair, Literal(equals(TAG, "x", at=2), False)])
    assert isinstance(barred, Leaf)


def test_a_model_that_is_refused_with_nothing_open_is_an_internal_error() -> None:
    """The explorer never answers with a request that the reference refuses."""
    allow = Region(0, Effect.ALLOW, (equals(TAG, "a"),))
    with pytest.raises(InternalError, match="refuses"):
        Explorer(boxes(), allow, [], lambda _boxes, _box: False).run()


def test_a_tie_that_no_value_settles_is_undecidable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rounds are over and a variable is still open, the variable is named."""
    monkeypatch.setattr("keyaki.decision.explore.ROUNDS", 0)
    allow = Region(0, Effect.ALLOW, (tied(TAG, Hole("aws:resourcetag/t", None)),))
    with pytest.raises(Undecidable, match=r"`\$\{aws:resourcetag/t\}` ties parts of a request together"):
        Explorer(boxes(), allow, [], lambda _boxes, _box: False).run()


def test_one_value_left_open_leaves_the_variable_open() -> None:
    """Where one value of a variable cannot be settled and no other grants, the answer is left open and not refuted."""
    allow = Region(0, Effect.ALLOW, (tied(TAG, Hole("aws:securetransport", None)),))
    asked: list[object] = []

    def accepts(made: Boxes, box: Box) -> bool:
        asked.append(made.value(box, "aws:securetransport"))
        if len(asked) > 1:
            message = "it cannot be told"
            raise Undecidable(message)
        return False

    with pytest.raises(Undecidable, match="it cannot be told"):
        Explorer(boxes(), allow, [], accepts).run()


@pytest.mark.parametrize(
    ("condition", "key", "text"),
    [
        ({"StringLike": {"aws:EpochTime": "17${aws:PrincipalTag/t}7"}, "StringNotLike": {TAG: "1*"}}, "aws:EpochTime", None),
        ({"StringEquals": {TAG: "${aws:EpochTime}"}, "DateEquals": {"aws:CurrentTime": "2024-01-01"}}, TAG, "1704067200"),
        ({"StringEquals": {TAG: "a${aws:RequestedRegion}"}, "StringLike": {"aws:RequestedRegion": "*-7"}}, TAG, None),
    ],
)
def test_variables_take_the_texts_of_their_names(condition: dict[str, Any], key: str, text: str | None) -> None:
    """A variable of the time in digits, or of a field of the ARN, has that text wherever it is inserted."""
    verdict = keyaki.check(policy_of({"Effect": "Allow", "Condition": condition}))
    assert verdict.witness is not None
    found = {name.lower(): value for name, value in verdict.witness.context.items()}[key.lower()]
    if text is not None:
        assert found == text


@pytest.mark.parametrize(
    ("outcome", "condition"),
    [
        (
            "FAILED",
            {
                "StringEqualsIgnoreCase": {"aws:PrincipalTag/u": "${aws:PrincipalTag/t}"},
                "StringEquals": {TAG: "a", "aws:PrincipalTag/u": "A"},
            },
        ),
        (
            "PASSED",
            {
                "StringEqualsIgnoreCase": {"aws:PrincipalTag/u": "${aws:PrincipalTag/t}"},
                "StringEquals": {TAG: "a", "aws:PrincipalTag/u": "b"},
            },
        ),
        (
            "PASSED",
            {
                "StringLike": {"aws:PrincipalTag/u": "${aws:PrincipalTag/t}"},
                "StringEquals": {TAG: "a", "aws:PrincipalTag/u": "A"},
            },
        ),
        (
            "FAILED",
            {
                "StringLike": {"aws:PrincipalTag/u": "${aws:PrincipalTag/t}"},
                "StringEquals": {TAG: "*", "aws:PrincipalTag/u": "*"},
            },
        ),
        (
            "PASSED",
            {
                "StringLike": {"aws:PrincipalTag/u": "${aws:PrincipalTag/t}"},
                "StringEquals": {TAG: "*", "aws:PrincipalTag/u": "a"},
            },
        ),
        ("PASSED", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalTag/t}:*"}, "StringEquals": {TAG: "a:b"}}),
        ("FAILED", {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalTag/t}:*"}, "StringEquals": {TAG: "a:b"}}),
    ],
)
def test_a_value_is_inserted_as_its_place_compares_it(outcome: str, condition: dict[str, Any]) -> None:
    """An inserted text is plain, its case folded under IgnoreCase alone, and within one field under Arn operators."""
    assert keyaki.check(policy_of({"Effect": "Allow", "Condition": condition})).outcome == outcome


def test_a_key_of_the_callers_account_is_none_of_another() -> None:
    """Where the accounts must differ, a model in which they are equal is not taken, and the caller gets another account."""
    made = boxes(Case(None, False, Part.NONE))
    here = Atom("resource", False, TextPredicate(Union((six("arn:aws:kms:*:111122223333:*"),))), place=(0, "resource"))
    caller = equals("kms:calleraccount", "111122223333", "444455556666", at=1)
    found = Explorer(made, Region(0, Effect.ALLOW, (here, caller)), [], lambda _boxes, _box: True).run()
    assert isinstance(found, Box)
    assert made.value(found, "kms:calleraccount") == "444455556666"
    alone = equals("kms:calleraccount", "111122223333", at=1)
    refuted = Explorer(made, Region(0, Effect.ALLOW, (here, alone)), [], lambda _boxes, _box: True).run()
    assert not isinstance(refuted, Box)


def test_denies_of_other_accounts_are_far() -> None:
    """A Deny that writes out other accounts than the Allow is left out; every other Deny is near, in order."""
    texts = ["*:111122223333:*", "*:444455556666:*", "us-*:*:*", "*:111122223333:key/a*"]
    regions = []
    for index, text in enumerate(texts):
        policy = policy_of({"Resource": f"arn:aws:kms:{text}"})
        region = Encoder(policy, "aws").region(policy.statements[0])
        assert region is not None
        regions.append(Region(index, Effect.DENY, region.atoms))
    everything = Region(4, Effect.DENY, (equals(TAG, "a"),))
    inverted = Region(5, Effect.DENY, (Atom("resource", False, regions[1].atoms[0].present, inverted=True),))
    variable = Region(6, Effect.DENY, (tied("resource", Hole(TAG, None)),))
    index_ = DenyIndex([*regions, everything, inverted, variable], FieldTable())
    home = Region(7, Effect.ALLOW, (equals(TAG, "a"), *regions[0].atoms))
    assert [deny.statement for deny in index_.near(home)] == [0, 2, 3, 4, 5, 6]
    assert [deny.statement for deny in index_.near(everything)] == [0, 1, 2, 3, 4, 5, 6]
    assert [deny.statement for deny in index_.near(Region(7, Effect.ALLOW, regions[1].atoms))] == [1, 2, 4, 5, 6]


def test_trees_write_chains_as_one_entry() -> None:
    """Forced literals, and the values of one variable, are one entry of plain data each, however long the chain."""
    leaf = Leaf("k", frozenset({(1, "condition 0", False), (0, "resource", True)}), {"kind": "presence"})
    plain_leaf = {
        "coordinate": "k",
        "cites": [[0, "resource", True], [1, "condition 0", False]],
        "evidence": {"kind": "presence"},
    }
    assert leaf.plain() == plain_leaf
    chain = Forced(((1, "condition 0"),), frozenset(), Forced(((2, "resource"),), frozenset(), leaf, 2), 3)
    assert chain.plain() == {"forced": [[1, "condition 0"], [2, "resource"]], "then": plain_leaf}
    split = Splits(
        "k:x",
        "a",
        leaf,
        Splits("k:x", None, leaf, Splits("k:y", "b", leaf, leaf, frozenset(), 2), frozenset(), 3),
        frozenset(),
        4,
    )
    assert split.plain() == {
        "variable": "k:x",
        "values": [["a", plain_leaf], [None, plain_leaf]],
        "otherwise": {"variable": "k:y", "values": [["b", plain_leaf]], "otherwise": plain_leaf},
    }
    branches = Branches(3, ("condition 0", "condition 1"), (chain,), leaf, frozenset(), 4)
    assert branches.plain() == {
        "deny": 3,
        "places": ["condition 0", "condition 1"],
        "branches": [chain.plain()],
        "rest": plain_leaf,
    }
    assert set(parts(branches)) >= {
        (3, ""),
        (3, "condition 0"),
        (3, "condition 1"),
        (1, "condition 0"),
        (2, "resource"),
        (0, "resource"),
    }
    assert set(parts(split)) == {(0, "resource"), (1, "condition 0")}


def test_carriers_are_asked_for_in_source_order() -> None:
    """Only what the trees rest on is taken away: a whole Deny, or one condition of an Allow with its words."""
    policy = policy_of(
        {"Effect": "Allow", "Condition": {"StringEquals": {TAG: "a"}, "Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"StringEquals": {TAG: "b"}}},
        {},
    )
    tree = Leaf(TAG, frozenset({(0, "condition 1", True), (2, "resource", False), (-1, "k:x is = a", True)}), {})
    other = Leaf(TAG, frozenset({(2, "resource", False)}), {})
    asked = []

    def fails(less: keyaki.Policy, allows: frozenset[int]) -> bool:
        asked.append([(statement.index, len(statement.conditions)) for statement in less.statements] + sorted(allows))
        return True

    found = carriers(policy, [(0, tree), (7, other)], fails)
    assert [(one.statement, one.entry, one.what) for one in found] == [
        (0, 1, "`Bool` on `aws:SecureTransport`"),
        (2, None, "the Deny"),
    ]
    assert asked == [[(0, 1), (1, 1), (2, 0), 0], [(0, 2), (1, 1), 0, 7]]
    assert carriers(policy, [(0, tree)], lambda _less, _allows: False) == ()
    unnamed = evolve(policy.statements[0].conditions[1], operator=Operator(Family.BOOL))
    less = evolve(policy.statements[0], conditions=(policy.statements[0].conditions[0], unnamed))
    (first, _) = carriers(evolve(policy, statements=(less, *policy.statements[1:])), [(0, tree)], lambda _less, _allows: True)
    assert first.what == "`Bool` on `aws:SecureTransport`"


def test_mentions_are_keys_of_conditions_and_live_variables() -> None:
    """Keys are spelt as AWS does, else as first written; dead variables, escapes and defaults mention nothing."""
    statement = {
        "Resource": ["arn:aws:kms:*:*:key/${aws:principalTAG/X}${none}${*}", "*"],
        "Condition": {"StringLike": {"AWS:SOURCEIP": ["${saml:Y, 'aws:userid'}", "plain"], "saml:Y": "${aws:PrincipalArn"}},
    }
    policy = policy_of(statement)
    assert mentions(policy) == {"aws:principaltag/x": "aws:principalTAG/X", "aws:sourceip": "aws:SourceIp", "saml:y": "saml:Y"}
    old = keyaki.policy_from({"Version": "2008-10-17", "Statement": {"Effect": "Deny", "Action": "*", **statement}})
    assert mentions(old).keys() == {"aws:sourceip", "saml:y"}


@pytest.mark.parametrize(("arn", "kind"), [(ARN, "false"), (MRK, "true")])
def test_a_request_says_what_the_arn_decides(arn: str, kind: str) -> None:
    """Of every mentioned key the request has its value, if present, in the text of its own name."""
    keys = {
        key.lower(): key
        for key in (
            *("aws:RequestedRegion", "aws:ResourceAccount", "kms:MultiRegion", "kms:MultiRegionKeyType", "aws:PrincipalAccount"),
            *("kms:CallerAccount", "aws:EpochTime", "aws:CurrentTime", "aws:TagKeys", "aws:PrincipalTag/t"),
        )
    }
    values: dict[str, Any] = {
        "kms:calleraccount": "444455556666",
        "aws:currenttime": "2024-01-01T00:00:00Z",
        "aws:tagkeys": ("a", "b"),
    }
    found = concretize("kms:Decrypt", arn, keys, CASE, values.get)
    expected: dict[str, Any] = {
        "aws:RequestedRegion": "us-east-1",
        "aws:ResourceAccount": "111122223333",
        "kms:MultiRegion": kind,
        "aws:PrincipalAccount": "444455556666",
        "kms:CallerAccount": "444455556666",
        "aws:EpochTime": "1704067200",
        "aws:CurrentTime": "2024-01-01T00:00:00Z",
        "aws:TagKeys": ["a", "b"],
    }
    if kind == "true":
        expected["kms:MultiRegionKeyType"] = "PRIMARY"
    assert found == keyaki.Request("kms:Decrypt", arn, expected)
    own = concretize("kms:Decrypt", arn, keys, Case(None, True, Part.NONE), values.get)
    assert own.context["aws:PrincipalAccount"] == "111122223333"
