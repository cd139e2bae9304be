"""Witness: from the model of a box to a concrete request."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyaki.catalogue import SAME_VALUE, SPELLINGS
from keyaki.policy import Policy, Request
from keyaki.reference.template import Variable, parse_template
from keyaki.symbolic.atom import Value
from keyaki.symbolic.keyarn import KeyKind, kind_of
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY
from keyaki.symbolic.theory import Case
from keyaki.values import ascii_fold, instant


def mentions(policy: Policy) -> dict[str, str]:
    """Return the context keys that a policy mentions, in conditions and in live variables: case-folded key to its spelling."""
    return {key: SPELLINGS.get(key, spelling) for key, spelling in _mentions(policy)}


def _mentions(policy: Policy) -> Iterator[tuple[str, str]]:
    for statement in policy.statements:
        texts = list(statement.resource.values) if statement.resource else []
        for entry in statement.conditions:
            yield ascii_fold(entry.key), entry.key
            texts += entry.values
        if policy.has_variables:
            for text in texts:
                if "${" in text:
                    yield from _variables(text)


def _variables(text: str) -> Iterator[tuple[str, str]]:
    for piece in parse_template(text, live=True, wildcards=False):
        if isinstance(piece, Variable):
            yield piece.key, piece.text[2:-1].partition(",")[0]


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
