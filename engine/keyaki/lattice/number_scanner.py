"""The scanner of numbers: sign, digits, point, digits, exponent, compared with the bounds of a set while they are read.

A number that is not zero is ``0.d1d2d3... * 10**order`` with d1 not 0. Of two such numbers the one of the greater order is
greater, and digits decide between equal orders. So a state holds the order of what was read and the place of its digits among
those of the bounds. The exponent comes last and is added to the order. It has three digits, so an order a thousand beyond
that of every bound is as good as any greater one, and states are finitely many.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from keyaki.lattice.decimals import Numbers
from keyaki.lattice.digits import Digits, Place
from keyaki.lattice.intervals import Point
from keyaki.values import number_text

_REACH = 999  # the largest exponent


class Phase(IntEnum):
    """What was read last."""

    START = 0
    SIGN = 1
    WHOLE = 2
    POINT = 3
    PART = 4
    MARK = 5
    EXPONENT_SIGN = 6
    EXPONENT = 7


class State(NamedTuple):
    """What was read, as far as it matters.

    ``order`` is None as long as every digit was 0; ``zeros`` then counts those after the point, downwards. ``last`` is the last
    digit where a canonical text depends on it: a 0.
    """

    phase: Phase
    negative: bool = False
    order: int | None = None
    zeros: int = 0
    place: Place = (0, 0, 0)
    last: str = ""
    exponent: int = 0
    exponent_digits: int = 0
    exponent_negative: bool = False


class _Scale:
    """The bounds of one sign, by magnitude.

    Ranks 0, 1, 2... stand for below the first bound, at it, between it and the second, and so on.
    """

    def __init__(self, magnitudes: Iterable[Point], numbers: Numbers, sign: int, reach: int) -> None:
        bounds = sorted(magnitudes)
        keys = [_key(bound) for bound in bounds]
        self.digits = Digits(digits for _, digits in keys)
        place = {digits: at for at, digits in enumerate(self.digits.sequences)}
        self._keys = [(order, place[digits]) for order, digits in keys]
        orders = {order for order, _ in keys}
        self.orders = sorted({order + step for order in orders for step in (-1, 0, 1)} or {0})
        self.least = self.orders[0] - (reach if keys else 0)
        self.greatest = self.orders[-1] + (reach if keys else 0)
        self.inside = [numbers.holds(sign * point) for point in _representatives(bounds)]

    def rank(self, order: int, place: Place) -> int:
        """Where the number stands among the bounds."""
        low, high, read = place
        at = bisect_left(self._keys, (order, low))
        if at == len(self._keys):
            return 2 * at
        bound_order, digits = self._keys[at]
        exact = bound_order == order and digits < high and self.digits.equals((digits, high, read))
        return 2 * at + exact

    def hopeful(self, order: int, place: Place) -> bool:
        """True iff more digits, the order staying as it is, may lead to a number of the set."""
        return any(self.inside[self.rank(order, place) : 2 * bisect_left(self._keys, (order, place[1])) + 1])

    def between(self, low: int, high: int) -> list[int]:
        """Orders that stand for all from low to high."""
        return [low, *(order for order in self.orders if low < order < high), high]


def _representatives(bounds: list[Point]) -> list[Point]:
    """One magnitude for each rank."""
    found: list[Point] = []
    last: Point = 0
    for bound in bounds:
        found += (Fraction(last + bound) / 2, bound)
        last = bound
    return [*found, last + 1]


def _key(magnitude: Point) -> tuple[int, str]:
    """Order and digits of a finite decimal greater than zero."""
    whole, _, part = number_text(Fraction(magnitude)).partition(".")
    whole = whole.lstrip("0")
    digits = (whole + part).lstrip("0")
    return len(whole) if whole else len(digits) - len(part), digits.rstrip("0")


class NumberScanner:
    """Scans the texts of the numbers of a set whose bounds are finite decimals.

    With ``canonical`` a number has one text, its shortest decimal; with ``whole`` only whole numbers have one; without
    ``exponents`` there is no exponent and no plus sign (as in seconds since the epoch).
    """

    letters = frozenset("0123456789+-.eE")

    def __init__(
        self, numbers: Numbers, *, others: bool = False, canonical: bool = False, whole: bool = False, exponents: bool = True
    ) -> None:
        self.others = others
        self._canonical = canonical
        self._whole = whole
        self._exponents = exponents and not canonical
        self._zero = numbers.holds(0)
        reach = _REACH if self._exponents else 0
        bounds = {point for point, _ in numbers.cuts}
        self._scales = (
            _Scale((point for point in bounds if point > 0), numbers, 1, reach),
            _Scale((-point for point in bounds if point < 0), numbers, -1, reach),
        )
        self.weight = 3 + (len(bounds) >> 1)
        self.start = State(Phase.START)

    def accepts(self, state: State) -> bool:
        """True iff the text so far is a number of the set, or with ``others`` no number at all."""
        if not self._is_number(state):
            return self.others
        if state.order is None:
            return self._zero
        scale = self._scales[state.negative]
        return scale.inside[scale.rank(state.order + _signed(state, state.exponent), state.place)]

    def _is_number(self, state: State) -> bool:
        if state.phase not in {Phase.WHOLE, Phase.PART, Phase.EXPONENT}:
            return False
        ends_in_zero = state.phase == Phase.PART and state.last == "0"
        return not self._canonical or not (ends_in_zero or (state.negative and state.order is None))

    def step(self, state: State, char: str) -> State | bool:
        """One more character; ``others`` iff the text can become no number, False if it can become none of the set."""
        found = self._digit(state, char) if char in "0123456789" else self._mark(state, char)
        if found is None:
            return self.others
        return found if self.others or self._hopeful(found) else False

    def _mark(self, state: State, char: str) -> State | None:
        phase = state.phase
        if phase == Phase.START and (char == "-" or (char == "+" and self._exponents)):
            return State(Phase.SIGN, char == "-")
        if phase == Phase.WHOLE and char == "." and not self._whole:
            return state._replace(phase=Phase.POINT, last="")
        if phase in {Phase.WHOLE, Phase.PART} and char in {"e", "E"} and self._exponents:
            return state._replace(phase=Phase.MARK, zeros=0)
        if phase == Phase.MARK and char in {"+", "-"}:
            return state._replace(phase=Phase.EXPONENT_SIGN, exponent_negative=char == "-")
        return None

    def _digit(self, state: State, char: str) -> State | None:
        if state.phase <= Phase.WHOLE:
            return self._whole_digit(state, char)
        if state.phase <= Phase.PART:
            return self._part_digit(state, char)
        if state.exponent_digits == 3:
            return None
        # Without bounds the exponent does not matter.
        exponent = state.exponent * 10 + int(char) if len(self._scales[state.negative].inside) > 1 else 0
        return state._replace(phase=Phase.EXPONENT, exponent=exponent, exponent_digits=state.exponent_digits + 1)

    def _whole_digit(self, state: State, char: str) -> State | None:
        if state.last == "0":
            return None
        scale = self._scales[state.negative]
        if state.order is None and char == "0":
            return State(Phase.WHOLE, state.negative, last="0" if self._canonical else "")
        place = scale.digits.start if state.order is None else state.place
        order = min((state.order or 0) + 1, scale.greatest)
        return State(Phase.WHOLE, state.negative, order, place=scale.digits.step(place, char))

    def _part_digit(self, state: State, char: str) -> State:
        scale = self._scales[state.negative]
        last = "0" if self._canonical and char == "0" else ""
        if state.order is not None:
            return State(Phase.PART, state.negative, state.order, place=scale.digits.step(state.place, char), last=last)
        if char == "0":
            return State(Phase.PART, state.negative, zeros=max(state.zeros - 1, scale.least), last=last)
        return State(Phase.PART, state.negative, state.zeros, place=scale.digits.step(scale.digits.start, char), last=last)

    def _hopeful(self, state: State) -> bool:
        """False only if no continuation is a number of the set."""
        scale = self._scales[state.negative]
        if state.order is None:
            return self._zero or any(scale.inside)
        if state.phase >= Phase.MARK:
            return any(scale.inside[scale.rank(order, state.place)] for order in self._orders(state, scale))
        return any(scale.hopeful(order, state.place) for order in self._orders(state, scale))

    def _orders(self, state: State, scale: _Scale) -> list[int]:
        """Orders that stand for all that a continuation may lead to."""
        order = state.order or 0
        if state.phase == Phase.EXPONENT:
            least = most = state.exponent
            for _ in range(state.exponent_digits, 3):
                most = most * 10 + 9
            ends = sorted((order + _signed(state, least), order + _signed(state, most)))
            return scale.between(*ends)
        reach = _REACH if self._exponents else 0
        most = order if state.phase != Phase.WHOLE else max(order, scale.greatest)
        return scale.between(order - reach, most + reach)


def _signed(state: State, exponent: int) -> int:
    return -exponent if state.exponent_negative else exponent
