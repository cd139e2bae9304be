"""Variables: what becomes of a test with policy variables where only Booleans are left.

A variable ties one coordinate to another, so the two do not fall into minterms of their own. Where nothing but the patterns of
one test ask for the value of the variable, the tie is as loose as a Boolean: if the key of the variable is present and the text
is one that a pattern matches under *some* value, there is a value with which it matches, and one with which none does (a longer
text, or, in patterns without runs, any other value than the few that do). So they are replaced by two plain atoms and a Boolean.
Of the caller's account and the resource's, where they must not be the same, either counts only if it is compared as it stands,
with a key that nothing else tests: any account but one will do there. Everything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from attrs import frozen

from keyaki.automata.glob import NOT_COLON, Token
from keyaki.automata.product import Union
from keyaki.decision.ties import home
from keyaki.lattice.predicate import Predicate, TextPredicate
from keyaki.lattice.universe import Form
from keyaki.minterms.coordinate import GLOBS
from keyaki.questions.encode import FREE_KEYS
from keyaki.smtlib.term import UnsupportedError
from keyaki.symbolic.atom import Atom, Tied
from keyaki.symbolic.pattern import Hole, Pattern
from keyaki.symbolic.theory import RESOURCE, Facts

_SPELT: Final = {key: name for name, key in FREE_KEYS.items()}


Group = tuple[Pattern, ...]
"""The patterns of one test that have the same variable, or one pattern with several variables."""


def _groups(tied: Tied) -> tuple[Group, ...]:
    """The patterns with variables of a test, those with one and the same variable together."""
    found: dict[object, list[Pattern]] = {}
    for pattern in tied.patterns:
        if pattern.holes:
            found.setdefault(home(pattern.holes[0]) if len(pattern.holes) == 1 else pattern, []).append(pattern)
    return tuple(map(tuple, found.values()))


@frozen
class Loose:
    """Patterns whose variable nothing else asks for: one matches iff one ``may``, the key is ``there``, and a Boolean says so."""

    number: int
    may: Atom
    there: Atom


@frozen
class Test:
    """An atom with variables: it is ``absent``, or some ``plain`` text passes, or some loose group matches."""

    atom: Atom
    absent: Atom
    plain: Atom
    loose: tuple[Loose, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The plain atoms that it is made of."""
        return (self.absent, self.plain, *(atom for one in self.loose for atom in (one.may, one.there)))


class Variables:
    """The variables of one world, from all of its atoms; ``apart`` are coordinates whose values must differ, or none."""

    def __init__(self, atoms: Iterable[Atom], facts: Callable[[str], Facts], apart: frozenset[str]) -> None:
        self.facts = facts
        self.apart = apart
        self.tested: dict[str, set[Predicate | Tied]] = {}
        self.users: dict[str, set[tuple[str, Group]]] = {}
        self.numbers: dict[tuple[str, Group], int] = {}
        for atom in atoms:
            if not isinstance(atom.present, bool):
                self.tested.setdefault(atom.coordinate, set()).add(atom.present)
            for group in _groups(atom.present) if isinstance(atom.present, Tied) else ():
                for hole in (hole for pattern in group for hole in pattern.holes):
                    self.users.setdefault(home(hole), set()).add((atom.coordinate, group))

    def test(self, atom: Atom, tied: Tied) -> Test:
        """Return what stands for an atom with variables.

        Raises:
            UnsupportedError: a variable really ties two coordinates.
        """
        key = atom.coordinate
        if tied.boolean or atom.epoch or atom.quantifier is not None or self.facts(key).is_list:
            raise UnsupportedError(told(tied.holes[0], key))
        plain = TextPredicate(Union(tuple(pattern.glob() for pattern in tied.patterns if not pattern.holes)))
        loose = tuple(self._loose(key, group) for group in _groups(tied))
        return Test(atom, Atom(key, True, False), Atom(key, False, plain), loose)

    def _loose(self, key: str, group: Group) -> Loose:
        hole = group[0].holes[0]
        other = home(hole)
        if not self._is_loose(key, group, other):
            raise UnsupportedError(told(hole, key))
        globs = (glob for pattern in group for glob in pattern.relaxed(lambda hole: self._texts(hole, other)))
        number = self.numbers.setdefault((key, group), len(self.numbers))
        return Loose(number, Atom(key, False, TextPredicate(Union(tuple(dict.fromkeys(globs))))), Atom(other, False, True))

    def _is_loose(self, key: str, group: Group, other: str) -> bool:
        holes = [hole for pattern in group for hole in pattern.holes]
        if len(holes) > len(group) or any(hole.default is not None for hole in holes):
            return False
        if other in {key, RESOURCE} or other in self.tested or self.users[other] != {(key, group)}:
            return False
        if other in self.apart and (group[0].pieces != tuple(holes) or self.tested[key] != {Tied(group)}):
            return False
        universe = self.facts(other).universe
        if self.facts(other).is_list or universe.form not in GLOBS or universe.bars:
            return False
        runs = any(isinstance(piece, Token) and piece.run for pattern in group for piece in pattern.pieces)
        return universe.form is Form.TEXT or (len(universe.holds) == 1 and not runs and not any(hole.fold for hole in holes))

    def _texts(self, hole: Hole, other: str) -> Sequence[tuple[Token, ...]]:
        globs = self.facts(other).universe.holds[0].globs
        if not hole.field:
            return [glob.tokens for glob in globs]
        kept = [tuple(token._replace(chars=token.chars & NOT_COLON) for token in glob.tokens) for glob in globs]
        return [tokens for tokens in kept if not any(token.chars.is_empty and not token.run for token in tokens)]


def told(hole: Hole, coordinate: str) -> str:
    """Say that a variable ties two coordinates."""
    key, other = _SPELT.get(hole.key, hole.key), _SPELT.get(coordinate, coordinate)
    return f"the finite form: the variable `${{{key}}}` ties its value to `{other}`"
