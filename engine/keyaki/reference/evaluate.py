"""The evaluator: what a policy says of one request, read off the rule book statement by statement.

This is the specification in executable form (sections 2, 4 and 5 of the rule book): obvious first, and linear, so that
every witness can be replayed by it. It takes the context literally and adds nothing to it: a key that the context lacks is
absent, and no key is derived from the resource or from another key.

Choices where the rule book is silent. A list of one value given for a key that is single-valued is that value. A longer list
makes the key multi-valued in that request: an operator without set prefix then holds in an Allow and fails in a Deny, and the
key has no value as a variable. A single text given for a multi-valued key is a list of one. ``Null`` asks for presence alone,
so it needs no set prefix on a multi-valued key.
"""

from __future__ import annotations

from keyaki.catalogue import MULTI_VALUED
from keyaki.errors import QuestionError, ResourcePolicyError
from keyaki.policy import ConditionEntry, Decision, Effect, Element, Family, Operator, Policy, Quantifier, Request, Statement
from keyaki.reference.matching import Place, action_matches, is_valid, meets, resource_matches, widens
from keyaki.values import ascii_fold, truth


def allows(policy: Policy, request: Request) -> Decision:
    """Judge one request by an identity policy.

    Returns EXPLICIT_DENY iff a Deny statement applies, ALLOW iff an Allow statement applies and no Deny does, IMPLICIT_DENY iff
    no statement applies. Linear in the policy times the length of the texts of the request.

    Raises:
        ResourcePolicyError: a statement names a principal; this judges identity policies.
        QuestionError: the action is not ``service:Name``, the resource is neither an ARN nor ``*``, a context value is not a text
            or a list of texts, or two context keys are one key in two spellings.
    """
    context = Context(policy, request)
    decision = Decision.IMPLICIT_DENY
    for statement in policy.statements:
        if applies(statement, context):
            if statement.effect is Effect.DENY:
                return Decision.EXPLICIT_DENY
            decision = Decision.ALLOW
    return decision


class Context:
    """One request before one policy: the request checked, its keys case folded, and which of them hold lists.

    ``multi_valued`` are the keys that hold lists, where the caller has asked :func:`multi_valued_keys` already. Raises as
    :func:`allows` does.
    """

    def __init__(self, policy: Policy, request: Request, multi_valued: frozenset[str] | None = None) -> None:
        if not policy.is_identity:
            raise ResourcePolicyError("this is a resource policy; requests are judged by identity policies")
        _check(request)
        self.request = request
        self.live = policy.has_variables
        self._values = _folded(request.context)
        self._multi_valued = MULTI_VALUED | (multi_valued_keys(policy) if multi_valued is None else multi_valued)

    def values(self, key: str) -> tuple[str, ...]:
        """The values of a key, none iff it is absent."""
        return self._values.get(ascii_fold(key), ())

    def is_list(self, key: str) -> bool:
        """True iff the value of the key is a list: the key is multi-valued, or the request gives it several values."""
        return ascii_fold(key) in self._multi_valued or len(self.values(key)) > 1

    def value_of(self, key: str) -> str | None:
        """The value of a single-valued key as a variable, None iff it has none."""
        values = self.values(key)
        return values[0] if values and not self.is_list(key) else None


def multi_valued_keys(policy: Policy) -> frozenset[str]:
    """The case-folded keys outside ``aws:`` and ``kms:`` that a condition of the policy uses with a set prefix."""
    used = (
        ascii_fold(entry.key)
        for statement in policy.statements
        for entry in statement.conditions
        if entry.operator.quantifier is not None
    )
    return frozenset(key for key in used if not key.startswith(("aws:", "kms:")))


def applies(statement: Statement, context: Context) -> bool:
    """True iff action, resource and every condition of the statement hold."""
    return (
        action_holds(statement, context)
        and resource_holds(statement, context)
        and all(entry_holds(entry, statement.effect, context) for entry in statement.conditions)
    )


def action_holds(statement: Statement, context: Context) -> bool:
    """True iff the statement's Action or NotAction covers the action of the request."""
    element = statement.action
    if not element.values:
        return _empty_holds(element, statement.effect)
    return any(action_matches(pattern, context.request.action) for pattern in element.values) != element.negated


def resource_holds(statement: Statement, context: Context) -> bool:
    """True iff the statement's Resource or NotResource covers the resource of the request.

    An entry with a variable without a value matches nothing; in the NotResource of a Deny it makes the statement not apply.
    """
    element = statement.resource
    if element is None or not element.values:
        return element is not None and _empty_holds(element, statement.effect)
    place = Place(context.live, widens(statement.effect, element.negated), context.value_of)
    matched = [resource_matches(pattern, context.request.resource, place) for pattern in element.values]
    if element.negated and statement.effect is Effect.DENY and None in matched:
        return False
    return (True in matched) != element.negated


def entry_holds(entry: ConditionEntry, effect: Effect, context: Context) -> bool:
    """True iff the condition entry holds: the table of truth of section 4, row by row."""
    test, values = entry.operator, context.values(entry.key)
    if test.family is Family.NULL:
        return _null_holds(test, entry.values, present=bool(values))
    usable = [value for value in entry.values if is_valid(test.family, value, context.live)]
    if test.negated and not usable and effect is Effect.DENY:
        return False
    place = Place(context.live, widens(effect, test.negated), context.value_of)

    def passes(found: str) -> bool:
        return any(meets(test.family, found, value, place) for value in usable) != test.negated

    if test.quantifier is Quantifier.FOR_ALL_VALUES:
        return all(passes(found) for found in values)
    if test.quantifier is Quantifier.FOR_ANY_VALUE:
        return any(passes(found) for found in values)
    if not values:
        return test.negated or test.if_exists
    if context.is_list(entry.key):
        return effect is Effect.ALLOW
    return passes(values[0])


def demands(entry: ConditionEntry) -> bool:
    """True iff the entry fails when its key is absent."""
    test = entry.operator
    if test.quantifier is not None:
        return test.quantifier is Quantifier.FOR_ANY_VALUE
    if test.family is Family.NULL:
        return not any(truth(value) for value in entry.values)
    return not test.negated and not test.if_exists


def _null_holds(test: Operator, values: tuple[str, ...], *, present: bool) -> bool:
    """Null: ``true`` holds of an absent key, ``false`` of a present one; a set prefix makes it constant."""
    if test.quantifier is not None:
        return test.quantifier is Quantifier.FOR_ALL_VALUES
    return any(truth(value) is not present for value in values if truth(value) is not None)


def _empty_holds(element: Element, effect: Effect) -> bool:
    """An empty list takes the statement's effect away, but in a Not form of an Allow, where it excludes nothing."""
    return element.negated and effect is Effect.ALLOW


def _check(request: Request) -> None:
    if not isinstance(request.action, str) or not isinstance(request.resource, str) or not isinstance(request.context, dict):
        raise QuestionError("the action and resource of a request are texts, and its context maps keys to values")
    service, colon, name = request.action.partition(":")
    if not (service and colon and name):
        raise QuestionError(f"`{request.action}` is not an action", hint="an action is a service and a name: `kms:Decrypt`")
    if "*" in request.action or "?" in request.action:
        raise QuestionError(f"`{request.action}` is a pattern", hint="a request has one action: `kms:Decrypt`")
    if request.resource != "*" and not request.resource.startswith("arn:"):
        raise QuestionError(f"`{request.resource}` is neither an ARN nor `*`", hint="an ARN starts with `arn:`")


def _folded(context: dict[str, str | list[str]]) -> dict[str, tuple[str, ...]]:
    """The context with its keys case folded and each value a tuple of texts; QuestionError iff it is malformed."""
    values: dict[str, tuple[str, ...]] = {}
    for key, value in context.items():
        if not isinstance(key, str):
            raise QuestionError(f"a condition key is a text, not `{key!r}`")
        name = ascii_fold(key)
        if name in values:
            raise QuestionError(f"the context holds the key `{key}` twice", hint="condition keys do not distinguish case")
        texts = tuple(value) if isinstance(value, list) else (value,)
        if not all(isinstance(text, str) for text in texts):
            raise QuestionError(
                f"the value of `{key}` is no text and no list of texts", hint='write `"true"` for true and `"1"` for 1'
            )
        values[name] = texts
    return values
