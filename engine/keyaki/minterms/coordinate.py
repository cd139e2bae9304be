"""Coordinates in finite form: the minterms of what is asked of one coordinate, as Boolean terms of a script.

A *minterm* of some tests is a set of values that they do not tell apart, and that is not empty. A coordinate that holds one value
is a choice of one minterm, absence being one more where the key may be absent. It is written in binary: of n minterms each is a
combination of about log n Booleans, and the last one stands for all the combinations that are left, so that every assignment is
a choice. A coordinate that holds a list is a Boolean for each minterm of its elements, some element lies in it, and one for its
presence; every combination of them is a list.

The minterms are found by splitting: each test cuts each minterm so far in two, and the lattice says whether a half is empty. A
value at hand answers for its own half, so the cost is one question for each test and minterm. There may be two to the number of
tests of them, so their number is bounded and the steps of the lattice are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from attrs import evolve

from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import find_word
from keyaki.errors import InternalError
from keyaki.lattice.answer import Answer, Member, Unknown
from keyaki.lattice.predicate import Predicate, TextPredicate
from keyaki.lattice.solve import solve
from keyaki.lattice.universe import Form, Universe
from keyaki.policy import Quantifier
from keyaki.smtlib.term import FALSE, TRUE, UnsupportedError, apply, choice, conj, disj, neg
from keyaki.symbolic.atom import Atom, is_true
from keyaki.symbolic.theory import Facts

MOST: Final = 4_096
"""How many minterms a coordinate may have."""
STEPS: Final = 20_000_000
"""The lattice's steps for one script, some tens of seconds."""


GLOBS: Final = frozenset({Form.TEXT, Form.LANGUAGE})
"""The forms of universes that are the languages of their globs."""


class Minterm(NamedTuple):
    """The texts that pass exactly some tests, by a text that does, and the tests."""

    text: str
    holds: tuple[Predicate, ...] = ()
    fails: tuple[Predicate, ...] = ()


def minterms(name: str, universe: Universe, tests: Sequence[Predicate], meter: Meter) -> list[Minterm]:
    """Return the minterms of some tests in a universe; none iff that is empty.

    Raises:
        UnsupportedError: there are more than MOST of them, or the lattice cannot settle one.
    """
    split = _Split(name, universe, meter)
    text = split.text((), ())
    found = [] if text is None else [Minterm(text)]
    for test in tests:
        found = [half for one in found for half in split.halves(one, test)]
        if len(found) > MOST:
            raise UnsupportedError(f"the finite form: `{name}` falls into more than {MOST} minterms")
    return found


class _Split:
    """Splits the minterms of one coordinate.

    Most tests of a policy exclude each other two by two, which is asked once for each two and then holds in every minterm.
    Globs alone are asked of the automata as they are: the lattice would go on to look for shorter evidence, three times as long.
    """

    def __init__(self, name: str, universe: Universe, meter: Meter) -> None:
        self.name = name
        self.universe = universe
        self.meter = meter
        self.bars = universe.bars
        self.apart: dict[tuple[Predicate, Predicate], bool] = {}

    def halves(self, one: Minterm, test: Predicate) -> Iterator[Minterm]:
        """Yield what of a minterm passes a test, and what does not, as far as they are not empty."""
        inside, outside = one._replace(holds=(*one.holds, test)), one._replace(fails=(*one.fails, test))
        if test.holds(one.text):
            text = self.text(outside.holds, outside.fails)
            yield inside
            yield from () if text is None else [outside._replace(text=text)]
            return
        apart = any(self._are_apart(other, test) for other in one.holds)
        text = None if apart else self.text(inside.holds, inside.fails)
        yield from () if text is None else [inside._replace(text=text)]
        yield outside

    def _are_apart(self, one: Predicate, other: Predicate) -> bool:
        if (one, other) not in self.apart:
            self.apart[one, other] = self.text((one, other), ()) is None
        return self.apart[one, other]

    def text(self, holds: Sequence[Predicate], fails: Sequence[Predicate]) -> str | None:
        """Return a text that passes some tests and fails others, or None."""
        try:
            found = self._found(holds, fails)
        except Exhausted as stop:
            message = f"the finite form: the minterms of `{self.name}` take more than {self.meter.budget} steps to find"
            raise UnsupportedError(message) from stop
        if isinstance(found, Unknown):
            raise UnsupportedError(f"the finite form: the minterms of `{self.name}`: {found.reason}")
        return found.text if isinstance(found, Member) else None

    def _found(self, holds: Sequence[Predicate], fails: Sequence[Predicate]) -> Answer | None:
        universe = self.universe
        if universe.form not in GLOBS or not all(isinstance(test, TextPredicate) for test in (*holds, *fails)):
            return solve(universe, holds, fails, (), self.meter)
        every, none = [test.of for test in holds], [test.of for test in fails]
        word = find_word([*every, *universe.holds], [*none, *self.bars], self.meter)
        if not isinstance(word, str):
            return None
        if not universe.admits(word):
            message = f"a text of `{self.name}` was found that its universe does not hold"
            raise InternalError(message, hint="this is a bug, please report it")
        return Member(word)


class Coordinate:
    """One coordinate of one world of a script. ``lines`` declare it; ``term`` says when an atom of it is true."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.lines: list[str] = []

    def term(self, atom: Atom) -> str:
        """The Bool term: the atom is true."""
        raise NotImplementedError

    def declare(self, name: str) -> str:
        """Declare a Boolean and return its name."""
        symbol = f"|{self.label} {name}|"
        self.lines.append(f"(declare-const {symbol} Bool)")
        return symbol


class Choice(Coordinate):
    """A coordinate that is one of some options: minterms, or None for absence."""

    def __init__(self, label: str, options: Sequence[Minterm | None]) -> None:
        super().__init__(label)
        self.options = options
        bits = [self.declare(f"bit {place}") for place in range((len(options) - 1).bit_length())]
        self.terms: list[str] = []
        for number, option in enumerate(options):
            last = number == len(options) - 1
            code = (bit if number >> place & 1 else neg(bit) for place, bit in enumerate(bits))
            term = neg(disj(self.terms)) if last else conj(code)
            name = f"|{label} {number}|"
            shown = "absent" if option is None else _shown(option.text)
            self.lines += [f"; {shown}", f"(define-fun {name} () Bool {term})"]
            self.terms.append(name)

    def among(self, numbers: Sequence[int]) -> str:
        """The Bool term: the choice is one of these options."""
        if len(numbers) == len(self.options):
            return TRUE
        return disj(self.terms[number] for number in numbers)

    def term(self, atom: Atom) -> str:
        """The options whose values make the atom true."""
        return self.among([number for number, one in enumerate(self.options) if is_true(atom, one.text if one else None)])


class Listed(Coordinate):
    """A coordinate that holds a list, or is absent."""

    def __init__(self, label: str, facts: Facts, elements: Sequence[Minterm]) -> None:
        super().__init__(label)
        self.elements = elements
        optional = facts.may_be_absent
        self.present = FALSE if not facts.may_be_present or not elements else self.declare("present") if optional else TRUE
        self.has: list[str] = []
        for number, one in enumerate(elements if self.present != FALSE else ()):
            self.lines.append(f"; {_shown(one.text)}")
            self.has.append(self.declare(f"has {number}"))
        if self.has:
            self.lines.append(f"(assert {apply('=>', self.present, disj(self.has))})")

    def term(self, atom: Atom) -> str:
        """What its quantifier makes of the elements' minterms."""
        return choice(self.present, self._of_list(atom), TRUE if atom.absent else FALSE)

    def _of_list(self, atom: Atom) -> str:
        test = atom.present
        if isinstance(test, bool):
            return TRUE if test else FALSE
        passes = [is_true(evolve(atom, quantifier=None), one.text) for one in self.elements]
        if atom.quantifier is Quantifier.FOR_ALL_VALUES:
            return neg(disj(has for has, passed in zip(self.has, passes, strict=True) if not passed))
        return disj(has for has, passed in zip(self.has, passes, strict=True) if passed)


def coordinate(label: str, name: str, facts: Facts, atoms: Sequence[Atom], meter: Meter) -> Coordinate | None:
    """Return the coordinate of some atoms, none of which has a variable; None iff it can be neither present nor absent.

    Raises:
        UnsupportedError: there are too many minterms.
    """
    tests = dict.fromkeys(atom.present for atom in atoms if isinstance(atom.present, Predicate))
    found = minterms(name, facts.universe, tuple(tests), meter) if facts.may_be_present else []
    if facts.is_list:
        return Listed(label, facts, found) if found or facts.may_be_absent else None
    options: list[Minterm | None] = [*([None] if facts.may_be_absent else []), *found]
    return Choice(label, options) if options else None


def _shown(text: str) -> str:
    """A text in a comment: what is not printable ASCII is escaped, so that it stays on its line."""
    return text.encode("unicode_escape").decode("ascii")
