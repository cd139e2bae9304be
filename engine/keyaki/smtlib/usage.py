"""Usage: what a policy asks of each coordinate of a request, and how the coordinate is therefore represented.

A *coordinate* is what varies in a request besides the key ARN: a context key, two keys that are two names of one value being
one. Where every test of a coordinate is of one typed family, it is a number, and the solver's arithmetic decides; where its text
matters too, it is a String, and order becomes regular. The second is the harder question, so it is asked only where it must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import define, field

from keyaki.catalogue import ALIAS_VALUED, MULTI_VALUED, SAME_VALUE, SORTS, Sort
from keyaki.policy import ConditionEntry, Effect, Family, Policy, TextEnum
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.matching import VARIABLE_FAMILIES, is_valid
from keyaki.reference.template import Variable, parse_template
from keyaki.smtlib.naming import TEXT_FAMILIES
from keyaki.smtlib.term import UnsupportedError
from keyaki.values import ascii_fold

CURRENT_TIME: Final = "aws:currenttime"
EPOCH_TIME: Final = "aws:epochtime"


class Kind(TextEnum):
    """What texts the values of a coordinate are."""

    STRING = "String"
    BOOL = "Bool"
    NUMERIC = "Numeric"
    DATE = "Date"
    ADDRESS = "Address"
    ARN = "Arn"
    ALIAS = "Alias"
    ACCOUNT = "Account"
    REGION = "Region"
    KEY_TYPE = "KeyType"


class Form(TextEnum):
    """How a value is represented: as a String, a Bool, a Real, an Int of seconds or an Int that stands for an address."""

    TEXT = "String"
    TRUTH = "Bool"
    REAL = "Real"
    SECONDS = "Int seconds"
    ADDRESS = "Int address"


_KINDS: Final = {
    Sort.STRING: Kind.STRING,
    Sort.BOOL: Kind.BOOL,
    Sort.NUMERIC: Kind.NUMERIC,
    Sort.DATE: Kind.DATE,
    Sort.IP: Kind.ADDRESS,
    Sort.ARN: Kind.ARN,
}
_ACCOUNTS: Final = {"kms:calleraccount": Kind.ACCOUNT}
ON_KEYS: Final = {
    "aws:resourceaccount": Kind.ACCOUNT,
    "aws:requestedregion": Kind.REGION,
    "kms:multiregionkeytype": Kind.KEY_TYPE,
}
"""Coordinates of which more is known in requests to keys than in others."""
NUMERIC_FAMILIES: Final = frozenset(family for family in Family if family.value.startswith("Numeric"))
DATE_FAMILIES: Final = frozenset(family for family in Family if family.value.startswith("Date"))
_FOLDING: Final = frozenset({Family.STRING_EQUALS_IGNORE_CASE, Family.BOOL})
_ADDRESSES: Final = frozenset({Family.IP_ADDRESS})
_BOOL: Final = frozenset({Family.BOOL})
_TYPED: Final = NUMERIC_FAMILIES | DATE_FAMILIES | _ADDRESSES
_UNMET: Final = {
    Kind.STRING: frozenset[Family](),
    Kind.BOOL: _TYPED | {Family.ARN_LIKE},
    Kind.NUMERIC: _BOOL | _ADDRESSES | {Family.ARN_LIKE},
    Kind.DATE: NUMERIC_FAMILIES | _BOOL | _ADDRESSES | {Family.BINARY_EQUALS, Family.ARN_LIKE},
    Kind.ADDRESS: NUMERIC_FAMILIES | DATE_FAMILIES | _BOOL | {Family.BINARY_EQUALS},
    Kind.ARN: _TYPED | _BOOL | {Family.BINARY_EQUALS},
    Kind.ALIAS: _TYPED | _BOOL,
    Kind.ACCOUNT: _ADDRESSES | _BOOL | {Family.ARN_LIKE},
    Kind.REGION: _TYPED | _BOOL | {Family.ARN_LIKE},
    Kind.KEY_TYPE: _TYPED | _BOOL | {Family.ARN_LIKE},
}
"""The families whose values no text of a kind meets, whatever they are: an address is no number, a Region no instant."""
_EPOCH_UNMET: Final = _BOOL | _ADDRESSES | {Family.ARN_LIKE}
_NATIVE: Final = {
    Kind.BOOL: (_BOOL, Form.TRUTH),
    Kind.NUMERIC: (NUMERIC_FAMILIES, Form.REAL),
    Kind.DATE: (NUMERIC_FAMILIES | DATE_FAMILIES, Form.SECONDS),
    Kind.ADDRESS: (_ADDRESSES, Form.ADDRESS),
}


def coordinate_of(key: str) -> str:
    """The coordinate of a context key: case folded, and the one of two names of one value."""
    folded = ascii_fold(key)
    return SAME_VALUE.get(folded, folded)


def kind_of(coordinate: str, *, on_keys: bool) -> Kind:
    """The kind of a coordinate, in requests to keys or in any requests."""
    if coordinate in ALIAS_VALUED:
        return Kind.ALIAS
    known = {**_ACCOUNTS, **(ON_KEYS if on_keys else {})}
    return known.get(coordinate) or _KINDS[SORTS.get(coordinate, Sort.STRING)]


def is_unmet(key: str, kind: Kind, family: Family) -> bool:
    """True iff no value of a context key (case folded), of a kind, meets any value under the family."""
    return family in (_EPOCH_UNMET if key == EPOCH_TIME else _UNMET[kind])


@define
class Use:
    """What a policy asks of one coordinate.

    ``kind`` is what its values are, ``is_list`` whether it is multi-valued to some policy, ``is_mixed`` whether not to all.
    ``families`` are those of its tests that some value may meet, ``text_names`` the names under which its text matters,
    ``demands`` the tests that range over its elements, ``case_matters`` whether something tells the cases of its letters apart,
    ``folds`` whether it is compared with another coordinate without case, ``splits`` whether its fields are compared with
    variables, ``whole`` whether its text as a whole matters, ``searched`` whether a pattern with a variable and a ``*`` is
    matched with it or has it inserted, ``comparisons`` how many values with a variable it is compared with, case and all.
    """

    kind: Kind
    is_list: bool = False
    is_mixed: bool = False
    families: set[Family] = field(factory=set)
    text_names: set[str] = field(factory=set)
    demands: set[object] = field(factory=set)
    case_matters: bool = False
    folds: bool = False
    splits: bool = False
    whole: bool = False
    searched: bool = False
    comparisons: int = 0

    def form(self, coordinate: str) -> Form:
        """How the coordinate is represented.

        Raises:
            UnsupportedError: its tests mix text with an order that is not regular in the encoding.
        """
        kind = self.kind
        if kind is Kind.STRING:
            return self._form_of_text(coordinate)
        if len(self.text_names & {CURRENT_TIME, EPOCH_TIME}) > 1:
            raise UnsupportedError("the texts of `aws:CurrentTime` and of `aws:EpochTime` in one policy")
        native = _NATIVE.get(kind)
        if native is None or self.text_names or not self.families <= native[0]:
            return Form.TEXT
        return native[1]

    def _form_of_text(self, coordinate: str) -> Form:
        typed = self.families & _TYPED
        if not typed:
            return Form.TEXT
        for families, form in ((NUMERIC_FAMILIES, Form.REAL), (DATE_FAMILIES, Form.REAL), (_ADDRESSES, Form.ADDRESS)):
            if self.families <= families and not self.text_names:
                return form
        raise UnsupportedError(f"typed operators beside others on the values of `{coordinate}`, which are any text")


def lists_of(policy: Policy) -> frozenset[str]:
    """The coordinates that are multi-valued to a policy."""
    return MULTI_VALUED | multi_valued_keys(policy)


def usage(policies: Sequence[Policy], *, on_keys: bool) -> dict[str, Use]:
    """The use of each coordinate that the policies mention, in requests to keys or in any requests."""
    lists_of_each = [lists_of(policy) for policy in policies]
    found = _Uses(frozenset[str]().union(*lists_of_each), frozenset[str].intersection(*lists_of_each), on_keys)
    for policy in policies:
        lists = lists_of(policy)
        for statement in policy.statements:
            for entry in statement.conditions:
                _add_test(found, entry, statement.effect, lists, policy.has_variables)
            for text in statement.resource.values if statement.resource else ():
                for name in variables(text, policy.has_variables):
                    inserted = _add_variable(found, name, lists)
                    if inserted is not None:
                        _tie(inserted, Family.STRING_LIKE, text)
    return dict(found)


class _Uses(dict[str, Use]):
    """Uses by coordinate, made when they are first asked for."""

    def __init__(self, lists: frozenset[str], lists_of_all: frozenset[str], on_keys: bool) -> None:
        super().__init__()
        self.lists = lists
        self.mixed = lists - lists_of_all
        self.on_keys = on_keys

    def __missing__(self, coordinate: str) -> Use:
        kind = kind_of(coordinate, on_keys=self.on_keys)
        return self.setdefault(coordinate, Use(kind, is_list=coordinate in self.lists, is_mixed=coordinate in self.mixed))


def variables(text: str, live: bool) -> Iterator[str]:
    """The case-folded keys of the variables in a text."""
    if live and "${" in text:
        yield from (piece.key for piece in parse_template(text, live, wildcards=False) if isinstance(piece, Variable))


def mentions_epoch(policies: Sequence[Policy]) -> bool:
    """True iff a condition or a live variable of some policy is about ``aws:EpochTime``."""
    return any(
        ascii_fold(entry.key) == EPOCH_TIME or _any_variable(entry.values, policy)
        for policy in policies
        for statement in policy.statements
        for entry in statement.conditions
    ) or any(
        _any_variable(statement.resource.values, policy)
        for policy in policies
        for statement in policy.statements
        if statement.resource
    )


def _any_variable(texts: Iterable[str], policy: Policy) -> bool:
    return any(name == EPOCH_TIME for text in texts for name in variables(text, policy.has_variables))


def _add_test(found: _Uses, entry: ConditionEntry, effect: Effect, lists: frozenset[str], live: bool) -> None:
    key, test = ascii_fold(entry.key), entry.operator
    use = found[coordinate_of(key)]
    if test.family is Family.NULL:
        return
    values = [value for value in entry.values if is_valid(test.family, value, live)]
    is_list = coordinate_of(key) in lists
    if is_list and test.quantifier is None:
        return
    if is_list:
        use.demands.add((effect, test.family, test.negated, test.quantifier, frozenset(values)))
    if values and not is_unmet(key, use.kind, test.family):
        use.families.add(test.family)
        if test.family in TEXT_FAMILIES | {Family.ARN_LIKE, Family.BINARY_EQUALS} or (
            test.family is Family.BOOL and use.kind is not Kind.BOOL
        ):
            use.text_names.add(key)
        use.case_matters |= test.family not in _FOLDING
        use.whole |= test.family is not Family.ARN_LIKE
        use.splits |= test.family is Family.ARN_LIKE and any(True for value in values for _ in variables(value, live))
    for value in values if test.family in VARIABLE_FAMILIES else ():
        for name in variables(value, live):
            _tie(use, test.family, value)
            inserted = _add_variable(found, name, lists)
            if inserted is not None:
                _tie(inserted, test.family, value)


def _tie(use: Use, family: Family, value: str) -> None:
    """Note that a coordinate is compared with a value with a variable, or inserted into one."""
    use.folds |= family is Family.STRING_EQUALS_IGNORE_CASE
    use.case_matters |= family not in _FOLDING
    use.comparisons += family not in _FOLDING
    use.searched |= family in {Family.STRING_LIKE, Family.ARN_LIKE} and "*" in value


def _add_variable(found: _Uses, name: str, lists: frozenset[str]) -> Use | None:
    """Note that the text of a key is inserted somewhere; return its use, or None where it has no text."""
    use = found[coordinate_of(name)]
    if coordinate_of(name) in lists:
        return None
    use.text_names.add(name)
    use.whole = True
    return use
