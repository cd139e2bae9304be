"""Captures: what a text says of the variable in a pattern that matches it."""

from __future__ import annotations

import pytest

from keyaki.reference.template import parse_template
from keyaki.symbolic.pattern import captures, pattern_of


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("${k:x}", "abc", ["abc"]),
        ("a${k:x}c", "abc", ["b"]),
        ("a${k:x}c", "ac", []),
        ("*${k:x}*", "abcd", ["abcd"]),
        ("*-${k:x}", "a-b-c", ["b-c", "c"]),
        ("${k:x}-*", "a-b-c", ["a-b", "a"]),
        ("?${k:x}?", "abc", ["b"]),
        ("${k:y}", "abc", []),
        ("b${k:x}", "abc", []),
    ],
)
def test_what_stands_between_the_outermost_places_is_captured(value: str, text: str, found: list[str]) -> None:
    """What stands between the outermost places that the rest of the pattern leaves is found; nothing where no value matches."""
    pattern = pattern_of(parse_template(value, live=True, wildcards=True))
    assert pattern is not None
    assert sorted(captures(pattern, "k:x", text)) == sorted(found)
