"""Explore and relax in the whole space, where a field of the ARN may be any text and an account need not come from the ARN."""

from __future__ import annotations

from keyaki.automata.glob import NOT_COLON, Glob, Token, literal
from keyaki.automata.product import Union
from keyaki.decision.box import Box, Boxes
from keyaki.decision.explore import Explorer
from keyaki.decision.relax import Relaxation
from keyaki.lattice.predicate import TextPredicate
from keyaki.questions.space import ACCOUNT, field_of, lifted
from keyaki.symbolic.atom import Atom, Literal
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY
from keyaki.symbolic.pattern import Hole
from keyaki.symbolic.theory import RESOURCE


class SpaceRelaxation(Relaxation):
    """Relaxes literals of the whole space, where any text may be the account or the Region of an ARN."""

    def __init__(self, boxes: Boxes) -> None:
        super().__init__(boxes.facts, boxes.meter)
        self.own = boxes.case.own

    def _universe_texts(self, hole: Hole) -> list[tuple[Token, ...]]:
        found = super()._universe_texts(hole)
        return [_FIELD_TEXT] if hole.key == REGION_KEY or (hole.key == ACCOUNT_KEY and not self.own) else found


_FIELD_TEXT = (Token(NOT_COLON, run=False), Token(NOT_COLON, run=True))


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
