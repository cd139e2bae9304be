"""The theory of requests: the variables of a script, and what is asserted of them before any policy is read (section 6).

What requests to keys have in common with all others stands in :class:`Theory`; :class:`KeyTheory` adds what the ARN of a key
decides, :mod:`keyaki.smtlib.space` what any resource does.

Every variable ranges over the values that its key can hold; a presence bit says whether the key is there, and the value of an
absent key is of no account. A multi-valued key is a list of as many elements as tests range over it: of a list that makes
some tests true and others false, keep for each ForAnyValue that holds an element that meets it and for each ForAllValues that
fails one that breaks it (and one element at least); what is left makes the same tests true and false. Elements may be equal,
so a shorter list is one of these too, and they need no presence bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from keyaki.catalogue import ALWAYS_PRESENT, DECRYPTION_ACTIONS, NEVER_PRESENT, PRESENT_ON_DECRYPTION, SPELLINGS
from keyaki.policy import TextEnum
from keyaki.smtlib import regex
from keyaki.smtlib.addresses import all_address_texts, is_address
from keyaki.smtlib.dates import DATES, dates
from keyaki.smtlib.decimals import SHORTEST, decimals
from keyaki.smtlib.folding import Alphabet, can_fold
from keyaki.smtlib.regex import member
from keyaki.smtlib.term import (
    FALSE,
    TRUE,
    UnsupportedError,
    apply,
    choice,
    concat,
    conj,
    disj,
    equal,
    implies,
    integer,
    neg,
    real,
    string,
)
from keyaki.smtlib.usage import CURRENT_TIME, EPOCH_TIME, Form, Kind, Use, coordinate_of, kind_of
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, ascii_fold, fold
from keyaki.verdict import Question

_SORTS: Final = {Form.TEXT: "String", Form.TRUTH: "Bool", Form.REAL: "Real", Form.SECONDS: "Int", Form.ADDRESS: "Int"}
_FIRST_EPOCH: Final = 10_000
"""The first second whose digits are no year."""
_SEVERAL: Final = 2


class Spelling(TextEnum):
    """What is known of the case of texts: SINGLE, no other text is the same without case; FOLDED, in lower case."""

    SINGLE = "single"
    FOLDED = "folded"
    FREE = "free"


def _spelling(kind: Kind, use: Use) -> Spelling:
    if kind in {Kind.ACCOUNT, Kind.NUMERIC} or EPOCH_TIME in use.text_names:
        return Spelling.SINGLE
    return Spelling.FOLDED if kind in {Kind.BOOL, Kind.ADDRESS} else Spelling.FREE


@frozen
class Value:
    """One value of a coordinate: its term, and the Bool term that says it is of its typed form (of a String key: any text)."""

    term: str
    typed: str = TRUE


@frozen
class Coordinate:
    """A coordinate of the script: the term of its presence, its values (several iff the key is multi-valued), their spelling.

    ``several`` is the Bool term that it holds more than one value although it is not multi-valued.
    """

    name: str
    kind: Kind
    form: Form
    present: str
    values: tuple[Value, ...]
    is_list: bool
    spelling: Spelling
    several: str = FALSE


class Theory:
    """The variables of a script and its assertions about requests; ``lines`` grows as coordinates are asked for.

    Subclasses declare action and resource, and say what these decide of the context.
    """

    on_keys = True
    """Whether every request is to a key."""

    def __init__(self, uses: dict[str, Use], *, epoch: bool, alphabet: Alphabet) -> None:
        self.uses = uses
        self.epoch = epoch
        self.alphabet = alphabet
        self.lines: list[str] = []
        self._coordinates: dict[str, Coordinate] = {}
        self._fields: dict[str, tuple[str, ...]] = {}

    @property
    def logic(self) -> str:
        """The logic of SMT-LIB that the variables need."""
        return "ALL" if any(line.endswith(" Real)") for line in self.lines) else "QF_SLIA"

    def use(self, name: str) -> Use:
        """What is asked of a coordinate."""
        return self.uses.get(name) or Use(kind_of(name, on_keys=self.on_keys))

    def coordinate(self, key: str) -> Coordinate:
        """The coordinate of a context key, declared when it is first asked for."""
        name = coordinate_of(key)
        if name not in self._coordinates:
            self._coordinates[name] = self._made(name)
        return self._coordinates[name]

    def folded(self, coordinate: Coordinate, term: str) -> str:
        """The text of a value of a coordinate after folding its case.

        Raises:
            UnsupportedError: its letters cannot be folded one by one.
        """
        if coordinate.spelling is not Spelling.FREE:
            return term
        if not can_fold(self.use(coordinate.name)):
            raise UnsupportedError(f"the value of `{coordinate.name}` compared without case, beside tests that tell its case")
        return self.alphabet.folded(term)

    def fields(self, value: Value, coordinate: Coordinate) -> tuple[str, tuple[str, ...]]:
        """The Bool term that a text has six fields, and the terms of its fields, which mean something where it has.

        Where nothing asks for the text as a whole, the fields alone are the value.
        """
        kind, whole_matters = coordinate.kind, self.use(coordinate.name).whole
        if value.term not in self._fields:
            number = len(self._fields)
            names = tuple(f"field-{number}-{place}" for place in range(6))
            for name in names:
                self._declare(name, "String")
            for name in names[:5]:
                self._assert(member(name, regex.star(regex.NO_COLON)))
            whole = concat(part for place, name in enumerate(names) for part in ((string(":"), name) if place else (name,)))
            if whole_matters or kind is not Kind.ARN:
                self._assert(implies(self._six(value, kind), equal(value.term, whole)))
            else:
                self._assert(equal(names[0], string("arn")))
            self._fields[value.term] = names
        return self._six(value, kind), self._fields[value.term]

    def _six(self, value: Value, kind: Kind) -> str:
        return TRUE if kind is Kind.ARN else member(value.term, regex.SIX_FIELDS)

    def _declare(self, name: str, sort: str) -> None:
        self.lines.append(f"(declare-const {name} {sort})")

    def _assert(self, term: str) -> None:
        if term != TRUE:
            self.lines.append(f"(assert {term})")

    def _made(self, name: str) -> Coordinate:
        use = self.use(name)
        return self._declared(name, use, use.form(name))

    def _declared(self, name: str, use: Use, form: Form) -> Coordinate:
        kind = use.kind
        caseless = use.folds and kind is Kind.STRING and not use.case_matters
        self.lines.append(f"; {SPELLINGS.get(name, name) if name.isascii() and name.isprintable() else 'a key'}")
        present = self._presence(name)
        count = max(1, len(use.demands)) if use.is_list else 1
        values = tuple(self._value(name, form, kind, f" {place + 1}" if count >= _SEVERAL else "") for place in range(count))
        for value in values:
            self._assert(self._universe(name, kind, form, value, use))
            if use.folds and kind in {Kind.STRING, Kind.ARN} and form is Form.TEXT:
                self._assert(member(value.term, self.alphabet.caseless if caseless else self.alphabet.mixed))
        self._assert(self._fixed(name, form, values[0], caseless=caseless))
        spelling = Spelling.FOLDED if caseless else _spelling(kind, use)
        several = self._several(name, values) if use.is_list and use.is_mixed else FALSE
        return Coordinate(name, kind, form, present, values, use.is_list, spelling, several)

    def _several(self, name: str, values: Sequence[Value]) -> str:
        """The Bool term that a coordinate which is not multi-valued to every policy holds several values; else all are one."""
        several = self._symbol("several", name)
        self._declare(several, "Bool")
        for first, second in pairwise(values):
            self._assert(disj([several, conj([equal(first.term, second.term), equal(first.typed, second.typed)])]))
        return several

    def _presence(self, name: str) -> str:
        """The Bool term that a key is present."""
        if name in NEVER_PRESENT:
            return FALSE
        if name in ALWAYS_PRESENT:
            return TRUE
        present = self._symbol("present", name)
        self._declare(present, "Bool")
        return present

    def _value(self, name: str, form: Form, kind: Kind, place: str) -> Value:
        term = self._symbol("value" + place, name)
        self._declare(term, _SORTS[form])
        if kind is not Kind.STRING or form is Form.TEXT:
            return Value(term)
        typed = self._symbol("typed" + place, name)
        self._declare(typed, "Bool")
        return Value(term, typed)

    def _symbol(self, role: str, name: str) -> str:
        if name.isascii() and name.isprintable() and "|" not in name and "\\" not in name:
            return f"|{role} {SPELLINGS.get(name, name)}|"
        return f"|{role} of key {sorted(self.uses).index(name)}|"

    def _universe(self, name: str, kind: Kind, form: Form, value: Value, use: Use) -> str:
        """What texts or numbers the values of a coordinate are."""
        term = value.term
        if form is Form.TRUTH:
            return TRUE
        if form is Form.ADDRESS:
            return is_address(term)
        if form is Form.SECONDS:
            first = _FIRST_EPOCH if name == CURRENT_TIME and self.epoch else FIRST_INSTANT
            return conj([apply("<=", integer(first), term), apply("<=", term, integer(LAST_INSTANT))])
        if form is Form.REAL:
            if not any(family.value.startswith("Date") for family in use.families):
                return TRUE
            return conj([apply("<=", real(Fraction(FIRST_INSTANT)), term), apply("<", term, real(Fraction(LAST_INSTANT + 1)))])
        return self._text_universe(name, kind, term, use)

    def _text_universe(self, name: str, kind: Kind, term: str, use: Use) -> str:
        if kind is Kind.DATE and EPOCH_TIME in use.text_names:
            digits = regex.sequence(regex.chars("19"), regex.star(regex.DIGIT))
            ends = (decimals(">=", Fraction(_FIRST_EPOCH)), decimals("<=", Fraction(LAST_INSTANT)))
            return conj(member(term, language) for language in (digits, *ends))
        if kind is Kind.DATE:
            late = [dates(">=", Fraction(_FIRST_EPOCH))] if name == CURRENT_TIME and self.epoch else []
            return conj(member(term, language) for language in (DATES, *late))
        languages = {
            Kind.NUMERIC: SHORTEST,
            Kind.ARN: regex.ARN,
            Kind.ALIAS: regex.ALIAS,
            Kind.ACCOUNT: regex.ACCOUNT,
            Kind.BOOL: regex.either([regex.word("true"), regex.word("false")]),
            Kind.KEY_TYPE: regex.either([regex.word("PRIMARY"), regex.word("REPLICA")]),
        }
        if kind is Kind.ADDRESS:
            return member(term, all_address_texts())
        return member(term, languages[kind]) if kind in languages else neg(equal(term, string("")))

    def _fixed(self, name: str, form: Form, value: Value, *, caseless: bool) -> str:  # noqa: ARG002 - for subclasses
        """The Bool term: a coordinate has a value that the theory allows it; ``caseless`` texts are in lower case."""
        if name == "aws:principalisawsservice":
            return neg(value.term) if form is Form.TRUTH else equal(value.term, string("false"))
        return TRUE


class KeyTheory(Theory):
    """The theory of requests for some actions on keys of a partition."""

    def __init__(self, question: Question, uses: dict[str, Use], *, epoch: bool, alphabet: Alphabet) -> None:
        super().__init__(uses, epoch=epoch, alphabet=alphabet)
        self.question = question
        self.lines += ["; the action, case folded, and the key ARN by its fields"]
        for name in ("action", "region", "account", "key", "resource"):
            self._declare(name, "String")
        self._assert(disj(equal("action", string(ascii_fold(action))) for action in self.question.actions))
        self._assert(member("region", regex.REGION))
        self._assert(member("account", regex.ACCOUNT))
        self._assert(disj([member("key", regex.UUID_KEY), member("key", regex.MRK_KEY)]))
        head = string(f"arn:{self.question.partition}:kms:")
        self._assert(equal("resource", concat([head, "region", string(":"), "account", string(":"), "key"])))

    @property
    def decrypts(self) -> str:
        """The Bool term: the action is a decryption."""
        asked = [action for action in self.question.actions if action in DECRYPTION_ACTIONS]
        if len(asked) == len(self.question.actions):
            return TRUE
        return disj(equal("action", string(ascii_fold(action))) for action in asked)

    @property
    def replicable(self) -> str:
        """The Bool term: the key is a multi-Region key."""
        return apply("str.prefixof", string("key/mrk-"), "key")

    def _made(self, name: str) -> Coordinate:
        tied = {
            "aws:resourceaccount": (Kind.ACCOUNT, "account", Spelling.SINGLE),
            "aws:requestedregion": (Kind.REGION, "region", Spelling.FOLDED),
        }.get(name)
        if tied is not None:
            return Coordinate(name, tied[0], Form.TEXT, TRUE, (Value(tied[1]),), is_list=False, spelling=tied[2])
        if name == "kms:multiregion":
            form = self.use(name).form(name)
            term = self.replicable if form is Form.TRUTH else choice(self.replicable, string("true"), string("false"))
            return Coordinate(name, Kind.BOOL, form, TRUE, (Value(term),), is_list=False, spelling=Spelling.FOLDED)
        return super()._made(name)

    def _presence(self, name: str) -> str:
        if name == "kms:multiregionkeytype":
            return self.replicable
        if name not in PRESENT_ON_DECRYPTION:
            return super()._presence(name)
        if self.decrypts == TRUE:
            return TRUE
        present = super()._presence(name)
        self._assert(implies(self.decrypts, present))
        return present

    def _fixed(self, name: str, form: Form, value: Value, *, caseless: bool) -> str:
        only = "ENCRYPT_DECRYPT"
        if name == "kms:keyusage":
            return implies(self.decrypts, equal(value.term, string(fold(only) if caseless else only)))
        return super()._fixed(name, form, value, caseless=caseless)


class View:
    """A theory as one policy sees it: ``lists`` are the coordinates that are multi-valued to that policy.

    A coordinate that is so to another policy only holds one value, or several, which the policy takes for a list.
    """

    def __init__(self, theory: Theory, lists: frozenset[str]) -> None:
        self.theory = theory
        self.lists = lists

    def coordinate(self, key: str) -> Coordinate:
        """The coordinate of a context key."""
        found = self.theory.coordinate(key)
        if found.name in self.lists:
            return evolve(found, several=FALSE)
        return evolve(found, is_list=False) if found.is_list else found

    def use(self, name: str) -> Use:
        """What is asked of a coordinate."""
        return self.theory.use(name)

    def folded(self, coordinate: Coordinate, term: str) -> str:
        """The text of a value after folding its case. Raises UnsupportedError as the theory does."""
        return self.theory.folded(coordinate, term)

    def fields(self, value: Value, coordinate: Coordinate) -> tuple[str, tuple[str, ...]]:
        """The six fields of a value, as the theory gives them."""
        return self.theory.fields(value, coordinate)
