"""Worlds: one case of a theory as a Boolean formula over the minterms of its coordinates.

A theory falls into cases in each of which every coordinate varies freely. So a question holds iff it holds in some world, and the
worlds of a script share no variable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from keyaki.automata.glob import Glob, literal
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.lattice.answer import Member
from keyaki.lattice.predicate import TextPredicate
from keyaki.lattice.solve import solve
from keyaki.minterms.coordinate import Choice, Coordinate, Minterm, coordinate
from keyaki.minterms.variable import Test, Variables
from keyaki.questions.space import ACCOUNT, lifted
from keyaki.smtlib.term import FALSE, TRUE, choice, conj, disj, neg
from keyaki.symbolic.atom import Atom, Tied
from keyaki.symbolic.lift import CALLER_KEY
from keyaki.symbolic.theory import RESOURCE, Facts

Parts = Mapping[str, Sequence[Atom] | None]
"""The atoms of each statement by its name; None for one that applies to no request of the case."""
_ORDER: Final = {"action": 0, RESOURCE: 1}


class World:
    """One case: ``lines`` declare its coordinates and define its statements.

    ``holder`` is the coordinate whose account must not be the caller's, if there is one.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a case
        self, name: str, parts: Parts, facts: Callable[[str], Facts], meter: Meter, holder: str | None, head: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.meter = meter
        self.lines: list[str] = list(head)
        self.statements: dict[str, str] = {}
        self.coordinates: dict[str, Coordinate] = {}
        apart = frozenset({CALLER_KEY, holder}) if holder else frozenset[str]()
        self.variables = Variables((atom for atoms in parts.values() for atom in atoms or ()), facts, apart)
        self.tests: dict[Atom, Test] = {}
        self.matched: dict[int, str] = {}
        self.possible = self._declare(parts, facts)
        self.apart = self._apart(holder, facts) if holder and self.possible else TRUE
        for statement, atoms in parts.items():
            self._define(statement, atoms)

    def _declare(self, parts: Parts, facts: Callable[[str], Facts]) -> bool:
        """Declare the coordinates; return False iff one of them can have no value in the case."""
        atoms: dict[str, list[Atom]] = {}
        for atom in (atom for found in parts.values() for one in found or () for atom in self._plain(one)):
            atoms.setdefault(atom.coordinate, []).append(atom)
        for key in sorted(atoms, key=lambda key: (_ORDER.get(key, 2), key)):
            made = coordinate(f"{self.name} {_symbol(key)}", key, facts(key), atoms[key], self.meter)
            if made is None:
                return False
            self.lines += [f"; {_symbol(key)}", *made.lines]
            self.coordinates[key] = made
        return True

    def _plain(self, atom: Atom) -> Sequence[Atom]:
        """Return the atoms without variables that an atom is made of; declare the Booleans that it has beside."""
        if not isinstance(atom.present, Tied):
            return (atom,)
        if atom not in self.tests:
            self.tests[atom] = test = self.variables.test(atom, atom.present)
            for one in test.loose:
                if one.number not in self.matched:
                    self.matched[one.number] = f"|{self.name} variable {one.number}|"
                    self.lines.append(f"(declare-const {self.matched[one.number]} Bool)")
        return self.tests[atom].atoms

    def _term(self, atom: Atom) -> str:
        """The Bool term: the atom is true."""
        if not isinstance(atom.present, Tied):
            return self.coordinates[atom.coordinate].term(atom)
        test = self.tests[atom]
        loose = (conj([self.matched[one.number], self._term(one.may), self._term(one.there)]) for one in test.loose)
        met = disj([self._term(test.plain), *loose])
        return choice(self._term(test.absent), TRUE if atom.absent else FALSE, neg(met) if atom.inverted else met)

    def _define(self, statement: str, atoms: Sequence[Atom] | None) -> None:
        holds = atoms is not None and self.possible
        term = conj(map(self._term, atoms or ())) if holds else FALSE
        name = f"|{self.name} {statement}|"
        self.lines.append(f"(define-fun {name} () Bool {term})")
        self.statements[statement] = name

    def _apart(self, holder: str, facts: Callable[[str], Facts]) -> str:
        """The Bool term: the account of the resource and the caller's can differ, which two minterms of one text each bar."""
        resource, caller = self.coordinates.get(holder), self.coordinates.get(CALLER_KEY)
        if not isinstance(resource, Choice) or not isinstance(caller, Choice):
            return TRUE
        barred = []
        for mine, first in zip(caller.terms, caller.options, strict=True):
            account = first.text if first else ""
            if first is None or not self._holds_all(first, TextPredicate(Union((literal(account),))), facts(CALLER_KEY)):
                continue
            glob = literal(account) if holder == ACCOUNT else Glob(lifted(account=literal(account).tokens))  # type: ignore[arg-type]
            for theirs, second in zip(resource.terms, resource.options, strict=True):
                if second is not None and self._holds_all(second, TextPredicate(Union((glob,))), facts(holder)):
                    barred.append(neg(conj([mine, theirs])))
        return conj(barred)

    def _holds_all(self, one: Minterm, test: TextPredicate, facts: Facts) -> bool:
        """True iff every text of a minterm passes a test."""
        if not test.holds(one.text):
            return False
        return not isinstance(solve(facts.universe, one.holds, (*one.fails, test), (), self.meter), Member)


def _symbol(key: str) -> str:
    """What a coordinate is called in a script, where a bar and a backslash may not stand in a name."""
    return "".join(char if char.isascii() and char.isprintable() and char not in "|\\" else f"<{ord(char):x}>" for char in key)
