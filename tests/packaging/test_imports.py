"""What an import loads, what runs without the extras, and which layer imports which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.metadata import requires
from pathlib import Path

import pytest

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}'
BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocker())
from keyaki.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
EXTRAS = set("boto3 botocore yaml rich hypothesis jsonschema pytest tomli moto z3 cvc5 setuptools numpy".split())
UNTOUCHED = ["lark", "attr", "attrs"]


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run([sys.executable, *arguments], input=text, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "statement", ["import keyaki", "import keyaki.cli.main; keyaki.cli.main.main(['--version'])", "import keyaki; dir(keyaki)"]
)
def test_the_import_is_light(statement: str) -> None:
    """Importing keyaki, and asking the command for its version, loads neither lark nor attrs."""
    found = run("-c", f"{statement}\nimport sys\nprint([name for name in {UNTOUCHED} if name in sys.modules])")
    assert found.stdout.splitlines()[-1] == "[]", found.stderr


def test_decoded_objects_need_no_lark() -> None:
    """A policy that arrives as an object is judged without loading lark."""
    code = f"import json, sys, keyaki\nprint(keyaki.check(json.loads('''{POLICY}''')).outcome, 'lark' in sys.modules)"
    assert run("-c", code).stdout.split() == ["FAILED", "False"]


@pytest.mark.parametrize("arguments", [["check", "-"], ["check", "-", "--format", "json", "--verify"], ["explain", "KMS.1"]])
def test_it_runs_without_the_extras(arguments: list[str]) -> None:
    """With every extra missing each command works as before."""
    found = run("-c", BLOCKED.format(names=EXTRAS), *arguments, text=POLICY)
    assert (found.returncode, found.stderr) == (int("check" in arguments), "")


def test_each_public_name_loads() -> None:
    """Every name in ``__all__`` can be had, and a name that is not there is an AttributeError."""
    import keyaki

    assert set(keyaki.__all__) == {"__version__", *keyaki._HOMES}
    assert [name for name in keyaki.__all__ if getattr(keyaki, name, None) is None] == []
    with pytest.raises(AttributeError, match="has no attribute `zelkova`"):
        keyaki.zelkova  # noqa: B018


def test_the_run_time_needs_two_packages() -> None:
    """An installation needs attrs and lark and nothing else."""
    needed = [line for line in requires("keyaki") or [] if "extra ==" not in line]
    assert sorted(line.split(">")[0].strip() for line in needed) == ["attrs", "lark"]


# Layers. import-linter says the same with chains; these need no tool, and cannot be left out of a run.


def imported(root: Path) -> Iterator[tuple[str, str]]:
    """Each import of one module of keyaki by another, those inside functions and those for annotations too."""
    engine = root / "engine"
    for path in sorted((engine / "keyaki").rglob("*.py")):
        module = path.relative_to(engine).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} imports relatively"
                name = node.module or ""
                yield from ((module, f"{name}.{alias.name}" if name == "keyaki" else name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)


def layer(module: str) -> str:
    """The part of keyaki that a module belongs to; empty for modules of others and for keyaki itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "keyaki" and len(parts) > 1 else ""


def ranks(setup_cfg: ConfigParser) -> dict[str, int]:
    """From each layer to its height, 0 at the top, read from the contract in setup.cfg."""
    lines = setup_cfg["importlinter:contract:layers"]["layers"].split("\n")
    return {name.strip(): height for height, line in enumerate(filter(None, lines)) for name in line.split("|")}


def test_each_layer_imports_only_what_stands_below(root: Path, setup_cfg: ConfigParser) -> None:
    """No module imports from its own height in another layer, or from above."""
    height = ranks(setup_cfg)
    wrong = [
        (module, name)
        for module, name in imported(root)
        if layer(module) in height and layer(name) in height and layer(module) != layer(name)
        if height[layer(module)] >= height[layer(name)]
    ]
    assert wrong == []


def test_every_part_has_a_layer(root: Path, setup_cfg: ConfigParser) -> None:
    """Each module and package of keyaki stands in the contract, so that a new one cannot escape it."""
    names = {
        path.stem for path in (root / "engine" / "keyaki").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert names - {"__init__", "__main__"} == set(ranks(setup_cfg))


@pytest.mark.parametrize(
    ("part", "never"),
    [
        ("checker", {"automata", "lattice", "symbolic", "decision", "syntax"}),
        ("reference", {"automata", "lattice", "symbolic", "decision", "syntax", "checker"}),
        ("automata", {"policy", "catalogue", "verdict", "reference", "syntax"}),
        ("lattice", {"policy", "catalogue", "verdict", "reference", "syntax"}),
    ],
)
def test_what_a_layer_must_not_reach(root: Path, part: str, never: set[str]) -> None:
    """By no chain of imports does the checker reach search code, the reference anything symbolic, automata and lattice IAM."""
    below: dict[str, set[str]] = {}
    for module, name in imported(root):
        if layer(module) and layer(name):
            below.setdefault(layer(module), set()).add(layer(name))
    reached, pending = set[str](), [part]
    while pending:
        for name in below.get(pending.pop(), ()):
            if name not in reached:
                reached.add(name)
                pending.append(name)
    assert reached & never == set()


def test_only_syntax_imports_lark(root: Path) -> None:
    """The parser is the one place that knows lark, and nobody imports an extra."""
    users = {layer(module) for module, name in imported(root) if name.partition(".")[0] == "lark"}
    assert users == {"syntax"}
    assert {name for _, name in imported(root) if name.partition(".")[0] in EXTRAS} == set()


def test_import_linter_agrees(root: Path) -> None:
    """The contracts of setup.cfg hold."""
    pytest.importorskip("importlinter")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    found = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--config", "setup.cfg"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert found.returncode == 0, found.stdout
