"""Denies: which of them can apply to what an Allow grants."""

from __future__ import annotations

from collections.abc import Sequence

from keyaki.automata.glob import Glob
from keyaki.lattice.predicate import TextPredicate
from keyaki.symbolic.encode import Region
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.theory import RESOURCE


class DenyIndex:
    """Denies by the accounts that their Resource writes out; the others are near everything."""

    def __init__(self, denies: Sequence[Region], fields: FieldTable) -> None:
        self.fields = fields
        self.denies = denies
        self.by_account: dict[str, list[int]] = {}
        self.anywhere: list[int] = []
        for number, deny in enumerate(denies):
            accounts = self._accounts(deny)
            if accounts is None:
                self.anywhere.append(number)
            for account in accounts or ():
                self.by_account.setdefault(account, []).append(number)

    def near(self, allow: Region) -> list[Region]:
        """Return the Denies that may apply to what the Allow grants, in order; those left out write out other accounts."""
        accounts = self._accounts(allow)
        if accounts is None:
            return list(self.denies)
        numbers = {number for account in accounts for number in self.by_account.get(account, ())}
        return [self.denies[number] for number in sorted(numbers.union(self.anywhere))]

    def _accounts(self, region: Region) -> frozenset[str] | None:
        globs = next((_globs(atom.present) for atom in region.atoms if atom.coordinate == RESOURCE and not atom.inverted), None)
        return self.fields.accounts(globs) if globs else None


def _globs(test: object) -> tuple[Glob, ...] | None:
    return test.of.globs if isinstance(test, TextPredicate) else None
