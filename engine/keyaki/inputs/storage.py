"""Storage: a warning where the documents that stand in an account's file are larger than IAM stores.

The limits are those that the reader of a single document knows; here it is known which of them counts. Inline policies count
together for each user, group and role.
"""

from __future__ import annotations

import json
from typing import Any, Final

from keyaki.controls.subject import Kind
from keyaki.policy import PolicyWarning
from keyaki.syntax.stored import LIMITS, stored_size

LARGE: Final = "large-policy"
"""The code of the warning, here and where a document is read by itself."""

_OWNERS: Final = {Kind.USER_POLICY: "user", Kind.GROUP_POLICY: "group", Kind.ROLE_POLICY: "role"}


def limit(kind: Kind) -> int:
    """The characters without white space that IAM stores: of a managed policy, or of all inline policies of a principal."""
    return LIMITS[_OWNERS.get(kind, "managed")]


def document_size(document: Any) -> int:
    """The characters of a document without white space: of its JSON text, or of a decoded object written as one. Linear."""
    return stored_size(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False))


def size_warning(kind: Kind, size: int) -> PolicyWarning | None:
    """The warning about documents of that size together, or None where IAM stores as much."""
    if size <= limit(kind):
        return None
    owner = _OWNERS.get(kind)
    what = f"all inline policies of a {owner}" if owner else "a managed policy"
    return PolicyWarning(LARGE, f"{size} characters without white space: {what} may have {limit(kind)}")
