"""The alphabet: which characters no token tells apart, and which of them to show.

The idea: a problem mentions a few dozen characters and character sets (*kinds*). Two characters that lie in the same kinds
lead every state to the same state, so one of them stands for all: such a class is a *minterm*. All characters that are
mentioned nowhere are one minterm, since a kind is finite or co-finite.

The cost: one entry per mentioned character, one integer of as many bits as there are kinds. The number of minterms is at
most that of the mentioned characters plus one, never two to the number of kinds.

The trap: a witness is read by people. The character that stands for a minterm is its most readable one: a letter or digit,
else printable ASCII, else any printable character. A control or unassigned one appears only where nothing else will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from keyaki.automata.glob import Chars


class Minterm(NamedTuple):
    """A class of characters: the one that stands for it, and the kinds it lies in, bit ``k`` for kind ``k``."""

    char: str
    kinds: int


def minterms(kinds: Iterable[Chars]) -> list[Minterm]:
    """Return the classes of characters that the kinds do not tell apart, the most readable first.

    Every character lies in exactly one of them. Linear in the members of the kinds together.
    """
    others, found = 0, dict[str, int]()
    sets = list(kinds)
    for kind, chars in enumerate(sets):
        others |= chars.complement << kind
    for kind, chars in enumerate(sets):
        for char in chars.members:
            found[char] = found.get(char, others) ^ (1 << kind)
    other = next((char for char in _everything() if char not in found), None)
    if other is not None:
        found[other] = others
    shown: dict[int, tuple[int, str]] = {}
    for char, lies_in in found.items():
        rank = readability(char)
        if lies_in not in shown or rank < shown[lies_in]:
            shown[lies_in] = rank
    return [Minterm(char, lies_in) for (_, char), lies_in in sorted((rank, lies_in) for lies_in, rank in shown.items())]


# An `x` reads as "anything"; after it, digits make better account and key ids than letters do. Wildcards come last.
_READABLE = "x1234567890yzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW-_./+=,@:#%!&;~^()[]<>{}|'`\" \\?*$"
_RANK = {char: rank for rank, char in enumerate(_READABLE)}
_BEYOND_ASCII = range(0xA1, 0xD800), range(0xE000, 0x110000)


def readability(char: str) -> tuple[int, str]:
    """Return a sort key: what is smaller is shown rather than what is greater."""
    rank = _RANK.get(char)
    if rank is None:
        rank = 100 if char.isalnum() else 101 if char.isprintable() else 102
    return rank, char


def _everything() -> Iterator[str]:
    """Every character, some of them twice: printable ASCII, then letters and digits beyond it, then the rest."""
    yield from _READABLE
    yield from (char for char in map(chr, chain(*_BEYOND_ASCII)) if char.isalnum())
    yield from map(chr, chain(range(0xA1), *_BEYOND_ASCII))
