"""Cover: statements that are seen to hold all of another one by comparing their texts.

Between two versions of a policy nearly every statement is unchanged, or has a longer list; asking automata about those would
cost a hundred times what the few changed ones cost. What is seen here is certain; what is not seen here is asked in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from keyaki.policy import ConditionEntry, Effect, Element, Family, Quantifier, Statement
from keyaki.questions.reach import head
from keyaki.questions.sides import Entry
from keyaki.values import ascii_fold

Test = tuple[Family, bool, bool, Quantifier | None, str]


def covers(outer: Entry, inner: Entry) -> bool:
    """True only if ``outer`` applies to every request that ``inner`` applies to, their actions set aside.

    Both must have the same effect. Linear in the two statements.
    """
    mine, theirs = outer.statement, inner.statement
    if not outer.is_whole:
        return False
    if mine is theirs:
        return True
    if outer.document.policy.version != inner.document.policy.version and (_has_variables(mine) or _has_variables(theirs)):
        return False
    if mine.principals != theirs.principals:
        return False
    if mine.resource != theirs.resource and not _resource_covers(mine.resource, theirs.resource):
        return False
    if mine.conditions == theirs.conditions or not mine.conditions:
        return True
    found = [_test(entry) for entry in theirs.conditions]
    tests = map(_test, mine.conditions)
    if mine.effect is Effect.DENY:  # a list of which no value is valid takes a Deny's effect away, so lists are not compared
        return all(test in found for test in tests)
    return all(any(_implied(test, other) for other in found) for test in tests)


def same_lists(outer: Entry, inner: Entry) -> bool:
    """True iff both policies take the same keys for lists, so that the same text means the same in both."""
    return outer.document.lists == inner.document.lists


def _resource_covers(outer: Element | None, inner: Element | None) -> bool:
    if outer is None or inner is None:
        return outer is inner
    if not outer.values or not inner.values:
        return False
    if outer.negated or inner.negated:
        return outer.negated and inner.negated and set(outer.values) <= set(inner.values) and not _deadly(inner, outer)
    texts = set(outer.values)
    if "*" in texts:
        return True
    stems = [
        text[:-1]
        for text in outer.values
        if text.endswith("*") and text.count(":") >= 5 and head(text) == text[:-1] and "${" not in text
    ]
    return all(text in texts or _starts(text, stems) for text in inner.values)


def _deadly(inner: Element, outer: Element) -> bool:
    """True where a further entry of a NotResource may take a Deny's effect away, or a variable is involved at all."""
    return any("${" in text for text in (*inner.values, *outer.values))


def _starts(text: str, stems: Iterable[str]) -> bool:
    fixed = head(text).partition("${")[0]
    return text.count(":") >= 5 and any(fixed.startswith(stem) for stem in stems)


@lru_cache(maxsize=4096)
def _test(entry: ConditionEntry) -> tuple[Test, frozenset[str]]:
    operator = entry.operator
    test = (operator.family, operator.negated, operator.if_exists, operator.quantifier, ascii_fold(entry.key))
    return test, frozenset(entry.values)


def _implied(test: tuple[Test, frozenset[str]], by: tuple[Test, frozenset[str]]) -> bool:
    """True only if the second test implies the first: the same operator on the same key, with values that ask for as much."""
    (mine, values), (theirs, others) = test, by
    if mine != theirs:
        return False
    if values == others:
        return True
    if mine[0] is Family.NULL or not others or not values:
        return False
    return values <= others if mine[1] else others <= values


def _has_variables(statement: Statement) -> bool:
    texts = statement.resource.values if statement.resource else ()
    return any("${" in text for text in texts) or any("${" in value for entry in statement.conditions for value in entry.values)
