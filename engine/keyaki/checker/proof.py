"""Proofs: is a certificate one of the policy's, for the question asked, and does it refute every request?

To believe a PASSED one must believe this package, the abstract syntax (``keyaki.policy``) and what reads it from text,
``keyaki.reference`` for templates and for comparing single values, ``keyaki.values``, and the facts of ``keyaki.catalogue``; no
automaton of the engine, no lattice, no encoder, no search, and nothing that the certificate says of itself. Statements, names
and patterns are read anew from the policy (``claims``, ``freshness``). For each Allow and each blocked action that it covers
there must be a refutation (``tree``) in cases that cover all requests to a fresh key (``cases``).

Each part of a certificate is looked at once. Whatever is malformed raises EvidenceError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from keyaki.catalogue import DECRYPTION_ACTIONS
from keyaki.checker.cases import Case, Facts, covered, read_case
from keyaki.checker.claims import Claim, Claims
from keyaki.checker.consistency import mentioned
from keyaki.checker.freshness import named
from keyaki.checker.placed import placed
from keyaki.checker.tree import Tree, items
from keyaki.errors import EvidenceError
from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches
from keyaki.verdict import Question


def check_certificate(policy: Policy, question: Question, certificate: Mapping[str, Any]) -> None:
    """Return iff the certificate proves that the policy passes the question; raise EvidenceError otherwise.

    Linear in the certificate, but for the search of covering states in closures, and for leaves without one.
    """
    _Proof(policy, question).check(certificate)


def covers(statement: Statement, action: str) -> bool:
    """True iff the statement's Action or NotAction covers an action."""
    element = statement.action
    if not element.values:
        return element.negated and statement.effect is Effect.ALLOW
    return any(action_matches(pattern, action) for pattern in element.values) != element.negated


class _Proof:
    def __init__(self, policy: Policy, question: Question) -> None:
        self.policy = policy
        self.question = question
        self.claims = Claims(policy, question.partition)
        self.names = named(policy, question.partition)
        self.statements = {statement.index: statement for statement in policy.statements}
        self.epoch = "aws:epochtime" in mentioned(policy)

    def check(self, certificate: Mapping[str, Any]) -> None:
        proved: set[tuple[int, str]] = set()
        for proof in items(certificate, "proofs"):
            actions = items(proof, "actions")
            if not all(action in self.question.actions for action in actions):
                raise EvidenceError("a proof is for an action that is not asked about")
            if len({action in DECRYPTION_ACTIONS for action in actions}) != 1:
                raise EvidenceError("a proof is for actions that the theory of requests does not treat alike, or for none")
            statement = self._statement(proof.get("statement"), Effect.ALLOW)
            self._check_cases(statement, actions, items(proof, "cases"))
            proved |= {(statement.index, action) for action in actions}
        for statement in self.policy.statements:
            if statement.effect is Effect.ALLOW and self.claims.of(statement) is not None:
                for action in self.question.actions:
                    if (statement.index, action) not in proved and covers(statement, action):
                        raise EvidenceError(f"nothing shows that statement {statement.index} does not grant `{action}`")

    def _statement(self, index: object, effect: Effect) -> Statement:
        found = self.statements.get(index) if isinstance(index, int) else None
        if found is None or found.effect is not effect:
            raise EvidenceError(f"a certificate names a statement that is no {effect} of the policy")
        return found

    def _check_cases(self, statement: Statement, actions: Sequence[str], given: Sequence[Any]) -> None:
        cases = [read_case(one) for one in given]
        if not covered(cases, self.question.scope, caller_named=self.names.caller):
            raise EvidenceError(f"the cases of statement {statement.index} leave requests out")
        decryption = actions[0] in DECRYPTION_ACTIONS
        denies = {
            index
            for index, deny in self.statements.items()
            if deny.effect is Effect.DENY and all(covers(deny, action) for action in actions)
        }
        for case, one in zip(cases, given, strict=True):
            facts = Facts(case, decryption, self.question.partition, self.names, self.claims.multi, self.epoch)
            Tree(facts, partial(self._claims, case), denies).check([statement.index], one.get("refutation"))

    def _claims(self, case: Case, index: int) -> dict[str, Claim] | None:
        """Return the claims of a statement, as they stand in a case."""
        claims = self.claims.of(self.statements[index])
        return claims and {label: placed(claim, case, self.question.partition) for label, claim in claims.items()}
