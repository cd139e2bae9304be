"""The README tells the truth: its sessions are run, its links lead somewhere, its first lines are the ones that CI runs."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/semantics.md",
    "docs/design.md",
    "tests/README.md",
]
FILE = re.compile(r"`([\w-]+\.json)`[^`]*?:\n\n```json\n(.*?)```", re.DOTALL)
SESSION = re.compile(r"```console\n\$ keyaki (.*?)\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(>>> .*?)```", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    """The text of the README."""
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the README shows."""
    for name, text in FILE.findall(readme):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sessions_print_what_the_readme_shows(readme: str, folder: Path) -> None:
    """Each ``keyaki`` command in the README prints exactly the lines that follow it there."""
    sessions = SESSION.findall(readme)
    assert len(sessions) >= 3
    for arguments, expected in sessions:
        command = [sys.executable, "-m", "keyaki", *shlex.split(arguments)]
        found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        assert (found.stdout, found.stderr) == (expected, ""), arguments


def test_python_sessions_hold(readme: str, folder: Path) -> None:
    """The Python sessions in the README give what they show."""
    sessions = PYTHON.findall(readme)
    assert len(sessions) >= 2
    assert (folder / "open.json").exists()
    for number, session in enumerate(sessions):
        test = doctest.DocTestParser().get_doctest(session, {"open": _text}, f"session {number}", "README.md", 0)
        failures = doctest.DocTestRunner().run(test)
        assert failures.failed == 0


class _Text:
    def __init__(self, name: str) -> None:
        self.name = name

    def read(self) -> str:
        return Path(self.name).read_text(encoding="utf-8")


def _text(name: str) -> _Text:
    """Stand in for ``open``, whose file a session never closes."""
    return _Text(name)


def test_the_first_commands_are_two_lines(readme: str) -> None:
    """The first block of commands is two lines that start from nothing: one runs the demo, one the tests."""
    first = readme[readme.index("```sh\n") + 6 :].partition("```")[0].splitlines()
    assert len(first) == 2
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip install ") for line in first)
    assert first[0].endswith("keyaki demo")
    assert "pytest" in first[1]
    assert "python3-venv" in readme[: readme.index("```sh\n")]


def test_ci_runs_the_readme_s_test_command(root: Path) -> None:
    """CI takes its test command out of the README instead of having one of its own."""
    text = (root / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in text
    assert "-m pytest" not in text.split("# Other Pythons")[0]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(root: Path, name: str) -> None:
    """Each relative link names a file that exists, and where it has a fragment, a heading of it."""
    document = root / name
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if fragment:
            assert fragment in _anchors(target), link


def _anchors(document: Path) -> set[str]:
    """The fragments of a document's headings."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_corpus_cites_headings(root: Path) -> None:
    """Where a policy of the corpus cites docs/semantics.md, the topics that it names are headings there."""
    semantics = (root / "docs" / "semantics.md").read_text(encoding="utf-8")
    headings = {re.sub(r"^\d+\. ", "", heading).lower().removeprefix("the ") for heading in HEADING.findall(semantics)}
    cited = set[str]()
    for path in (root / "tests" / "corpus").glob("*.toml"):
        cited |= set(re.findall(r'source = "docs/semantics\.md, ([^"]+)"', path.read_text(encoding="utf-8")))
    topics = {topic.strip().lower().removeprefix("the ") for source in cited for topic in source.split(":")}
    assert len(cited) > 10
    assert topics - headings == set()
