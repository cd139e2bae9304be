"""Everywhere: is there an action and a context with which a policy allows every resource of some patterns?

One resource that refuses is enough to say no, so resources are gathered one by one: find an action and a context that all
gathered resources allow; look for a matching resource that refuses them; gather that one too. Each round sets a combination
of statements aside, so it ends: when no action and context are left, or no resource refuses.

The resource decides ``aws:ResourceAccount`` and ``aws:RequestedRegion`` where its ARN has them. Where it has not they are the
same for all resources, as is the rest of the context. What only the ARNs of KMS keys decide is left open, as is a variable in a
resource pattern beside a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Final

from attrs import evolve, frozen

from keyaki.answer import Reason
from keyaki.automata.glob import Token, literal, wildcard
from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Union
from keyaki.catalogue import SAME_VALUE
from keyaki.decision.box import Box, Boxes, Undecidable
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import Effect, Quantifier, Request
from keyaki.questions.ask import Asker, Proof
from keyaki.questions.encode import FREE_KEYS, QUERY, reads
from keyaki.questions.explore import SpaceExplorer, SpaceRelaxation
from keyaki.questions.inclusion import reason_of
from keyaki.questions.reach import EVERY, is_literal, service_of
from keyaki.questions.readable import SpaceReadable
from keyaki.questions.sides import Entry, Side
from keyaki.questions.space import ACCOUNT, ACTION, KEY_KEYS, REGION, From, SpaceCase, field_of
from keyaki.questions.write import Found
from keyaki.symbolic.atom import Atom, Tied, Value, is_true, under
from keyaki.symbolic.encode import Region
from keyaki.symbolic.pattern import Hole, captures
from keyaki.symbolic.theory import RESOURCE, Part
from keyaki.values import ascii_fold, instant_text

ROUNDS: Final = 16
"""How many resources are gathered before a question is given up."""
CHOICES: Final = 2_000
"""How many choices of an Allow for each gathered resource are tried."""
_CASE: Final = SpaceCase(None, None, Part.NONE, From.FREE, From.FREE)
_PER_STATEMENT: Final = 10
"""Steps for each statement whose part about actions and contexts is worked out for one resource."""
_APART: Final = 1_000_000
"""How far apart the numbers of one statement are that stands for several resources."""


@frozen
class Agreed:
    """An action and a context that all gathered resources allow, as a request on the first of them.

    ``entry`` is an Allow that applies there, ``free`` what stands in for the account and the Region where an ARN has none.
    """

    entry: Entry
    request: Request
    free: dict[str, Value]


class Everywhere:
    """Looks for actions and contexts that a side allows on every resource that satisfies ``resources``."""

    def __init__(self, side: Side, asker: Asker, resources: tuple[Atom, ...]) -> None:
        self.side = side
        self.sides: tuple[Side, ...] = (side,)
        self.asker = asker
        self.resources = resources
        self.proofs: list[Proof | dict[str, Any]] = []
        self.open: list[str] = []

    def run(self, patterns: Sequence[str]) -> list[Reason]:
        """Return a reason for each pattern an action of which is allowed everywhere."""
        reasons = []
        for pattern in patterns:
            if self.asker.is_over(self.open):
                break
            try:
                found = self._of_pattern(pattern)
            except (Exhausted, Undecidable) as stop:
                self.open.append(f"`{pattern}`: {stop}")
                continue
            if found is not None:
                reasons.append(found)
        return reasons

    def _of_pattern(self, pattern: str) -> Reason | None:
        if self._asks_of_keys:
            message = "a condition asks for what only the ARN of a KMS key decides"
            raise Undecidable(message)
        first = self.asker.ask(pattern, [], [], lambda _: True, self.resources)
        if isinstance(first, Proof):
            self.proofs.append(first)
            return None
        gathered = [first.request.resource]
        for _ in range(ROUNDS):
            found = self._agreeing(pattern, gathered)
            if found is None:
                self.proofs.append({"actions": [pattern], "resources": gathered})
                return None
            refusing = self._refusing(found)
            if refusing is None:
                return reason_of(found.entry, pattern, Found(found.request))
            gathered.append(refusing)
        message = f"more than {ROUNDS} resources had to be told apart"
        raise Undecidable(message)

    @cached_property
    def _asks_of_keys(self) -> bool:
        regions = (entry.region() for entry in self.side.entries)
        return any(reads((region,), frozenset()).keys & KEY_KEYS for region in regions if region)

    # An action and a context for all gathered resources

    def _agreeing(self, pattern: str, gathered: Sequence[str]) -> Agreed | None:
        levels = [self._at(level, pattern, resource, at) for at, resource in enumerate(gathered) for level in self.side.levels]
        if prod(map(len, levels)) > CHOICES:
            message = f"more than {CHOICES} choices of one statement for each resource"
            raise Undecidable(message)
        denies = [region for at, one in enumerate(gathered) for _, region in self._at(self.side.denies, pattern, one, at)]
        for choice in product(*levels):
            atoms = [atom for _, region in choice for atom in region.atoms]
            if not is_literal(pattern) and pattern != EVERY:
                atoms.append(Atom(ACTION, False, TextPredicate(Union((wildcard(pattern),))), place=(QUERY, "action")))
            found = self._explore(pattern, Region(QUERY, Effect.ALLOW, tuple(atoms)), denies, gathered)
            if found is not None:
                return Agreed(choice[0][0], *found)
        return None

    def _at(self, entries: Sequence[Entry], pattern: str, resource: str, at: int) -> list[tuple[Entry, Region]]:
        """Return what the statements ask of action and context on one resource, without those that never apply there."""
        found = []
        self.asker.meter.spend(sum(_PER_STATEMENT + entry.reach.others(pattern) for entry in entries))
        for entry in entries:
            action, region = entry.reach.atom(pattern, entry.number), entry.region()
            atoms = None if action is False or region is None else _on(region, resource, self.asker.meter)
            if atoms is not None:
                more = [action] if isinstance(action, Atom) else []
                moved = (evolve(atom, place=(entry.number + _APART * (at + 1), atom.place[1])) for atom in (*more, *atoms))
                found.append((entry, Region(entry.number, entry.statement.effect, tuple(moved))))
        return found

    def _explore(
        self, pattern: str, allow: Region, denies: Sequence[Region], gathered: Sequence[str]
    ) -> tuple[Request, dict[str, Value]] | None:
        """Return a request on the first of the resources that all of them allow, and what stands in for fields ARNs lack."""
        boxes = Boxes(self.asker.space, _CASE, SpaceReadable(service_of(pattern)), self.asker.meter, self.asker.fields)
        boxes.relaxation = SpaceRelaxation(boxes)

        def request(boxes: Boxes, box: Box, resource: str) -> Request:
            def value_of(coordinate: str) -> Value:
                return resource if coordinate == RESOURCE else boxes.value(box, coordinate)

            return self.asker.writer.found(_CASE, value_of, pattern if is_literal(pattern) else None).request

        def accepts(boxes: Boxes, box: Box) -> bool:
            return all(self.side.allows(request(boxes, box, resource)) for resource in gathered)

        found = SpaceExplorer(boxes, allow, denies, accepts).run()
        if not isinstance(found, Box):
            return None
        return request(boxes, found, gathered[0]), {key: boxes.value(found, key) for key in (ACCOUNT, REGION)}

    # A resource that refuses them

    def _refusing(self, agreed: Agreed) -> str | None:
        action = ascii_fold(agreed.request.action)
        pins = (*self.resources, *self._pins(agreed))
        questions: list[tuple[list[Entry], list[Entry]]] = [([], level) for level in self.side.levels] + [
            ([deny], []) for deny in self.side.denies
        ]
        for applying, barred in questions:
            if any(entry.reach.atom(action, 0) is False for entry in applying):
                continue
            found = self.asker.ask(action, applying, barred, lambda found: not self.side.allows(found.request), pins)
            if isinstance(found, Found):
                return found.request.resource
        return None

    def _pins(self, agreed: Agreed) -> Iterator[Atom]:
        """Yield atoms that hold of this context and no other."""
        context = {ascii_fold(key): value for key, value in agreed.request.context.items()}
        for key in self.asker.writer.keys:
            coordinate = FREE_KEYS.get(key, SAME_VALUE.get(key, key))
            value = agreed.free[coordinate] if key in FREE_KEYS else context.get(key)
            if key == "aws:epochtime" and isinstance(value, str):
                value = instant_text(int(value))
            yield from _pinned(coordinate, value)


def _pinned(coordinate: str, value: Value | list[str]) -> Iterator[Atom]:
    if value is None:
        yield Atom(coordinate, True, False, place=(QUERY, f"{coordinate} is absent"))
    elif isinstance(value, str):
        yield Atom(coordinate, False, _words(value), place=(QUERY, f"{coordinate} is {value}"))
    else:
        yield Atom(coordinate, False, _words(*value), quantifier=Quantifier.FOR_ALL_VALUES, place=(QUERY, f"{coordinate} within"))
        for text in value:
            place = (QUERY, f"{coordinate} has {text}")
            yield Atom(coordinate, False, _words(text), quantifier=Quantifier.FOR_ANY_VALUE, place=place)


def _words(*texts: str) -> TextPredicate:
    return TextPredicate(Union(tuple(map(literal, texts))))


def _on(region: Region, resource: str, meter: Meter) -> list[Atom] | None:
    """Return what a region asks of action and context on one resource; None iff it never applies there."""
    decided: dict[str, str | None] = {key: text for key in (ACCOUNT, REGION) if (text := field_of(resource, key))}
    atoms: list[Atom] = []
    for one in region.atoms:
        atom = under(one, decided)
        if atom.coordinate not in {RESOURCE, *decided}:
            atoms.append(atom)
            continue
        value = resource if atom.coordinate == RESOURCE else decided[atom.coordinate]
        if not isinstance(atom.present, Tied) or value is None:
            if not is_true(atom, value):
                return None
            continue
        found = _captured(atom, atom.present, value, meter)
        if found is False:
            return None
        if isinstance(found, Atom):
            atoms.append(found)
    return atoms


def _captured(atom: Atom, test: Tied, text: str, meter: Meter) -> Atom | bool:
    """Return what a test with variables asks of them where its text is known."""
    if any(pattern.glob().matches(text) for pattern in test.patterns if not pattern.holes):
        return not atom.inverted
    values: dict[str, list[str]] = {}
    for pattern in test.patterns:
        meter.spend(1 + (len(pattern.pieces) + len(text) >> 2))
        if not pattern.holes:
            continue
        hole, more = pattern.holes[0], pattern.holes[1:]
        runs = any(isinstance(piece, Token) and piece.run for piece in pattern.pieces)
        if more or runs or hole.default is not None or hole.fold or test.boolean:
            message = f"a pattern with the variable `${{{hole.key}}}` has more than plain text beside it"
            raise Undecidable(message)
        values.setdefault(_key(hole), []).extend(captures(pattern, hole.key, text))
    values = {key: found for key, found in values.items() if found}
    if not values:
        return atom.inverted
    if len(values) > 1:
        message = f"variables {', '.join(sorted(values))} stand in one list"
        raise Undecidable(message)
    ((key, texts),) = values.items()
    return Atom(key, atom.inverted, _words(*texts), inverted=atom.inverted, place=atom.place)


def _key(hole: Hole) -> str:
    return SAME_VALUE.get(hole.key, hole.key)
