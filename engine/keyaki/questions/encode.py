"""Encode: statements as regions of the whole request space, and regions within one case of it.

Where the resource decides the value of a context key depends on the case, so a general region keeps ``aws:ResourceAccount`` and
``aws:RequestedRegion`` as coordinates of their own; within a case they move to the resource or stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

from keyaki.automata.glob import ANY, NOT_COLON, Token, folded, literal
from keyaki.catalogue import SAME_VALUE
from keyaki.lattice.predicate import Predicate, TextPredicate, TruthPredicate
from keyaki.policy import ConditionEntry, Element, Policy, Statement
from keyaki.questions.space import ACCOUNT, ALWAYS, REGION, From, Reads, SpaceCase, lifted
from keyaki.reference.template import Dead, Template, Variable, parse_template, six_fields
from keyaki.symbolic.atom import Atom, Tied, under
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.lift import ACCOUNT_KEY, CALLER_KEY, REGION_KEY, twins
from keyaki.symbolic.pattern import Assignment, Hole, Pattern, pattern_of, with_case, within
from keyaki.symbolic.theory import RESOURCE
from keyaki.values import ascii_fold

QUERY: Final = -2
"""What stands for the question itself where places name statements; what it asks of a free field says nothing of the ARN's."""
FREE_KEYS = {ACCOUNT_KEY: ACCOUNT, REGION_KEY: REGION}
_FIELD_KEYS = {ACCOUNT: ACCOUNT_KEY, REGION: REGION_KEY}
_ANY_RUN = Token(ANY, run=True)
_FILLING = (*literal(":").tokens, _ANY_RUN)


class SpaceEncoder(Encoder):
    """Encodes the statements of one policy; ``several`` are further keys that hold several values in the requests asked about."""

    accounts = frozenset({CALLER_KEY})

    def __init__(self, policy: Policy, several: frozenset[str] = frozenset()) -> None:
        super().__init__(policy, "aws")
        self.multi |= several

    def _arn_patterns(self, text: str, widening: bool) -> Iterable[Pattern]:
        if text == "*":
            return [Pattern((_ANY_RUN,))]
        flat = self._pattern(parse_template(text, self.live, wildcards=True))
        if flat is None:
            return []
        parts = six_fields(text, self.live) if text.startswith("arn:") else ()
        if len(parts) in {0, 6}:
            return [_aligned(flat)]
        full = Pattern(flat.pieces + _FILLING * (6 - len(parts)))
        return [full, flat] if widening else [full]

    def _held(self, index: int, element: Element) -> list[Atom] | None:
        keys: list[str] = []
        for text in element.values:
            for piece in parse_template(text, self.live, wildcards=True):
                if isinstance(piece, Dead):
                    return None
                if isinstance(piece, Variable) and piece.default is None:
                    if piece.key in self.multi:
                        return None
                    keys.append(FREE_KEYS.get(piece.key, SAME_VALUE.get(piece.key, piece.key)))
        return [Atom(key, False, True, place=(index, f"has {key}")) for key in dict.fromkeys(keys)]

    def _pattern(self, template: Template, *, fold: bool = False, field: bool = False) -> Pattern | None:
        pattern = pattern_of(template, fold=fold, field=field)
        if pattern is None or not pattern.holes:
            return pattern
        defaults = iter([piece.default for piece in template if isinstance(piece, Variable)])
        pieces = tuple(_defaulted(piece, next(defaults)) if isinstance(piece, Hole) else piece for piece in pattern.pieces)
        found = with_case(Pattern(pieces), self.accounts).under(dict.fromkeys(self.multi))
        return None if found is None else _renamed(found, FREE_KEYS)

    def _condition(self, statement: Statement, entry: ConditionEntry, place: tuple[int, str]) -> Atom | bool:
        key = FREE_KEYS.get(ascii_fold(entry.key))
        atom = super()._condition(statement, evolve(entry, key=key) if key else entry, place)
        if isinstance(atom, Atom) and isinstance(atom.present, Tied) and atom.coordinate in {ACCOUNT, CALLER_KEY}:
            other = CALLER_KEY if atom.coordinate == ACCOUNT else ACCOUNT
            patterns = tuple(_twin(pattern) if _is_hole(pattern, other) else pattern for pattern in atom.present.patterns)
            return evolve(atom, present=Tied(patterns, atom.present.boolean))
        return _oriented(atom) if isinstance(atom, Atom) else atom


def _defaulted(hole: Hole, default: str | None) -> Hole:
    """Return the variable with its default, where the key may be absent: only KMS keys have some that count as always present."""
    return hole if hole.key in ALWAYS else evolve(hole, default=default)


def _oriented(atom: Atom) -> Atom:
    """Return the atom that two keys are equal, or that they are not, on the first of them in alphabetical order.

    Written either way it is one test: equal keys are both present, and keys are not equal where one of them is absent.
    """
    test = atom.present
    if (
        not isinstance(test, Tied)
        or len(test.patterns) != 1
        or test.boolean
        or atom.quantifier
        or atom.absent is not atom.inverted
    ):
        return atom
    (pattern,) = test.patterns
    (hole,) = pattern.holes if len(pattern.pieces) == 1 else (None,)
    if hole is None or hole.default is not None or hole.field or hole.key >= atom.coordinate or atom.epoch:
        return atom
    if hole.key == "aws:epochtime":
        return atom
    return evolve(atom, coordinate=hole.key, present=Tied((Pattern((evolve(hole, key=atom.coordinate),)),)))


def _is_hole(pattern: Pattern, key: str) -> bool:
    return len(pattern.pieces) == 1 and isinstance(pattern.pieces[0], Hole) and pattern.pieces[0].key == key


def _twin(pattern: Pattern) -> Pattern:
    return Pattern(tuple(evolve(hole, twin=True) for hole in pattern.holes))


def _aligned(pattern: Pattern) -> Pattern:
    """Return the pattern, its variable marked as a twin if it is the caller's account and the account of every ARN matched."""
    colons = 0
    for at, piece in enumerate(pattern.pieces):
        if isinstance(piece, Hole):
            after = pattern.pieces[at + 1 : at + 2]
            if (
                colons == 4
                and piece.key == CALLER_KEY
                and piece.default is None
                and after == _COLON
                and pattern.pieces[at - 1 : at] == _COLON
            ):
                return Pattern((*pattern.pieces[:at], evolve(piece, twin=True), *pattern.pieces[at + 1 :]))
            return pattern
        if piece.run or len(piece.chars.members) != 1 or piece.chars.complement:
            return pattern
        colons += piece == _COLON[0]
    return pattern


_COLON = literal(":").tokens


def _renamed(pattern: Pattern, names: dict[str, str]) -> Pattern:
    if not any(hole.key in names for hole in pattern.holes):
        return pattern
    pieces = pattern.pieces
    return Pattern(
        tuple(evolve(piece, key=names.get(piece.key, piece.key)) if isinstance(piece, Hole) else piece for piece in pieces)
    )


def reads(regions: Iterable[Region], mixed: frozenset[str]) -> Reads:
    """Return what the regions read."""
    keys: set[str] = set()
    own = False
    regions_ = tuple(regions)
    for region in regions_:
        for atom in region.atoms:
            keys.add(atom.coordinate)
            if isinstance(atom.present, Tied):
                for hole in atom.present.holes:
                    keys.add(SAME_VALUE.get(hole.key, hole.key))
                    own = own or (hole.twin and atom.coordinate in {ACCOUNT, CALLER_KEY})
    typed = frozenset(
        ACCOUNT if atom.coordinate == CALLER_KEY and own else atom.coordinate
        for region in regions_
        for atom in region.atoms
        if not isinstance(atom.present, (bool, TextPredicate, TruthPredicate)) and not _is_text(atom.present)
    )
    return Reads(frozenset(keys), own, tuple(sorted(mixed & keys)), typed & _FIELD_KEYS.keys())


def _is_text(test: Predicate | Tied) -> bool:
    return isinstance(test, Tied) and not test.boolean


def within_case(region: Region, case: SpaceCase, known: Assignment) -> Region | None:
    """Return the region with the case's decisions put in; None iff nothing of it lies in the case."""
    atoms: list[Atom] = []
    for atom in region.atoms:
        placed = _placed(atom, case)
        if placed is False:
            return None
        if isinstance(placed, Atom):
            atoms.append(under(placed, known))
    return Region(region.statement, region.effect, tuple(atoms))


def _placed(atom: Atom, case: SpaceCase) -> Atom | bool:
    if atom.quantifier is not None and atom.coordinate in case.single:
        atom = evolve(atom, quantifier=None)
    if isinstance(atom.present, Tied):
        atom = evolve(atom, present=_tied(atom.present, case, of_resource=atom.coordinate == RESOURCE))
    if case.own and atom.coordinate == CALLER_KEY:
        atom = evolve(atom, coordinate=ACCOUNT)
    source = {ACCOUNT: case.account, REGION: case.region}.get(atom.coordinate)
    if source is not None and source is not From.FREE and atom.place[0] == QUERY:
        return True
    return _lifted(atom) if source is From.ARN else atom


def ties(case: SpaceCase) -> Iterator[Atom]:
    """Yield atoms that tie the ARN to those of its fields that are coordinates apart."""
    for key, source in ((ACCOUNT, case.account), (REGION, case.region)):
        if source is From.APART:
            test = Tied((Pattern(_whole(Pattern((Hole(key, None, field=True),)), key)),))
            yield Atom(RESOURCE, False, test, place=(QUERY, key))


def _tied(test: Tied, case: SpaceCase, *, of_resource: bool) -> Tied | Predicate:
    patterns = test.patterns
    if case.own is not None:
        patterns = tuple(filter(None, (twins(pattern, case.own) for pattern in patterns)))
    names = {CALLER_KEY: ACCOUNT} if case.own else {}
    found = [_renamed(_renamed(pattern, names), _of_arn(case)) for pattern in patterns]
    if of_resource:
        found = [other for pattern in found for other in _own_fields(pattern)]
    return Tied(tuple(found), test.boolean).under({})


def _own_fields(pattern: Pattern) -> list[Pattern]:
    """Return patterns that together match the same ARNs, with variables settled that are a field of the ARN that they stand in.

    Where nothing before the variable can take a colon, it is the field, so any field does. Where only a lone ``*`` for the
    Region can, the ARNs that align with the pattern are put beside it; they are all there is where the rest of the pattern is
    ``*``.
    """
    for at, piece in enumerate(pattern.pieces):
        if (
            isinstance(piece, Hole)
            and piece.key in _AT
            and pattern.pieces[at - 1 : at] == pattern.pieces[at + 1 : at + 2] == _COLON
        ):
            before, after = pattern.pieces[:at], pattern.pieces[at + 1 :]
            aligned = _aligned_start(before, _AT[piece.key])
            if aligned is not None:
                found = _own_fields(Pattern((*aligned, *_FIELD_TEXT, *after)))
                return found if aligned == before or after == _FILLING else [*found, pattern]
    return [pattern]


_AT = {REGION_KEY: 3, ACCOUNT_KEY: 4}
_FIELD_TEXT = (Token(NOT_COLON, run=False), Token(NOT_COLON, run=True))


def _aligned_start(pieces: tuple[Token | Hole, ...], colons: int) -> tuple[Token | Hole, ...] | None:
    """Return the pieces before a field with a lone ``*`` for the Region kept to it; None if they are of another shape."""
    seen = 0
    found: list[Token | Hole] = []
    for at, piece in enumerate(pieces):
        if isinstance(piece, Hole):
            return None
        if piece == _ANY_RUN and seen == 3 and pieces[at - 1 : at] == pieces[at + 1 : at + 2] == _COLON:
            found.append(Token(NOT_COLON, run=True))
            continue
        if piece.run or piece.chars.complement or len(piece.chars.members) != 1:
            return None
        seen += piece == _COLON[0]
        found.append(piece)
    return tuple(found) if seen == colons else None


def _of_arn(case: SpaceCase) -> dict[str, str]:
    sources = {ACCOUNT: case.account, REGION: case.region}
    return {key: _FIELD_KEYS[key] for key, source in sources.items() if source is From.ARN}


def _lifted(atom: Atom) -> Atom | bool:
    """Return the atom of the resource that is true of an ARN iff the atom is true of the ARN's field."""
    test = atom.present
    if isinstance(test, bool):
        return test
    if isinstance(test, TextPredicate):
        patterns = [Pattern(glob.tokens) for glob in test.of.globs]
    elif isinstance(test, TruthPredicate):
        patterns = [Pattern(folded("true" if value else "false").tokens) for value in sorted(test.of.values)]
    elif isinstance(test, Tied) and not test.boolean:
        patterns = list(test.patterns)
    else:
        message = f"`{_FIELD_KEYS[atom.coordinate]}` is tested as something else than a text, and not apart"
        raise TypeError(message)
    globs = tuple(Pattern(_whole(pattern, atom.coordinate)) for pattern in patterns)
    return evolve(atom, coordinate="resource", present=Tied(globs).under({}), quantifier=None)


def _whole(pattern: Pattern, coordinate: str) -> tuple[Token | Hole, ...]:
    field = within(pattern, NOT_COLON).pieces
    return lifted(account=field) if coordinate == ACCOUNT else lifted(region=field)  # type: ignore[return-value]
