"""The parser: lark's LALR table of ``policy.lark``, and the loop that walks it.

Lark has read the grammar and built the table (see ``table``); the loop is ours. It does what lark's own does, with words that
are tuples instead of tokens and rows of the table at hand instead of state numbers: together with the lexer, a third of the
time. Tests compare it with lark's own loop and lexer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from keyaki.syntax.lexeme import Object
from keyaki.syntax.lexer import PolicyLexer, Word, offset_of
from keyaki.syntax.shape import Shape
from keyaki.syntax.table import Table, current_table


class RefusedWordError(Exception):
    """The grammar has no place for the word that starts at ``offset``, which at the end of the text is its length."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class PolicyParser:
    """Reads policies. It keeps no state between texts."""

    def __init__(self, table: Table) -> None:
        self._lexer = PolicyLexer(table.expression)
        reductions = [(None, size, getattr(Shape, shape), name) for name, size, shape in table.rules]
        rows: list[dict[str, Any]] = [{} for _ in table.rows]
        for row, entries in zip(rows, table.rows, strict=True):
            for symbol, target in entries.items():
                row[symbol] = (rows[target], 0, None, "") if target >= 0 else reductions[~target]
        self._start, self._accept = rows[table.start], rows[table.accept]

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


@lru_cache(maxsize=1)
def policy_parser() -> PolicyParser:
    """Return the parser of policies, built on the first call."""
    return PolicyParser(current_table())
