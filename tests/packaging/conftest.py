"""What the packaging tests share: the checkout, its metadata, and a wheel and an sdist built from a clean copy of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import ConfigParser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "build",
    "dist",
    "mutants",
    "*.egg-info",
    "__pycache__",
    ".hypothesis",
    ".benchmarks",
    ".*_cache",
    ".coverage*",
)
BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, 'build_' + sys.argv[1])(sys.argv[2])"


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def setup_cfg() -> ConfigParser:
    """The project's metadata, as written."""
    found = ConfigParser()
    found.read(ROOT / "setup.cfg", encoding="utf-8")
    return found


def _setuptools() -> tuple[int, ...]:
    """The version of setuptools, without importing it; (0,) where there is none."""
    try:
        return tuple(int(part) for part in version("setuptools").split(".")[:2])
    except PackageNotFoundError:
        return (0,)


def _built(kind: str, folder: Path) -> Path:
    """A distribution of a clean copy of the project, built by setuptools itself: no network, no isolation."""
    if _setuptools() < (70, 1):
        pytest.skip("needs setuptools 70.1 or later")
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    subprocess.run([sys.executable, "-c", BUILD, kind, str(folder)], cwd=copy, check=True, capture_output=True, timeout=100)
    (built,) = (path for path in folder.iterdir() if path.is_file())
    return built


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the project as it stands."""
    return _built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source distribution of the project as it stands."""
    return _built("sdist", tmp_path_factory.mktemp("sdist"))
