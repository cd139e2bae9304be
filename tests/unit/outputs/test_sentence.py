from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.controls.subject import Kind, Subject
from keyaki.outputs.sentence import absent_keys, conjunction, request_sentence, statement_name, subject_name
from keyaki.policy import ConditionEntry, Effect, Element, Family, Operator, Policy, Request, Statement

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12)


def statement_on(*keys: str, index: int = 0, sid: str | None = None) -> Statement:
    """A wide Allow with one condition on each key."""
    operator = Operator(Family.STRING_EQUALS, name="StringEquals")
    entries = tuple(ConditionEntry(operator, key, ("v",)) for key in keys)
    return Statement(index, Effect.ALLOW, Element(False, ("*",)), Element(False, ("*",)), entries, sid)


def test_a_witness_is_one_sentence() -> None:
    """Present keys come sorted with their values, absent ones after them."""
    request = Request("kms:Decrypt", KEY, {"kms:ViaService": "s3", "aws:TagKeys": ["a", "b"], "aws:CalledVia": ["c"], "x:y": []})
    assert request_sentence(request, ["aws:SourceVpc"]) == (
        f"allows kms:Decrypt on {KEY} when aws:CalledVia holds `c`, aws:TagKeys holds `a` and `b`, kms:ViaService is `s3`, "
        "x:y is an empty list and aws:SourceVpc is absent"
    )


def test_a_witness_without_context_has_no_when() -> None:
    """An unconditional grant is told without a condition."""
    assert request_sentence(Request("kms:Decrypt", KEY)) == f"allows kms:Decrypt on {KEY}"


def test_what_the_arn_decides_is_not_said_twice() -> None:
    """Region, account and multi-Region mark are left out, in any case of their keys; the kind of a multi-Region key is not."""
    context: dict[str, str | list[str]] = {
        "aws:ResourceAccount": "111122223333",
        "AWS:requestedregion": "us-east-1",
        "kms:MultiRegion": "false",
        "kms:MultiRegionKeyType": "PRIMARY",
    }
    assert request_sentence(Request("kms:Decrypt", KEY, context)).endswith(f"{KEY} when kms:MultiRegionKeyType is `PRIMARY`")


def test_many_keys_are_cut_with_a_count() -> None:
    """A sentence names a few keys and counts the rest."""
    context: dict[str, str | list[str]] = {f"aws:PrincipalTag/{name}": "v" for name in "abcde"}
    assert request_sentence(Request("kms:Decrypt", KEY, context), limit=2).endswith(
        "when aws:PrincipalTag/a is `v`, aws:PrincipalTag/b is `v` and 3 more"
    )


@given(TEXTS, TEXTS, TEXTS)
@settings(deadline=None)
def test_a_sentence_stays_on_its_line(key: str, value: str, absent: str) -> None:
    """No text of a request or a policy breaks a line or sends a control character."""
    assert request_sentence(Request("kms:" + value, "arn:" + key, {key: value}), [absent]).isprintable()


@pytest.mark.parametrize(
    ("parts", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (["a"] * 5, "a, a, a and 2 more")]
)
def test_conjunction(parts: list[str], said: str) -> None:
    """Parts are joined as in prose, and cut with a count."""
    assert conjunction(parts, 3) == said


def test_absent_keys_are_those_mentioned_and_lacking() -> None:
    """Each key of a condition that the request lacks is named once, in its first spelling, whatever the case."""
    request = Request("kms:Decrypt", KEY, {"AWS:SourceVpc": "v"})
    statements = [statement_on("aws:sourcevpc", "kms:ViaService"), statement_on("KMS:viaservice", "aws:SourceVpce")]
    assert absent_keys(statements, request) == ("kms:ViaService", "aws:SourceVpce")


def test_names_of_statements_and_subjects() -> None:
    """A statement is called by its index and Sid, a subject by its file and, in a container, by its name and owner."""
    policy = Policy("2012-10-17", (statement_on(sid="Use\n"), statement_on(index=1)))
    assert [statement_name(policy, index) for index in (0, 1)] == ["Statement[0] `Use\\n`", "Statement[1]"]
    assert statement_name(None, 3) == "Statement[3]"
    assert subject_name(Subject(Kind.DOCUMENT, "a\x07.json")) == "a\\x07.json"
    assert subject_name(Subject(Kind.MANAGED_POLICY, "a.json", "/Policies/0", name="p")) == "a.json `p`"
    assert subject_name(Subject(Kind.ROLE_POLICY, "a.json", "/x", name="p", owner="r")) == "a.json `p` of role `r`"
    assert subject_name(Subject(Kind.MANAGED_POLICY, "a.json", "/Policies/0")) == "a.json #/Policies/0"
