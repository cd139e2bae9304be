"""Boxes: what a search has assumed so far, coordinate by coordinate, and one value that each coordinate can still take.

A box is a conjunction of literals. It is kept together with a *model*: a value for every coordinate that satisfies all literals of
that coordinate. A new literal costs nothing while the model satisfies it; only when it does not is the lattice asked for another
value, and only when there is none is the box empty.

A literal whose atom is tied to a variable that has no value yet is *relaxed*: where the test must hold, the variable may hold
any text that its own coordinate still can; where it must not, only the patterns without variables count. So an empty box is
empty indeed, but the model of a relaxed box is only a candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from keyaki.automata.glob import ANY, DIGIT, NOT_COLON, Glob, Token, chars, folded, literal
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.catalogue import SAME_VALUE
from keyaki.decision.refutation import Leaf, Ref, ref
from keyaki.lattice.answer import Empty, Member, Unknown
from keyaki.lattice.elements import Elements, solve_list
from keyaki.lattice.predicate import Predicate, TextPredicate
from keyaki.lattice.solve import solve
from keyaki.policy import Quantifier
from keyaki.symbolic.atom import Atom, Literal, Tied, Value, is_true
from keyaki.symbolic.fields import FieldTable, covers, written
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, region_globs
from keyaki.symbolic.lift import ACCOUNT_KEY, ARN_KEYS, REGION_KEY
from keyaki.symbolic.names import Names
from keyaki.symbolic.pattern import Hole, Pattern, captures
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.theory import RESOURCE, Case, Facts, Theory

Literals = dict[str, tuple[Literal, ...]]
_FEW = 8
"""How many globs a variable may have, so that a pattern is written out once for each."""


class Undecidable(Exception):  # noqa: N818 - control flow inside the search, never seen outside
    """The lattice could not settle a coordinate; the message says why."""


class Box:
    """Literals by coordinate, and a value for each of those coordinates. Never changed once made."""

    __slots__ = ("asserted", "literals", "model")

    def __init__(self, literals: Literals, model: dict[str, Value], asserted: frozenset[Ref]) -> None:
        self.literals = literals
        self.model = model
        self.asserted = asserted


class Boxes:
    """Makes boxes for one case of one theory."""

    def __init__(self, theory: Theory, case: Case, readable: Readable, meter: Meter, fields: FieldTable) -> None:  # noqa: PLR0913
        self.theory = theory
        self.case = case
        self.readable = readable
        self.meter = meter
        self.fields = fields

    def top(self) -> Box:
        """Return the box without literals."""
        return Box({}, {}, frozenset())

    def facts(self, coordinate: str) -> Facts:
        """Return what the theory says of a coordinate in this case."""
        return self.theory.facts(coordinate, self.case)

    def value(self, box: Box, coordinate: str) -> Value:
        """Return the model's value of a coordinate, one of the coordinate's own where the box says nothing of it."""
        if coordinate not in box.model:
            found = self._settle(box.literals, coordinate)
            if isinstance(found, Leaf):
                message = f"coordinate `{coordinate}` has no value at all"
                raise Undecidable(message)
            box.model[coordinate] = found
        return box.model[coordinate]

    def holds(self, box: Box, atom: Atom) -> bool:
        """Return True iff the atom is true in the model; an atom still tied counts as true unless the box has it false."""
        if isinstance(atom.present, Tied):
            return (*atom.place, False) not in box.asserted
        return is_true(atom, self.value(box, atom.coordinate))

    def meet(self, box: Box, literals: Iterable[Literal]) -> Box | Leaf:
        """Return the box with more literals, or the leaf that shows it empty."""
        met = Box(dict(box.literals), dict(box.model), box.asserted)
        stale: dict[str, None] = {}
        for one in literals:
            coordinate = one.atom.coordinate
            met.literals[coordinate] = (*met.literals.get(coordinate, ()), one)
            met.asserted |= {ref(one)}
            tied = isinstance(one.atom.present, Tied)
            if tied or coordinate not in met.model or is_true(one.atom, met.model[coordinate]) != one.truth:
                stale[coordinate] = None
            stale.update(dict.fromkeys(self._dependents(met, coordinate)))
        for coordinate in stale:
            found = self._settle(met.literals, coordinate)
            if isinstance(found, Leaf):
                return found
            met.model[coordinate] = found
        self._tie(met)
        return met

    def _tie(self, box: Box) -> None:
        """Give variables the values that tied tests captured from the model, where their own literals allow it.

        A relaxed model takes no notice of ties; one that keeps them shows the search which Denies really matter.
        """
        for coordinate, literals in box.literals.items():
            text = box.model.get(coordinate)
            for one in literals:
                test = one.atom.present
                if isinstance(test, Tied) and isinstance(text, str) and one.truth != one.atom.inverted and not test.boolean:
                    for pattern in test.patterns:
                        for hole in pattern.holes:
                            if hole.key == home(hole):
                                self._give(box, hole.key, captures(pattern, hole.key, text))

    def _give(self, box: Box, key: str, values: Iterable[str]) -> None:
        facts = self.facts(key)
        for value in () if facts.is_list else values:
            fits = all(isinstance(one.atom.present, Tied) or is_true(one.atom, value) == one.truth for one in box.literals.get(key, ()))
            if fits and facts.may_be_present and facts.universe.admits(value):
                box.model[key] = value
                return

    def _dependents(self, box: Box, coordinate: str) -> Iterator[str]:
        """Yield the coordinates tied to this one by a literal of the box."""
        for other, literals in box.literals.items():
            if any(isinstance(one.atom.present, Tied) and coordinate in map(home, one.atom.present.holes) for one in literals):
                yield other

    # One coordinate

    def _settle(self, box: Literals, coordinate: str) -> Value | Leaf:
        """Return a value that satisfies every literal of a coordinate, absence before presence, or the leaf."""
        self.meter.spend(1)
        facts = self.facts(coordinate)
        literals = box.get(coordinate, ())
        blocker: list[Literal] = []
        if facts.may_be_absent:
            blocker = [one for one in literals if one.atom.absent != one.truth][:1]
            if not blocker:
                return None
        if not facts.may_be_present:
            return _leaf(coordinate, blocker, {"kind": "presence"})
        barred = next((one for one in literals if isinstance(one.atom.present, bool) and one.atom.present != one.truth), None)
        if barred is not None:
            return _leaf(coordinate, [*blocker, barred], {"kind": "presence"})
        tests = [one for one in literals if not isinstance(one.atom.present, bool)]
        return (self._settle_list if facts.is_list else self._settle_text)(box, coordinate, facts, tests, blocker)

    def _settle_text(self, box: Literals, coordinate: str, facts: Facts, tests: Sequence[Literal], blocker: list[Literal]) -> Value | Leaf:
        sides = Sides.of(tests)
        clash = sides.clash()
        if clash:
            return _leaf(coordinate, [*blocker, *clash], {"kind": "same"})
        side = self._predicates(box, sides)
        if coordinate == RESOURCE and (covered := self._covered(side, blocker)):
            return covered
        prefer = self.readable.texts(coordinate, self.case, side.holds)
        found = solve(facts.universe, side.holds, side.fails, prefer, self.meter)
        if isinstance(found, Member):
            return found.text
        if isinstance(found, Unknown):
            raise Undecidable(f"`{coordinate}`: {found.reason}")
        return _empty(coordinate, found, blocker, side)

    def _covered(self, side: Side, blocker: list[Literal]) -> Leaf | None:
        """Return the leaf of a resource each of whose patterns is covered by a name that is not fresh or by a pattern that must fail."""
        unions = [predicate.of.globs for predicate in side.holds if isinstance(predicate, TextPredicate)]
        for number, globs in enumerate(unions):
            covers_ = [self._cover(glob, side) for glob in globs]
            if None not in covers_:
                cited = sorted({cover for cover in covers_ if cover is not None and cover >= 0})
                found = Empty("covered", (number,), tuple(cited), universe=-1 in covers_)
                return _empty(RESOURCE, found, blocker, side)
        return None

    def _cover(self, glob: Glob, side: Side) -> int | None:
        """Return the index of a predicate that must fail and covers the glob, -1 for a name that is not fresh, or None."""
        fields = self.fields(glob)
        if fields is None:
            return None
        stale: Names = getattr(self.facts(RESOURCE).universe, "stale", Names())
        texts = [written(field) for field in fields[3:]]
        if texts[0] in stale.regions or texts[1] in stale.accounts or (texts[2] or "").removeprefix("key/") in stale.ids:
            return -1
        for index, predicate in enumerate(side.fails):
            if isinstance(predicate, TextPredicate):
                for other in predicate.of.globs:
                    theirs = self.fields(other)
                    if theirs is not None and covers(theirs, fields):
                        return index
        return None

    def _settle_list(self, box: Literals, coordinate: str, facts: Facts, tests: Sequence[Literal], blocker: list[Literal]) -> Value | Leaf:
        every = [one for one in tests if (one.atom.quantifier is Quantifier.FOR_ALL_VALUES) == one.truth]
        some = [one for one in tests if (one.atom.quantifier is Quantifier.FOR_ALL_VALUES) != one.truth]
        for one in some:
            clash = Sides.of([*every, one]).clash()
            if clash:
                return _leaf(coordinate, [*blocker, *clash], {"kind": "same"})
        common = self._predicates(box, Sides.of(every))
        wishes = [self._predicates(box, Sides.of([one])) for one in some]
        prefer = self.readable.texts(coordinate, self.case, common.holds)
        found = solve_list(
            facts.universe, (common.holds, common.fails), [(one.holds, one.fails) for one in wishes], prefer, self.meter
        )
        if isinstance(found, Elements):
            return found.texts
        if isinstance(found, Unknown):
            raise Undecidable(f"`{coordinate}`: {found.reason}")
        wish = common if found.demand is None else common.joined(wishes[found.demand])
        return _empty(coordinate, found.evidence, blocker, wish)

    # Ties

    def _predicates(self, box: Literals, sides: Sides) -> Side:
        """Return the ordinary predicates of some literals, relaxed where a variable has no value yet."""
        side = Side()
        barred = {pattern: ref(one) for one in sides.fails for pattern in _tied_patterns(one)}
        for one in sides.holds:
            test = one.atom.present
            if isinstance(test, Tied):
                self._relax(box, one, test, barred, side)
            elif isinstance(test, Predicate):
                side.add_hold(one, test)
        for one in sides.fails:
            test = one.atom.present
            side.add_fail(one, test.certain() if isinstance(test, Tied) else test)  # type: ignore[arg-type]
        return side

    def _relax(self, box: Literals, one: Literal, test: Tied, barred: dict[Pattern, Ref], side: Side) -> None:
        """Add what a tied test that must hold leaves possible: each variable free in what its coordinate still can be.

        A pattern that must fail is left out. The only pattern left, if it is one variable between plain texts, also hands down what must
        not hold of the variable, since then the text decides the variable's value.
        """
        left = Tied(tuple(pattern for pattern in test.patterns if pattern not in barred), test.boolean)
        cites = {barred[pattern] for pattern in test.patterns if pattern in barred}
        bars = frozenset(cites)

        def texts(hole: Hole) -> list[tuple[Token, ...]]:
            found = self._hole_texts(box, hole, cites)
            return found if hole.default is None else [*found, literal(hole.default).tokens]

        side.add_hold(one, left.relaxed(texts), cites)
        if len(left.patterns) != 1 or left.boolean:
            return
        (pattern,) = left.patterns
        holes = pattern.holes
        if len(holes) == 1 and holes[0].default is None and not holes[0].fold and not any(token.run for token in pattern.pieces if isinstance(token, Token)):
            for other in box.get(home(holes[0]), ()):
                if _plain(other) and other.truth == other.atom.inverted and home(holes[0]) == holes[0].key:
                    globs = other.atom.present.of.globs  # type: ignore[union-attr]
                    excluded = [glob for source in globs for glob in pattern.relaxed(lambda _hole, source=source: [source.tokens])]
                    side.add_fail(one, TextPredicate(Union(tuple(excluded))), bars | {ref(other)})

    def _hole_texts(self, box: Literals, hole: Hole, cites: set[Ref], open_: frozenset[str] = frozenset()) -> list[tuple[Token, ...]]:
        """Return token sequences that hold every text that a variable can still have; ``open_`` are the keys being asked for already."""
        key = home(hole)
        best: tuple[tuple[Glob, ...], set[Ref]] | None = None
        for one in box.get(key, ()) if key == hole.key and not hole.fold and key not in open_ else ():
            found = self._one_of(box, one, open_ | {key})
            if found is not None and (best is None or len(found[0]) < len(best[0])):
                best = found
        if best is not None and len(best[0]) <= _FEW:
            cites |= best[1]
            return _in_field(hole, [glob.tokens for glob in best[0]])
        return _in_field(hole, self._universe_texts(hole))

    def _one_of(self, box: Literals, one: Literal, open_: frozenset[str]) -> tuple[tuple[Glob, ...], set[Ref]] | None:
        """Return the globs one of which a literal makes its coordinate match, and what they rest on; None iff it does not."""
        test = one.atom.present
        if one.truth == one.atom.inverted or one.atom.quantifier is not None or one.atom.epoch:
            return None
        cites = {ref(one)}
        if isinstance(test, Tied) and not test.boolean:

            def texts(hole: Hole) -> list[tuple[Token, ...]]:
                found = self._hole_texts(box, hole, cites, open_)
                return found if hole.default is None else [*found, literal(hole.default).tokens]

            test = test.relaxed(texts)
        return (test.of.globs, cites) if isinstance(test, TextPredicate) else None

    def _universe_texts(self, hole: Hole) -> list[tuple[Token, ...]]:
        """Return token sequences that hold every text that a variable's key can have at all."""
        if hole.key == ACCOUNT_KEY:
            return [ACCOUNT_TOKENS]
        if hole.key == REGION_KEY:
            return [glob.tokens for glob in region_globs()]
        if hole.key == "aws:epochtime":
            return [(Token(DIGIT, run=False), Token(DIGIT, run=True))]
        universe = self.facts(home(hole)).universe
        if universe.words is not None:
            texts = [literal(word).tokens for word in universe.words]
        else:
            texts = [glob.tokens for glob in universe.holds[0].globs]
        return [tuple(map(_caseless, tokens)) for tokens in texts] if hole.fold else texts


def _caseless(token: Token) -> Token:
    """Return the token that reads every character that one of the token's equals without case."""
    if token.chars.complement:
        return Token(ANY, token.run)
    return Token(chars(other for char in token.chars.members for other in folded(char).tokens[0].chars.members), token.run)


class Sides:
    """Literals of one element, by whether their test must hold of it or must not."""

    __slots__ = ("fails", "holds")

    def __init__(self, holds: list[Literal], fails: list[Literal]) -> None:
        self.holds = holds
        self.fails = fails

    @classmethod
    def of(cls, literals: Iterable[Literal]) -> Sides:
        """Sort literals."""
        sides = cls([], [])
        for one in literals:
            (sides.holds if one.truth != one.atom.inverted else sides.fails).append(one)
        return sides

    def clash(self) -> list[Literal]:
        """Return two literals that ask the same test both to hold and not to, or none."""
        barred = {one.atom.present: one for one in self.fails}
        for one in self.holds:
            other = barred.get(one.atom.present)
            if other is not None and other.atom.epoch == one.atom.epoch:
                return [one, other]
        return []


class Side:
    """Ordinary predicates that must hold and must fail, each with its literal and the further literals that it rests on."""

    __slots__ = ("fail_sources", "fails", "hold_sources", "holds")

    def __init__(self) -> None:
        self.holds: list[Predicate] = []
        self.fails: list[Predicate] = []
        self.hold_sources: list[tuple[Literal, frozenset[Ref]]] = []
        self.fail_sources: list[tuple[Literal, frozenset[Ref]]] = []

    def add_hold(self, one: Literal, predicate: Predicate, cites: Iterable[Ref] = ()) -> None:
        """Add a predicate that must hold."""
        self.holds.append(predicate)
        self.hold_sources.append((one, frozenset(cites)))

    def add_fail(self, one: Literal, predicate: Predicate, cites: Iterable[Ref] = ()) -> None:
        """Add a predicate that must fail."""
        self.fails.append(predicate)
        self.fail_sources.append((one, frozenset(cites)))

    def joined(self, other: Side) -> Side:
        """Return both together."""
        both = Side()
        both.holds, both.fails = self.holds + other.holds, self.fails + other.fails
        both.hold_sources = self.hold_sources + other.hold_sources
        both.fail_sources = self.fail_sources + other.fail_sources
        return both


def _in_field(hole: Hole, texts: list[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """Return the texts without those that have a colon, if the hole stands in a field."""
    if not hole.field:
        return texts
    kept = [tuple(Token(token.chars & NOT_COLON, token.run) for token in tokens) for tokens in texts]
    return [tokens for tokens in kept if not any(token.chars.is_empty and not token.run for token in tokens)]


def home(hole: Hole) -> str:
    """Return the coordinate that decides the value of a variable."""
    return RESOURCE if hole.key in ARN_KEYS else SAME_VALUE.get(hole.key, hole.key)


def _plain(one: Literal) -> bool:
    """True iff the literal's test is a union of globs on a coordinate of single values."""
    return isinstance(one.atom.present, TextPredicate) and one.atom.quantifier is None


def _tied_patterns(one: Literal) -> tuple[Pattern, ...]:
    return one.atom.present.patterns if isinstance(one.atom.present, Tied) else ()


def _empty(coordinate: str, found: Empty, blocker: list[Literal], side: Side) -> Leaf:
    """Return the leaf of a coordinate that the lattice found empty."""
    holds = [side.hold_sources[at] for at in found.holds]
    fails = [side.fail_sources[at] for at in found.fails]
    further = frozenset(name for _, cites in chain(holds, fails) for name in cites)
    evidence: dict[str, Any] = {
        "kind": found.kind,
        "holds": [[*ref(one), *([sorted(map(list, cites))] if cites else [])] for one, cites in holds],
        "fails": [[*ref(one), *([sorted(map(list, cites))] if cites else [])] for one, cites in fails],
        "universe": found.universe,
        "detail": found.detail,
    }
    return _leaf(coordinate, [*blocker, *(one for one, _ in chain(holds, fails))], evidence, further)


def _leaf(coordinate: str, cites: Iterable[Literal], evidence: dict[str, Any], further: frozenset[Ref] = frozenset()) -> Leaf:
    return Leaf(coordinate, frozenset(map(ref, cites)) | further, evidence)
