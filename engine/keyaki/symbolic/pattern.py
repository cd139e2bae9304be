"""Patterns: policy values as class globs with holes where variables stand.

A pattern is a sequence of tokens and holes. Without holes it is a glob. A hole is a policy variable: the value of its context
key is inserted there as plain text, so once the key's value is known (or the key is known to be absent, and the default
stands in) the pattern is *ground*. While it is not known, ``relaxed`` gives a superset of what the pattern can match.

The trap is absence: a hole without value and without default makes the whole pattern match nothing; it is no empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from attrs import evolve, frozen

from keyaki.automata.glob import ANY, NOT_COLON, Chars, Glob, Token, chars, folded, literal
from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Union, includes
from keyaki.catalogue import ALWAYS_PRESENT, SAME_VALUE
from keyaki.lattice.scanner import GlobScanner
from keyaki.reference.template import Dead, Template, Wildcard

ANY_TEXT = (Token(ANY, run=False), Token(ANY, run=True))
"""What a variable may insert when nothing is known of its key: one or more characters."""
FIELD = (Token(NOT_COLON, run=True),)
"""A whole field of an ARN, whatever it is."""


_MOST: Final = 512
"""How many globs one pattern may become."""


@frozen
class Hole:
    """A variable inside a pattern: the case-folded ``key``, the ``default`` or None, and how the text goes in.

    ``fold`` compares the inserted text without case. ``field`` forbids a colon in it: the pattern was split into fields
    before variables were replaced, and a field has no colon. ``twin`` marks a hole that alone makes up the text that it is
    compared with, where the two are the account of the ARN and the caller's: it matches iff they are one account.
    """

    key: str
    default: str | None
    fold: bool = False
    field: bool = False
    twin: bool = False


Piece = Token | Hole
Assignment = Mapping[str, str | None]
"""What is known of variables: coordinate to its text, or to None where it is absent (or has no single value)."""


@frozen
class Pattern:
    """A policy value compiled to pieces; equal patterns match the same texts under every assignment."""

    pieces: tuple[Piece, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The variables, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Hole))

    def under(self, known: Assignment) -> Pattern | None:
        """Return the pattern with every known variable replaced; None iff it can match nothing any more."""
        pieces: list[Piece] = []
        for piece in self.pieces:
            if not isinstance(piece, Hole) or piece.key not in known:
                pieces.append(piece)
                continue
            value = known[piece.key]
            text = piece.default if value is None else value
            if text is None or (piece.field and ":" in text):
                return None
            pieces += inserted(text, piece)
        return Pattern(tuple(pieces))

    def glob(self) -> Glob:
        """Return the glob of a pattern without holes."""
        return Glob(self.pieces)  # type: ignore[arg-type]

    def relaxed(self, texts: Callable[[Hole], Sequence[tuple[Token, ...]]]) -> tuple[Glob, ...]:
        """Return globs that together match every text the pattern matches when each hole holds one of ``texts(hole)``.

        Two holes of one key are taken apart here, which only widens the result. The number of globs is the product of the
        numbers of alternatives. Raises Exhausted where it is past all use.
        """
        choices: list[list[Token]] = [[]]
        for piece in self.pieces:
            ends = [(piece,)] if isinstance(piece, Token) else list(texts(piece))
            if len(choices) * len(ends) > _MOST:
                raise Exhausted("the variables of one pattern can be taken together in too many ways")
            if len(ends) == 1:
                for start in choices:
                    start.extend(ends[0])
            else:
                choices = [[*start, *end] for start in choices for end in ends]
        return tuple(Glob(tuple(tokens)) for tokens in choices)


def inserted(text: str, hole: Hole) -> tuple[Token, ...]:
    """Return the tokens of a text inserted at a hole: plain characters, wildcards in it included."""
    return (folded(text) if hole.fold else literal(text)).tokens


SAME_TEXT: Final = {key: other for key, other in SAME_VALUE.items() if key != "aws:epochtime"}
"""Key to the other name under which its value has the same text; the two names of the time have different texts."""


def pattern_of(template: Template, *, fold: bool = False, field: bool = False) -> Pattern | None:
    """Return the pattern of a template, or None iff a variable in it never has a value.

    With ``field`` its wildcards stay inside one colon-separated field.
    """
    pieces: list[Piece] = []
    wild = NOT_COLON if field else ANY
    for piece in template:
        if isinstance(piece, str):
            pieces += (folded(piece) if fold else literal(piece)).tokens
        elif isinstance(piece, Wildcard):
            pieces.append(Token(wild, run=piece is Wildcard.MANY))
        elif isinstance(piece, Dead):
            return None
        else:
            key = SAME_TEXT.get(piece.key, piece.key)
            pieces.append(Hole(key, None if key in ALWAYS_PRESENT else piece.default, fold, field))
    return Pattern(tuple(pieces))


def with_case(pattern: Pattern, keys: Collection[str]) -> Pattern:
    """Return the pattern in which the variables of some keys, whose texts are digits, are compared with case: it is the same."""
    digits = [isinstance(piece, Hole) and piece.fold and piece.key in keys and piece.default is None for piece in pattern.pieces]
    pairs = zip(pattern.pieces, digits, strict=True)
    return Pattern(tuple(evolve(piece, fold=False) if one else piece for piece, one in pairs)) if any(digits) else pattern  # type: ignore[misc]


def joined(patterns: Sequence[Pattern | None], separator: str = ":") -> Pattern | None:
    """Return the patterns one after another with ``separator`` between them; None iff one of them is None."""
    pieces: list[Piece] = []
    for count, pattern in enumerate(patterns):
        if pattern is None:
            return None
        if count:
            pieces += literal(separator).tokens
        pieces += pattern.pieces
    return Pattern(tuple(pieces))


def within(pattern: Pattern, kept: Chars) -> Pattern:
    """Return the pattern with every character set cut down to ``kept`` and holes kept to one field."""
    return Pattern(
        tuple(
            evolve(piece, field=True) if isinstance(piece, Hole) else Token(piece.chars & kept, piece.run)
            for piece in pattern.pieces
        )
    )


def caseless(token: Token) -> Token:
    """Return the token that reads every character that one of the token's equals without case."""
    if token.chars.complement:
        return Token(ANY, token.run)
    return Token(chars(other for char in token.chars.members for other in folded(char).tokens[0].chars.members), token.run)


def captures(pattern: Pattern, key: str, text: str) -> Iterator[str]:
    """Yield texts that a variable has when the pattern matches ``text``: a shortest and a longest one where there are several.

    Of a key with many holes the first few are looked at; one pass over pieces and text from either end for each.
    """
    for at in islice(_places(pattern, key), _FEW_HOLES):
        hole = pattern.pieces[at]
        starts = ends_of(_loose(pattern.pieces[:at]), text)
        ends = [len(text) - end for end in ends_of(_loose(pattern.pieces[:at:-1]), text[::-1])]
        pairs = [(start, end) for start in (starts[:1] + starts[-1:]) for end in (ends[:1] + ends[-1:]) if start < end]
        yield from dict.fromkeys(text[start:end] for start, end in pairs if not (hole.field and ":" in text[start:end]))  # type: ignore[union-attr]


def spans(pattern: Pattern, key: str, text: str) -> Iterator[str]:
    """Yield the texts that each variable of a key may have when the pattern matches ``text``, at most 256, the shortest first."""
    for at in islice(_places(pattern, key), _FEW_HOLES):
        starts = _outer(ends_of(_loose(pattern.pieces[:at]), text))
        ends = [len(text) - end for end in _outer(ends_of(_loose(pattern.pieces[:at:-1]), text[::-1]))]
        pairs = sorted((end - start, start) for start in starts for end in ends if start < end)
        yield from dict.fromkeys(text[start : start + size] for size, start in pairs[:_MOST_SPANS])


_MOST_SPANS: Final = 256
_FEW_HOLES: Final = 4
_MOST_ENDS: Final = 64


def _places(pattern: Pattern, key: str) -> Iterator[int]:
    return (at for at, piece in enumerate(pattern.pieces) if isinstance(piece, Hole) and piece.key == key)


def _outer(places: list[int]) -> list[int]:
    """Return the first and the last of many places: all pairs of them are looked at."""
    return places if len(places) <= _MOST_ENDS else places[: _MOST_ENDS // 2] + places[-_MOST_ENDS // 2 :]


def ends_of(glob: Glob, text: str) -> list[int]:
    """Return the lengths of the beginnings of a text that the glob matches, in order."""
    scanner = GlobScanner([glob])
    state: int | bool = scanner.start
    found = [0] if scanner.accepts(state) else []
    for place, char in enumerate(text, start=1):
        state = scanner.step(state, char)
        if state is True:  # whatever follows, it matches
            return [*found, *range(place, len(text) + 1)]
        if not state:
            break
        if scanner.accepts(state):
            found.append(place)
    return found


def _loose(pieces: Sequence[Piece]) -> Glob:
    """Return the glob of some pieces, each variable any text."""
    tokens: list[Token] = []
    for piece in pieces:
        if isinstance(piece, Token):
            tokens.append(piece)
        else:
            tokens += FIELD if piece.field else ANY_TEXT
    return Glob(tuple(tokens))


_SYMBOL: Final = 0xF0000
"""The first of the characters of the private planes of Unicode; those that the patterns do not write stand for variables."""
_LAST: Final = 0x10FFFF


def holds_all_of(outer: Pattern, inner: Pattern, meter: Meter) -> bool:
    """True only if under every assignment the outer pattern matches each text that the inner one does.

    A variable of the inner pattern is one letter that nothing else reads: the same variable of the outer one reads it, and so
    does a run that takes whatever the variable may insert.
    """
    holes = inner.holes
    written = frozenset().union(*(piece.chars.members for piece in (*outer.pieces, *inner.pieces) if isinstance(piece, Token)))
    unwritten = (char for char in map(chr, range(_SYMBOL, _LAST)) if char not in written)
    symbols = dict(zip(dict.fromkeys(holes), unwritten, strict=False))
    every = frozenset(symbols.values())
    in_field = frozenset(symbol for hole, symbol in symbols.items() if has_no_colon(hole))
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
    steps = Meter(_ENOUGH)
    try:
        return includes(Union((Glob(tuple(theirs)),)), Union((Glob(tuple(mine)),)), steps)
    except Exhausted:
        return False
    finally:
        meter.spend(min(steps.spent, _ENOUGH))


_ENOUGH: Final = 20_000


_NEVER_A_COLON: Final = frozenset({"aws:resourceaccount", "aws:requestedregion", "kms:calleraccount"})


def has_no_colon(hole: Hole) -> bool:
    """True only if what is inserted at the hole holds no colon."""
    return hole.field or (hole.key in _NEVER_A_COLON and hole.default is None)


def _reads(outer: Hole, inner: Hole) -> bool:
    """True only if the outer variable matches whatever the inner one inserts."""
    return (
        outer.key == inner.key
        and outer.twin == inner.twin
        and (outer.fold or not inner.fold)
        and (inner.default is None or inner.default == outer.default)
        and (not outer.field or has_no_colon(inner))
    )
