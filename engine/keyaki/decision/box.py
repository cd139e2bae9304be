"""Boxes: what a search has assumed so far, coordinate by coordinate, and one value that each coordinate can still take.

A box is a conjunction of literals. It is kept together with a *model*: a value for every coordinate that satisfies all literals
of that coordinate. A new literal costs nothing while the model satisfies it; only when it does not is the lattice asked for
another value, and only when there is none is the box empty.

A literal whose atom is tied to a variable that has no value yet is relaxed (see ``keyaki.decision.relax``), so an empty box is
empty indeed, but the model of a box with such literals is only a candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from keyaki.automata.meter import Meter
from keyaki.decision.cover import covered
from keyaki.decision.refutation import Leaf, Ref, ref
from keyaki.decision.relax import Relaxation
from keyaki.decision.sides import Sides, empty, leaf, longer
from keyaki.decision.ties import home, required
from keyaki.lattice.answer import Member, Unknown
from keyaki.lattice.elements import Elements, solve_list
from keyaki.lattice.solve import solve
from keyaki.policy import Quantifier
from keyaki.symbolic.atom import Atom, Literal, Tied, Value, digits, is_true
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.names import Names
from keyaki.symbolic.pattern import captures
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.theory import RESOURCE, Case, Facts, FreshKeys, Theory

Literals = dict[str, tuple[Literal, ...]]
_MOST_KEYS = 64
"""How many variables of one pattern are given a value that it captured."""


class Undecidable(Exception):  # noqa: N818 - control flow inside the search, never seen outside
    """The lattice could not settle a coordinate; the message says why."""


class Box:
    """Literals by coordinate, and a value for each of those coordinates.

    ``required`` are the coordinates that must be present for a literal of another one. Never changed once made, but for values of
    further coordinates.
    """

    __slots__ = ("asserted", "literals", "model", "required")

    def __init__(
        self, literals: Literals, model: dict[str, Value], asserted: frozenset[Ref], required: dict[str, Literal]
    ) -> None:
        self.literals = literals
        self.model = model
        self.asserted = asserted
        self.required = required


class Boxes:
    """Makes boxes for one case of one theory."""

    def __init__(self, theory: Theory, case: Case, readable: Readable, meter: Meter, fields: FieldTable) -> None:
        self.theory = theory
        self.case = case
        self.readable = readable
        self.meter = meter
        self.fields = fields
        self.relaxation = Relaxation(self.facts, meter)
        self._table = theory.table(case)

    def top(self) -> Box:
        """Return the box without literals."""
        return Box({}, {}, frozenset(), {})

    def facts(self, coordinate: str) -> Facts:
        """Return what the theory says of a coordinate in this case."""
        return self._table.get(coordinate) or self.theory.facts(coordinate, self.case)

    def value(self, box: Box, coordinate: str) -> Value:
        """Return the model's value of a coordinate, one of the coordinate's own where the box says nothing of it."""
        if coordinate not in box.model:
            free = coordinate not in box.literals and coordinate not in box.required
            if free and self.facts(coordinate).may_be_absent:
                return None
            found = self._settle(box, coordinate)
            if isinstance(found, Leaf):
                message = f"coordinate `{coordinate}` has no value at all"
                raise Undecidable(message)
            box.model[coordinate] = found
        return box.model[coordinate]

    def holds(self, box: Box, atom: Atom) -> bool:
        """Return True iff the atom is true in the model; an atom still tied counts as true unless the box has it false."""
        if isinstance(atom.present, Tied):
            return (*atom.place, False) not in box.asserted
        return is_true(atom, self.value(box, atom.coordinate))

    def meet(self, box: Box, literals: Iterable[Literal]) -> Box | Leaf:
        """Return the box with more literals, or the leaf that shows it empty."""
        literals = tuple(literals)
        met = Box(dict(box.literals), dict(box.model), box.asserted.union(map(ref, literals)), dict(box.required))
        self.meter.spend(1 + (len(literals) >> 1) + (len(met.asserted) >> 4))
        more: dict[str, list[Literal]] = {}
        for one in literals:
            more.setdefault(one.atom.coordinate, []).append(one)
        for coordinate, found in more.items():
            met.literals[coordinate] = (*met.literals.get(coordinate, ()), *found)
        dependents = self._dependents(met) if self.relaxation.tied else {}
        stale: dict[str, None] = {}
        for one in literals:
            coordinate = one.atom.coordinate
            tied = isinstance(one.atom.present, Tied)
            if tied or coordinate not in met.model or is_true(one.atom, met.model[coordinate]) != one.truth:
                stale[coordinate] = None
            for needed in required(one) if tied else ():
                met.required.setdefault(needed, one)
                stale[needed] = None
            stale.update(dependents.get(coordinate, {}))
        for coordinate in stale:
            settled = self._settle(met, coordinate)
            if isinstance(settled, Leaf):
                return settled
            met.model[coordinate] = settled
        self._tie(met)
        return met

    def _tie(self, box: Box) -> None:
        """Give variables the values that tied tests captured from the model, where their own literals allow it.

        A relaxed model takes no notice of ties; one that keeps them shows the search which Denies really matter.
        """
        every = box.literals.values() if self.relaxation.tied else ()
        tied = [one for literals in every for one in literals if isinstance(one.atom.present, Tied)]
        for one in tied:
            test, text = one.atom.present, box.model.get(one.atom.coordinate)
            text = digits(text) if one.atom.epoch else text
            if not isinstance(test, Tied) or not isinstance(text, str) or one.truth == one.atom.inverted or test.boolean:
                continue
            for pattern in test.patterns:
                keys = dict.fromkeys(hole.key for hole in pattern.holes if hole.key == home(hole))
                for key in islice(keys, _MOST_KEYS):
                    self.meter.spend(1 + len(pattern.pieces) + len(text))
                    self._give(box, key, captures(pattern, key, text))

    def _give(self, box: Box, key: str, values: Iterable[str]) -> None:
        facts = self.facts(key)
        for value in () if facts.is_list else values:
            ordinary = (one for one in box.literals.get(key, ()) if not isinstance(one.atom.present, Tied))
            fits = all(is_true(one.atom, value) == one.truth for one in ordinary)
            if fits and facts.may_be_present and facts.universe.admits(value):
                box.model[key] = value
                return

    @staticmethod
    def _dependents(box: Box) -> dict[str, dict[str, None]]:
        """Return, for each coordinate of a variable, the coordinates tied to it by a literal of the box."""
        found: dict[str, dict[str, None]] = {}
        for other, literals in box.literals.items():
            tests = [one.atom.present for one in literals]
            for key in dict.fromkeys(home(hole) for test in tests if isinstance(test, Tied) for hole in test.holes):
                found.setdefault(key, {})[other] = None
        return found

    # One coordinate

    def _settle(self, box: Box, coordinate: str) -> Value | Leaf:
        """Return a value that satisfies every literal of a coordinate, absence before presence, or the leaf."""
        facts = self.facts(coordinate)
        literals = box.literals.get(coordinate, ())
        self.meter.spend(1 + (len(literals) >> 1))
        blocker: list[Literal] = []
        if facts.may_be_absent:
            blocker = [one for one in literals if one.atom.absent != one.truth][:1]
            if not blocker and coordinate in box.required:
                blocker = [box.required[coordinate]]
            if not blocker:
                return None
        if not facts.may_be_present:
            return leaf(coordinate, blocker, {"kind": "presence"})
        barred = next((one for one in literals if isinstance(one.atom.present, bool) and one.atom.present != one.truth), None)
        if barred is not None:
            return leaf(coordinate, [*blocker, barred], {"kind": "presence"})
        tests = [one for one in literals if not isinstance(one.atom.present, bool)]
        settle = self._settle_list if facts.is_list else self._settle_text
        return settle(box.literals, coordinate, tests, blocker)

    def _settle_text(self, box: Literals, coordinate: str, tests: Sequence[Literal], blocker: list[Literal]) -> Value | Leaf:
        facts = self.facts(coordinate)
        sides = Sides.of(tests)
        clash = sides.clash()
        if clash:
            return leaf(coordinate, [*blocker, *clash], {"kind": "same"})
        steps = self.relaxation.growing(box, coordinate)
        if steps:
            return longer(coordinate, steps, blocker)
        side = self.relaxation.predicates(box, sides, coordinate)
        if coordinate == RESOURCE:
            stale = facts.universe.stale if isinstance(facts.universe, FreshKeys) else Names()
            found_covered = covered(side, stale, blocker, self.fields)
            if found_covered is not None:
                return found_covered
        prefer = self.readable.texts(coordinate, self.case, side.holds)
        found = solve(facts.universe, side.holds, side.fails, prefer, self.meter)
        if isinstance(found, Member):
            return found.text
        if isinstance(found, Unknown):
            raise Undecidable(f"`{coordinate}`: {found.reason}")
        return empty(coordinate, found, blocker, side)

    def _settle_list(self, box: Literals, coordinate: str, tests: Sequence[Literal], blocker: list[Literal]) -> Value | Leaf:
        facts = self.facts(coordinate)
        every = [one for one in tests if (one.atom.quantifier is Quantifier.FOR_ALL_VALUES) == one.truth]
        some = [one for one in tests if (one.atom.quantifier is Quantifier.FOR_ALL_VALUES) != one.truth]
        for more in [[one] for one in some] or [[]]:
            clash = Sides.of([*every, *more]).clash()
            if clash:
                return leaf(coordinate, [*blocker, *clash], {"kind": "same"})
        common = self.relaxation.predicates(box, Sides.of(every))
        wishes = [self.relaxation.predicates(box, Sides.of([one])) for one in some]
        prefer = self.readable.texts(coordinate, self.case, common.holds)
        found = solve_list(
            facts.universe, (common.holds, common.fails), [(one.holds, one.fails) for one in wishes], prefer, self.meter
        )
        if isinstance(found, Elements):
            return found.texts
        if isinstance(found, Unknown):
            raise Undecidable(f"`{coordinate}`: {found.reason}")
        wish = common if found.demand is None else common.joined(wishes[found.demand])
        return empty(coordinate, found.evidence, blocker, wish)
