"""Trees: does a refutation rule out every request of one case in which some statements apply and others do not?

A refutation is a tree over a box of claims and their truths, at first those of what must apply:

``forced``    A barred statement all but one of whose claims the box has as true must have that one false; then the rest
              refutes.
``deny``      Some claim of a barred statement is false. Branch i refutes the box with the claims before the i-th true and the
              i-th false. ``rest`` refutes the box with the claims of all branches true; the others need none.
``variable``  A variable has one of the values, each with a refutation, or has none of them, and ``otherwise`` refutes.
a leaf        No value of one coordinate satisfies what the leaf cites of the box (``leaf``).

Each node is looked at once. Whatever is malformed raises EvidenceError.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from keyaki.catalogue import SAME_VALUE
from keyaki.checker.claims import CALLER, FIELD_OF, RESOURCE, Claim
from keyaki.checker.effort import spend
from keyaki.checker.leaf import Leaves, Ref
from keyaki.checker.theory import Theory
from keyaki.checker.tokens import plain
from keyaki.errors import EvidenceError

Box = dict[Ref, Claim]
Known = Mapping[str, str | None]
Goal = tuple[object, Box, Known]
"""A tree, the box that it is to refute, and the variables whose values are known there."""


Statements = Mapping[str, Claim] | None
"""The claims of a statement by label, None iff it never applies."""


class Tree:
    """Checks refutations in one case: ``claims`` gives those of a statement by its number, ``barred`` are those not to apply."""

    def __init__(self, facts: Theory, claims: Callable[[int], Statements], barred: Container[int]) -> None:
        self.facts = facts
        self.claims = cache(claims)
        self.barred = barred

    def check(self, applying: Iterable[int], tree: object, more: Box | None = None) -> None:
        """Return iff no request of the case to which these statements apply, and no barred one, is as the box ``more`` says.

        Raises:
            EvidenceError: the tree does not show it.
        """
        root: Box = dict(more or {})
        for number in applying:
            claims = self.claims(number)
            if claims is None:
                return
            root |= {(number, label, True): claim for label, claim in claims.items()}
        pending: list[Iterator[Goal]] = [iter([(tree, root, self.facts.known())])]
        while pending:
            found = next(pending[-1], None)
            if found is None:
                pending.pop()
                continue
            goal, box, known = found
            if not isinstance(goal, Mapping):
                raise EvidenceError("a refutation is missing")
            if "forced" in goal:
                pending.append(iter([(goal.get("then"), self._forced(goal, box), known)]))
            elif "deny" in goal:
                pending.append(self._branches(goal, box, known))
            elif "variable" in goal:
                pending.append(self._values(goal, box, known))
            else:
                Leaves(self.facts, box, known).check(goal)

    def _barred(self, index: object) -> tuple[int, Mapping[str, Claim]]:
        claims = self.claims(index) if isinstance(index, int) and index in self.barred else None
        if not isinstance(index, int) or claims is None:
            raise EvidenceError("a refutation names a statement that is none of those that must not apply")
        return index, claims

    def _forced(self, goal: Mapping[str, Any], box: Box) -> Box:
        spend(1 + len(box))
        forced = dict(box)
        for step in items(goal, "forced"):
            if not isinstance(step, (list, tuple)) or len(step) != 2 or not isinstance(step[1], str):
                raise EvidenceError("a forced step does not name a statement and one of its claims")
            (index, claims), label = self._barred(step[0]), step[1]
            spend(1 + len(claims))
            if label not in claims or not all((index, other, True) in forced for other in claims if other != label):
                raise EvidenceError(f"statement {index} does not force `{label}` to be false")
            forced[index, label, False] = claims[label]
        return forced

    def _branches(self, goal: Mapping[str, Any], box: Box, known: Known) -> Iterator[Goal]:
        index, claims = self._barred(goal["deny"])
        places, branches = items(goal, "places"), items(goal, "branches")
        if not all(isinstance(label, str) and label in claims for label in places):
            raise EvidenceError(f"statement {index} has no such claim")
        if not all(label in places or (index, label, True) in box for label in claims):
            raise EvidenceError(f"a branch of statement {index} is missing")
        if len(branches) > len(places) or (len(branches) < len(places) and "rest" not in goal):
            raise EvidenceError(f"statement {index} has not one branch for each of its claims")
        spend(1 + len(claims) * (1 + (len(places) >> 4)) + (len(box) + len(claims)) * len(branches))
        box = dict(box)
        for label, branch in zip(places, branches, strict=False):
            yield branch, {**box, (index, label, False): claims[label]}, known
            box[index, label, True] = claims[label]
        if len(branches) < len(places):
            yield goal["rest"], box, known

    def _values(self, goal: Mapping[str, Any], box: Box, known: Known) -> Iterator[Goal]:
        key = goal["variable"]
        if not isinstance(key, str) or key in known:
            raise EvidenceError("a refutation splits on no variable, or on one whose value it knows")
        box = dict(box)
        for pair in items(goal, "values"):
            if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not (pair[0] is None or isinstance(pair[0], str)):
                raise EvidenceError("a refutation tries something else than a value of a variable")
            value, branch = pair
            label, claim = f"{key} is absent" if value is None else f"{key} is = {value}", self._pin(key, value)
            spend(len(box) + len(known))
            inner = {**box, (-1, label, True): claim}
            if key == CALLER and self.facts.own is False and value is not None:
                for account in self.facts.accounts:
                    inner[-1, f"{account} is = {value}", False] = self._pin(account, value)
            yield branch, inner, {**known, key: value}
            box[-1, label, False] = claim
        yield goal.get("otherwise"), box, known

    def _pin(self, key: str, value: str | None) -> Claim:
        """Return the claim that a variable has a value, or None: is absent."""
        if key in FIELD_OF:
            # Only ARNs that have the field are asked: a value of None has no ARN with it, and no pattern.
            return Claim(RESOURCE, absent=False, patterns=() if value is None else (self.facts.field(key, value),))
        coordinate = SAME_VALUE.get(key, key)
        if value is None:
            return Claim(coordinate, absent=True, constant=False)
        return Claim(coordinate, absent=False, patterns=(plain(value),), key=key)


def items(value: object, name: str) -> Sequence[Any]:
    """Return the list that is a member of a part of a certificate; raise EvidenceError iff there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, (list, tuple)):
        raise EvidenceError(f"a certificate has no list `{name}` where one belongs")
    return found
