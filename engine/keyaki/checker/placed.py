"""Placed claims: claims within one case, where what the key ARN decides is a claim about the ARN itself."""

from __future__ import annotations

from attrs import evolve

from keyaki.checker.cases import Case
from keyaki.checker.claims import ACCOUNT, CALLER, FIELD_OF, RESOURCE, Claim, Hole, Pieces, holes, in_field, lifted, under, unique
from keyaki.checker.keytokens import ACCOUNT_TOKENS
from keyaki.checker.ranges import account_texts
from keyaki.checker.tokens import Token
from keyaki.policy import Family
from keyaki.reference.matching import VARIABLE_FAMILIES


def placed(claim: Claim, case: Case, partition: str) -> Claim:
    """Return the claim as it stands in a case.

    A field of the ARN is a claim on the ARN, and so is the caller's account where it is the key's.
    """
    if claim.coordinate == RESOURCE and claim.key in FIELD_OF:
        claim = _lifted(claim, claim.key, partition)
    if case.own is None:
        return claim
    owned = [_owned(pattern, own=case.own) for pattern in claim.patterns]
    claim = evolve(claim, patterns=unique([pattern for pattern in owned if pattern is not None]))
    if not case.own or claim.coordinate != CALLER:
        return claim
    return evolve(claim, coordinate=RESOURCE) if claim.constant is not None else _lifted(claim, ACCOUNT, partition)


def _lifted(claim: Claim, field: str, partition: str) -> Claim:
    """Return the claim on a field as one on the ARN: no Region is a number, an instant, an address, a truth value or base64."""
    patterns = claim.patterns
    if claim.family not in VARIABLE_FAMILIES or claim.family is Family.BOOL:
        patterns = tuple(account_texts(claim.family, claim.values)) if field == ACCOUNT else ()
    whole = [lifted(partition, **{FIELD_OF[field]: in_field(pattern)}) for pattern in patterns]
    return evolve(claim, coordinate=RESOURCE, family=None, values=(), patterns=unique(whole), quantifier=None)


def _owned(pattern: Pieces, *, own: bool) -> Pieces | None:
    """Return the pattern where the caller's account is the key's (``own``) or is not; None iff it can match nothing then."""
    if not own and any(hole.twin for hole in holes(pattern)):
        return None
    found: list[Token | Hole] = []
    for piece in pattern:
        if isinstance(piece, Hole) and own:
            found += ACCOUNT_TOKENS if piece.twin else (piece._replace(key=ACCOUNT) if piece.key == CALLER else piece,)
        else:
            found.append(piece)
    return under(tuple(found), {})
