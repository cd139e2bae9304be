"""Operators: the names of condition operators, taken apart.

Names are compared after ASCII case folding. Any operator but Null takes the suffix IfExists; any takes a set prefix. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from keyaki.policy import Family, Operator, Quantifier
from keyaki.syntax.spelling import nearest

_NEGATED: Final = {
    "StringNotEquals": Family.STRING_EQUALS,
    "StringNotEqualsIgnoreCase": Family.STRING_EQUALS_IGNORE_CASE,
    "StringNotLike": Family.STRING_LIKE,
    "ArnNotEquals": Family.ARN_LIKE,
    "ArnNotLike": Family.ARN_LIKE,
    "NumericNotEquals": Family.NUMERIC_EQUALS,
    "DateNotEquals": Family.DATE_EQUALS,
    "NotIpAddress": Family.IP_ADDRESS,
}
_POSITIVE: Final = {"ArnEquals": Family.ARN_LIKE, **{family.value: family for family in Family}}
_BASES: Final = {
    name.lower(): (family, negated) for table, negated in ((_POSITIVE, False), (_NEGATED, True)) for name, family in table.items()
}
_NAMES: Final = tuple(_POSITIVE) + tuple(_NEGATED)
_PREFIXES: Final = {quantifier.value.lower() + ":": quantifier for quantifier in Quantifier}
_SUFFIX: Final = "ifexists"
_ROUGH_PREFIX: Final = re.compile("for[ _-]?(all|any)[ _-]?values?[:. ]*")


def _parts(name: str) -> tuple[Quantifier | None, str, bool]:
    """Return set prefix, folded base name and whether IfExists follows it."""
    folded = name.lower()
    quantifier = None
    for prefix, meaning in _PREFIXES.items():
        if folded.startswith(prefix):
            quantifier, folded = meaning, folded[len(prefix) :]
            break
    if_exists = folded.endswith(_SUFFIX)
    return quantifier, folded.removesuffix(_SUFFIX), if_exists


@lru_cache(maxsize=256)
def operator_named(name: str) -> Operator | None:
    """Return the operator that ``name`` spells, or None where it spells none (``NullIfExists`` spells none)."""
    quantifier, base, if_exists = _parts(name)
    known = _BASES.get(base) if name.isascii() else None
    if known is None or (if_exists and known[0] is Family.NULL):
        return None
    return Operator(known[0], known[1], if_exists, quantifier, name)


def operator_name(operator: Operator) -> str:
    """Return the canonical name of an operator; ``operator_named`` reads it back to an equal one."""
    table = _NEGATED if operator.negated else _POSITIVE
    base = next(name for name, family in reversed(table.items()) if family is operator.family)
    prefix = f"{operator.quantifier}:" if operator.quantifier else ""
    return f"{prefix}{base}{'IfExists' if operator.if_exists else ''}"


def operator_hint(name: str) -> str:
    """Return what to write instead of ``name``, which spells no operator."""
    prefix, rest = _near_prefix(name)
    if rest == "null" + _SUFFIX:
        return "write `Null` without IfExists: it tests presence itself"
    meant = nearest(rest, [*_NAMES, *[f"{known}IfExists" for known in _NAMES if known != "Null"]])
    if meant is None:
        return "write an operator of the IAM policy language, such as `StringEquals` or `ArnLike`"
    return f"write `{prefix}{meant}`"


def _near_prefix(name: str) -> tuple[str, str]:
    """Return the set prefix that ``name`` was probably meant to start with, or nothing, and the rest, folded."""
    found = _ROUGH_PREFIX.match(name.lower())
    if not found:
        return "", name.lower()
    quantifier = Quantifier.FOR_ALL_VALUES if found[1] == "all" else Quantifier.FOR_ANY_VALUE
    return f"{quantifier}:", name.lower()[found.end() :]
