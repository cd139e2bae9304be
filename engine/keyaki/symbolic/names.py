"""Names: the Regions, accounts and key ids that a policy writes out, and so keeps from being fresh (section 3).

Every place counts, in any statement: a field of a Resource or NotResource pattern, if the pattern can match a key ARN of the
partition; a whole value of a String-family condition on ``aws:RequestedRegion`` or ``aws:ResourceAccount``. The caller's own
account is named by a variable in the same places.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from attrs import frozen

from keyaki.automata.glob import Glob, Token
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union, find_word
from keyaki.catalogue import MULTI_VALUED, NEVER_PRESENT
from keyaki.policy import Family, Policy
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.template import Dead, Template, Variable, Wildcard, completed, fields, parse_template
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, DOUBLE_DASH, id_globs, is_account, is_region, kind_of, region_globs
from keyaki.symbolic.pattern import ANY_TEXT, Hole, pattern_of
from keyaki.values import ascii_fold, fold

STRING_FAMILIES: Final = frozenset({Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE})
CALLER_TEXTS: Final = frozenset({"${aws:PrincipalAccount}", "${kms:CallerAccount}"})
RESOURCE_ACCOUNT_TEXT: Final = "${aws:ResourceAccount}"
CALLER_KEYS: Final = frozenset({"kms:calleraccount", "aws:principalaccount"})
_NAMING_KEYS: Final = CALLER_KEYS | {"aws:resourceaccount", "aws:requestedregion"}


@frozen
class Names:
    """What a policy names; ``caller`` is True iff the request's own ``aws:PrincipalAccount`` counts as a named account."""

    regions: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    caller: bool = False


def names_of(policy: Policy, partition: str, mentioned: Collection[str] | None = None, meter: Meter | None = None) -> Names:
    """Return the names of a policy; ``mentioned`` are its context keys, where they are known.

    Linear in the policy but for patterns with wildcards, which are met with the key language. Raises Exhausted iff the meter
    runs out.
    """
    found: dict[str, set[str]] = {"regions": set(), "accounts": set(), "ids": set(), "caller": set()}
    valueless = MULTI_VALUED | NEVER_PRESENT | multi_valued_keys(policy)
    texts = (text for statement in policy.statements if statement.resource for text in statement.resource.values)
    for text in dict.fromkeys(filter(_MAY_BE_KMS.match, texts)):
        _name_resource(text, policy.has_variables, partition, valueless, found, meter)
    for kind, value in _condition_names(policy) if mentioned is None or not _NAMING_KEYS.isdisjoint(mentioned) else ():
        found[kind].add(value)
    return Names(frozenset(found["regions"]), frozenset(found["accounts"]), frozenset(found["ids"]), bool(found["caller"]))


_MAY_BE_KMS: Final = re.compile(r"arn:(?![^:$]*:(?!kms:)[a-z0-9]+:)")
"""Matches the beginning of ARN patterns but for most of those that :func:`names_other_service` finds."""


def _name_resource(  # noqa: PLR0913, PLR0917
    text: str, live: bool, partition: str, valueless: frozenset[str], found: dict[str, set[str]], meter: Meter | None
) -> None:
    if not text.startswith("arn:") or names_other_service(text):
        return
    parts = fields(text, live)
    if len(parts) > 6:
        return
    parts = completed(parts)
    last = [parse_template(part, live, wildcards=True) for part in parts[3:]]
    region, account, key = map(_written, last)
    caller = live and parts[4] in CALLER_TEXTS
    if not (region or account or caller or key):
        return
    if not _can_match([*(parse_template(part, live, wildcards=True) for part in parts[:3]), *last], partition, valueless, meter):
        return
    if is_region(region):
        found["regions"].add(region)
    if is_account(account):
        found["accounts"].add(account)
    elif caller:
        found["caller"].add(parts[4])
    if key.startswith("key/"):
        found["ids"].add(key.removeprefix("key/"))


def names_other_service(text: str) -> bool:
    """True only if an ARN pattern's third field is a plain text other than ``kms``; most patterns of real policies are such."""
    parts = text.split(":", 3)
    return len(parts) > 2 and parts[2].isalnum() and parts[2] != "kms" and "${" not in parts[1]


def _condition_names(policy: Policy) -> Iterator[tuple[str, str]]:
    live = policy.has_variables
    for statement in policy.statements:
        for entry in statement.conditions:
            key = ascii_fold(entry.key)
            if key not in _NAMING_KEYS or entry.operator.family not in STRING_FAMILIES:
                continue
            for value in entry.values:
                if (key == "aws:resourceaccount" and live and value in CALLER_TEXTS) or (
                    key in CALLER_KEYS and live and value == RESOURCE_ACCOUNT_TEXT
                ):
                    yield "caller", value
                elif key == "aws:resourceaccount" and is_account(text := _compared(value, entry.operator.family, live)):
                    yield "accounts", text
                elif key == "aws:requestedregion" and is_region(text := _compared(value, entry.operator.family, live)):
                    yield "regions", text


def _compared(value: str, family: Family, live: bool) -> str:
    """Return the one text that equals the value under the operator, or an empty text."""
    text = _written(parse_template(value, live, wildcards=family is Family.STRING_LIKE))
    return fold(text) if family is Family.STRING_EQUALS_IGNORE_CASE else text


def _written(template: Template) -> str:
    """Return the text of a template without wildcards and variables, or an empty text."""
    return template[0] if len(template) == 1 and isinstance(template[0], str) else ""


def _can_match(templates: list[Template], partition: str, valueless: frozenset[str], meter: Meter | None) -> bool:
    """True iff six field patterns together can match a key ARN of the partition; a variable may hold any text.

    One that never has a value matches nothing: it is malformed, or its key is never there or holds a list, and it has no default.
    """
    if any(_never_has_a_value(piece, valueless) for template in templates for piece in template):
        return False
    fixed = zip(templates[:3], ("arn", partition, "kms"), strict=True)
    return (
        all(_meets_word(template, word) for template, word in fixed)
        and (_is_free(templates[3]) or is_region(_written(templates[3])) or _meets(templates[3], region_globs(), meter))
        and (_is_free(templates[4]) or is_account(_written(templates[4])) or _meets(templates[4], (Glob(ACCOUNT_TOKENS),), meter))
        and (templates[5] in _ANY_KEY or _names_key(templates[5]) or _meets(templates[5], id_globs(None), meter))
    )


def _never_has_a_value(piece: object, valueless: frozenset[str]) -> bool:
    return isinstance(piece, Dead) or (isinstance(piece, Variable) and piece.default is None and piece.key in valueless)


_ANY_KEY: Final = ((Wildcard.MANY,), ("key/", Wildcard.MANY))


def _is_free(template: Template) -> bool:
    return len(template) == 1 and not isinstance(template[0], str) and template[0] is not Wildcard.ONE


def _names_key(template: Template) -> bool:
    text = _written(template)
    return text.startswith("key/") and kind_of(text.removeprefix("key/")) is not None


def _meets_word(template: Template, word: str) -> bool:
    if len(template) == 1 and (template[0] == word or template[0] is Wildcard.MANY):
        return True
    return any(glob.matches(word) for glob in _globs(template))


def _meets(template: Template, language: tuple[Glob, ...], meter: Meter | None) -> bool:
    if _written(template):
        return any(glob.matches(_written(template)) for glob in language) and "--" not in _written(template)
    return isinstance(find_word([Union(language), Union(_globs(template))], [DOUBLE_DASH], meter or Meter(1_000_000)), str)


def _globs(template: Template) -> tuple[Glob, ...]:
    pattern = pattern_of(template, field=True)
    return pattern.relaxed(_any_value) if pattern else ()


def _any_value(hole: Hole) -> list[tuple[Token, ...]]:
    """Any text; an empty default makes it perhaps none, and any other default is such a text itself."""
    return [(ANY_TEXT[1],) if hole.default == "" else ANY_TEXT]
