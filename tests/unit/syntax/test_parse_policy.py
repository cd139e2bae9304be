"""What `parse` makes of a text that is a policy, and how texts that differ only in layout are one policy."""

import codecs
import json

import pytest

from keyaki.errors import PolicySyntaxError, Span
from keyaki.policy import ConditionEntry, Effect, Element, Family, Operator, Policy, Statement
from keyaki.syntax.parse import parse
from keyaki.syntax.stored import LARGEST

SMALL = '{"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}'
ALLOW = Statement(0, Effect.ALLOW, Element(False, ("kms:Decrypt",)), Element(False, ("*",)))


def code_of(text: str | bytes, legacy: bool = False) -> str:
    """Return the code of the error that a text is refused with."""
    with pytest.raises(PolicySyntaxError) as caught:
        parse(text, legacy)
    return caught.value.code


def test_a_policy_is_what_its_text_means() -> None:
    """Every element of the text arrives in the abstract syntax, in source order."""
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Id": "some-id",
            "Statement": [
                {
                    "Sid": "One",
                    "Effect": "Deny",
                    "NotPrincipal": {"AWS": ["1", "2"], "Service": "s"},
                    "NotAction": ["a:b", "c:d"],
                    "NotResource": ["r"],
                    "Condition": {"ForAnyValue:StringNotLikeIfExists": {"k": ["v", "w"], "l": []}, "Bool": {"m": True}},
                },
                {"Effect": "Allow", "Action": "*", "Principal": "*"},
            ],
        }
    )
    not_like = Operator(*_not_like())
    assert parse(text) == Policy(
        "2012-10-17",
        (
            Statement(
                0,
                Effect.DENY,
                Element(True, ("a:b", "c:d")),
                Element(True, ("r",)),
                (
                    ConditionEntry(not_like, "k", ("v", "w")),
                    ConditionEntry(not_like, "l", ()),
                    ConditionEntry(Operator(Family.BOOL), "m", ("true",)),
                ),
                "One",
                (Element(True, ("1", "2"), "AWS"), Element(True, ("s",), "Service")),
            ),
            Statement(1, Effect.ALLOW, Element(False, ("*",)), None, principals=(Element(False, ("*",)),)),
        ),
        "some-id",
    )


def _not_like() -> tuple[object, ...]:
    from keyaki.policy import Quantifier

    return Family.STRING_LIKE, True, True, Quantifier.FOR_ANY_VALUE


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        SMALL.replace(": {", ": [{").replace("}}", "}]}"),
        SMALL.replace('"kms:Decrypt"', '["kms:Decrypt"]').replace('"*"', ' [ "*" ] '),
        SMALL.replace(" ", ""),
        SMALL.replace(" ", "\r\n\t "),
        SMALL.replace('"Effect"', '"\\u0045ffect"').replace('"Allow"', '"\\u0041llow"').replace("kms:", "kms\\u003a"),
        '{"Statement": {"Resource": "*", "Action": "kms:Decrypt", "Effect": "Allow"}, "Version": "2008-10-17"}',
    ],
    ids=["plain", "list of one", "lists", "no space", "much space", "escapes", "another order"],
)
def test_layout_does_not_count(text: str) -> None:
    """A scalar and a list of one, any order, any white space and any escape are the same policy."""
    assert parse(text) == Policy("2008-10-17", (ALLOW,))


def test_version_decides_whether_variables_live() -> None:
    """Variables live with 2012-10-17 only; a missing Version is 2008-10-17."""
    assert not parse(SMALL).has_variables
    assert parse('{"Version": "2012-10-17", ' + SMALL[1:]).has_variables
    assert not parse('{"Version": "2008-10-17", ' + SMALL[1:]).has_variables


@pytest.mark.parametrize("source", ["1", "-0", "1.50", "1e999999999", "true", "false", "9" * 5000], ids=lambda text: text[:12])
def test_a_bare_condition_value_is_its_source_text(source: str) -> None:
    """A number or boolean, alone or in a list beside strings, stands for what was written."""
    for value, expected in ((source, (source,)), (f'["a", {source}]', ("a", source)), (f"[{source},{source}]", (source,) * 2)):
        policy = parse(SMALL.replace('"*"', '"*", "Condition": {"StringEquals": {"k": ' + value + "}}"))
        assert policy.statements[0].conditions[0].values == expected


@pytest.mark.parametrize("name", ["Action", "Version", "Statement", "Sid", "Condition", "NotPrincipal"])
def test_an_element_name_is_a_legal_condition_key(name: str) -> None:
    """Where names are free, the name of an element is one like any other."""
    policy = parse(SMALL.replace('"*"', '"*", "Condition": {"StringEquals": {"' + name + '": "v"}}'))
    assert policy.statements[0].conditions == (ConditionEntry(Operator(Family.STRING_EQUALS), name, ("v",)),)


def test_a_statement_spans_its_braces() -> None:
    """The span of a statement starts at its opening brace and ends after its closing one."""
    first, second = '{"Effect": "Allow", "Action": "a:b", "Resource": "*"}', '{"Effect": "Deny",\n"Action":"*","Resource":"*"}'
    text = f'{{"Statement": [\n  {first},\r\n\t{second}]}}'
    spans = [statement.span for statement in parse(text).statements]
    assert spans == [Span(18, 71, 2, 3), Span(75, 122, 3, 2)]
    for span in spans:
        assert span is not None
        assert text[span.start] == "{"
        assert text[span.end - 1] == "}"


@pytest.mark.parametrize("text", ["\ufeff" + SMALL, codecs.BOM_UTF8 + SMALL.encode()], ids=["str", "bytes"])
def test_a_byte_order_mark_does_not_count(text: str | bytes) -> None:
    """A byte-order mark is accepted and shifts neither offsets nor columns."""
    policy = parse(text)
    assert policy == parse(SMALL)
    assert policy.text == SMALL
    assert policy.statements[0].span == parse(SMALL).statements[0].span
    with pytest.raises(PolicySyntaxError) as caught:
        parse(text[:-1])
    assert caught.value.column == len(SMALL)


def test_bytes_are_utf_8() -> None:
    """Bytes mean what their UTF-8 text means; columns count characters."""
    text = SMALL.replace('"*"', '"é€😀"')
    assert parse(text.encode()) == parse(text)
    with pytest.raises(PolicySyntaxError) as caught:
        parse(text.encode().replace(b'"}}', b'\xff"}}'))
    assert (caught.value.code, caught.value.column) == ("bad-utf8", text.index('"}}') + 1)


def test_utf_16_is_named() -> None:
    """A text in UTF-16 is refused with the hint that it looks like one."""
    with pytest.raises(PolicySyntaxError, match="0xff") as caught:
        parse(codecs.BOM_UTF16_LE + SMALL.encode("utf-16-le"))
    assert "UTF-16" in str(caught.value.hint)


@pytest.mark.parametrize("filler", ["x", "é"])
def test_a_document_over_one_mebibyte_is_too_large(filler: str) -> None:
    """A document may have 1 MiB in UTF-8 and not a byte more."""
    room = (LARGEST - len(SMALL)) // len(filler.encode())
    spare = LARGEST - len(SMALL) - room * len(filler.encode())
    text = SMALL.replace("*", "*" + filler * room)
    assert parse(text + " " * spare).statements
    for form in (text + " " * (spare + 1), (text + " " * (spare + 1)).encode()):
        assert code_of(form) == "too-large"


LEGACY = '{"Statement": {"Effect": "Deny", "Action": "a:b", "Resource": ["r"], %s}}'


def test_legacy_merges_what_old_policies_hold_twice() -> None:
    """With `legacy` the last Effect counts, and several Action or several Resource are one list in source order."""
    text = LEGACY % '"Action": ["c:d", "e:f"], "Effect": "Allow", "Resource": "s", "Action": "g:h"'
    statement = parse(text, legacy=True).statements[0]
    assert statement.effect is Effect.ALLOW
    assert statement.action == Element(False, ("a:b", "c:d", "e:f", "g:h"))
    assert statement.resource == Element(False, ("r", "s"))
    assert code_of(text) == "duplicate-member"


@pytest.mark.parametrize(
    "twice",
    [
        '"Sid": "x", "Sid": "x"',
        '"NotAction": "x", "NotAction": "x"',
        '"NotResource": "x", "NotResource": "x"',
        '"Principal": "*", "Principal": "*"',
        '"Condition": {}, "Condition": {}',
        '"Condition": {"Bool": {"k": "true"}, "Bool": {"k": "true"}}',
        '"Condition": {"Bool": {"k": "true", "k": "true"}}',
    ],
)
def test_legacy_forgives_nothing_else(twice: str) -> None:
    """What AWS does not say how to merge stays an error with `legacy`."""
    assert code_of(LEGACY % twice, legacy=True) == "duplicate-member"


def test_legacy_changes_no_policy_without_duplicates() -> None:
    """A policy in which nothing stands twice is the same with `legacy`."""
    assert parse(SMALL, legacy=True) == parse(SMALL)


def test_operators_that_differ_in_case_are_two_members() -> None:
    """JSON tells two spellings of one operator apart, so both count, in source order."""
    block = '"*", "Condition": {"Bool": {"k": "true"}, "bool": {"k": "false"}}'
    entries = parse(SMALL.replace('"*"', block)).statements[0].conditions
    assert [entry.values for entry in entries] == [("true",), ("false",)]


@pytest.mark.parametrize(
    ("shape", "item"),
    [('"Action": [%s]', '"a:b"'), ('"NotAction": [%s, "a\\u003ab"]', '"a:b"'), ('"Condition": {"Bool": {"k": [%s]}}', "1")],
)
def test_a_long_list_is_no_trouble(shape: str, item: str) -> None:
    """A list of a hundred thousand items parses, whether it is one word of the grammar or many."""
    text = '{"Statement": {"Effect": "Deny", "Resource": "*", ' + shape % ", ".join([item] * 100_000) + "}}"
    if "Condition" in shape:
        text = text.replace('"Resource"', '"Action": "*", "Resource"')
        assert len(parse(text).statements[0].conditions[0].values) == 100_000
    else:
        assert len(parse(text).statements[0].action.values) >= 100_000


def test_many_statements_are_no_trouble() -> None:
    """Ten thousand statements, each with a warning and all on one line, parse, and the policy is warned about as large."""
    statement = '{"Sid":"-","Effect":"Deny","Action":"*","Resource":"*"}'
    policy = parse('{"Statement":[' + ",".join([statement] * 10_000) + "]}")
    assert len(policy.statements) == 10_000
    assert len(policy.warnings) == 10_001
