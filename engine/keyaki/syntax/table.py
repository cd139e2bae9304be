"""The LALR table of ``policy.lark`` as plain data, and where it comes from.

Lark builds the table. Importing lark and building take 40 ms, as long as all the rest of ``keyaki check`` on a small policy, so
what lark built of the published grammar is kept beside it as JSON. The grammar stays the source: the kept table is bound to it
by a checksum, and where that differs, or the table is missing, lark builds it when the first text is parsed.
"""

from __future__ import annotations

import json
from importlib import import_module
from os import path
from typing import Any, Final, NamedTuple
from zlib import crc32

GRAMMAR: Final = "policy.lark"
KEPT: Final = "policy.table.json"


class Table(NamedTuple):
    """An LALR table.

    ``rows`` are the states: from a symbol to the row that follows, or to ``~`` of the place of the rule that ends there.
    ``rules`` are (name, number of children, callback in ``Shape``). ``start`` and ``accept`` are places of rows, ``expression``
    is the regular expression that cuts words, and ``grammar`` is the checksum of the grammar.
    """

    grammar: int
    expression: str
    start: int
    accept: int
    rules: list[list[Any]]
    rows: list[dict[str, int]]


def current_table() -> Table:
    """Return the table of the grammar as it is in the package: the kept one where it belongs to it, else one made by lark."""
    grammar = resource(GRAMMAR)
    kept = kept_table()
    if kept is not None and kept.grammar == checksum(grammar):
        return kept
    from keyaki.syntax.generator import table_of  # noqa: PLC0415 - imports lark

    return table_of(grammar)


def kept_table() -> Table | None:
    """Return the table that is kept with the package, or None where there is none."""
    try:
        return Table(**json.loads(resource(KEPT)))
    except OSError:
        return None


def checksum(grammar: bytes) -> int:
    """Return a number that changes with the grammar, but not with the way its lines end."""
    return crc32(grammar.replace(b"\r\n", b"\n"))


def resource(name: str) -> bytes:
    """Return a file of the package of grammars, read by its loader, so that it is found in a zip file too."""
    package = import_module("keyaki.grammar")
    loader: Any = package.__spec__ and package.__spec__.loader
    data: bytes = loader.get_data(path.join(package.__path__[0], name))  # noqa: PTH118 - pathlib takes 2 ms to load
    return data
