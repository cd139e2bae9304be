"""Relax: tests that are tied to variables as ordinary predicates, wide enough that no request is lost.

Where a tied test must hold, each of its variables may hold any text that its own coordinate still can. Where it must fail, only
its patterns without variables count. What is found empty so is empty; what is found not empty is only a candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from keyaki.automata.glob import ANY, DIGIT, NOT_COLON, Glob, Token, chars, folded, literal
from keyaki.automata.product import Union
from keyaki.catalogue import SAME_VALUE
from keyaki.decision.refutation import Ref, ref
from keyaki.decision.sides import Side, Sides
from keyaki.lattice.predicate import EpochPredicate, Predicate, TextPredicate
from keyaki.symbolic.atom import Literal, Tied
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, region_globs
from keyaki.symbolic.lift import ACCOUNT_KEY, ARN_KEYS, REGION_KEY
from keyaki.symbolic.pattern import Hole, Pattern
from keyaki.symbolic.theory import RESOURCE, Facts

Literals = Mapping[str, tuple[Literal, ...]]
Tokens = tuple[Token, ...]
Barred = tuple[Pattern, bool]
"""A pattern that a text must not match, and whether the text is the time in digits."""
COLON = literal(":").tokens[0]
_FEW = 8
"""How many globs a variable may have, so that a pattern is written out once for each."""


class Relaxation:
    """Relaxes literals of a box; ``facts`` says what is known of each coordinate."""

    def __init__(self, facts: Callable[[str], Facts]) -> None:
        self.facts = facts

    def predicates(self, box: Literals, sides: Sides) -> Side:
        """Return the ordinary predicates of some literals, relaxed where a variable has no value yet."""
        side = Side()
        barred = {(pattern, one.atom.epoch): ref(one) for one in sides.fails for pattern in _tied_patterns(one)}
        for one in sides.holds:
            test = one.atom.present
            if isinstance(test, Tied):
                self._relax(box, one, test, barred, side)
            elif isinstance(test, Predicate):
                side.add_hold(one, test)
        for one in sides.fails:
            test = one.atom.present
            if isinstance(test, Tied):
                side.add_fail(one, _read(one, test.certain()))
            elif isinstance(test, Predicate):
                side.add_fail(one, test)
        return side

    def _relax(self, box: Literals, one: Literal, test: Tied, barred: Mapping[Barred, Ref], side: Side) -> None:
        """Add what a tied test that must hold leaves possible; a pattern that must fail is left out."""
        epoch = one.atom.epoch
        out = {} if test.boolean else {pattern: barred[pattern, epoch] for pattern in test.patterns if (pattern, epoch) in barred}
        left = Tied(tuple(pattern for pattern in test.patterns if pattern not in out), test.boolean)
        cites = set(out.values())
        bars = frozenset(cites)
        side.add_hold(one, _read(one, left.relaxed(lambda hole: self._hole_texts(box, hole, cites, frozenset()))), cites)
        if len(left.patterns) == 1 and _decides(left.patterns[0]) and not left.boolean:
            self._exclude(box, one, left.patterns[0], bars, side)

    def _exclude(self, box: Literals, one: Literal, pattern: Pattern, bars: frozenset[Ref], side: Side) -> None:
        """Add that the texts which would give the pattern's variable a value that it must not have must fail."""
        (hole,) = pattern.holes
        for other in box.get(hole.key, ()):
            test = other.atom.present
            must_fail = other.truth == other.atom.inverted and other.atom.quantifier is None
            if must_fail and isinstance(test, TextPredicate) and home(hole) == hole.key:
                excluded = TextPredicate(Union(_with(pattern, [glob.tokens for glob in test.of.globs])))
                side.add_fail(one, _read(one, excluded), bars | {ref(other)})

    def _hole_texts(self, box: Literals, hole: Hole, cites: set[Ref], asking: frozenset[str]) -> list[Tokens]:
        """Return token sequences for every text a variable can still have; ``asking`` are the keys being asked for already."""
        key = home(hole)
        best: tuple[tuple[Glob, ...], set[Ref]] | None = None
        if key == hole.key and not hole.fold and key not in asking:
            for one in box.get(key, ()):
                found = self._one_of(box, one, asking | {key})
                if found is not None and (best is None or len(found[0]) < len(best[0])):
                    best = found
        if best is not None and len(best[0]) <= _FEW:
            cites |= best[1]
            texts = [glob.tokens for glob in best[0]]
        else:
            texts = self._universe_texts(hole)
        return _in_field(hole, texts) + ([] if hole.default is None else [literal(hole.default).tokens])

    def _one_of(self, box: Literals, one: Literal, asking: frozenset[str]) -> tuple[tuple[Glob, ...], set[Ref]] | None:
        """Return the globs one of which a literal makes its coordinate match, and what they rest on; None iff it does not."""
        test = one.atom.present
        if one.truth == one.atom.inverted or one.atom.quantifier is not None or one.atom.epoch:
            return None
        cites = {ref(one)}
        if isinstance(test, Tied) and not test.boolean:
            test = test.relaxed(lambda hole: self._hole_texts(box, hole, cites, asking))
        return (test.of.globs, cites) if isinstance(test, TextPredicate) else None

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
        return [tuple(map(_caseless, tokens)) for tokens in texts] if hole.fold else texts


def _caseless(token: Token) -> Token:
    """Return the token that reads every character that one of the token's equals without case."""
    if token.chars.complement:
        return Token(ANY, token.run)
    return Token(chars(other for char in token.chars.members for other in folded(char).tokens[0].chars.members), token.run)


def _in_field(hole: Hole, texts: list[Tokens]) -> list[Tokens]:
    """Return the texts without those that have a colon, if the hole stands in a field."""
    if not hole.field:
        return texts
    kept = [tuple(Token(token.chars & NOT_COLON, token.run) for token in tokens) for tokens in texts]
    return [tokens for tokens in kept if not any(token.chars.is_empty and not token.run for token in tokens)]


def home(hole: Hole) -> str:
    """Return the coordinate that decides the value of a variable."""
    return RESOURCE if hole.key in ARN_KEYS else SAME_VALUE.get(hole.key, hole.key)


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
    fields: list[list[Token | Hole]] = [[]]
    for piece in pattern.pieces:
        if piece == COLON:
            fields.append([])
        else:
            fields[-1].append(piece)
    (own,) = (field for field in fields if any(isinstance(piece, Hole) for piece in field))
    return [piece for piece in own if isinstance(piece, Token)]


def _tied_patterns(one: Literal) -> tuple[Pattern, ...]:
    """Return the patterns that a text must not match for a test to fail; a truth value is not compared as text."""
    test = one.atom.present
    return test.patterns if isinstance(test, Tied) and not test.boolean else ()
