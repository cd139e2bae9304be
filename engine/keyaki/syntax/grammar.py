"""The parser: lark's LALR table of ``policy.lark``, and the loop that walks it.

Lark reads the grammar and builds the table; the loop is ours. It does what lark's own does, with words that are tuples instead
of tokens and rows of the table at hand instead of state numbers: together with the lexer, a third of the time. Tests compare
it with lark's own loop and lexer.

Importing this module imports lark (40 ms) and building the table takes 20 ms, so ``parse`` does both with the first text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lark import Lark
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from keyaki.syntax.lexeme import Object
from keyaki.syntax.lexer import PolicyLexer, Word, offset_of


class RefusedWordError(Exception):
    """The grammar has no place for the word that starts at ``offset``, which at the end of the text is its length."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Shape:
    """One callback per rule, which takes the rule's children, punctuation included. No tree is built."""

    @staticmethod
    def object(children: list[Any]) -> Object:
        """``{ members }``: the members and the offsets of the braces."""
        return children[1] if len(children) == 3 else [], children[0], children[-1] + 1

    @staticmethod
    def array(children: list[Any]) -> list[Any]:
        """``[ items ]``: the items."""
        return children[1] if len(children) == 3 else []

    @staticmethod
    def first(children: list[Any]) -> list[Any]:
        """The first of several members; also a member itself, which is its name and its value."""
        return children

    @staticmethod
    def more(children: list[Any]) -> list[Any]:
        """The members so far, a comma and one more."""
        members: list[Any] = children[0]
        members.append(children[2])
        return members

    @staticmethod
    def same(children: list[Any]) -> Any:
        """A rule that only gives its one child another name."""
        return children[0]

    element = clause = principal = test = entry = first
    policy = statement = keyword = text = value = same


class PolicyParser:
    """Reads policies. It keeps no state between texts."""

    def __init__(self) -> None:
        lark = Lark.open_from_package(
            "keyaki.grammar",
            "policy.lark",
            start="policy",
            parser="lalr",
            lexer=_NoLexer,
            transformer=Shape,
            keep_all_tokens=True,
        )
        self._lexer = PolicyLexer(lark.lexer_conf)
        driver = lark.parser.parser.parser
        table, callbacks = driver.parse_table, driver.callbacks
        rows: dict[Any, dict[str, Any]] = {state: {} for state in table.states}
        for state, actions in table.states.items():
            for symbol, (action, target) in actions.items():
                if action is Shift:
                    rows[state][symbol] = (rows[target], 0, None, "")
                else:
                    rows[state][symbol] = (None, len(target.expansion), callbacks[target], target.origin.name)
        self._start = rows[table.start_states["policy"]]
        self._accept = rows[table.end_states["policy"]]

    def words(self, text: str) -> Iterator[Word]:
        """Yield the words of ``text``, whether or not they make a policy."""
        return self._lexer.words(text)

    def parse(self, text: str) -> Object:
        """Return the document that ``text`` is. Raises RefusedWordError. Linear in the text."""
        row = self._start
        rows, values = [row], []
        match = None
        try:
            for kind, value, match in self._lexer.words(text):  # noqa: B007 - the last one stands for the error
                while True:
                    target, size, shape, rule = row[kind]
                    if target is not None:
                        rows.append(target)
                        values.append(value)
                        row = target
                        break
                    children = values[-size:]
                    del rows[-size:], values[-size:]
                    row = rows[-1][rule][0]
                    rows.append(row)
                    values.append(shape(children))
            match = None
            while row is not self._accept:
                _, size, shape, rule = row["$END"]
                children = values[-size:]
                del rows[-size:], values[-size:]
                row = rows[-1][rule][0]
                rows.append(row)
                values.append(shape(children))
        except KeyError:
            raise RefusedWordError(len(text) if match is None else offset_of(match)) from None
        document: Object = values[-1]
        return document


class _NoLexer(Lexer):
    """Lark need not build a lexer."""

    def __init__(self, conf: Any) -> None:
        """Lark makes one of these from its terminals."""

    def lex(self, *_: Any) -> Any:
        """Never called: the loop above cuts its own words."""
        raise NotImplementedError


@lru_cache(maxsize=1)
def policy_parser() -> PolicyParser:
    """Return the parser of policies, built on the first call."""
    return PolicyParser()
