"""Round trips: policy, text and object are three forms of one thing, and the canonical text is one per policy."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.policy import ConditionEntry, Effect, Element, Family, Operator, Policy, Quantifier, Statement
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse
from keyaki.syntax.unparse import unparse

NEGATABLE = [
    Family.STRING_EQUALS,
    Family.STRING_EQUALS_IGNORE_CASE,
    Family.STRING_LIKE,
    Family.ARN_LIKE,
    Family.NUMERIC_EQUALS,
    Family.DATE_EQUALS,
    Family.IP_ADDRESS,
]
# Texts near the syntax: quotes, escapes, brackets, element names, characters outside ASCII and beyond 16 bits.
TEXTS = st.sampled_from(
    ["*", "", "kms:Decrypt", '"', "\\", '\\"', "]", "\n", "\x00", "\x7f", "\u00ff", "\u2028", "\U0001f600"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
KEYS = st.sampled_from(["k", "K", "Action", "aws:SourceIp", 'q"']) | TEXTS
VALUES = st.lists(TEXTS, max_size=3).map(tuple)


@st.composite
def operators(draw: st.DrawFn) -> Operator:
    """Draw any operator of the language."""
    family = draw(st.sampled_from(Family))
    return Operator(
        family,
        family in NEGATABLE and draw(st.booleans()),
        family is not Family.NULL and draw(st.booleans()),
        draw(st.sampled_from([None, *Quantifier])),
    )


def elements(kind: str = "") -> st.SearchStrategy[Element]:
    """Draw an element of either polarity."""
    return st.builds(Element, st.booleans(), VALUES, st.just(kind))


@st.composite
def principals(draw: st.DrawFn) -> tuple[Element, ...]:
    """Draw who a statement is about: nobody, everybody, or one to four kinds."""
    kinds = draw(st.lists(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]), unique=True))
    negated = draw(st.booleans())
    if draw(st.booleans()):
        return (Element(negated, ("*",)),)
    return tuple(Element(negated, draw(VALUES), kind) for kind in kinds)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw any policy that the language has; its few operators and keys repeat often."""
    few = draw(st.lists(operators(), min_size=1, max_size=2))
    entries = st.builds(ConditionEntry, st.sampled_from(few), KEYS, VALUES)
    statements = []
    for index in range(draw(st.integers(0, 3))):
        who = draw(principals())
        resource = draw(elements()) if not who or draw(st.booleans()) else None
        conditions = tuple(draw(st.lists(entries, max_size=5)))
        sid = draw(st.none() | TEXTS)
        statements.append(Statement(index, draw(st.sampled_from(Effect)), draw(elements()), resource, conditions, sid, who))
    return Policy(draw(st.sampled_from(["2012-10-17", "2008-10-17"])), tuple(statements), draw(st.none() | TEXTS))


@given(policy=policies())
@settings(deadline=None, max_examples=100)
def test_reading_undoes_writing(policy: Policy) -> None:
    """Any policy, written as text, reads back as an equal policy: from the text and from the object it decodes to."""
    text = unparse(policy)
    assert parse(text) == policy
    assert policy_from(json.loads(text)) == policy


@given(policy=policies())
@settings(deadline=None, max_examples=60)
def test_the_text_is_canonical(policy: Policy) -> None:
    """Writing what was read from a canonical text gives that text again, in ASCII."""
    text = unparse(policy)
    assert unparse(parse(text)) == text
    assert text.isascii()


def scrambled(value: Any, draw: st.DrawFn) -> Any:
    """Return a decoded policy in another layout: a list of one may be a scalar, elements stand in another order."""
    if isinstance(value, dict):
        members = [(name, scrambled(below, draw)) for name, below in value.items()]
        return dict(draw(st.permutations(members)) if "Effect" in value or "Statement" in value else members)
    if isinstance(value, list):
        items = [scrambled(below, draw) for below in value]
        return items[0] if len(items) == 1 and draw(st.booleans()) else items
    return value


@given(policy=policies(), data=st.data(), indent=st.sampled_from([None, 0, 3]), ascii_only=st.booleans())
@settings(deadline=None, max_examples=100)
def test_layout_does_not_change_the_policy(policy: Policy, data: st.DataObject, indent: int | None, ascii_only: bool) -> None:
    """Order of elements, scalars for lists of one, white space and escapes do not change the policy or its canonical text."""
    text = json.dumps(scrambled(json.loads(unparse(policy)), data.draw), indent=indent, ensure_ascii=ascii_only)
    read = parse(text)
    assert read == policy
    assert unparse(read) == unparse(policy)
    assert policy_from(json.loads(text)) == policy


@given(policy=policies())
@settings(deadline=None, max_examples=60)
def test_the_three_ways_to_read_agree(policy: Policy) -> None:
    """Text, its UTF-8 bytes with a byte-order mark, and legacy reading give one policy with one set of warnings."""
    text = unparse(policy)
    read = parse(text)
    for other in (parse(b"\xef\xbb\xbf" + text.encode()), parse(text, legacy=True)):
        assert other == read
        assert other.warnings == read.warnings
        assert [statement.span for statement in other.statements] == [statement.span for statement in read.statements]


def test_an_operator_that_is_needed_twice_is_written_twice() -> None:
    """Entries of one operator that stand apart, or test one key twice, keep their order and their number."""
    equals, like = Operator(Family.STRING_EQUALS), Operator(Family.STRING_LIKE)
    entries = [(equals, "k"), (like, "k"), (equals, "k"), (equals, "k"), (like, "j"), (equals, "j")]
    conditions = tuple(ConditionEntry(operator, key, ("v",)) for operator, key in entries)
    statement = Statement(0, Effect.ALLOW, Element(False, ("*",)), Element(False, ("*",)), conditions)
    assert parse(unparse(Policy("2012-10-17", (statement,)))).statements[0].conditions == conditions
