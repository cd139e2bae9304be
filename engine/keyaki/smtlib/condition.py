"""Conditions: the Bool term of one condition entry, by the table of truth of section 4."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from keyaki.policy import ConditionEntry, Effect, Family, Operator, Quantifier
from keyaki.reference.matching import is_valid, widens
from keyaki.reference.template import completed, parse_template, six_fields
from keyaki.smtlib import regex
from keyaki.smtlib.addresses import address_texts, inside
from keyaki.smtlib.cut import Hole, Piece
from keyaki.smtlib.dates import dates
from keyaki.smtlib.decimals import decimals, instants, relation_of
from keyaki.smtlib.matching import fill, folded_term, glob_term, is_true_term
from keyaki.smtlib.regex import member
from keyaki.smtlib.term import FALSE, TRUE, apply, choice, conj, disj, equal, integer, neg, real, string
from keyaki.smtlib.theory import Coordinate, Spelling, Value, View
from keyaki.smtlib.usage import DATE_FAMILIES, EPOCH_TIME, NUMERIC_FAMILIES, Form, Kind, is_unmet
from keyaki.values import ascii_fold, instant, number, truth


class Conditions:
    """The condition entries of one policy, as terms over the variables of a theory."""

    def __init__(self, theory: View, *, live: bool) -> None:
        self.theory = theory
        self.live = live

    def holds(self, entry: ConditionEntry, effect: Effect) -> str:
        """The Bool term: the entry holds, in a statement of that effect.

        Raises:
            UnsupportedError: a test has no form in the encoding.
        """
        test, coordinate = entry.operator, self.theory.coordinate(entry.key)
        if test.family is Family.NULL:
            return _null(test, entry.values, coordinate.present)
        usable = [value for value in entry.values if is_valid(test.family, value, self.live)]
        if test.negated and not usable and effect is Effect.DENY:
            return FALSE
        tests = _Tests(self.theory, coordinate, entry, widens(effect, test.negated), live=self.live)

        def passes(value: Value) -> str:
            met = disj(tests.met(value, wanted) for wanted in usable)
            return neg(met) if test.negated else met

        present, absent = coordinate.present, neg(coordinate.present)
        if test.quantifier is Quantifier.FOR_ALL_VALUES:
            return disj([absent, conj(map(passes, coordinate.values))])
        if test.quantifier is Quantifier.FOR_ANY_VALUE:
            return conj([present, disj(map(passes, coordinate.values))])
        of_list = TRUE if effect is Effect.ALLOW else FALSE
        held = of_list if coordinate.is_list else choice(coordinate.several, of_list, passes(coordinate.values[0]))
        return disj([absent, held]) if test.negated or test.if_exists else conj([present, held])


def _null(test: Operator, values: Sequence[str], present: str) -> str:
    if test.quantifier is not None:
        return TRUE if test.quantifier is Quantifier.FOR_ALL_VALUES else FALSE
    asked = {truth(value) for value in values}
    return disj([neg(present) if True in asked else FALSE, present if False in asked else FALSE])


class _Tests:
    """The tests of one entry: does a value of its coordinate meet a value of the policy, under the positive form?"""

    def __init__(self, theory: View, coordinate: Coordinate, entry: ConditionEntry, widening: bool, *, live: bool) -> None:
        self.theory = theory
        self.coordinate = coordinate
        self.key = ascii_fold(entry.key)
        self.family = entry.operator.family
        self.widening = widening
        self.live = live

    def met(self, value: Value, wanted: str) -> str:
        """The Bool term: the value is met; false of a value that is no text of the family."""
        if is_unmet(self.key, self.coordinate.kind, self.family):
            return FALSE
        return conj([value.typed, self._met(value, wanted)])

    def _met(self, value: Value, wanted: str) -> str:
        if self.family in NUMERIC_FAMILIES:
            return self._number(value.term, wanted)
        if self.family in DATE_FAMILIES:
            return self._instant(value.term, wanted)
        if self.family is Family.IP_ADDRESS:
            in_form = self.coordinate.form is Form.ADDRESS
            return inside(value.term, wanted) if in_form else member(value.term, address_texts(wanted))
        if self.family is Family.BINARY_EQUALS:
            return equal(value.term, string(wanted))
        if self.family is Family.ARN_LIKE:
            return self._arn(value, wanted)
        if self.family is Family.BOOL:
            return self._truth(value.term, wanted)
        return self._text(value.term, wanted)

    def _number(self, term: str, wanted: str) -> str:
        bound, relation = number(wanted), relation_of(self.family)
        if bound is None:
            return FALSE
        if self.coordinate.form is Form.REAL:
            return apply(relation, term, real(bound))
        if self.coordinate.form is Form.SECONDS:
            return _seconds(term, relation, bound)
        if self.coordinate.kind is Kind.DATE and EPOCH_TIME not in self.theory.use(self.coordinate.name).text_names:
            return member(term, dates(relation, bound))
        return member(term, decimals(relation, bound))

    def _instant(self, term: str, wanted: str) -> str:
        bound, relation = instant(wanted), relation_of(self.family)
        if bound is None:
            return FALSE
        if self.coordinate.form is Form.REAL:
            return apply(relation, term, real(bound))
        if self.coordinate.form is Form.SECONDS:
            return _seconds(term, relation, bound)
        if self.coordinate.kind is not Kind.DATE:
            return member(term, instants(relation, bound))
        if EPOCH_TIME in self.theory.use(self.coordinate.name).text_names:
            return member(term, decimals(relation, bound))
        return member(term, dates(relation, bound))

    def _truth(self, term: str, wanted: str) -> str:
        filled = fill(parse_template(wanted, self.live, wildcards=False), self.theory)
        ways = []
        for value in (True, False):
            if self.coordinate.form is Form.TRUTH:
                holds = term if value else neg(term)
            else:
                holds = member(term, regex.folded("true" if value else "false"))
            if filled.has_holes or filled.available == FALSE:
                ways.append(conj([holds, is_true_term(filled, value)]))
            elif truth("".join(map(str, filled.pieces))) is value:
                ways.append(holds)
        return disj(ways)

    def _text(self, term: str, wanted: str) -> str:
        folds = self.family is Family.STRING_EQUALS_IGNORE_CASE
        template = parse_template(wanted, self.live, wildcards=self.family is Family.STRING_LIKE)
        filled = fill(template, self.theory, folds=folds)
        if not folds:
            return glob_term(term, filled)
        if filled.has_holes:
            return folded_term(term, self.coordinate, filled, self.theory)
        text = "".join(piece for piece in filled.pieces if isinstance(piece, str))
        if self.coordinate.spelling is Spelling.FREE and text:
            return conj([filled.available, member(term, regex.folded(text))])
        return glob_term(term, filled)

    def _arn(self, value: Value, wanted: str) -> str:
        parts = six_fields(wanted, self.live)
        if len(parts) < 6 and not self.widening:
            return FALSE
        globs = [fill(parse_template(part, self.live, wildcards=True), self.theory) for part in completed(parts)]
        if not self.theory.use(self.coordinate.name).splits:
            available = conj(glob.available for glob in globs)
            return conj([available, member(value.term, _arn_language([glob.pieces for glob in globs]))])
        six, names = self.theory.fields(value, self.coordinate)
        return conj([six, *(glob_term(name, glob) for name, glob in zip(names, globs, strict=True))])


def _seconds(term: str, relation: str, bound: Fraction) -> str:
    """A relation of whole seconds to a bound that may lie between two."""
    if relation == "=":
        return equal(term, integer(bound.numerator)) if bound.denominator == 1 else FALSE
    return apply(relation, term, integer(math.ceil(bound) if relation in {"<", ">="} else math.floor(bound)))


def _arn_language(globs: Sequence[Sequence[Piece]]) -> str:
    """The texts of six fields each of which a glob matches; only the last may hold further colons."""
    fields = [
        regex.glob([piece for piece in pieces if not isinstance(piece, Hole)], in_field=place < len(globs) - 1)
        for place, pieces in enumerate(globs)
    ]
    return regex.sequence(
        *(part for place, field in enumerate(fields) for part in ((regex.word(":"), field) if place else (field,)))
    )
