"""Relax: tests that are tied to variables as ordinary predicates, wide enough that no request is lost.

Where a tied test must hold, each of its variables may hold any text that its own coordinate still can. Where it must fail, only
its patterns without variables count. What is found empty so is empty; what is found not empty is only a candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from keyaki.automata.glob import ANY, DIGIT, NOT_COLON, Glob, Token, literal
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.decision.refutation import Ref, ref
from keyaki.decision.sides import Side, Sides, Source
from keyaki.decision.ties import (
    COLON,
    Same,
    Step,
    effort,
    fields,
    fields_of_arn,
    growing,
    home,
    is_caseless,
    is_key,
    presence,
    same,
)
from keyaki.lattice.predicate import EpochPredicate, Predicate, TextPredicate
from keyaki.symbolic.atom import Literal, Tied
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, id_globs, region_globs
from keyaki.symbolic.lift import ACCOUNT_KEY, REGION_KEY
from keyaki.symbolic.pattern import Hole, Pattern, caseless, holds_all_of
from keyaki.symbolic.theory import RESOURCE, Facts

Literals = Mapping[str, tuple[Literal, ...]]
Tokens = tuple[Token, ...]
Barred = tuple[Pattern, bool]
"""A pattern that a text must not match, and whether the text is the time in digits."""
_DEEPEST = 8
"""How many variables, each inside the value of the one before, are looked at for what a variable may still be."""
_FEW = 8
"""How many globs a variable may have, so that a pattern is written out once for each."""


class Relaxation:
    """Relaxes literals of a box; ``facts`` says what is known of each coordinate.

    ``tied`` is whether any literal there may be has open variables; where none has, nothing of this is looked at.
    """

    def __init__(self, facts: Callable[[str], Facts], meter: Meter) -> None:
        self.facts = facts
        self.meter = meter
        self.tied = True
        self._held: dict[tuple[Pattern, Pattern], bool] = {}

    def predicates(self, box: Literals, sides: Sides, coordinate: str | None = None) -> Side:
        """Return the ordinary predicates of some literals, relaxed where a variable has no value yet.

        With ``coordinate``, whose single text they are about, also those of other names of that text.
        """
        side = Side()
        barred = {(pattern, one.atom.epoch): ref(one) for one in sides.fails for pattern in _tied_patterns(one)}
        for one in sides.holds:
            test = one.atom.present
            if isinstance(test, Tied):
                self._relax(box, Source(one), test, barred, side)
            elif isinstance(test, Predicate):
                side.add_hold(Source(one), test)
        for one in sides.fails:
            test = one.atom.present
            if isinstance(test, Tied):
                side.add_fail(Source(one), _read(one, test.certain()))
            elif isinstance(test, Predicate):
                side.add_fail(Source(one), test)
        if coordinate is not None and self.tied and coordinate != RESOURCE:
            self._share(box, coordinate, side)
        return side

    def growing(self, box: Literals, coordinate: str) -> list[Step]:
        """Return steps by which the text of the coordinate would be longer than itself, or none."""
        if not self.tied or coordinate == RESOURCE:
            return []
        self.meter.spend(effort(box))
        return growing(box, coordinate, self.facts)

    def _share(self, box: Literals, coordinate: str, side: Side) -> None:
        """Add what literals ask of the coordinate's text under its other names."""
        self.meter.spend(effort(box))
        exact = same(box, coordinate, self.facts, fold=False)
        loose = same(box, coordinate, self.facts, fold=True)
        for names in (exact, *([loose] if loose.names != exact.names else [])):
            if len(names.names) > 1:
                found = [(one, test) for one in _asked(box, names) if (test := _renamed(one, names)) is not None]
                barred = {
                    (pattern, False): ref(one)
                    for one, test in found
                    if one.truth == one.atom.inverted and isinstance(test, Tied)
                    for pattern in test.patterns
                }
                for one, test in found:
                    source = Source(one, links=names.links, renamed=True)
                    if one.truth == one.atom.inverted:
                        side.add_fail(source, test.certain() if isinstance(test, Tied) else test)
                    elif isinstance(test, Tied):
                        self._relax(box, source, test, barred, side)
                    else:
                        side.add_hold(source, test)

    def _relax(self, box: Literals, source: Source, test: Tied, barred: Mapping[Barred, Ref], side: Side) -> None:
        """Add what a tied test that must hold leaves possible, without patterns all of whose texts one that must fail matches."""
        one = source.literal
        out = {} if test.boolean else {pattern: bar for pattern in test.patterns if (bar := self._bar(pattern, one, barred))}
        left = Tied(tuple(pattern for pattern in test.patterns if pattern not in out), test.boolean)
        cites = {*source.cites, *out.values()}
        bars = frozenset(cites)
        relaxed = left.relaxed(lambda hole: self._hole_texts(box, hole, cites, frozenset()))
        side.add_hold(source._replace(cites=frozenset(cites)), _read(one, relaxed))
        if len(left.patterns) == 1 and _decides(left.patterns[0]) and not left.boolean:
            self._exclude(box, source._replace(cites=bars), left.patterns[0], side)

    def _bar(self, pattern: Pattern, one: Literal, barred: Mapping[Barred, Ref]) -> Ref | None:
        """Return a literal that must fail, one pattern of which matches all that this one does, whatever the variables hold."""
        epoch = one.atom.epoch
        exact = barred.get((pattern, epoch))
        if exact is not None or not pattern.holes:
            return exact
        others = (other for other in barred if other[0].holes and other[1] == epoch)
        return next((barred[other] for other in others if self._holds_all_of(other[0], pattern)), None)

    def _holds_all_of(self, outer: Pattern, inner: Pattern) -> bool:
        if (outer, inner) not in self._held:
            self._held[outer, inner] = holds_all_of(outer, inner, self.meter)
        return self._held[outer, inner]

    def _exclude(self, box: Literals, source: Source, pattern: Pattern, side: Side) -> None:
        """Add that the texts which would give the pattern's variable a value that it must not have must fail."""
        (hole,) = pattern.holes
        for other in box.get(hole.key, ()):
            test = other.atom.present
            must_fail = other.truth == other.atom.inverted and other.atom.quantifier is None
            if must_fail and isinstance(test, TextPredicate) and home(hole) == hole.key:
                excluded = TextPredicate(Union(_with(pattern, [glob.tokens for glob in test.of.globs])))
                side.add_fail(source._replace(cites=source.cites | {ref(other)}), _read(source.literal, excluded))

    def _hole_texts(self, box: Literals, hole: Hole, cites: set[Ref], asking: frozenset[str]) -> list[Tokens]:
        """Return token sequences for every text a variable can still have; ``asking`` are the keys being asked for already."""
        self.meter.spend(1 + _pieces_of(box) + (0 if hole.default is None else effort(box)))
        key = home(hole)
        choices: list[tuple[list[Tokens], Ref, set[Ref]]] = []
        if key == hole.key and not hole.fold and key not in asking and len(asking) < _DEEPEST:
            for one in box.get(key, ()):
                found = self._one_of(box, one, asking | {key})
                if found is not None and not _is_wide(found[0]):
                    choices.append((found[0], ref(one), found[1]))
        texts = self._universe_texts(hole)
        best = min(choices, key=lambda one: (len(one[0]), one[1]), default=None)
        if best is None and key == hole.key and is_key(self.facts) and _is_wide(texts):
            best = _of_field(box, hole)
        if best is not None and len(best[0]) <= _FEW:
            cites |= best[2]
            texts = [tuple(map(caseless, tokens)) for tokens in best[0]] if hole.fold else best[0]
        texts = _in_field(hole, texts)
        if hole.default is None:
            return texts
        there = presence(box, hole)
        if there is None:
            return [*texts, literal(hole.default).tokens]
        cites.add(there)
        return texts

    def _one_of(self, box: Literals, one: Literal, asking: frozenset[str]) -> tuple[list[Tokens], set[Ref]] | None:
        """Return the globs one of which a literal makes its coordinate match, and what they rest on; None iff it does not."""
        test = one.atom.present
        if one.truth == one.atom.inverted or one.atom.quantifier is not None or one.atom.epoch:
            return None
        cites = {ref(one)}
        if isinstance(test, Tied) and not test.boolean:
            test = test.relaxed(lambda hole: self._hole_texts(box, hole, cites, asking))
        return ([glob.tokens for glob in test.of.globs], cites) if isinstance(test, TextPredicate) else None

    def _universe_texts(self, hole: Hole) -> list[Tokens]:
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
        return [tuple(map(caseless, tokens)) for tokens in texts] if hole.fold else texts


def _in_field(hole: Hole, texts: list[Tokens]) -> list[Tokens]:
    """Return the texts without those that have a colon, if the hole stands in a field."""
    if not hole.field:
        return texts
    kept = [tuple(Token(token.chars & NOT_COLON, token.run) for token in tokens) for tokens in texts]
    return [tokens for tokens in kept if not any(token.chars.is_empty and not token.run for token in tokens)]


def _with(pattern: Pattern, texts: list[Tokens]) -> tuple[Glob, ...]:
    """Return the pattern with each of some texts for its variables."""
    return pattern.relaxed(lambda _: texts)


def _read(one: Literal, predicate: Predicate) -> Predicate:
    """Return the predicate as the literal's key reads its value: ``aws:EpochTime`` reads digits."""
    return EpochPredicate(predicate) if one.atom.epoch else predicate


def _decides(pattern: Pattern) -> bool:
    """True iff a text that the pattern matches decides the value of its one variable.

    So it is where nothing else has an open length; in a pattern split by plain colons, and by nothing else, it is enough if
    nothing in the variable's own field has.
    """
    holes = pattern.holes
    if len(holes) != 1 or holes[0].default is not None or holes[0].fold:
        return False
    tokens = [piece for piece in pattern.pieces if isinstance(piece, Token)]
    split = holes[0].field and not any(token.reads(":") for token in tokens if token != COLON)
    return not any(token.run for token in (_beside(pattern) if split else tokens))


def _beside(pattern: Pattern) -> list[Token]:
    """Return the tokens in the field of the pattern's variable."""
    (own,) = (field for field in fields(pattern) if any(isinstance(piece, Hole) for piece in field))
    return [piece for piece in own if isinstance(piece, Token)]


def _tied_patterns(one: Literal) -> tuple[Pattern, ...]:
    """Return the patterns that a text must not match for a test to fail; a truth value is not compared as text."""
    test = one.atom.present
    return test.patterns if isinstance(test, Tied) and not test.boolean else ()


def _asked(box: Literals, names: Same) -> Iterator[Literal]:
    """Yield the literals that ask of the one text of a coordinate, under any of its names, what patterns say."""
    for name in sorted(names.names):
        for one in box.get(name, ()):
            test = one.atom.present
            patterns = isinstance(test, TextPredicate) or (isinstance(test, Tied) and not test.boolean)
            if patterns and one.atom.quantifier is None and not one.atom.epoch:
                yield one


def _renamed(one: Literal, names: Same) -> Tied | TextPredicate | None:
    """Return what a literal asks of the text that has all these names; None iff it asks nothing, or nothing new."""
    test = one.atom.present
    found: object = test
    if isinstance(test, Tied):
        found = Tied(tuple(filter(None, (names.renamed(pattern) for pattern in test.patterns)))).under({})
    own = one.atom.coordinate == names.coordinate
    if not isinstance(found, (Tied, TextPredicate)) or (own and found == test):
        return None
    if not own and names.fold and not is_caseless(found if isinstance(found, Tied) else found.of.globs):
        return None
    return found


def _pieces_of(box: Literals) -> int:
    """Return how many pieces the tied patterns of the resource have."""
    tests = [one.atom.present for one in box.get(RESOURCE, ())]
    return sum(len(pattern.pieces) for test in tests if isinstance(test, Tied) for pattern in test.patterns)


def _is_wide(texts: Sequence[Tokens]) -> bool:
    """True iff some of the token sequences says nothing of a text but how long it is."""
    return any(all(token.chars == ANY for token in tokens) for tokens in texts)


def _of_field(box: Literals, hole: Hole) -> tuple[list[Tokens], Ref, set[Ref]] | None:
    """Return the texts of a field of a key ARN that the variable is all of, by a Resource pattern that must match; else None."""
    for one in box.get(RESOURCE, ()):
        test = one.atom.present
        if isinstance(test, Tied) and len(test.patterns) == 1 and one.truth != one.atom.inverted:
            for place, pieces in enumerate(fields_of_arn(test.patterns[0])):
                before, last = pieces[:-1], pieces[-1] if pieces else None
                if isinstance(last, Hole) and (last.key, last.default, last.fold) == (hole.key, None, False):
                    found = _field_texts(place, before)
                    if found:
                        return found, ref(one), {ref(one)}
    return None


def _field_texts(place: int, before: Sequence[Token | Hole]) -> list[Tokens]:
    """Return the texts of what follows some pieces in a field of a key ARN; none where that is not known."""
    if place == _KEY and tuple(before) == _KEY_WORD:
        return [glob.tokens[len(_KEY_WORD) :] for glob in id_globs(None)]
    globs = {_REGION: region_globs(), _ACCOUNT: (Glob(ACCOUNT_TOKENS),), _KEY: id_globs(None)}
    return [] if before else [glob.tokens for glob in globs.get(place, ())]


_REGION, _ACCOUNT, _KEY = 3, 4, 5
_KEY_WORD = literal("key/").tokens
