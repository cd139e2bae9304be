"""The product: is there a word that lies in all of these unions of globs and in none of those?

The idea: run every glob at once. A *state* is the set of live positions of each; reading a character leads to the next. A
word is found when a state *accepts*. That there is none is shown by a set of states that cannot be left. A state is skipped
when another one *covers* it, that is, lives on at least as well: more live positions in the unions that must hold, fewer in
those that must fail. So only the extremal states are kept, an antichain (De Wulf, Doyen, Henzinger, Raskin: Antichains, a new
algorithm for checking universality of finite automata, CAV 2006).

The cost: exponential at worst (the question is PSPACE-complete), so every step is spent on a meter. On patterns as people
write them the number of states is about the length of one pattern, each tried with the two or three characters that it tells
apart. The search goes deep first, and first where the fewest ``fails`` positions live, so that a word is found in about as
many steps as it has characters.

The trap: covering turns around with polarity. Of a glob that must fail, *fewer* live positions are better; a glob that must
both hold and fail has two rows, one each way.

Why a closure is a proof
------------------------
:class:`Closure` is evidence that can be checked without searching. Let the globs be those of ``holds`` in order, flattened,
then those of ``fails``. A state gives each glob a set of live positions: position ``i`` stands before token ``i``, position
``len(tokens)`` at the end. Sets are closed under skipping: if ``i`` is live and token ``i`` is a run, ``i + 1`` is live.

* The *initial* state is position 0 of every glob, closed under skipping.
* The *successor* by a character c keeps ``i`` if token ``i`` is a run that reads c, adds ``i + 1`` if it is no run and reads
  c, for every live ``i``, and closes under skipping. Characters that lie in the same token sets have the same successors.
* A state *accepts* iff every union of ``holds`` has a glob with its end live, and no glob of ``fails`` has.
* State q is *covered* by q' iff ``live(q) <= live(q')`` for each glob of ``holds`` and ``live(q) >= live(q')`` for each glob
  of ``fails``. Then every word that q accepts, q' accepts.
* A state is *dead* iff some union of ``holds`` has no live position in any of its globs; or some glob of ``fails`` has its
  last token live, that token is a run, and its set C is every character or, for some union of ``holds``, every token at or
  after a live position of any of its globs reads only characters of C: whatever still lets that union hold, the run reads.
  A dead state accepts no word, and neither does what it covers.

The law: (1) the initial state is dead or covered by a state of the closure; (2) so is the successor of each of its states by
every character; (3) none of its states accepts. By induction every state that a word leads to is covered or dead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from keyaki.automata.alphabet import Minterm, minterms
from keyaki.automata.glob import ANY, Chars, Glob, bits
from keyaki.automata.layout import Layout
from keyaki.automata.meter import Meter

State = tuple[tuple[int, ...], ...]
"""The live positions of each glob, in ascending order."""


class Union(NamedTuple):
    """The words that some glob matches; of no globs, no word."""

    globs: tuple[Glob, ...]

    def matches(self, word: str) -> bool:
        """Return True iff some glob matches the whole word."""
        return any(glob.matches(word) for glob in self.globs)


class Closure:
    """A proof that there is no word: the states that the law in this module's docstring speaks of.

    ``len`` is their number, ``weight`` that of the live positions in all of them, shared ones counted once. They are written
    out only when asked for, so that who asks can look at the weight first.
    """

    __slots__ = ("_layout", "_lives")

    def __init__(self, lives: tuple[int, ...], layout: Layout) -> None:
        self._lives = lives
        self._layout = layout

    def __len__(self) -> int:
        return len(self._lives)

    @property
    def weight(self) -> int:
        """How much there is to write out and to check."""
        return sum(live.bit_count() for live in self._lives)

    @property
    def states(self) -> tuple[State, ...]:
        """The states, extremal among those with the same positions in one union of ``holds``."""
        return tuple(self._layout.decode(self._lives))


def find_word(holds: Sequence[Union], fails: Sequence[Union], meter: Meter) -> str | Closure:
    """Return a word that lies in every union of ``holds`` and in none of ``fails``, or a Closure iff there is none.

    The word is made of letters and digits where possible, else of printable characters, and is short, though not always the
    shortest. Raises Exhausted iff the meter's budget does not suffice. The same arguments give the same answer.
    """
    return _Search(holds, fails, meter).run()


def is_empty(union: Union, meter: Meter) -> bool:
    """Return True iff no word lies in the union."""
    return isinstance(find_word([union], [], meter), Closure)


def includes(outer: Union, inner: Union, meter: Meter) -> bool:
    """Return True iff every word of ``inner`` lies in ``outer``."""
    return isinstance(find_word([inner], [outer], meter), Closure)


def equivalent(left: Union, right: Union, meter: Meter) -> bool:
    """Return True iff both hold the same words."""
    return includes(left, right, meter) and includes(right, left, meter)


_SHORT, _LONG = 1 << 9, 1 << 13
"""Bits of states that are known by their octets, see ``name``: of few a copy is not worth it, of many it is too dear."""


class _Search:
    """One question; all globs of ``fails`` are one group, since a word must be matched by none of them.

    The *guide* is the union of ``holds`` with the fewest co-finite sets: only characters that it reads are tried, and only
    states that agree on its positions are compared. So a comparable state is found by one look-up. Comparing all states, a
    true antichain, left 8 % fewer states on random wildcard patterns, and took 180 times as long on ``*a*a*a...``.
    """

    def __init__(self, holds: Sequence[Union], fails: Sequence[Union], meter: Meter) -> None:
        self.meter = meter
        groups = [union.globs for union in holds]
        groups.append(tuple(glob for union in fails for glob in union.globs))
        self.layout = layout = Layout(groups, meter)
        *self.holds, self.fails = layout.groups
        *self.ends, self.bad_ends = layout.ends
        meter.spend(len(layout.kinds) ** 2 >> 9)
        self.minterms = minterms(layout.kinds)
        wide = layout.positions(sum(1 << kind for kind, chars in enumerate(layout.kinds) if chars.complement))
        self.guide = min(self.holds, key=lambda hold: (hold & wide).bit_count(), default=0)
        self.tails = self._tails(groups[-1])
        self.last_runs = sum(tail for tail, _ in self.tails)
        self.readable: dict[int, list[Minterm]] = {}
        self.distinct: dict[tuple[int, int], list[Minterm]] = {}
        self.octets = (layout.size >> 3) + 1 if _SHORT < layout.size < _LONG else 0
        self.came: dict[int | bytes, tuple[int | bytes, str]] = {}
        self.extremal: defaultdict[int, list[int]] = defaultdict(list)

    def run(self) -> str | Closure:
        """Search depth first, the successor with the fewest live positions of ``fails`` first, then the most readable."""
        layout, came, fails = self.layout, self.came, self.fails
        start, step, octets = layout.start, layout.step, self.octets
        if self.is_dead(start):
            return Closure((), layout)
        if self.accepts(start):
            return ""
        self.is_covered(start)
        cost, keep = 1 + (layout.size >> 12) + (len(layout.kinds) >> 5), 4 + (layout.size >> 9)
        stack = [start]
        while stack:
            live = stack.pop()
            tries, known, name = self.tries(live), len(came), self.name(live)
            found = []
            for char, kinds in tries:
                then = step(live, kinds)
                key = then.to_bytes(octets, "little") if octets else then
                if key in came or self.is_dead(then):
                    continue
                came[key] = name, char
                if self.accepts(then):
                    return self.word(then)
                if not self.is_covered(then):
                    found.append((-(then & fails).bit_count(), then))
            self.meter.spend(cost * len(tries) + keep * (len(came) - known))
            if len(found) > 1:
                found.reverse()
                found.sort(key=itemgetter(0))
            stack += [then for _, then in found]
        lives = tuple(state ^ fails for states in self.extremal.values() for state in states)
        self.meter.spend(len(lives) * sum(map(len, layout.paths)) >> 4)  # written out, each state has an entry for each glob
        return Closure(lives, layout)

    def name(self, live: int) -> int | bytes:
        """The state as a key: octets where it is long.

        The hash of an integer is what it leaves by 2**61 - 1, so that of ``n`` neighbouring bits is one of 61: with a thousand
        such states a look-up took 30 microseconds, and takes 1 by the octets.
        """
        return live.to_bytes(self.octets, "little") if self.octets else live

    def tries(self, live: int) -> list[Minterm]:
        """One minterm for all that the live positions do not tell apart, of those that the guide can read."""
        layout = self.layout
        own = layout.kinds_at(live & self.guide) if self.holds else -1
        readable = self.readable.get(own)
        if readable is None:
            self.meter.spend(1 + (len(self.minterms) >> 4))
            readable = self.readable[own] = [minterm for minterm in self.minterms if own < 0 or minterm.kinds & own]
        if len(readable) < 2:
            return readable
        every = layout.kinds_at(live)
        found = self.distinct.get((own, every))
        if found is None:
            self.meter.spend(1 + (len(readable) >> 4))
            apart: dict[int, Minterm] = {}
            for minterm in readable:
                apart.setdefault(minterm.kinds & every, minterm)
            found = self.distinct[own, every] = list(apart.values())
        return found

    def is_dead(self, live: int) -> bool:
        """Return True iff the module's docstring calls the state dead."""
        for hold in self.holds:
            if not live & hold:
                return True
        if live & self.last_runs:
            return any(live & tail and not all(live & escape for escape in escapes) for tail, escapes in self.tails)
        return False

    def accepts(self, live: int) -> bool:
        """Return True iff the word read so far lies in every union of ``holds`` and in none of ``fails``."""
        for end in self.ends:
            if not live & end:
                return False
        return not live & self.bad_ends

    def is_covered(self, live: int) -> bool:
        """Return True iff an extremal state covers this one; else it is made one, and those that it covers are none any more.

        With the positions of ``fails`` complemented, covering is inclusion.
        """
        state = live ^ self.fails
        rivals = self.extremal[live & self.guide]
        if rivals:
            self.meter.spend(1 + (len(rivals) * (4 + (self.layout.size >> 11)) >> 4))
            for rival in rivals:
                if not state & ~rival:
                    return True
            rivals[:] = [rival for rival in rivals if rival & ~state]
        rivals.append(state)
        return False

    def word(self, live: int) -> str:
        """The characters that led to a state, in order."""
        word = []
        name, start = self.name(live), self.name(self.layout.start)
        while name != start:
            name, char = self.came[name]
            word.append(char)
        return "".join(reversed(word))

    def _tails(self, globs: Sequence[Glob]) -> list[tuple[int, list[int]]]:
        """For each set C of a run that ends a glob of ``fails``: the positions before such runs, and their escapes.

        Those are, for each union of ``holds``, the positions from which it can still read a character outside C; of a run
        that reads everything there is one without positions.
        """
        tails: defaultdict[Chars, int] = defaultdict(int)
        for glob, path in zip(globs, self.layout.paths[-1], strict=True):
            if glob.tokens and glob.tokens[-1].run:
                tails[glob.tokens[-1].chars] |= 1 << path[-2]
        self.meter.spend(len(tails) * len(self.holds) * (1 + (self.layout.size >> 6)))
        return [(tail, [0] if chars == ANY else self._escapes(chars)) for chars, tail in tails.items()]

    def _escapes(self, within: Chars) -> list[int]:
        layout = self.layout
        outside = sum(1 << kind for kind, chars in enumerate(layout.kinds) if not chars.within(within))
        found = []
        for paths in layout.paths[:-1]:
            places = {at for path in paths for at in path[: layout.last(path, outside) + 1]}
            found.append(bits(places, layout.size))
        return found
