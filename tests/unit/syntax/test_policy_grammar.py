"""The grammar and the loop that walks its table, against lark's own lexer and loop, and against Python's JSON decoder."""

import json
import random
import re
from functools import cache
from importlib import import_module, resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import UnexpectedInput

from keyaki.errors import PolicySyntaxError
from keyaki.syntax.grammar import RefusedWordError, policy_parser
from keyaki.syntax.lexeme import TERMINALS
from keyaki.syntax.parse import parse

FULL = """{"Version": "2012-10-17", "Id": "x", "Statement": [
  {"Sid": "One", "Effect": "Allow", "Action": ["a:b", "c\\u003ad"], "Resource": "*", "Condition": {
    "StringEquals": {"Action": ["v", 1.5e3, true], "k": false, "l": -0}, "Null": {"m": []}}},
  {"Effect": "Deny", "NotAction": [], "NotResource": ["r"], "NotPrincipal": {"AWS": "1", "Service": ["s"]}},
  {"Effect": "Deny", "Action": "x", "Principal": "*"}]}"""
PIECES = re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\s+', FULL)


@cache
def lark_itself() -> Lark:
    """Return the grammar as lark reads it by itself: contextual lexer, trees, its own loop."""
    return Lark.open_from_package("keyaki.grammar", "policy.lark", start="policy", parser="lalr")


def lark_accepts(text: str) -> bool:
    """Return whether the grammar, read by lark itself, has the text."""
    try:
        lark_itself().parse(text)
    except UnexpectedInput:
        return False
    return True


def keyaki_accepts(text: str) -> bool:
    """Return whether our lexer and loop have the text."""
    try:
        policy_parser().parse(text)
    except RefusedWordError:
        return False
    return True


def refusal(text: str) -> PolicySyntaxError | None:
    """Return the error that a text is refused with, or None where it is a policy."""
    try:
        parse(text)
    except PolicySyntaxError as error:
        return error
    return None


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw the full policy with up to three words replaced, repeated, dropped or swapped."""
    pieces = list(PIECES)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(pieces) - 1))
        what = draw(st.sampled_from(["drop", "repeat", "replace", "swap"]))
        other = draw(st.sampled_from([*PIECES, "null", "01", "'a'", "[]", "{}", '["a"]', "\\", "\x00", "\u00a0"]))
        if what == "drop":
            pieces[place] = ""
        elif what == "repeat":
            pieces[place] *= 2
        elif what == "replace":
            pieces[place] = other
        else:
            place = min(place, len(pieces) - 2)
            pieces[place : place + 2] = pieces[place + 1 : place - 1 if place else None : -1]
    return "".join(pieces)


@given(text=damaged())
@settings(deadline=None, max_examples=100)
def test_our_loop_accepts_what_lark_accepts(text: str) -> None:
    """Our lexer and loop and lark's own accept the same texts."""
    assert keyaki_accepts(text) == lark_accepts(text)


@given(text=damaged())
@settings(deadline=None, max_examples=100)
def test_what_is_accepted_is_json(text: str) -> None:
    """Whatever the grammar accepts, Python's strict decoder accepts too."""
    if keyaki_accepts(text):
        json.loads(text)


@given(text=damaged())
@settings(deadline=None, max_examples=100)
def test_damage_is_refused_with_place_code_and_hint(text: str) -> None:
    """A damaged policy is a policy still, or is refused with a place inside the text, a code and a hint."""
    error = refusal(text)
    if error is not None:
        assert error.span is not None
        assert 0 <= error.span.start <= len(text)
        assert error.hint
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", error.code)


def test_cutting_a_policy_anywhere_is_told_apart() -> None:
    """Cut off after any character, the text is refused as truncated, at its end."""
    for end in range(1, len(FULL)):
        with pytest.raises(PolicySyntaxError) as caught:
            parse(FULL[:end])
        assert (caught.value.code, caught.value.span and caught.value.span.start) == ("truncated", end)


def test_deleting_any_character_raises_nothing_else() -> None:
    """With any character deleted or doubled, the text parses or is refused with a place."""
    for place in range(len(FULL)):
        for text in (FULL[:place] + FULL[place + 1 :], FULL[: place + 1] + FULL[place:]):
            error = refusal(text)
            assert error is None or error.span is not None


def test_random_bytes_raise_nothing_else() -> None:
    """Random bytes, and random bytes of JSON's alphabet, raise only PolicySyntaxError."""
    source = random.Random(7)
    for _ in range(300):
        size = source.randrange(60)
        for alphabet in (bytes(range(256)), b'{}[]":,\\ \nau0e-.tEffectStatement'):
            data = bytes(source.choice(alphabet) for _ in range(size))
            with pytest.raises(PolicySyntaxError):
                parse(data)


def test_each_element_has_its_own_terminal() -> None:
    """The keyword terminals of the grammar are the elements of the language, no more and no fewer."""
    terminals = {terminal.name: terminal for terminal in lark_itself().terminals}
    keywords = {name for name, terminal in terminals.items() if terminal.priority == 2}
    assert keywords == set(TERMINALS.values())
    for element, terminal in TERMINALS.items():
        assert re.fullmatch(terminals[terminal].pattern.to_regexp(), f'"{element}"\n:')


def test_the_grammar_is_a_resource_of_its_package() -> None:
    """The grammar is read through the import system, so it is found in a zip file too."""
    package = import_module("keyaki.grammar")
    assert "policy" in resources.files(package).joinpath("policy.lark").read_text("utf-8")
