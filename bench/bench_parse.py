"""Text to policy, through the Lark grammar; in turn with `json.loads`, and with a grammar of JSON as it is usually written."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any

import pytest

from families import actions, plain
from keyaki import Policy, parse, policy_from
from managed import managed, needs_moto

PLAIN_GRAMMAR = r"""
?value: object | array | string | NUMBER -> number | "true" -> true | "false" -> false | "null" -> null
array: "[" [value ("," value)*] "]"
object: "{" [pair ("," pair)*] "}"
pair: string ":" value
string: STRING
STRING: /"[^"\\\x00-\x1f]*(?:\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"/
NUMBER: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/
%ignore /[ \t\r\n]+/
"""
"""JSON with one token for each string, as every tutorial has it: what the policy grammar is measured against."""


@lru_cache(maxsize=1)
def plain_parser() -> Callable[[str], Any]:
    """Return a parser that lark makes of the plain grammar: LALR, contextual lexer, tree-less transformer."""
    from lark import Lark, Transformer  # noqa: PLC0415 - only this benchmark needs it

    class Decode(Transformer[Any, Any]):
        array: Any = staticmethod(list)
        pair: Any = staticmethod(tuple)
        true, false, null = (staticmethod(lambda _, value=value: value) for value in (True, False, None))

        @staticmethod
        def object(pairs: list[Any]) -> dict[str, Any]:
            return dict(pair for pair in pairs if pair)

        @staticmethod
        def string(found: list[Any]) -> str:
            return str(json.loads(found[0]))

        @staticmethod
        def number(found: list[Any]) -> Any:
            return json.loads(found[0])

    return Lark(PLAIN_GRAMMAR, start="value", parser="lalr", transformer=Decode()).parse


@pytest.mark.parametrize("n", [10, 100, 1000])
@pytest.mark.parametrize("family", [plain, actions], ids=["statements", "actions"])
def test_parse_family(measure: Any, family: Any, n: int) -> None:
    """A text gives the policy that its decoded object gives."""
    case = family(n)
    text = json.dumps(case.document, indent=4)
    versus = {"json.loads": lambda: json.loads(text)}
    measure(parse, lambda: text, policy_from(case.document), versus=versus, family=f"parse {family.__name__}", n=n)


@needs_moto
@pytest.mark.slow
def test_parse_managed(measure: Any) -> None:
    """All AWS managed policies, one after another; in turn with both other ways to read the same texts."""
    texts = [policy.text for policy in managed()]
    plainly = plain_parser()
    assert [plainly(text) for text in texts[:20]] == [policy.document for policy in islice(managed(), 20)]
    versus = {
        "json.loads": lambda: [json.loads(text) for text in texts],
        "plain grammar": lambda: [plainly(text) for text in texts],
    }
    measure(_parsed, lambda: texts, len(texts), versus=versus, characters=sum(map(len, texts)))


def _parsed(texts: list[str]) -> int:
    return sum(isinstance(parse(text), Policy) for text in texts)


@needs_moto
def test_lower_managed(measure: Any) -> None:
    """The same policies from decoded objects, which is what a scan of an account by its API costs before deciding."""
    documents = [policy.document for policy in managed()]
    measure(_lowered, lambda: documents, len(documents))


def _lowered(documents: list[Any]) -> int:
    return sum(isinstance(policy_from(document), Policy) for document in documents)
