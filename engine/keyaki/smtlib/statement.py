"""Statements: the Bool term that a statement of a policy applies to the request, whatever kind of request is asked about."""

from __future__ import annotations

from typing import Final

from keyaki.policy import Effect, Element, Policy, Statement
from keyaki.reference.matching import widens
from keyaki.reference.template import Template, Wildcard, parse_template
from keyaki.smtlib import regex
from keyaki.smtlib.condition import Conditions
from keyaki.smtlib.naming import plain_text
from keyaki.smtlib.regex import member
from keyaki.smtlib.term import FALSE, TRUE, conj, disj, equal, neg, string
from keyaki.smtlib.theory import View
from keyaki.values import ascii_fold

STATUS: Final = {"FAILED": "sat", "FAIL": "sat", "PASSED": "unsat", "PASS": "unsat", "UNDECIDED": "unknown"}
"""The status of a script, by what the engine has answered: a question fails iff its script is satisfiable."""


class Statements:
    """What the statements of one policy cover. Subclasses say when a pattern of Resource matches."""

    def __init__(self, policy: Policy, view: View) -> None:
        self.policy = policy
        self.view = view
        self.live = policy.has_variables
        self.conditions = Conditions(view, live=self.live)

    def defined(self, prefix: str = "") -> tuple[list[str], list[str], list[str]]:
        """The lines that define what each statement covers, and the names of the Allows and of the Denies.

        Raises:
            UnsupportedError: a statement has a feature that the encoding does not express.
        """
        lines: list[str] = []
        allows: list[str] = []
        denies: list[str] = []
        for statement in self.policy.statements:
            name = f"{prefix}{statement.effect.value.lower()}-{statement.index}"
            lines.append(f"(define-fun {name} () Bool {self.applies(statement)})")
            (allows if statement.effect is Effect.ALLOW else denies).append(name)
        return lines, allows, denies

    def applies(self, statement: Statement) -> str:
        """The Bool term: the statement applies."""
        resource = self.resource(statement)
        held = (self.conditions.holds(entry, statement.effect) for entry in statement.conditions)
        return conj([self.action(statement), resource, *held])

    def action(self, statement: Statement) -> str:
        """The Bool term: Action or NotAction covers the action."""
        element = statement.action
        if not element.values:
            return empty(element, statement.effect)
        found = disj(map(self.matches_action, element.values))
        return neg(found) if element.negated else found

    def matches_action(self, pattern: str) -> str:
        """The Bool term: a pattern matches the action."""
        return _plain_glob("action", ascii_fold(pattern))

    def resource(self, statement: Statement) -> str:
        """The Bool term: Resource or NotResource covers the resource."""
        element = statement.resource
        if element is None or not element.values:
            return FALSE if element is None else empty(element, statement.effect)
        widening = widens(statement.effect, element.negated)
        found = [self.matches(pattern, widening=widening) for pattern in element.values]
        if not element.negated:
            return disj(matched for _, matched in found)
        excluded = neg(disj(matched for _, matched in found))
        return excluded if statement.effect is Effect.ALLOW else conj([*(available for available, _ in found), excluded])

    def matches(self, pattern: str, *, widening: bool) -> tuple[str, str]:
        """The Bool terms: each variable of the pattern has a value; it matches the resource (and each has one)."""
        raise NotImplementedError


def empty(element: Element, effect: Effect) -> str:
    """What an empty list says: nothing excluded in a Not form of an Allow, else no effect."""
    return TRUE if element.negated and effect is Effect.ALLOW else FALSE


def plain(template: Template) -> tuple[str | Wildcard, ...]:
    """The texts and wildcards of a template."""
    return tuple(piece for piece in template if isinstance(piece, (str, Wildcard)))


def _plain_glob(subject: str, text: str) -> str:
    """The Bool term: a glob without variables matches the subject."""
    template = plain(parse_template(text, live=False, wildcards=True))
    whole = plain_text(template)
    return equal(subject, string(whole)) if whole is not None else member(subject, regex.glob(template))
