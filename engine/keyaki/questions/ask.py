"""Ask: is there a request to which some statements apply and others do not, and that the reference evaluator agrees on?

Every question about policies comes down to this one. Statements that must apply give the atoms to start from; statements that
must not are what the search calls Denies, whatever their effect: the Allows of the policy that is to allow nothing more, for
one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from attrs import evolve, frozen

from keyaki.automata.glob import wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.decision.box import Box, Boxes
from keyaki.decision.refutation import Leaf, Refutation
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import Effect
from keyaki.questions.encode import QUERY, reads, ties, within_case
from keyaki.questions.explore import SpaceExplorer, SpaceRelaxation
from keyaki.questions.reach import EVERY, is_literal, service_of
from keyaki.questions.readable import SpaceReadable
from keyaki.questions.sides import Entry, Side, mixed_keys
from keyaki.questions.space import ACTION, DECRYPTION, Space, SpaceCase, cases
from keyaki.questions.write import Found, Writer
from keyaki.symbolic.atom import Atom, is_true
from keyaki.symbolic.encode import Region
from keyaki.symbolic.fields import FieldTable

BUDGET: Final = 2_000_000
"""Counted steps after which a question that is still open is UNDECIDED."""
_PER_STEP: Final = 2
"""How many patterns of other statements are looked at for one counted step."""
_PER_STATEMENT: Final = 30
"""Steps for each statement that must not apply: what it asks is worked out anew for each pattern of actions."""
_PER_SPELLING: Final = 4
"""Steps for each statement when a request is written, and replayed: whether it spells the action is looked up."""
Accepts = Callable[[Found], bool]


@frozen
class Proof:
    """Why no request does: the statements that would have to apply, those that would not, and a refutation for each case.

    ``actions`` are the patterns that it is the proof for; more are added where the same statements cover them.
    """

    actions: list[str]
    applying: tuple[int, ...]
    barred: tuple[int, ...]
    cases: tuple[tuple[SpaceCase, Refutation], ...]

    def plain(self) -> dict[str, Any]:
        """Return the proof as plain data."""
        return {
            "actions": list(self.actions),
            "applying": list(self.applying),
            "barred": list(self.barred),
            "cases": [{**_plain_case(case), "refutation": tree.plain()} for case, tree in self.cases],
        }


class Asker:
    """Asks about the statements of some sides, under one budget."""

    def __init__(
        self,
        sides: Sequence[Side],
        budget: int = BUDGET,
        unnamed: frozenset[str] = frozenset(),
        spelt: Sequence[str] = (),
    ) -> None:
        documents = [document for side in sides for document in side.documents]
        self.lists, self.mixed = mixed_keys(documents)
        self.writer = Writer(sides, spelt)
        self.entries = sum(1 for side in sides for _ in side.entries)
        self.space = Space(self.lists, "aws:epochtime" in self.writer.keys, unnamed)
        self.meter = Meter(budget)
        self.refuted: dict[Hashable, Proof] = {}
        self.fields = FieldTable()

    def is_over(self, left_open: list[str]) -> bool:
        """True iff the budget is spent, so that nothing more can be asked; then something is left open."""
        if self.meter.is_spent and not left_open:
            left_open.append(f"the budget of {self.meter.budget} steps is spent")
        return self.meter.is_spent

    def ask(
        self, pattern: str, applying: Sequence[Entry], barred: Sequence[Entry], accepts: Accepts, resources: Sequence[Atom] = ()
    ) -> Found | Proof:
        """Return a request to which all of ``applying`` and none of ``barred`` apply, or the proof that there is none.

        Its action is one that the pattern matches; ``resources`` are further atoms that it must satisfy.

        Raises:
            Undecidable: neither was found. Exhausted: the budget is spent.
        """
        self.meter.spend(1 + sum(1 + entry.reach.others(pattern) for entry in (*applying, *barred)) // _PER_STEP)
        asked = _Asked(self, pattern, applying, barred, resources)
        self.meter.spend(_PER_STATEMENT * len(asked.denied))
        signature = asked.signature
        known = self.refuted.get(signature) if signature else None
        if known is not None:
            known.actions.append(pattern)
            return known
        found: list[tuple[SpaceCase, Refutation]] = []
        for case in asked.cases():
            one = self._explore(asked, case, accepts)
            if isinstance(one, Found):
                return one
            found.append((case, one))
        proof = Proof([pattern], tuple(one.number for one in applying), tuple(one.number for one in asked.barred), tuple(found))
        if signature:
            self.refuted[signature] = proof
        return proof

    def _explore(self, asked: _Asked, case: SpaceCase, accepts: Accepts) -> Found | Refutation:
        regions = asked.regions(case)
        if isinstance(regions, Leaf):
            return regions
        allow, denies = regions
        boxes = Boxes(self.space, case, asked.readable, self.meter, self.fields)
        boxes.relaxation = SpaceRelaxation(boxes)

        def request(boxes: Boxes, box: Box) -> Found:
            self.meter.spend(_PER_SPELLING * self.entries)
            literal_action = asked.pattern if asked.literal else None
            return self.writer.found(case, lambda coordinate: boxes.value(box, coordinate), literal_action)

        def fits(boxes: Boxes, box: Box) -> bool:
            found = request(boxes, box)
            return accepts(found) and all(one.applies(found.request, found.principal) for one, _ in asked.applying)

        found = SpaceExplorer(boxes, allow, denies, fits).run()
        return request(boxes, found) if isinstance(found, Box) else found


class _Asked:
    """One question, its statements cut down to the actions of a pattern."""

    def __init__(
        self, asker: Asker, pattern: str, applying: Sequence[Entry], barred: Sequence[Entry], resources: Sequence[Atom]
    ) -> None:
        self.asker = asker
        self.pattern = pattern
        self.resources = tuple(resources)
        self.literal = is_literal(pattern)
        self.readable = SpaceReadable(service_of(pattern))
        self.applying = [(one, one.reach.atom(pattern, one.number)) for one in applying]
        found = [(one, one.reach.atom(pattern, one.number)) for one in barred]
        self.denied = [(one, atom) for one, atom in found if atom is not False]
        self.barred = [one for one, _ in self.denied]

    @property
    def signature(self) -> Hashable:
        """What settles the question of a literal action: one signature, one answer. None where nothing short does."""
        if not self.literal or not all(one.is_whole for one in (*(one for one, _ in self.applying), *self.barred)):
            return None
        statements = *(one.number for one, _ in self.applying), None, *(one.number for one in self.barred)
        covered = tuple(atom for _, atom in self.applying)
        return statements, covered, self.resources, self.pattern in DECRYPTION

    @cached_property
    def _wanted(self) -> Region | None:
        return self._region(frozenset())

    @cached_property
    def _unwanted(self) -> list[Region]:
        return self._others(frozenset())

    def cases(self) -> Iterator[SpaceCase]:
        """Yield the cases to ask in."""
        wanted = [] if self._wanted is None else [self._wanted]
        for case in cases(reads((*wanted, *self._unwanted), self.asker.mixed)):
            if self.literal and case.decrypts is not None and case.decrypts is not (self.pattern in DECRYPTION):
                continue
            yield case

    def regions(self, case: SpaceCase) -> tuple[Region, list[Region]] | Leaf:
        """Return what must apply, as one region, and what must not, within a case."""
        wanted = self._region(case.several) if case.several else self._wanted
        unwanted = self._others(case.several) if case.several else self._unwanted
        known = self.asker.space.known_values(case)
        allow = None if wanted is None else within_case(wanted, case, known)
        if allow is None:
            return Leaf("case", frozenset(), {"kind": "outside"})
        allow = evolve(allow, atoms=(*ties(case), *allow.atoms))
        return allow, [found for region in unwanted if (found := within_case(region, case, known)) is not None]

    def _region(self, several: frozenset[str]) -> Region | None:
        atoms = list(self.resources)
        if not self.literal and self.pattern != EVERY:
            test = TextPredicate(Union((wildcard(self.pattern),)))
            atoms.append(Atom(ACTION, False, test, place=(QUERY, "action")))
        for entry, atom in self.applying:
            region = entry.region(several) if atom is not False else None
            found = None if region is None else self._at_action(region.atoms)
            if found is None:
                return None
            atoms += found
            if isinstance(atom, Atom):
                atoms.append(atom)
        return Region(QUERY, Effect.ALLOW, tuple(atoms))

    def _others(self, several: frozenset[str]) -> list[Region]:
        found = []
        for entry, atom in self.denied:
            region = entry.region(several)
            atoms = None if region is None else self._at_action(region.atoms)
            if atoms is not None:
                more = (atom,) if isinstance(atom, Atom) else ()
                found.append(Region(entry.number, entry.statement.effect, (*more, *atoms)))
        return found

    def _at_action(self, atoms: Sequence[Atom]) -> list[Atom] | None:
        """Return the atoms without those of the action, where that is one action; None iff one of those is false."""
        if not self.literal:
            return list(atoms)
        if any(atom.coordinate == ACTION and not is_true(atom, self.pattern) for atom in atoms):
            return None
        return [atom for atom in atoms if atom.coordinate != ACTION]


def _plain_case(case: SpaceCase) -> dict[str, Any]:
    return {
        "account": case.account.value if case.account else None,
        "region": case.region.value if case.region else None,
        "own": case.own,
        "key": case.key,
        "kind": case.kind.value if case.kind else None,
        "decrypts": case.decrypts,
        "single": sorted(case.single),
        "several": sorted(case.several),
    }
