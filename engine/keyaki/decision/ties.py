"""Ties: what the tied literals of a box say of whole texts, whatever their variables hold.

A literal that must hold, and whose test is one variable alone, makes the text of its coordinate and the variable's one text, or
one text but for case. Names of one text are *linked*, step by step from the coordinate that is asked about. Any other tied
literal that must hold makes its coordinate's text at least as long as the variable's and what stands beside it; a cycle of such
steps that comes back longer is a contradiction.

A step is made only from a text that is there: what is asked of an absent key says nothing of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from attrs import evolve

from keyaki.automata.glob import Glob, Token, literal
from keyaki.catalogue import SAME_VALUE
from keyaki.decision.refutation import Ref, ref
from keyaki.policy import Quantifier
from keyaki.symbolic.atom import Literal, Tied
from keyaki.symbolic.lift import ACCOUNT_KEY, ARN_KEYS, CALLER_KEY, REGION_KEY
from keyaki.symbolic.pattern import ANY_TEXT, Hole, Pattern, caseless, has_no_colon
from keyaki.symbolic.theory import RESOURCE, Facts, FreshKeys

Literals = Mapping[str, tuple[Literal, ...]]
COLON: Final = literal(":").tokens[0]
_LONGEST: Final = 8
"""Steps of a cycle of lengths; longer ones are not looked for."""


class Same(NamedTuple):
    """Names of the text of one coordinate, its own among them, and the literals that say so; with ``fold``, but for case."""

    coordinate: str
    names: frozenset[str]
    links: frozenset[Ref]
    fold: bool

    def renamed(self, pattern: Pattern) -> Pattern | None:
        """Return the pattern with every variable that holds the coordinate's own text named so; None iff it matches nothing.

        The text is there, so a default is dead. A text is matched by itself between runs, and never by itself and one character
        more.
        """
        own = [isinstance(piece, Hole) and self._is_own(piece) for piece in pattern.pieces]
        pieces = tuple(
            evolve(piece, key=self.coordinate, default=None) if mine and isinstance(piece, Hole) else piece
            for piece, mine in zip(pattern.pieces, own, strict=True)
        )
        holes = [piece for piece in pieces if isinstance(piece, Hole)]
        if not any(own) or any(hole.default is not None for hole in holes):
            return Pattern(pieces)
        if len(holes) > 1 or _plain_length(pieces):
            return None
        return Pattern(pieces) if holes[0].field else Pattern(ANY_TEXT)

    def _is_own(self, hole: Hole) -> bool:
        return hole.key in self.names and (hole.fold or not self.fold) and not hole.twin


class Tie(NamedTuple):
    """A tied literal that must hold: its coordinate, its patterns, and further literals by which defaults in them are dead."""

    coordinate: str
    patterns: tuple[Pattern, ...]
    literal: Literal
    cites: frozenset[Ref]
    is_there: bool

    @property
    def alone(self) -> Hole | None:
        """The variable that alone makes up the one pattern, or None."""
        pieces = self.patterns[0].pieces if len(self.patterns) == 1 else ()
        hole = pieces[0] if len(pieces) == 1 else None
        return hole if isinstance(hole, Hole) and hole.default is None and not hole.field else None


class Step(NamedTuple):
    """The text of ``start`` is at least ``longer`` characters longer than that of ``end``, by a tie with the variable ``key``."""

    start: str
    end: str
    longer: int
    tie: Tie
    key: str


def same(box: Literals, coordinate: str, facts: Callable[[str], Facts], *, fold: bool) -> Same:
    """Return the names that the text of a coordinate has, if it has one; with ``fold`` also those that are alike but for case."""
    names, links = {coordinate}, set()
    steps = [(tie, hole.key) for tie in _ties(box, facts) if (hole := tie.alone) is not None and (fold or not hole.fold)]
    others: dict[str, list[tuple[str, Tie]]] = {}
    for tie, key in steps:
        others.setdefault(tie.coordinate, []).append((key, tie))
        if tie.is_there:
            others.setdefault(key, []).append((tie.coordinate, tie))
    pending = [coordinate]
    for name in pending:
        for other, tie in others.get(name, ()):
            if other not in names:
                names.add(other)
                links |= {ref(tie.literal), *tie.cites}
                pending.append(other)
    return Same(coordinate, frozenset(names), frozenset(links), fold)


def is_caseless(test: Tied | tuple[Glob, ...]) -> bool:
    """True iff the test is true of a text iff it is true of every text that equals it but for case."""
    if isinstance(test, Tied):
        pieces = [piece for pattern in test.patterns for piece in pattern.pieces]
    else:
        pieces = [token for glob in test for token in glob.tokens]
    return all(piece.fold if isinstance(piece, Hole) else caseless(piece) == piece for piece in pieces)


def growing(box: Literals, coordinate: str, facts: Callable[[str], Facts]) -> list[Step]:
    """Return steps that lead from the text of a coordinate back to it and make it longer than itself; [] if there are none."""
    steps: dict[str, list[Step]] = {}
    for step in _steps(box, facts):
        steps.setdefault(step.start, []).append(step)
    pending: list[list[Step]] = [[step] for step in steps.get(coordinate, ())]
    for path in pending:
        if path[-1].end == coordinate:
            if sum(step.longer for step in path) > 0:
                return path
        elif len(path) < _LONGEST and len(pending) < _MOST_PATHS:
            seen = {step.start for step in path}
            pending += [[*path, step] for step in steps.get(path[-1].end, ()) if step.end == coordinate or step.end not in seen]
    return []


_MOST_PATHS: Final = 400


def _steps(box: Literals, facts: Callable[[str], Facts]) -> Iterator[Step]:
    for tie in _ties(box, facts):
        keys = [{hole.key for hole in pattern.holes if hole.default is None} for pattern in tie.patterns]
        lengths = [
            _plain_length(pattern.pieces) + sum(hole.default != "" for hole in pattern.holes) - 1 for pattern in tie.patterns
        ]
        both_ways = tie.is_there and all(len(pattern.holes) == 1 and not _has_runs(pattern) for pattern in tie.patterns)
        for key in sorted(set.intersection(*keys)) if keys else ():
            yield Step(tie.coordinate, key, min(lengths), tie, key)
            if both_ways:
                yield Step(key, tie.coordinate, -max(lengths), tie, key)


def _ties(box: Literals, facts: Callable[[str], Facts]) -> Iterator[Tie]:
    """Yield the tied literals that must hold of the one text of a coordinate, or of a field of the ARN."""
    for coordinate, literals in box.items():
        for one in literals:
            atom, test = one.atom, one.atom.present
            if not isinstance(test, Tied) or one.truth == atom.inverted or atom.quantifier is not None:
                continue
            if test.boolean or atom.epoch or any(hole.twin or hole.key == "aws:epochtime" for hole in test.holes):
                continue
            there = {hole.key: found for hole in test.holes if (found := presence(box, hole)) is not None}
            patterns = tuple(_without_defaults(pattern, there) for pattern in test.patterns)
            cites = frozenset(there.values())
            if coordinate == RESOURCE:
                for key, parts in _of_fields(patterns) if is_key(facts) else ():
                    yield Tie(key, parts, one, cites, is_there=True)
            else:
                if coordinate == CALLER_KEY:
                    patterns = tuple(
                        Pattern(tuple(_whole(piece, coordinate) for piece in pattern.pieces)) for pattern in patterns
                    )
                yield Tie(coordinate, patterns, one, cites, atom.absent != one.truth or not facts(coordinate).may_be_absent)


def effort(box: Literals) -> int:
    """Return about how many microseconds it takes to find the ties of a box."""
    tests = [one.atom.present for literals in box.values() for one in literals if isinstance(one.atom.present, Tied)]
    patterns = [pattern for test in tests if isinstance(test, Tied) for pattern in test.patterns]
    defaults = sum(hole.default is not None for pattern in patterns for hole in pattern.holes)
    return 10 * len(patterns) + sum(len(pattern.pieces) for pattern in patterns) + defaults * len(patterns)


def is_key(facts: Callable[[str], Facts]) -> bool:
    """True iff the resource is always the ARN of a KMS key."""
    return isinstance(facts(RESOURCE).universe, FreshKeys)


def _of_fields(patterns: Sequence[Pattern]) -> Iterator[tuple[str, tuple[Pattern, ...]]]:
    """Yield the patterns of the Region and of the account, where every pattern of an ARN is split into its fields."""
    split = [fields_of_arn(pattern) for pattern in patterns]
    for place, key in ((3, REGION_KEY), (4, ACCOUNT_KEY)) if all(split) else ():
        yield key, tuple(Pattern(tuple(_whole(piece, key) for piece in parts[place])) for parts in split)


def _whole(piece: Token | Hole, key: str) -> Token | Hole:
    """Return a piece of what a key's whole text is compared with; the digits of an account have no case."""
    return evolve(piece, field=False, fold=piece.fold and key not in _ACCOUNTS) if isinstance(piece, Hole) else piece


_ACCOUNTS: Final = frozenset({ACCOUNT_KEY, CALLER_KEY})


def presence(box: Literals, hole: Hole) -> Ref | None:
    """Return the literal by which the key of a variable is there and its default dead; None where there is no default."""
    if hole.default is None or hole.key in ARN_KEYS:
        return None
    there = next((one for one in box.get(hole.key, ()) if one.atom.absent != one.truth), None)
    if there is None:
        tied = (one for literals in box.values() for one in literals if isinstance(one.atom.present, Tied))
        there = next((one for one in tied if hole.key in required(one)), None)
    return None if there is None else ref(there)


def _without_defaults(pattern: Pattern, there: Mapping[str, Ref]) -> Pattern:
    if not there:
        return pattern
    return Pattern(
        tuple(evolve(one, default=None) if isinstance(one, Hole) and one.key in there else one for one in pattern.pieces)
    )


def _plain_length(pieces: tuple[Token | Hole, ...]) -> int:
    return sum(isinstance(piece, Token) and not piece.run for piece in pieces)


def _has_runs(pattern: Pattern) -> bool:
    return any(isinstance(piece, Token) and piece.run for piece in pattern.pieces)


def home(hole: Hole) -> str:
    """Return the coordinate that decides the value of a variable."""
    return RESOURCE if hole.key in ARN_KEYS else SAME_VALUE.get(hole.key, hole.key)


def required(one: Literal) -> list[str]:
    """Return the coordinates that must be present for a tied literal: a variable without value and default matches nothing."""
    atom = one.atom
    if not isinstance(atom.present, Tied) or one.truth in {atom.absent, atom.inverted}:
        return []
    if atom.quantifier is Quantifier.FOR_ALL_VALUES:
        return []
    keys = [{home(hole) for hole in pattern.holes if hole.default is None} for pattern in atom.present.patterns]
    return sorted(set.intersection(*keys) - {RESOURCE}) if keys else []


def fields_of_arn(pattern: Pattern) -> list[list[Token | Hole]]:
    """Return the six fields of a pattern of ARNs; [] unless nothing but five plain colons in it can read one."""
    found = fields(pattern)
    inside = (piece for pieces in found for piece in pieces)
    colons = any(piece.reads(":") if isinstance(piece, Token) else not has_no_colon(piece) for piece in inside)
    return [] if colons or len(found) != _FIELDS else found


_FIELDS: Final = 6


def fields(pattern: Pattern) -> list[list[Token | Hole]]:
    """Return what stands between the plain colons of a pattern."""
    found: list[list[Token | Hole]] = [[]]
    for piece in pattern.pieces:
        if piece == COLON:
            found.append([])
        else:
            found[-1].append(piece)
    return found
