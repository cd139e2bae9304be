from __future__ import annotations

import json
from typing import Any

import pytest
from generated_account import NARROW, OPEN, STRINGS

from keyaki.errors import PolicySyntaxError, Span
from keyaki.inputs.cursor import Cursor
from keyaki.inputs.document import decoded_string, parse_part, read_document
from keyaki.inputs.source import Source, Spot
from keyaki.policy import Policy
from keyaki.syntax.parse import parse

DOCUMENTS = {
    "open": json.dumps(OPEN),
    "narrow": json.dumps(NARROW, indent=3),
    "numbers as written": '{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": '
    '{"NumericLessThan": {"aws:MultiFactorAuthAge": [1.50, 3e2, 1e999, 12345678901234567890123]}, "Bool": {"aws:x": true}}}}',
    "beyond ASCII": json.dumps(
        {"Statement": [{"Sid": "caf\u00e9 100%", "Effect": "Deny", "Action": "a+b:c d", "Resource": "*"}]}
    ),
}
BROKEN = {
    "no Statement": '{"Version": "2012-10-17"}',
    "misspelt": '{"Statement": [\n  {"Effect": "Allow", "Actoin": "kms:Decrypt",\n "Resource": "*"}]}',
    "wrong Effect": '{\n "Statement": {"Effect": "allow", "Action": "kms:Decrypt", "Resource": "*"}}',
    "repeated": '{"Statement": {"Effect": "Deny",\n\n "Action": "kms:Decrypt", "Resource": "*", "Effect": "Allow"}}',
    "both": '{"Statement": {"Effect": "Allow", "NotAction": "a:b", "Action": "kms:Decrypt", "Resource": "*"}}',
    "a list": "[]",
}
LEGACY = (
    '{"Statement": {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*", "Effect": "Allow", "Action": ["a:b"],'
    ' "Resource": "arn:aws:s3:::c"}}'
)


def in_file(value: str, before: str = '{\n  "a": {},\n  "here": ') -> tuple[Source, Spot, Any, bool]:
    """A file with the JSON text of a value in it, the place of the value, and what decoding it gives."""
    source = Source("f", before + value + "\n}")
    cursor = Cursor(source.text)
    container = cursor.value()
    return source, Spot(source, 0, len(source.text) - 1, ("here",), "/here"), container["here"], cursor.doubled


def read(value: str, *, legacy: bool = False) -> Policy:
    """The policy that stands in a file as that JSON text."""
    _, spot, decoded, doubled = in_file(value)
    return read_document(decoded, spot, doubled=doubled, legacy=legacy)


def error_of(call: Any, *arguments: Any, **options: Any) -> PolicySyntaxError:
    """The error that the call raises."""
    with pytest.raises(PolicySyntaxError) as caught:
        call(*arguments, **options)
    return caught.value


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_a_document_is_the_same_policy_wherever_it_stands(text: str) -> None:
    """As an object, and as a string in each encoding, a document is the policy that it is in a file of its own."""
    expected = parse(text)
    assert read(text) == expected
    for name, encoding in STRINGS.items():
        assert read(json.dumps(encoding(text))) == expected, name


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_an_error_in_an_object_has_its_place_in_the_file(text: str) -> None:
    """The error of a document inside a file is that of the document alone, moved to where it stands in the file."""
    alone = error_of(parse, text)
    source, spot, decoded, doubled = in_file(text)
    inside = error_of(read_document, decoded, spot, doubled=doubled, legacy=False)
    assert (inside.code, inside.hint) == (alone.code, alone.hint)
    assert alone.span is not None
    shift = source.text.index(text)
    start, end = alone.span.start + shift, alone.span.end + shift
    assert inside.span == source.span(start, end)


def test_both_places_of_a_repeated_member_are_places_in_the_file() -> None:
    """The message about a repeated member names the earlier place in the file, and the error's own is the later one."""
    source, spot, decoded, doubled = in_file(BROKEN["repeated"])
    error = error_of(read_document, decoded, spot, doubled=doubled, legacy=False)
    places = [source.span(at, at) for at in (source.text.index('"Effect"'), source.text.rindex('"Effect"'))]
    assert error.code == "duplicate-member"
    assert error.message.endswith(f"line {places[0].line}, column {places[0].column}")
    assert (error.line, error.column) == (places[1].line, places[1].column)


@pytest.mark.parametrize("encoding", ["string", "url"])
@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_an_error_in_a_string_has_its_place_in_words(text: str, encoding: str) -> None:
    """A document inside a string has no place in the file, so its error says the place in the document."""
    alone = error_of(parse, text)
    inside = error_of(read, json.dumps(STRINGS[encoding](text)))
    assert (inside.code, inside.hint, inside.span) == (alone.code, alone.hint, None)
    assert inside.message == f"{alone.message} (line {alone.line}, column {alone.column} of the document)"


@pytest.mark.parametrize("encoding", ["object", "string", "url"])
def test_legacy_means_the_same_everywhere(encoding: str) -> None:
    """Repeated elements are read as ``legacy`` reads them in a file of their own, and are errors without it."""
    text = LEGACY if encoding == "object" else json.dumps(STRINGS[encoding](LEGACY))
    assert read(text, legacy=True) == parse(LEGACY, legacy=True)
    assert error_of(read, text).code == "duplicate-member"


def test_a_policy_that_was_parsed_in_place_has_spans_in_the_file() -> None:
    """Spans of statements, and the text that they point into, are the file's."""
    source, spot, decoded, doubled = in_file(LEGACY)
    policy = read_document(decoded, spot, doubled=doubled, legacy=True)
    start = source.text.index(LEGACY) + LEGACY.index('{"Effect"')
    assert policy.statements[0].span == source.span(start, start + len(LEGACY) - LEGACY.index('{"Effect"') - 1)
    assert policy.text is source.text


@pytest.mark.parametrize("encoding", ["string", "url"])
@pytest.mark.parametrize("legacy", [False, True])
def test_a_policy_from_a_string_has_no_places(encoding: str, legacy: bool) -> None:
    """A document inside a string is nowhere in the file: no spans and no text."""
    policy = read(json.dumps(STRINGS[encoding](LEGACY if legacy else DOCUMENTS["open"])), legacy=legacy)
    assert policy.text is None
    assert [statement.span for statement in policy.statements] == [None]


@pytest.mark.parametrize("value", [5, True, [OPEN]])
def test_what_is_neither_object_nor_string_is_no_document(value: Any) -> None:
    """A number, a boolean or a list in the place of a document is an error with its place."""
    assert error_of(read, json.dumps(value)).line == 3


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("%7B%7D", "{}"),
        ("%7b%22a%22%3A+%22b%2Bc%22%7D", '{"a": "b+c"}'),
        ("%7B%22a%22:%22b+c%22%7D", '{"a":"b+c"}'),
        ('{"a": "%41+"}', '{"a": "%41+"}'),
        ("\n {}", "{}"),
        ("%7B+broken", "{+broken"),
        ("", ""),
    ],
)
def test_only_what_is_encoded_is_decoded(text: str, decoded: str) -> None:
    """A text that begins with a percent sign is URL-encoded; a plus sign is a space only where JSON needs it to be."""
    assert decoded_string(text) == decoded


def test_a_url_encoding_that_is_no_utf_8_is_an_error() -> None:
    """Escapes that are no UTF-8 are refused, not replaced: a replaced character would change the policy."""
    assert error_of(read, '"%7B%ff%7D"').code == "bad-utf8"


def test_a_document_over_the_limit_is_refused_in_every_encoding() -> None:
    """A document of more than 1 MiB is too large, inside a larger file as well."""
    text = json.dumps({**OPEN, "Id": "x" * 1024 * 1024})
    code = error_of(parse, text).code
    assert error_of(read, text).code == code
    assert error_of(read, json.dumps(text)).code == code


def test_a_part_on_the_first_line_keeps_its_columns() -> None:
    """Only the first line of a part is moved to the right; later lines begin where they begin."""
    source = Source("f", "  " + DOCUMENTS["narrow"])
    spans = [statement.span for statement in parse_part(source, 2, len(source.text), legacy=False).statements]
    assert all(span == source.span(span.start, span.end) for span in spans if span)
    assert all(isinstance(span, Span) for span in spans)
