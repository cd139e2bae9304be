"""Universe: a finite product of axes, and the set of requests of each statement in it as the bits of one integer.

An axis is a coordinate (the key ARN, or a context key; names of one value are one coordinate) with the values it runs through;
None is absence. A request is a point of the product, numbered in mixed radix, and a set of requests is an integer with a bit
for each. A test reads few coordinates, so it is asked once for each of their combinations, and its bits repeat along the other
axes: what is enumerated is every request, what is paid for is every combination that some test can tell apart.

Every test is the reference's own (``action_holds``, ``resource_holds``, ``entry_holds``), handed the values as section 6 derives
them from the point. That this gives what ``keyaki.allows`` gives on the written-out request is a test of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from math import prod
from typing import Any, cast

import brute_rules as rules

from keyaki.policy import ConditionEntry, Effect, Policy, Request, Statement
from keyaki.reference.evaluate import Context, action_holds, entry_holds, resource_holds

Value = str | int | tuple[str, ...] | None
"""A point's value of one coordinate; an integer is an instant in seconds, a tuple a list."""
Point = dict[str, Value]
Axes = dict[str, list[Value]]
ARN = "arn"
ANYWHERE = "arn:aws:kms:us-east-1:111122223333:key/1"


class Probe:
    """What the reference's tests ask of a request: the parts of ``keyaki.reference.evaluate.Context`` that they use."""

    def __init__(self, request: Request, live: bool, found: dict[str, tuple[str, ...]], multi: frozenset[str]) -> None:
        self.request = request
        self.live = live
        self._found = found
        self._multi = multi

    def values(self, key: str) -> tuple[str, ...]:
        """The values of a key, none iff it is absent."""
        return self._found.get(key.lower(), ())

    def is_list(self, key: str) -> bool:
        """True iff the key is multi-valued."""
        return key.lower() in self._multi

    def value_of(self, key: str) -> str | None:
        """The value of a single-valued key as a variable."""
        found = self.values(key)
        return found[0] if found and not self.is_list(key) else None


def coordinates(key: str) -> tuple[str, ...]:
    """The coordinates that decide the value of a case-folded key."""
    first = rules.ONE_VALUE.get(key, key)
    if first in rules.ARN_DECIDED:
        return (ARN,)
    return (ARN, first) if first == rules.KEY_TYPE else (first,)


def value(key: str, point: Point) -> str | tuple[str, ...] | None:
    """The value of a case-folded key at a point, as section 6 derives it."""
    first = rules.ONE_VALUE.get(key, key)
    if first in rules.ARN_DECIDED or first == rules.KEY_TYPE:
        _, _, _, region, account, last = str(point[ARN]).split(":")
        multi_region = last.startswith("key/mrk-")
        if first == rules.KEY_TYPE:
            return cast("str", point[first]) if multi_region else None
        return {
            "aws:requestedregion": region,
            "aws:resourceaccount": account,
            "kms:multiregion": "true" if multi_region else "false",
        }[first]
    found = point[first]
    if isinstance(found, int):
        return str(found) if key == "aws:epochtime" else rules.stamp(found)
    return found


class Universe:
    """The product of some axes."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self._names = list(axes)
        self._sizes = [len(axes[name]) for name in self._names]
        self.size = prod(self._sizes)
        self.full = (1 << self.size) - 1

    def where(self, names: Iterable[str], test: Callable[[Point], bool]) -> int:
        """The set of points at which a test holds that reads the coordinates ``names`` and no others."""
        return self._where(0, frozenset(names), {}, self.size, test)

    def _where(self, depth: int, names: frozenset[str], point: Point, size: int, test: Callable[[Point], bool]) -> int:
        if names <= point.keys():
            return (1 << size) - 1 if test(point) else 0
        name, width = self._names[depth], size // self._sizes[depth]
        if name not in names:
            part = self._where(depth + 1, names, point, width, test)
            return part * (((1 << size) - 1) // ((1 << width) - 1)) if part else 0
        found = 0
        for number, here in enumerate(self.axes[name]):
            found |= self._where(depth + 1, names, {**point, name: here}, width, test) << (number * width)
        return found

    def point(self, points: int) -> Point:
        """The first point of a set."""
        number = (points & -points).bit_length() - 1
        found: Point = {}
        for name, size in zip(reversed(self._names), reversed(self._sizes), strict=True):
            number, at = divmod(number, size)
            found[name] = self.axes[name][at]
        return found


def _living(entry: ConditionEntry) -> tuple[str, ...]:
    """The values in which a variable lives: of a number, a date and the like it is text."""
    return entry.values if entry.operator.family.value.lower() in rules.VARIABLE_BASES else ()


class Brute:
    """Every request in one universe, for actions that section 6 treats alike, judged by every statement of a policy."""

    def __init__(self, document: rules.Document, policy: Policy, actions: list[str], axes: Axes, partition: str = "aws") -> None:
        self.document = document
        self.policy = policy
        self.actions = actions
        self.partition = partition
        self.universe = Universe(axes)
        self._multi = rules.multi_valued(document)
        self._said = sorted(rules.mentioned(document))
        self._fresh: dict[str, int] = {}

    def allowed(self, action: str, sets: dict[int, int] | None = None) -> dict[int, int]:
        """For each Allow that covers the action, the requests to which it applies and no Deny does."""
        applied = self.sets if sets is None else sets
        denied = 0
        for statement in self.policy.statements:
            if statement.effect is Effect.DENY and action in self._covered[statement.index]:
                denied |= applied[statement.index]
        return {
            statement.index: applied[statement.index] & ~denied
            for statement in self.policy.statements
            if statement.effect is Effect.ALLOW and action in self._covered[statement.index]
        }

    def grants(self, scope: str) -> dict[int, Request]:
        """The Allow statements that let a fresh key through, each with the first request that shows it."""
        found: dict[int, Request] = {}
        fresh = self.fresh(scope)
        for action in self.actions:
            for index, points in self.allowed(action).items():
                if points & fresh and index not in found:
                    found[index] = self.request(action, points & fresh)
        return found

    def request(self, action: str, points: int) -> Request:
        """The first request of a set, written out."""
        return self.at(action, self.universe.point(points))

    def at(self, action: str, point: Point) -> Request:
        """The request at a point: every mentioned key that is present."""
        context: dict[str, str | list[str]] = {}
        for key in self._said:
            found = value(key, point)
            if found is not None:
                context[key] = list(found) if isinstance(found, tuple) else found
        return Request(action, str(point[ARN]), context)

    def fresh(self, scope: str) -> int:
        """The requests whose key is fresh; names are those of the whole policy."""
        if scope in self._fresh:
            return self._fresh[scope]
        named = rules.names(self.document, self.partition)
        read = (ARN, rules.CALLER) if named.caller else (ARN,)

        def test(point: Point) -> bool:
            caller = point.get(rules.CALLER)
            return rules.is_fresh(named, scope, str(point[ARN]), None if caller is None else str(caller))

        self._fresh[scope] = self.universe.where(read, test)
        return self._fresh[scope]

    # What is decisive

    def fails_without_denies(self, scope: str) -> bool:
        """Whether the verdict would be FAILED if no Deny stood there, names unchanged."""
        sets = {
            index: 0 if statement.effect is Effect.DENY else self.sets[index]
            for index, statement in enumerate(self.policy.statements)
        }
        return self._fails(scope, sets)

    def is_condition_decisive(self, scope: str, fails: bool) -> bool:
        """Whether leaving out one condition entry, or all of them, changes the verdict, names unchanged."""
        if self._fails(scope, {index: parts[0] for index, parts in self.parts.items()}) != fails:
            return True
        for index, parts in self.parts.items():
            for left_out in range(1, len(parts)):
                kept = self._meet(parts[:left_out] + parts[left_out + 1 :])
                if self._fails(scope, {**self.sets, index: kept}) != fails:
                    return True
        return False

    def _fails(self, scope: str, sets: dict[int, int]) -> bool:
        fresh = self.fresh(scope)
        return any(points & fresh for action in self.actions for points in self.allowed(action, sets).values())

    # The sets

    @cached_property
    def sets(self) -> dict[int, int]:
        """For each statement, the requests that its resource element and its conditions cover."""
        return {index: self._meet(parts) for index, parts in self.parts.items()}

    @cached_property
    def parts(self) -> dict[int, list[int]]:
        """For each statement that covers an action: the requests of its resource element, then those of each entry."""
        return {
            statement.index: [self._resource(statement), *self._conditions(statement)] if self._covered[statement.index] else [0]
            for statement in self.policy.statements
        }

    def _meet(self, parts: list[int]) -> int:
        met = self.universe.full
        for part in parts:
            met &= part
        return met

    @cached_property
    def _covered(self) -> dict[int, set[str]]:
        return {
            statement.index: {action for action in self.actions if action_holds(statement, self._probe(action, ANYWHERE, {}))}
            for statement in self.policy.statements
        }

    def _probe(self, action: str, arn: str, found: dict[str, tuple[str, ...]]) -> Context:
        return cast("Context", Probe(Request(action, arn), self.policy.has_variables, found, self._multi))

    def _resource(self, statement: Statement) -> int:
        element = statement.resource
        assert element is not None
        if element.values == ("*",):
            return 0 if element.negated else self.universe.full
        return self._where(element.values, {ARN}, lambda context: resource_holds(statement, context))

    def _conditions(self, statement: Statement) -> list[int]:
        return [
            self._where(
                _living(entry), set(coordinates(entry.key.lower())), self._entry_test(statement, entry), entry.key.lower()
            )
            for entry in statement.conditions
        ]

    @staticmethod
    def _entry_test(statement: Statement, entry: Any) -> Callable[[Context], bool]:
        return lambda context: entry_holds(entry, statement.effect, context)

    def _where(self, texts: Iterable[str], read: set[str], test: Callable[[Context], bool], key: str | None = None) -> int:
        keys = set().union(*map(rules.keys_of, texts)) if self.policy.has_variables else set()
        keys |= {key} if key is not None else set()
        read = read.union(*map(coordinates, keys))

        def at(point: Point) -> bool:
            found = {}
            for one in keys:
                here = value(one, point)
                if here is not None:
                    found[one] = here if isinstance(here, tuple) else (here,)
            return test(self._probe(self.actions[0], str(point.get(ARN, ANYWHERE)), found))

        return self.universe.where(read, at)
