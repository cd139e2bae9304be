from __future__ import annotations

import os
import subprocess
import sys

import pytest

from keyaki.automata.glob import ANY, DIGIT, HEX, LOWER, NOT_COLON, Chars, Glob, chars, folded, literal, one, run, wildcard
from keyaki.automata.layout import Layout
from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Closure, Union, equivalent, find_word, includes, is_empty


def union(*patterns: str, within: Chars = ANY) -> Union:
    """The union of wildcard patterns."""
    return Union(tuple(wildcard(pattern, within) for pattern in patterns))


def field_pattern(text: str, last: Chars) -> Glob:
    """A pattern of colon-separated fields whose wildcards stay inside their field, those of the last inside ``last``."""
    head, _, tail = text.rpartition(":")
    return wildcard(head + ":", NOT_COLON) + wildcard(tail, last)


def key_language() -> Union:
    """The ARNs of KMS keys, but for two hyphens in a row in the Region."""
    hexes = [one(HEX, length) for length in (8, 4, 4, 4, 12)]
    uuid = hexes[0]
    for part in hexes[1:]:
        uuid = uuid + literal("-") + part
    letters = Chars(LOWER.members | {"-"})
    globs = []
    for length in (2, 3, 4):
        region = one(LOWER, length) + literal("-") + one(LOWER) + run(letters) + literal("-") + one(DIGIT) + run(DIGIT)
        head = literal("arn:aws:kms:") + region + literal(":") + one(DIGIT, 12) + literal(":key/")
        globs += [head + uuid, head + literal("mrk-") + one(HEX, 32)]
    return Union(tuple(globs))


KEYS = key_language()
TWO_HYPHENS = union("*--*")
LASTS = pytest.mark.parametrize("last", [ANY, NOT_COLON], ids=["anything", "field"])


def ask(holds: list[Union], fails: list[Union], steps: int) -> str | Closure:
    """Ask within a number of steps, and check a word by matching it (closures are checked by the laws)."""
    answer = find_word(holds, fails, Meter(steps))
    if isinstance(answer, str):
        assert all(found.matches(answer) for found in holds)
        assert not any(found.matches(answer) for found in fails)
    return answer


@LASTS
def test_keys_of_a_denied_region_are_excluded(last: Chars) -> None:
    """Keys of one account in us-east-1 without those of us-east-1: none, found out in a few hundred steps."""
    allowed = Union((field_pattern("arn:aws:kms:us-east-1:111122223333:key/*", last),))
    denied = Union((field_pattern("arn:aws:kms:us-east-1:*:*", last),))
    assert len(ask([KEYS, allowed], [TWO_HYPHENS, denied], 500)) < 50
    other = Union((field_pattern("arn:aws:kms:us-east-2:*:*", last),))
    assert str(ask([KEYS, allowed], [TWO_HYPHENS, other], 1500)).startswith("arn:aws:kms:us-east-1:111122223333:key/")


@LASTS
def test_sixteen_prefixes_and_the_multi_region_one_cover_every_key(last: Chars) -> None:
    """Sixteen hexadecimal prefixes leave the ids that start `mrk-`; with those too nothing is left; each of them is needed."""
    prefixes = [*"0123456789abcdef", "mrk-"]
    denied = [Union((field_pattern(f"arn:aws:kms:*:*:key/{prefix}*", last),)) for prefix in prefixes]
    assert isinstance(ask([KEYS], [TWO_HYPHENS, *denied], 1200), Closure)
    for at, prefix in enumerate(prefixes):
        answer = ask([KEYS], [TWO_HYPHENS, *denied[:at], *denied[at + 1 :]], 1500)
        assert isinstance(answer, str)
        assert answer.rpartition("/")[2].startswith(prefix)


@LASTS
def test_an_account_beside_fifty_denied_ones_is_found_at_once(last: Chars) -> None:
    """The digits lead away from every denied account, in a number of steps that is linear in the patterns."""
    accounts = [f"{(at * 7_777_777_777 + 12_345) % 10**12:012}" for at in range(50)]
    denied = Union(tuple(field_pattern(f"arn:aws:kms:*:{account}:key/*", last) for account in accounts))
    answer = ask([KEYS], [denied, TWO_HYPHENS], 2500)
    assert isinstance(answer, str)
    assert answer.split(":")[4] not in accounts


def test_a_word_is_made_of_readable_characters() -> None:
    """Free characters are letters or digits; characters of the patterns, wildcards among them, stand only where forced."""
    assert ask([union("?*")], [], 99) == "x"
    assert ask([union("?*")], [union(*(f"{char}*" for char in "x1234567890"))], 9999) == "y"
    assert ask([Union((literal("*") + run(ANY) + literal("?"),))], [union("??")], 99) == "*x?"
    assert ask([Union((one(chars("\x00\x07~")),))], [], 99) == "~"
    assert ask([Union((folded("key"),))], [], 99) == "key"
    assert str(ask([union("?")], [Union((one(chars(map(chr, range(0x250)))),))], 99)).isalnum()


def test_a_word_is_about_as_short_as_can_be() -> None:
    """Runs are left empty unless something must be read in them."""
    assert ask([union("*a*b*")], [], 99) == "ab"
    assert ask([union("*a*b*")], [union("*ab*")], 999) == "axb"
    assert len(ask([union("*ab*cd*")], [union("*ab?cd*"), union("*cd*ab*"), union("*abcd*")], 999)) == 6


def test_the_search_leads_away_from_what_must_fail() -> None:
    """A character that fewer of the excluded patterns live on is tried first: six characters, about one try for each."""
    assert ask([union("??????")], [union("x*", "*x", "?x*", "*x?", "??x*", "*x??")], 60) == "111111"


def test_states_that_are_kept_are_paid_for() -> None:
    """A closure of thousands of states has cost several steps for each: memory is bounded by the budget too."""
    meter = Meter(100_000)
    closure = find_word([union("*a" + "?" * 10 + "*")], [union("*a" + "?" * 10, "*b" + "?" * 10, "*" + "?" * 11)], meter)
    assert isinstance(closure, Closure)
    assert len(closure) > 1000
    assert meter.spent > 5 * len(closure)


def test_states_that_are_compared_are_paid_for() -> None:
    """Where no state covers another, each costs as many steps as it had rivals: time is bounded by the budget too."""
    letters, size, meter = chars("ab"), 7, Meter(100_000)
    fails = Union(tuple(run(letters) + literal(char) + one(letters, size) for char in "ab"))
    closure = find_word([Union((one(letters, size + 1),))], [fails], meter)
    assert isinstance(closure, Closure)
    assert len(closure) == sum(2**length for length in range(size + 2))
    assert meter.spent > sum(4**length for length in range(size + 2)) // 8


def test_an_alphabet_is_paid_for() -> None:
    """Telling many characters apart costs in proportion to the square of their number, beside what the layout costs."""
    word = literal("".join(map(chr, range(0x4E00, 0x4E00 + 2000))))
    laid_out, meter = Meter(100_000), Meter(100_000)
    Layout([(word,), ()], laid_out)
    assert isinstance(find_word([Union((word,)), Union(())], [], meter), Closure)
    assert meter.spent - laid_out.spent > 2000**2 // 600


class Forward(Meter):
    """A meter that is never turned back."""

    __slots__ = ()

    def spend(self, n: int = 1) -> None:
        """Count as any meter does."""
        assert n >= 0
        super().spend(n)


def test_no_step_is_given_back() -> None:
    """What is spent is never negative, however many characters a state can read and however many globs there are."""
    many = Union(tuple(one(chars((char, "-"))) + literal(char) for char in map(chr, range(0x4E00, 0x4E00 + 300))))
    meter = Forward(100_000)
    assert isinstance(find_word([many], [many], meter), Closure)
    assert isinstance(find_word([many], [union("-*")], meter), str)


def test_an_answer_does_not_depend_on_the_hash_seed() -> None:
    """Two interpreters with different hash seeds find the same word, the same closure and the same number of steps."""
    program = (
        "from keyaki.automata.glob import *\n"
        "from keyaki.automata.meter import Meter\n"
        "from keyaki.automata.product import *\n"
        "meter = Meter(9999)\n"
        "many = Union(tuple(wildcard(text) for text in ('*ab*cd*', '?b*d', 'x*1')))\n"
        "print(find_word([many], [Union((folded('xyz1'), one(HEX, 2)))], meter))\n"
        "print(find_word([many], [many], meter).states, meter.spent)\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert b"((" in texts.pop()


def test_the_one_liners_say_what_they_ask() -> None:
    """Emptiness, inclusion and equality of languages on examples that differ in one character."""
    meter = Meter(10_000)
    assert is_empty(Union((one(chars("")),)), meter)
    assert not is_empty(union(""), meter)
    assert includes(union("a*"), union("ab*"), meter)
    assert not includes(union("ab*"), union("a*"), meter)
    assert equivalent(union("?*"), union("*?"), meter)
    assert not equivalent(union("?*"), union("*"), meter)


def test_a_closure_tells_its_size() -> None:
    """`len` counts states, `weight` their live positions; both without writing them out."""
    closure = ask([union("a?")], [union("a*")], 99)
    assert isinstance(closure, Closure)
    assert (len(closure), closure.weight) == (1, 2)
    assert closure.states == (((0,), (0,)),)


MANY_RUNS = "*a" * 3071 + "b"
TAIL = "*a" + "?" * 300

HOSTILE = {
    "many runs": ([MANY_RUNS], [], 100_000),
    "many runs against one character changed": ([MANY_RUNS], [MANY_RUNS[:3001] + "c" + MANY_RUNS[3002:]], 400_000),
    "many runs against one run less": ([MANY_RUNS], [MANY_RUNS[:3000] + "a" + MANY_RUNS[3001:]], 400_000),
    "many runs against themselves": ([MANY_RUNS], [MANY_RUNS], 400_000),
    "a long tail against its beginning": (["*a*"], [TAIL], 1000),
    "a long tail inside its beginning": ([TAIL], ["*a*"], 1000),
    "two long tails": ([TAIL], [TAIL.replace("a", "b")], 10_000),
    "runs of wildcards": (["*?" * 1000], ["*?" * 1001], 100_000),
    "blocks of runs": (["*" * 3000 + "a"], ["*" * 3000 + "b" + "*" * 3000], 100_000),
    "many words against themselves": ([f"word{at * at}" for at in range(500)], [f"word{at * at}" for at in range(500)], 200_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_patterns_are_decided_within_few_steps(name: str) -> None:
    """The number of steps is far below what a subset construction would take."""
    holds, fails, steps = HOSTILE[name]
    ask([union(*holds)], [union(*fails)], steps)


def test_an_exponential_question_stops_at_the_budget() -> None:
    """Where the states are exponentially many the meter runs out, and was overrun by one state's work at most."""
    meter = Meter(20_000)
    with pytest.raises(Exhausted):
        find_word([union(TAIL)], [union("*a" + "?" * 299 + "?*")], meter)
    assert 20_000 < meter.spent < 21_000


def test_a_huge_question_stops_before_it_is_laid_out() -> None:
    """Patterns of a million characters, many words, and an alphabet of thousands are refused for what they would cost."""
    long = Union((Glob(wildcard("a*b?").tokens * 250_000),))
    wide = Union((literal("".join(map(chr, range(0x4E00, 0x4E00 + 9000)))),))
    for holds in (long, wide):
        with pytest.raises(Exhausted):
            find_word([holds], [], Meter(30_000))
