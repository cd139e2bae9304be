from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.inputs.cursor import Cursor
from keyaki.inputs.source import Source, Spot, pointer
from keyaki.syntax.parse import parse


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="ab\n\r\u00e9", max_size=40), st.data())
def test_lines_and_columns_count_from_one(text: str, data: st.DataObject) -> None:
    """The line of an offset is one more than the line feeds before it, its column one more than the characters since the last."""
    at = data.draw(st.integers(0, len(text)))
    span = Source("x", text).span(at, at)
    before = text[:at].split("\n")
    assert (span.line, span.column) == (len(before), len(before[-1]) + 1)


def followed(value: Any, text: str) -> Any:
    """What the JSON pointer leads to, by the letter of RFC 6901."""
    for part in text.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


KEYS = st.lists(st.text(alphabet="a/~01", max_size=3) | st.integers(0, 2), max_size=4)


@settings(deadline=None, max_examples=100)
@given(KEYS)
def test_a_pointer_leads_to_the_value_behind_its_keys(keys: list[str | int]) -> None:
    """Whatever the names hold, slashes and tildes too, the pointer leads back."""
    value: Any = "found"
    for key in reversed(keys):
        value = {key: value} if isinstance(key, str) else [0] * key + [value]
    assert followed(value, pointer(keys)) == "found"


STATEMENT = {"Effect": "Allow", "Action": ["kms:Decrypt", "a:{b"], "Resource": "*"}


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("statements", [STATEMENT, [STATEMENT], [STATEMENT, {**STATEMENT, "Sid": "}["}, STATEMENT]])
def test_the_span_of_a_statement_covers_its_braces(statements: Any, indent: int | None) -> None:
    """A located policy has the spans that parsing its document in place would give, in the coordinates of the file."""
    document = {"Id": "x", "Statement": statements, "Version": "2012-10-17"}
    text = "\n\n" + json.dumps([0, {"other": document, "here": {"a": [document]}}], indent=indent)
    source = Source("x", text)
    cursor = Cursor(text)
    items = [(cursor.at, cursor.value(), cursor.at) for _ in cursor.items()]
    spot = Spot(source, items[1][0], items[1][2], ("here", "a", 0), "/1/here/a/0")
    policy = spot.located(parse(json.dumps(document)))
    spans = [statement.span for statement in policy.statements]
    listed = statements if isinstance(statements, list) else [statements]
    assert [json.loads(text[span.start : span.end]) for span in spans if span] == listed
    assert spans == [source.span(span.start, span.end) for span in spans if span]
    assert policy.text is text
    assert min(span.start for span in spans if span) > text.index('"here"')


@pytest.mark.parametrize("text", ['{"Version": "2012-10-17"}', '{"Statement": []}'])
def test_a_policy_that_does_not_stand_there_has_no_places(text: str) -> None:
    """A policy keeps what it has where the document in the file has another number of statements."""
    policy = parse(json.dumps({"Statement": STATEMENT}))
    assert Spot(Source("x", text), 0, len(text), (), "").located(policy) is policy


def test_of_repeated_members_the_last_is_found() -> None:
    """Where a name stands twice, the place is that of the value which decoding kept."""
    text = '{"a": 1, "a": 22}'
    assert Spot(Source("x", text), 0, len(text), ("a",), "/a").document() == (text.index("22"), text.index("22") + 2)
