"""Advice: what the meaning of a policy gives its reader to know, though it is no error (sections 4 and 5 of the rule book).

The parser warns about how a policy is written; this warns about what it means: values that can match nothing, conditions
that always or never hold, lists that take a statement's effect away. It is judged from the policy alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from keyaki.catalogue import MULTI_VALUED
from keyaki.policy import ConditionEntry, Effect, Element, Family, Policy, PolicyWarning, Quantifier, Statement
from keyaki.reference.evaluate import demands, multi_valued_keys
from keyaki.reference.matching import VARIABLE_FAMILIES, is_valid, widens
from keyaki.reference.template import Dead, Variable, parse_template, six_fields
from keyaki.values import ascii_fold, truth


def advise(policy: Policy) -> tuple[PolicyWarning, ...]:
    """The warnings that the meaning of the policy gives rise to, each once, in source order. Linear in the policy."""
    multi_valued = MULTI_VALUED | multi_valued_keys(policy)
    found = (
        PolicyWarning(code, message, statement.index, statement.span)
        for statement in policy.statements
        for code, message in _of_statement(statement, policy.has_variables, multi_valued)
    )
    return tuple(dict.fromkeys(found))


_LONGEST: Final = 200  # characters of a policy's text quoted in a message
_NO_ACTION: Final = "kms:reencrypt"  # the API operation; its two permissions are ReEncryptFrom and ReEncryptTo
_Notes = Iterator[tuple[str, str]]


def _of_statement(statement: Statement, live: bool, multi_valued: frozenset[str]) -> _Notes:
    yield from _of_list("Action", statement.action, statement.effect)
    for pattern in statement.action.values:
        if len(pattern) == len(_NO_ACTION) and ascii_fold(pattern) == _NO_ACTION:
            yield "no-such-action", f"there is no action `{pattern}`; `kms:ReEncrypt*` covers ReEncryptFrom and ReEncryptTo"
    if statement.resource is not None:
        yield from _of_list("Resource", statement.resource, statement.effect)
        for pattern in statement.resource.values:
            yield from _of_pattern(pattern, live)
    demanded = {ascii_fold(entry.key) for entry in statement.conditions if demands(entry)}
    for entry in statement.conditions:
        if entry.operator.family is Family.NULL:
            yield from _of_null(entry)
        else:
            yield from _of_values(entry, statement.effect, live)
            yield from _of_quantifier(entry, statement.effect, multi_valued, demanded)


def _of_list(name: str, element: Element, effect: Effect) -> _Notes:
    if element.values:
        return
    if element.negated and effect is Effect.ALLOW:
        yield "empty-list", f"Not{name} is empty, so it excludes nothing"
    else:
        yield "empty-list", f"{'Not' if element.negated else ''}{name} is empty, so the statement has no effect"


def _of_pattern(pattern: str, live: bool) -> _Notes:
    if "${" in pattern:
        yield from _of_variables(pattern, live)
    elif pattern.count(":") >= 5:
        return  # what most patterns are: full, and without variables
    if pattern.startswith("arn:") and len(six_fields(pattern, live)) < 6:
        yield "short-arn", f"{_quoted(pattern)} has fewer than the six fields of an ARN; the missing ones are taken as `*`"


def _of_variables(text: str, live: bool) -> _Notes:
    if "${" not in text:
        return
    for piece in dict.fromkeys(parse_template(text, live=True, wildcards=False)):
        if isinstance(piece, Dead) and live:
            yield "malformed-variable", f"{_quoted(piece.text)} in {_quoted(text)} is no policy variable and never has a value"
        elif isinstance(piece, Variable) and not live:
            yield (
                "variable-not-live",
                f"{_quoted(piece.text)} in {_quoted(text)} is plain text, because Version is not 2012-10-17",
            )


def _of_values(entry: ConditionEntry, effect: Effect, live: bool) -> _Notes:
    """Warnings about the values of an entry of any operator but Null."""
    test, name = entry.operator, _name(entry)
    usable = 0
    for value in entry.values:
        if is_valid(test.family, value, live):
            usable += 1
        else:
            yield "invalid-value", f"{_quoted(value)} is not valid for `{name}` on {_quoted(entry.key)} and is dropped"
        if test.family in VARIABLE_FAMILIES:
            yield from _of_variables(value, live)
        if test.family is Family.ARN_LIKE and not widens(effect, test.negated) and len(six_fields(value, live)) < 6:
            yield (
                "short-arn",
                f"{_quoted(value)} under `{name}` on {_quoted(entry.key)} has fewer than six fields and matches nothing",
            )
    if not usable:
        yield "no-value-left", f"`{name}` on {_quoted(entry.key)} has no valid value, so no value of the key can meet it"


def _of_null(entry: ConditionEntry) -> _Notes:
    name, asked = _name(entry), {truth(value) for value in entry.values}
    if entry.operator.quantifier is not None:
        always = "always" if entry.operator.quantifier is Quantifier.FOR_ALL_VALUES else "never"
        yield (
            "null-with-set-prefix",
            f"`{name}` on {_quoted(entry.key)} {always} holds; Null without a set prefix asks whether the key is present",
        )
        return
    if None in asked:
        yield "null-value", f"`{name}` on {_quoted(entry.key)} has a value that is neither `true` nor `false` and is dropped"
    if asked <= {None}:
        yield "no-value-left", f"`{name}` on {_quoted(entry.key)} has neither `true` nor `false`, so it never holds"
    if asked >= {True, False}:
        yield "null-always", f"`{name}` on {_quoted(entry.key)} has both `true` and `false`, so it always holds"


def _of_quantifier(entry: ConditionEntry, effect: Effect, multi_valued: frozenset[str], demanded: set[str]) -> _Notes:
    """Warnings about a set prefix that is missing, has nothing to range over, or is true of a key that nothing demands."""
    test, name, key = entry.operator, _name(entry), ascii_fold(entry.key)
    if test.quantifier is None:
        if key in multi_valued:
            yield (
                "set-prefix-missing",
                f"{_quoted(entry.key)} holds a list, so `{name}` needs ForAllValues or ForAnyValue before it",
            )
        return
    if key not in multi_valued:
        yield (
            "set-prefix-needless",
            f"{_quoted(entry.key)} holds one value, so the set prefix of `{name}` has no list to range over",
        )
    if test.quantifier is Quantifier.FOR_ALL_VALUES and effect is Effect.ALLOW and key not in demanded:
        yield (
            "vacuous-for-all-values",
            f"`{name}` holds also when {_quoted(entry.key)} is absent; Null with `false` on the same key would demand it",
        )


def _quoted(text: str) -> str:
    """The text in backticks, cut where it is long: a policy may repeat a long text in every warning."""
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}...`"


def _name(entry: ConditionEntry) -> str:
    return entry.operator.name or entry.operator.family.value
