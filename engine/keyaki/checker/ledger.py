"""The ledger: the proofs of an answer's certificate, each checked once, and what they show.

A proof says that no request with an action of some patterns is one to which all of some statements apply (``applying``) and none
of others (``barred``). It is a refutation for each of the cases that together cover all requests; or it names a statement that
is ``covered``: it applies wherever the others do, which is seen by comparing their claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from typing import Any, Final

from keyaki.catalogue import MULTI_VALUED
from keyaki.checker.claims import RESOURCE, Claim, Pieces
from keyaki.checker.effort import spend
from keyaki.checker.leaf import Ref
from keyaki.checker.reach import EVERY, is_literal
from keyaki.checker.sides import Entry, Side
from keyaki.checker.space import ACTION, DECRYPTION, MOST_MIXED, SpaceCase, SpaceFacts, check_covered, read_case
from keyaki.checker.tokens import ANY, run, wildcard
from keyaki.checker.tree import Tree, items
from keyaki.errors import EvidenceError
from keyaki.policy import Family
from keyaki.reference.matching import VARIABLE_FAMILIES

QUERY: Final = -2
"""What stands for the question itself where claims name statements."""


_PER_CASE: Final = 100
"""Steps for a case, what its refutation takes aside."""


class Ledger:
    """Checks proofs about the statements of some sides; the requests asked about are on ``resources`` and none is ``unnamed``."""

    def __init__(self, sides: Sequence[Side], resources: Sequence[str] = (), unnamed: frozenset[str] = frozenset()) -> None:
        documents = [document for side in sides for document in side.documents]
        lists = frozenset().union(*(document.lists for document in documents))
        self.entries = {entry.number: entry for side in sides for entry in side.entries}
        self.mixed = frozenset(key for one in documents for key in lists - one.lists if key in one.mentions)
        self.lists = lists | MULTI_VALUED
        self.epoch = any("aws:epochtime" in document.mentions for document in documents)
        self.unnamed = unnamed
        every = not resources or EVERY in resources
        self.on = None if every else Claim(RESOURCE, absent=False, patterns=tuple(map(wildcard, resources)))
        self._facts: dict[SpaceCase, SpaceFacts] = {}
        self._followed: dict[tuple[int, int], bool] = {}
        self._shown: dict[tuple[str, frozenset[int]], list[frozenset[int]]] = {}

    def read(self, proofs: Sequence[Any]) -> None:
        """Check each proof and take it in. Raises EvidenceError iff one does not hold."""
        for proof in proofs:
            actions = items(proof, "actions")
            if not actions or not all(isinstance(action, str) and action for action in actions):
                raise EvidenceError("a proof is for no action")
            applying = self._entries(items(proof, "applying"))
            if "covered" in proof:
                (barred,) = self._entries([proof["covered"]])
                for action in actions:
                    if not self._covers(barred, applying, action):
                        raise EvidenceError(f"statement {barred.number} is not seen to apply wherever others do")
                self._take(actions, applying, [barred])
            else:
                others = self._entries(items(proof, "barred"))
                self._check_cases(actions, applying, others, items(proof, "cases"))
                self._take(actions, applying, others)

    def shows(self, action: str, applying: Iterable[Entry], barred: frozenset[int]) -> bool:
        """True iff some proof is that no request with an action of the pattern has all ``applying`` apply and no ``barred``."""
        numbers = frozenset(entry.number for entry in applying)
        wanted = [numbers, *(frozenset({number}) for number in numbers)] if len(numbers) > 1 else [numbers]
        return any(self._found(pattern, some, barred) for pattern in {action, EVERY} for some in wanted)

    def _found(self, pattern: str, applying: frozenset[int], barred: frozenset[int]) -> bool:
        found = self._shown.get((pattern, applying), ())
        spend(1 + len(found))
        return any(one <= barred for one in found)

    def _take(self, actions: Iterable[str], applying: Iterable[Entry], barred: Iterable[Entry]) -> None:
        numbers, others = (frozenset(entry.number for entry in some) for some in (applying, barred))
        for action in actions:
            self._shown.setdefault((action, numbers), []).append(others)

    def _entries(self, numbers: Sequence[Any]) -> list[Entry]:
        spend(1 + len(numbers))
        found = [self.entries.get(number) if isinstance(number, int) else None for number in numbers]
        if None in found:
            raise EvidenceError("a proof names a statement that there is not")
        return [entry for entry in found if entry is not None]

    # Refutations

    def _check_cases(self, actions: Sequence[str], applying: list[Entry], barred: list[Entry], given: Sequence[Any]) -> None:
        decrypts = {action in DECRYPTION for action in actions}
        if len(actions) > 1 and not (len(decrypts) == 1 and all(map(is_literal, actions))):
            raise EvidenceError("a proof is for actions that the theory of requests does not treat alike")
        spend(len(actions) * len(applying))
        actions = [action for action in actions if all(entry.reach.cover(action) is not False for entry in applying)]
        if not actions:
            return
        spend(_PER_CASE * len(given))
        cases = [read_case(one) for one in given]
        spend(len(barred))
        mixed = self.mixed and self.mixed & frozenset().union(*(entry.reads for entry in (*applying, *barred)))
        check_covered(cases, mixed, decrypts.pop() if is_literal(actions[0]) else None)
        numbers = frozenset(entry.number for entry in barred)
        for case, one in zip(cases, given, strict=True):
            if case not in self._facts:
                self._facts[case] = SpaceFacts(case, self.lists, self.epoch, self.unnamed)
            facts = self._facts[case]
            tree = Tree(facts, lambda number, case=case: self._claims(number, case, actions), numbers)  # type: ignore[misc]
            box = {(QUERY, name, True): claim for name, claim in facts.ties().items()} | self._asked(actions[0])
            tree.check([entry.number for entry in applying], one.get("refutation"), box)

    def _claims(self, number: int, case: SpaceCase, actions: Sequence[str]) -> dict[str, Claim] | None:
        """Return the claims of a statement in a case, for the actions of one pattern or for some actions."""
        entry = self.entries[number]
        spend(1 + len(actions))
        claims = entry.placed(case)
        covers = {entry.reach.cover(action) for action in actions}
        if claims is None or False in covers:
            return None
        cover = covers.pop()
        if isinstance(cover, bool):
            return claims
        patterns = tuple(map(wildcard, cover))
        return {**claims, "action": Claim(ACTION, absent=False, patterns=patterns, inverted=entry.reach.negated)}

    def _asked(self, action: str) -> dict[Ref, Claim]:
        box = {} if self.on is None else {(QUERY, RESOURCE, True): self.on}
        if not is_literal(action) and action != EVERY:
            box[QUERY, "action", True] = Claim(ACTION, absent=False, patterns=(wildcard(action),))
        return box

    # Statements that apply wherever others do

    def _covers(self, outer: Entry, applying: Sequence[Entry], action: str) -> bool:
        reached = any(outer.reach.holds_reach(inner.reach, action) for inner in applying)
        return reached and any(self.follows(outer, inner) for inner in applying)

    def follows(self, outer: Entry, inner: Entry) -> bool:
        """True only if one statement applies wherever another does, their actions set aside."""
        pair = outer.number, inner.number
        if pair not in self._followed:
            mixed = sorted(self.mixed & (outer.reads | inner.reads))
            subsets = chain.from_iterable(combinations(mixed, size) for size in range(len(mixed) + 1))
            wide = len(mixed) <= MOST_MIXED
            self._followed[pair] = wide and all(_follows_where(outer, inner, frozenset(several)) for several in subsets)
        return self._followed[pair]


def _follows_where(outer: Entry, inner: Entry, several: frozenset[str]) -> bool:
    mine, theirs = outer.claims(several), inner.claims(several)
    if theirs is None or mine is None:
        return theirs is None
    return all(claim in theirs.values() or any(follows(claim, other) for other in theirs.values()) for claim in mine.values())


def follows(claim: Claim, other: Claim) -> bool:
    """True only if a claim is true wherever another one on the same coordinate is. Linear in the two."""
    if claim.coordinate != other.coordinate or (other.absent and not claim.absent):
        return False
    if claim.constant is not None or other.constant is not None:
        return claim.constant is True or other.constant is False
    mine, theirs = _kind(claim), _kind(other)
    if mine != theirs:
        return False
    spend(1 + ((claim.size + other.size) >> 2) + len(claim.values) + len(other.values))
    if claim.family is None or claim.family in VARIABLE_FAMILIES:
        return _within(claim.patterns, other.patterns) if claim.inverted else _within(other.patterns, claim.patterns)
    return set(claim.values) <= set(other.values) if claim.inverted else set(other.values) <= set(claim.values)


def _kind(claim: Claim) -> tuple[object, ...]:
    return claim.family is Family.BOOL or claim.family, claim.inverted, claim.quantifier, claim.key


def _within(inner: Sequence[Pieces], outer: Sequence[Pieces]) -> bool:
    """True only if each of some patterns is one of others, or begins as one of them does that ends in a run of everything."""
    stems = {pattern[:-1] for pattern in outer if pattern and pattern[-1] == run(ANY)}
    sizes = {len(stem) for stem in stems}
    whole = set(outer)
    return all(one in whole or any(one[:size] in stems for size in sizes if size <= len(one)) for one in inner)
