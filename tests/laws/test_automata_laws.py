"""Laws of the automata layer, against a recursive matcher, all short words, and a naive checker of closures."""

from __future__ import annotations

from functools import cache
from itertools import chain, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.automata.glob import ANY, Chars, Glob, Token, chars, literal, wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Closure, Union, equivalent, find_word, includes, is_empty

BUDGET = 100_000
LETTERS = "ab:x"  # `x` stands for every character that no token of these tests mentions
WORDS = tuple("".join(word) for length in range(5) for word in product(LETTERS, repeat=length))

SETS = (chars("a"), chars("b"), chars("ab"), Chars(frozenset(":"), complement=True), Chars(frozenset("a"), complement=True), ANY)
TOKENS = tuple(Token(of, run) for of in SETS for run in (False, True))

globs = st.lists(st.sampled_from(TOKENS), max_size=5).map(lambda tokens: Glob(tuple(tokens)))
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
    return any(matches(glob.tokens, word) for glob in union.globs)


def answers(word: str, holds: list[Union], fails: list[Union]) -> bool:
    return all(lies_in(word, union) for union in holds) and not any(lies_in(word, union) for union in fails)


def closed(glob: Glob, live: set[int]) -> set[int]:
    """The positions and those reached by skipping runs."""
    found = set(live)
    for position, token in enumerate(glob.tokens):
        if position in found and token.run:
            found.add(position + 1)
    return found


def flaw(holds: list[Union], fails: list[Union], states: tuple[tuple[tuple[int, ...], ...], ...]) -> str | None:
    """What is wrong with a closure, read off the law as `product` states it; None if nothing is."""
    positive = [glob for union in holds for glob in union.globs]
    flat = positive + [glob for union in fails for glob in union.globs]
    groups = []
    for union in holds:
        begin = sum(len(group) for group in groups)
        groups.append(range(begin, begin + len(union.globs)))
    negative = range(len(positive), len(flat))
    mentioned = set(chain.from_iterable(token.chars.members for glob in flat for token in glob.tokens))
    alphabet = [*mentioned, next(char for char in map(chr, range(0x10FFFF)) if char not in mentioned)]

    def successor(state, char):
        after = []
        for glob, live in zip(flat, state, strict=True):
            reading = [position for position in live if position < len(glob.tokens) and char in glob.tokens[position].chars]
            after.append(closed(glob, {position + (not glob.tokens[position].run) for position in reading}))
        return after

    def is_covered(state):
        return any(
            all(set(state[at]) <= set(other[at]) for at in range(len(positive)))
            and all(set(state[at]) >= set(other[at]) for at in negative)
            for other in states
        )

    def remaining(state, group):
        return [token.chars for at in group for position in state[at] for token in flat[at].tokens[position:]]

    def is_dead(state):
        if any(all(not state[at] for at in group) for group in groups):
            return True
        for at in negative:
            tokens = flat[at].tokens
            if tokens and tokens[-1].run and len(tokens) - 1 in state[at]:
                last = tokens[-1].chars
                if last == ANY or any(all(of.within(last) for of in remaining(state, group)) for group in groups):
                    return True
        return False

    def is_accepting(state):
        ends = [len(glob.tokens) in live for glob, live in zip(flat, state, strict=True)]
        return all(any(ends[at] for at in group) for group in groups) and not any(ends[at] for at in negative)

    start = [closed(glob, {0}) for glob in flat]
    if not (is_dead(start) or is_covered(start)):
        return "the initial state is not covered"
    for state in states:
        if any(set(live) != closed(glob, set(live)) for glob, live in zip(flat, state, strict=True)):
            return "a state is not closed under skipping"
        if is_accepting(state):
            return "a state accepts"
        if not all(is_dead(after) or is_covered(after) for after in (successor(state, char) for char in alphabet)):
            return "a successor is not covered"
    return None


def check(holds: list[Union], fails: list[Union]) -> str | Closure:
    """Ask, and check the answer by the definition: a word by matching it, a closure by the law."""
    answer = find_word(holds, fails, Meter(BUDGET))
    if isinstance(answer, str):
        assert answers(answer, holds, fails)
    else:
        assert flaw(holds, fails, answer.states) is None
    return answer


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
    # A word that two such globs tell apart can be cut down to three characters: each has at most three positions, so of a
    # longer word some character stands in a run of both, or in a run of one where the other has failed for good.
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
def test_the_order_of_the_question_does_not_matter(question: tuple[list[Union], list[Union]], random) -> None:
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


@pytest.mark.parametrize("name", QUESTIONS_WITHOUT_WORD)
def test_a_changed_closure_is_rejected(name: str) -> None:
    """Without one of its states, with a position more or less, or with an accepting state, a closure proves nothing."""
    holds, fails = ([pattern(text) for text in side] for side in QUESTIONS_WITHOUT_WORD[name])
    states = find_word(holds, fails, Meter(BUDGET)).states
    assert flaw(holds, fails, states) is None
    for gone in range(len(states)):
        assert flaw(holds, fails, states[:gone] + states[gone + 1 :])
    for at, state in enumerate(states):
        for row in range(len(holds)):
            without = (*state[:row], state[row][:-1], *state[row + 1 :])
            assert flaw(holds, fails, (*states[:at], without, *states[at + 1 :]))
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


def test_an_empty_union_has_no_word() -> None:
    """A union of no globs that must hold is refuted by a closure without states, and excludes nothing where it must fail."""
    assert check([Union(())], []).states == ()
    assert is_empty(Union(()), Meter(BUDGET))
    assert check([Union((literal("a"),))], [Union(())]) == "a"
