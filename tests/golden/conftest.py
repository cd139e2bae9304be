"""The golden outputs, and the switch that writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--update-golden``, which takes what the command writes now as what it shall write."""
    parser.addoption("--update-golden", action="store_true", help="write the golden outputs anew; read the difference")


class Golden:
    """The expected outputs, one file each."""

    def __init__(self, folder: Path, *, update: bool) -> None:
        self._folder = folder
        self._update = update

    def check(self, name: str, output: str) -> None:
        """Fails unless the output is what the file of that name holds; writes the file instead where that was asked for."""
        path = self._folder / name
        if self._update:
            path.write_bytes(output.encode())
        assert path.exists(), f"run `pytest tests/golden --update-golden` to write {name}"
        assert output == path.read_bytes().decode(), f"{name} differs; see tests/golden/README.md"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The expected outputs beside this file."""
    update = request.config.getoption("--update-golden", default=False)
    return Golden(Path(__file__).parent / "expected", update=bool(update))
