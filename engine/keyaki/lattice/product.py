"""The product of scanners: a text that satisfies tests of several kinds at once, or the states that show there is none.

Breadth first, so the text found is a shortest one. Of the characters that no scanner tells apart only one is tried, the most
readable. The cost is that of the states reached times the classes of characters; each step is metered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from itertools import chain
from typing import Final

from keyaki.automata.meter import Meter
from keyaki.lattice.scanner import GlobScanner, Scanner

_READABLE: Final = "x1234567890yzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ-_./ +=,@"

States = tuple[Hashable | None, ...]


def find_text(scanners: Sequence[Scanner], meter: Meter) -> str | tuple[str, ...]:
    """Return a shortest text that every scanner accepts, or texts that stand for all states and so show that there is none.

    The empty text counts as one. Raises Exhausted iff the meter runs out.
    """
    alphabet = _alphabet(scanners)
    start: States = tuple(scanner.start for scanner in scanners)
    if _accepted(scanners, start):
        return ""
    texts: dict[States, str] = {start: ""}
    queue = deque([start])
    while queue:
        states = queue.popleft()
        for char in alphabet:
            meter.spend(len(scanners))
            after = _step(scanners, states, char)
            if after is None or after in texts:
                continue
            text = texts[states] + char
            if _accepted(scanners, after):
                return text
            texts[after] = text
            queue.append(after)
    return tuple(texts.values())


def _step(scanners: Sequence[Scanner], states: States, char: str) -> States | None:
    """The states after a character; None iff some scanner cannot be satisfied any more."""
    after: list[Hashable | None] = []
    for scanner, state in zip(scanners, states, strict=True):
        then = None if state is None else scanner.step(state, char)
        if then is None and not scanner.others:
            return None
        after.append(then)
    return tuple(after)


def _accepted(scanners: Sequence[Scanner], states: States) -> bool:
    return all(state is None or scanner.accepts(state) for scanner, state in zip(scanners, states, strict=True))


def _alphabet(scanners: Sequence[Scanner]) -> list[str]:
    """One character, the most readable, for each class that some scanner tells apart from others."""
    letters = frozenset().union(*(scanner.letters for scanner in scanners))
    kinds = list({token[1:] for scanner in scanners if isinstance(scanner, GlobScanner) for token in scanner.tokens})
    mentioned = letters.union(*(members for members, _ in kinds))
    beyond = next(char for char in _characters() if char not in mentioned)
    classes: dict[tuple[str, tuple[bool, ...]], str] = {}
    for char in chain((char for char in _READABLE if char in mentioned), sorted(mentioned - {*_READABLE}), (beyond,)):
        signature = (char if char in letters else "", tuple(char in members for members, _ in kinds))
        classes.setdefault(signature, char)
    return list(classes.values())


def _characters() -> Iterator[str]:
    yield from _READABLE
    yield from (char for char in map(chr, range(0xA1, 0x110000)) if char.isprintable())
