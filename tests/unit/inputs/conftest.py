from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes a file in a fresh folder, from a value as JSON or from a text or bytes as they are, and gives its path."""

    def written(value: Any, name: str = "file.json", indent: int | None = 2) -> str:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(value, bytes):
            value = (value if isinstance(value, str) else json.dumps(value, indent=indent)).encode()
        target.write_bytes(value)
        return str(target)

    return written
