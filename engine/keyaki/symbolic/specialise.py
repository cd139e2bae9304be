"""Specialise: a region within one case of the theory, where more is decided than in general."""

from __future__ import annotations

from attrs import evolve

from keyaki.catalogue import SAME_VALUE
from keyaki.lattice.predicate import EpochPredicate, Predicate
from keyaki.symbolic.atom import Atom, Tied, under
from keyaki.symbolic.encode import Region
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, lift, twins
from keyaki.symbolic.pattern import Assignment, Hole, Pattern
from keyaki.symbolic.theory import Case


def specialised(region: Region, case: Case, known: Assignment, partition: str) -> Region:
    """Return the region with the case's decisions put in: known variables, and whether the caller's account is the key's."""
    atoms = []
    for atom in region.atoms:
        if case.own is not None:
            atom = _owned(atom, case.own, partition)  # noqa: PLW2901 - the same atom, further on its way
        atoms.append(under(atom, known))
    return Region(region.statement, region.effect, tuple(atoms))


def _owned(atom: Atom, own: bool, partition: str) -> Atom:
    test = atom.present
    if isinstance(test, Tied):
        patterns = filter(None, (twins(pattern, own) for pattern in test.patterns))
        test = Tied(tuple(_renamed(pattern) if own else pattern for pattern in patterns), test.boolean).under({})
        atom = evolve(atom, present=EpochPredicate(test) if atom.epoch and isinstance(test, Predicate) else test)
    return lift(atom, partition, CALLER_KEY) if own and atom.coordinate == CALLER_KEY else atom


def _renamed(pattern: Pattern) -> Pattern:
    """Return the pattern with the caller's account read off the ARN."""
    return Pattern(
        tuple(
            evolve(piece, key=ACCOUNT_KEY) if isinstance(piece, Hole) and piece.key == CALLER_KEY else piece
            for piece in pattern.pieces
        )
    )


def tells_own(region: Region) -> bool:
    """True iff an atom of the region compares the caller's account with the key's."""
    return any(isinstance(atom.present, Tied) and any(hole.twin for hole in atom.present.holes) for atom in region.atoms)


def tells_kinds(region: Region) -> bool:
    """True iff an atom of the region reads what only the kind of key decides, or a variable that it decides."""
    kinds = {"kms:multiregion", "kms:multiregionkeytype"}
    return any(
        atom.coordinate in kinds
        or (isinstance(atom.present, Tied) and any(SAME_VALUE.get(hole.key, hole.key) in kinds for hole in atom.present.holes))
        for atom in region.atoms
    )
