"""Lexemes: the words of a policy, as the lexer reads them from text and as the reader of decoded objects makes them.

Both readers hand the lowering one shape: an object is ``(members, start, end)``, a member is ``[name, value]``, a value is a
lexeme, a list of texts, an object, or a list of objects. So whatever is decided about a policy is decided once.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple["str | int", ...]
"""Where a value stands: the member names and list indexes that lead to it."""
Place: TypeAlias = "int | Path"
"""An offset in the text, or a path in a decoded object."""
Object: TypeAlias = tuple[list[Any], Any, Any]
"""Members, place of the start, place of the end."""

POLICY_ELEMENTS: Final = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
TERMINALS: Final = {name: name.upper() for name in POLICY_ELEMENTS + STATEMENT_ELEMENTS}
"""Element name to the terminal that stands for it in the grammar."""


class Lexeme:
    """One word: its terminal ``type``, its decoded ``value``, and the place where it starts.

    ``value`` is a text; for ``STRINGS`` a list of texts; for numbers and booleans their source text. The other attributes are
    what lark asks of a token when it makes the one that ends the text.
    """

    __slots__ = ("start_pos", "type", "value")
    line = column = end_line = end_column = end_pos = None

    def __init__(self, kind: str, value: Any, start: Any) -> None:
        self.type = kind
        self.value = value
        self.start_pos = start

    def __repr__(self) -> str:
        return f"Lexeme({self.type}, {self.value!r}, {self.start_pos!r})"
