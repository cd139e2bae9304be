"""Laws of the automata layer, against a recursive matcher, all short words, and a naive checker of closures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.automata.glob import ANY, Chars, Glob, Token, chars, literal, wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Closure, State, Union, equivalent, find_word, includes, is_empty

BUDGET = 100_000
Positions = list[frozenset[int]]
LETTERS = "ab:x"  # `x` stands for every character that no token of these tests mentions
WORDS = tuple("".join(word) for length in range(5) for word in product(LETTERS, repeat=length))

SETS = (chars("a"), chars("b"), chars("ab"), Chars(frozenset(":"), complement=True), Chars(frozenset("a"), complement=True), ANY)
TOKENS = tuple(Token(of, run) for of in SETS for run in (False, True))

heads = st.sampled_from([literal(""), literal("abab"), wildcard("a?b?"), wildcard("*ab*")])  # globs of one head share it
globs = st.builds(lambda head, tail: head + Glob(tuple(tail)), heads, st.lists(st.sampled_from(TOKENS), max_size=5))
unions = st.lists(globs, max_size=3).map(lambda found: Union(tuple(found)))
questions = st.tuples(st.lists(unions, max_size=3), st.lists(unions, max_size=3))


@cache
def matches(tokens: tuple[Token, ...], word: str) -> bool:
    """Match by the definition, one token at a time."""
    if not tokens:
        return not word
    first, rest = tokens[0], tokens[1:]
    if first.run:
        return matches(rest, word) or (word != "" and word[0] in first.chars and matches(tokens, word[1:]))
    return word != "" and word[0] in first.chars and matches(rest, word[1:])


def lies_in(word: str, union: Union) -> bool:
    """A word lies in a union iff some glob matches it."""
    return any(matches(glob.tokens, word) for glob in union.globs)


def answers(word: str, holds: list[Union], fails: list[Union]) -> bool:
    """A word answers a question iff it lies in all that must hold and in none that must fail."""
    return all(lies_in(word, union) for union in holds) and not any(lies_in(word, union) for union in fails)


def closed(glob: Glob, live: Iterable[int]) -> frozenset[int]:
    """The positions and those reached by skipping runs."""
    found = set(live)
    for position, token in enumerate(glob.tokens):
        if position in found and token.run:
            found.add(position + 1)
    return frozenset(found)


class NaiveChecker:
    """Checks closures by the law as the docstring of `product` states it, line by line, with sets and loops only."""

    def __init__(self, holds: list[Union], fails: list[Union]) -> None:
        self.rows = [glob for union in holds + fails for glob in union.globs]
        at = iter(range(len(self.rows)))
        self.holds = [[next(at) for _ in union.globs] for union in holds]
        self.fails = list(at)
        mentioned = {char for glob in self.rows for token in glob.tokens for char in token.chars.members}
        self.alphabet = [*mentioned, next(char for char in map(chr, range(0x10FFFF)) if char not in mentioned)]

    def after(self, state: Positions, char: str) -> Positions:
        """The successor of a state."""
        found = []
        for glob, live in zip(self.rows, state, strict=True):
            reading = [at for at in live if at < len(glob.tokens) and char in glob.tokens[at].chars]
            found.append(closed(glob, (at if glob.tokens[at].run else at + 1 for at in reading)))
        return found

    def covers(self, greater: Positions, state: Positions) -> bool:
        """Whether ``greater`` lives on at least as well as ``state``."""
        return all(state[at] <= greater[at] for group in self.holds for at in group) and all(
            state[at] >= greater[at] for at in self.fails
        )

    def is_dead(self, state: Positions) -> bool:
        """Whether a union that must hold has no live position, or a run is certain to match whatever it can still read."""
        return any(not any(state[at] for at in group) for group in self.holds) or any(
            self.is_caught(state, self.rows[at].tokens[-1].chars)
            for at in self.fails
            if self.rows[at].tokens and self.rows[at].tokens[-1].run and len(self.rows[at].tokens) - 1 in state[at]
        )

    def is_caught(self, state: Positions, last: Chars) -> bool:
        """Whether some union that must hold can from now on only read characters of ``last``."""
        remaining = [
            [token.chars for at in group for position in state[at] for token in self.rows[at].tokens[position:]]
            for group in self.holds
        ]
        return last == ANY or any(all(of.within(last) for of in group) for group in remaining)

    def accepts(self, state: Positions) -> bool:
        """Whether the word that led here answers the question."""
        ended = [len(glob.tokens) in live for glob, live in zip(self.rows, state, strict=True)]
        return all(any(ended[at] for at in group) for group in self.holds) and not any(ended[at] for at in self.fails)

    def flaw(self, states: tuple[State, ...]) -> str | None:
        """What is wrong with a closure, None if nothing is."""
        found: list[Positions] = [[frozenset(live) for live in state] for state in states]

        def is_settled(state: Positions) -> bool:
            return self.is_dead(state) or any(self.covers(other, state) for other in found)

        if not is_settled([closed(glob, {0}) for glob in self.rows]):
            return "the initial state is not covered"
        if any(live != closed(glob, live) for state in found for glob, live in zip(self.rows, state, strict=True)):
            return "a state is not closed under skipping"
        if any(self.accepts(state) for state in found):
            return "a state accepts"
        if not all(is_settled(self.after(state, char)) for state in found for char in self.alphabet):
            return "a successor is not covered"
        return None


def flaw(holds: list[Union], fails: list[Union], states: tuple[State, ...]) -> str | None:
    """What is wrong with a closure of this question, None if nothing is."""
    return NaiveChecker(holds, fails).flaw(states)


def check(holds: list[Union], fails: list[Union]) -> str | Closure:
    """Ask, and check the answer by the definition: a word by matching it, a closure by the law."""
    answer = find_word(holds, fails, Meter(BUDGET))
    if isinstance(answer, str):
        assert answers(answer, holds, fails)
    else:
        assert flaw(holds, fails, answer.states) is None
        assert not redundant(holds, fails, answer.states)
    return answer


def redundant(holds: list[Union], fails: list[Union], states: tuple[State, ...]) -> bool:
    """Whether two states agree on what must hold, and one of them covers the other all the same."""
    checker = NaiveChecker(holds, fails)
    sets = [[frozenset(live) for live in state] for state in states]
    positive = sum(len(union.globs) for union in holds)
    return any(
        one[:positive] == other[:positive] and checker.covers(one, other) for one in sets for other in sets if one != other
    )


@settings(deadline=None, max_examples=100)
@given(questions)
def test_an_answer_is_right_and_carries_its_proof(question: tuple[list[Union], list[Union]]) -> None:
    """A word answers the question; a closure obeys the law, and then no short word answers it."""
    holds, fails = question
    if isinstance(check(holds, fails), Closure):
        assert not any(answers(word, holds, fails) for word in WORDS)


def test_every_pair_of_small_globs_is_decided() -> None:
    """Over all globs of at most two tokens of four kinds, inclusion is what all words of at most three characters say."""
    tokens = [token for token in TOKENS if token.chars in {SETS[0], SETS[2], SETS[4], ANY}]
    small = [Union((Glob(found),)) for length in range(3) for found in product(tokens, repeat=length)]
    # If only longer words told two of them apart, this test would fail too: no shorter word could stand against inclusion.
    words = [word for word in WORDS if len(word) <= 3]
    language = {union: frozenset(word for word in words if lies_in(word, union)) for union in small}
    wrong = [
        (inner, outer)
        for inner in small
        for outer in small
        if includes(outer, inner, Meter(BUDGET)) != (language[inner] <= language[outer])
    ]
    assert not wrong


@settings(deadline=None, max_examples=60)
@given(globs, st.text(LETTERS, max_size=7))
def test_matching_is_matching_by_the_definition(glob: Glob, word: str) -> None:
    """`matches` agrees with the recursive matcher."""
    assert glob.matches(word) == matches(glob.tokens, word)


@settings(deadline=None, max_examples=60)
@given(unions, unions, unions)
def test_inclusion_is_an_order(one: Union, two: Union, three: Union) -> None:
    """Inclusion is reflexive and transitive, holds both ways iff the languages are equal, and joins are upper bounds."""
    meter = Meter(BUDGET)
    assert includes(one, one, meter)
    if includes(two, one, meter) and includes(three, two, meter):
        assert includes(three, one, meter)
    assert equivalent(one, two, meter) == (includes(one, two, meter) and includes(two, one, meter))
    both = Union(one.globs + two.globs)
    assert includes(both, one, meter)
    assert includes(both, two, meter)
    assert includes(three, both, meter) == (includes(three, one, meter) and includes(three, two, meter))


@settings(deadline=None, max_examples=60)
@given(globs, globs, st.text(LETTERS, max_size=5))
def test_concatenation_joins_words(left: Glob, right: Glob, word: str) -> None:
    """A word lies in the concatenation iff some cut of it leaves its halves in the two globs."""
    cuts = range(len(word) + 1)
    assert (left + right).matches(word) == any(left.matches(word[:cut]) and right.matches(word[cut:]) for cut in cuts)


@settings(deadline=None, max_examples=60)
@given(questions, st.randoms(use_true_random=False))
def test_the_order_of_the_question_does_not_matter(question: tuple[list[Union], list[Union]], random: Random) -> None:
    """Whether there is a word does not depend on the order of unions, nor on that of the globs in them."""
    holds, fails = question
    answer = find_word(holds, fails, Meter(BUDGET))
    mixed = [[Union(tuple(random.sample(union.globs, len(union.globs)))) for union in side] for side in (holds, fails)]
    for side in mixed:
        random.shuffle(side)
    assert isinstance(check(*mixed), str) == isinstance(answer, str)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("a*?", max_size=9), min_size=1, max_size=4), st.text("a*?", max_size=9))
def test_patterns_with_many_runs(fails: list[str], holds: str) -> None:
    """Repeated and interleaved wildcards are decided, with proof."""
    check([Union((wildcard(holds),))], [Union((wildcard(pattern),)) for pattern in fails])


QUESTIONS_WITHOUT_WORD = {
    "one in the other": (["*ab*cd*"], ["*abcd*", "*ab?*cd*"]),
    "both ways at once": (["a*", "*b"], ["a*b"]),
    "a length is excluded": (["??"], ["a?", "?a", "[not a][not a]"]),
    "far apart": (["*a??b*"], ["*a*b*"]),
    "covered by its parts": (["?*"], ["a*", "[not a]*"]),
}


def pattern(text: str) -> Union:
    """A wildcard pattern in which `[not a]` stands for a character other than a."""
    parts = [wildcard(part) for part in text.split("[not a]")]
    glob = parts[0]
    for part in parts[1:]:
        glob = glob + Glob((Token(~chars("a"), run=False),)) + part
    return Union((glob,))


def is_spare(holds: list[Union], fails: list[Union], state: State, rest: tuple[State, ...]) -> bool:
    """Whether another state covers this one (the search compares only states that agree on the union that guides it)."""
    sets = [[frozenset(live) for live in found] for found in (state, *rest)]
    return any(NaiveChecker(holds, fails).covers(other, sets[0]) for other in sets[1:])


@pytest.mark.parametrize("name", QUESTIONS_WITHOUT_WORD)
def test_a_changed_closure_is_rejected(name: str) -> None:
    """Without one of its states, with a position more or less, or with an accepting state, a closure proves nothing."""
    holds, fails = ([pattern(text) for text in side] for side in QUESTIONS_WITHOUT_WORD[name])
    states = find_word(holds, fails, Meter(BUDGET)).states
    assert flaw(holds, fails, states) is None
    for at, state in enumerate(states):
        before, after = states[:at], states[at + 1 :]
        if is_spare(holds, fails, state, before + after):
            continue
        assert flaw(holds, fails, before + after)
        for row in range(len(holds)):
            assert flaw(holds, fails, (*before, (*state[:row], state[row][:-1], *state[row + 1 :]), *after))
    ends = tuple((len(union.globs[0].tokens),) for union in holds) + ((),) * len(fails)
    assert flaw(holds, fails, (*states, ends)) == "a state accepts"


@pytest.mark.parametrize("name", QUESTIONS_WITHOUT_WORD)
def test_the_closure_of_another_question_is_rejected(name: str) -> None:
    """A closure does not prove the question that leaves out one of the unions it needed."""
    holds, fails = ([pattern(text) for text in side] for side in QUESTIONS_WITHOUT_WORD[name])
    states = find_word(holds, fails, Meter(BUDGET)).states
    for gone in range(len(fails)):
        fewer = fails[:gone] + fails[gone + 1 :]
        row = len(holds) + gone
        assert flaw(holds, fewer, tuple(state[:row] + state[row + 1 :] for state in states))


def test_the_empty_question_is_answered_by_the_empty_word() -> None:
    """Where nothing must hold and nothing must fail, every word will do, and the empty one is shortest."""
    assert find_word([], [], Meter(BUDGET)) == ""
    assert check([], [Union((wildcard("*"),))]).states == ()
    assert check([], [Union((literal(""),))]) == "x"


def test_an_empty_union_has_no_word() -> None:
    """A union of no globs that must hold is refuted by a closure without states, and excludes nothing where it must fail."""
    assert check([Union(())], []).states == ()
    assert is_empty(Union(()), Meter(BUDGET))
    assert check([Union((literal("a"),))], [Union(())]) == "a"
