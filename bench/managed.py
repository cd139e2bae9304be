"""The AWS managed policies, from the copy that moto's wheel carries.

They are the one large body of real policies that anybody can install. Only the one file is read: importing moto would load boto3,
and its decorators have no use here. moto is in the extra ``bench``; where it is missing, what needs it is skipped.
"""

from __future__ import annotations

import ast
import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

needs_moto = pytest.mark.skipif(find_spec("moto") is None, reason="moto is not installed")
HOME = "iam/aws_managed_policies.py"


class Managed(NamedTuple):
    """One AWS managed policy: its name, its document, and that as text."""

    name: str
    document: dict[str, Any]
    text: str


@lru_cache(maxsize=1)
def managed() -> tuple[Managed, ...]:
    """Return the policies by name, none iff moto is not installed. Texts are indented by four, as the console shows them."""
    spec = find_spec("moto")
    if spec is None or not spec.submodule_search_locations:
        return ()
    source = (Path(spec.submodule_search_locations[0]) / HOME).read_text(encoding="utf-8")
    data = json.loads(_text_of(source))
    documents = [(name, data[name]["Document"]) for name in sorted(data)]
    return tuple(Managed(name, document, json.dumps(document, indent=4)) for name, document in documents)


def _text_of(source: str) -> str:
    """Return the JSON text that the module holds, without running the module."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return node.value.value
    message = f"moto's {HOME} holds no text: its layout has changed"
    raise LookupError(message)
