"""The shape of a document between reading and lowering, the same whether it was read from text or from a decoded object.

An object is ``(members, start, end)``; a member is ``[name, value]``; a name is ``(kind, text, place)``. A value is a text, a
list of texts, an object, or a list of objects. So whatever is decided about a policy is decided once. Plain tuples, because a
class for each word cost a third of the time of a parse.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple["str | int", ...]
"""Where a value stands: the member names and list indexes that lead to it."""
Name: TypeAlias = tuple[str, str, Any]
"""Its terminal in the grammar, the decoded name, and its place: an offset in the text, or a path in a decoded object."""
Object: TypeAlias = tuple[list[Any], Any, Any]
"""Members, and the places where the object starts and ends."""

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
