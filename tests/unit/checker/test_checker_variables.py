"""Variables in leaves: which claims on a variable's key narrow what it may be, and which must not."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.checker.cases import Case, Facts
from keyaki.checker.claims import Claim, Claims, Hole, Pieces, decides, lifted
from keyaki.checker.consistency import check_request
from keyaki.checker.freshness import named
from keyaki.checker.leaf import Leaves, Ref
from keyaki.checker.ranges import account_texts, spans
from keyaki.checker.tokens import ANY, NO_COLON, Token, matches, plain, run
from keyaki.errors import EvidenceError
from keyaki.policy import Family
from keyaki.reference.matching import Place, meets

NOWHERE = Place(live=False, widening=False, value_of=lambda _key: None)
TAG = "aws:principaltag/t"
TIE = ("StringEquals", "aws:PrincipalTag/t", "${aws:PrincipalTag/u}")
Asked = tuple[str, str, Any]


def box_of(allow: list[Asked], deny: Asked, *extra: Any) -> Leaves:
    """The leaves of a box in which an Allow's claims are true and a Deny's is false."""
    conditions: dict[str, dict[str, Any]] = {}
    for operator, key, value in allow:
        conditions.setdefault(operator, {})[key] = value
    statements = [
        {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": conditions},
        {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": {deny[0]: {deny[1]: deny[2]}}},
        *extra,
    ]
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})
    claims = Claims(policy, "aws")
    box: dict[Ref, Claim] = {}
    for statement in policy.statements[:2]:
        for label, claim in (claims.of(statement) or {}).items():
            box[statement.index, label, statement.index == 0] = claim
    facts = Facts(Case(None, None, "none"), True, "aws", named(policy, "aws"), claims.multi, True)
    return Leaves(facts, box, facts.known())


def narrowed(coordinate: str) -> dict[str, Any]:
    """A leaf in which the Allow's first condition holds by what its second says of the variable, and the Deny's fails."""
    first, second, denied = [0, "condition 0", True], [0, "condition 1", True], [1, "condition 0", False]
    evidence = {"kind": "product", "holds": [[*first, [second]]], "fails": [denied], "universe": True, "detail": None}
    return {"coordinate": coordinate, "cites": [first, second, denied], "evidence": evidence}


def test_a_variable_that_equals_a_text_is_that_text() -> None:
    """`t` equals `u`, `u` equals `a`, and `t` must not equal `a`: nothing is left."""
    box_of([TIE, ("StringLike", "aws:PrincipalTag/u", "a")], ("StringEquals", "aws:PrincipalTag/t", "a")).check(narrowed(TAG))


@pytest.mark.parametrize(
    ("first", "second", "denied"),
    [
        (TIE, ("StringNotEquals", "aws:PrincipalTag/u", "a"), ("StringEquals", "aws:PrincipalTag/t", "a")),
        (TIE, ("StringLike", "aws:PrincipalTag/v", "a"), ("StringEquals", "aws:PrincipalTag/t", "a")),
        (TIE, ("Bool", "aws:PrincipalTag/u", "true"), ("StringEquals", "aws:PrincipalTag/t", "true")),
        (TIE, ("Null", "aws:PrincipalTag/u", "false"), ("StringEquals", "aws:PrincipalTag/t", "a")),
        (TIE, ("NumericEquals", "aws:PrincipalTag/u", "5"), ("StringEquals", "aws:PrincipalTag/t", "5")),
        (
            ("StringEqualsIgnoreCase", "aws:PrincipalTag/t", "${aws:PrincipalTag/u}"),
            ("StringLike", "aws:PrincipalTag/u", "a"),
            ("StringEquals", "aws:PrincipalTag/t", "a"),
        ),
        (
            ("StringEquals", "aws:PrincipalTag/t", "${aws:PrincipalTag/u, 'b'}"),
            ("StringEqualsIfExists", "aws:PrincipalTag/u", "a"),
            ("StringEquals", "aws:PrincipalTag/t", "a"),
        ),
        (
            ("StringEquals", "aws:PrincipalTag/t", "${aws:CurrentTime}"),
            ("StringLike", "aws:EpochTime", "1704067200"),
            ("StringEquals", "aws:PrincipalTag/t", "1704067200"),
        ),
    ],
)
def test_a_claim_that_leaves_the_variable_other_texts_proves_nothing(first: Asked, second: Asked, denied: Asked) -> None:
    """Negated claims, other keys, other lines, presence, case and defaults do not make a variable a text."""
    with pytest.raises(EvidenceError):
        box_of([first, second], denied).check(narrowed(TAG))


@pytest.mark.parametrize(
    "certain",
    [
        "arn:aws:kms:*:*:key/${aws:PrincipalTag/k}",
        "arn:aws:kms:us-*:*:key/${aws:PrincipalTag/k}",
    ],
)
def test_a_field_of_an_arn_decides_the_variable_in_it(certain: str) -> None:
    """A key's id is the tag, and no tag that is an id is let through: passed, although the other fields are open."""
    statements = [
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": certain},
        {
            "Effect": "Deny",
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalTag/k": ["mrk-*", "????????-*"]}},
        },
    ]
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})
    verdict = keyaki.check(policy)
    assert verdict.outcome == "PASSED"
    keyaki.verify(policy, verdict)


HOLE = Hole("k:x", None, field=True)
FREE = run(NO_COLON)


@pytest.mark.parametrize(
    ("pieces", "decided"),
    [
        (lifted("aws", key=(*plain("key/"), HOLE)), True),
        (lifted("aws", region=(HOLE,)), True),
        (lifted("aws", key=(*plain("key/"), HOLE, FREE)), False),
        (lifted("aws", key=(run(ANY), *plain(":"), HOLE)), False),
        (lifted("aws", key=(*plain("key/"), HOLE._replace(field=False))), False),
        ((HOLE, *plain(":"), NO_COLON), True),
        ((*plain("a"), Token(frozenset("bc")), HOLE._replace(field=False)), True),
        ((Token(frozenset("a:"), run=True), *plain(":"), HOLE), False),
    ],
)
def test_a_pattern_decides_its_variable_iff_nothing_beside_it_is_open(pieces: Pieces, decided: bool) -> None:
    """Beside it is its field, where plain colons split the pattern and nothing else reads a colon; else the whole pattern."""
    hole = next(piece for piece in pieces if isinstance(piece, Hole))
    assert decides(pieces, hole) is decided


# Ranges and single names


@pytest.mark.parametrize("family", [family for family in Family if family.value.startswith("Numeric")])
def test_spans_are_the_whole_numbers_that_meet_a_value(family: Family) -> None:
    """Of the numbers from 0 to 20 those in a span are those that meet some value; spans are in order and apart."""
    values = ("3", "5.5", "9", "-1", "0", "20", "20.5", "9", "x")
    for first in range(len(values)):
        for last in range(first, len(values)):
            asked = values[first : last + 1]
            found = spans(family, asked, 0, 20)
            inside = [number for low, high in found for number in range(low, high + 1)]
            assert inside == [
                number for number in range(21) if any(meets(family, str(number), value, NOWHERE) for value in asked)
            ]


def test_the_first_and_the_last_account_count() -> None:
    """Twelve zeros are the number 0, twelve nines the last."""
    below, above = account_texts(Family.NUMERIC_LESS_THAN, ["1"]), account_texts(Family.NUMERIC_GREATER_THAN, ["999999999998"])
    assert matches(below, "0" * 12)
    assert not matches(below, "000000000001")
    assert matches(above, "9" * 12)


@pytest.mark.parametrize("key", ["kms:KeyUsage", "kms:CustomerMasterKeyUsage"])
def test_a_key_to_decrypt_with_is_for_decryption_under_either_name(key: str) -> None:
    """Alone in the context, each name of the usage has the one value that a decryption allows; an Encrypt may see another."""
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": []})
    arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    check_request(policy, keyaki.Request("kms:Decrypt", arn, {key: "ENCRYPT_DECRYPT"}), "aws")
    check_request(policy, keyaki.Request("kms:Encrypt", arn, {key: "SIGN_VERIFY"}), "aws")
    with pytest.raises(EvidenceError):
        check_request(policy, keyaki.Request("kms:Decrypt", arn, {key: "SIGN_VERIFY"}), "aws")
