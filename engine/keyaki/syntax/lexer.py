"""The lexer: one regular expression, put together from the grammar's own terminals.

Lark's contextual lexer tries one expression per parser state and makes a token of eight attributes for each match. Here one
``finditer`` walks the text in C, and keywords are found by looking a name up instead of trying twelve alternatives before it.

The trap: ``finditer`` searches, it would skip what it cannot match. So the last alternative matches any character, and such a
word (``BAD``) is one the grammar does not know: the parser refuses it like any other word in a wrong place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from keyaki.syntax.lexeme import TERMINALS

if TYPE_CHECKING:
    from lark.common import LexerConf

Word: TypeAlias = tuple[str, Any, int]
"""Terminal, value, offset. The value of a name is a ``Name``, of a string or number its text, of a list of strings a list, of
punctuation its offset."""

_ORDER: Final = ("NAME", "COMMA", "STRINGS", "LBRACE", "RBRACE", "STRING", "LSQB", "RSQB", "NUMBER", "TRUE", "FALSE")
_decode = json.JSONDecoder().raw_decode


class PolicyLexer:
    """Cuts a policy text into words. Linear in the text."""

    def __init__(self, conf: LexerConf) -> None:
        patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in conf.terminals}
        space = f"(?:{patterns[next(iter(conf.ignore))]})?"
        words = "|".join(f"(?P<{name}>{patterns[name]})" for name in _ORDER)
        self._scan = re.compile(f"{space}(?:{words}|(?P<END>\\Z)|(?P<BAD>.))", re.DOTALL).finditer

    def words(self, text: str) -> Iterator[Word]:
        """Yield the words of ``text``; a character that starts no word is one of kind ``BAD``."""
        keyword = TERMINALS.get
        for match in self._scan(text):
            kind: Any = match.lastgroup
            start = match.start(kind)
            if kind == "NAME":
                raw = match[kind]
                name = raw[1 : raw.rindex('"')]
                if "\\" in name:
                    name = _decode(raw)[0]
                kind = keyword(name, kind)
                yield kind, (kind, name, start), start
            elif kind == "STRING":
                raw = match[kind]
                yield kind, _decode(raw)[0] if "\\" in raw else raw[1:-1], start
            elif kind == "STRINGS":
                yield kind, _decode(match[kind])[0], start
            elif kind in _TEXTS:
                yield kind, match[kind], start
            elif kind != "END":
                yield kind, start, start


_TEXTS: Final = frozenset({"NUMBER", "TRUE", "FALSE"})
