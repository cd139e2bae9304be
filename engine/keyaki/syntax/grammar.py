"""The parser: lark's LALR parser over ``policy.lark``, with callbacks that shape words as the lowering takes them.

Importing this module imports lark (40 ms) and the first parse builds the table (30 ms), so ``parse`` does both late.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lark import Lark

from keyaki.syntax.lexeme import Lexeme, Object
from keyaki.syntax.lexer import PolicyLexer


class _Shape:
    """One callback per rule; a callback takes the rule's children, punctuation included. No tree is built."""

    @staticmethod
    def object(children: list[Any]) -> Object:
        members = children[1] if len(children) == 3 else []
        return members, children[0].start_pos, children[-1].start_pos + 1

    @staticmethod
    def array(children: list[Any]) -> list[Any]:
        items: list[Any] = children[1] if len(children) == 3 else []
        return items

    @staticmethod
    def first(children: list[Any]) -> list[Any]:
        return children

    @staticmethod
    def more(children: list[Any]) -> list[Any]:
        members: list[Any] = children[0]
        members.append(children[2])
        return members

    @staticmethod
    def text(children: list[Any]) -> Any:
        return children[0].value

    @staticmethod
    def statement(children: list[Any]) -> Any:
        return children[0]

    element = clause = principal = test = entry = first
    value = text
    policy = keyword = statement


@lru_cache(maxsize=1)
def policy_parser() -> Lark:
    """Return the parser of policies, built on the first call. It keeps no state between texts."""
    return Lark.open_from_package(
        "keyaki.grammar",
        "policy.lark",
        start="policy",
        parser="lalr",
        lexer=PolicyLexer,
        transformer=_Shape(),
        keep_all_tokens=True,
    )


def lexemes(text: str) -> Iterator[Lexeme]:
    """Yield the lexemes of ``text``, for those who look at a text that the parser refused."""
    return PolicyLexer(policy_parser().lexer_conf).lex(text)
