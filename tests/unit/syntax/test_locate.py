"""Places on demand: at every path of a JSON text stands the value that the decoder finds there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.errors import Span
from keyaki.syntax.locate import locate, locate_all

POLICY = """{
  "Statement": {"Effect": "Allow",
    "Action": "kms:Decrypt",
    "Resource": ["a", "b\\u0022]", "c"],
    "Condition": {"StringEquals": {"kms:ViaService": ["x", 1], "k": true}, "Null": {}}}
}"""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('"\\{}[],:ab', max_size=3), inner, max_size=4),
    max_leaves=20,
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every path of a decoded value with what stands there."""
    yield path, value
    if isinstance(value, dict):
        for name, below in value.items():
            yield from paths(below, (*path, name))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, (*path, index))
    else:
        yield (*path, 0), value


@given(value=VALUES, indent=st.sampled_from([None, 0, 1, 4]), ascii_only=st.booleans())
@settings(deadline=None, max_examples=60)
def test_every_path_leads_to_its_value(value: Any, indent: int | None, ascii_only: bool) -> None:
    """The text of a path's span decodes to the value there, and its line and column are those of its first character."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    expected = dict(paths(value))
    for path, span in locate_all(text, expected).items():
        assert span is not None
        assert json.loads(text[span.start : span.end]) == expected[path]
        assert span.line == text.count("\n", 0, span.start) + 1
        assert span.column == span.start - text.rfind("\n", 0, span.start)
        assert locate(text, path) == span


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("Statement", 0, "Effect"), '"Allow"'),
        (("Statement", "Effect"), '"Allow"'),
        (("Statement", 0, "Action", 0), '"kms:Decrypt"'),
        (("Statement", 0, "Resource", 1), '"b\\u0022]"'),
        (("Statement", 0, "Resource"), '["a", "b\\u0022]", "c"]'),
        (("Statement", 0, "Condition", "StringEquals", "kms:ViaService", 1), "1"),
        (("Statement", 0, "Condition", "StringEquals", "k", 0), "true"),
        ((), POLICY),
        (("Statement", 1), None),
        (("Statement", 0, "Resource", 3), None),
        (("Statement", 0, "Action", 1), None),
        (("Statement", 0, "Effect", "x"), None),
        (("Id",), None),
        (("Statement", 0, "Condition", "Null", "k"), None),
    ],
)
def test_a_scalar_stands_for_a_list_of_one(path: tuple[str | int, ...], found: str | None) -> None:
    """Index 0 of what is no list is itself; a path that leads nowhere has no place."""
    span = locate(POLICY, path)
    assert (span and POLICY[span.start : span.end]) == found


def test_places_count_from_behind_a_byte_order_mark() -> None:
    """A byte-order mark shifts neither offsets nor columns, as in `parse`."""
    assert locate("\ufeff[1, 2]", (1,)) == Span(4, 5, 1, 5) == locate("[1, 2]", (1,))


def test_of_a_duplicate_the_last_counts() -> None:
    """As in decoders, the last of two members with one name is the one that is found."""
    assert locate('{"a": 1, "a": 2}', ("a",)) == Span(14, 15, 1, 15)


@pytest.mark.parametrize(
    "text", ["", "{", '{"a"', '{"a":', '{"a": ', "[", "[1,", '{"a": [, 1]}', "{1: 2}", "{[]: 2}", '{"a": tru}', "[" * 100_000]
)
def test_what_is_no_json_has_no_places(text: str) -> None:
    """On a text that is no JSON the answer is None, not an exception."""
    assert locate(text, ("a", 0, 0)) is None


def test_what_was_found_before_the_text_broke_holds() -> None:
    """A place before the first mistake in a text is found all the same."""
    assert locate_all('{"a": 1, "b": 2, oops', [("a",), ("b",), ("c",)]) == {
        ("a",): Span(6, 7, 1, 7),
        ("b",): Span(14, 15, 1, 15),
        ("c",): None,
    }
