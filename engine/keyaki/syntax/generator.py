"""The generator: asks lark for the LALR table of a grammar. The only module that imports lark.

After a change of ``policy.lark``, ``python -m keyaki.syntax.generator > grammar/policy.table.json`` keeps its table; a test
says so when it was forgotten.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from lark import Lark
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from keyaki.syntax.lexer import expression_of
from keyaki.syntax.shape import Shape
from keyaki.syntax.table import GRAMMAR, Table, checksum, resource


class _NoLexer(Lexer):
    """Lark need not build a lexer."""

    def __init__(self, conf: Any) -> None:
        """Lark makes one of these from its terminals."""

    def lex(self, *_: Any) -> Any:
        """Never called: our own lexer cuts the words."""
        raise NotImplementedError


def table_of(grammar: bytes) -> Table:
    """Return the table of a grammar, the same whatever version of lark builds it. Raises what lark raises if it is none."""
    lark = Lark(grammar.decode(), start="policy", parser="lalr", lexer=_NoLexer, transformer=Shape, keep_all_tokens=True)
    driver = lark.parser.parser.parser
    states, callbacks = driver.parse_table.states, driver.callbacks
    start, accept = (of["policy"] for of in (driver.parse_table.start_states, driver.parse_table.end_states))
    order = _reached(states, start)
    numbers = {state: number for number, state in enumerate(order)}
    rules: dict[tuple[str, int, str], int] = {}
    rows = []
    for state in order:
        row = {}
        for symbol, (action, target) in sorted(states[state].items()):
            if action is Shift:
                row[str(symbol)] = numbers[target]
            else:
                rule = (str(target.origin.name), len(target.expansion), callbacks[target].__name__)
                row[str(symbol)] = ~rules.setdefault(rule, len(rules))
        rows.append(row)
    expression = expression_of(lark.lexer_conf)
    return Table(checksum(grammar), expression, numbers[start], numbers[accept], [list(rule) for rule in rules], rows)


def _reached(states: dict[Any, Any], start: Any) -> list[Any]:
    """Return the states in the order in which they are reached: lark's own numbers differ from run to run."""
    order = {start: None}
    pending = [start]
    for state in pending:
        for _, (action, target) in sorted(states[state].items()):
            if action is Shift and target not in order:
                order[target] = None
                pending.append(target)
    return pending


def kept_form(table: Table) -> Iterator[str]:
    """Yield the lines of the file that keeps a table: JSON, a rule or a row a line."""
    yield "{"
    for name, value in table._asdict().items():
        end = "" if name == Table._fields[-1] else ","
        if isinstance(value, list):
            items = [f"    {json.dumps(item)}" for item in value]
            yield f'  "{name}": [\n' + ",\n".join(items) + f"\n  ]{end}"
        else:
            yield f'  "{name}": {json.dumps(value)}{end}'
    yield "}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in kept_form(table_of(resource(GRAMMAR))))
