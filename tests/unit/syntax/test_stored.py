"""Warnings about how a policy is written: each code, where it stands, and that nothing else is warned about."""

import json
from typing import Any

import pytest

from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse
from keyaki.syntax.stored import LIMITS, stored_size

PLAIN = (
    '{"Statement": [{"Sid": "One", "Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {"Bool": {"k": "true"}}}]}'
)

WARNED = {
    "no statement": ('{@"Statement": []}', "no-statements", None),
    "an empty Condition": (PLAIN.replace('"Condition": {"Bool": {"k": "true"}}', '@"Condition": {}'), "empty-condition", 0),
    "an empty operator": (PLAIN.replace('"Bool": {"k": "true"}', '@"Bool": {}'), "empty-condition", 0),
    "Id": ('{@"Id": "x", ' + PLAIN[1:], "id-in-identity-policy", None),
    "a Sid twice": (PLAIN[:-2] + ", " + PLAIN[15:-2].replace('"One"', '@"One"') + "]}", "duplicate-sid", 1),
    "a Sid with a space": (PLAIN.replace('"One"', '@"One two"'), "sid-characters", 0),
    "an empty Sid": (PLAIN.replace('"One"', '@""'), "sid-characters", 0),
    "a Sid beyond ASCII": (PLAIN.replace('"One"', '@"\u00c9t\u00e9"'), "sid-characters", 0),
    "an unusual character": (PLAIN.replace("*", "a@\u0100*"), "unusual-character", None),
    "an unusual escape": (PLAIN.replace("*", "\\\\u0100\\u00ff@\\u0100*"), "unusual-character", None),
    "NUL as an escape": (PLAIN.replace("*", "@\\u0000*"), "unusual-character", None),
    "a pair of surrogates": (PLAIN.replace("*", "@\\ud83d\\ude00*"), "unusual-character", None),
    "a large policy": (PLAIN.replace("*", "x" * 6144), "large-policy", None),
}


@pytest.mark.parametrize(("marked", "code", "statement"), WARNED.values(), ids=WARNED)
def test_each_warning_has_its_code_statement_and_place(marked: str, code: str, statement: int | None) -> None:
    """A policy with one oddity has one warning about it, with the statement and the place it is about."""
    before, mark, after = marked.partition("@")
    (warning,) = parse(before + after).warnings
    assert (warning.code, warning.statement) == (code, statement)
    assert (warning.span.start if warning.span else None) == (len(before) if mark else None)
    assert warning.message[0].islower() or warning.message[0] in "`0123456789"
    assert not warning.message.endswith(".")


@pytest.mark.parametrize("name", [name for name in WARNED if "large" not in name and "NUL" not in name])
def test_an_object_is_warned_about_like_its_text(name: str) -> None:
    """A decoded object has the warnings of its text, without places."""
    text = WARNED[name][0].replace("@", "", 1)
    (from_text,) = parse(text).warnings
    (from_object,) = policy_from(json.loads(text)).warnings
    assert (from_object.code, from_object.statement, from_object.message) == (
        from_text.code,
        from_text.statement,
        from_text.message,
    )
    assert from_object.span is None


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("*", "\\t\\n\\r \\u00ff\u00ff\\\\u0100"),
        '{"Id": "x", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}',
        PLAIN.replace("*", "x" * (LIMITS["managed"] - stored_size(PLAIN) + 1)) + " " * 5000,
    ],
    ids=["plain", "characters", "Id in a resource policy", "as large as allowed"],
)
def test_nothing_else_is_warned_about(text: str) -> None:
    """A policy without oddities has no warnings."""
    assert parse(text).warnings == ()


def test_warnings_stand_in_source_order_and_take_no_part_in_equality() -> None:
    """Warnings of statements come in the statements' order; policies that differ in them alone are equal."""
    obj: dict[str, Any] = {"Statement": [{"Sid": f"{i}-", "Effect": "Deny", "Action": "*", "Resource": "*"} for i in range(5)]}
    policy = parse(json.dumps(obj))
    assert [warning.statement for warning in policy.warnings] == [0, 1, 2, 3, 4]
    assert policy == parse(json.dumps(obj, indent=3))


def test_places_are_right_in_whatever_order_they_are_told() -> None:
    """A statement's own line is right although warnings about lines further down were told before."""
    statement = '{\n"Effect": "Deny",\n\n  "Sid": "a b",\n"Action": "*", "Resource": "*"}'
    policy = parse('{"Statement": [' + ",\n ".join([statement] * 3) + "]}")
    assert [each.span and (each.span.line, each.span.column) for each in policy.statements] == [(1, 16), (6, 2), (11, 2)]
    assert [each.span and (each.span.line, each.span.column) for each in policy.warnings] == [(4, 10), (9, 10), (14, 10)]


def test_white_space_does_not_count_as_size() -> None:
    """The size that AWS limits counts every character but white space."""
    assert stored_size(" {\n\t} \r") == 2
