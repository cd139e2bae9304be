"""Search: is there a request in a box that no Deny applies to?

The search is guided by the box's model. While some Deny applies to the model, one of its atoms must be made false: the Deny with
the fewest atoms left to choose from is taken (one atom left is no choice, the literal is forced). Branches exclude each other:
branch i takes atom i for the first false one, so that a grid of Denies over two keys takes steps in proportion to the grid
and not to the number of ways through it. A branch that is refuted without its own literals refutes the whole box at once.

The scheme is that of Davis, Putnam, Logemann and Loveland with backjumping, over coordinates instead of propositions.
"""

from __future__ import annotations

from collections.abc import Sequence

from keyaki.automata.meter import Exhausted
from keyaki.decision.box import Box, Boxes
from keyaki.decision.refutation import Branches, Forced, Leaf, Ref, Refutation
from keyaki.symbolic.atom import Atom, Literal
from keyaki.symbolic.encode import Region

DEPTH = 200
"""Open choices at a time; past it the question counts as too hard, as past the budget."""


class Search:
    """Searches boxes against one list of Denies."""

    def __init__(self, boxes: Boxes, denies: Sequence[Region]) -> None:
        self.boxes = boxes
        self.denies = denies
        self.depth = 0

    def run_from(self, literals: Sequence[Literal]) -> Box | Refutation:
        """Search the box of some literals. A Deny with one atom leaves no choice anywhere, so its literal is forced at once."""
        forced = [(deny, deny.atoms[0]) for deny in self.denies if len(deny.atoms) == 1]
        box = self.boxes.meet(self.boxes.top(), [*literals, *(Literal(atom, False) for _, atom in forced)])
        found = box if isinstance(box, Leaf) else self.run(box)
        return found if isinstance(found, Box) else _chained(forced, found)

    def run(self, box: Box) -> Box | Refutation:
        """Return a box whose model no Deny applies to, or the refutation of the given one. Raises Exhausted past the budget."""
        forced: list[tuple[Region, Atom]] = []
        while True:
            chosen = self._applying(box)
            if chosen is None:
                return box
            deny, atoms = chosen
            if len(atoms) != 1:
                found = self._branch(box, deny, atoms)
                return found if isinstance(found, Box) else _chained(forced, found)
            forced.append((deny, atoms[0]))
            met = self.boxes.meet(box, [Literal(atoms[0], False)])
            if isinstance(met, Leaf):
                return _chained(forced, met)
            box = met

    def _applying(self, box: Box) -> tuple[Region, list[Atom]] | None:
        """Return the Deny that applies to the model and has the fewest atoms not yet asserted, with those atoms."""
        best: tuple[Region, list[Atom]] | None = None
        self.boxes.meter.spend(1 + len(self.denies) // 8)
        for deny in self.denies:
            if not all(self.boxes.holds(box, atom) for atom in deny.atoms):
                continue
            left = [atom for atom in deny.atoms if (*atom.place, True) not in box.asserted]
            if best is None or len(left) < len(best[1]):
                best = deny, left
                if len(left) <= 1:
                    break
        return best

    def _branch(self, box: Box, deny: Region, atoms: list[Atom]) -> Box | Refutation:
        self.depth += 1
        if self.depth > DEPTH:
            raise Exhausted(f"more than {DEPTH} choices are open at once")
        try:
            return self._branches(box, deny, atoms)
        finally:
            self.depth -= 1

    def _branches(self, box: Box, deny: Region, atoms: list[Atom]) -> Box | Refutation:
        refuted: list[Refutation] = []
        mine: set[Ref] = set()
        for count, atom in enumerate(atoms):
            met = self.boxes.meet(box, [Literal(atom, False)])
            found = met if isinstance(met, Leaf) else self.run(met)
            if isinstance(found, Box):
                return found
            if not found.needs & (mine | {(*atom.place, False)}):
                return found
            refuted.append(found)
            mine.add((*atom.place, True))
            if count == len(atoms) - 1:
                break
            rest = self.boxes.meet(box, [Literal(atom, True)])
            if isinstance(rest, Leaf):
                return _branches(deny, atoms, refuted, rest, mine)
            box = rest
        return _branches(deny, atoms, refuted, None, mine)


def _branches(deny: Region, atoms: list[Atom], refuted: list[Refutation], rest: Leaf | None, mine: set[Ref]) -> Branches:
    places = tuple(atom.place[1] for atom in atoms)
    introduced = mine | {(*atom.place, False) for atom in atoms}
    asserted = {(*atom.place, True) for atom in deny.atoms if atom not in atoms}
    needs = frozenset().union(*(one.needs for one in refuted), rest.needs if rest else ()) - introduced | asserted
    return Branches(deny.statement, places, tuple(refuted), rest, frozenset(needs))


def _chained(forced: list[tuple[Region, Atom]], tree: Refutation) -> Refutation:
    """Return the tree under the forced literals that it rests on, the others left out."""
    for deny, atom in reversed(forced):
        literal = (*atom.place, False)
        if literal in tree.needs:
            others = {(*other.place, True) for other in deny.atoms if other is not atom}
            tree = Forced(deny.statement, atom.place[1], frozenset(tree.needs - {literal} | others), tree)
    return tree
