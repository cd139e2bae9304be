"""Naming: the Regions, accounts and key ids that a policy writes out (section 3 of the rule book), found apart from the engine.

Whether a pattern can match a key ARN is asked field by field, of the wildcards' positions and of a hand-written automaton of
the field's form, character by character over the whole alphabet of the form: at most some forty characters times the
positions of the pattern.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from attrs import frozen

from keyaki.catalogue import MULTI_VALUED, NEVER_PRESENT
from keyaki.policy import Family, Policy
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.template import Dead, Template, Variable, Wildcard, completed, fields, parse_template
from keyaki.values import ascii_fold, fold

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_CALLER: Final = frozenset({"${aws:PrincipalAccount}", "${kms:CallerAccount}"})
_RESOURCE_ACCOUNT: Final = "${aws:ResourceAccount}"
_CALLER_KEYS: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})
TEXT_FAMILIES: Final = frozenset({Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE})


@frozen
class Names:
    """What a policy names, sorted; ``caller`` is True iff the account of the caller is named in every request."""

    regions: tuple[str, ...]
    accounts: tuple[str, ...]
    ids: tuple[str, ...]
    caller: bool


def names_of(policy: Policy, partition: str) -> Names:
    """What the policy names, for keys of the partition."""
    found = set(_in_patterns(policy, partition)) | set(_in_conditions(policy))
    kinds = {
        kind: tuple(sorted(text for named, text in found if named == kind)) for kind in ("region", "account", "id", "caller")
    }
    return Names(kinds["region"], kinds["account"], kinds["id"], bool(kinds["caller"]))


def _in_patterns(policy: Policy, partition: str) -> Iterator[tuple[str, str]]:
    live, lists = policy.has_variables, MULTI_VALUED | multi_valued_keys(policy)
    for statement in policy.statements:
        for text in statement.resource.values if statement.resource else ():
            parts = fields(text, live)
            if not text.startswith("arn:") or len(parts) > 6:
                continue
            parts = completed(parts)
            templates = [parse_template(part, live, wildcards=True) for part in parts]
            if _can_match(templates, partition, lists):
                yield from _written_fields(parts, templates, live)


def _written_fields(parts: tuple[str, ...], templates: list[Template], live: bool) -> Iterator[tuple[str, str]]:
    for kind, template in zip(("region", "account", "id"), templates[3:], strict=True):
        text = plain_text(template)
        if text is not None:
            yield kind, text.removeprefix("key/")
    if live and parts[4] in _CALLER:
        yield "caller", parts[4]


def _in_conditions(policy: Policy) -> Iterator[tuple[str, str]]:
    live = policy.has_variables
    for statement in policy.statements:
        for entry in statement.conditions:
            key, family = ascii_fold(entry.key), entry.operator.family
            if family not in TEXT_FAMILIES:
                continue
            for value in entry.values:
                if live and (
                    (key == "aws:resourceaccount" and value in _CALLER) or (key in _CALLER_KEYS and value == _RESOURCE_ACCOUNT)
                ):
                    yield "caller", value
                text = plain_text(parse_template(value, live, wildcards=family is Family.STRING_LIKE))
                if text is not None:
                    yield from _written_value(key, fold(text) if family is Family.STRING_EQUALS_IGNORE_CASE else text)


def _written_value(key: str, text: str) -> Iterator[tuple[str, str]]:
    if key == "aws:requestedregion" and _REGION.fullmatch(text):
        yield "region", text
    if key == "aws:resourceaccount" and _ACCOUNT.fullmatch(text):
        yield "account", text


def plain_text(template: Template) -> str | None:
    """The text of a template without wildcards and variables, else None."""
    if not template:
        return ""
    return template[0] if len(template) == 1 and isinstance(template[0], str) else None


def _can_match(templates: list[Template], partition: str, lists: frozenset[str]) -> bool:
    forms = (_fixed("arn"), _fixed(partition), _fixed("kms"), *_FIELD_FORMS)
    return all(_has_value(template, lists) and _meets(template, form) for template, form in zip(templates, forms, strict=True))


def _has_value(template: Template, lists: frozenset[str]) -> bool:
    """True iff each variable may have a value: it is well-formed, has a default, or its key may be present and is no list."""
    return not any(
        isinstance(piece, Dead)
        or (isinstance(piece, Variable) and piece.default is None and (piece.key in lists or piece.key in NEVER_PRESENT))
        for piece in template
    )


Step: TypeAlias = Callable[[str, str], "str | None"]
"""From a state and a character to the next state, None iff no text of the form goes on so. The start is the empty state, and
``end`` as a character gives a state iff the text may end there."""
_END: Final = ""
_ALPHABET: Final = string.ascii_lowercase + string.digits + "-/"


def _fixed(*shapes: str) -> Step:
    """Texts of the shapes, where ``D`` is a digit and ``H`` a hexadecimal digit; a state is what has been read, shape-wise."""

    def step(state: str, character: str) -> str | None:
        if character == _END:
            return state if state in shapes else None
        for shape in shapes:
            if shape.startswith(state) and len(shape) > len(state):
                wanted = shape[len(state)]
                if character in {"D": string.digits, "H": "0123456789abcdef"}.get(wanted, wanted):
                    return state + wanted
        return None

    return step


_uuid_form = _fixed("key/HHHHHHHH-HHHH-HHHH-HHHH-HHHHHHHHHHHH")
_mrk_form = _fixed("key/mrk-" + "H" * 32)


def _key_form(state: str, character: str) -> str | None:
    """A key id of either kind after ``key/``; the two part after those four characters, at an ``m``."""
    if state == "key/":
        return _mrk_form(state, character) if character == "m" else _uuid_form(state, character)
    return _mrk_form(state, character) if state.startswith("key/m") else _uuid_form(state, character)


def _region_form(state: str, character: str) -> str | None:
    """``[a-z]{2,4}(-[a-z]+)+-[0-9]+``; the state is its text with runs shortened."""
    if character == _END:
        return state if state == "aa-a-0" else None
    kind = "a" if character in string.ascii_lowercase else "0" if character in string.digits else character
    moves = {
        ("", "a"): "1",
        ("1", "a"): "2",
        ("2", "a"): "3",
        ("3", "a"): "4",
        ("2", "-"): "aa-",
        ("3", "-"): "aa-",
        ("4", "-"): "aa-",
        ("aa-", "a"): "aa-a",
        ("aa-a", "a"): "aa-a",
        ("aa-a", "-"): "aa-a-",
        ("aa-a-", "a"): "aa-a",
        ("aa-a-", "0"): "aa-a-0",
        ("aa-a-0", "0"): "aa-a-0",
    }
    return moves.get((state, kind))


_FIELD_FORMS: Final = (_region_form, _fixed("D" * 12), _key_form)


def field_meets(place: int, glob: Template) -> bool:
    """True iff a glob can match a text of a field of key ARNs: 0 the Region, 1 the account, 2 what follows."""
    return _meets(glob, _FIELD_FORMS[place])


def _meets(template: Template, form: Step) -> bool:
    """True iff a template can match a text of the form; a variable may hold its default or any text of a character or more."""
    options = [_expanded(piece) for piece in template]
    paths: list[list[str | Wildcard]] = [[]]
    for option in options:
        paths = [[*path, *tokens] for path in paths for tokens in option]
    return any(_path_meets(path, form) for path in paths)


def _expanded(piece: str | Wildcard | Variable | Dead) -> list[list[str | Wildcard]]:
    """The ways to read a piece as characters and wildcards."""
    if isinstance(piece, str):
        return [list(piece)]
    if isinstance(piece, Wildcard):
        return [[piece]]
    found: list[list[str | Wildcard]] = [[Wildcard.ONE, Wildcard.MANY]]
    if isinstance(piece, Variable) and piece.default is not None:
        found.append(list(piece.default))
    return found


def _path_meets(tokens: list[str | Wildcard], form: Step) -> bool:
    pending = [("", 0)]
    seen = set(pending)
    while pending:
        state, place = pending.pop()
        if place == len(tokens) and form(state, _END) is not None:
            return True
        for following in _moves(tokens, form, state, place):
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return False


def _moves(tokens: list[str | Wildcard], form: Step, state: str, place: int) -> Iterator[tuple[str, int]]:
    if place == len(tokens):
        return
    token = tokens[place]
    if token is Wildcard.MANY:
        yield state, place + 1
    for character in _ALPHABET if isinstance(token, Wildcard) else (str(token),):
        after = form(state, character)
        if after is not None:
            yield after, place if token is Wildcard.MANY else place + 1
