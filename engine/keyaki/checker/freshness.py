"""Freshness: which Regions, accounts and key ids a policy names, and whether a key ARN is fresh (section 3), worked out anew."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from keyaki.catalogue import MULTI_VALUED, NEVER_PRESENT
from keyaki.checker.keytokens import ACCOUNT_TOKENS, DOUBLE_DASH, MRK, REGION_TOKENS, UUID
from keyaki.checker.tokens import NO_COLON, Language, Token, is_possible, matches, may_begin, plain, run
from keyaki.policy import Family, Policy
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.template import Dead, Template, Variable, Wildcard, completed, fields, parse_template
from keyaki.values import ascii_fold, fold
from keyaki.verdict import Scope

_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")
_TEXTS: Final = {Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE}
_OWN: Final = {"${aws:PrincipalAccount}", "${kms:CallerAccount}"}


@frozen
class Named:
    """What a policy names; ``caller`` is True iff the caller's own account is named."""

    regions: frozenset[str]
    accounts: frozenset[str]
    ids: frozenset[str]
    caller: bool


def is_region(text: str) -> bool:
    """True iff the text has the form of a Region."""
    return _REGION.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """True iff the text is 12 digits."""
    return _ACCOUNT.fullmatch(text) is not None


def is_key_id(text: str) -> bool:
    """True iff the text is a key id."""
    return _KEY_ID.fullmatch(text) is not None


def named(policy: Policy, partition: str) -> Named:
    """Return what a policy names for keys of a partition."""
    valueless = NEVER_PRESENT | MULTI_VALUED | multi_valued_keys(policy)
    found: dict[str, set[str]] = {"region": set(), "account": set(), "id": set(), "caller": set()}
    texts = (text for statement in policy.statements if statement.resource for text in statement.resource.values)
    for text in dict.fromkeys(texts):
        _name_pattern(text, policy.has_variables, partition, valueless, found)
    for statement in policy.statements:
        for entry in statement.conditions:
            if entry.operator.family in _TEXTS:
                for value in entry.values:
                    _name_value(ascii_fold(entry.key), value, entry.operator.family, policy.has_variables, found)
    return Named(frozenset(found["region"]), frozenset(found["account"]), frozenset(found["id"]), bool(found["caller"]))


def is_fresh(arn: str, caller: str | None, scope: Scope, names: Named) -> bool:
    """True iff the key of an ARN is fresh in the scope, in a request whose caller's account is ``caller``."""
    region, account, key = arn.split(":", 5)[3:]
    fresh_region = region not in names.regions
    fresh_account = account not in names.accounts and not (names.caller and account == caller)
    sides = {
        Scope.CONFINED: fresh_region or fresh_account,
        Scope.ACCOUNT: fresh_account,
        Scope.ANY: fresh_region and fresh_account,
        Scope.KEY: True,
    }
    return key.removeprefix("key/") not in names.ids and sides[scope]


def _never_has_a_value(piece: object, valueless: frozenset[str]) -> bool:
    return isinstance(piece, Dead) or (isinstance(piece, Variable) and piece.default is None and piece.key in valueless)


def _name_pattern(text: str, live: bool, partition: str, valueless: frozenset[str], found: dict[str, set[str]]) -> None:
    parts = fields(text, live)
    if not text.startswith("arn:") or len(parts) > 6:
        return
    parts = completed(parts)
    templates = [parse_template(part, live, wildcards=True) for part in parts]
    if not any(_is_written(template) for template in templates[3:]) and not (live and parts[4] in _OWN):
        return
    if any(_never_has_a_value(piece, valueless) for template in templates for piece in template):
        return
    languages = ((plain("arn"),), (plain(partition),), (plain("kms"),), REGION_TOKENS, (ACCOUNT_TOKENS,), (UUID, MRK))
    if not all(_meets(template, language) for template, language in zip(templates, languages, strict=True)):
        return
    for name, template in zip(("region", "account", "id"), templates[3:], strict=True):
        if _is_written(template):
            found[name].add(str(template[0]).removeprefix("key/"))
    if live and parts[4] in _OWN:
        found["caller"].add(parts[4])


def _is_written(template: Template) -> bool:
    """True iff a field is written out in full."""
    return len(template) == 1 and isinstance(template[0], str)


def _name_value(key: str, value: str, family: Family, live: bool, found: dict[str, set[str]]) -> None:
    own = (key == "aws:resourceaccount" and value in _OWN) or (
        key in {"aws:principalaccount", "kms:calleraccount"} and value == "${aws:ResourceAccount}"
    )
    if own and live:
        found["caller"].add(value)
    template = parse_template(value, live, wildcards=family is Family.STRING_LIKE)
    if len(template) == 1 and isinstance(template[0], str):
        text = fold(template[0]) if family is Family.STRING_EQUALS_IGNORE_CASE else template[0]
        if key == "aws:requestedregion" and is_region(text):
            found["region"].add(text)
        if key == "aws:resourceaccount" and is_account(text):
            found["account"].add(text)


def _meets(template: Template, language: Language) -> bool:
    """True iff a field's pattern can match a text of the field; a variable may hold any text of one or more characters."""
    if template == (Wildcard.MANY,):
        return True
    if _is_written(template):
        return matches(language, str(template[0])) and not matches([DOUBLE_DASH], str(template[0]))
    if len(template) == 2 and isinstance(template[0], str) and template[1] is Wildcard.MANY:
        return may_begin(language, template[0]) and "--" not in template[0]
    way: list[Token] = []
    for piece in template:
        if isinstance(piece, str):
            way += plain(piece)
        elif piece is Wildcard.ONE:
            way.append(NO_COLON)
        else:
            may_be_empty = piece is Wildcard.MANY or getattr(piece, "default", None) == ""
            way += (run(NO_COLON),) if may_be_empty else (NO_COLON, run(NO_COLON))
    return is_possible([[tuple(way)], language], [[DOUBLE_DASH]])
