"""Principals: whom a statement of a resource policy is about, as a text ``KIND:VALUE``, read anew for the checker.

The number of an account stands for the ARN of its root. Only a whole principal may be a wildcard: everybody, or everybody of one
kind.
"""

from __future__ import annotations

from attrs import evolve

from keyaki.checker.tokens import ANY, Tokens, matches, plain, run
from keyaki.policy import Element, Policy, Statement


def patterns_of(statement: Statement) -> list[Tokens] | bool:
    """Return the patterns of whom a statement names, or whether it is about everybody where that needs no pattern."""
    if not statement.principals:
        return True
    texts = [_text(element.kind, value) for element in statement.principals for value in element.values]
    negated = statement.principals[0].negated
    if "*" in texts or not texts:
        return negated != ("*" in texts)
    return [_pattern(text) for text in texts]


def _text(kind: str, value: str) -> str:
    if value == "*" and kind in {"", "AWS"}:
        return "*"
    is_account = kind == "AWS" and len(value) == 12 and value.isascii() and value.isdigit()
    return f"AWS:arn:aws:iam::{value}:root" if is_account else f"{kind}:{value}"


def _pattern(text: str) -> Tokens:
    kind, _, value = text.partition(":")
    return (*plain(f"{kind}:"), ANY, run(ANY)) if value == "*" else plain(text)


def seen_by(policy: Policy, principal: str) -> Policy:
    """Return what a resource policy is for one principal: an identity policy of the statements about it.

    A statement without Resource, as in a trust policy, is about every resource.
    """
    kept = []
    for statement in policy.statements:
        who = patterns_of(statement)
        about = who if isinstance(who, bool) else matches(who, principal) != statement.principals[0].negated
        if about:
            kept.append(evolve(statement, principals=(), resource=statement.resource or Element(False, ("*",))))
    return evolve(policy, statements=tuple(kept))
