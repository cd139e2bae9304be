"""Templates: how a policy value is taken apart, and what is left of it once a request is known."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.reference.template import (
    Dead,
    Template,
    Variable,
    Wildcard,
    completed,
    fields,
    parse_template,
    six_fields,
    substitute,
)

MANY, ONE = Wildcard.MANY, Wildcard.ONE
texts = st.lists(
    st.sampled_from(["${", "}", "$", "{", ":", ",", "'", "*", "?", "a", "b", " ", "${a:b}", "${*}", "${a:b, 'c'}"])
).map("".join)


def no_value(_key: str) -> None:
    """A context without any key."""


def spelt(template: Template) -> str:
    """The text of a template, wildcards and variables as written."""
    return "".join(
        piece if isinstance(piece, str) else piece.value if isinstance(piece, Wildcard) else piece.text for piece in template
    )


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("abc", ("abc",)),
        ("a*b?c", ("a", MANY, "b", ONE, "c")),
        ("**", (MANY, MANY)),
        ("${*}${?}${$}", ("*?$",)),
        ("a${*}*", ("a*", MANY)),
        ("${aws:username}", (Variable("aws:username", None, "${aws:username}"),)),
        ("x/${AWS:UserName}/*", ("x/", Variable("aws:username", None, "${AWS:UserName}"), "/", MANY)),
        ("${a:b, 'c d'}", (Variable("a:b", "c d", "${a:b, 'c d'}"),)),
        ("${a:b,'c'}", (Variable("a:b", "c", "${a:b,'c'}"),)),
        ("${a:b, ''}", (Variable("a:b", "", "${a:b, ''}"),)),
        ("${a:b, '*,:$'}", (Variable("a:b", "*,:$", "${a:b, '*,:$'}"),)),
        ("${aws:PrincipalTag/my tag:x}", (Variable("aws:principaltag/my tag:x", None, "${aws:PrincipalTag/my tag:x}"),)),
        ("${a$b:c{d}", (Variable("a$b:c{d", None, "${a$b:c{d}"),)),
        ("$${a:b}}", ("$", Variable("a:b", None, "${a:b}"), "}")),
        ("${${a:b}", (Variable("${a:b", None, "${${a:b}"),)),
        ("a${b", ("a${b",)),
        ("a${b*", ("a${b", MANY)),
        ("${a:b}${c", (Variable("a:b", None, "${a:b}"), "${c")),
        ("}${", ("}${",)),
    ],
)
def test_live_texts_are_taken_apart(text: str, pieces: Template) -> None:
    """A live text is its literal runs, its wildcards and its variables; an unclosed ``${`` is literal."""
    assert parse_template(text, live=True, wildcards=True) == pieces


@pytest.mark.parametrize(
    "body",
    [
        "",
        "a",
        "a:",
        ":b",
        "a::b",
        "AWS::Region",
        "a: b",
        "a b:c",
        " a:b",
        "a,b:c",
        "**",
        "a:b, c",
        "a:b,",
        "a:b, 'c",
        "a:b, 'c' ",
        "a:b, 'it's'",
    ],
)
def test_malformed_bodies_never_have_a_value(body: str) -> None:
    """A closed ``${`` whose body is no variable and no escape is dead: whatever the context, there is no glob."""
    text = "${" + body + "}"
    template = parse_template("x" + text, live=True, wildcards=True)
    assert template == ("x", Dead(text))
    assert substitute(template, lambda _key: "value") is None


@settings(deadline=None, max_examples=200)
@given(texts)
def test_a_text_that_is_not_live_is_literal(text: str) -> None:
    """Without live variables a text is itself, but for its wildcards where there are any."""
    assert parse_template(text, live=False, wildcards=False) == ((text,) if text else ())
    template = parse_template(text, live=False, wildcards=True)
    assert spelt(template) == text
    assert all(
        isinstance(piece, Wildcard) or not set(piece) & {"*", "?"}
        for piece in template
        if not isinstance(piece, (Variable, Dead))
    )


@settings(deadline=None, max_examples=200)
@given(texts, st.booleans(), st.booleans())
def test_templates_are_canonical(text: str, live: bool, wildcards: bool) -> None:
    """Literal runs are never empty and never two in a row, and without escapes the pieces spell the text."""
    template = parse_template(text, live, wildcards)
    assert "" not in template
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in itertools.pairwise(template))
    if not live or "${*}" not in text:
        assert spelt(template) == text or "${?}" in text or "${$}" in text


def test_values_are_inserted_as_plain_text() -> None:
    """Wildcard characters, colons and further variables in a value are literal, and so they are in a default."""
    template = parse_template("a/${aws:x}/${aws:y, '?${z'}*", live=True, wildcards=True)
    assert substitute(template, {"aws:x": "*:${aws:q}"}.get) == ("a/*:${aws:q}/?${z", MANY)
    assert substitute(template, {"aws:x": "", "aws:y": "v"}.get) == ("a//v", MANY)
    assert substitute(template, {"aws:y": "v"}.get) is None


def test_a_default_stands_in_for_a_missing_value_only() -> None:
    """A value goes before a default, an empty default is one, and without either there is no glob."""
    assert substitute(parse_template("${a:b, 'd'}", live=True, wildcards=False), {"a:b": "v"}.get) == ("v",)
    assert substitute(parse_template("${a:b, 'd'}", live=True, wildcards=False), no_value) == ("d",)
    assert substitute(parse_template("${a:b, ''}", live=True, wildcards=False), no_value) == ()
    assert substitute(parse_template("${a:b}", live=True, wildcards=False), no_value) is None


def test_keys_are_asked_for_case_folded() -> None:
    """The key of a variable is folded by its ASCII letters only."""
    asked: list[str] = []
    template = parse_template("${AWS:PrincipalTag/\u00c9}", live=True, wildcards=True)
    assert substitute(template, lambda key: asked.append(key) or "v") == ("v",)  # type: ignore[func-returns-value]
    assert asked == ["aws:principaltag/\u00c9"]


@settings(deadline=None, max_examples=200)
@given(texts, st.booleans())
def test_fields_joined_are_the_text(text: str, live: bool) -> None:
    """Fields joined by colons are the text, and taken apart one by one they are the pieces of the whole."""
    parts = fields(text, live)
    assert ":".join(parts) == text
    whole = parse_template(text, live, wildcards=True)
    by_field = [piece for part in parts for piece in (*parse_template(part, live, wildcards=True), ":")][:-1]
    assert [piece for piece in by_field if not isinstance(piece, str)] == [piece for piece in whole if not isinstance(piece, str)]
    assert substitute(tuple(by_field), lambda _key: "v") == substitute(whole, lambda _key: "v")


@pytest.mark.parametrize(
    ("text", "live", "parts"),
    [
        ("a:b", True, ("a", "b")),
        ("arn:${aws:x}:c", True, ("arn", "${aws:x}", "c")),
        ("arn:${aws:x}:c", False, ("arn", "${aws", "x}", "c")),
        ("a${b:c", True, ("a${b", "c")),
        ("${a:b}x${c:d}:e${f:g}", True, ("${a:b}x${c:d}", "e${f:g}")),
        (":", True, ("", "")),
        ("${AWS::Region}:", True, ("${AWS::Region}", "")),
        ("", True, ("",)),
    ],
)
def test_fields_split_outside_variables(text: str, live: bool, parts: tuple[str, ...]) -> None:
    """A colon inside a live ``${...}`` splits nothing; an unclosed ``${`` guards nothing."""
    assert fields(text, live) == parts


def test_the_sixth_field_keeps_its_colons() -> None:
    """Six fields at most, the last with further colons; fewer are completed with ``*``."""
    assert six_fields("a:b:c:d:e:f:g:h", live=True) == ("a", "b", "c", "d", "e", "f:g:h")
    assert six_fields("a:b:c:d:e:f", live=True) == ("a", "b", "c", "d", "e", "f")
    assert completed(six_fields("arn:aws:kms", live=True)) == ("arn", "aws", "kms", "*", "*", "*")
    assert completed(("*",)) == ("*",) * 6


def test_many_unclosed_openings_are_one_pass() -> None:
    """Half a million unclosed ``${`` are one literal run; a quadratic reader would not return."""
    text = "${" * 500_000
    assert parse_template(text, live=True, wildcards=True) == (text,)
    assert fields(text, live=True) == (text,)
