"""The layout: the live positions of many globs in one integer, and the step that reads a character in all of them at once.

The idea: every position of every glob owns a bit, and the bits of a glob stand in a row, so that reading a single is a shift,
reading a run is staying, and skipping runs is one addition for all globs together. A step costs about ten operations on
integers of as many bits as there are positions, however many of them are live.

Patterns of one policy begin alike (``arn:aws:kms:``): a glob shares the bits of the longest beginning that it has in common
with the glob before it. Where it leaves that row it starts a row of its own, and the bit at the fork, whenever it is live,
makes the first bit of the new row live too. Globs ordered by their text share most. With 50 account patterns the integer is
a third as long, and 1 bit is live where 50 were; the number of live bits is what a search pays for when it asks which
characters a state can read.

The trap: a position before a run is live again after each character that the run reads, so no row forks there, unless with
the same run; it forks one token earlier. A row may fork at its very first bit, which is live exactly when an older one is, so
a fork is always that of the oldest row. Only globs of one group share, so that a group's bits can be tested with one ``&``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from keyaki.automata.glob import Chars, Glob, Token, bits, skip
from keyaki.automata.meter import Meter

Rows = list[Token | None]
"""Per bit the token that stands after its position, None at the end of a glob."""


class Layout:
    """Groups of globs laid out in one integer of ``size`` bits; ``start`` is the state before the first character.

    ``groups`` and ``ends`` hold, per group, all its bits and those at the ends of its globs; ``paths``, per glob, the bit of
    each of its positions; ``kinds`` the distinct character sets. A set of kinds is an integer with bit ``k`` for kind ``k``.
    Building costs one pass over the tokens, and an integer for each distinct token.
    """

    def __init__(self, groups: Sequence[Sequence[Glob]], meter: Meter) -> None:
        meter.spend(sum(len(glob.tokens) for globs in groups for glob in globs) >> 3)
        self.groups: list[int] = []
        self.ends: list[int] = []
        self.paths: list[list[list[int]]] = []
        rows: Rows = []
        fans: defaultdict[int, int] = defaultdict(int)
        for globs in groups:
            self._add(globs, rows, fans)
        self.size = len(rows)
        self._index(rows, meter)
        starts = fans.pop(-1, 0)
        self._forks = bits(fans, self.size)
        self._fans = {fork: skip(begins, self._runs) for fork, begins in fans.items()}
        self.start = self._spread(skip(starts, self._runs))

    def _add(self, globs: Sequence[Glob], rows: Rows, fans: defaultdict[int, int]) -> None:
        """Add a group's rows; ``fans`` gets for each fork the first bits of the rows that begin there, -1 being the start."""
        base, ends = len(rows), 0
        paths: list[list[int]] = []
        path: list[int] = []
        tokens: tuple[Token, ...] = ()
        oldest: dict[int, int] = {}
        for glob in globs:
            shared = _shared(tokens, glob.tokens)
            if shared and tokens[shared:] and tokens[shared].run:
                shared -= 1
            tokens, first = glob.tokens, len(rows)
            fork = oldest[first] = oldest.get(path[shared], path[shared]) if shared else -1
            fans[fork] |= 1 << first
            rows += tokens[shared:]
            rows.append(None)
            path = path[:shared] + list(range(first, len(rows)))
            paths.append(path)
            ends |= 1 << path[-1]
        self.paths.append(paths)
        self.groups.append((1 << len(rows)) - (1 << base))
        self.ends.append(ends)

    def _index(self, rows: Rows, meter: Meter) -> None:
        """Number the kinds, and find the positions of each and those of runs."""
        where: defaultdict[Token | None, list[int]] = defaultdict(list)
        for at, token in enumerate(rows):
            where[token].append(at)
        meter.spend(len(where) * (self.size >> 12))
        number: dict[Chars, int] = {}
        self._bits_of: list[int] = []
        self._kind_at = [0] * self.size
        self._reads: dict[int, tuple[int, int]] = {}
        self._runs = 0
        for token, places in where.items():
            if token is None:
                continue
            found = bits(places, self.size)
            kind = number.setdefault(token.chars, len(number))
            if kind == len(self._bits_of):
                self._bits_of.append(0)
            self._bits_of[kind] |= found
            if token.run:
                self._runs |= found
            for at in places:
                self._kind_at[at] = 1 << kind
        self.kinds = list(number)

    def step(self, live: int, kinds: int) -> int:
        """Return the state after reading a character that lies in exactly these kinds."""
        move, stay = self._reads.get(kinds) or self._read(kinds)
        runs = self._runs
        then = (live & move) << 1 | live & stay
        then |= ((then & runs) + runs) ^ runs  # skip(then, runs), written out: this is the hottest line of the engine
        return self._spread(then) if then & self._forks else then

    def _read(self, kinds: int) -> tuple[int, int]:
        """The positions that such a character moves on, and those where it stays."""
        read = self.positions(kinds)
        found = self._reads[kinds] = read & ~self._runs, read & self._runs
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
        for kind, places in enumerate(self._bits_of):
            if kinds >> kind & 1:
                found |= places
        return found

    def kinds_at(self, live: int) -> int:
        """Return the kinds of the tokens after these positions; linear in the smaller of their number and that of kinds."""
        found = 0
        if live.bit_count() > len(self._bits_of):
            for kind, places in enumerate(self._bits_of):
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

    def decode(self, live: int) -> tuple[tuple[int, ...], ...]:
        """Return the live positions of each glob, group after group."""
        flat = (path for paths in self.paths for path in paths)
        return tuple(tuple(position for position, at in enumerate(path) if live >> at & 1) for path in flat)


def _shared(left: tuple[Token, ...], right: tuple[Token, ...]) -> int:
    """The length of the longest common beginning."""
    shared = 0
    for one, other in zip(left, right):  # noqa: B905 - it ends with the shorter one
        if one is not other and one != other:
            break
        shared += 1
    return shared
