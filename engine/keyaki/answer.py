"""Answers: what a question about policies comes to, and the evidence for it. Values only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from attrs import field, frozen

from keyaki.policy import Request, TextEnum


class Asks(TextEnum):
    """What a question asks of one policy, or set of policies that decide together, or of two."""

    INCLUSION = "inclusion"
    """Is all that the first allows allowed by the second?"""
    EQUIVALENCE = "equivalence"
    """Do both allow the same?"""
    OVERLAP = "overlap"
    """Is nothing allowed by both?"""
    GRANTS = "grants"
    """Does it grant no action of some patterns on resources of some patterns?"""


@frozen
class Asked:
    """What was asked; ``actions`` (folded), ``resources`` and ``quantifier`` are those of GRANTS, no resources for all."""

    asks: Asks
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    quantifier: str = "some"

    def plain(self) -> dict[str, Any]:
        """Return the question as plain data."""
        listed = {"actions": list(self.actions), "resources": list(self.resources), "quantifier": self.quantifier}
        return {"asks": self.asks.value, **(listed if self.asks is Asks.GRANTS else {})}


class Result(TextEnum):
    """The result of a question."""

    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    UNDECIDED = "UNDECIDED"


@frozen
class Reason:
    """One reason of a FAIL: the statement that grants (0-based ``statement`` of policy ``policy``), and a request that shows it.

    ``denied`` is the statement of the other policy that denies the request there, or None where nothing allows it there.
    ``sid`` and ``denied_sid`` are the statements' own names, ``action`` the folded pattern that the witness was found for, and
    ``principal`` whom the request is from, where resource policies are asked about (``KIND:VALUE``).
    """

    statement: int
    witness: Request
    sid: str | None = None
    policy: int = 0
    action: str = "*"
    denied: int | None = None
    denied_sid: str | None = None
    denied_policy: int = 0
    principal: str | None = None


@frozen
class Answer:
    """The answer to a question: ``result`` is FAIL iff there are ``reasons``, PASS iff there is a ``certificate``.

    ``asked`` is the question.
    ``certificate`` is plain data: for every way in which the question could fail, why it does not. ``open`` says, of an
    UNDECIDED or beside the reasons of a FAIL, what could not be settled.
    """

    result: Result
    message: str
    reasons: tuple[Reason, ...] = ()
    _certificate: dict[str, Any] | Callable[[], dict[str, Any]] | None = field(default=None, repr=False, eq=False)
    open: str | None = None
    asked: Asked = Asked(Asks.INCLUSION)

    @property
    def witness(self) -> Request | None:
        """The request of the first reason, or None."""
        return self.reasons[0].witness if self.reasons else None

    @property
    def certificate(self) -> dict[str, Any] | None:
        """Of a PASS: plain data, worked out when first asked for."""
        if callable(self._certificate):
            object.__setattr__(self, "_certificate", self._certificate())
        return cast("dict[str, Any] | None", self._certificate)
