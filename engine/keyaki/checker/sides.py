"""Sides: the policies that a question is about, their statements numbered through as certificates number them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import prod
from typing import Final

from keyaki.checker.claims import Claim
from keyaki.checker.consistency import mentioned
from keyaki.checker.effort import spend
from keyaki.checker.reach import Reach
from keyaki.checker.space import SpaceCase
from keyaki.checker.statements import SpaceClaims, placed, reads
from keyaki.errors import EvidenceError
from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.evaluate import multi_valued_keys

Levels = Sequence[Sequence[Policy]]
"""Policies that decide together: allowed is what some policy of every level allows and none denies."""
MOST_CHOICES: Final = 20_000
"""How many choices of one Allow for each level are looked at."""


class Document:
    """One policy: which keys it mentions, which of them it takes for lists, and its claims."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.lists = multi_valued_keys(policy)
        self.mentions = mentioned(policy)
        self._claims: dict[frozenset[str], SpaceClaims] = {}

    def claims(self, several: frozenset[str]) -> SpaceClaims:
        """Return what makes claims about requests in which some keys hold several values."""
        if several not in self._claims:
            self._claims[several] = SpaceClaims(self.policy, several)
        return self._claims[several]


class Entry:
    """One statement by its number."""

    def __init__(self, document: Document, statement: Statement, number: int) -> None:
        self.document = document
        self.statement = statement
        self.number = number
        self.reach = Reach(statement)
        self._claims: dict[frozenset[str], dict[str, Claim] | None] = {}
        self._placed: dict[SpaceCase, dict[str, Claim] | None] = {}

    def claims(self, several: frozenset[str]) -> dict[str, Claim] | None:
        """Return the statement's claims about requests in which some keys hold several values, None iff it never applies."""
        here = several & self.document.mentions
        if here not in self._claims:
            found = self.document.claims(here).of(self.statement)
            spend(1 + sum(1 + (claim.size >> 1) for claim in (found or {}).values()))
            self._claims[here] = found
        return self._claims[here]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The coordinates and variables that the statement's claims are about."""
        claims = self.claims(frozenset()) or {}
        return frozenset(key for claim in claims.values() for key in reads(claim))

    def placed(self, case: SpaceCase) -> dict[str, Claim] | None:
        """Return the statement's claims as they stand in a case, or None iff it applies to no request of the case."""
        if case not in self._placed:
            claims = self.claims(case.several)
            spend(sum(1 + (claim.size >> 2) for claim in (claims or {}).values()))
            found = {label: placed(claim, case) for label, claim in (claims or {}).items()}
            never = claims is None or False in found.values()
            self._placed[case] = None if never else {label: one for label, one in found.items() if isinstance(one, Claim)}
        return self._placed[case]


class Side:
    """One side of a question; ``first`` is the number of its first statement."""

    def __init__(self, levels: Levels, first: int = 0) -> None:
        self.policies = levels
        self.levels: list[list[Entry]] = []
        self.denies: list[Entry] = []
        self.documents: list[Document] = []
        number = first
        for level in levels:
            self.levels.append([])
            for policy in level:
                self.documents.append(Document(policy))
                for statement in policy.statements:
                    entry = Entry(self.documents[-1], statement, number)
                    (self.levels[-1] if statement.effect is Effect.ALLOW else self.denies).append(entry)
                    number += 1
        self.last = number

    @property
    def entries(self) -> list[Entry]:
        """Every statement."""
        return [*(entry for level in self.levels for entry in level), *self.denies]


def check_choices(levels: Iterable[Sequence[Entry]]) -> None:
    """Raise EvidenceError iff there are more ways to choose one statement of each level than are looked at."""
    if prod(map(len, levels)) > MOST_CHOICES:
        raise EvidenceError(f"there are more than {MOST_CHOICES} choices of one statement for each level")
