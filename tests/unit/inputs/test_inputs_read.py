from __future__ import annotations

import io
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generated_account import NARROW, OPEN, TRUST, account
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.controls.subject import Kind, Subject
from keyaki.errors import KeyakiError
from keyaki.inputs.read import subjects
from keyaki.syntax.parse import parse

Write = Callable[..., str]

BUCKET = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}


def kind_of(subject: Subject) -> str:
    """How the subject came out: ``policy``, ``error`` or ``skip``."""
    assert [subject.policy, subject.error, subject.skip].count(None) == 2
    return "policy" if subject.policy else "error" if subject.error else "skip"


def both(write: Write, tmp_path: Path, content: Any) -> tuple[Subject, Subject]:
    """The one subject of a file: when it is named, and when a walk comes upon it."""
    path = write(content, "folder/file.json")
    (named,) = subjects([path])
    (walked,) = subjects([str(tmp_path / "folder")])
    return named, walked


@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_is_a_subject(write: Write, tmp_path: Path, indent: int | None) -> None:
    """A file with one policy is one subject without a pointer, its statements with their places, named or walked."""
    path = write(NARROW, "folder/file.json", indent)
    for where in (path, str(tmp_path / "folder")):
        (subject,) = subjects([where])
        expected = parse(json.dumps(NARROW, indent=indent))
        assert (subject.kind, subject.path, subject.pointer, subject.policy) == (Kind.DOCUMENT, path, "", expected)
        assert subject.policy is not None
        assert [each.span for each in subject.policy.statements] == [each.span for each in expected.statements]


def test_standard_input_is_a_subject() -> None:
    """A policy on standard input has the path ``-``."""
    (subject,) = subjects(["-"], stdin=io.BytesIO(json.dumps(OPEN).encode()))
    assert (subject.path, kind_of(subject)) == ("-", "policy")


def test_a_byte_order_mark_is_accepted(write: Write) -> None:
    """A file that begins with the mark of UTF-8 is read, policy or container."""
    for content in (OPEN, account(1)):
        path = write(b"\xef\xbb\xbf" + json.dumps(content).encode())
        assert {kind_of(subject) for subject in subjects([path])} == {"policy"}


NOTHING_MEANT = {
    "another object": {"name": "package", "version": "1.0.0"},
    "a list": [1, 2],
    "a scalar": 5,
    "an empty list": [],
    "a template that holds policies": {"Resources": {"P": {"Properties": {"PolicyDocument": OPEN}}}},
    "no JSON": "hello",
    "a comment": '{"compilerOptions": {} // none\n}',
    "an empty file": "",
    "white space": " \n",
    "bytes": b"\x00\xff\xfe",
    "a large object": {"name": "x" * 1_100_000},
    "a large list": ["x" * 1_100_000],
    "a large value": {"name": [["y"] * 10] * 25_000},
    "names without documents": {"PolicyNames": []},
}


@pytest.mark.parametrize("content", NOTHING_MEANT.values(), ids=list(NOTHING_MEANT))
def test_what_is_no_policy_is_an_error_when_named_and_skipped_in_a_walk(write: Write, tmp_path: Path, content: Any) -> None:
    """The user's own choice must be a policy; what lies about in a folder need not be."""
    named, walked = both(write, tmp_path, content)
    assert kind_of(named) == "error"
    assert kind_of(walked) == "skip"


MEANT = {
    "misspelt": {"Version": "2012-10-17", "Statment": []},
    "lower case": {"statement": [{"effect": "Allow"}]},
    "plural": {"Statements": []},
    "a wrong Statement": {"Statement": "hello"},
    "only a version": {"Version": "2012-10-17"},
    "a trailing comma": '{"Statement": [],}',
    "a comment": '{"Statement": [] // all\n}',
    "truncated": '{"Version": "2012-10-17", "Stat',
    "YAML": "Version: 2012-10-17\nStatement:\n  - Effect: Allow\n",
    "UTF-16": json.dumps(OPEN).encode("utf-16"),
    "bytes": json.dumps(OPEN).encode() + b"\xff",
    "too large": json.dumps({**OPEN, "Id": "x" * 1_100_000}),
    "too deep": '{"Statement": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "two documents": json.dumps(OPEN) + json.dumps(OPEN),
    "a broken account": '{"Policies": [',
}


@pytest.mark.parametrize("content", MEANT.values(), ids=list(MEANT))
def test_a_broken_policy_is_an_error_everywhere(write: Write, tmp_path: Path, content: Any) -> None:
    """What is meant to be an identity policy and cannot be read is an error in a walk too, with the same message."""
    named, walked = both(write, tmp_path, content)
    assert (kind_of(named), kind_of(walked)) == ("error", "error")
    assert (str(named.error), named.error and named.error.code) == (str(walked.error), walked.error and walked.error.code)


@pytest.mark.parametrize(
    "content", [BUCKET, TRUST, {"Policy": json.dumps(BUCKET)}, {"Policy": BUCKET}], ids=["bucket", "trust", "string", "object"]
)
def test_a_resource_policy_is_read_when_named_and_skipped_in_a_walk(write: Write, tmp_path: Path, content: Any) -> None:
    """A policy with a principal comes to the control when the user named it, and is skipped with its reason in a walk."""
    named, walked = both(write, tmp_path, content)
    assert named.policy is not None
    assert not named.policy.is_identity
    assert walked.skip == "this is a resource policy or a trust policy, not an identity policy"


def test_a_broken_resource_policy_is_skipped_in_a_walk(write: Write, tmp_path: Path) -> None:
    """A policy with a principal is no identity policy, whatever else is wrong with it."""
    broken = {"Statement": [{"Effect": "Allow", "NotPrincipal": "*", "Acton": "s3:*"}]}
    named, walked = both(write, tmp_path, broken)
    assert (kind_of(named), kind_of(walked)) == ("error", "skip")


def test_a_walk_goes_on_after_each_file(write: Write, tmp_path: Path) -> None:
    """Policies, accounts, broken files and other files in one folder each come out for themselves."""
    for name, content in {
        "a": OPEN,
        "b": MEANT["misspelt"],
        "c": account(2),
        "d": {},
        "e": BUCKET,
        "f": NARROW,
        "g": b"\xff",
    }.items():
        write(content, f"folder/{name}.json")
    found = [(subject.path[-6], kind_of(subject)) for subject in subjects([str(tmp_path / "folder")])]
    assert found == [
        ("a", "policy"),
        ("b", "error"),
        *[("c", "policy")] * 6,
        ("d", "skip"),
        ("e", "skip"),
        ("f", "policy"),
        ("g", "skip"),
    ]


def test_paths_that_cannot_be_read_do_not_stop_the_others(write: Write, tmp_path: Path) -> None:
    """A missing path is a subject with an error, and what follows it is read."""
    found = list(subjects([str(tmp_path / "missing"), write(OPEN)]))
    assert [kind_of(subject) for subject in found] == ["error", "policy"]
    assert "missing" in str(found[0].error)


def test_a_link_to_a_folder_is_told(tmp_path: Path) -> None:
    """What a walk does not follow is a skipped subject with the reason."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/link").symlink_to(tmp_path)
    assert [subject.skip for subject in subjects([tmp_path / "folder"])] == ["a link to a folder is not followed"]


def test_an_empty_folder_has_no_subjects(tmp_path: Path) -> None:
    """Nothing to judge is nothing, and not an error of its own."""
    assert list(subjects([str(tmp_path)])) == []


def test_legacy_reaches_the_parser(write: Write) -> None:
    """Repeated elements are read with ``legacy`` and are an error without."""
    path = write('{"Statement": {"Effect": "Allow", "Action": "a:b", "Action": "c:d", "Resource": "*"}}')
    assert [kind_of(subject) for subject in subjects([path])] == ["error"]
    assert [kind_of(subject) for subject in subjects([path], legacy=True)] == ["policy"]


FRAGMENTS = [
    *('{"Policies": [', '{"Statement": ', '{"PolicyVersion": ', '"PolicyVersionList": [', '"Document": ', '{"PolicyDocument": '),
    *('{"UserDetailList": [{', '"UserPolicyList": [{"PolicyDocument": ', '"UserName": ', '{"Policy": ', '"Effect": "Allow"'),
    *('"IsDefaultVersion": true', "{", "}", "[", "]", ",", ":", '"', "\\", '"a"', "1", "null", "NaN", "%7B", " ", "\n", "\u00e9"),
]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join) | st.binary(max_size=40))
def test_only_subjects_come_out(content: str | bytes) -> None:
    """Whatever bytes a file holds, reading it raises nothing, and each subject keeps to its contract."""
    data = content.encode() if isinstance(content, str) else content
    for subject in subjects(["-"], stdin=io.BytesIO(data)):
        kind_of(subject)
        assert subject.error is None or isinstance(subject.error, KeyakiError)
        subject.located()


def test_a_large_account_is_read_policy_by_policy(write: Write) -> None:
    """Reading 1,500 managed policies takes little more memory than the file: bytes, text, and one policy at a time."""
    content = account(1500, lambda index: {**NARROW, "Id": f"{index} " + "x" * 2000})
    path = write(content, indent=None)
    size = Path(path).stat().st_size
    del content
    tracemalloc.start()
    try:
        count = sum(subject.policy is not None for subject in subjects([path]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 1504
    assert size > 4_000_000
    assert peak < 2 * size + 4_000_000


HOSTILE = {
    "statements": '{"Statement": [' + "[]," * 1_500_000 + "[]]}",
    "policies": '{"Policies": [' + "[]," * 1_500_000 + "[]]}",
    "one policy": '{"Policies": [[' + "[]," * 1_500_000 + "[]]]}",
    "one name": '{"Policies": [{"PolicyName": "' + "\\\\" * 2_500_000 + '"}]}',
    "brackets": "[" * 4_500_000,
    "a broken list": '[{"Statement": 1}, ' + "[]," * 1_500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_file_is_refused_quickly(write: Write, text: str) -> None:
    """A large file that is no policy ends as errors, soon, and not one for each bracket."""
    path = write(text)
    start = time.process_time()
    found = list(subjects([path]))
    assert time.process_time() - start < 8
    assert 0 < len(found) <= 5001
    assert all(subject.error for subject in found)
