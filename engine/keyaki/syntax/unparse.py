"""Unparsing: the canonical JSON text of a policy, the same for equal policies.

The trap: a policy is a list of condition entries, JSON has one member per name. Entries of one operator that do not stand
together, or that test one key twice, need the operator twice; since letter case of operators does not count, the second time
it is written in another case.
"""

from __future__ import annotations

import json
from typing import Any

from keyaki.policy import ConditionEntry, Element, Operator, Policy, Statement
from keyaki.syntax.operators import operator_name


def unparse(policy: Policy) -> str:
    """Return JSON text that ``parse`` reads back to an equal policy.

    Canonical: equal policies have equal texts. Elements stand in one order, values as lists, operators in AWS's spelling (but
    see above), everything outside ASCII escaped. Linear, but for operators written again: each costs the number before it.
    """
    document: dict[str, Any] = {"Version": policy.version}
    if policy.id is not None:
        document["Id"] = policy.id
    document["Statement"] = [_statement(statement) for statement in policy.statements]
    return json.dumps(document, indent=2)


def _statement(statement: Statement) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if statement.sid is not None:
        written["Sid"] = statement.sid
    written["Effect"] = statement.effect.value
    if statement.principals:
        written[_name(statement.principals[0], "Principal")] = _principals(statement.principals)
    written[_name(statement.action, "Action")] = list(statement.action.values)
    if statement.resource is not None:
        written[_name(statement.resource, "Resource")] = list(statement.resource.values)
    if statement.conditions:
        written["Condition"] = _conditions(statement.conditions)
    return written


def _name(element: Element, name: str) -> str:
    return f"Not{name}" if element.negated else name


def _principals(elements: tuple[Element, ...]) -> Any:
    if not elements[0].kind:
        return "*"
    return {element.kind: list(element.values) for element in elements}


def _conditions(entries: tuple[ConditionEntry, ...]) -> dict[str, Any]:
    block: dict[str, Any] = {}
    times: dict[str, int] = {}
    last: Operator | None = None
    keys: dict[str, list[str]] = {}
    for entry in entries:
        if entry.operator != last or entry.key in keys:
            name = operator_name(entry.operator)
            times[name] = times.get(name, -1) + 1
            last, keys = entry.operator, {}
            block[_recased(name, times[name])] = keys
        keys[entry.key] = list(entry.values)
    return block


def _recased(name: str, times: int) -> str:
    """Return ``name`` with the case of its letters flipped where ``times`` has a one bit: another spelling for each number."""
    letters = list(name)
    for place, letter in enumerate(name):
        if letter.isalpha():
            if times & 1:
                letters[place] = letter.swapcase()
            times >>= 1
    return "".join(letters)
