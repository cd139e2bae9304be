"""Explore and relax in the whole space, where a field of the ARN may be any text and an account need not come from the ARN."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from keyaki.automata.glob import ANY, NOT_COLON, Chars, Glob, Token, chars, literal
from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Union, includes
from keyaki.decision.box import Box, Boxes
from keyaki.decision.explore import Explorer
from keyaki.decision.refutation import Ref
from keyaki.decision.relax import Barred, Literals, Relaxation
from keyaki.decision.sides import Side
from keyaki.lattice.predicate import TextPredicate
from keyaki.questions.space import ACCOUNT, field_of, lifted
from keyaki.symbolic.atom import Atom, Literal, Tied
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY
from keyaki.symbolic.pattern import Hole, Pattern
from keyaki.symbolic.theory import RESOURCE


class SpaceRelaxation(Relaxation):
    """Relaxes literals of the whole space, where any text may be the account or the Region of an ARN."""

    def __init__(self, boxes: Boxes) -> None:
        super().__init__(boxes.facts)
        self.own = boxes.case.own

    def _relax(self, box: Literals, one: Literal, test: Tied, barred: Mapping[Barred, Ref], side: Side) -> None:
        """Leave out every pattern all of whose texts a pattern that must fail matches, under each value of its variables."""
        more = dict(barred)
        epoch = one.atom.epoch
        for pattern in test.patterns if barred and not test.boolean else ():
            if pattern.holes and (pattern, epoch) not in more:
                others = (other for other in barred if other[0].holes and other[1] == epoch)
                outer = next((other for other in others if holds_all_of(other[0], pattern)), None)
                if outer is not None:
                    more[pattern, epoch] = barred[outer]
        super()._relax(box, one, test, more, side)

    def _universe_texts(self, hole: Hole) -> list[tuple[Token, ...]]:
        found = super()._universe_texts(hole)
        return [_FIELD_TEXT] if hole.key == REGION_KEY or (hole.key == ACCOUNT_KEY and not self.own) else found


_FIELD_TEXT = (Token(NOT_COLON, run=False), Token(NOT_COLON, run=True))


_SYMBOL: Final = 0xF0000
"""The first of the characters of a private plane of Unicode, which stand for variables here."""


@lru_cache(maxsize=1024)
def holds_all_of(outer: Pattern, inner: Pattern) -> bool:
    """True only if under every assignment the outer pattern matches each text that the inner one does.

    A variable of the inner pattern is one letter that nothing else reads: the same variable of the outer one reads it, and so
    does a run that takes whatever the variable may insert.
    """
    holes = inner.holes
    symbols = {hole: chr(_SYMBOL + at) for at, hole in enumerate(dict.fromkeys(holes))}
    every = frozenset(symbols.values())
    in_field = frozenset(symbol for hole, symbol in symbols.items() if hole.field)
    mine: list[Token] = []
    for piece in inner.pieces:
        if isinstance(piece, Hole):
            mine += literal(symbols[piece]).tokens
        else:
            mine.append(Token(piece.chars & Chars(every, complement=True), piece.run))
    theirs: list[Token] = []
    for piece in outer.pieces:
        if isinstance(piece, Hole):
            theirs.append(Token(chars(symbol for hole, symbol in symbols.items() if _reads(piece, hole)), run=False))
            continue
        lost = (
            frozenset()
            if piece.run and piece.chars == ANY
            else every - in_field
            if piece.run and piece.chars == NOT_COLON
            else every
        )
        theirs.append(Token(piece.chars & Chars(lost, complement=True), piece.run))
    try:
        return includes(Union((Glob(tuple(theirs)),)), Union((Glob(tuple(mine)),)), Meter(_ENOUGH))
    except Exhausted:
        return False


_ENOUGH: Final = 20_000


def _reads(outer: Hole, inner: Hole) -> bool:
    """True only if the outer variable matches whatever the inner one inserts."""
    return (
        outer.key == inner.key
        and (outer.fold or not inner.fold)
        and (inner.default is None or inner.default == outer.default)
        and (inner.field or not outer.field)
    )


class SpaceExplorer(Explorer):
    """Explores the whole space, where the resource's account may be a coordinate of its own."""

    def field(self, key: str, text: str) -> TextPredicate:
        """Return the test of the ARNs whose field that ``key`` names is the text."""
        pieces = literal(text).tokens
        tokens = lifted(account=pieces) if key == ACCOUNT_KEY else lifted(region=pieces)
        return TextPredicate(Union((Glob(tokens),)))  # type: ignore[arg-type]

    def _same_account(self, box: Box) -> Hole | None:
        if self.boxes.case.own is not False:
            return None
        account = field_of(str(self.boxes.value(box, RESOURCE)), ACCOUNT) or self.boxes.value(box, ACCOUNT)
        return Hole(CALLER_KEY, None) if self.boxes.value(box, CALLER_KEY) == account else None

    def _other_account(self, hole: Hole, value: str | None) -> tuple[Literal, ...]:
        found = super()._other_account(hole, value)
        if not found or value is None:
            return found
        test = TextPredicate(Union((literal(value),)))
        return (*found, Literal(Atom(ACCOUNT, False, test, place=(-1, f"{ACCOUNT} is = {value}")), False))
