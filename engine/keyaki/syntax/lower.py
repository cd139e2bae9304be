"""The lowering: from lexemes to the abstract syntax, the same for a text and for a decoded object.

What the grammar leaves open is decided here: elements that stand twice, that are missing or exclude each other, the values of
Effect and Version, the names of operators and principals. Costs one pass over the lexemes.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from keyaki.policy import ConditionEntry, Effect, Element, Policy, PolicyWarning, Statement
from keyaki.syntax.decoded import read_policy
from keyaki.syntax.lexeme import Lexeme, Object
from keyaki.syntax.operators import operator_hint, operator_named
from keyaki.syntax.source import ObjectSource, Source
from keyaki.syntax.spelling import clipped, nearest, quoted
from keyaki.syntax.stored import document_warnings

VERSIONS: Final = ("2012-10-17", "2008-10-17")
PRINCIPAL_KINDS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_EFFECTS: Final = {effect.value: effect for effect in Effect}
_MERGED: Final = frozenset({"ACTION", "RESOURCE"})


def policy_from(obj: object) -> Policy:
    """Return the policy that an already decoded object is.

    Equal to what ``parse`` returns for the same document as text. Numbers stand for ``str()`` of the Python number, booleans
    for ``true`` and ``false``. Raises PolicySyntaxError, whose message names the place as a JSON pointer. Linear in the object.
    """
    source = ObjectSource()
    return lower(read_policy(obj, source), source, legacy=False)


def lower(document: Object, source: Source, legacy: bool) -> Policy:
    """Return the policy of a document's lexemes.

    With ``legacy``, an Effect that stands twice counts as its last, and several Action or several Resource are merged. AWS
    documents no more than these, so whatever else stands twice is an error still.
    """
    return _Lowering(source, legacy).policy(document)


class _Lowering:
    """One document being lowered: where its places are told, how it takes what stands twice, and the warnings so far."""

    def __init__(self, source: Source, legacy: bool) -> None:
        self.source = source
        self.legacy = legacy
        self.warnings: list[PolicyWarning] = []
        self.sids: set[str] = set()

    def fail(self, code: str, message: str, place: Any, hint: str | None) -> NoReturn:
        raise self.source.error(code, message, place, hint)

    def warn(self, code: str, message: str, place: Any, statement: int | None = None) -> None:
        self.warnings.append(PolicyWarning(code, message, statement, self.source.span(place)))

    def policy(self, document: Object) -> Policy:
        members = self.by_element(document, legacy=False)
        if "STATEMENT" not in members:
            self.fail("missing-statement", "the policy has no `Statement`", document[1], 'add `"Statement": [...]`')
        version = self.version(members.get("VERSION"))
        name, value = members["STATEMENT"]
        groups = value if type(value) is list else (value,)
        statements = tuple([self.statement(index, group) for index, group in enumerate(groups)])
        if not statements:
            self.warn("no-statements", "`Statement` is an empty list: the policy allows nothing", name.start_pos)
        ident = members["ID"][1].value if "ID" in members else None
        policy = Policy(version, statements, ident, self.source.text)
        if ident is not None and policy.is_identity:
            self.warn("id-in-identity-policy", "`Id` has no use in an identity policy", members["ID"][0].start_pos)
        self.warnings += document_warnings(policy, self.source)
        return Policy(version, statements, ident, self.source.text, tuple(self.warnings)) if self.warnings else policy

    def version(self, member: Any) -> str:
        if member is None:
            return VERSIONS[1]
        value: str = member[1].value
        if value not in VERSIONS:
            message = f"unknown `Version`: `{clipped(value)}`"
            self.fail(
                "unknown-version", message, member[1].start_pos, f"write {quoted(VERSIONS)}: it is the version of the language"
            )
        return value

    def by_element(self, group: Object, legacy: bool) -> dict[str, Any]:
        """Return the members of a policy or statement by terminal."""
        members: dict[str, Any] = {}
        for member in group[0]:
            kind = member[0].type
            if kind in members:
                self.twice(member, members[kind], legacy)
            members[kind] = member
        return members

    def twice(self, member: Any, earlier: Any, legacy: bool) -> None:
        """Make ``member`` stand for both, where ``legacy`` allows that."""
        kind = member[0].type
        if legacy and kind in _MERGED:
            member[1] = [*_texts(earlier[1]), *_texts(member[1])]
        elif not (legacy and kind == "EFFECT"):
            self.duplicate(member[0], earlier[0])

    def duplicate(self, name: Lexeme, earlier: Lexeme) -> NoReturn:
        message = f"`{clipped(name.value)}` stands twice in one object: first at {self.source.where(earlier.start_pos)}"
        self.fail("duplicate-member", message, name.start_pos, "keep one of the two: readers disagree about which one counts")

    def statement(self, index: int, group: Object) -> Statement:
        members = self.by_element(group, self.legacy)
        effect = self.effect(members, group[1])
        principals = self.principals(members)
        action = self.pair(members, "Action")
        if action is None:
            hint = 'say what it is about, as in `"Action": "kms:Decrypt"`'
            self.fail("missing-action", "the statement has neither `Action` nor `NotAction`", group[1], hint)
        resource = self.pair(members, "Resource")
        if resource is None and not principals:
            hint = "add `Resource`: it may be missing only where a `Principal` stands"
            self.fail("missing-resource", "the statement has neither `Resource` nor `NotResource`", group[1], hint)
        conditions = self.conditions(members["CONDITION"], index) if "CONDITION" in members else ()
        sid = self.sid(members["SID"][1], index) if "SID" in members else None
        return Statement(index, effect, action, resource, conditions, sid, principals, self.source.span(group[1], group[2]))

    def effect(self, members: dict[str, Any], place: Any) -> Effect:
        if "EFFECT" not in members:
            self.fail("missing-effect", "the statement has no `Effect`", place, 'add `"Effect": "Allow"` or `"Effect": "Deny"`')
        lexeme = members["EFFECT"][1]
        effect = _EFFECTS.get(lexeme.value)
        if effect is None:
            message = f"`Effect` is `{clipped(lexeme.value)}`, not `Allow` or `Deny`"
            meant = nearest(lexeme.value, _EFFECTS)
            hint = f"write {quoted([meant] if meant else _EFFECTS)}; letter case counts"
            self.fail("bad-effect", message, lexeme.start_pos, hint)
        return effect

    def sid(self, lexeme: Lexeme, index: int) -> str:
        sid: str = lexeme.value
        if sid in self.sids:
            self.warn("duplicate-sid", f"another statement has the `Sid` `{clipped(sid)}` too", lexeme.start_pos, index)
        elif not (sid.isalnum() and sid.isascii()):
            message = f"`Sid` `{clipped(sid)}` holds other characters than letters and digits"
            self.warn("sid-characters", message, lexeme.start_pos, index)
        self.sids.add(sid)
        return sid

    def pair(self, members: dict[str, Any], name: str) -> Element | None:
        """Return the element that stands as ``name`` or in its Not form, or None."""
        member = self.one_of(members, name)
        if member is None:
            return None
        lexeme, value = member
        return Element(lexeme.type[0] == "N", _texts(value))

    def one_of(self, members: dict[str, Any], name: str) -> Any:
        """Return the member ``name`` or its Not form, or None. Raises PolicySyntaxError where both stand."""
        plain = members.get(name.upper())
        negated = members.get("NOT" + name.upper())
        if plain is not None and negated is not None:
            first, second = [lexeme for kind, (lexeme, _) in members.items() if kind in (plain[0].type, negated[0].type)]
            message = f"the statement holds both `{name}` and `Not{name}`: the first at {self.source.where(first.start_pos)}"
            self.fail(f"both-{name.lower()}s", message, second.start_pos, "keep one of the two, or make two statements")
        return plain or negated

    def principals(self, members: dict[str, Any]) -> tuple[Element, ...]:
        member = self.one_of(members, "Principal")
        if member is None:
            return ()
        name, value = member
        negated = name.type[0] == "N"
        if isinstance(value, Lexeme):
            if value.value != "*":
                message = f"`{name.value}` is `{clipped(value.value)}`, not `*` or an object"
                self.fail("bad-principal", message, value.start_pos, 'write `"*"`, or name the kind, as in `{"AWS": "..."}`')
            return (Element(negated, ("*",)),)
        if not value[0]:
            hint = f'write `"*"`, or name {quoted(PRINCIPAL_KINDS)}'
            self.fail("bad-principal", f"`{name.value}` is an empty object", value[1], hint)
        return self.kinds(value, negated)

    def kinds(self, group: Object, negated: bool) -> tuple[Element, ...]:
        found: dict[str, Lexeme] = {}
        elements = []
        for kind, who in group[0]:
            if kind.value in found:
                self.duplicate(kind, found[kind.value])
            if kind.value not in PRINCIPAL_KINDS:
                meant = nearest(kind.value, PRINCIPAL_KINDS)
                hint = f"write {quoted([meant] if meant else PRINCIPAL_KINDS)}"
                self.fail("unknown-principal", f"unknown kind of principal: `{clipped(kind.value)}`", kind.start_pos, hint)
            found[kind.value] = kind
            elements.append(Element(negated, _texts(who), kind.value))
        return tuple(elements)

    def conditions(self, member: Any, index: int) -> tuple[ConditionEntry, ...]:
        name, block = member
        if not block[0]:
            self.warn("empty-condition", "`Condition` is empty: it always holds", name.start_pos, index)
        entries: list[ConditionEntry] = []
        operators: dict[str, Lexeme] = {}
        for lexeme, keys in block[0]:
            spelling = lexeme.value
            if spelling in operators:
                self.duplicate(lexeme, operators[spelling])
            operators[spelling] = lexeme
            operator = operator_named(spelling)
            if operator is None:
                message = f"unknown condition operator: `{clipped(spelling)}`"
                self.fail("unknown-operator", message, lexeme.start_pos, operator_hint(spelling))
            if not keys[0]:
                self.warn("empty-condition", f"`{spelling}` tests no key: it always holds", lexeme.start_pos, index)
            found: dict[str, Lexeme] = {}
            for key, value in keys[0]:
                if key.value in found:
                    self.duplicate(key, found[key.value])
                found[key.value] = key
                entries.append(ConditionEntry(operator, key.value, _texts(value)))
        return tuple(entries)


def _texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a value: a scalar and a list of one are the same."""
    if type(value) is not list:
        value = value.value
        if type(value) is not list:
            return (value,)
    return tuple(value)
