"""Tokens: patterns as sequences of character sets, and what it takes to see that no word lies in some and in none of others.

A token is (characters, complement, run): one character of the set, or any number of them if it is a run. A position i of a
pattern stands before token i, the last one at the end. A live set is an integer with one bit for each position. A state is one
live set for each pattern. State q *covers* q' iff it has all live positions of q' where a language must hold, and no others than
those of q' where one must fail; then it accepts whatever q' accepts. A state is *dead* iff no way on is left in a language that
must hold, or a pattern that must fail has come to a last run that reads whatever is still to come.

A *closure* is a set of states that covers the start and, by every character, what follows each of its states, unless that is
dead. If none of its states accepts, there is no word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Final, NamedTuple

from keyaki.checker.effort import spend
from keyaki.errors import EvidenceError
from keyaki.values import fold

LIMIT: Final = 20_000
"""States that are looked at when no closure is given: more is refused, not decided."""


class Token(NamedTuple):
    """Characters (all but them if ``complement``) that stand once, or as a run any number of times."""

    chars: frozenset[str]
    complement: bool = False
    run: bool = False

    def reads(self, char: str) -> bool:
        """True iff the character is one of the token's."""
        return (char in self.chars) != self.complement

    def within(self, other: Token) -> bool:
        """True iff every character of the token is one of the other's."""
        if self.complement:
            return other.complement and other.chars <= self.chars
        return not self.chars & other.chars if other.complement else self.chars <= other.chars


Tokens = tuple[Token, ...]
Language = Sequence[Tokens]
"""Patterns, one of which matches."""
State = tuple[int, ...]

ANY: Final = Token(frozenset(), complement=True)
NO_COLON: Final = Token(frozenset(":"), complement=True)
DIGIT: Final = Token(frozenset("0123456789"))
HEX: Final = Token(frozenset("0123456789abcdef"))


def run(token: Token) -> Token:
    """Return the run of a token's characters."""
    return token._replace(run=True)


@cache
def _one(char: str) -> Token:
    return Token(frozenset(char))


def plain(text: str) -> Tokens:
    """Return the tokens of a text."""
    return tuple(map(_one, text))


def wildcard(text: str) -> Tokens:
    """Return the pattern of a text with wildcards and without variables."""
    return tuple(run(ANY) if char == "*" else ANY if char == "?" else plain(char)[0] for char in text)


def folded(text: str) -> Tokens:
    """Return the tokens of the texts that equal this one without case."""
    return tuple(Token(_unfolded(char)) for char in fold(text))


def caseless(token: Token) -> Token:
    """Return the token that reads every character that one of the token's equals without case."""
    if token.complement:
        return ANY._replace(run=token.run)
    return Token(frozenset().union(*(_unfolded(fold(char)) for char in token.chars)), run=token.run)


def some_of(chars: str) -> Tokens:
    """Return the texts of one or more of the characters."""
    return Token(frozenset(chars)), Token(frozenset(chars), run=True)


def _unfolded(char: str) -> frozenset[str]:
    if char.isascii():
        return frozenset({char, char.upper(), *{"i": "\u0130", "k": "\u212a"}.get(char, "")})
    return frozenset({char, *_cased().get(char, ())})


@cache
def _cased() -> dict[str, list[str]]:
    """Return every character that folding changes, by what it becomes."""
    found: dict[str, list[str]] = {}
    for char in map(chr, range(0x80, 0x110000)):
        if fold(char) != char:
            found.setdefault(fold(char), []).append(char)
    return found


class Machine:
    """A pattern ready to step; ``cost`` is what a step of it takes."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.cost = 1 + (len(tokens) >> 9)
        spend(1 + (sum(len(token.chars) for token in tokens) >> 3))
        self.runs = self._bits(at for at, token in enumerate(tokens) if token.run)
        self.end = 1 << len(tokens)
        self.start = self.skip(1)
        self._reads: dict[str, int] = {}
        self._named: dict[str, list[int]] | None = None
        self._others = 0

    def skip(self, live: int) -> int:
        """Add the positions that skipping runs reaches: the carry of a live bit ripples through neighbouring runs, and past."""
        return live | ((live & self.runs) + self.runs) ^ self.runs

    def step(self, live: int, char: str) -> int:
        """Return the live positions after one more character."""
        reads = self._reads.get(char)
        if reads is None:
            reads = self._reads[char] = self._read(char)
        live &= reads
        stays = live & self.runs
        return self.skip((live ^ stays) << 1 | stays)

    def _read(self, char: str) -> int:
        """Return the positions whose token reads a character: of the tokens that name it the plain ones, of others those not."""
        if self._named is None:
            self._named = {}
            for at, token in enumerate(self.tokens):
                for one in token.chars:
                    self._named.setdefault(one, []).append(at)
            self._others = self._bits(at for at, token in enumerate(self.tokens) if token.complement)
        spend(self.cost)
        named = self._named.get(char)
        return self._others ^ self._bits(named) if named else self._others

    def _bits(self, places: Iterable[int]) -> int:
        return bits(places, len(self.tokens) + 1)


def bits(places: Iterable[int], size: int) -> int:
    """Return the integer whose bits at these places, all below ``size``, are set; linear, where adding up shifts is not."""
    table = bytearray((size >> 3) + 1)
    for at in places:
        table[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(table, "little")


def may_begin(language: Language, word: str) -> bool:
    """True iff some pattern matches a text that begins so; every token of it has characters."""
    return any(_live_after(Machine(tokens), word) for tokens in language)


def matches(language: Language, word: str) -> bool:
    """True iff some pattern matches the whole word."""
    return any(_matches(tokens, word) for tokens in language)


def _matches(tokens: Tokens, word: str) -> bool:
    """True iff a pattern matches a word: what stands before its first run and behind its last one is compared at once."""
    size = len(tokens)
    head = next((at for at, token in enumerate(tokens) if token.run), size)
    tail = next((at for at, token in enumerate(reversed(tokens)) if token.run), 0)
    spend(1 + (min(head + tail, len(word)) >> 3))
    if len(word) < head + tail or (head == size and len(word) > size):
        return False
    ends = (*tokens[:head], *tokens[size - tail :])
    if not all(map(Token.reads, ends, word[:head] + word[len(word) - tail :])):
        return False
    machine = Machine(tokens[head : size - tail])
    return bool(_live_after(machine, word[head : len(word) - tail]) & machine.end)


def _live_after(machine: Machine, word: str) -> int:
    """Return the live positions after a word."""
    live = machine.start
    for at, char in enumerate(word):
        if not at & 63:
            spend(64 * machine.cost)
        live = machine.step(live, char)
        if not live:
            break
    return live


def the_word(tokens: Tokens) -> str | None:
    """Return the one text that a pattern without runs and sets matches, or None."""
    if any(token.run or token.complement or len(token.chars) != 1 for token in tokens):
        return None
    return "".join(char for token in tokens for char in token.chars)


class Product:
    """The patterns of languages that must hold, in order, then of those that must fail, run together.

    ``apart`` are characters to tell apart from all others even where no pattern does.
    """

    def __init__(self, holds: Sequence[Language], fails: Sequence[Language], apart: str = "") -> None:
        self.groups: list[range] = []
        self.machines: list[Machine] = []
        for language in holds:
            self.groups.append(range(len(self.machines), len(self.machines) + len(language)))
            self.machines += map(Machine, language)
        self.up = len(self.machines)
        self.machines += [Machine(tokens) for language in fails for tokens in language]
        self.letters = self._letters(apart)
        self.start: State = tuple(machine.start for machine in self.machines)
        self.cost = sum(machine.cost for machine in self.machines)
        self._escapes: dict[tuple[Token, int], int] = {}

    def _letters(self, apart: str) -> list[str]:
        """Return one character for each set of characters that no token tells apart."""
        told: dict[str, list[int]] = {}
        kinds = {token[:2] for machine in self.machines for token in machine.tokens}
        for number, chars in enumerate((*(chars for chars, _ in kinds), *map(frozenset, apart))):
            for char in chars:
                told.setdefault(char, []).append(number)
        other = next(char for char in map(chr, count(ord("!"))) if char not in told)
        found: dict[tuple[int, ...], str] = {}
        for char in (*sorted(told), other):
            found.setdefault(tuple(told.get(char, ())), char)
        return list(found.values())

    def step(self, state: State, char: str) -> State:
        """Return the state after one more character."""
        return tuple(machine.step(live, char) for machine, live in zip(self.machines, state, strict=True))

    def accepts(self, state: State) -> bool:
        """True iff the word read lies in every language that must hold and in none that must fail."""
        ends = [live & machine.end for live, machine in zip(state, self.machines, strict=True)]
        return all(any(ends[at] for at in group) for group in self.groups) and not any(ends[self.up :])

    def packed(self, state: State) -> int:
        """Return a state as one integer, what must fail complemented: a state covers another iff it has all bits of it."""
        spend(self.cost >> 4)
        octets = [
            (live if at < self.up else live ^ ((machine.end << 1) - 1)).to_bytes((len(machine.tokens) >> 3) + 1, "little")
            for at, (live, machine) in enumerate(zip(state, self.machines, strict=True))
        ]
        return int.from_bytes(b"".join(octets), "little")

    def covers(self, other: State, state: State) -> bool:
        """True iff the first state covers the second."""
        return not self.packed(state) & ~self.packed(other)

    def is_dead(self, state: State) -> bool:
        """True only if the state accepts nothing, whatever follows."""
        if any(not any(state[at] for at in group) for group in self.groups):
            return True
        for live, machine in zip(state[self.up :], self.machines[self.up :], strict=True):
            last = machine.tokens[-1] if machine.tokens else None
            if last and last.run and live & machine.end >> 1:
                if last.complement and not last.chars:
                    return True
                if any(all(self._keeps_to(last, at, state[at]) for at in group) for group in self.groups):
                    return True
        return False

    def _keeps_to(self, last: Token, at: int, live: int) -> bool:
        """True iff every way on in a pattern reads only what ``last`` reads too."""
        if (last, at) not in self._escapes:
            tokens = self.machines[at].tokens
            escapes = (place for place in reversed(range(len(tokens))) if not tokens[place].within(last))
            self._escapes[last, at] = next(escapes, -1)
        return not live or (live & -live).bit_length() - 1 > self._escapes[last, at]


def words(product: Product, *, merged: bool) -> Iterator[str]:
    """Yield a word that the product accepts for each state it can be in; if not ``merged``, every word of the product's letters.

    Raises:
        EvidenceError: there are more states or words than are looked at.
    """
    pending = [(0, "", product.start)]
    seen = {product.start}
    for number, (_, _, state) in enumerate(pending):
        if product.accepts(state):
            yield _spelt(pending, number)
        for char in product.letters:
            spend(product.cost)
            after = product.step(state, char)
            if not (merged and after in seen) and not product.is_dead(after):
                if len(pending) >= LIMIT:
                    raise EvidenceError("what a leaf cites leaves too many texts to look at")
                spend(product.cost)
                seen.add(after)
                pending.append((number, char, after))


def _spelt(came: Sequence[tuple[int, str, State]], number: int) -> str:
    """Return the word that led to a state, each state with the number of the one before it and the character between them."""
    letters = []
    while number:
        number, char, _ = came[number]
        letters.append(char)
    spend(1 + (len(letters) >> 3))
    return "".join(reversed(letters))


def is_possible(holds: Sequence[Language], fails: Sequence[Language] = ()) -> bool:
    """True iff some word lies in each of the first languages and in none of the others."""
    return any(True for _ in words(Product(holds, fails), merged=True))


class Cover:
    """Patterns by their fields, ready to be asked whether one of them covers another one field by field.

    Fields stand between plain colons where no other token reads colons. A field is covered by the same, and by any text.
    """

    def __init__(self, language: Language) -> None:
        self._shapes: dict[tuple[int, tuple[int, ...]], set[tuple[Tokens, ...]]] = {}
        for tokens in language:
            found = _fields(tokens) or []
            told = tuple(at for at, field in enumerate(found) if field != _FREE)
            self._shapes.setdefault((len(found), told), set()).add(tuple(found[at] for at in told))

    def covers(self, tokens: Tokens) -> bool:
        """True iff some pattern covers the given one; one look-up for each choice of fields that the patterns tell."""
        found = _fields(tokens) or []
        spend(len(self._shapes))
        return bool(found) and any(
            size == len(found) and tuple(found[at] for at in told) in texts for (size, told), texts in self._shapes.items()
        )


_FREE: Final = (run(NO_COLON),)


def check_cover(holds: Language, *covers: Cover) -> None:
    """Return iff each of the first patterns is covered by one of the others; raise EvidenceError otherwise."""
    for tokens in holds:
        if not any(cover.covers(tokens) for cover in covers):
            raise EvidenceError("a pattern that must match is not covered by one that must not")


def _fields(tokens: Tokens) -> list[Tokens] | None:
    """Return the fields of a pattern, or None iff some token but a plain colon reads colons."""
    spend(1 + (len(tokens) >> 3))
    cuts = [at for at, token in enumerate(tokens) if (":" in token.chars) != token.complement]
    if any(tokens[at] != _one(":") for at in cuts):
        return None
    return [tokens[start:end] for start, end in zip([0, *(at + 1 for at in cuts)], [*cuts, len(tokens)], strict=True)]


def check_closure(product: Product, states: object) -> None:
    """Return iff the states are a closure of the product and none of them accepts; raise EvidenceError otherwise.

    Linear in states times characters told apart times patterns, but for the search of a covering state.
    """
    known = [_state(product, state) for state in states] if isinstance(states, (list, tuple)) else []
    exact = set(known)
    lacking = [~product.packed(state) for state in known]
    bulk = 1 + (product.cost >> 4)

    def require(state: State) -> None:
        spend(product.cost)
        if state in exact or product.is_dead(state):
            return
        spend(len(known) * bulk >> 3)
        bits_of = product.packed(state)
        if all(bits_of & lacks for lacks in lacking):
            raise EvidenceError("a closure does not hold a state that it leads to")

    require(product.start)
    for state in known:
        if product.accepts(state):
            raise EvidenceError("a state of a closure accepts")
        for char in product.letters:
            require(product.step(state, char))


def _state(product: Product, state: object) -> State:
    if not isinstance(state, (list, tuple)) or len(state) != len(product.machines):
        raise EvidenceError("a state of a closure has not one live set for each pattern")
    found = []
    spend(product.cost)
    for positions, machine in zip(state, product.machines, strict=True):
        if not isinstance(positions, (list, tuple)):
            raise EvidenceError("a live set of a closure is no list of positions")
        spend(len(positions) >> 3)
        if not all(isinstance(at, int) and 0 <= at <= len(machine.tokens) for at in positions):
            raise EvidenceError("a live position of a closure is outside its pattern")
        found.append(bits(positions, len(machine.tokens) + 1))
        if machine.skip(found[-1]) != found[-1]:
            raise EvidenceError("a live set of a closure is not closed under skipping runs")
    return tuple(found)
