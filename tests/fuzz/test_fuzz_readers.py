"""Bytes into the readers: whatever comes in, a policy, a verdict or a KeyakiError comes out."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import keyaki
from keyaki.inputs.read import subjects
from keyaki.syntax.unparse import unparse

EXAMPLES = 20_000 if os.environ.get("KEYAKI_LONG") else 300
SEEDS = (
    b'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}',
    b'{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":["kms:De*"],"NotResource":"arn:aws:kms:${a:b}","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*",true,1e3]},"Null":{"kms:ViaService":"true"}}}}',
    b'{"PolicyVersion":{"Document":"%7B%22Statement%22%3A%5B%5D%7D","IsDefaultVersion":true}}',
    b'{"Policies":[{"PolicyName":"p","Arn":"arn:aws:iam::111122223333:policy/p","PolicyVersionList":[{"IsDefaultVersion":true,"Document":{}}]}]}',
)
PIECES = st.sampled_from(
    b'" { } [ ] , : \\ \\u0045 \\ud800 ${ * null 1e999999999 - NaN // \' "Effect" "Action":"*", "Statement":'.split()
    + list(b"\x00 \xff \xef\xbb\xbf \xe2\x80\x9c \r\n".split(b" "))
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a seed with a few pieces put in, cut out or doubled."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12))
        kind = draw(st.sampled_from(["put", "cut", "double", "random"]))
        if kind == "put":
            data[at:at] = draw(PIECES)
        elif kind == "cut":
            del data[at : at + length]
        elif kind == "double":
            data[at:at] = data[at : at + length]
        else:
            data[at : at + length] = draw(st.binary(max_size=4))
    return bytes(data)


@settings(max_examples=EXAMPLES)
@given(data=st.one_of(mutated(), st.binary(max_size=200)), legacy=st.booleans())
def test_parse_returns_a_policy_or_says_what_is_wrong(data: bytes, legacy: bool) -> None:
    """Bytes are a policy that can be written and read again, or a PolicySyntaxError with a code and a message."""
    try:
        policy = keyaki.parse(data, legacy)
    except keyaki.PolicySyntaxError as error:
        complaint = error
    else:
        assert keyaki.parse(unparse(policy)) == policy
        return
    assert complaint.code
    assert complaint.message


@settings(max_examples=EXAMPLES)
@given(data=mutated())
def test_check_answers_or_refuses_every_policy_that_parses(data: bytes) -> None:
    """A policy that parses gets a verdict whose evidence holds, or a KeyakiError."""
    try:
        policy = keyaki.parse(data)
        verdict = keyaki.check(policy, budget=20_000)
    except keyaki.KeyakiError:
        return
    if verdict.outcome != "UNDECIDED":
        keyaki.verify(policy, verdict)


@settings(max_examples=EXAMPLES // 3)
@given(data=st.one_of(mutated(), st.binary(max_size=200)))
def test_input_readers_yield_subjects_for_any_bytes(data: bytes) -> None:
    """Bytes on standard input are read into subjects, each with a policy, an error or a reason to skip it."""
    for subject in subjects(["-"], stdin=io.BytesIO(data)):
        assert [subject.policy, subject.error, subject.skip].count(None) == 2


@settings(max_examples=EXAMPLES // 3)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource", "Condition", "x"]), one, max_size=4
            )
        ),
    )
)
def test_decoded_objects_are_lowered_or_refused(value: object) -> None:
    """Any decoded object is a policy or a PolicySyntaxError."""
    try:
        policy = keyaki.policy_from(value)
    except keyaki.PolicySyntaxError:
        return
    assert keyaki.parse(json.dumps(value)) == policy


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_every_beginning_of_a_file_is_refused_or_read(seed: int, tmp_path: Path) -> None:
    """A file that breaks off anywhere ends as subjects and errors, never as another exception."""
    path = tmp_path / "cut.json"
    for end in range(0, len(SEEDS[seed]), 3):
        path.write_bytes(SEEDS[seed][:end])
        for subject in subjects([str(path)]):
            assert [subject.policy, subject.error, subject.skip].count(None) == 2
