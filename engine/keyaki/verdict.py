"""Questions and verdicts: what was asked, what the answer is, and the evidence for it. Values only, no algorithms.

A certificate is plain data (dicts, lists, strings, integers, booleans), so that it can be written as JSON, sent elsewhere,
and verified there by ``keyaki.checker``, which trusts nothing but the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

from attrs import field, frozen

from keyaki.policy import PolicyWarning, Request, TextEnum

T = TypeVar("T")
Later: TypeAlias = T | Callable[[], T]


class Outcome(TextEnum):
    """The outcome of a control for one policy."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    UNDECIDED = "UNDECIDED"


class Scope(TextEnum):
    """When a key counts as fresh: what of its id, Region and account the policy must not have named."""

    CONFINED = "confined"
    ACCOUNT = "account"
    ANY = "any"
    KEY = "key"


class Mode(TextEnum):
    """Whether conditions are decided (exact) or set aside as Security Hub's newer page describes (parity)."""

    EXACT = "exact"
    PARITY = "parity"


@frozen
class Question:
    """What was asked. ``actions`` are the blocked actions in full, ``budget`` the bound on counted steps."""

    control: str
    actions: tuple[str, ...]
    scope: Scope
    mode: Mode
    partition: str
    budget: int


@frozen
class Grant:
    """An Allow statement (0-based ``statement``) that lets a fresh key through, with a request that shows it."""

    statement: int
    witness: Request


@frozen
class Carrier:
    """Something without which a PASSED policy would fail: a whole Deny (``entry`` None), or one condition entry of a statement.

    ``entry`` counts the statement's condition entries from 0 in source order; ``what`` says it in words.
    """

    statement: int
    entry: int | None
    what: str


@frozen
class Verdict:
    """The answer: ``outcome`` is FAILED iff ``grants`` is not empty, PASSED iff ``certificate`` is not None.

    ``reason`` is what was left open: of an UNDECIDED, or beside the grants of a FAILED, of the statements that may grant more.
    ``carriers``, ``certificate`` and ``warnings`` may be given as functions; they are then worked out when first asked for,
    and kept.
    """

    outcome: Outcome
    question: Question
    grants: tuple[Grant, ...] = ()
    _carriers: Later[tuple[Carrier, ...]] = field(default=(), repr=False, eq=False)
    _certificate: Later[dict[str, Any] | None] = field(default=None, repr=False, eq=False)
    reason: str | None = None
    _warnings: Later[tuple[PolicyWarning, ...]] = field(default=(), repr=False, eq=False)

    @property
    def witness(self) -> Request | None:
        """The first grant's request, or None."""
        return self.grants[0].witness if self.grants else None

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Of a PASSED: the Denies and the condition entries without which, names unchanged, it would fail."""
        if callable(self._carriers):
            object.__setattr__(self, "_carriers", self._carriers())
        return cast("tuple[Carrier, ...]", self._carriers)

    @property
    def warnings(self) -> tuple[PolicyWarning, ...]:
        """What the reader of the policy, and the advice on it, have to say."""
        if callable(self._warnings):
            object.__setattr__(self, "_warnings", self._warnings())
        return cast("tuple[PolicyWarning, ...]", self._warnings)

    @property
    def certificate(self) -> dict[str, Any] | None:
        """Of a PASSED: plain data that :func:`keyaki.verify` checks against the policy."""
        if callable(self._certificate):
            object.__setattr__(self, "_certificate", self._certificate())
        return cast("dict[str, Any] | None", self._certificate)
