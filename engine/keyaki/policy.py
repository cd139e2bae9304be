"""The abstract syntax of IAM policies: immutable values, no algorithms.

A policy is what its text means, not how it was laid out: a scalar and a list of one are the same value, spans take no part
in equality, and condition entries are kept in source order.
Source of the language: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from keyaki.errors import Span


class TextEnum(str, Enum):
    """A closed set of texts; a member prints as its value under every Python version."""

    __hash__ = str.__hash__  # that of Enum is written in Python, and members are looked up in every loop

    def __str__(self) -> str:
        return str(self.value)


class Effect(TextEnum):
    """What a statement does to the requests that it applies to."""

    ALLOW = "Allow"
    DENY = "Deny"


class Family(TextEnum):
    """How an operator compares one request value with one policy value."""

    STRING_EQUALS = "StringEquals"
    STRING_EQUALS_IGNORE_CASE = "StringEqualsIgnoreCase"
    STRING_LIKE = "StringLike"
    ARN_LIKE = "ArnLike"
    NUMERIC_EQUALS = "NumericEquals"
    NUMERIC_LESS_THAN = "NumericLessThan"
    NUMERIC_LESS_THAN_EQUALS = "NumericLessThanEquals"
    NUMERIC_GREATER_THAN = "NumericGreaterThan"
    NUMERIC_GREATER_THAN_EQUALS = "NumericGreaterThanEquals"
    DATE_EQUALS = "DateEquals"
    DATE_LESS_THAN = "DateLessThan"
    DATE_LESS_THAN_EQUALS = "DateLessThanEquals"
    DATE_GREATER_THAN = "DateGreaterThan"
    DATE_GREATER_THAN_EQUALS = "DateGreaterThanEquals"
    BOOL = "Bool"
    BINARY_EQUALS = "BinaryEquals"
    IP_ADDRESS = "IpAddress"
    NULL = "Null"


class Quantifier(TextEnum):
    """The set prefix of an operator."""

    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


@frozen
class Operator:
    """A condition operator taken apart.

    ``ForAnyValue:StringNotLikeIfExists`` is (STRING_LIKE, negated, if_exists, FOR_ANY_VALUE).

    ArnEquals and ArnLike are one family, as AWS documents. ``name`` is the text as written and takes no part in equality.
    """

    family: Family
    negated: bool = False
    if_exists: bool = False
    quantifier: Quantifier | None = None
    name: str = field(default="", eq=False)


@frozen
class ConditionEntry:
    """One operator, one context key, its values: the entry holds iff the key's value in the request passes the operator.

    ``key`` is as written (compare it case-folded). ``values`` are source texts: numbers as written, booleans ``true``/``false``.
    """

    operator: Operator
    key: str
    values: tuple[str, ...]


@frozen
class Element:
    """Action, NotAction, Resource, NotResource, or one kind of Principal or NotPrincipal: values with a polarity.

    ``negated`` is True for the Not form. ``values`` are as written. ``kind`` is the principal type (``AWS``, ``Service``,
    ``Federated``, ``CanonicalUser``) or, of the bare ``"*"`` and outside principals, empty.
    """

    negated: bool
    values: tuple[str, ...]
    kind: str = ""


@frozen
class Statement:
    """One statement. ``resource`` is None only where a principal stands; ``principals`` is empty in identity policies.

    ``index`` counts from 0 in source order. ``span`` covers the statement's braces, or is None for decoded objects.
    """

    index: int
    effect: Effect
    action: Element
    resource: Element | None
    conditions: tuple[ConditionEntry, ...] = ()
    sid: str | None = None
    principals: tuple[Element, ...] = ()
    span: Span | None = field(default=None, eq=False)


@frozen
class PolicyWarning:
    """Something a reader of the policy should know that is no error: ``code`` in kebab case, a message, its place if known."""

    code: str
    message: str
    statement: int | None = None
    span: Span | None = None


@frozen
class Policy:
    """A whole policy document. ``version`` is ``2012-10-17`` or ``2008-10-17`` (also when missing from the text).

    ``text`` is the source (None for decoded objects) and ``warnings`` what the parser noticed; neither takes part in equality.
    """

    version: str
    statements: tuple[Statement, ...]
    id: str | None = None
    text: str | None = field(default=None, eq=False, repr=False)
    warnings: tuple[PolicyWarning, ...] = field(default=(), eq=False, repr=False)

    @property
    def has_variables(self) -> bool:
        """True iff the version makes policy variables live."""
        return self.version == "2012-10-17"

    @property
    def is_identity(self) -> bool:
        """True iff no statement names a principal."""
        return not any(statement.principals for statement in self.statements)


@frozen
class Request:
    """One concrete request. ``context`` maps a context key to its text, or to a list of texts for a multi-valued key.

    A key that ``context`` lacks is absent. ``resource`` is an ARN or ``*``.
    """

    action: str
    resource: str
    context: dict[str, str | list[str]] = field(factory=dict, hash=False)


class Decision(TextEnum):
    """What a policy says of one request."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
