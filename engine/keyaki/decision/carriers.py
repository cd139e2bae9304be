"""Carriers: the Denies and conditions without which a policy that passes would fail.

Only what the refutations rest on can be one, so only that is taken away and the question asked again, with the names that
the whole policy gives. A policy can pass for two reasons at once; then neither is a carrier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import evolve

from keyaki.decision.refutation import Refutation, parts
from keyaki.policy import Effect, Policy, Statement
from keyaki.verdict import Carrier


def carriers(policy: Policy, trees: Iterable[Refutation], fails: Callable[[Policy], bool]) -> tuple[Carrier, ...]:
    """Return the carriers, in source order; ``fails`` answers whether a policy fails the question under the same names.

    Asks the question once for each Deny, and for each condition entry of an Allow, that the refutations rest on.
    """
    used = {place for tree in trees for place in parts(tree)}
    found = []
    for statement in policy.statements:
        for carrier, without in _removals(policy, statement, used):
            if fails(without):
                found.append(carrier)
    return tuple(found)


def _removals(policy: Policy, statement: Statement, used: set[tuple[int, str]]) -> Iterator[tuple[Carrier, Policy]]:
    index = statement.index
    if statement.effect is Effect.DENY:
        if any(place[0] == index for place in used):
            rest = tuple(other for other in policy.statements if other.index != index)
            yield Carrier(index, None, "the Deny"), evolve(policy, statements=rest)
        return
    for number, entry in enumerate(statement.conditions):
        if (index, f"condition {number}") in used:
            less = evolve(statement, conditions=(*statement.conditions[:number], *statement.conditions[number + 1 :]))
            changed = tuple(less if other.index == index else other for other in policy.statements)
            name = entry.operator.name or entry.operator.family.value
            yield Carrier(index, number, f"`{name}` on `{entry.key}`"), evolve(policy, statements=changed)
