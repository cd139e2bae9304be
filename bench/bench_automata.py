"""Is there a word in all of these unions of globs and in none of those? The automata alone, without policies."""

from __future__ import annotations

from typing import Any

import pytest

from keyaki.automata.glob import HEX, Glob, literal, one, wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Closure, Union, find_word

BUDGET = 5_000_000


def union(*patterns: str) -> Union:
    """Return the union of these wildcard patterns."""
    return Union(tuple(wildcard(pattern) for pattern in patterns))


def is_empty(question: tuple[list[Union], list[Union]]) -> bool:
    """Return True iff no word lies in every union of the first list and in none of the second."""
    return isinstance(find_word(*question, Meter(BUDGET)), Closure)


@pytest.mark.parametrize("n", [10, 100, 1000])
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "word"])
def test_shared_prefixes(measure: Any, n: int, empty: bool) -> None:
    """Patterns with one beginning, without each of them, or without all but the last."""
    patterns = [f"arn:aws:kms:*:{i:012d}:key/*" for i in range(n)]
    denied = patterns if empty else patterns[:-1]
    measure(
        is_empty,
        lambda: ([union(*patterns)], [union(*denied)]),
        empty,
        family=f"automata prefixes, {'empty' if empty else 'word'}",
        n=n,
    )


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "word"])
def test_hex_prefixes(measure: Any, empty: bool) -> None:
    """All ids of eight hex digits, without those that begin with each of the digits, or with all but one."""
    ids: Glob = literal("key/") + one(HEX, 8)
    denied = union(*(f"key/{digit}*" for digit in "0123456789abcdef"[: 16 if empty else 15]))
    measure(is_empty, lambda: ([Union((ids,))], [denied]), empty)


def test_crossing(measure: Any) -> None:
    """`*ab*cd*` without `*ab?cd*` and `*cd*ab*`: there is a word, and it has to steer between both."""
    measure(is_empty, lambda: ([union("*ab*cd*")], [union("*ab?cd*"), union("*cd*ab*")]), False)


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_pattern_length(measure: Any, n: int) -> None:
    """A pattern of ``n`` stars and letters lies in the same pattern with another letter at its end only where it should not."""
    stars = "*a" * n
    measure(is_empty, lambda: ([union(stars + "*")], [union(stars[:-2] + "*")]), True, family="automata length", n=n)


@pytest.mark.parametrize("n", [100, 1000, 6000])
def test_matching(measure: Any, n: int) -> None:
    """A glob of stars matches a long text in one pass: no backtracking."""
    text = "a" * n
    measure(lambda glob: glob.matches(text), lambda: wildcard("*a" * (n // 2) + "*b"), False, family="glob matching", n=n)
