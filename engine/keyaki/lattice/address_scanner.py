"""The scanner of addresses: octets or groups, most significant first, against the bounds of a set.

The groups read so far are the leading bits of the address, so they leave one range of addresses open; when the set holds
all of it or nothing of it the state is settled and forgets them. ``::`` stands for an unknown number of zero groups: the
state then keeps one *guess* for each number, the range that is open if it is that one, and the text's end tells which was right.
The digits of a group or octet being read are kept only as far as they matter: of all digits that leave the same ranges open
the first met stands for all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from enum import IntEnum
from typing import Any, NamedTuple

from keyaki.lattice.addresses import SHIFT, Addresses
from keyaki.lattice.intervals import BEFORE

_HEX = frozenset("0123456789abcdefABCDEF")
_SETTLED_OUT, _SETTLED_IN = -1, -2
_BITS = 128

Guess = int
"""The bits read so far as an integer, or settled: all addresses still possible are outside, or inside, the set."""


class Phase(IntEnum):
    """What was read last: nothing, a digit of a group or octet, a colon at the start, after a group, or the second of two."""

    START = 0
    GROUP = 1
    FIRST_COLON = 2
    COLON = 3
    GAP = 4
    OCTET = 5
    DOT = 6


class Runs(NamedTuple):
    """The runs of zero groups, for canonical texts: the longest before ``::``, the longest after, and the one that is read.

    ``mapped`` is True iff the address began with ``::ffff``.
    """

    before: int = 0
    after: int = 0
    now: int = 0
    mapped: bool = False


class State(NamedTuple):
    """``groups`` were read whole, ``head`` of them before ``::`` (None: no ``::`` yet); ``text`` is the group being read.

    Without ``::`` there is one guess; with it one for each number of zero groups from 1 on that still fits. ``octets`` counts
    those read whole where the text has dots.
    """

    phase: Phase
    groups: int = 0
    head: int | None = None
    text: str = ""
    guesses: tuple[Guess, ...] = (0,)
    octets: int = 0
    runs: Runs = Runs()


class AddressScanner:
    """Scans the texts of the addresses of a set; with ``canonical`` those of RFC 5952 only."""

    letters = frozenset("0123456789abcdefABCDEF:.")

    def __init__(self, addresses: Addresses, *, others: bool = False, canonical: bool = False) -> None:
        self.others = others
        self._canonical = canonical
        self._addresses = addresses
        self._stand_ins: dict[tuple[Any, ...], State] = {}
        self.weight = 3
        self.start = State(Phase.START)

    # Ranges of addresses

    def _verdict(self, low: int, high: int, bits: int, *, version: int = 6) -> Guess | None:
        """The guess that the leading bits of an address are from low to high, if that settles it."""
        free = (_BITS if version == 6 else 32) - bits
        base = SHIFT if version == 6 else 0
        first, beyond = base + (low << free), base + (high + 1 << free)
        cuts = self._addresses.cuts
        if bisect_right(cuts, (first, BEFORE)) != bisect_left(cuts, (beyond, BEFORE)):
            return None
        return _SETTLED_IN if self._addresses.holds(first) else _SETTLED_OUT

    def _more(self, guess: Guess, value: int, bits: int, size: int, *, version: int = 6) -> Guess:
        """The guess after ``size`` more bits, the last of ``bits``."""
        if guess < 0:
            return guess
        leading = guess << size | value
        verdict = self._verdict(leading, leading, bits, version=version)
        return leading if verdict is None else verdict

    def _hopeful(self, state: State) -> State | None:
        alive = self.others or any(guess != _SETTLED_OUT for guess in state.guesses)
        return state if alive and state.guesses else None

    def _stand_in(self, state: State) -> State | None:
        """The state that stands for all in which the digits being read leave the same open; None iff nothing is left."""
        groups, octets = self._group_ranges(state), self._octet_ranges(state)
        if not self.others and not any(guess != _SETTLED_OUT for guess in (*groups, *octets)):
            return None
        canonical = (state.text == "0", "ffff".startswith(state.text) and state.text) if self._canonical else ()
        key = (state._replace(text=""), len(state.text), canonical, groups, octets)
        return self._stand_ins.setdefault(key, state)

    def _group_ranges(self, state: State) -> tuple[Guess, ...]:
        """For each guess and each number of hexadecimal digits to come: the verdict, or the digits read if there is none."""
        if state.phase != Phase.GROUP:
            return ()
        value = int(state.text, 16)
        found = []
        for guess, zeros in zip(state.guesses, self._zeros(state), strict=False):
            bits = 16 * (state.groups + 1 + zeros)
            for more in range(5 - len(state.text)):
                verdict = None if guess >= 0 else guess
                if guess >= 0 and bits <= _BITS:
                    low = guess << 16 | value << 4 * more
                    verdict = self._verdict(low, low + (1 << 4 * more) - 1, bits)
                found.append(value if verdict is None else verdict)
        return tuple(found)

    def _octet_ranges(self, state: State) -> tuple[Guess, ...]:
        """The same of decimal digits, with how many octets there are of each length."""
        version = _version(state)
        if not _is_octet(state.text) or (state.phase == Phase.GROUP and not self._may_be_dotted(state, version)):
            return ()
        guess = (self._dotted(state, version) if state.phase == Phase.GROUP else state).guesses[0]
        bits = 8 * (state.octets + 1) + (0 if version == 4 else 96)
        value = int(state.text)
        found: list[Guess] = []
        for more in range(4 - len(state.text) if value else 1):
            first, last = value * 10**more, min(value * 10**more + 10**more - 1, 255)
            if first <= last:
                verdict = guess if guess < 0 else self._verdict(guess << 8 | first, guess << 8 | last, bits, version=version)
                found += (more, last - first, value if verdict is None else verdict)
        return tuple(found)

    def _zeros(self, state: State) -> range:
        """The numbers of zero groups that the guesses are for."""
        return range(1) if state.head is None else range(1, 9 - state.groups)

    # Steps

    def step(self, state: State, char: str) -> State | bool:
        """One more character; ``others`` iff the text can become no address, False if it can become none of the set."""
        found = self._step(state, char)
        return self.others if found is None else found

    def _step(self, state: State, char: str) -> State | None:
        if char == ":":
            return self._colon(state)
        if char == ".":
            return self._dot(state)
        if char not in _HEX or state.phase == Phase.FIRST_COLON or (self._canonical and char.isupper()):
            return None
        text = state.text + char
        if state.phase in {Phase.OCTET, Phase.DOT}:
            return self._stand_in(state._replace(phase=Phase.OCTET, text=text)) if _is_octet(text) else None
        if len(text) > 4 or (self._canonical and state.text == "0") or state.groups + self._gap(state) >= 8:
            return None
        return self._stand_in(state._replace(phase=Phase.GROUP, text=text))

    def _gap(self, state: State) -> int:
        """The fewest groups that ``::`` stands for."""
        return 0 if state.head is None else 1

    def _colon(self, state: State) -> State | None:
        if state.phase == Phase.START:
            return state._replace(phase=Phase.FIRST_COLON)
        if state.phase == Phase.FIRST_COLON:
            return self._opened(state)
        if state.phase == Phase.COLON:
            return self._opened(state) if state.head is None else None
        if state.phase != Phase.GROUP:
            return None
        found = self._with_group(state, int(state.text, 16))
        return found if found is None or found.groups + self._gap(found) < 8 else None

    def _with_group(self, state: State, value: int) -> State | None:
        groups = state.groups + 1
        found = State(Phase.COLON, groups, state.head, runs=self._runs(state, value))
        pairs = zip(state.guesses, self._zeros(found), strict=False)
        guesses = tuple(self._more(guess, value, 16 * (groups + zeros), 16) for guess, zeros in pairs)
        return self._hopeful(found._replace(guesses=guesses))

    def _opened(self, state: State) -> State | None:
        """The state after ``::``."""
        if state.groups > 7:
            return None
        guess = state.guesses[0]
        zeros = range(1, 9 - state.groups)
        guesses = tuple(self._more(guess, 0, 16 * (state.groups + zero), 16 * zero) for zero in zeros)
        runs = Runs(before=max(state.runs.before, state.runs.now)) if self._canonical else state.runs
        if self._canonical and state.runs.now:
            return None
        return self._hopeful(State(Phase.GAP, state.groups, state.groups, "", guesses, runs=runs))

    def _runs(self, state: State, value: int) -> Runs:
        if not self._canonical:
            return state.runs
        runs = state.runs
        now = 0 if value else runs.now + 1
        if state.head is None:
            return Runs(max(runs.before, now), now=now)
        mapped = state.head == 0 and state.groups == 0 and value == 0xFFFF
        first_is_zero = state.groups == state.head and not value
        after = 9 if first_is_zero else max(runs.after, now)
        return Runs(runs.before, after, now, mapped or runs.mapped)

    def _dot(self, state: State) -> State | None:
        version = _version(state)
        if state.phase == Phase.GROUP and self._may_be_dotted(state, version):
            state = self._dotted(state, version)
        elif state.phase != Phase.OCTET or state.octets == 3:
            return None
        return self._with_octet(state)

    def _may_be_dotted(self, state: State, version: int) -> bool:
        if not state.text.isdecimal():
            return False
        if version == 4:
            return True
        if self._canonical and not (state.runs.mapped and state.groups == 1):
            return False
        return state.groups == 6 if state.head is None else state.groups <= 5

    def _dotted(self, state: State, version: int) -> State:
        """The state in which the group being read turns out to be the first octet."""
        if version == 4:
            return State(Phase.OCTET, text=state.text)
        # Two groups are left, so of all numbers of zero groups only one fits.
        guess = state.guesses[0] if state.head is None else state.guesses[5 - state.groups]
        return State(Phase.OCTET, state.groups, state.head, state.text, (guess,))

    def _octet_guess(self, state: State) -> Guess:
        """The guess after the octet being read."""
        version = _version(state)
        bits = 8 * (state.octets + 1) + (0 if version == 4 else 96)
        return self._more(state.guesses[0], int(state.text), bits, 8, version=version)

    def _with_octet(self, state: State) -> State | None:
        if not _is_octet(state.text):
            return None
        guess = self._octet_guess(state)
        return self._hopeful(state._replace(phase=Phase.DOT, text="", guesses=(guess,), octets=state.octets + 1))

    # Ends

    def accepts(self, state: State) -> bool:
        """True iff the text so far is an address of the set, or with ``others`` none at all."""
        guess = self._final(state)
        if guess is None:
            return self.others
        return guess == _SETTLED_IN

    def _final(self, state: State) -> Guess | None:
        """The guess about the whole address, always settled; None iff the text so far is no address."""
        if state.phase == Phase.OCTET:
            return self._octet_guess(state) if state.octets == 3 else None
        if state.phase == Phase.GAP:
            return self._with_zeros(state, state.runs, state.groups)
        if state.phase != Phase.GROUP:
            return None
        value = int(state.text, 16)
        guess = self._with_zeros(state, self._runs(state, value), state.groups + 1)
        return None if guess is None else self._more(guess, value, _BITS, 16)

    def _with_zeros(self, state: State, runs: Runs, groups: int) -> Guess | None:
        """The guess that is right when the text ends with so many groups; None iff no number of zero groups is."""
        zeros = 8 - groups
        if (zeros > 0) != (state.head is not None):
            return None
        if self._canonical and not _is_canonical(runs, groups, state.head, zeros):
            return None
        return state.guesses[0 if state.head is None else zeros - 1]


def _version(state: State) -> int:
    """The version of the address if the text has dots."""
    return 4 if state.groups == 0 and state.head is None else 6


def _is_octet(text: str) -> bool:
    return 1 <= len(text) <= 3 and text.isdecimal() and int(text) <= 255 and (text == "0" or text[0] != "0")


def _is_canonical(runs: Runs, groups: int, head: int | None, zeros: int) -> bool:
    """True iff RFC 5952 writes the address so: ``::`` for the first of the longest runs of two or more zero groups."""
    if head is None:
        return runs.before < 2
    if runs.mapped and groups == 3:
        return False
    return zeros >= 2 and runs.before < zeros and runs.after <= zeros
