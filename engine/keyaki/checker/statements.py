"""Statements: their claims in the whole space, and what those become in one case of it.

Where the resource decides the value of a context key depends on the case, so ``aws:ResourceAccount`` and ``aws:RequestedRegion``
are coordinates of their own at first; in a case in which the ARN has them they are claims on the ARN.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from attrs import evolve

from keyaki.catalogue import SAME_VALUE
from keyaki.checker.claims import (
    ACCOUNT,
    CALLER,
    EPOCH,
    REGION,
    RESOURCE,
    Claim,
    Claims,
    Hole,
    Pieces,
    holes,
    in_field,
    tokens_only,
    unique,
)
from keyaki.checker.keytokens import ACCOUNT_TOKENS
from keyaki.checker.principals import patterns_of
from keyaki.checker.space import ALWAYS, FREE, FREE_ACCOUNT, PRINCIPAL, SpaceCase, lifted
from keyaki.checker.tokens import ANY, NO_COLON, Token, folded, plain, run, the_word
from keyaki.errors import EvidenceError
from keyaki.policy import ConditionEntry, Family, Policy, Statement
from keyaki.reference.matching import VARIABLE_FAMILIES
from keyaki.reference.template import Template, parse_template, six_fields
from keyaki.values import ascii_fold, truth

KEY_OF: Final = {coordinate: key for key, coordinate in FREE.items()}
_COLON: Final = plain(":")
_FILLING: Final = (*_COLON, run(ANY))
_FIELD_TEXT: Final = (NO_COLON, run(NO_COLON))
_PLACES: Final = {REGION: 3, ACCOUNT: 4}


class SpaceClaims(Claims):
    """The claims of one policy about all requests; ``several`` are further keys that hold several values in them."""

    always = ALWAYS
    accounts = frozenset({CALLER})

    def __init__(self, policy: Policy, several: frozenset[str] = frozenset()) -> None:
        super().__init__(policy, "aws")
        self.multi |= several

    def of(self, statement: Statement) -> dict[str, Claim] | None:
        """Return the claims of a statement by label, or None iff it applies to no request; its actions set aside."""
        claims = super().of(statement)
        who = patterns_of(statement)
        if claims is None or not isinstance(who, list):
            return claims if who is True else None
        negated = statement.principals[0].negated
        return {**claims, PRINCIPAL: Claim(PRINCIPAL, absent=False, patterns=unique(who), inverted=negated)}

    def _home(self, key: str) -> str:
        return FREE.get(key, SAME_VALUE.get(key, key))

    def _arns(self, text: str, widening: bool) -> list[Pieces]:
        flat = self._pieces(parse_template(text, self.live, wildcards=True))
        parts = six_fields(text, self.live) if text.startswith("arn:") else ()
        if flat is None:
            return []
        if len(parts) in {0, 6}:
            return [_twin_account(flat)]
        full = flat + _FILLING * (6 - len(parts))
        return [full, flat] if widening else [full]

    def _pieces(self, template: Template, *, fold: bool = False, field: bool = False) -> Pieces | None:
        pieces = super()._pieces(template, fold=fold, field=field)
        return None if pieces is None else renamed(pieces, FREE)

    def _condition(self, statement: Statement, entry: ConditionEntry) -> Claim | bool:
        key = FREE.get(ascii_fold(entry.key))
        claim = super()._condition(statement, evolve(entry, key=key) if key else entry)
        if isinstance(claim, bool):
            return claim
        other = {FREE_ACCOUNT: CALLER, CALLER: FREE_ACCOUNT}.get(claim.coordinate)
        if other is None:
            return _oriented(claim)
        twins = (tuple(_twin(piece, other) for piece in pattern) if len(pattern) == 1 else pattern for pattern in claim.patterns)
        return evolve(claim, patterns=tuple(twins))


def _twin(piece: Token | Hole, key: str | None) -> Token | Hole:
    return piece._replace(twin=True) if isinstance(piece, Hole) and piece.key == key else piece


def _oriented(claim: Claim) -> Claim:
    """Return the claim that two keys are equal, or that they are not, on the first of them in alphabetical order.

    Written either way it is one claim: equal keys are both present, and keys are not equal where one of them is absent.
    """
    if len(claim.patterns) != 1 or len(claim.patterns[0]) != 1 or claim.quantifier or claim.absent is not claim.inverted:
        return claim
    hole = claim.patterns[0][0]
    if not isinstance(hole, Hole) or hole.default is not None or hole.field or claim.family is Family.BOOL:
        return claim
    if hole.key >= claim.coordinate or EPOCH in {hole.key, claim.key}:
        return claim
    return evolve(claim, coordinate=hole.key, key=hole.key, patterns=((hole._replace(key=claim.coordinate),),))


def _twin_account(pattern: Pieces) -> Pieces:
    """Return the pattern, its variable a twin if it is the caller's account and the account of every ARN that is matched."""
    colons = 0
    for at, piece in enumerate(pattern):
        if isinstance(piece, Hole):
            alone = pattern[at - 1 : at] == pattern[at + 1 : at + 2] == _COLON
            if colons == 4 and piece.key == CALLER and piece.default is None and alone:
                return (*pattern[:at], piece._replace(twin=True), *pattern[at + 1 :])
            return pattern
        if piece.run or len(piece.chars) != 1 or piece.complement:
            return pattern
        colons += piece == _COLON[0]
    return pattern


def renamed(pattern: Pieces, names: dict[str, str]) -> Pieces:
    """Return the pattern with variables under other names."""
    return tuple(piece._replace(key=names.get(piece.key, piece.key)) if isinstance(piece, Hole) else piece for piece in pattern)


def reads(claim: Claim) -> Iterator[str]:
    """Yield the coordinates and variables that a claim is about."""
    yield claim.coordinate
    yield from (SAME_VALUE.get(hole.key, hole.key) for hole in chain.from_iterable(map(holes, claim.patterns)))


def placed(claim: Claim, case: SpaceCase) -> Claim | bool:
    """Return the claim as it stands in a case, or its truth where the case decides it.

    Raises:
        EvidenceError: a field of an ARN is compared as something else than a text.
    """
    if claim.coordinate in case.single:
        claim = evolve(claim, quantifier=None)
    found = [pattern for one in claim.patterns for pattern in _settled(one, case, of_resource=claim.coordinate == RESOURCE)]
    claim = evolve(claim, patterns=unique(found))
    if case.own and claim.coordinate == CALLER:
        claim = evolve(claim, coordinate=FREE_ACCOUNT)
    key = KEY_OF.get(claim.coordinate)
    if key is None or (case.account if key == ACCOUNT else case.region) != "arn":
        return claim
    return claim.constant if claim.constant is not None else _of_arn(claim, key)


def _settled(pattern: Pieces, case: SpaceCase, *, of_resource: bool) -> list[Pieces]:
    """Return patterns that together match what one matches in a case."""
    if case.own is False and any(hole.twin for hole in holes(pattern)):
        return []
    if case.own:
        twins = (ACCOUNT_TOKENS if isinstance(piece, Hole) and piece.twin else (piece,) for piece in pattern)
        pattern = renamed(tuple(chain.from_iterable(twins)), {CALLER: FREE_ACCOUNT})
    sources = {FREE_ACCOUNT: case.account, FREE[REGION]: case.region}
    pattern = renamed(pattern, {name: KEY_OF[name] for name, source in sources.items() if source == "arn"})
    return _own_fields(pattern) if of_resource else [pattern]


def _own_fields(pattern: Pieces) -> list[Pieces]:
    """Return patterns that together match the same ARNs, with variables settled that are a field of the ARN that they stand in.

    Where nothing before the variable can take a colon, it is the field, so any field does. Where only a lone ``*`` for the
    Region can, the ARNs that align with the pattern are put beside it; they are all there is where the rest is ``*``.
    """
    for at, piece in enumerate(pattern):
        if isinstance(piece, Hole) and piece.key in _PLACES and pattern[at - 1 : at] == pattern[at + 1 : at + 2] == _COLON:
            before, after = pattern[:at], pattern[at + 1 :]
            aligned = _aligned(before, _PLACES[piece.key])
            if aligned is not None:
                found = _own_fields((*aligned, *_FIELD_TEXT, *after))
                return found if aligned == before or after == _FILLING else [*found, pattern]
    return [pattern]


def _aligned(pieces: Pieces, colons: int) -> Pieces | None:
    """Return the pieces before a field with a lone ``*`` for the Region kept to it; None if they are of another shape."""
    found: list[Token] = []
    for at, piece in enumerate(pieces):
        if isinstance(piece, Hole):
            return None
        lone = pieces[at - 1 : at] == pieces[at + 1 : at + 2] == _COLON and found.count(_COLON[0]) == 3
        if piece == run(ANY) and lone:
            found.append(run(NO_COLON))
        elif piece.run or piece.complement or len(piece.chars) != 1:
            return None
        else:
            found.append(piece)
    return tuple(found) if found.count(_COLON[0]) == colons else None


def _of_arn(claim: Claim, key: str) -> Claim:
    """Return the claim on the ARN that is true iff the claim is true of the ARN's field."""
    patterns = claim.patterns
    if claim.family is Family.BOOL and not any(map(holes, patterns)):
        values = {truth(the_word(tokens_only(pattern)) or "") for pattern in patterns}
        patterns = tuple(folded(word) for word in ("false", "true") if truth(word) in values)
    elif claim.family not in VARIABLE_FAMILIES or claim.family is Family.BOOL:
        raise EvidenceError(f"`{key}` is compared as something else than a text")
    whole = [lifted(key, in_field(pattern)) for pattern in patterns]
    return Claim(RESOURCE, absent=False, patterns=unique(whole), inverted=claim.inverted)
