"""Refutations: why no request in a box is allowed, as a tree whose leaves are empty coordinates.

A box is a set of literals. A tree refutes a box iff
- it is a *leaf*, and no value of one coordinate satisfies the literals that the leaf cites; or
- it *forces*: a Deny all but one of whose atoms the box has as true must have that one false, and the rest of the tree
  refutes the box with that literal; or
- it *branches* on a Deny: in every allowed request some atom of it is false, and the first false one differs from branch to
  branch; or
- it *splits* on the value of a variable: on one side the variable has the value, on the other it has not.

Each tree knows the literals it rests on (``needs``), so a branch that did not need its own literal refutes the whole, and its
``depth``, the number of choices inside each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from keyaki.automata.product import Closure
from keyaki.symbolic.atom import Literal

Ref = tuple[int, str, bool]
"""A literal by its place: statement, what of it, and the truth it has."""


def ref(literal: Literal) -> Ref:
    """Return the reference of a literal."""
    return (*literal.atom.place, literal.truth)


@frozen
class Leaf:
    """No value of ``coordinate`` satisfies the cited literals; ``evidence`` is what the lattice says of it."""

    coordinate: str
    needs: frozenset[Ref]
    evidence: dict[str, Any]
    depth: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the leaf as plain data."""
        evidence = dict(self.evidence)
        if isinstance(evidence.get("detail"), Closure):
            evidence["detail"] = evidence["detail"].states
        return {"coordinate": self.coordinate, "cites": sorted(map(list, self.needs)), "evidence": evidence}


@frozen
class Forced:
    """Literals forced one after another, then ``rest`` refutes.

    Each of ``steps`` is a Deny, by its statement, and the place of the one atom of it that is not true yet, so that one is false.
    """

    steps: tuple[tuple[int, str], ...]
    needs: frozenset[Ref]
    rest: Refutation
    depth: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the chain of forced literals as one entry, so that plain data never nests deep."""
        steps: list[list[Any]] = []
        tree: Refutation = self
        while isinstance(tree, Forced):
            steps += map(list, tree.steps)
            tree = tree.rest
        return {"forced": steps, "then": tree.plain()}


@frozen
class Branches:
    """Deny ``statement`` is false in every allowed request: branch i takes atom i for its first false one.

    ``places`` are the atoms that the box has not as true, in order. When the literals that the first few are true refute already,
    that refutation is ``rest``, and no branches follow it.
    """

    statement: int
    places: tuple[str, ...]
    branches: tuple[Refutation, ...]
    rest: Refutation | None
    needs: frozenset[Ref]
    depth: int = 1

    def plain(self) -> dict[str, Any]:
        """Return the tree as plain data."""
        tree: dict[str, Any] = {
            "deny": self.statement,
            "places": list(self.places),
            "branches": [one.plain() for one in self.branches],
        }
        if self.rest is not None:
            tree["rest"] = self.rest.plain()
        return tree


@frozen
class Splits:
    """The variable ``key`` has the value (None: is absent), which ``then`` refutes, or has not, which ``otherwise`` refutes."""

    key: str
    value: str | None
    then: Refutation
    otherwise: Refutation
    needs: frozenset[Ref]
    depth: int = 1

    def plain(self) -> dict[str, Any]:
        """Return the chain of values of one variable as one entry."""
        values: list[list[Any]] = []
        tree: Refutation = self
        while isinstance(tree, Splits) and tree.key == self.key:
            values.append([tree.value, tree.then.plain()])
            tree = tree.otherwise
        return {"variable": self.key, "values": values, "otherwise": tree.plain()}


Refutation = Leaf | Forced | Branches | Splits


def parts(tree: Refutation) -> Iterator[tuple[int, str]]:
    """Yield every part of a statement that the tree rests on, with repetitions: its index, and what of it."""
    pending: list[Refutation] = [tree]
    while pending:
        one = pending.pop()
        yield from ((statement, what) for statement, what, _ in one.needs)
        if isinstance(one, Forced):
            yield from one.steps
            pending.append(one.rest)
        elif isinstance(one, Branches):
            yield from ((one.statement, place) for place in one.places)
            yield one.statement, ""
            pending += [*one.branches, *([one.rest] if one.rest else [])]
        elif isinstance(one, Splits):
            pending += [one.then, one.otherwise]
