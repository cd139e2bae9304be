from __future__ import annotations

import json
from typing import Any

import pytest

from families import (
    HOSTILE,
    LONGEST,
    Case,
    account_pairs,
    actions,
    conditioned,
    context_keys,
    crossing_globs,
    hex_denies,
    hostile,
    plain,
    windows,
)
from keyaki import check, parse, verify

SMALL = {
    "plain": plain(3),
    "actions": actions(3),
    "pairs": account_pairs(3, covered=True),
    "pairs, one open": account_pairs(3, covered=False),
    "hex": hex_denies(16),
    "hex, one open": hex_denies(15),
    "crossing": crossing_globs(),
    "conditioned": conditioned(6, closed=True),
    "conditioned, one open": conditioned(6, closed=False),
    "keys": context_keys(3, closed=True),
    "keys, open": context_keys(3, closed=False),
    "windows": windows(4, closed=True),
    "windows, one open": windows(4, closed=False),
    **{f"hostile {name}": hostile(name, 200) for name in HOSTILE},
}


@pytest.mark.parametrize("name", SMALL)
def test_a_family_knows_its_verdict(name: str) -> None:
    """A small member of each family gets the verdict that the benchmarks expect, with evidence that holds."""
    case: Case = SMALL[name]
    policy = parse(json.dumps(case.document))
    verdict = check(policy)
    assert verdict.outcome.value == case.outcome
    verify(policy, verdict)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_patterns_are_as_long_as_they_say(name: str) -> None:
    """The patterns of a hostile policy have the given length together, give or take one pattern's beginning."""
    texts = list(_long_texts(hostile(name, LONGEST).document))
    assert LONGEST - 40 <= sum(map(len, texts)) <= 2 * LONGEST


def _long_texts(value: Any) -> Any:
    if isinstance(value, dict):
        for item in value.values():
            yield from _long_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _long_texts(item)
    elif len(value) > len("arn:aws:kms:*:*:key/"):
        yield value


@pytest.mark.parametrize("covered", [True, False])
def test_account_pairs_have_two_statements_for_each_account(covered: bool) -> None:
    """``n`` Allows and ``n`` Denies, or one Deny less where something is open."""
    assert len(account_pairs(7, covered=covered).document["Statement"]) == 13 + covered
