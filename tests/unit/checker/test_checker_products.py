"""Products of patterns: whether a word lies in some and in none of others, by trying every short word."""

from __future__ import annotations

import random
from itertools import product

import pytest

from keyaki.checker.tokens import ANY, Product, Token, Tokens, check_closure, is_possible, matches, plain, run, words
from keyaki.errors import EvidenceError

LETTERS = "abc"
SETS = (Token(frozenset("a")), Token(frozenset("b")), Token(frozenset("ab")), Token(frozenset("a"), complement=True), ANY)
SHORT = ["".join(word) for size in range(6) for word in product(LETTERS, repeat=size)]


def pattern(luck: random.Random, longest: int) -> Tokens:
    """A pattern of a few sets, each once or as a run."""
    tokens = [luck.choice(SETS) for _ in range(luck.randint(0, longest))]
    return tuple(run(token) if luck.random() < 0.4 else token for token in tokens)


@pytest.mark.parametrize("seed", range(150))
def test_a_word_is_possible_iff_some_word_is(seed: int) -> None:
    """What is said to be possible has a word that shows it, and no short word lies in what is said to be impossible."""
    luck = random.Random(seed)
    holds = [[pattern(luck, 3) for _ in range(luck.randint(1, 2))] for _ in range(luck.randint(1, 2))]
    fails = [[pattern(luck, 2)] for _ in range(luck.randint(0, 3))]

    def is_one(word: str) -> bool:
        return all(matches(one, word) for one in holds) and not any(matches(one, word) for one in fails)

    found = next(words(Product(holds, fails), merged=True), None)
    assert (found is not None) == is_possible(holds, fails)
    assert is_one(found) if found is not None else not any(map(is_one, SHORT))


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        (plain("ac"), (run(Token(frozenset("a"))),)),
        (plain("ca"), (run(Token(frozenset("a"))),)),
        ((*plain("a"), Token(frozenset("ab"))), (*plain("a"), run(Token(frozenset("a"))))),
        ((run(ANY),), (run(Token(frozenset("abc"))),)),
    ],
)
def test_a_run_of_some_characters_ends_no_pattern_that_leaves_them(holds: Tokens, fails: Tokens) -> None:
    """A last run that reads only part of what follows does not make a state dead, so the start alone is no closure."""
    asked = Product([[holds]], [[fails]])
    assert is_possible([[holds]], [[fails]])
    start = [[at for at in range(live.bit_length()) if live >> at & 1] for live in asked.start]
    with pytest.raises(EvidenceError):
        check_closure(asked, [start])
