"""The product of scanners: a text that satisfies tests of several kinds at once, or the states that show there is none.

Breadth first, so the text found is a shortest one. Of the characters that no scanner tells apart only one is tried, the most
readable. The cost is that of the states reached times the classes of characters; each step is metered.

The trap: globs may rule out what a type needs only at the end of the text. An instant near a bound can be written with each of
a thousand zones, so a glob that no zone fits would be found out a hundred thousand states later. Therefore, once a search has
become long, the *shapes* are looked at by themselves: each type with all its values inside, beside the globs, is a small product,
and where that leads nowhere the search turns back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from keyaki.automata.alphabet import minterms
from keyaki.automata.glob import chars
from keyaki.automata.meter import Meter
from keyaki.lattice.scanner import GlobScanner, Scanner

_KEPT: Final = 7  # a text of 2 ** 7 characters is a step: each state keeps one that leads to it
_LONG: Final = 2_000  # states

States = tuple[Hashable | None, ...]
Narrow = Callable[[Sequence[Scanner], Iterable[States]], Sequence[Scanner]]
"""From scanners of types and the states of globs and shapes that are alive, scanners that do as well there."""


def find_text(
    types: Sequence[Scanner], globs: Sequence[Scanner], shapes: Sequence[Scanner], meter: Meter, narrow: Narrow | None = None
) -> str | tuple[str, ...]:
    """Return a shortest text that every scanner accepts, or texts that stand for all states and so show that there is none.

    ``shapes`` are scanners that accept at least what those of ``types`` do; ``narrow`` may make the types smaller by what is
    known of the shapes. The empty text counts as one. Raises Exhausted iff the meter runs out.
    """
    found = _Product([*types, *globs], meter).run(_LONG)
    if found is not None:
        return found
    coarse = _Product([*globs, *shapes], meter)
    alive = coarse.alive()
    if not alive:
        return tuple(coarse.texts.values())
    types = narrow(types, alive) if narrow else types
    return _Product([*types, *globs, *shapes], meter, (len(types), alive)).run() or ()


class _Product:
    """One product; ``texts`` maps the states reached to a shortest text that leads there.

    ``within`` is a place and a set: states whose part from that place on is not in the set lead nowhere.
    """

    def __init__(self, scanners: Sequence[Scanner], meter: Meter, within: tuple[int, set[States]] | None = None) -> None:
        self.scanners = scanners
        self.meter = meter
        self.within = within
        self.alphabet = _alphabet(scanners, meter)
        self.cost = len(self.alphabet) * sum(scanner.weight for scanner in scanners)
        self.start: States = tuple(scanner.start for scanner in scanners)
        self.texts: dict[States, str] = {self.start: ""}

    def run(self, most: int | None = None) -> str | tuple[str, ...] | None:
        """Return a text or the texts that stand for all states; None iff there are more than ``most`` of them."""
        if self._accepted(self.start):
            return ""
        queue = deque([self.start])
        while queue:
            states = queue.popleft()
            for char, after in self._steps(states):
                if after in self.texts or (self.within and after[self.within[0] :] not in self.within[1]):
                    continue
                text = self.texts[states] + char
                if self._accepted(after):
                    return text
                self.texts[after] = text
                queue.append(after)
            if most is not None and len(self.texts) > most:
                return None
        return tuple(self.texts.values())

    def alive(self) -> set[States]:
        """Return the states from which some text is accepted."""
        before: dict[States, list[States]] = {self.start: []}
        queue = deque([self.start])
        while queue:
            states = queue.popleft()
            for char, after in self._steps(states):
                if after not in before:
                    before[after] = []
                    self.texts[after] = self.texts[states] + char
                    queue.append(after)
                before[after].append(states)
        stack = [states for states in before if self._accepted(states)]
        found = set(stack)
        while stack:
            earlier = [states for states in before[stack.pop()] if states not in found]
            found.update(earlier)
            stack += dict.fromkeys(earlier)
        return found

    def _steps(self, states: States) -> Iterator[tuple[str, States]]:
        """Each character of the alphabet with the states after it, unless a scanner accepts nothing any more."""
        self.meter.spend(self.cost + (len(self.texts[states]) >> _KEPT))
        for char in self.alphabet:
            after: list[Hashable | None] = []
            for scanner, state in zip(self.scanners, states, strict=True):
                then = True if state is None else scanner.step(state, char)
                if then is False:
                    break
                after.append(None if then is True else then)
            else:
                yield char, tuple(after)

    def _accepted(self, states: States) -> bool:
        return all(state is None or scanner.accepts(state) for scanner, state in zip(self.scanners, states, strict=True))


def _alphabet(scanners: Sequence[Scanner], meter: Meter) -> list[str]:
    """One character, the most readable, for each class that some scanner tells apart from others."""
    letters = frozenset().union(*(scanner.letters for scanner in scanners))
    globs = (scanner.kinds for scanner in scanners if isinstance(scanner, GlobScanner))
    kinds = dict.fromkeys(chain((chars(letter) for letter in sorted(letters)), *globs))
    meter.spend(len(kinds) ** 2 >> 9)
    return [minterm.char for minterm in minterms(kinds)]
