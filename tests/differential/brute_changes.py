"""Changes: ways to rewrite a policy of which the verdict after is known from the verdict before.

Each takes dice and a document and returns the document changed, or None where the change does not apply. Documents are never
changed in place.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import brute_rules as rules
from brute_dice import chance

Change = Callable[[random.Random, rules.Document], "rules.Document | None"]
POSITIVE = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool", "binaryequals", "ipaddress"}
    | {
        f"{family}{name}"
        for family in ("numeric", "date")
        for name in ("equals", "lessthan", "lessthanequals", "greaterthan", "greaterthanequals")
    }
)


def _statements(document: rules.Document) -> list[rules.Document]:
    return copy.deepcopy(rules.statements(document))


def _with(document: rules.Document, statements: list[rules.Document]) -> rules.Document:
    return {**document, "Statement": statements}


# Changes that leave the verdict as it is


def reordered(luck: random.Random, document: rules.Document) -> rules.Document:
    """Statements, values of lists, operators, keys and elements in another order."""

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shuffled(value[name]) for name in luck.sample(list(value), len(value))}
        return luck.sample(value, len(value)) if isinstance(value, list) else value

    found = [shuffled(statement) for statement in _statements(document)]
    luck.shuffle(found)
    return _with(document, found)


def listed(_luck: random.Random, document: rules.Document) -> rules.Document:
    """Every scalar that may be a list as a list of one."""
    found = _statements(document)
    for statement in found:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if name in statement:
                statement[name] = rules.listed(statement[name])
        for keys in statement.get("Condition", {}).values():
            keys.update({key: rules.listed(values) for key, values in keys.items()})
    return _with(document, found)


def repeated(luck: random.Random, document: rules.Document) -> rules.Document:
    """A statement, and a value of a list, twice."""
    found = _statements(document)
    for statement in found:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if statement.get(name):
                statement[name] = [*rules.listed(statement[name]), luck.choice(rules.listed(statement[name]))]
    found.append(luck.choice(found))
    return _with(document, found)


def split(luck: random.Random, document: rules.Document) -> rules.Document:
    """A statement as several, one for each value of a list that is a union: Action, Resource, or values of a positive test."""
    found: list[rules.Document] = []
    for statement in _statements(document):
        parts = list(_parts(statement))
        found += luck.choice(parts) if parts and chance(luck, 0.7) else [statement]
    return _with(document, found)


def _parts(statement: rules.Document) -> Iterator[list[rules.Document]]:
    for name in ("Action", "Resource"):
        if len(rules.listed(statement.get(name, []))) > 1:
            yield [{**statement, name: value} for value in statement[name]]
    for operator, keys in statement.get("Condition", {}).items():
        prefix, _, base = operator.lower().rpartition(":")
        for key, values in keys.items():
            if prefix != "forallvalues" and base in POSITIVE and len(rules.listed(values)) > 1:
                yield [{**statement, "Condition": _put(statement, operator, key, [value])} for value in values]


def _put(statement: rules.Document, operator: str, key: str, values: Any) -> dict[str, Any]:
    condition = statement["Condition"]
    return {**condition, operator: {**condition[operator], key: values}}


def merged(_luck: random.Random, document: rules.Document) -> rules.Document | None:
    """Two statements that differ in their Resource only as one that lists both; needs two such statements (:func:`aligned`)."""
    found = _statements(document)
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            if "Resource" in one and "Resource" in other and {**one, "Resource": 0} == {**other, "Resource": 0}:
                both = {**one, "Resource": [*rules.listed(one["Resource"]), *rules.listed(other["Resource"])]}
                return _with(document, [both, *(statement for statement in found if statement not in (one, other))])
    return None


def aligned(luck: random.Random, document: rules.Document) -> rules.Document:
    """The document with one more statement: one of its own over the resources of another of its own."""
    found = _statements(document)
    one, other = luck.choice(found), luck.choice(found)
    return _with(
        document, [*found, {**one, "Resource": other["Resource"]}] if "Resource" in one and "Resource" in other else found
    )


def renamed(luck: random.Random, document: rules.Document) -> rules.Document | None:
    """Two accounts, or two Regions, in each other's place, where nothing of the policy but their names tells them apart."""
    text = json.dumps(document)
    words = sorted(set(re.findall(r"\b[0-9]{12}\b|\b[a-z]{2}-[a-z]+-[0-9]\b", text)))
    one, other = luck.choice([*words, "us-east-1"]), luck.choice([*words, "eu-north-1", "123456789012"])
    if one == other or one.isdigit() != other.isdigit() or _told_apart(document, one, other):
        return None
    swap = {one: other, other: one}
    found: rules.Document = json.loads(re.sub(f"{one}|{other}", lambda word: swap[word[0]], text))
    return found


def _told_apart(document: rules.Document, one: str, other: str) -> bool:
    """True iff a text of the policy but the words themselves might tell them apart.

    ``*`` alone, in a field or as a whole, cannot; a glob of one field does iff it matches one word and not the other. All else
    with a wildcard or a variable, another case of a word, and operators that read words as numbers or the like, count as telling.
    """
    if any(test.base not in rules.STRING_BASES | {"null"} for test in rules.entries(document)):
        return True
    values = [value for test in rules.entries(document) for value in test.values]
    fields = [field for value in (*rules.patterns(document), *values) for field in rules.colon_fields(value, live=True)]
    crossing = [value for value in rules.patterns(document) if "*" in value[:-1] and value.count(":") != 5 and "${" not in value]
    return bool(crossing) or any(_tells(field, one, other) for field in fields if field not in {one, other, *_WHOLE})


_WHOLE = frozenset({"${aws:PrincipalAccount}", "${kms:CallerAccount}", "${aws:ResourceAccount}", "${aws:RequestedRegion}"})


def _tells(field: str, one: str, other: str) -> bool:
    if "${" in field or field.lower() in {one, other}:
        return True
    pattern = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in field)
    return bool(re.fullmatch(pattern, one)) != bool(re.fullmatch(pattern, other))


def implied_deny(luck: random.Random, document: rules.Document) -> rules.Document | None:
    """One more Deny that an old one already implies: the old one cut down."""
    denies = [statement for statement in _statements(document) if statement["Effect"] == "Deny" and "NotAction" not in statement]
    if not denies:
        return None
    less = luck.choice(denies)
    if chance(luck, 0.5) and less.get("Action"):
        less["Action"] = luck.choice([*rules.listed(less["Action"])])
    if chance(luck, 0.5) and less.get("Resource"):
        less["Resource"] = luck.choice([*rules.listed(less["Resource"])])
    if chance(luck, 0.6):
        more = {"StringLike": {"aws:PrincipalTag/more": "a*"}}
        less["Condition"] = {**less.get("Condition", {}), **({} if "StringLike" in less.get("Condition", {}) else more)}
    return _with(document, [less, *_statements(document)])


def names_the_same(one: rules.Document, other: rules.Document) -> bool:
    """True iff both name the same and take the same keys for multi-valued: only then are their requests the same."""
    return rules.names(one) == rules.names(other) and rules.multi_valued(one) == rules.multi_valued(other)


# Changes that only ever allow less, or more


def denied(luck: random.Random, document: rules.Document, donor: rules.Document) -> rules.Document:
    """One more Deny, made of a statement of another policy."""
    return _with(document, [*_statements(document), {**luck.choice(_statements(donor)), "Effect": "Deny"}])


def widened(luck: random.Random, document: rules.Document) -> rules.Document | None:
    """An Allow that applies to more: a test less, a value more in a positive test, more actions, more resources."""
    found = _statements(document)
    allow = luck.choice([statement for statement in found if statement["Effect"] == "Allow"])
    entries = [(operator, key) for operator, keys in allow.get("Condition", {}).items() for key in keys]
    kind = luck.randrange(4)
    if kind == 0 and entries:
        operator, key = luck.choice(entries)
        del allow["Condition"][operator][key]
    elif kind == 1 and entries:
        operator, key = luck.choice(entries)
        if operator.lower().rpartition(":")[2].removesuffix("ifexists") not in POSITIVE:
            return None
        values = rules.listed(allow["Condition"][operator][key])
        allow["Condition"][operator][key] = [
            *values,
            luck.choice(["a*", "*b", "10", "true", "10.0.0.0/8", "YQ==", "2024-01-01T00:00:00Z"]),
        ]
    elif kind == 2:
        allow.pop("NotAction", None)
        allow["Action"] = "*"
    elif "Resource" in allow:
        allow["Resource"] = [
            *rules.listed(allow["Resource"]),
            luck.choice(["arn:aws:kms:us-*:*:key/*", "arn:aws:kms:*:1*:key/*", "*"]),
        ]
    else:
        allow["NotResource"] = rules.listed(allow["NotResource"])[1:]
    return _with(document, found)
