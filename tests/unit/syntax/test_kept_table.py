"""The kept LALR table is the one that lark makes of the grammar, and is used for that grammar only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyaki.syntax import table
from keyaki.syntax.generator import kept_form, table_of
from keyaki.syntax.grammar import PolicyParser, RefusedWordError
from keyaki.syntax.table import GRAMMAR, KEPT, Table, checksum, current_table, kept_table, resource

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": ["*"]}}'


def with_files(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> None:
    """Let the package of grammars hold these files only."""

    def read(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    monkeypatch.setattr(table, "resource", read)


def without_id() -> bytes:
    """Return the grammar without the element Id."""
    changed = resource(GRAMMAR).replace(b"(VERSION | ID) STRING", b"VERSION STRING")
    assert changed != resource(GRAMMAR)
    return changed


def test_the_kept_table_is_larks() -> None:
    """What is kept is, byte for byte, what lark makes of ``policy.lark`` as it stands; where not, run the generator again."""
    made = table_of(resource(GRAMMAR))
    assert made == kept_table()
    assert "".join(f"{line}\n" for line in kept_form(made)).encode() == resource(KEPT).replace(b"\r\n", b"\n")


def test_the_generator_writes_it() -> None:
    """The generator, run as a command in a process of its own, writes the kept file, whatever order sets have there."""
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "keyaki.syntax.generator"]
        found = subprocess.run(command, capture_output=True, check=True, timeout=60, env={**os.environ, "PYTHONHASHSEED": seed})
        assert found.stdout.replace(b"\r\n", b"\n") == resource(KEPT).replace(b"\r\n", b"\n")


def test_line_ends_do_not_part_a_table_from_its_grammar() -> None:
    """A checkout that ends lines with CR LF has the same grammar; any other change is another one."""
    grammar = resource(GRAMMAR)
    assert checksum(grammar.replace(b"\n", b"\r\n")) == checksum(grammar)
    assert checksum(without_id()) != checksum(grammar)


def test_a_changed_grammar_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With another grammar than the one that the kept table was made of, lark is asked. Here Id goes."""
    kept = current_table()
    with_files(monkeypatch, {GRAMMAR: without_id(), KEPT: resource(KEPT)})
    parser = PolicyParser(current_table())
    assert parser.parse(POLICY) == PolicyParser(kept).parse(POLICY)
    with_id = POLICY.replace("Version", "Id")
    assert PolicyParser(kept).parse(with_id)
    with pytest.raises(RefusedWordError):
        parser.parse(with_id)


def test_a_missing_table_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no table is kept, lark makes it."""
    kept = kept_table()
    with_files(monkeypatch, {GRAMMAR: resource(GRAMMAR)})
    assert kept_table() is None
    assert current_table() == kept


def test_each_rule_has_its_callback_and_each_row_is_reached() -> None:
    """A table is whole: targets are rows or rules, each is reached, and the callbacks are those of ``Shape``."""
    made = current_table()
    targets = {target for row in made.rows for target in row.values()} | {made.start}
    assert targets == {*range(len(made.rows)), *(~place for place in range(len(made.rules)))}
    assert {shape for _, _, shape in made.rules} == {"object", "array", "first", "more", "same"}


def test_parsing_loads_no_lark() -> None:
    """A text is parsed, or refused, without importing lark, as long as the grammar is the published one."""
    code = f"""
import sys, keyaki
keyaki.parse({POLICY!r})
try:
    keyaki.parse({POLICY[:-1]!r})
except keyaki.PolicySyntaxError as error:
    print(error.code, "lark" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.split() == ["truncated", "False"]


def test_a_table_says_which_fields_it_has() -> None:
    """The kept file has the fields of a table and no other, in order, so that it can be read by a person."""
    text = resource(KEPT).decode()
    names = [line.split('"')[1] for line in text.splitlines() if line.startswith('  "')]
    assert tuple(names) == Table._fields
    assert Path(KEPT).suffix == ".json"
