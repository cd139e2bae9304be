"""The lexer: one regular expression, put together from the grammar's own terminals.

Lark's contextual lexer tries one expression per parser state and makes a token of eight attributes for each match. Here one
``finditer`` walks the text in C, a name is a string that a colon follows, and keywords are found by looking the name up.

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

Word: TypeAlias = tuple[str, Any, "re.Match[str]"]
"""Terminal, value, and the match it was read from. The value of a name is a ``Name``, of a string its decoded text, of a list of
strings the list, of a number or boolean its source text, of a brace its offset."""

_KINDS: Final = (
    "STRING",
    "NAME",
    "COMMA",
    "STRINGS",
    "LBRACE",
    "RBRACE",
    "LSQB",
    "RSQB",
    "NUMBER",
    "TRUE",
    "FALSE",
    "END",
    "BAD",
)
_STRING, _NAME, _COMMA, _STRINGS, _LBRACE, _RBRACE = range(1, 7)
_END: Final = 12
_decode = json.JSONDecoder().raw_decode


class PolicyLexer:
    """Cuts a policy text into words. Linear in the text."""

    def __init__(self, expression: str) -> None:
        self._scan = re.compile(expression, re.DOTALL).finditer

    def words(self, text: str) -> Iterator[Word]:
        """Yield the words of ``text``; a character that starts no word is one of kind ``BAD``."""
        keyword = TERMINALS.get
        for match in self._scan(text):
            group: Any = match.lastindex
            if group == _NAME:
                name = match[_STRING][1:-1]
                if "\\" in name:
                    name = _decode(match[_STRING])[0]
                kind = keyword(name, "NAME")
                yield kind, (kind, name, match.start(_STRING)), match
            elif group == _COMMA:
                yield "COMMA", None, match
            elif group == _STRING:
                raw = match[group]
                yield "STRING", _decode(raw)[0] if "\\" in raw else raw[1:-1], match
            elif group == _STRINGS:
                yield "STRINGS", _decode(match[group])[0], match
            elif group <= _RBRACE:
                yield _KINDS[group - 1], match.start(group), match
            elif group != _END:
                yield _KINDS[group - 1], match[group], match


def offset_of(match: re.Match[str]) -> int:
    """Return where the word of a match starts, after the white space before it."""
    group = match.lastindex or 0
    return match.start(_STRING if group == _NAME else group)


def expression_of(conf: LexerConf) -> str:
    """Return the one expression that the terminals of the grammar make together; its groups are numbered as ``_KINDS`` is."""
    patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in conf.terminals}
    colon = patterns["NAME"].removeprefix(patterns["STRING"])
    groups = [f"({patterns['STRING']})({colon})?"]
    groups += [f"({patterns[kind]})" for kind in _KINDS[2:-2]]
    space = patterns[next(iter(conf.ignore))]
    return f"(?:{space})?(?:{'|'.join(groups)}|(\\Z)|(.))"
