"""Matching with variables: a text against a glob into which other texts are inserted.

A pattern without variables is a regular expression. One with variables and no wildcard is an equation of words. One with both is
cut at its ``*``: the first stretch stands at the start, the last at the end, and each between at its leftmost place after the
one before (``str.indexof``), which is enough, as for every glob. So the term is the same whether the match is wanted or
forbidden, and no quantifier is needed. What has no such form is a ``?`` between texts in a stretch between two ``*``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from keyaki.reference.template import Dead, Template, Variable, Wildcard
from keyaki.smtlib import regex
from keyaki.smtlib.cut import Hole, Piece
from keyaki.smtlib.regex import member
from keyaki.smtlib.term import FALSE, TRUE, UnsupportedError, apply, choice, concat, conj, equal, neg, string, total
from keyaki.smtlib.theory import Coordinate, Spelling, View
from keyaki.smtlib.usage import Form, Kind
from keyaki.values import fold

_WITHOUT_COLONS: Final = frozenset({Kind.BOOL, Kind.NUMERIC, Kind.ACCOUNT, Kind.REGION, Kind.KEY_TYPE})


@frozen
class Filled:
    """A template with terms for its variables; ``available`` says that each has a value.

    ``single`` says that no other text is the same as an inserted one without case.
    """

    pieces: tuple[Piece, ...]
    available: str
    single: bool

    @property
    def has_holes(self) -> bool:
        """True iff a variable stands in it."""
        return any(isinstance(piece, Hole) for piece in self.pieces)


def fill(template: Template, theory: View, *, folds: bool = False) -> Filled:
    """Put the terms of the variables into a template; ``folds`` folds the case of what it holds.

    Raises:
        UnsupportedError: the text of a variable is not at hand, or cannot be folded.
    """
    pieces: list[Piece] = []
    needs: list[str] = []
    single = True
    for piece in template:
        if isinstance(piece, Variable):
            coordinate = theory.coordinate(piece.key)
            default = fold(piece.default) if folds and piece.default is not None else piece.default
            inserted, need = _inserted(coordinate, default, theory if folds else None)
            needs.append(need)
            pieces += inserted
            single &= coordinate.spelling is Spelling.SINGLE and regex.is_caseless(default or "")
        elif isinstance(piece, Dead):
            needs.append(FALSE)
        else:
            pieces.append(fold(piece) if folds and isinstance(piece, str) else piece)
    return Filled(tuple(pieces), conj(needs), single)


def _inserted(coordinate: Coordinate, default: str | None, folding: View | None) -> tuple[list[Piece], str]:
    """What is inserted for a variable, and the Bool term that it has a value."""
    if coordinate.is_list or coordinate.present == FALSE:
        return [default] if default else [], FALSE if default is None else TRUE
    if coordinate.form is not Form.TEXT:
        raise UnsupportedError(f"the text of `{coordinate.name}` as a variable")
    value = coordinate.values[0].term
    value = folding.folded(coordinate, value) if folding else value
    has_value = conj([coordinate.present, neg(coordinate.several)])
    in_field = coordinate.kind in _WITHOUT_COLONS and ":" not in (default or "")
    if default is None:
        return [Hole(value, in_field)], has_value
    return [Hole(choice(has_value, value, string(default)), in_field)], TRUE


def folded_term(subject: str, coordinate: Coordinate, filled: Filled, theory: View) -> str:
    """The Bool term: the subject, a value of a coordinate, equals a folded text with variables without case; each has a value.

    Where the inserted texts have no other spelling, those between them are compared in their places; else the subject is folded.

    Raises:
        UnsupportedError: it cannot be.
    """
    if coordinate.spelling is Spelling.FREE and filled.single:
        return conj([filled.available, *_folded_in_place(subject, filled.pieces)])
    return glob_term(theory.folded(coordinate, subject), filled)


def _folded_in_place(subject: str, pieces: Sequence[Piece]) -> list[str]:
    if all(isinstance(piece, Hole) or regex.is_caseless(str(piece)) for piece in pieces):
        return [equal(subject, _text(pieces))]
    found = [equal(apply("str.len", subject), _length(pieces))]
    for place, piece in enumerate(pieces):
        stands = apply("str.substr", subject, _length(pieces[:place]), _length([piece]))
        found.append(equal(stands, piece.term) if isinstance(piece, Hole) else member(stands, regex.folded(str(piece))))
    return found


def glob_term(subject: str, filled: Filled) -> str:
    """The Bool term: the text of the subject matches, and each variable has a value."""
    return conj([filled.available, _matches(subject, filled.pieces)])


def is_true_term(filled: Filled, value: bool) -> str:
    """The Bool term: the text without wildcards reads as a truth value."""
    return conj([filled.available, member(_text(filled.pieces), regex.folded("true" if value else "false"))])


def _text(pieces: Iterable[Piece]) -> str:
    return concat(piece.term if isinstance(piece, Hole) else string(str(piece)) for piece in pieces)


def _matches(subject: str, pieces: tuple[Piece, ...]) -> str:
    if not any(isinstance(piece, Wildcard) for piece in pieces):
        return equal(subject, _text(pieces))
    plain = [piece for piece in pieces if not isinstance(piece, Hole)]
    if len(plain) == len(pieces):
        return member(subject, regex.glob(plain))
    return _searched(subject, _stretches(pieces))


def _stretches(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces between the ``*``; each ``?`` that follows one moves before it, which is the same language."""
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece is Wildcard.MANY:
            found.append([])
        elif piece is Wildcard.ONE and len(found) > 1 and not found[-1]:
            found[-2].append(piece)
        else:
            found[-1].append(piece)
    return found


def _searched(subject: str, stretches: list[list[Piece]]) -> str:
    size = apply("str.len", subject)
    if len(stretches) == 1:
        return conj([equal(size, _length(stretches[0])), *_standing(subject, stretches[0], "0")])
    first, *middle, last = stretches
    if not any(middle):
        apart = [apply(">=", size, _length([*first, *last]))] if (first and last) or Wildcard.ONE in [*first, *last] else []
        return conj([*apart, *_starting(subject, first), *_ending(subject, last)])
    wanted, place = _starting(subject, first), _length(first)
    wanted.append(apply(">=", size, place))
    for stretch in middle:
        texts = [piece for piece in stretch if piece is not Wildcard.ONE]
        if texts != stretch[: len(texts)]:
            raise UnsupportedError("a `?` between texts after a `*`, in a pattern with a variable")
        if texts:
            place = apply("str.indexof", subject, _text(texts), place)
            wanted.append(apply(">=", place, "0"))
        place = total(len(stretch) - len(texts), [place, *_lengths(texts)])
    wanted.append(apply("<=", total(0, [place, _length(last)]), size))
    return conj([*wanted, *_ending(subject, last)])


def _starting(subject: str, stretch: list[Piece]) -> list[str]:
    """The stretch stands at the start of the subject, which is long enough."""
    if Wildcard.ONE in stretch:
        return _standing(subject, stretch, "0")
    return [apply("str.prefixof", _text(stretch), subject)] if stretch else []


def _ending(subject: str, stretch: list[Piece]) -> list[str]:
    """The stretch stands at the end of the subject, which is long enough."""
    if Wildcard.ONE in stretch:
        return _standing(subject, stretch, apply("-", apply("str.len", subject), _length(stretch)))
    return [apply("str.suffixof", _text(stretch), subject)] if stretch else []


def _standing(subject: str, stretch: list[Piece], place: str) -> list[str]:
    """The texts of a stretch stand in the subject from a place on, which is long enough."""
    found: list[str] = []
    texts: list[Piece] = []
    passed: list[Piece] = []
    for piece in [*stretch, Wildcard.ONE]:
        if piece is not Wildcard.ONE:
            texts.append(piece)
            continue
        if texts:
            start = total(0, [place, _length(passed)]) if passed else place
            found.append(equal(apply("str.substr", subject, start, _length(texts)), _text(texts)))
        passed += [*texts, piece]
        texts = []
    return found


def _length(stretch: Sequence[Piece]) -> str:
    constant = sum(len(piece) if isinstance(piece, str) else 0 for piece in stretch)
    return total(constant + sum(piece is Wildcard.ONE for piece in stretch), _lengths(stretch, texts=False))


def _lengths(stretch: Sequence[Piece], *, texts: bool = True) -> list[str]:
    constant = sum(len(piece) for piece in stretch if isinstance(piece, str)) if texts else 0
    sizes = [apply("str.len", piece.term) for piece in stretch if isinstance(piece, Hole)]
    return [str(constant), *sizes] if constant else sizes
