"""The corpus as values: its cases read from TOML, the small edits that cases are about, and the questions asked of each."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent
SCOPES = ("confined", "account", "any", "key")
MODES = ("exact", "parity")
FIELDS = {"name", "reason", "source", "policy", "exact", "parity", "partition", "actions", "decisive", "neighbour"}


@frozen
class Edit:
    """The neighbour of a case: one edit of its policy, and the outcome that it has then in the default scope and mode."""

    kind: str  # "find", "set" or "remove"
    place: str  # the text to find, or a JSON pointer
    value: Any  # what stands there instead; None for "remove"
    outcome: str


@frozen
class Entry:
    """A condition entry without which the verdict is another: which statement, which operator, which key."""

    statement: int
    operator: str
    key: str


@frozen
class Case:
    """One policy of the corpus. ``expected`` maps mode and scope to the outcome, as argued by hand from the semantics."""

    file: str
    name: str
    reason: str
    source: str
    policy: str
    expected: dict[tuple[str, str], str]
    partition: str
    actions: tuple[str, ...] | None
    decisive: tuple[Entry, ...]
    neighbour: Edit

    @property
    def outcome(self) -> str:
        """The expected outcome in the default scope and mode."""
        return self.expected["exact", "confined"]

    def statements(self) -> list[dict[str, Any]]:
        """The policy's statements, decoded."""
        found = json.loads(self.policy)["Statement"]
        return found if isinstance(found, list) else [found]


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every file, in the order of file names and then of the text."""
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
    return tuple(_case(file, table) for file, document in files.items() for table in document["case"])


def _case(file: str, table: dict[str, Any]) -> Case:
    unknown = table.keys() - FIELDS
    if unknown:
        raise ValueError(f"{file}: case {table.get('name')} has unknown fields {sorted(unknown)}")
    return Case(
        file=file,
        name=table["name"],
        reason=table["reason"],
        source=table["source"],
        policy=table["policy"],
        expected={(mode, scope): outcome for mode in MODES for scope, outcome in _by_scope(table[mode]).items()},
        partition=table.get("partition", "aws"),
        actions=tuple(table["actions"]) if "actions" in table else None,
        decisive=tuple(Entry(**entry) for entry in table.get("decisive", ())),
        neighbour=_edit(table["neighbour"]),
    )


def _by_scope(table: dict[str, str]) -> dict[str, str]:
    """Outcomes by scope; ``all`` stands for each scope that is not written."""
    return {scope: table[scope] if scope in table else table["all"] for scope in SCOPES}


def _edit(table: dict[str, Any]) -> Edit:
    if "find" in table:
        return Edit("find", table["find"], table["replace"], table["outcome"])
    if "set" in table:
        return Edit("set", table["set"], table["value"], table["outcome"])
    return Edit("remove", table["remove"], None, table["outcome"])


def edited(case: Case) -> str:
    """The text of the case's neighbour. Raises ValueError unless a text to find stands exactly once in the policy."""
    edit = case.neighbour
    if edit.kind == "find":
        if case.policy.count(edit.place) != 1:
            raise ValueError(f"{case.name}: `{edit.place}` stands {case.policy.count(edit.place)} times in the policy")
        return case.policy.replace(edit.place, edit.value)
    document = json.loads(case.policy)
    holder, last = _holder(document, edit.place)
    if edit.kind == "remove":
        del holder[last]
    elif last == "-":
        holder.append(edit.value)
    else:
        holder[last] = edit.value
    return json.dumps(document)


def _holder(document: Any, pointer: str) -> tuple[Any, Any]:
    """What holds the place that a JSON pointer (RFC 6901) means, and the name or index of it there."""
    *path, last = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for token in path:
        document = document[int(token)] if isinstance(document, list) else document[token]
    return document, int(last) if isinstance(document, list) and last != "-" else last


def without(case: Case, entry: Entry) -> str:
    """The text of the policy without one condition entry. Raises KeyError when the entry is not there."""
    document = json.loads(case.policy)
    statements = document["Statement"]
    statement = (statements if isinstance(statements, list) else [statements])[entry.statement]
    tests = statement["Condition"][entry.operator]
    del tests[entry.key]
    if not tests:
        del statement["Condition"][entry.operator]
    if not statement["Condition"]:
        del statement["Condition"]
    return json.dumps(document)
