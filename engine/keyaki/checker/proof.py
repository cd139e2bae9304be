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
from typing import Any, Final

from keyaki.catalogue import DECRYPTION_ACTIONS
from keyaki.checker.cases import Case, Facts, covered, read_case
from keyaki.checker.claims import Claim, Claims
from keyaki.checker.consistency import mentioned
from keyaki.checker.effort import spend
from keyaki.checker.freshness import named
from keyaki.checker.placed import placed
from keyaki.checker.tree import Tree, items
from keyaki.errors import EvidenceError
from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches
from keyaki.verdict import Question

_PER_CASE: Final = 30
"""Steps for a case, what its refutation takes aside."""


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
        if len(self.statements) != len(policy.statements):
            raise EvidenceError("two statements of the policy have one number")
        self.epoch = "aws:epochtime" in mentioned(policy)
        self._facts: dict[tuple[Case, bool], Facts] = {}
        self._of: dict[int, dict[str, Claim] | None] = {}
        self._placed: dict[tuple[Case, int], dict[str, Claim] | None] = {}
        self._covering: dict[str, frozenset[int]] = {}
        self._denying: dict[frozenset[str], frozenset[int]] = {}

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
            if statement.effect is Effect.ALLOW and self._claims_of(statement.index) is not None:
                for action in self.question.actions:
                    if (statement.index, action) not in proved and statement.index in self._covers(action):
                        raise EvidenceError(f"nothing shows that statement {statement.index} does not grant `{action}`")

    def _statement(self, index: object, effect: Effect) -> Statement:
        found = self.statements.get(index) if isinstance(index, int) else None
        if found is None or found.effect is not effect:
            raise EvidenceError(f"a certificate names a statement that is no {effect} of the policy")
        return found

    def _check_cases(self, statement: Statement, actions: Sequence[str], given: Sequence[Any]) -> None:
        spend(_PER_CASE * len(given))
        cases = [read_case(one) for one in given]
        if not covered(cases, self.question.scope, caller_named=self.names.caller):
            raise EvidenceError(f"the cases of statement {statement.index} leave requests out")
        decryption = actions[0] in DECRYPTION_ACTIONS
        denies = self._denies(frozenset(actions))
        for case, one in zip(cases, given, strict=True):
            if (case, decryption) not in self._facts:
                multi, partition = self.claims.multi, self.question.partition
                self._facts[case, decryption] = Facts(case, decryption, partition, self.names, multi, self.epoch)
            tree = Tree(self._facts[case, decryption], partial(self._claims, case), denies)
            tree.check([statement.index], one.get("refutation"))

    def _covers(self, action: str) -> frozenset[int]:
        """Return the statements that cover an action."""
        if action not in self._covering:
            self._covering[action] = frozenset(index for index, one in self.statements.items() if covers(one, action))
        return self._covering[action]

    def _denies(self, actions: frozenset[str]) -> frozenset[int]:
        """Return the Denies that cover all of some actions."""
        if actions not in self._denying:
            found = frozenset(index for index, one in self.statements.items() if one.effect is Effect.DENY)
            spend(len(found))
            self._denying[actions] = found.intersection(*map(self._covers, actions))
        return self._denying[actions]

    def _claims_of(self, index: int) -> dict[str, Claim] | None:
        """Return the claims of a statement."""
        if index not in self._of:
            self._of[index] = self.claims.of(self.statements[index])
        return self._of[index]

    def _claims(self, case: Case, index: int) -> dict[str, Claim] | None:
        """Return the claims of a statement, as they stand in a case."""
        if (case, index) not in self._placed:
            claims = self._claims_of(index) or {}
            spend(sum(1 + (claim.size >> 2) for claim in claims.values()))
            found = {label: placed(claim, case, self.question.partition) for label, claim in claims.items()}
            self._placed[case, index] = None if self._claims_of(index) is None else found
        return self._placed[case, index]
