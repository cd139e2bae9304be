"""Scanners: typed values read character by character, so that a set of values becomes a set of texts.

A predicate such as "the text is a number less than 5" is a language, and a regular one. Its automaton is far too large
to write down (exponents shift a decimal by a thousand places), but small where a search goes: what has been read so far only
matters through how it compares with the few bounds of the set. A scanner is that automaton, computed on demand; the product
of scanners and globs decides mixtures of text tests and typed tests exactly, for all texts anybody may write, canonical or not.

A scanner stands for "the text is a value of its type, inside the set, or iff ``others`` is True it is no value at all". With
``canonical`` only the text that the engine itself writes for a value counts as one. As soon as all continuations are accepted, or
none is, a step says so and there is no state any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final, Protocol

from keyaki.automata.glob import ANY, Glob, Token, bits, skip


class Scanner(Protocol):
    """A deterministic automaton over characters, with states computed on demand.

    ``letters`` are the characters that it tells apart, all others are alike to it; ``others`` is True iff a text that can be no
    value any more is accepted; ``start`` is the state before the first character. States are hashable and no bool. ``weight``
    is what a step costs, in microseconds.
    """

    letters: frozenset[str]
    others: bool
    start: Any
    weight: int

    def step(self, state: Any, char: str) -> Any:
        """Return the state after one more character.

        True only if every continuation is accepted, False only if none is; what can be no value any more is never a state.
        """

    def accepts(self, state: Any) -> bool:
        """Return True iff the text read so far satisfies what the scanner stands for."""


class TruthScanner:
    """Scans `true` and `false`, case folded."""

    letters = frozenset("truefalsTRUEFALS")
    weight = 3

    def __init__(self, truths: Iterable[bool], *, others: bool = False) -> None:
        self.others = others
        self._inside = frozenset("true" if value else "false" for value in truths)
        self.start = ""

    def step(self, state: str, char: str) -> str | bool:
        """The folded text so far, as long as it begins a word."""
        if char not in self.letters:
            return self.others
        text = state + char.lower()
        words = ("true", "false") if self.others else self._inside
        return text if any(word.startswith(text) for word in words) else self.others

    def accepts(self, state: str) -> bool:
        """True iff a truth value of the set ends here, or with ``others`` iff none outside it does."""
        return state in self._inside or (self.others and state not in {"true", "false"})


_ANYTHING = Token(ANY, run=True)
_KEPT: Final = 256  # characters whose positions are kept: a text may hold a hundred thousand different ones
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_SPARE = {2: frozenset("AQgw"), 3: frozenset(_BASE64[::4])}  # the last characters whose spare bits are zero


OctetsState = tuple[tuple[str, ...], int, bool, int]


class OctetsScanner:
    """Scans base64 texts, strictly: the text of a byte string is unique, so a set of byte strings is a set of words.

    The state is the listed words that are still possible, how many characters stand in the group of four, whether the last
    one could end the text, and how many paddings have been read.
    """

    letters = frozenset(_BASE64 + "=")

    def __init__(self, words: Iterable[str], *, all_but: bool, others: bool = False) -> None:
        self.others = others
        self._all_but = all_but
        self._words = tuple(sorted(words))
        self.weight = 3 + (sum(map(len, self._words)) >> 6) + (len(self._words) >> 2)
        self.start: OctetsState = (self._words, 0, False, 0)

    def step(self, state: OctetsState, char: str) -> OctetsState | bool:
        """One more character, as long as base64 allows it."""
        words, place, spare, paddings = state
        left = tuple(word[1:] for word in words if word[:1] == char)
        if char not in self.letters or (not left and not self._all_but and not self.others):
            return self.others
        if char == "=":
            allowed = spare if not paddings else place == 3
            return (left, (place + 1) % 4, False, paddings + 1) if allowed and place >= 2 else self.others
        if paddings:
            return self.others
        place += 1
        return left, place % 4, char in _SPARE.get(place, ()), 0

    def accepts(self, state: OctetsState) -> bool:
        """True iff a byte string of the set ends here, or with ``others`` iff none outside it does."""
        words, place, _, _ = state
        if place:
            return self.others
        return ("" in words) != self._all_but


class GlobScanner:
    """Scans several globs at once: one integer holds the live positions of all of them (see ``keyaki.automata.glob``).

    ``kinds`` are the distinct sets of characters of their tokens.
    """

    letters: frozenset[str] = frozenset()

    def __init__(self, globs: Iterable[Glob], *, others: bool = False) -> None:
        self.others = others
        places: defaultdict[Token, list[int]] = defaultdict(list)
        starts, ends, certain, at = [], [], [], 0
        for glob in globs:
            starts.append(at)
            for token in glob.tokens:
                places[token].append(at)
                at += 1
            if glob.tokens and glob.tokens[-1] == _ANYTHING:
                certain.append(at - 1)
            ends.append(at)
            at += 1
        self._size = at
        self.weight = 3 + (at >> 10)
        self._ends, self._certain = bits(ends, at), bits(certain, at)
        self._runs = bits(chain.from_iterable(found for token, found in places.items() if token.run), at)
        self._open = bits(chain.from_iterable(found for token, found in places.items() if token.chars.complement), at)
        self._mentions: defaultdict[str, list[list[int]]] = defaultdict(list)
        for token, found in places.items():
            for char in token.chars.members:
                self._mentions[char].append(found)
        self.kinds = list(dict.fromkeys(token.chars for token in places))
        self._reads: dict[str, int] = {}
        self.start = skip(bits(starts, at), self._runs)

    def step(self, state: int, char: str) -> int | bool:
        """The live positions after the character, as long as they leave it open whether a glob will match."""
        reads = self._reads.get(char)
        if reads is None:
            reads = self._read(char)
        live = state & reads
        live = skip((live & ~self._runs) << 1 | (live & self._runs), self._runs)
        if live & self._certain:
            return not self.others
        return live or self.others

    def _read(self, char: str) -> int:
        """The positions where the character is read: an open set reads all but what it mentions, any other what it mentions."""
        if len(self._reads) >= _KEPT:
            self._reads.clear()
        found = self._reads[char] = self._open ^ bits(chain.from_iterable(self._mentions.get(char, ())), self._size)
        return found

    def accepts(self, state: int) -> bool:
        """True iff a glob matches the text so far, or with ``others`` iff none does."""
        return bool(state & self._ends) != self.others

    def matches(self, text: str) -> bool:
        """True iff a glob matches the whole text, whatever ``others`` says. O(length x positions / word size)."""
        state: int | bool = self.start
        for char in text:
            state = self.step(state, char)
            if isinstance(state, bool):
                return state != self.others
        return bool(state & self._ends)
