"""Carriers: the Denies and conditions without which a policy that passes would fail.

Only what the refutations rest on can be one, so only that is taken away and the question asked again, with the names that
the whole policy gives, and only of those Allows whose refutations rest on it: the others stay refuted. A policy can pass for
two reasons at once; then neither is a carrier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve

from keyaki.decision.refutation import Refutation, parts
from keyaki.policy import Effect, Policy, Statement
from keyaki.verdict import Carrier


def carriers(
    policy: Policy, trees: Iterable[tuple[int, Refutation]], fails: Callable[[Policy, frozenset[int]], bool]
) -> tuple[Carrier, ...]:
    """Return the carriers, in source order.

    ``trees`` are the refutations, each with the index of the Allow that it is of; ``fails`` answers whether one of some Allows
    grants a fresh key in a policy under the same names. It is asked once for each Deny, and for each condition entry of an
    Allow, that the refutations rest on.
    """
    used: dict[tuple[int, str], set[int]] = {}
    for allow, tree in trees:
        for place in parts(tree):
            used.setdefault(place, set()).add(allow)
    found = []
    for statement in policy.statements:
        for carrier, without, allows in _removals(policy, statement, used):
            if fails(without, allows):
                found.append(carrier)
    return tuple(found)


def _removals(
    policy: Policy, statement: Statement, used: Mapping[tuple[int, str], set[int]]
) -> Iterator[tuple[Carrier, Policy, frozenset[int]]]:
    index = statement.index
    if statement.effect is Effect.DENY:
        allows = frozenset(allow for place, found in used.items() if place[0] == index for allow in found)
        if allows:
            rest = tuple(other for other in policy.statements if other.index != index)
            yield Carrier(index, None, "the Deny"), evolve(policy, statements=rest), allows
        return
    for number, entry in enumerate(statement.conditions):
        if (index, f"condition {number}") in used:
            less = evolve(statement, conditions=(*statement.conditions[:number], *statement.conditions[number + 1 :]))
            changed = tuple(less if other.index == index else other for other in policy.statements)
            name = entry.operator.name or entry.operator.family.value
            yield Carrier(index, number, f"`{name}` on `{entry.key}`"), evolve(policy, statements=changed), frozenset({index})
