"""Globs over character classes: the one form that every text test of the engine takes.

The idea: a glob is a sequence of tokens, and a token is a set of characters that stands for exactly one of them, or for a
*run* of any number of them. ``*`` is a run of everything, ``*`` inside an ARN field a run of everything but the colon; a
letter without case is a set of two or three characters; 12 digits, a UUID, a Region, a calendar date are globs as well.

The cost: matching keeps the set of live positions as the bits of one integer, so it takes one pass over the word, at most
(length of the word) x (number of tokens / word size of the machine), whatever the pattern. There is no backtracking.

The trap: characters are Unicode scalar values, and a set is finite or co-finite; there are no ranges. And a run that is live
makes the position after it live too: skipping is done once, after each step, by :func:`skip`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from attrs import frozen

from keyaki.values import fold


class Chars(NamedTuple):
    """A set of characters: the ``members``, or with ``complement`` every character but them."""

    members: frozenset[str]
    complement: bool = False

    def __contains__(self, char: object) -> bool:
        return (char in self.members) != self.complement

    def __and__(self, other: Chars) -> Chars:
        """Return the set of the characters that lie in both."""
        if self.complement:
            return Chars(self.members | other.members, True) if other.complement else Chars(other.members - self.members)
        return Chars(self.members - other.members if other.complement else self.members & other.members)

    def __invert__(self) -> Chars:
        """Return the set of the other characters."""
        return Chars(self.members, not self.complement)

    @property
    def is_empty(self) -> bool:
        """True iff it holds no character (a co-finite set always holds one)."""
        return not self.members and not self.complement

    def within(self, other: Chars) -> bool:
        """Return True iff every character of it lies in ``other``."""
        return (self & ~other).is_empty


def chars(members: Iterable[str]) -> Chars:
    """Return the set of exactly these characters; a string gives its characters."""
    return Chars(frozenset(members))


ANY = Chars(frozenset(), complement=True)
NOT_COLON = Chars(frozenset(":"), complement=True)
DIGIT = chars("0123456789")
LOWER = chars("abcdefghijklmnopqrstuvwxyz")
HEX = chars("0123456789abcdef")


class Token(NamedTuple):
    """One character of the set, or with ``run`` any number of them, none included."""

    chars: Chars
    run: bool

    def reads(self, char: str) -> bool:
        """Return True iff the character lies in the set."""
        return (char in self.chars.members) != self.chars.complement


@frozen
class Glob:
    """A sequence of tokens; position ``i`` stands before token ``i``, position ``len(tokens)`` at the end.

    Equal globs have equal tokens; globs of one language may differ.
    """

    tokens: tuple[Token, ...]

    def __add__(self, other: Glob) -> Glob:
        """Return the glob of one word of each, joined."""
        return Glob(self.tokens + other.tokens)

    @property
    def literal(self) -> str | None:
        """The single word it matches, or None if some token is a run or a set that does not hold exactly one character."""
        if any(token.run or token.chars.complement or len(token.chars.members) != 1 for token in self.tokens):
            return None
        return "".join(char for token in self.tokens for char in token.chars.members)

    @property
    def is_literal(self) -> bool:
        """True iff it is written without runs and without sets of several characters."""
        return self.literal is not None

    def matches(self, word: str) -> bool:
        """Return True iff the whole word is one character after another from the tokens, runs taking any number."""
        size = len(self.tokens) + 1
        places: defaultdict[Token, list[int]] = defaultdict(list)
        for at, token in enumerate(self.tokens):
            places[token].append(at)
        of_token = [(token, bits(found, size)) for token, found in places.items()]
        runs = _join(found for token, found in of_token if token.run)
        reads = {char: _join(found for token, found in of_token if token.reads(char)) for char in set(word)}
        live = skip(1, runs)
        for char in word:
            read = live & reads[char]
            live = skip(read << 1 | read & runs, runs)
        return bool(live >> size - 1)


def bits(places: Iterable[int], size: int) -> int:
    """Return the integer whose bits at these places, all below ``size``, are set; linear, where adding up shifts is not."""
    table = bytearray((size >> 3) + 1)
    for at in places:
        table[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(table, "little")


def ones(found: int) -> Iterator[int]:
    """Yield the places of the bits that are set, from the lowest on; linear, where shifting bit by bit is not."""
    for start, octet in enumerate(found.to_bytes((found.bit_length() >> 3) + 1, "little")):
        if octet:
            yield from (start * 8 + bit for bit in range(8) if octet >> bit & 1)


def _join(found: Iterable[int]) -> int:
    return reduce(or_, found, 0)


def skip(live: int, runs: int) -> int:
    """Return the live positions and those reached by skipping runs: the position after each live run, and so on.

    An addition does it for all at once: within a block of neighbouring runs the carry of a live bit ripples upward to the
    position after the block, and what it has changed is what it has passed.
    """
    return live | ((live & runs) + runs) ^ runs


_PLAIN = {char: Token(Chars(frozenset(char)), run=False) for char in map(chr, range(32, 127))}
_ANY_RUN = Token(ANY, run=True)
_ANY_ONE = Token(ANY, run=False)


_KEPT = 4096
"""Tokens kept for characters beyond ASCII, and for folded ones: a set for every character of a text of a megabyte is 300 MB."""


@lru_cache(_KEPT)
def _beyond(char: str) -> Token:
    return Token(Chars(frozenset(char)), run=False)


@lru_cache(_KEPT)
def _caseless(char: str) -> Token:
    return Token(Chars(_unfolded(char)), run=False)


def literal(text: str) -> Glob:
    """Return the glob that matches exactly this text."""
    return Glob(tuple(_PLAIN.get(char) or _beyond(char) for char in text))


def folded(text: str) -> Glob:
    """Return the glob that matches the texts equal to this one after folding the case of each character."""
    return Glob(tuple(map(_caseless, fold(text))))


def wildcard(text: str, within: Chars = ANY) -> Glob:
    """Return the glob of a pattern in which ``*`` is a run and ``?`` one character of ``within``; the rest is plain."""
    live = {"*": Token(within, run=True), "?": Token(within, run=False)}
    return Glob(tuple(live.get(char) or _PLAIN.get(char) or _beyond(char) for char in text))


def one(of: Chars, times: int = 1) -> Glob:
    """Return the glob of exactly ``times`` characters of the set."""
    return Glob((Token(of, run=False),) * times)


def run(of: Chars) -> Glob:
    """Return the glob of any number of characters of the set, none included."""
    return Glob((Token(of, run=True),))


# Characters whose folding is not undone by upper or title case: the dotted capital I, the Kelvin, Angstrom and Ohm signs,
# the capital sharp s and the capital theta symbol.
_ALSO = {"i": "\u0130", "k": "\u212a", "\u00e5": "\u212b", "\u03c9": "\u2126", "\u00df": "\u1e9e", "\u03b8": "\u03f4"}


def _unfolded(char: str) -> frozenset[str]:
    """The characters that fold to a folded character."""
    cased = (char, char.upper(), char.title(), _ALSO.get(char, char))
    return frozenset(other for other in cased if len(other) == 1 and fold(other) == char)
