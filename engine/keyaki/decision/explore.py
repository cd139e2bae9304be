"""Explore: variables whose values tie coordinates together, decided by a sandwich.

With a variable open, a search is relaxed: refuted, it is refuted for good; its model is only a candidate. Then values are tried
for the variable: absence, what its patterns captured from the texts that they matched, the value that the model has, other texts
that the policy compares there. A value put in makes ties ordinary. What none of the values settles is asked once more with all of
them excluded; if that is refuted, so is the whole, else it goes on or is given up as undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import evolve

from keyaki.automata.glob import literal
from keyaki.automata.product import Union
from keyaki.decision.box import Box, Boxes, Undecidable
from keyaki.decision.refutation import Refutation, Splits
from keyaki.decision.search import Search
from keyaki.decision.ties import home, same
from keyaki.errors import InternalError
from keyaki.lattice.predicate import EpochPredicate, TextPredicate
from keyaki.symbolic.atom import Atom, Literal, Tied, Value, digits, is_true, under
from keyaki.symbolic.encode import Region
from keyaki.symbolic.keyarn import lifted
from keyaki.symbolic.lift import ACCOUNT_KEY, ARN_KEYS, CALLER_KEY, REGION_KEY
from keyaki.symbolic.pattern import Hole, Pattern, captures, spans
from keyaki.symbolic.theory import RESOURCE

ROUNDS = 4
"""How often candidates are gathered anew for one variable before the question is given up."""
Accepts = Callable[[Boxes, Box], bool]
"""Whether the model of a box is a request that the policy allows."""
_MOST_CAPTURED = 256
_TRIES = 8
"""How many values are tried for one variable at a time."""


class Explorer:
    """Looks for a request that one Allow grants, within one case."""

    def __init__(self, boxes: Boxes, allow: Region, denies: Sequence[Region], accepts: Accepts) -> None:
        self.boxes = boxes
        self.allow = allow
        self.denies = denies
        self.accepts = accepts
        boxes.relaxation.tied = any(isinstance(atom.present, Tied) for one in (allow, *denies) for atom in one.atoms)

    def run(self) -> Box | Refutation:
        """Return a box whose model is a request that ``accepts`` takes, or a refutation.

        Raises:
            Undecidable: neither was found. Exhausted: the budget is spent. InternalError: the search found a request with every
                variable known that is not allowed.
        """
        return self._explore({}, (), 0)

    def _explore(self, pinned: Mapping[str, str | None], pins: tuple[Literal, ...], rounds: int) -> Box | Refutation:
        allow, denies = _under(self.allow, pinned), [_under(deny, pinned) for deny in self.denies]
        found = Search(self.boxes, denies).run_from([*pins, *(Literal(atom, True) for atom in allow.atoms)])
        if not isinstance(found, Box):
            return found
        hole = self._same_account(found)
        if hole is None and self.accepts(self.boxes, found):
            return found
        hole = hole or _open_hole(found, [allow, *denies])
        if hole is None:
            raise InternalError(
                "a request was found that the reference evaluator refuses", hint="this is a bug, please report it"
            )
        if rounds >= ROUNDS:
            message = f"the variable `${{{hole.key}}}` ties parts of a request together in a way that no value tried could settle"
            raise Undecidable(message)
        return self._split(hole, found, pinned, pins, rounds)

    def _same_account(self, box: Box) -> Hole | None:
        """Return the caller's account as an open variable iff the model has it equal to the key's, and the case not."""
        if self.boxes.case.own is not False:
            return None
        account = _value_of(ACCOUNT_KEY, self.boxes.value(box, RESOURCE))
        return Hole(CALLER_KEY, None) if self.boxes.value(box, CALLER_KEY) == account else None

    def _split(
        self, hole: Hole, box: Box, pinned: Mapping[str, str | None], pins: tuple[Literal, ...], rounds: int
    ) -> Box | Refutation:
        tried: list[tuple[str | None, Literal, Refutation]] = []
        stuck: Undecidable | None = None
        for value in self._candidates(hole, box):
            pin = Literal(_pin(hole, value, self.field), True)
            before = tuple(Literal(one.atom, False) for _, one, _ in tried)
            try:
                found = self._explore({**pinned, hole.key: value}, (*pins, *before, pin, *self._other_account(hole, value)), 0)
            except Undecidable as stop:
                stuck = stop
                continue
            if isinstance(found, Box):
                return found
            tried.append((value, pin, found))
        others = tuple(Literal(one.atom, False) for _, one, _ in tried)
        tree = self._explore(pinned, (*pins, *others), rounds + 1)
        if isinstance(tree, Box):
            return tree
        if stuck is not None:
            raise stuck
        for value, pin_literal, refuted in reversed(tried):
            own = pin_literal.atom.place[1]
            needs = frozenset(name for name in refuted.needs | tree.needs if name[1] != own)
            tree = Splits(hole.key, value, refuted, tree, needs, 1 + max(refuted.depth, tree.depth))
        return tree

    def _other_account(self, hole: Hole, value: str | None) -> tuple[Literal, ...]:
        """Return the literal that the key's account is not the caller's, where the case says so and the caller's is known."""
        if hole.key != CALLER_KEY or value is None or self.boxes.case.own is not False:
            return ()
        return (Literal(Atom(RESOURCE, False, self.field(ACCOUNT_KEY, value), place=(-1, f"{ACCOUNT_KEY} is = {value}")), False),)

    def field(self, key: str, text: str) -> TextPredicate:
        """Return the test of the ARNs whose field that ``key`` names is the text."""
        glob = lifted(self.boxes.theory.partition, **{"account" if key == ACCOUNT_KEY else "region": literal(text)})
        return TextPredicate(Union((glob,)))

    def _candidates(self, hole: Hole, box: Box) -> Iterable[str | None]:
        """Return values for a variable, the likeliest first, none twice."""
        facts = self.boxes.facts(home(hole))
        absent = [None] if hole.key not in ARN_KEYS and facts.may_be_absent else []
        return [*absent, *islice(self._usable_values(hole, box), _TRIES)]

    def _usable_values(self, hole: Hole, box: Box) -> Iterator[str]:
        """Yield each suggestion once that the variable can have."""
        seen: set[str] = set()
        for value in self._suggestions(hole, box):
            if value not in seen and self._usable(hole, value):
                yield value
            seen.add(value)

    def _usable(self, hole: Hole, value: str) -> bool:
        if hole.key in ARN_KEYS:
            return ":" not in value
        facts = self.boxes.facts(home(hole))
        if not facts.may_be_present:
            return False
        return bool(value) if hole.key == "aws:epochtime" else facts.universe.admits(value)

    def _suggestions(self, hole: Hole, box: Box) -> Iterator[str]:
        own = _value_of(hole.key, self.boxes.value(box, home(hole)))
        tied = [one for literals in box.literals.values() for one in literals if isinstance(one.atom.present, Tied)]
        captured = list(islice((text for one in tied for text in self._captures(one, hole, box)), _MOST_CAPTURED))
        yield from captured
        if own is not None:
            yield own
        names = same(box.literals, home(hole), self.boxes.facts, fold=True).names - {home(hole)}
        values = (_value_of(name, self.boxes.value(box, RESOURCE if name in ARN_KEYS else name)) for name in sorted(names))
        folds = any(other.key == hole.key and other.fold for one in tied for other in _holes(one))
        for text in (*filter(None, values), *captured):
            yield from dict.fromkeys((text, text.lower(), text.upper())) if folds else (text,)
        mine = box.literals.get(home(hole), ()) if hole.key not in ARN_KEYS else ()
        for one in mine:
            yield from _examples(one)
        yield from self._fitting(hole, box, tied)
        for one in tied:
            for other in box.literals.get(one.atom.coordinate, ()):
                if isinstance(other.atom.present, TextPredicate) and one.atom.coordinate != RESOURCE:
                    for word in other.atom.present.words or ():
                        for pattern in one.atom.present.patterns:  # type: ignore[union-attr]
                            yield from self._captured(pattern, hole, word)
        yield "example"
        if any(other.field for one in tied for other in _holes(one) if other.key == hole.key):
            yield "a:b"

    def _fitting(self, hole: Hole, box: Box, tied: Sequence[Literal]) -> Iterator[str]:
        """Yield the shortest text that each test lets the variable have and that its own literals take."""
        own = [one for one in box.literals.get(home(hole), ()) if not isinstance(one.atom.present, Tied)]
        for one in tied if own and hole.key == home(hole) else ():
            value = self.boxes.value(box, one.atom.coordinate)
            for pattern in one.atom.present.patterns if isinstance(value, str) else ():  # type: ignore[union-attr]
                self.boxes.meter.spend(1 + len(pattern.pieces) + len(value))  # type: ignore[arg-type]
                fitting = (
                    text
                    for text in spans(pattern, hole.key, value)  # type: ignore[arg-type]
                    if all(is_true(other.atom, text) == other.truth for other in own)
                )
                yield from islice(fitting, 1)

    def _captures(self, one: Literal, hole: Hole, box: Box) -> Iterator[str]:
        value = self.boxes.value(box, one.atom.coordinate)
        if one.atom.epoch:
            value = digits(value)
        texts = (value,) if isinstance(value, str) else value or ()
        for text in (*texts, *(self.boxes.facts(one.atom.coordinate).universe.words or ())):
            for pattern in one.atom.present.patterns:  # type: ignore[union-attr]
                yield from self._captured(pattern, hole, text)

    def _captured(self, pattern: Pattern, hole: Hole, text: str) -> Iterator[str]:
        self.boxes.meter.spend(1 + len(pattern.pieces) + len(text))
        return captures(pattern, hole.key, text)


def _under(region: Region, pinned: Mapping[str, str | None]) -> Region:
    return evolve(region, atoms=tuple(under(atom, pinned) for atom in region.atoms)) if pinned else region


def _open_hole(box: Box, regions: Sequence[Region]) -> Hole | None:
    """Return a variable that an asserted literal is tied to, else one of any atom, else None."""
    asserted = [one.atom for literals in box.literals.values() for one in literals]
    for atom in (*asserted, *(atom for region in regions for atom in region.atoms)):
        if isinstance(atom.present, Tied) and atom.present.holes:
            return atom.present.holes[0]
    return None


def _value_of(key: str, value: Value) -> str | None:
    """Return the text of a variable whose coordinate has the value, or None where it has none."""
    if not isinstance(value, str):
        return None
    if key == "aws:epochtime":
        return digits(value)
    if key in ARN_KEYS:
        return value.split(":")[3 if key == REGION_KEY else 4]
    return value


def _pin(hole: Hole, value: str | None, field: Callable[[str, str], TextPredicate]) -> Atom:
    """Return the atom saying that a variable has the value, or is absent."""
    place = (-1, f"{hole.key} is {'absent' if value is None else f'= {value}'}")
    if value is None:
        return Atom(home(hole), True, False, place=place)
    if hole.key in ARN_KEYS:
        return Atom(RESOURCE, False, field(hole.key, value), place=place)
    test = TextPredicate(Union((literal(value),)))
    return Atom(home(hole), False, EpochPredicate(test) if hole.key == "aws:epochtime" else test, place=place)


def _holes(one: Literal) -> tuple[Hole, ...]:
    """Return the open variables of a literal."""
    return one.atom.present.holes if isinstance(one.atom.present, Tied) else ()


def _examples(one: Literal) -> Iterator[str]:
    """Yield a text for each pattern without variables that a literal compares with, runs left out."""
    test = one.atom.present
    if isinstance(test, Tied):
        test = test.certain()
    for glob in test.of.globs[:_TRIES] if isinstance(test, TextPredicate) else ():
        chosen = [min(token.chars.members) for token in glob.tokens if not token.run and not token.chars.complement]
        yield "".join(chosen)
