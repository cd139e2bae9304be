"""Tokens: patterns as sequences of character sets, and what it takes to check that a closure of states holds no word.

A token is (characters, complement, run): one character of the set, or any number of them if it is a run. A position i of a pattern
stands before token i, the last one at the end. A live set is an integer with one bit for each position.

A closure proves that no word lies in every language that must hold and in none of those that must fail: it covers the start, every
character leads from each of its states to a state that it covers or that is dead, and none of its states accepts. Covering means more
live positions where a language must hold and fewer where it must fail, so that what a state accepts, the one that covers it accepts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from keyaki.errors import EvidenceError
from keyaki.values import fold


class Token(NamedTuple):
    """Characters (all but them if ``complement``) that stand once, or as a run any number of times."""

    chars: frozenset[str]
    complement: bool = False
    run: bool = False

    def reads(self, char: str) -> bool:
        """True iff the character is one of the token's; the empty text stands for all characters that no token names."""
        return (char in self.chars) != self.complement


Tokens = tuple[Token, ...]
Language = Sequence[Tokens]
"""Patterns, one of which matches."""

ANY: Final = Token(frozenset(), complement=True)
NO_COLON: Final = Token(frozenset(":"), complement=True)
DIGIT: Final = Token(frozenset("0123456789"))
HEX: Final = Token(frozenset("0123456789abcdef"))


def run(token: Token) -> Token:
    """Return the run of a token's characters."""
    return token._replace(run=True)


@cache
def plain(text: str) -> Tokens:
    """Return the tokens of a text."""
    return tuple(Token(frozenset(char)) for char in text)


def folded(text: str) -> Tokens:
    """Return the tokens of the texts that equal this one without case."""
    return tuple(Token(_unfolded(char)) for char in fold(text))


def caseless(token: Token) -> Token:
    """Return the token that reads every character that one of the token's equals without case."""
    if token.complement:
        return ANY._replace(run=token.run)
    return Token(frozenset().union(*(_unfolded(fold(char)) for char in token.chars)), run=token.run)


def some_of(chars: str) -> Language:
    """Return the texts of one or more of the characters."""
    token = Token(frozenset(chars))
    return [(token, run(token))]


@cache
def _unfolded(char: str) -> frozenset[str]:
    if char.isascii():
        return frozenset({char, char.upper(), *{"i": "\u0130", "k": "\u212a"}.get(char, "")})
    every = (*range(0xD800), *range(0xE000, 0x110000))
    return frozenset(other for other in map(chr, every) if fold(other) == char)


class Machine:
    """A pattern ready to step."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.runs = _bits(at for at, token in enumerate(tokens) if token.run)
        self.end = 1 << len(tokens)
        self.start = self.skip(1)
        self._reads: dict[str, int] = {}

    def skip(self, live: int) -> int:
        """Add the positions that skipping runs reaches."""
        more = live
        while more:
            more = (live & self.runs) << 1 & ~live
            live |= more
        return live

    def step(self, live: int, char: str) -> int:
        """Return the live positions after one more character."""
        reads = self._reads.get(char)
        if reads is None:
            reads = self._reads[char] = _bits(at for at, token in enumerate(self.tokens) if token.reads(char))
        live &= reads
        return self.skip((live & ~self.runs) << 1 | live & self.runs)

    def matches(self, word: str) -> bool:
        """True iff the pattern matches the whole word."""
        live = self.start
        for char in word:
            live = self.step(live, char)
        return bool(live & self.end)


def _bits(positions: Iterator[int]) -> int:
    return sum(1 << at for at in positions)


def matches(language: Language, word: str) -> bool:
    """True iff some pattern matches the whole word."""
    return any(Machine(tokens).matches(word) for tokens in language)


def the_word(tokens: Tokens) -> str | None:
    """Return the one text that a pattern without runs and sets matches, or None."""
    if any(token.run or token.complement or len(token.chars) != 1 for token in tokens):
        return None
    return "".join(char for token in tokens for char in token.chars)


def possible(language: Language, other: Language, barred: Tokens) -> bool:
    """True iff some word lies in both languages and does not match the barred pattern; few states, since all three are fields."""
    machines = [Machine(tokens) for tokens in (*language, *other, barred)]
    split = len(language)
    letters = _letters(machines)
    pending = [tuple(machine.start for machine in machines)]
    seen = set(pending)
    while pending:
        state = pending.pop()
        ends = [bool(live & machine.end) for live, machine in zip(state, machines, strict=True)]
        if any(ends[:split]) and any(ends[split:-1]) and not ends[-1]:
            return True
        for char in letters:
            after = tuple(machine.step(live, char) for machine, live in zip(machines, state, strict=True))
            if after not in seen and any(after[:split]) and any(after[split:-1]):
                seen.add(after)
                pending.append(after)
    return False


def _letters(machines: Sequence[Machine]) -> list[str]:
    """Return one character for each set of characters that no token tells apart; the empty text for all unnamed ones."""
    tokens = list({token._replace(run=False) for machine in machines for token in machine.tokens})
    named = sorted(frozenset().union(*(token.chars for token in tokens)))
    found: dict[tuple[bool, ...], str] = {}
    for char in (*named, ""):
        found.setdefault(tuple(token.reads(char) for token in tokens), char)
    return list(found.values())


def check_closure(holds: Sequence[Language], fails: Sequence[Language], states: object) -> None:
    """Return iff the states prove that no word lies in all of ``holds`` and in none of ``fails``; raise EvidenceError otherwise.

    Linear in states times characters told apart times patterns, but for the search of a covering state.
    """
    _Closure(holds, fails).check(states)


def check_cover(holds: Sequence[Language], fails: Sequence[Language]) -> None:
    """Return iff each pattern of some language that must hold is covered by one that must fail; raise EvidenceError otherwise.

    One pattern covers another if it is split by as many colons and each field is the same or any text without a colon.
    """
    covers = [_fields(tokens) for language in fails for tokens in language]
    for language in holds:
        if all(any(_covers(outer, _fields(inner)) for outer in covers) for inner in language):
            return
    raise EvidenceError("a pattern that must match is not covered by one that must not")


def _fields(tokens: Tokens) -> list[Tokens] | None:
    """Return the fields of a pattern whose colons are all plain, or None."""
    fields: list[list[Token]] = [[]]
    for token in tokens:
        if token == Token(frozenset(":")):
            fields.append([])
        elif token.reads(":"):
            return None
        else:
            fields[-1].append(token)
    return [tuple(field) for field in fields]


def _covers(outer: list[Tokens] | None, inner: list[Tokens] | None) -> bool:
    if outer is None or inner is None or len(outer) != len(inner):
        return False
    return all(theirs in ((run(NO_COLON),), mine) for theirs, mine in zip(outer, inner, strict=True))


class _Closure:
    def __init__(self, holds: Sequence[Language], fails: Sequence[Language]) -> None:
        self.groups: list[list[int]] = []
        self.machines: list[Machine] = []
        for language in holds:
            self.groups.append(list(range(len(self.machines), len(self.machines) + len(language))))
            self.machines += map(Machine, language)
        self.up = len(self.machines)
        self.machines += [Machine(tokens) for language in fails for tokens in language]
        self.letters = _letters(self.machines)

    def check(self, states: object) -> None:
        known = [self._state(state) for state in states] if isinstance(states, (list, tuple)) else []
        exact = set(known)
        self._require(tuple(machine.start for machine in self.machines), exact, known)
        for state in known:
            if self._accepts(state):
                raise EvidenceError("a state of a closure accepts")
            for char in self.letters:
                after = tuple(machine.step(live, char) for machine, live in zip(self.machines, state, strict=True))
                self._require(after, exact, known)

    def _require(self, state: tuple[int, ...], exact: set[tuple[int, ...]], known: list[tuple[int, ...]]) -> None:
        if state in exact or self._dead(state) or any(self._covers(other, state) for other in known):
            return
        raise EvidenceError("a closure does not hold a state that it leads to")

    def _covers(self, other: tuple[int, ...], state: tuple[int, ...]) -> bool:
        up = self.up
        return all(not mine & ~theirs for mine, theirs in zip(state[:up], other[:up], strict=True)) and all(
            not theirs & ~mine for mine, theirs in zip(state[up:], other[up:], strict=True)
        )

    def _accepts(self, state: tuple[int, ...]) -> bool:
        return all(any(state[at] & self.machines[at].end for at in group) for group in self.groups) and not any(
            live & machine.end for live, machine in zip(state[self.up :], self.machines[self.up :], strict=True)
        )

    def _dead(self, state: tuple[int, ...]) -> bool:
        if any(not any(state[at] for at in group) for group in self.groups):
            return True
        for live, machine in zip(state[self.up :], self.machines[self.up :], strict=True):
            last = machine.tokens[-1] if machine.tokens else None
            if last is None or not last.run or not live & (machine.end >> 1):
                continue
            if last == run(ANY) or any(self._within(state, group, last) for group in self.groups):
                return True
        return False

    def _within(self, state: tuple[int, ...], group: list[int], last: Token) -> bool:
        """True iff every way on in the group's patterns reads only what the run ``last`` reads too."""
        for at in group:
            live, tokens = state[at], self.machines[at].tokens
            if live:
                first = (live & -live).bit_length() - 1
                if not all(_inside(token, last) for token in tokens[first:]):
                    return False
        return True

    def _state(self, state: object) -> tuple[int, ...]:
        if not isinstance(state, (list, tuple)) or len(state) != len(self.machines):
            raise EvidenceError("a state of a closure has not one live set for each pattern")
        found = []
        for positions, machine in zip(state, self.machines, strict=True):
            if not all(isinstance(at, int) and 0 <= at <= len(machine.tokens) for at in positions):
                raise EvidenceError("a live position of a closure is outside its pattern")
            live = _bits(iter(set(positions)))
            if machine.skip(live) != live:
                raise EvidenceError("a live set of a closure is not closed under skipping runs")
            found.append(live)
        return tuple(found)


def _inside(token: Token, other: Token) -> bool:
    """True iff every character of a token is one of the other's."""
    if token.complement:
        return other.complement and other.chars <= token.chars
    return not token.chars & other.chars if other.complement else token.chars <= other.chars
