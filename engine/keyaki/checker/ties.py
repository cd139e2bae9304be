"""Ties: what claims with variables say of whole texts, whatever the variables hold.

A claim that must hold and whose one pattern is a variable alone makes its coordinate's text and the variable's one text, or one
but for case. A claim on one name of a text is then one on all of them. Nothing follows from a claim that an absent key satisfies,
unless the key is known to be there: the coordinate that a leaf is about is, and so is every variable of a pattern that matches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from attrs import evolve

from keyaki.checker.claims import ACCOUNT, CALLER, EPOCH, REGION, RESOURCE, Claim, Hole, Pieces, fields_of, holes
from keyaki.checker.effort import spend
from keyaki.checker.tokens import ANY, NO_COLON, Token, caseless, is_possible, run
from keyaki.errors import EvidenceError
from keyaki.policy import Family
from keyaki.reference.matching import VARIABLE_FAMILIES

_SYMBOL = 0xF0000
"""The first of the characters of the private planes of Unicode; those that the patterns do not write stand for variables."""
_LAST = 0x10FFFF
_NEVER_A_COLON = frozenset({"aws:resourceaccount", "aws:requestedregion", "kms:calleraccount"})


class Tie(NamedTuple):
    """A claim that must hold, with variables: its coordinate, its patterns, and whether it holds of present keys only."""

    coordinate: str
    patterns: Sequence[Pieces]
    is_there: bool

    @property
    def alone(self) -> Hole | None:
        """The variable that alone makes up the one pattern, or None."""
        pieces = self.patterns[0] if len(self.patterns) == 1 else ()
        hole = pieces[0] if len(pieces) == 1 else None
        return hole if isinstance(hole, Hole) and hole.default is None and not hole.field else None


def asks_text(claim: Claim) -> bool:
    """True iff what a claim asks of a text can be asked of it under another name: by patterns, of a single text."""
    variables = [hole for pattern in claim.patterns for hole in holes(pattern)]
    timeless = EPOCH not in {claim.key, claim.coordinate} and not any(hole.twin or hole.key == EPOCH for hole in variables)
    texts = claim.family is None or (claim.family in VARIABLE_FAMILIES and claim.family is not Family.BOOL)
    return texts and timeless and claim.constant is None and claim.quantifier is None


def of_fields(patterns: Sequence[Pieces]) -> list[Tie]:
    """Return the ties of the Region and of the account that patterns of ARNs make, where colons split every one in six."""
    split = [fields_of_arn(pattern) for pattern in patterns]
    if not all(split):
        return []
    return [
        Tie(key, [tuple(whole(piece, key) for piece in parts[place]) for parts in split], is_there=True)
        for place, key in ((3, REGION), (4, ACCOUNT))
    ]


def fields_of_arn(pattern: Pieces) -> list[list[Token | Hole]]:
    """Return the six fields of a pattern of ARNs; [] unless nothing but five plain colons in it can read one."""
    found = fields_of(pattern)
    inside = (piece for field in found for piece in field)
    colons = any(piece.reads(":") if isinstance(piece, Token) else not _has_no_colon(piece) for piece in inside)
    return [] if colons or len(found) != 6 else found


def whole(piece: Token | Hole, key: str) -> Token | Hole:
    """Return a piece of what a key's whole text is compared with; the digits of an account have no case."""
    return piece._replace(field=False, fold=piece.fold and key not in {ACCOUNT, CALLER}) if isinstance(piece, Hole) else piece


class Names(NamedTuple):
    """Names of the text of a coordinate; with ``fold`` they are alike but for case."""

    coordinate: str
    names: Collection[str]
    fold: bool

    def renamed(self, claim: Claim) -> Claim:
        """Return what a claim asks of the coordinate's text, named by that; raise EvidenceError iff it is about another text."""
        found = evolve(claim, coordinate=self.coordinate, patterns=tuple(filter(None, map(self._pattern, claim.patterns))))
        pieces = [piece for pattern in found.patterns for piece in pattern]
        folded = all(piece.fold if isinstance(piece, Hole) else caseless(piece) == piece for piece in pieces)
        if claim.coordinate not in self.names or claim.coordinate == RESOURCE or not asks_text(claim):
            raise EvidenceError("evidence cites a claim about another text")
        if claim.coordinate != self.coordinate and self.fold and not folded:
            raise EvidenceError("evidence takes texts for equal that differ in case")
        return found

    def _pattern(self, pattern: Pieces) -> Pieces | None:
        own = [
            isinstance(piece, Hole) and piece.key in self.names and (piece.fold or not self.fold) and not piece.twin
            for piece in pattern
        ]
        pieces = tuple(
            piece._replace(key=self.coordinate, default=None) if mine and isinstance(piece, Hole) else piece
            for piece, mine in zip(pattern, own, strict=True)
        )
        found = holes(pieces)
        if not any(own) or any(hole.default is not None for hole in found):
            return pieces
        if len(found) > 1 or any(isinstance(piece, Token) and not piece.run for piece in pieces):
            return None
        return pieces if found[0].field else (ANY, run(ANY))


def names(coordinate: str, ties: Sequence[Tie]) -> Names:
    """Return the names that ties give to the text of a coordinate, whose key is there."""
    found = {coordinate}
    grown = True
    while grown:
        grown = False
        for tie in ties:
            hole = tie.alone
            if hole and (tie.coordinate in found) != (hole.key in found) and (tie.coordinate in found or tie.is_there):
                found |= {tie.coordinate, hole.key}
                grown = True
    return Names(coordinate, found, any(tie.alone and tie.alone.fold for tie in ties))


def check_longer(coordinate: str, steps: Sequence[tuple[Tie, object]]) -> None:
    """Return iff the ties, each with one of its variables, make the coordinate's text longer than itself, step by step.

    A step goes from a tie's coordinate to its variable, or back where nothing in the tie has an open length.
    """
    at, longer = coordinate, 0
    for tie, key in steps:
        if not tie.patterns or not all(
            any(hole.key == key and hole.default is None for hole in holes(one)) for one in tie.patterns
        ):
            raise EvidenceError("a length is compared with that of no variable of the claim")
        lengths = [sum(map(_least_length, one)) - 1 for one in tie.patterns]
        fixed = all(
            len(holes(one)) == 1 and not any(isinstance(piece, Token) and piece.run for piece in one) for one in tie.patterns
        )
        if at == tie.coordinate:
            at, longer = str(key), longer + min(lengths)
        elif at == key and fixed and tie.is_there:
            at, longer = tie.coordinate, longer - max(lengths)
        else:
            raise EvidenceError("a step of lengths does not begin where the one before it ends")
    if at != coordinate or longer <= 0:
        raise EvidenceError("lengths contradict nothing")


def _least_length(piece: Token | Hole) -> bool:
    return piece.default != "" if isinstance(piece, Hole) else not piece.run


def _has_runs(pieces: Pieces) -> bool:
    return any(isinstance(piece, Token) and piece.run for piece in pieces)


def holds_all_of(outer: Pieces, inner: Pieces) -> bool:
    """True only if under every assignment the outer pattern matches each text that the inner one does.

    A variable of the inner pattern is one letter that nothing else reads: the same variable of the outer one reads it, and so
    does a run that takes whatever the variable may insert.
    """
    if not holes(inner):
        return outer == inner
    written = frozenset().union(*(piece.chars for piece in (*outer, *inner) if isinstance(piece, Token)))
    unwritten = (char for char in map(chr, range(_SYMBOL, _LAST)) if char not in written)
    letters = dict(zip(dict.fromkeys(holes(inner)), unwritten, strict=False))
    every = frozenset(letters.values())
    spend(
        (len(outer) + len(inner) >> 3)
        + len(every) * (sum(piece.complement for piece in (*outer, *inner) if isinstance(piece, Token)))
    )
    open_ = frozenset(letter for hole, letter in letters.items() if not _has_no_colon(hole))
    mine = [_without(piece, every) if isinstance(piece, Token) else Token(frozenset(letters[piece])) for piece in inner]
    theirs: list[Token] = []
    for piece in outer:
        if isinstance(piece, Hole):
            theirs.append(Token(frozenset(letter for hole, letter in letters.items() if _reads(piece, hole))))
        elif piece.run and piece in _OPEN:
            theirs.append(_without(piece, _OPEN[piece](open_)))
        else:
            theirs.append(_without(piece, every))
    return not is_possible([[tuple(mine)]], [[tuple(theirs)]])


_OPEN: dict[Token, Callable[[frozenset[str]], frozenset[str]]] = {
    run(ANY): lambda _open: frozenset(),
    run(NO_COLON): lambda open_: open_,
}


def _without(token: Token, letters: frozenset[str]) -> Token:
    return token._replace(chars=token.chars | letters) if token.complement else token._replace(chars=token.chars - letters)


def _has_no_colon(hole: Hole) -> bool:
    return hole.field or (hole.key in _NEVER_A_COLON and hole.default is None)


def _reads(outer: Hole, inner: Hole) -> bool:
    """True only if the outer variable matches whatever the inner one inserts."""
    return (
        outer.key == inner.key
        and outer.twin == inner.twin
        and (outer.fold or not inner.fold)
        and (inner.default is None or inner.default == outer.default)
        and (not outer.field or _has_no_colon(inner))
    )
