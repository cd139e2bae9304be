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
"""How deep the choices of a refutation may be nested; past it the question counts as too hard, as past the budget."""


Forcing = tuple[Region, Atom]
"""A Deny all of whose atoms but one are true, and that one."""


class Choice:
    """An open choice: a Deny that applies to the model of ``box``, and which of its ``atoms`` is tried as the first false one."""

    __slots__ = ("atoms", "box", "deny", "forced", "refuted")

    def __init__(self, box: Box, deny: Region, atoms: list[Atom], forced: list[Forcing]) -> None:
        self.box = box
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
        next_: Box | Refutation = box
        while True:
            if isinstance(next_, Box):
                found = self._deepen(next_, choices)
                if isinstance(found, Box):
                    return found
                next_ = found
            else:
                if not choices:
                    return next_
                next_ = self._turn(choices, next_)

    def _deepen(self, box: Box, choices: list[Choice]) -> Box | Refutation:
        """Force literals until there is a choice, open it, and return the refutation of its first branch or go on there.

        Returns a box only if no Deny applies to its model.
        """
        forced: list[Forcing] = []
        while True:
            applying = self._applying(box)
            if applying is None:
                return box
            deny, atoms = applying
            if not atoms:
                return _chained(forced, Branches(deny.statement, (), (), None, _asserted(deny, atoms)))
            met = self.boxes.meet(box, [Literal(atoms[0], False)])
            if len(atoms) == 1:
                forced.append((deny, atoms[0]))
                if isinstance(met, Leaf):
                    return _chained(forced, met)
            else:
                choices.append(Choice(box, deny, atoms, forced))
                forced = []
                if isinstance(met, Leaf):
                    return met
            box = met

    def _turn(self, choices: list[Choice], found: Refutation) -> Box | Refutation:
        """Take the refutation of the branch being tried; return the box of the next one, or what refutes the whole choice."""
        choice = choices[-1]
        if not found.needs & choice.introduced:
            choices.pop()
            return _chained(choice.forced, found)
        choice.refuted.append(found)
        tried = len(choice.refuted)
        rest = self.boxes.meet(choice.box, [Literal(choice.atoms[tried - 1], True)]) if tried < len(choice.atoms) else None
        if rest is None or isinstance(rest, Leaf):
            choices.pop()
            return _chained(choice.forced, _branches(choice, rest))
        choice.box = rest
        return self.boxes.meet(rest, [Literal(choice.atoms[tried], False)])

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
    for deny, atom in reversed(forced):
        literal = (*atom.place, False)
        if literal in tree.needs:
            others = {(*other.place, True) for other in deny.atoms if other is not atom}
            tree = Forced(deny.statement, atom.place[1], frozenset(tree.needs - {literal} | others), tree, tree.depth)
    return tree
