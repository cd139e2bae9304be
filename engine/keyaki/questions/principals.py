"""Principals: whom a statement of a resource policy is about, as one more text of a request.

A principal is written ``KIND:VALUE``, as in ``AWS:arn:aws:iam::111122223333:role/example`` or ``Service:s3.amazonaws.com``.
Two principals are one iff their texts are; an account's number stands for the ARN of its root. Only the whole of a principal
may be a wildcard: ``*`` and ``{"AWS": "*"}`` are everybody, ``*`` of another kind everybody of that kind.

**choice** The root of an account is a principal like any other, as in AWS's own comparison of policies: naming it does not
name the account's users and roles.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve

from keyaki.automata.glob import Glob, literal, wildcard
from keyaki.automata.product import Union
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import Element, Policy, Statement
from keyaki.questions.space import PRINCIPAL
from keyaki.symbolic.atom import Atom

_EVERYWHERE: Final = Element(False, ("*",))


def texts_of(element: Element) -> tuple[str, ...]:
    """Return the patterns of an element of Principal or NotPrincipal: texts ``KIND:VALUE``, ``KIND:*`` or ``*``."""
    return tuple(_text(element.kind, value) for value in element.values)


def _text(kind: str, value: str) -> str:
    if value == "*" and kind in {"", "AWS"}:
        return "*"
    if kind == "AWS" and len(value) == 12 and value.isascii() and value.isdigit():
        return f"AWS:arn:aws:iam::{value}:root"
    return f"{kind}:{value}"


def concerns(statement: Statement, principal: str) -> bool:
    """True iff the statement is about the principal; one without Principal and NotPrincipal is about everybody."""
    if not statement.principals:
        return True
    kind = principal.partition(":")[0]
    texts = [text for element in statement.principals for text in texts_of(element)]
    return any(text in {"*", f"{kind}:*", principal} for text in texts) != statement.principals[0].negated


def principal_atom(statement: Statement, place: int) -> Atom | bool:
    """Return what a statement asks of the principal, or its truth where that is the same for all."""
    if not statement.principals:
        return True
    negated = statement.principals[0].negated
    texts = [text for element in statement.principals for text in texts_of(element)]
    if "*" in texts:
        return not negated
    if not texts:
        return negated
    return Atom(PRINCIPAL, False, TextPredicate(Union(tuple(map(_glob, texts)))), negated, place=(place, "principal"))


def _glob(text: str) -> Glob:
    return wildcard(f"{text[:-1]}?*") if text.endswith(":*") and text.count(":") == 1 else literal(text)


def seen_by(policy: Policy, principal: str) -> Policy:
    """Return what a resource policy is for one principal: an identity policy of the statements about it.

    A statement without Resource, as in a trust policy, is about every resource.
    """
    kept = [
        evolve(statement, principals=(), resource=statement.resource or _EVERYWHERE)
        for statement in policy.statements
        if concerns(statement, principal)
    ]
    return evolve(policy, statements=tuple(kept))
