"""Leaves, one by one: what really is empty is accepted, and whatever comes near to it is not."""

from __future__ import annotations

from typing import Any

import pytest

import keyaki
from keyaki.checker.cases import Case, Facts
from keyaki.checker.claims import Claim, Claims
from keyaki.checker.consistency import mentioned
from keyaki.checker.freshness import named
from keyaki.checker.leaf import Leaves, Ref
from keyaki.checker.placed import placed
from keyaki.errors import EvidenceError

TAG = "aws:principaltag/t"
OTHER = "aws:principaltag/u"
NOW = "aws:currenttime"
ALLOW, DENY = 0, 1
Trial = tuple[int, str, dict[str, Any]]
Conditions = dict[str, dict[str, Any]]


ANY_KEY = Case(None, None, "none")


def leaves(allow: Conditions, *, deny: Conditions | None = None, case: Case = ANY_KEY, **known: str | None) -> Leaves:
    """The leaves of a box in which an Allow's claims are true and those of a Deny false."""
    statements = [{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": allow}]
    statements += [{"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": deny}] if deny else []
    policy = keyaki.policy_from({"Version": "2012-10-17", "Statement": statements})
    claims = Claims(policy, "aws")
    facts = Facts(case, True, "aws", named(policy, "aws"), claims.multi, "aws:epochtime" in mentioned(policy))
    box: dict[Ref, Claim] = {}
    for statement in policy.statements:
        for label, claim in (claims.of(statement) or {}).items():
            box[statement.index, label, statement.index == ALLOW] = placed(claim, case, "aws")
    return Leaves(facts, box, {**facts.known(), **known})


def leaf(coordinate: str, kind: Any, *, cites: list[Any], also: Any = None, **evidence: Any) -> dict[str, Any]:
    """A leaf that cites conditions of the Allow as holding and of the Deny as failing: pairs of statement and number.

    ``also`` is a claim that those which hold rest on too.
    """
    refs = [[statement, f"condition {number}", statement == ALLOW] for statement, number in cites]
    further = [list(also)] if also else []
    holds = [[*one, *([further] if also else [])] for one in refs if one[0] == ALLOW]
    fails = [one for one in refs if one[0] == DENY]
    given = {"kind": kind, "holds": holds, "fails": fails, "universe": True, "detail": None, **evidence}
    return {"coordinate": coordinate, "cites": [*refs, *further], "evidence": given}


EMPTY = [
    ({"StringEquals": {"aws:PrincipalTag/t": "a"}}, {"StringLike": {"aws:PrincipalTag/t": "?"}}, TAG),
    ({"NumericLessThan": {"aws:PrincipalTag/t": "5"}}, {"NumericLessThanEquals": {"aws:PrincipalTag/t": "5.0"}}, TAG),
    (
        {"NumericGreaterThan": {"aws:PrincipalTag/t": "4"}, "StringLike": {"aws:PrincipalTag/t": "?"}},
        {"StringEquals": {"aws:PrincipalTag/t": ["5", "6", "7", "8", "9"]}},
        TAG,
    ),
    ({"Bool": {"aws:PrincipalTag/t": "true"}}, {"StringLike": {"aws:PrincipalTag/t": "????"}}, TAG),
    ({"BinaryEquals": {"aws:PrincipalTag/t": "QUJD"}}, {"StringLike": {"aws:PrincipalTag/t": "Q*"}}, TAG),
    (
        {"DateGreaterThan": {"aws:PrincipalTag/t": "9999-12-31T23:59:59Z"}},
        {"DateGreaterThanEquals": {"aws:PrincipalTag/t": "9999-12-31T23:59:59Z"}},
        TAG,
    ),
    (
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}},
        "aws:sourceip",
    ),
    ({"StringLike": {"aws:SourceIp": "10.*"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "aws:sourceip"),
    ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, {"StringLike": {"aws:SourceIp": "*:*"}}, "aws:sourceip"),
    ({"NumericEquals": {"aws:SourceIp": "5"}}, {}, "aws:sourceip"),
    ({"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00.5Z"}}, {"DateLessThanEquals": {"aws:CurrentTime": "2024"}}, NOW),
    ({"StringLike": {"aws:CurrentTime": "2024-0?-*"}}, {"DateLessThan": {"aws:CurrentTime": "2024-10-01"}}, NOW),
    ({"StringLike": {"aws:CurrentTime": "2024-13-*"}}, {}, NOW),
    ({"StringLike": {"aws:EpochTime": "????"}}, {}, NOW),
    ({"NumericLessThan": {"aws:EpochTime": "20000"}}, {"StringLike": {"aws:EpochTime": "1????"}}, NOW),
    ({"StringEquals": {"aws:EpochTime": "1704067200"}}, {"DateEquals": {"aws:CurrentTime": "2024-01-01"}}, NOW),
    ({"NumericEquals": {"aws:CurrentTime": "5"}}, {}, NOW),
    (
        {"DateEquals": {"aws:MultiFactorAuthAge": "2024"}},
        {"NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "10.5"}},
        "aws:multifactorauthage",
    ),
    (
        {"NumericLessThan": {"aws:MultiFactorAuthAge": "5"}},
        {"NumericLessThan": {"aws:MultiFactorAuthAge": "6"}},
        "aws:multifactorauthage",
    ),
    ({"StringEquals": {"aws:SecureTransport": "TRUE"}}, {}, "aws:securetransport"),
    ({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": "TRUE"}}, "aws:securetransport"),
    (
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/?"}},
        "aws:principalarn",
    ),
]
"""Conditions of an Allow and of a Deny that leave no value, all on one coordinate."""


def refs_of(allow: Conditions, deny: Conditions) -> list[tuple[int, int]]:
    """The conditions as pairs of statement and number."""
    return [(ALLOW, number) for number in range(len(allow))] + [(DENY, number) for number in range(len(deny))]


@pytest.mark.parametrize(("allow", "deny", "coordinate"), EMPTY)
def test_a_coordinate_without_values_is_refuted(allow: Conditions, deny: Conditions, coordinate: str) -> None:
    """The texts that the checker finds by itself show it; every condition cited is needed."""
    box = leaves(allow, deny=deny)
    cites = refs_of(allow, deny)
    box.check(leaf(coordinate, "product", cites=cites))
    for left_out in cites if deny else ():
        with pytest.raises(EvidenceError):
            box.check(leaf(coordinate, "points", cites=[one for one in cites if one != left_out]))


NOT_EMPTY = [
    ({"StringLike": {"aws:CurrentTime": "2023-05-*"}}, {}, NOW),
    ({"StringLike": {"aws:CurrentTime": "2*Z"}, "StringLikeIfExists": {"aws:EpochTime": "1*"}}, {}, NOW),
    ({"DateGreaterThan": {"aws:PrincipalTag/t": "9999-12-31T23:59:59Z"}}, {}, TAG),
    ({"NumericEquals": {"aws:PrincipalTag/t": "5"}}, {"StringEquals": {"aws:PrincipalTag/t": "5"}}, TAG),
    ({"Bool": {"aws:PrincipalTag/t": "true"}}, {"StringEquals": {"aws:PrincipalTag/t": "true"}}, TAG),
    ({"StringLike": {"aws:SourceIp": "10.*"}}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/9"}}, "aws:sourceip"),
    ({"StringLike": {"aws:SourceIp": "*:*"}}, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "aws:sourceip"),
    (
        {"DateEquals": {"aws:MultiFactorAuthAge": "2024"}},
        {"NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "1704067200"}},
        "aws:multifactorauthage",
    ),
    ({"NumericLessThan": {"kms:CallerAccount": "5"}}, {}, "kms:calleraccount"),
    ({"StringLike": {"aws:PrincipalTag/t": "*"}}, {}, TAG),
    (
        {"NumericGreaterThan": {"aws:PrincipalTag/t": "4"}, "StringLike": {"aws:PrincipalTag/t": "*"}},
        {"StringLike": {"aws:PrincipalTag/t": "5"}},
        TAG,
    ),
]
"""Conditions that leave a value."""


@pytest.mark.parametrize(("allow", "deny", "coordinate"), NOT_EMPTY)
@pytest.mark.parametrize(
    "kind", ["words", "points", "foreign", "product", "closure", "covered", "same", "presence", "else", None, []]
)
def test_a_coordinate_with_values_is_not_refuted(allow: Conditions, deny: Conditions, coordinate: str, kind: Any) -> None:
    """Whatever the evidence calls itself."""
    box = leaves(allow, deny=deny)
    with pytest.raises(EvidenceError):
        box.check(leaf(coordinate, kind, cites=refs_of(allow, deny)))


def test_a_closure_reads_one_text() -> None:
    """No text of the time is `2*Z` and `1*`, but the time has two texts."""
    box = leaves({"StringLike": {"aws:CurrentTime": "2*"}, "StringLikeIfExists": {"aws:EpochTime": "1*"}})
    wrong = leaf(NOW, "closure", cites=[(0, 0), (0, 1)], universe=False, detail=[[[0], [0]]])
    with pytest.raises(EvidenceError, match="one text"):
        box.check(wrong)
    right = leaves({"StringLike": {"aws:CurrentTime": "2*"}, "StringLikeIfExists": {"aws:CurrentTime": "1*"}})
    right.check(leaf(NOW, "closure", cites=[(0, 0), (0, 1)], universe=False, detail=[[[0], [0]]]))


def test_a_closure_has_no_values_that_must_fail() -> None:
    """Of what must not be a number a closure knows nothing; of what must be one, only the characters."""
    box = leaves({"StringLike": {"aws:PrincipalTag/t": "x*"}, "NumericLessThan": {"aws:PrincipalTag/t": "5"}})
    box.check(leaf(TAG, "closure", cites=[(0, 0), (0, 1)], universe=False, detail=[[[0], [0]]]))
    box = leaves({"StringLike": {"aws:PrincipalTag/t": "x*"}}, deny={"NumericLessThan": {"aws:PrincipalTag/t": "5"}})
    with pytest.raises(EvidenceError):
        box.check(leaf(TAG, "closure", cites=[(0, 0), (1, 0)], universe=False, detail=[[[0]]]))


def test_absence_must_be_barred_too() -> None:
    """A test that an absent key passes leaves the key absent, whatever its values."""
    conditions = {"StringEqualsIfExists": {"aws:PrincipalTag/t": "a"}}
    deny = {"StringEquals": {"aws:PrincipalTag/t": "a"}}
    box = leaves(conditions, deny=deny)
    with pytest.raises(EvidenceError, match="being absent"):
        box.check(leaf(TAG, "words", cites=[(0, 0), (1, 0)]))
    leaves({**conditions, "Null": {"aws:PrincipalTag/t": "false"}}, deny=deny).check(
        {**leaf(TAG, "same", cites=[(0, 0), (0, 1), (1, 0)])}
    )


def test_presence() -> None:
    """A key that must be absent and present at once cannot be; one that may be present can."""
    box = leaves({"Null": {"aws:PrincipalTag/t": "true"}}, deny={"StringNotEquals": {"aws:PrincipalTag/t": "a"}})
    box.check(leaf(TAG, "presence", cites=[(0, 0), (1, 0)]))
    with pytest.raises(EvidenceError, match="being present"):
        box.check(leaf(TAG, "presence", cites=[(1, 0)]))
    never = leaves({"StringEquals": {"aws:PrincipalServiceName": "a"}})
    never.check(leaf("aws:principalservicename", "presence", cites=[(0, 0)]))


def test_the_kind_of_key_decides() -> None:
    """A key that is no multi-Region key has no type; one that is has one of two."""
    conditions = {"StringEquals": {"kms:MultiRegionKeyType": "PRIMARY"}}
    leaves(conditions, case=Case("uuid", None, "none")).check(leaf("kms:multiregionkeytype", "presence", cites=[(0, 0)]))
    deny = {"StringEquals": {"kms:MultiRegionKeyType": ["PRIMARY", "REPLICA"]}}
    leaves({}, deny=deny, case=Case("mrk", None, "none")).check(leaf("kms:multiregionkeytype", "words", cites=[(1, 0)]))
    leaves({"Bool": {"kms:MultiRegion": "true"}}, case=Case("uuid", None, "none")).check(
        leaf("kms:multiregion", "words", cites=[(0, 0)])
    )
    with pytest.raises(EvidenceError):
        leaves({"Bool": {"kms:MultiRegion": "true"}}, case=Case("mrk", None, "none")).check(
            leaf("kms:multiregion", "words", cites=[(0, 0)])
        )


LISTED = "aws:TagKeys"


def test_elements_of_a_list_may_differ() -> None:
    """Two tests that some element passes are of two elements, unless one is of every element."""
    some = {"ForAnyValue:StringEquals": {LISTED: "a"}, "ForAnyValue:StringLike": {LISTED: "b"}}
    for kind in ("words", "same", "closure"):
        with pytest.raises(EvidenceError):
            leaves(some).check(leaf("aws:tagkeys", kind, cites=[(0, 0), (0, 1)], detail=[[[0], [0], [0]]]))
    every = {"ForAnyValue:StringEquals": {LISTED: "a"}, "ForAllValues:StringLike": {LISTED: "b"}}
    leaves(every).check(leaf("aws:tagkeys", "words", cites=[(0, 0), (0, 1)]))


TIED = {"StringEquals": {"aws:PrincipalTag/t": "${aws:PrincipalTag/u}"}}


def test_a_tie_contradicts_itself() -> None:
    """Equal to a variable and not equal to it: by the variable, whatever its value; not if it is another one."""
    leaves(TIED, deny=TIED).check(leaf(TAG, "same", cites=[(0, 0), (1, 0)]))
    other = {"StringEquals": {"aws:PrincipalTag/t": "${aws:PrincipalTag/v}"}}
    with pytest.raises(EvidenceError):
        leaves(TIED, deny=other).check(leaf(TAG, "same", cites=[(0, 0), (1, 0)]))


@pytest.mark.parametrize(
    "deny",
    [
        {"Bool": {"aws:PrincipalTag/t": "${aws:PrincipalTag/u}"}},
        {"StringEqualsIgnoreCase": {"aws:PrincipalTag/t": "a${aws:PrincipalTag/u}"}},
    ],
)
def test_another_comparison_bars_nothing(deny: Conditions) -> None:
    """Texts may be equal and yet no truth values, so a failing Bool does not rule a pattern out."""
    box = leaves(TIED, deny=deny)
    wrong = leaf(TAG, "product", cites=[(0, 0)], also=(DENY, "condition 0", False))
    with pytest.raises(EvidenceError):
        box.check(wrong)
    with pytest.raises(EvidenceError):
        box.check(leaf(TAG, "same", cites=[(0, 0), (1, 0)]))


def test_a_failing_test_of_the_other_text_of_the_time_bars_nothing() -> None:
    """`aws:EpochTime` may equal a tag that `aws:CurrentTime` does not equal."""
    box = leaves(
        {"StringEquals": {"aws:EpochTime": "${aws:PrincipalTag/u}"}},
        deny={"StringEquals": {"aws:CurrentTime": "${aws:PrincipalTag/u}"}},
    )
    with pytest.raises(EvidenceError):
        box.check(leaf(NOW, "product", cites=[(0, 0)], also=(DENY, "condition 0", False)))


def test_the_value_of_a_variable_narrows_a_tie() -> None:
    """Equal to a tag that is `a`, and not `a`: no value is left."""
    box = leaves({**TIED, "StringLike": {"aws:PrincipalTag/u": "a"}}, deny={"StringEquals": {"aws:PrincipalTag/t": "a"}})
    one = leaf(TAG, "words", cites=[(0, 0), (1, 0)])
    one["evidence"]["holds"][0].append([[0, "condition 1", True]])
    with pytest.raises(EvidenceError, match="is cited"):
        box.check(one)
    one["cites"].append([0, "condition 1", True])
    box.check(one)
    leaves(TIED, deny={"StringEquals": {"aws:PrincipalTag/t": "a"}}, **{OTHER: "a"}).check(
        leaf(TAG, "words", cites=[(0, 0), (1, 0)])
    )


EXCLUDED = {"StringEquals": {"aws:PrincipalTag/t": "x-${aws:PrincipalTag/u}"}, "StringLike": {"aws:PrincipalTag/t": "x-a*"}}


def test_a_text_decides_the_variable_in_it() -> None:
    """`x-` and a tag that does not start with `a` is not `x-a...`; where the claim must fail, nothing follows."""
    box = leaves(EXCLUDED, deny={"StringLike": {"aws:PrincipalTag/u": "a*"}})
    one: dict[str, Any] = {
        "coordinate": TAG,
        "cites": [[0, "condition 0", True], [0, "condition 1", True], [1, "condition 0", False]],
    }
    also = [[1, "condition 0", False]]
    holds, fails = [[0, "condition 0", True], [0, "condition 1", True]], [[0, "condition 0", True, also]]
    one["evidence"] = {"kind": "product", "holds": holds, "fails": fails, "universe": True}
    box.check(one)
    one["evidence"]["fails"] = []
    with pytest.raises(EvidenceError):
        box.check(one)
    turned = leaves(
        {"StringNotEquals": EXCLUDED["StringEquals"], "StringLike": EXCLUDED["StringLike"]},
        deny={"StringLike": {"aws:PrincipalTag/u": "a*"}},
    )
    one["evidence"] |= {"holds": [[0, "condition 1", True]], "fails": [[0, "condition 0", True, also]]}
    with pytest.raises(EvidenceError):
        turned.check(one)
    one["evidence"] |= {"holds": [[0, "condition 0", True, also]], "fails": []}
    with pytest.raises(EvidenceError, match="turns"):
        turned.check(one)


def test_a_variable_with_runs_beside_it_decides_nothing() -> None:
    """`*a` may come from `x*`, `${...}` and its default, so no text is excluded."""
    deny = {"StringLike": {"aws:PrincipalTag/u": "a*"}}
    for value in ("x*${aws:PrincipalTag/u}", "x-${aws:PrincipalTag/u,'a'}", "x-${aws:PrincipalTag/u}${aws:PrincipalTag/u}"):
        box = leaves(
            {"StringLike": {"aws:PrincipalTag/t": [value]}, "StringLikeIfExists": {"aws:PrincipalTag/t": "x-a*"}}, deny=deny
        )
        also = [[1, "condition 0", False]]
        cites = [[0, "condition 0", True], [0, "condition 1", True], [1, "condition 0", False]]
        evidence = {"kind": "product", "holds": cites[:2], "fails": [[0, "condition 0", True, also]], "universe": True}
        with pytest.raises(EvidenceError):
            box.check({"coordinate": TAG, "cites": cites, "evidence": evidence})


def test_many_variables_are_refused_not_written_out() -> None:
    """Variables with many texts each would make a pattern's ways explode."""
    value = "".join(f"${{kms:KeyUsage{number}, 'x'}}" for number in range(40))
    box = leaves({"StringEquals": {"aws:PrincipalTag/t": value}})
    with pytest.raises(EvidenceError, match="too many"):
        box.check(leaf(TAG, "product", cites=[(0, 0)]))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"coordinate": 5},
        {"coordinate": TAG, "evidence": {}},
        {"coordinate": TAG, "evidence": {}, "cites": 5},
        {"coordinate": TAG, "evidence": {}, "cites": [5]},
        {"coordinate": TAG, "evidence": {}, "cites": [[0, "condition 0"]]},
        {"coordinate": TAG, "evidence": {}, "cites": [[0, ["condition 0"], True]]},
        {"coordinate": TAG, "evidence": {}, "cites": [[0, "condition 0", 1]]},
        {"coordinate": TAG, "evidence": {}, "cites": [[{}, "condition 0", True]]},
        {"coordinate": TAG, "evidence": {}, "cites": [[0, "condition 9", True]]},
        {"coordinate": TAG, "evidence": {"kind": "words"}, "cites": [[0, "condition 0", True]]},
        {"coordinate": TAG, "evidence": {"kind": "words", "holds": [], "fails": 5}, "cites": [[0, "condition 0", True]]},
        {"coordinate": TAG, "evidence": {"kind": "words", "holds": [5], "fails": []}, "cites": [[0, "condition 0", True]]},
        {
            "coordinate": TAG,
            "evidence": {"kind": "words", "holds": [[0, "condition 0", True, 5]], "fails": []},
            "cites": [[0, "condition 0", True]],
        },
        {
            "coordinate": TAG,
            "evidence": {"kind": "words", "holds": [], "fails": [[0, "condition 0", True]]},
            "cites": [[0, "condition 0", True]],
        },
        {
            "coordinate": OTHER,
            "evidence": {"kind": "words", "holds": [[0, "condition 0", True]], "fails": []},
            "cites": [[0, "condition 0", True]],
        },
        {
            "coordinate": "aws:userid",
            "evidence": {"kind": "words", "holds": [[0, "condition 0", True]], "fails": []},
            "cites": [[0, "condition 0", True]],
        },
        {"coordinate": TAG, "evidence": {"kind": [], "holds": [], "fails": []}, "cites": [[0, "condition 0", True]]},
        {"coordinate": TAG, "evidence": {"kind": "covered", "holds": [], "fails": []}, "cites": [[0, "condition 0", True]]},
    ],
)
def test_what_is_malformed_is_refused(broken: dict[str, Any]) -> None:
    """Nothing but EvidenceError comes out, whatever stands where something else belongs."""
    with pytest.raises(EvidenceError):
        leaves({"StringEquals": {"aws:PrincipalTag/t": "a"}}).check(broken)
