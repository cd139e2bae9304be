"""The layout: the live positions of many globs in one integer, and the step that reads a character in all of them at once.

The idea: every position of every glob owns a bit, and the bits of a glob stand in a row, so that reading a single is a shift,
reading a run is staying, and skipping runs is one addition for all globs together. A step costs about ten operations on
integers of as many bits as there are positions, however many of them are live.

Patterns of one policy begin alike (``arn:aws:kms:``): a glob shares the bits of the longest beginning that it has in common
with the glob before it. Where it leaves that row it starts a row of its own, and the bit at the fork, whenever it is live,
makes the first bit of the new row live too. Globs ordered by their text share most. With 50 account patterns the integer is
0.6 times as long, and 1 bit is live where 50 were; the number of live bits is what a search pays for when it asks which
characters a state can read. (Sixteen prefixes of key ids: 0.77 ms without sharing, 0.60 ms with it.)

The trap: a position before a run is live again after each character that the run reads, so no row forks there, unless with
the same run; it forks one token earlier. A row may fork at its very first bit, which is live exactly when an older one is, so
a fork is always that of the oldest row. Only globs of one group share, so that a group's bits can be tested with one ``&``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from keyaki.automata.glob import Chars, Glob, Token, bits, ones, skip
from keyaki.automata.meter import Meter

_WORTH_SHARING = 4
"""A shorter common beginning, often a lone ``*``, saves fewer bits than following its fork in every step costs."""

Rows = list[Token | None]
"""Per bit the token after its position, None at the end of a glob."""

Forks = defaultdict[int, list[int]]
"""Per fork the first bits of the rows that begin there; -1 stands for the start."""


class Layout:
    """Groups of globs laid out in one integer of ``size`` bits; ``start`` is the state before the first character.

    ``groups`` and ``ends`` hold, per group, all its bits and those at the ends of its globs; ``paths``, per group and glob,
    the bit of each position; ``kinds`` the distinct character sets. Several kinds together are an integer, bit ``k`` for kind
    ``k``. Building costs one pass over the tokens, and an integer for each distinct token and each fork.
    """

    def __init__(self, groups: Sequence[Sequence[Glob]], meter: Meter) -> None:
        meter.spend(sum(len(glob.tokens) for globs in groups for glob in globs) >> 3)
        rows: Rows = []
        forks: Forks = defaultdict(list)
        self.groups: list[int] = []
        self.paths: list[list[list[int]]] = []
        for globs in groups:
            base = len(rows)
            self.paths.append(_lay(globs, rows, forks))
            self.groups.append((1 << len(rows)) - (1 << base))
        self.size = size = len(rows)
        meter.spend((len(groups) + len(forks)) * (size >> 9))
        self.ends = [bits((path[-1] for path in paths), size) for paths in self.paths]
        self._index(rows, meter)
        start = bits(forks.pop(-1, ()), size)
        self._forks = bits(forks, size)
        self._fans = {fork: skip(bits(firsts, size), self._runs) for fork, firsts in forks.items()}
        self.start = self._spread(skip(start, self._runs))

    def _index(self, rows: Rows, meter: Meter) -> None:
        """Number the kinds, and find the positions of each and those of runs."""
        places: defaultdict[Token, list[int]] = defaultdict(list)
        for at, token in enumerate(rows):
            if token is not None:
                places[token].append(at)
        meter.spend(len(places) * (self.size >> 9))
        self._reads: dict[int, tuple[int, int]] = {}
        self._runs = 0
        self._kind_at = [0] * self.size
        self._positions: list[int] = []
        number: dict[Chars, int] = {}
        for token, found in places.items():
            kind = number.setdefault(token.chars, len(number))
            if kind == len(self._positions):
                self._positions.append(0)
            before = bits(found, self.size)
            self._positions[kind] |= before
            if token.run:
                self._runs |= before
            kind_bit = 1 << kind
            for at in found:
                self._kind_at[at] = kind_bit
        self.kinds = list(number)

    def step(self, live: int, kinds: int) -> int:
        """Return the state after reading a character that lies in exactly these kinds."""
        read, stay = self._reads.get(kinds) or self._read(kinds)
        runs = self._runs
        then = (live & read) << 1 | live & stay  # a run that reads is left too, as skipping it would
        then |= ((then & runs) + runs) ^ runs  # skip(then, runs), written out: this is the hottest line of the engine
        return self._spread(then) if then & self._forks else then

    def _read(self, kinds: int) -> tuple[int, int]:
        """The positions where such a character is read, and those of runs among them, which stay live."""
        read = self.positions(kinds)
        found = self._reads[kinds] = read, read & self._runs
        return found

    def _spread(self, live: int) -> int:
        """Make the rows live that begin at live forks, from the lowest fork on, for a row may begin with another fork."""
        forks = live & self._forks
        while forks:
            fork = (forks & -forks).bit_length() - 1
            live |= self._fans[fork]
            forks = (live & self._forks) >> fork + 1 << fork + 1
        return live

    def positions(self, kinds: int) -> int:
        """Return the positions before a token of one of these kinds."""
        found = 0
        while kinds:
            kind = kinds.bit_length() - 1
            found |= self._positions[kind]
            kinds ^= 1 << kind
        return found

    def kinds_at(self, live: int) -> int:
        """Return the kinds of the tokens after these positions; linear in the smaller of their number and that of kinds."""
        found = 0
        if live.bit_count() > len(self._positions):
            for kind, places in enumerate(self._positions):
                if live & places:
                    found |= 1 << kind
            return found
        kind_at = self._kind_at
        while live:
            top = live.bit_length() - 1
            found |= kind_at[top]
            live ^= 1 << top
        return found

    def last(self, path: Sequence[int], kinds: int) -> int:
        """Return the last position of a glob, given as its path, that is before a token of one of these kinds; else -1."""
        for position in range(len(path) - 2, -1, -1):
            if self._kind_at[path[position]] & kinds:
                return position
        return -1

    def decode(self, lives: Iterable[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
        """Yield, for each state, the live positions of each glob, group after group, in ascending order."""
        flat = [path for paths in self.paths for path in paths]
        owners: list[list[tuple[int, int]]] = [[] for _ in range(self.size)]
        for row, path in enumerate(flat):
            for position, at in enumerate(path):
                owners[at].append((row, position))
        for live in lives:
            found: defaultdict[int, list[int]] = defaultdict(list)
            for at in ones(live):
                for row, position in owners[at]:
                    found[row].append(position)
            state: list[tuple[int, ...]] = [()] * len(flat)
            for row, positions in found.items():
                state[row] = tuple(positions)
            yield tuple(state)


def _lay(globs: Sequence[Glob], rows: Rows, forks: Forks) -> list[list[int]]:
    """Append the rows of one group, enter where they fork, and return the path of each glob."""
    paths: list[list[int]] = []
    oldest: dict[int, int] = {}  # of a row's first bit, the fork where that row begins
    path: list[int] = []
    tokens: tuple[Token, ...] = ()
    for glob in globs:
        shared = _shared(tokens, glob.tokens)
        first, tokens = len(rows), glob.tokens
        fork = oldest[first] = oldest.get(path[shared], path[shared]) if shared else -1
        forks[fork].append(first)
        rows += tokens[shared:]
        rows.append(None)
        path = path[:shared] + list(range(first, len(rows)))
        paths.append(path)
    return paths


def _shared(left: tuple[Token, ...], right: tuple[Token, ...]) -> int:
    """Return how many tokens at their beginning ``right`` can share with ``left``."""
    shared = 0
    for one, other in zip(left, right):  # noqa: B905 - it ends with the shorter one
        if one is not other and one != other:
            break
        shared += 1
    if shared < len(left) and left[shared].run:
        shared -= 1
    return shared if shared >= _WORTH_SHARING else 0
