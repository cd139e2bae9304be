"""Groups: blocked actions that the same statements cover, and that the theory of requests treats alike, are one question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keyaki.decision.denies import DenyIndex
from keyaki.policy import Effect, Statement
from keyaki.symbolic.atom import Tied
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.specialise import specialised, tells_kinds, tells_own
from keyaki.symbolic.theory import Case, Theory
from keyaki.verdict import Scope


class Group:
    """The ``actions``, the statements that cover them, and their regions, each worked out once for all the group's Allows."""

    def __init__(
        self, actions: tuple[str, ...], covering: Sequence[Statement], theory: Theory, encoder: Encoder, fields: FieldTable
    ) -> None:
        self.actions = actions
        self.covering = covering
        self.theory = theory
        self.partition = encoder.partition
        self.statements = {statement.index: statement for statement in covering}
        regions = [region for statement in covering if (region := encoder.region(statement))]
        self.allows = [region for region in regions if region.effect is Effect.ALLOW]
        self._denies = DenyIndex([region for region in regions if region.effect is Effect.DENY], fields)
        self._kinds = {region.statement for region in regions if tells_kinds(region)}
        self._own = {region.statement for region in regions if tells_own(region)}
        self._tied = any(isinstance(atom.present, Tied) for region in regions for atom in region.atoms)
        self._special: dict[Case, dict[int, Region]] = {}

    def near(self, allow: Region) -> list[Region]:
        """Return the Denies that may apply to what an Allow grants."""
        return self._denies.near(allow)

    def cases(self, scope: Scope, regions: Iterable[Region]) -> Sequence[Case]:
        """Return the cases that together cover every request to a fresh key, as far as the regions can tell them apart."""
        found = {region.statement for region in regions} if self._kinds or self._own else set()
        return self.theory.cases(scope, bool(self._kinds & found), bool(self._own & found))

    def special(self, regions: Sequence[Region], case: Case) -> list[Region]:
        """Return the regions with the case's decisions put in. Without variables only the caller's account can be decided."""
        if case.own is None and not self._tied:
            return list(regions)
        table = self._special.setdefault(case, {})
        new = [region for region in regions if region.statement not in table]
        known = self.theory.known(case) if new else {}
        table.update((region.statement, specialised(region, case, known, self.partition)) for region in new)
        return [table[region.statement] for region in regions]
