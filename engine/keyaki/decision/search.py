"""Search: is there a request in a box that no Deny applies to?

The search is guided by the box's model. While some Deny applies to the model, one of its atoms must be made false: the Deny with
the fewest atoms left to choose from is taken (one atom left is no choice, the literal is forced). Branches exclude each other:
branch i takes atom i for the first false one, so that a grid of Denies over two keys takes steps in proportion to the grid
and not to the number of ways through it. A branch that is refuted without its own literals refutes the whole box at once.

The scheme is that of Davis, Putnam, Logemann and Loveland with backjumping, over coordinates instead of propositions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from keyaki.automata.meter import Exhausted
from keyaki.decision.box import Box, Boxes
from keyaki.decision.refutation import Branches, Forced, Leaf, Ref, Refutation
from keyaki.symbolic.atom import Atom, Literal
from keyaki.symbolic.encode import Region

_LOOKED = 2
"""Steps for a Deny that is looked at: about as many microseconds."""
DEPTH = 200
"""How deep the choices of a refutation may be nested; past it the question counts as too hard, as past the budget."""


Forcing = tuple[Region, Atom]
"""A Deny all of whose atoms but one are true, and that one."""


class Choice:
    """An open choice: a Deny that applies to the model of ``box``, and which of its ``atoms`` is tried as the first false one.

    ``applying`` are the Denies that apply to that model.
    """

    __slots__ = ("applying", "atoms", "box", "deny", "forced", "refuted")

    def __init__(self, box: Box, applying: list[int], deny: Region, atoms: list[Atom], forced: list[Forcing]) -> None:
        self.box = box
        self.applying = applying
        self.deny = deny
        self.atoms = atoms
        self.forced = forced
        self.refuted: list[Refutation] = []

    @property
    def introduced(self) -> set[Ref]:
        """The literals that the branch being tried has and the box of the choice had not."""
        tried = len(self.refuted)
        return {(*atom.place, True) for atom in self.atoms[:tried]} | {(*self.atoms[tried].place, False)}


class Search:
    """Searches boxes against one list of Denies."""

    def __init__(self, boxes: Boxes, denies: Sequence[Region]) -> None:
        self.boxes = boxes
        self.denies = denies

    def run_from(self, literals: Sequence[Literal]) -> Box | Refutation:
        """Search the box of some literals. A Deny with one atom leaves no choice anywhere, so its literal is forced at once."""
        forced = [(deny, deny.atoms[0]) for deny in self.denies if len(deny.atoms) == 1]
        box = self.boxes.meet(self.boxes.top(), [*literals, *(Literal(atom, False) for _, atom in forced)])
        found = box if isinstance(box, Leaf) else self.run(box)
        return found if isinstance(found, Box) else _chained(forced, found)

    def run(self, box: Box) -> Box | Refutation:
        """Return a box whose model no Deny applies to, or the refutation of the given one. Raises Exhausted past the budget."""
        choices: list[Choice] = []
        self.boxes.meter.spend(_LOOKED * len(self.denies))
        applying = [number for number, deny in enumerate(self.denies) if self._applies(deny, box)]
        next_: Box | Refutation = box
        while True:
            if isinstance(next_, Box):
                found = self._deepen(next_, applying, choices)
                if isinstance(found, Box):
                    return found
                next_ = found
            else:
                if not choices:
                    return next_
                next_, applying = self._turn(choices, next_)

    def _deepen(self, box: Box, applying: list[int], choices: list[Choice]) -> Box | Refutation:
        """Force literals and open choices, in their first branches, until one is refuted; ``applying`` are the box's Denies.

        Returns a box only if no Deny applies to its model.
        """
        forced: list[Forcing] = []
        while True:
            chosen = self._chosen(box, applying)
            if chosen is None:
                return box
            deny, atoms = chosen
            if not atoms:
                return _chained(forced, Branches(deny.statement, (), (), None, _asserted(deny, atoms)))
            met = self.boxes.meet(box, [Literal(atoms[0], False)])
            if len(atoms) == 1:
                forced.append((deny, atoms[0]))
                if isinstance(met, Leaf):
                    return _chained(forced, met)
            else:
                choices.append(Choice(box, applying, deny, atoms, forced))
                forced = []
                if isinstance(met, Leaf):
                    return met
            applying = self._applying(box, applying, met)
            box = met

    def _turn(self, choices: list[Choice], found: Refutation) -> tuple[Box | Refutation, list[int]]:
        """Take the refutation of the branch being tried.

        Returns the box of the next branch with the Denies that apply there, or what refutes the whole choice.
        """
        choice = choices[-1]
        if not found.needs & choice.introduced:
            choices.pop()
            return _chained(choice.forced, found), []
        choice.refuted.append(found)
        tried = len(choice.refuted)
        rest = self.boxes.meet(choice.box, [Literal(choice.atoms[tried - 1], True)]) if tried < len(choice.atoms) else None
        if rest is None or isinstance(rest, Leaf):
            choices.pop()
            return _chained(choice.forced, _branches(choice, rest)), []
        choice.applying = self._applying(choice.box, choice.applying, rest)
        choice.box = rest
        met = self.boxes.meet(rest, [Literal(choice.atoms[tried], False)])
        return met, [] if isinstance(met, Leaf) else self._applying(rest, choice.applying, met)

    def _chosen(self, box: Box, applying: Sequence[int]) -> tuple[Region, list[Atom]] | None:
        """Return the applying Deny with the fewest atoms not yet asserted, with those atoms; None iff no Deny applies."""
        best: tuple[Region, list[Atom]] | None = None
        self.boxes.meter.spend(1 + (len(applying) >> 1))
        for number in applying:
            deny = self.denies[number]
            left = [atom for atom in deny.atoms if (*atom.place, True) not in box.asserted]
            if best is None or len(left) < len(best[1]):
                best = deny, left
                if len(left) <= 1:
                    break
        return best

    def _applying(self, box: Box, applying: Sequence[int], met: Box) -> list[int]:
        """Return the Denies that apply to the model of ``met``, of which those of ``box``, met with literals, are known.

        Only those are looked at that read a coordinate whose value has changed, or have a new literal: with 600 Denies of two
        keys each a choice takes 0.1 ms, and 3 ms where all are looked at.
        """
        stale: set[int] = set()
        for coordinate, value in met.model.items():
            if coordinate not in box.model or box.model[coordinate] is not value:
                stale.update(self._reading.get(coordinate, ()))
        for statement, _, _ in met.asserted - box.asserted:
            stale.update(self._of_statement.get(statement, ()))
        self.boxes.meter.spend(1 + _LOOKED * len(stale) + (len(met.model) + len(met.asserted) >> 4))
        kept = [number for number in applying if number not in stale]
        return sorted([*kept, *(number for number in stale if self._applies(self.denies[number], met))])

    def _applies(self, deny: Region, box: Box) -> bool:
        for atom in deny.atoms:  # noqa: SIM110 - half the time of a generator, for each Deny in each box
            if not self.boxes.holds(box, atom):
                return False
        return True

    @cached_property
    def _reading(self) -> dict[str, list[int]]:
        """The Denies by the coordinates that they read."""
        found: dict[str, list[int]] = {}
        for number, deny in enumerate(self.denies):
            for coordinate in {atom.coordinate for atom in deny.atoms}:
                found.setdefault(coordinate, []).append(number)
        return found

    @cached_property
    def _of_statement(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, deny in enumerate(self.denies):
            found.setdefault(deny.statement, []).append(number)
        return found


def _branches(choice: Choice, rest: Leaf | None) -> Branches:
    """Return the refutation of a choice whose tried branches, and ``rest`` after them, are refuted."""
    refuted, atoms = choice.refuted, choice.atoms
    depth = 1 + max(one.depth for one in refuted)
    if depth > DEPTH:
        raise Exhausted(f"a refutation has more than {DEPTH} choices inside each other")
    introduced = {(*atom.place, truth) for atom in atoms for truth in (True, False)}
    needs = frozenset().union(*(one.needs for one in refuted), rest.needs if rest else ())
    needs = needs - introduced | _asserted(choice.deny, atoms)
    return Branches(choice.deny.statement, tuple(atom.place[1] for atom in atoms), tuple(refuted), rest, frozenset(needs), depth)


def _asserted(deny: Region, atoms: list[Atom]) -> frozenset[Ref]:
    """Return the literals of a Deny but for some of its atoms: those that the box has as true."""
    return frozenset((*atom.place, True) for atom in deny.atoms if atom not in atoms)


def _chained(forced: list[Forcing], tree: Refutation) -> Refutation:
    """Return the tree under the forced literals that it rests on, the others left out."""
    needs, steps = set(tree.needs), list[tuple[int, str]]()
    for deny, atom in reversed(forced):
        literal = (*atom.place, False)
        if literal in needs:
            needs.remove(literal)
            needs.update((*other.place, True) for other in deny.atoms if other is not atom)
            steps.append((deny.statement, atom.place[1]))
    return Forced(tuple(reversed(steps)), frozenset(needs), tree, tree.depth) if steps else tree
