"""The lowering: from lexemes to the abstract syntax, the same for a text and for a decoded object.

What the grammar leaves open is decided here: elements that stand twice, that are missing or exclude each other, the values of
Effect and Version, the names of operators and principals. Costs one pass over the lexemes.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from keyaki.policy import ConditionEntry, Effect, Element, Policy, PolicyWarning, Statement
from keyaki.syntax.decoded import read_policy
from keyaki.syntax.lexeme import Name, Object
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
        members = self.by_element(document)
        if "STATEMENT" not in members:
            self.fail("missing-statement", "the policy has no `Statement`", document[1], 'add `"Statement": [...]`')
        version = self.version(members.get("VERSION"))
        (_, _, place), value = members["STATEMENT"]
        groups = value if type(value) is list else (value,)
        statements = tuple([self.statement(index, group) for index, group in enumerate(groups)])
        if not statements:
            self.warn("no-statements", "`Statement` is an empty list: the policy allows nothing", place)
        ident = members["ID"][1] if "ID" in members else None
        policy = Policy(version, statements, ident, self.source.text)
        if ident is not None and policy.is_identity:
            self.warn("id-in-identity-policy", "`Id` has no use in an identity policy", members["ID"][0][2])
        self.warnings += document_warnings(policy, self.source)
        return Policy(version, statements, ident, self.source.text, tuple(self.warnings)) if self.warnings else policy

    def version(self, member: Any) -> str:
        if member is None:
            return VERSIONS[1]
        (_, _, place), value = member
        if value not in VERSIONS:
            hint = f"write {quoted(VERSIONS)}: it is the version of the language"
            self.fail("unknown-version", f"unknown `Version`: `{clipped(value)}`", self.source.value(place), hint)
        return str(value)

    def by_element(self, group: Object) -> dict[str, Any]:
        """Return the members of a policy or statement by terminal."""
        members: dict[str, Any] = {}
        for member in group[0]:
            kind = member[0][0]
            if kind in members:
                self.twice(member, members[kind])
            members[kind] = member
        return members

    def twice(self, member: Any, earlier: Any) -> None:
        """Make ``member`` stand for both, where ``legacy`` allows that."""
        kind = member[0][0]
        if self.legacy and kind in _MERGED:
            member[1] = [*_texts(earlier[1]), *_texts(member[1])]
        elif not (self.legacy and kind == "EFFECT"):
            self.duplicate(member[0], earlier[0][2])

    def duplicate(self, name: Name, earlier: Any) -> NoReturn:
        message = f"`{clipped(name[1])}` stands twice in one object: first at {self.source.where(earlier)}"
        self.fail("duplicate-member", message, name[2], "keep one of the two: readers disagree about which one counts")

    def statement(self, index: int, group: Object) -> Statement:
        members = self.by_element(group)
        effect = self.effect(members, group[1])
        principals = self.principals(members) if "PRINCIPAL" in members or "NOTPRINCIPAL" in members else ()
        action = self.pair(members, "ACTION", "NOTACTION")
        if action is None:
            hint = 'say what it is about, as in `"Action": "kms:Decrypt"`'
            self.fail("missing-action", "the statement has neither `Action` nor `NotAction`", group[1], hint)
        resource = self.pair(members, "RESOURCE", "NOTRESOURCE")
        if resource is None and not principals:
            hint = "add `Resource`: it may be missing only where a `Principal` stands"
            self.fail("missing-resource", "the statement has neither `Resource` nor `NotResource`", group[1], hint)
        conditions = self.conditions(members["CONDITION"], index) if "CONDITION" in members else ()
        sid = self.sid(members["SID"], index) if "SID" in members else None
        return Statement(index, effect, action, resource, conditions, sid, principals, self.source.span(group[1], group[2]))

    def effect(self, members: dict[str, Any], statement: Any) -> Effect:
        if "EFFECT" not in members:
            hint = 'add `"Effect": "Allow"` or `"Effect": "Deny"`'
            self.fail("missing-effect", "the statement has no `Effect`", statement, hint)
        (_, _, place), value = members["EFFECT"]
        effect = _EFFECTS.get(value)
        if effect is None:
            message = f"`Effect` is `{clipped(value)}`, not `Allow` or `Deny`"
            meant = nearest(value, _EFFECTS)
            hint = f"write {quoted([meant] if meant else _EFFECTS)}; letter case counts"
            self.fail("bad-effect", message, self.source.value(place), hint)
        return effect

    def sid(self, member: Any, index: int) -> str:
        (_, _, place), value = member
        sid: str = value
        if sid in self.sids:
            message = f"another statement has the `Sid` `{clipped(sid)}` too"
            self.warn("duplicate-sid", message, self.source.value(place), index)
        elif not (sid.isalnum() and sid.isascii()):
            message = f"`Sid` `{clipped(sid)}` holds other characters than letters and digits"
            self.warn("sid-characters", message, self.source.value(place), index)
        self.sids.add(sid)
        return sid

    def pair(self, members: dict[str, Any], plain: str, negated: str) -> Element | None:
        """Return the element that stands as it is or in its Not form, or None."""
        if negated not in members:
            return Element(False, _texts(members[plain][1])) if plain in members else None
        if plain in members:
            self.both(members, plain, negated)
        return Element(True, _texts(members[negated][1]))

    def both(self, members: dict[str, Any], plain: str, negated: str) -> NoReturn:
        first, second = [name for name, _ in members.values() if name[0] in (plain, negated)]
        message = f"the statement holds both `{first[1]}` and `{second[1]}`: the first at {self.source.where(first[2])}"
        self.fail(f"both-{plain.lower()}s", message, second[2], "keep one of the two, or make two statements")

    def principals(self, members: dict[str, Any]) -> tuple[Element, ...]:
        negated = "NOTPRINCIPAL" in members
        if "PRINCIPAL" in members and negated:
            self.both(members, "PRINCIPAL", "NOTPRINCIPAL")
        (_, name, place), value = members["NOTPRINCIPAL" if negated else "PRINCIPAL"]
        if type(value) is tuple:
            if not value[0]:
                hint = f'write `"*"`, or name {quoted(PRINCIPAL_KINDS)}'
                self.fail("bad-principal", f"`{name}` is an empty object", value[1], hint)
            return self.kinds(value, negated)
        if value != "*":
            message = f"`{name}` is `{clipped(value)}`, not `*` or an object"
            hint = 'write `"*"`, or name the kind, as in `{"AWS": "..."}`'
            self.fail("bad-principal", message, self.source.value(place), hint)
        return (Element(negated, ("*",)),)

    def kinds(self, group: Object, negated: bool) -> tuple[Element, ...]:
        found: dict[str, Any] = {}
        elements = []
        for name, who in group[0]:
            _, kind, place = name
            if kind in found:
                self.duplicate(name, found[kind])
            if kind not in PRINCIPAL_KINDS:
                meant = nearest(kind, PRINCIPAL_KINDS)
                hint = f"write {quoted([meant] if meant else PRINCIPAL_KINDS)}"
                self.fail("unknown-principal", f"unknown kind of principal: `{clipped(kind)}`", place, hint)
            found[kind] = place
            elements.append(Element(negated, _texts(who), kind))
        return tuple(elements)

    def conditions(self, member: Any, index: int) -> tuple[ConditionEntry, ...]:
        (_, _, place), (tests, _, _) = member
        if not tests:
            self.warn("empty-condition", "`Condition` is empty: it always holds", place, index)
        entries: list[ConditionEntry] = []
        operators: dict[str, Any] = {}
        for name, (keys, _, _) in tests:
            _, spelling, place = name
            if spelling in operators:
                self.duplicate(name, operators[spelling])
            operators[spelling] = place
            operator = operator_named(spelling)
            if operator is None:
                message = f"unknown condition operator: `{clipped(spelling)}`"
                self.fail("unknown-operator", message, place, operator_hint(spelling))
            if not keys:
                self.warn("empty-condition", f"`{spelling}` tests no key: it always holds", place, index)
            found: dict[str, Any] = {}
            for name, value in keys:  # noqa: PLW2901 - a key is a name too
                _, key, place = name
                if key in found:
                    self.duplicate(name, found[key])
                found[key] = place
                entries.append(ConditionEntry(operator, key, _texts(value)))
        return tuple(entries)


def _texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a value: a scalar and a list of one are the same."""
    return tuple(value) if type(value) is list else (value,)
