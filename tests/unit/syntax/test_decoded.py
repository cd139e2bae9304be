"""Decoded objects: the same policies and the same errors as from text."""

import json
from decimal import Decimal
from typing import Any

import pytest

from keyaki.errors import PolicySyntaxError
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse
from keyaki.syntax.stored import LARGEST

BASE: dict[str, Any] = {"Effect": "Allow", "Action": ["a:b", "c:d"], "Resource": "*"}


def refusal(obj: object) -> PolicySyntaxError:
    """Return the error that an object is refused with."""
    with pytest.raises(PolicySyntaxError) as caught:
        policy_from(obj)
    return caught.value


def with_value(value: object) -> dict[str, Any]:
    """Return a policy that tests a key against ``value``."""
    return {"Statement": [{**BASE, "Condition": {"StringEquals": {"k": value}}}]}


def test_an_object_is_the_policy_that_its_text_is() -> None:
    """An object and its JSON text are equal policies; the object's has no text and no spans."""
    obj = {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [{**BASE, "Sid": "s", "Condition": {"Bool": {"k": [True, "a", 1]}}}, {**BASE, "Principal": {"AWS": ["1"]}}],
    }
    policy = policy_from(obj)
    assert policy == parse(json.dumps(obj))
    assert policy.text is None
    assert all(statement.span is None for statement in policy.statements)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (True, ("true",)),
        (False, ("false",)),
        (1, ("1",)),
        (1.5, ("1.5",)),
        (1e22, ("1e+22",)),
        (10**400, (str(10**400),)),
        ((1, "a"), ("1", "a")),
        ([], ()),
    ],
    ids=repr,
)
def test_numbers_and_booleans_stand_for_their_text(value: object, texts: tuple[str, ...]) -> None:
    """A Python number stands for its `str()`, a boolean for `true` or `false`; a tuple is a list."""
    assert policy_from(with_value(value)).statements[0].conditions[0].values == texts


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "bad-number"),
        (float("inf"), "bad-number"),
        (10**5000, "bad-number"),
        (None, "wrong-type"),
        ([None], "wrong-type"),
        ({}, "wrong-type"),
        (b"a", "wrong-type"),
        (Decimal(1), "wrong-type"),
    ],
    ids=["nan", "inf", "huge", "None", "[None]", "{}", "bytes", "Decimal"],
)
def test_what_json_cannot_say_is_refused(value: object, code: str) -> None:
    """A value that no JSON text stands for is refused with its pointer."""
    error = refusal(with_value(value))
    assert error.code == code
    assert error.message.startswith("at `/Statement/0/Condition/StringEquals/k")
    assert error.span is None


@pytest.mark.parametrize(
    ("obj", "code", "place"),
    [
        (None, "not-a-policy", ""),
        ([], "not-a-policy", ""),
        ("{}", "not-a-policy", ""),
        ({"a": 1}, "not-a-policy", "/a"),
        ({"Resources": {}}, "cloudformation", "/Resources"),
        ({}, "missing-statement", ""),
        ({"statement": []}, "misspelt-element", "/statement"),
        ({"Statement": [BASE, {**BASE, "a/b~c": 1}]}, "unknown-element", "/Statement/1/a~1b~0c"),
        ({"Statement": {1: 2}}, "bad-name", "/Statement"),
        ({"Statement": [BASE], "Version": 2012}, "wrong-type", "/Version"),
        ({"Statement": "x"}, "wrong-type", "/Statement"),
        ({"Statement": [[BASE]]}, "wrong-type", "/Statement/0"),
        ({"Statement": {**BASE, "Action": ["a", 1]}}, "wrong-type", "/Statement/Action/1"),
        ({"Statement": {**BASE, "Principal": {"AWS": [1]}}}, "wrong-type", "/Statement/Principal/AWS/0"),
        ({"Statement": {**BASE, "Condition": {"Bool": [1]}}}, "wrong-type", "/Statement/Condition/Bool"),
        ({"Statement": {**BASE, "NotAction": "x"}}, "both-actions", "/Statement/NotAction"),
        ({"Statement": {**BASE, "Effect": "allow"}}, "bad-effect", "/Statement/Effect"),
        ({"Statement": [{"Effect": "Deny"}]}, "missing-action", "/Statement/0"),
        ({"Statement": {**BASE, "Condition": {"Bol": {}}}}, "unknown-operator", "/Statement/Condition/Bol"),
        ({"Statement": {**BASE, "Sid": "\ud800"}}, "lone-surrogate", ""),
        ({"Statement": {**BASE, "Resource": "x" * (LARGEST + 1)}}, "too-large", ""),
    ],
)
def test_an_error_names_the_place_as_a_json_pointer(obj: object, code: str, place: str) -> None:
    """An error about an object has the code that its text would have, and a pointer instead of a line."""
    error = refusal(obj)
    assert error.code == code
    assert error.message.startswith(f"at `{place}`: ") if place else not error.message.startswith("at ")
    assert error.span is None
    assert error.hint


def test_a_number_subclass_keeps_its_own_text() -> None:
    """A number that prints as it was written, as some decoders make them, stands for that."""

    class Written(float):
        def __str__(self) -> str:
            return "1.50"

    assert policy_from(with_value([Written(1.5)])).statements[0].conditions[0].values == ("1.50",)


def test_a_nested_object_is_refused_without_recursion() -> None:
    """However deep an object nests, only the first level that is wrong is looked at."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert refusal({"Statement": deep}).code == "wrong-type"
    assert refusal(with_value(deep)).code == "wrong-type"
    while deep:  # taken apart by hand: the interpreter's own clean-up would recurse
        deep = deep.pop()
