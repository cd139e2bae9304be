"""The lexer: one regular expression, put together from the grammar's own terminals, plugged into lark.

Lark's contextual lexer tries one expression per parser state and makes a token of eight attributes for each match. Here one
``finditer`` walks the text in C and a word is three attributes; keywords are found by looking a name up instead of trying
twelve alternatives before it. On the AWS managed policies that halves the time of a parse.

The trap: ``finditer`` searches, it would skip what it cannot match. So the last alternative matches any character, and such a
word (``BAD``) is one the grammar does not know: lark refuses it like any other word in a wrong place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lark.lexer import Lexer

from keyaki.syntax.lexeme import TERMINALS, Lexeme

if TYPE_CHECKING:
    from lark.common import LexerConf

_ORDER = ("NAME", "COMMA", "STRINGS", "LBRACE", "RBRACE", "STRING", "LSQB", "RSQB", "NUMBER", "TRUE", "FALSE")
_decode = json.JSONDecoder().raw_decode


class PolicyLexer(Lexer):
    """Words of a policy text for lark's LALR parser. Linear in the text."""

    def __init__(self, conf: LexerConf) -> None:
        patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in conf.terminals}
        space = f"(?:{patterns[next(iter(conf.ignore))]})?"
        words = "|".join(f"(?P<{name}>{patterns[name]})" for name in _ORDER)
        self._scan = re.compile(f"{space}(?:{words}|(?P<END>\\Z)|(?P<BAD>.))", re.DOTALL).finditer

    def lex(self, text: str) -> Iterator[Any]:  # type: ignore[override]  # lark wraps lexers of this form for every version
        """Yield the words of ``text``; a character that starts no word is one of type ``BAD``."""
        keyword = TERMINALS.get
        for match in self._scan(text):
            kind: Any = match.lastgroup
            raw = match[kind]
            start = match.start(kind)
            if kind == "NAME":
                name = raw[1 : raw.rindex('"')]
                if "\\" in name:
                    name = _decode(raw, 0)[0]
                yield Lexeme(keyword(name, "NAME"), name, start)
            elif kind == "STRING":
                yield Lexeme(kind, _decode(raw, 0)[0] if "\\" in raw else raw[1:-1], start)
            elif kind == "STRINGS":
                yield Lexeme(kind, _decode(raw, 0)[0], start)
            elif kind != "END":
                yield Lexeme(kind, raw, start)
