"""Witness: from the model of a box to a concrete request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from keyaki.catalogue import SAME_VALUE, SPELLINGS
from keyaki.policy import Policy, Request
from keyaki.reference.matching import VARIABLE_FAMILIES
from keyaki.reference.template import Variable, parse_template
from keyaki.symbolic.atom import Value
from keyaki.symbolic.keyarn import KeyKind, kind_of
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY
from keyaki.symbolic.theory import Case
from keyaki.values import ascii_fold, instant


def mentions(policy: Policy) -> dict[str, str]:
    """Return the context keys that a policy mentions, in conditions and in live variables: case-folded key to its spelling."""
    spellings: dict[str, None] = {}
    texts: list[str] = []
    for statement in policy.statements:
        for entry in statement.conditions:
            spellings[entry.key] = None
            if entry.operator.family in VARIABLE_FAMILIES:
                texts += entry.values
        if statement.resource:
            texts += statement.resource.values
    if policy.has_variables:
        spellings.update(dict.fromkeys(_variables(texts)))
    folded = {ascii_fold(spelling): spelling for spelling in spellings}
    return {key: SPELLINGS.get(key, spelling) for key, spelling in folded.items()}


_ENCLOSED: Final = re.compile(r"\$\{[^}]*\}")


def _variables(texts: Sequence[str]) -> Iterator[str]:
    """Yield the keys of the variables in some texts, as written.

    What follows a text's last brace is cut off, so that each ``${`` is closed and each text is read once.
    """
    enclosed: dict[str, None] = {}
    for text in texts:
        if "${" in text:
            enclosed.update(dict.fromkeys(_ENCLOSED.findall(text[: text.rfind("}") + 1])))
    for text in enclosed:
        if isinstance(parse_template(text, live=True, wildcards=False)[0], Variable):
            yield text[2:-1].partition(",")[0]


def concretize(action: str, arn: str, keys: dict[str, str], case: Case, value_of: Callable[[str], Value]) -> Request:
    """Return the request for a key ARN: every mentioned key that is present, its value from ``value_of`` its coordinate."""
    _, _, _, region, account, key = arn.split(":", 5)
    multi_region = kind_of(key.removeprefix("key/")) is KeyKind.MRK
    decided = {REGION_KEY: region, ACCOUNT_KEY: account, "kms:multiregion": "true" if multi_region else "false"}
    if case.own:
        decided[CALLER_KEY] = account
    context: dict[str, str | list[str]] = {}
    for folded in sorted(keys):
        coordinate = SAME_VALUE.get(folded, folded)
        value = decided[coordinate] if coordinate in decided else value_of(coordinate)
        if coordinate == "kms:multiregionkeytype" and case.kind is None:
            value = "PRIMARY" if multi_region else None
        if value is None:
            continue
        if folded == "aws:epochtime" and isinstance(value, str):
            value = str(int(instant(value) or 0))
        context[keys[folded]] = list(value) if isinstance(value, tuple) else value
    return Request(action, arn, context)
