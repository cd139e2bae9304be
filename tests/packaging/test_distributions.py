"""What is in the wheel and in the source distribution, and that a wheel works where it is a zip file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipapp
from configparser import ConfigParser
from email import message_from_bytes
from email.message import Message
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

import keyaki

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}'


def tree(root: Path) -> set[str]:
    """The files that an installation consists of, by their names in it."""
    engine, grammar = root / "engine", root / "grammar"
    wanted = [path for path in (engine / "keyaki").rglob("*") if path.suffix in {".py", ".json"} or path.name == "py.typed"]
    names = {path.relative_to(engine).as_posix() for path in wanted}
    return names | {f"keyaki/grammar/{path.name}" for path in grammar.iterdir() if path.suffix in {".py", ".lark", ".json"}}


def metadata(wheel: Path) -> Message:
    """The metadata of a wheel."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def test_the_wheel_holds_the_tree(root: Path, wheel: Path) -> None:
    """A wheel holds each file of the package and of the grammar, and nothing else but its metadata."""
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == tree(root)
    assert {"keyaki/py.typed", "keyaki/grammar/policy.lark", "keyaki/outputs/report.schema.json"} <= held


def test_the_packages_are_the_folders(root: Path, setup_cfg: ConfigParser) -> None:
    """The list of packages in setup.cfg names each folder with an ``__init__``, the grammar among them, and no other."""
    engine = root / "engine"
    folders = {path.parent.relative_to(engine).as_posix().replace("/", ".") for path in engine.rglob("__init__.py")}
    assert sorted(setup_cfg["options"]["packages"].split()) == sorted(folders | {"keyaki.grammar"})


def test_every_folder_of_modules_is_a_package(root: Path) -> None:
    """No module stands in a folder that the wheel would leave out."""
    folders = {path.parent for path in (root / "engine" / "keyaki").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_metadata_say_what_is_true(wheel: Path) -> None:
    """The metadata give name, version, Python, licence, the two run-time dependencies, and the README as description."""
    found = metadata(wheel)
    needed = {line.split(";")[0].strip() for line in found.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert (found["Name"], found["Version"], found["Requires-Python"]) == ("keyaki", keyaki.__version__, ">=3.10")
    assert {line.split(">")[0].strip() for line in needed} == {"attrs", "lark"}
    assert found["Description-Content-Type"] == "text/markdown"
    assert "Apache-2.0" in (found["License"] or "") + (found["License-Expression"] or "")
    assert "# keyaki" in str(found.get_payload())


def test_the_command_is_installed(wheel: Path) -> None:
    """The wheel installs one command, ``keyaki``."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        found = ConfigParser()
        found.read_string(archive.read(name).decode())
    assert {section: dict(found[section]) for section in found.sections()} == {
        "console_scripts": {"keyaki": "keyaki.cli.main:main"}
    }


def test_the_version_stands_once_or_agrees(root: Path) -> None:
    """The citation gives the version of the package, and the changelog has a part for it."""
    assert f"\nversion: {keyaki.__version__}\n" in (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## [{keyaki.__version__}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_sdist_is_whole(root: Path, sdist: Path) -> None:
    """A source distribution holds what it takes to build, test and read the project, and no leftovers."""
    with tarfile.open(sdist) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    parts = ("engine", "grammar", "tests", "docs", "bench")
    suffixes = {".py", ".lark", ".toml", ".md", ".json", ".txt", ".typed"}
    left_out = (".egg-info", "__pycache__", ".hypothesis", ".benchmarks")
    wanted = {
        path.relative_to(root).as_posix()
        for part in parts
        for path in (root / part).rglob("*")
        if path.suffix in suffixes and not any(mark in path.as_posix() for mark in left_out)
    }
    assert wanted <= held
    assert {"README.md", "CHANGELOG.md", "LICENSE", "setup.cfg", "pyproject.toml", ".ci/run"} <= held
    assert [name for name in held if "__pycache__" in name or ".hypothesis" in name or name.endswith(".pyc")] == []


def test_it_works_from_a_zipapp(wheel: Path, tmp_path: Path) -> None:
    """The command runs from one zip file with its two dependencies: grammar and schema are read through the import system."""
    source = tmp_path / "source"
    with ZipFile(wheel) as archive:
        archive.extractall(source)  # noqa: S202 - the wheel is the one that was just built
    for name in ("lark", "attr", "attrs"):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        shutil.copytree(Path(spec.origin).parent, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    (source / "__main__.py").write_text("import sys\nfrom keyaki.cli.main import main\nsys.exit(main())\n")
    app = tmp_path / "keyaki.pyz"
    zipapp.create_archive(source, app)
    shutil.rmtree(source)
    command = [sys.executable, "-I", "-S", str(app), "check", "-"]
    found = subprocess.run(command, input=POLICY, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)
    assert (found.returncode, found.stderr) == (1, "")
    assert "allows kms:Decrypt on arn:aws:kms:" in found.stdout


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "CITATION.cff"])
def test_the_usual_files_are_there(root: Path, name: str) -> None:
    """Each of the usual project files exists and says something."""
    assert (root / name).stat().st_size > 200
