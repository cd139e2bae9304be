"""Encode: a statement as a region of requests, a conjunction of atoms.

Here stands what each condition operator means on each kind of key: the truth table of section 4 is :func:`_table`. What the
ARN decides (``aws:ResourceAccount``, ``aws:RequestedRegion``) becomes a test of the resource itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeVar

from attrs import evolve, frozen

from keyaki.automata.glob import NOT_COLON, Token, literal, wildcard
from keyaki.catalogue import MULTI_VALUED, SAME_VALUE
from keyaki.lattice.addresses import Addresses
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets
from keyaki.lattice.instants import Instants
from keyaki.lattice.intervals import Intervals
from keyaki.lattice.predicate import (
    AddressPredicate,
    EpochPredicate,
    InstantPredicate,
    NumberPredicate,
    OctetsPredicate,
    Predicate,
)
from keyaki.policy import ConditionEntry, Effect, Element, Family, Policy, Quantifier, Statement
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.matching import is_valid, widens
from keyaki.reference.template import Dead, Template, Variable, completed, fields, parse_template, six_fields
from keyaki.symbolic.atom import Atom, Tied, predicate_of
from keyaki.symbolic.keyarn import is_account, is_region, kind_of
from keyaki.symbolic.lift import ACCOUNT_KEY, ARN_KEYS, CALLER_KEY, REGION_KEY, lift
from keyaki.symbolic.names import names_other_service
from keyaki.symbolic.pattern import ANY_TEXT, FIELD, SAME_TEXT, Hole, Pattern, joined, pattern_of, with_case
from keyaki.values import ascii_fold, instant, network, number, octets, truth

RESOURCE: Final = "resource"
Domain_ = TypeVar("Domain_", bound=Intervals)
_COMPARISONS: Final[dict[str, Callable[[Any, Fraction], Any]]] = {
    "LessThan": lambda kind, bound: kind.below(bound),
    "LessThanEquals": lambda kind, bound: kind.below(bound, inclusive=True),
    "GreaterThan": lambda kind, bound: kind.above(bound),
    "GreaterThanEquals": lambda kind, bound: kind.above(bound, inclusive=True),
}


@frozen
class Region:
    """The requests that a statement applies to: those of which every atom is true. ``statement`` is the 0-based index."""

    statement: int
    effect: Effect
    atoms: tuple[Atom, ...]


class Encoder:
    """Encodes the statements of one policy for keys of one partition."""

    accounts = frozenset({ACCOUNT_KEY, CALLER_KEY})
    """The keys whose text is always 12 digits."""

    def __init__(self, policy: Policy, partition: str) -> None:
        self.live = policy.has_variables
        self.partition = partition
        self.multi = MULTI_VALUED | multi_valued_keys(policy)
        self.words = ("arn", partition, "kms")
        self.head = _head(partition)

    def region(self, statement: Statement) -> Region | None:
        """Return the region of a statement, or None iff it applies to no request on a key ARN of the partition."""
        atoms: list[Atom] = []
        resource = self._resource(statement, statement.resource) if statement.resource else []
        if resource is None:
            return None
        atoms += resource
        for number_of, entry in enumerate(statement.conditions):
            atom = self._condition(statement, entry, (statement.index, f"condition {number_of}"))
            if isinstance(atom, Atom):
                atoms.append(atom)
            elif not atom:
                return None
        return Region(statement.index, statement.effect, tuple(atoms))

    # Resource and NotResource

    def _resource(self, statement: Statement, element: Element) -> list[Atom] | None:
        """Return the atoms of Resource or NotResource, or None iff the statement never applies."""
        allow = statement.effect is Effect.ALLOW
        if not element.values and not (allow and element.negated):
            return None
        widening = widens(statement.effect, element.negated)
        atoms: list[Atom] = []
        if element.negated and not allow:
            held = self._held(statement.index, element)
            if held is None:
                return None
            atoms += held
        patterns = [pattern for text in element.values for pattern in self._arn_patterns(text, widening)]
        if _EVERYTHING in patterns:
            return None if element.negated else atoms
        if patterns:
            test = _test(patterns)
            atoms.append(Atom(RESOURCE, False, test, element.negated, place=(statement.index, "resource")))
        elif not element.negated:
            return None
        return atoms

    def _held(self, index: int, element: Element) -> list[Atom] | None:
        """Return atoms saying that every variable of a Deny's NotResource has a value; None iff one never has."""
        keys: list[str] = []
        for text in element.values:
            for piece in parse_template(text, self.live, wildcards=True):
                if isinstance(piece, Dead):
                    return None
                if not isinstance(piece, Variable) or piece.default is not None:
                    continue
                if piece.key in self.multi:
                    return None
                if piece.key not in ARN_KEYS:
                    keys.append(SAME_VALUE.get(piece.key, piece.key))
        return [Atom(key, False, True, place=(index, f"has {key}")) for key in dict.fromkeys(keys)]

    def _arn_patterns(self, text: str, widening: bool) -> Iterable[Pattern]:
        """Return the patterns that a Resource or NotResource text stands for, cut down to key ARNs of the partition."""
        if text == "*":
            return [_EVERYTHING]
        if not text.startswith("arn:"):
            flat = self._pattern(parse_template(text, self.live, wildcards=True))
            return [flat] if flat else []
        if names_other_service(text):
            return []
        parts = fields(text, self.live)
        if len(parts) > 6:
            return []
        found = [self._fields_pattern(completed(parts))]
        if len(parts) < 6 and widening:
            found.append(self._pattern(parse_template(text, self.live, wildcards=True)))
        return [pattern for pattern in found if pattern is not None]

    def _fields_pattern(self, parts: Sequence[str]) -> Pattern | None:
        """Return the pattern of six fields, each kept to itself; None iff it cannot match a key ARN of the partition.

        Nearly always there is nothing to be looked at field by field (4 microseconds instead of 14).
        """
        if all(part in (word, "*") for part, word in zip(parts, self.words, strict=False)) and "$" not in "".join(parts[3:]):
            if _is_no_key(*(_WILD.split(part) for part in parts[3:])):
                return None
            return Pattern(self.head + _within_fields(":".join(parts[3:])))
        templates = [parse_template(part, self.live, wildcards=True) for part in parts]
        if _is_no_key(*templates[3:]):
            return None
        patterns: list[Pattern | None] = []
        for template, word in zip(templates, self.words, strict=False):
            if template == (word,):
                patterns.append(_word(word))
                continue
            pattern = self._pattern(template, field=True)
            if pattern is None or (not pattern.holes and not pattern.glob().matches(word)):
                return None
            patterns.append(pattern if pattern.holes else _word(word))
        patterns += [self._pattern(template, field=True) for template in templates[3:]]
        return joined(
            [
                *patterns[:3],
                *(_own_field(key, pattern) for key, pattern in zip((REGION_KEY, ACCOUNT_KEY, ""), patterns[3:], strict=True)),
            ]
        )

    def _pattern(self, template: Template, *, fold: bool = False, field: bool = False) -> Pattern | None:
        """Return the pattern of a template; a multi-valued key has no value, so its variable is its default or nothing."""
        pattern = pattern_of(template, fold=fold, field=field)
        if pattern is None or not pattern.holes:
            return pattern
        return with_case(pattern, self.accounts).under(dict.fromkeys(self.multi))

    # Conditions

    def _condition(self, statement: Statement, entry: ConditionEntry, place: tuple[int, str]) -> Atom | bool:
        """Return the atom of a condition entry, or its truth where that is the same for every request."""
        key = ascii_fold(entry.key)
        operator = entry.operator
        if operator.family is Family.NULL:
            return _null(key, entry, place)
        deny = statement.effect is Effect.DENY
        if operator.negated and deny and not any(is_valid(operator.family, value, self.live) for value in entry.values):
            return False
        widening = widens(statement.effect, operator.negated)
        test = self._patterns_test(key, operator.family, entry.values, widening) or _typed(operator.family, entry.values)
        atom = _table(key, entry, test, multi=key in self.multi, deny=deny, place=place)
        return lift(atom, self.partition, key) if key in ARN_KEYS else atom

    def _patterns_test(self, key: str, family: Family, values: Sequence[str], widening: bool) -> Predicate | Tied | None:
        """Return the test of a String, Arn or Bool operator, or None for the families that variables never enter."""
        if family is Family.ARN_LIKE:
            patterns = [_related(self._arn_condition(value, widening), key) for value in values]
        elif family in {Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE, Family.BOOL}:
            like, fold = family is Family.STRING_LIKE, family is Family.STRING_EQUALS_IGNORE_CASE
            patterns = [self._pattern(parse_template(value, self.live, wildcards=like), fold=fold) for value in values]
            relate = _related_truth if family is Family.BOOL else _related
            patterns = [relate(pattern, key) for pattern in patterns]
        else:
            return None
        return _test([pattern for pattern in patterns if pattern is not None], boolean=family is Family.BOOL)

    def _arn_condition(self, value: str, widening: bool) -> Pattern | None:
        parts = six_fields(value, self.live)
        if len(parts) < 6 and not widening:
            return None
        templates = [parse_template(part, self.live, wildcards=True) for part in completed(parts)]
        return joined([self._pattern(template, field=place < 5) for place, template in enumerate(templates)])


_EVERYTHING: Final = Pattern(pattern_of(parse_template("*", live=False, wildcards=True)).pieces)  # type: ignore[union-attr]


_IN_FIELD: Final = {char: wildcard(char, NOT_COLON).tokens[0] for char in map(chr, range(32, 127))}


def _within_fields(text: str) -> tuple[Token, ...]:
    """Return the tokens of some fields of a pattern, colons between them."""
    try:
        return tuple(map(_IN_FIELD.__getitem__, text))
    except KeyError:
        return wildcard(text, NOT_COLON).tokens


@cache
def _head(partition: str) -> tuple[Token, ...]:
    return literal(f"arn:{partition}:kms:").tokens


def _written(field: Sequence[object]) -> str | None:
    """Return the text that a field is, or None where it is a pattern."""
    return "" if not field else field[0] if len(field) == 1 and isinstance(field[0], str) else None


_WILD: Final = re.compile(r"[*?]")


def _is_no_key(region: Sequence[object], account: Sequence[object], key: Sequence[object]) -> bool:
    """True if no key ARN has fields that begin with these texts, or are these texts where nothing follows.

    So it is with the patterns of aliases, and with an empty account. A first piece that is no text begins with anything.
    """
    written = [_written(field) for field in (region, account, key)]
    if written[0] is not None and not is_region(written[0]):
        return True
    if written[1] is not None and not is_account(written[1]):
        return True
    if written[2] is not None:
        return not written[2].startswith("key/") or kind_of(written[2][4:]) is None
    start = key[0] if key and isinstance(key[0], str) else ""
    return not start.startswith("key/") and not "key/".startswith(start)


@cache
def _word(text: str) -> Pattern | None:
    return pattern_of((text,))


def _is_hole(pattern: Pattern, key: str) -> bool:
    """True iff the pattern is the variable alone, or with runs beside it; those hold nothing where the length is fixed."""
    holes = pattern.holes
    others = (piece for piece in pattern.pieces if isinstance(piece, Token))
    return len(holes) == 1 and holes[0].key == key and all(token.run for token in others)


def _twin(pattern: Pattern) -> Pattern:
    return Pattern(tuple(evolve(hole, twin=True) for hole in pattern.holes))


def _own_field(key: str, pattern: Pattern | None) -> Pattern | None:
    """Return the pattern of a field of a key ARN, where one variable may be all of it: its own value, or the caller's account."""
    if pattern is None or not pattern.holes:
        return pattern
    if _is_hole(pattern, key):
        return Pattern(FIELD)
    return _twin(pattern) if key == ACCOUNT_KEY and _is_hole(pattern, CALLER_KEY) else pattern


def _related(pattern: Pattern | None, key: str) -> Pattern | None:
    """Return the pattern of a value of ``key`` with what is known of a variable in it that ties the key to itself.

    Where the value is looked at, the key is present, so its default is dead. A text is matched by itself between runs, and never
    by itself and one more character. The account of the ARN and the caller's match iff they are one account.
    """
    if pattern is None or not pattern.holes:
        return pattern
    key = SAME_TEXT.get(key, key)
    if (key == ACCOUNT_KEY and _is_hole(pattern, CALLER_KEY)) or (key == CALLER_KEY and _is_hole(pattern, ACCOUNT_KEY)):
        return _twin(pattern)
    pattern = Pattern(
        tuple(evolve(piece, default=None) if isinstance(piece, Hole) and piece.key == key else piece for piece in pattern.pieces)
    )
    if not any(hole.key == key for hole in pattern.holes) or any(hole.default is not None for hole in pattern.holes):
        return pattern
    others = len(pattern.holes) - 1 + sum(isinstance(piece, Token) and not piece.run for piece in pattern.pieces)
    return None if others else Pattern(ANY_TEXT)


def _related_truth(pattern: Pattern | None, key: str) -> Pattern | None:
    """Return the pattern of a truth value of ``key``: itself and more is no truth value; itself alone stays a variable.

    More that may be empty, variables whose default is the empty text, leaves it itself alone.
    """
    own, pieces = SAME_TEXT.get(key, key), pattern.pieces if pattern else ()
    mine = [piece for piece in pieces if isinstance(piece, Hole) and piece.key == own]
    more = [piece for piece in pieces if not isinstance(piece, Hole) or (piece.key != own and piece.default != "")]
    return None if mine and (more or len(mine) > 1) else pattern


def _test(patterns: Sequence[Pattern], *, boolean: bool = False) -> Predicate | Tied:
    different = tuple(dict.fromkeys(patterns)) if len(patterns) > 1 else tuple(patterns)
    return Tied(different, boolean) if any(pattern.holes for pattern in different) else predicate_of(different, boolean)


def _typed(family: Family, values: Sequence[str]) -> Predicate:
    """Return the test of an operator whose values are numbers, dates, bytes or addresses; values that are none are left out."""
    if family is Family.BINARY_EQUALS:
        return OctetsPredicate(Octets(frozenset(found for value in values if (found := octets(value)) is not None)))
    if family is Family.IP_ADDRESS:
        return AddressPredicate(_union(Addresses, (Addresses.network(*span) for value in values if (span := network(value)))))
    name = family.value
    if name.startswith("Numeric"):
        return NumberPredicate(_joined(Numbers, name.removeprefix("Numeric"), map(number, values)))
    return InstantPredicate(_joined(Instants, name.removeprefix("Date"), map(instant, values)))


def _joined(kind: type[Domain_], comparison: str, bounds: Iterable[Fraction | None]) -> Domain_:
    """Return the values that compare so with some bound; a bound that is no value of the kind is None and left out."""
    known = [bound for bound in bounds if bound is not None]
    if comparison == "Equals":
        return kind.only(*known)
    compare = _COMPARISONS[comparison]
    found: list[Domain_] = [compare(kind, bound) for bound in known]
    return _union(kind, found)


def _union(kind: type[Domain_], sets: Iterable[Domain_]) -> Domain_:
    """Return the values in some of the sets; nearly always there is one."""
    found = list(sets)
    return found[0] if len(found) == 1 else kind.union(found)


def _null(key: str, entry: ConditionEntry, place: tuple[int, str]) -> Atom | bool:
    """Return the atom of Null: ``true`` asks for absence, ``false`` for presence; under a set prefix it is constant."""
    if entry.operator.quantifier is not None:
        return entry.operator.quantifier is Quantifier.FOR_ALL_VALUES
    asked = {truth(value) for value in entry.values}
    if True in asked and False in asked:
        return True
    if True not in asked and False not in asked:
        return False
    if key in ARN_KEYS:
        return False in asked
    return Atom(SAME_VALUE.get(key, key), True in asked, False in asked, place=place)


def _table(  # noqa: PLR0913
    key: str, entry: ConditionEntry, test: Predicate | Tied, *, multi: bool, deny: bool, place: tuple[int, str]
) -> Atom:
    """Return the atom that the table of section 4 gives for an operator's form on a key."""
    operator = entry.operator
    quantifier = operator.quantifier
    absent = quantifier is Quantifier.FOR_ALL_VALUES if quantifier else operator.negated or operator.if_exists
    coordinate = SAME_VALUE.get(key, key)
    if multi and quantifier is None:
        return Atom(coordinate, absent, not deny, place=place)
    epoch = key == "aws:epochtime"
    if epoch and not isinstance(test, Tied):
        test = EpochPredicate(test)
    return Atom(coordinate, absent, test, operator.negated, quantifier if multi else None, epoch, place)
