"""Proofs: is a certificate one of the policy's, for the question asked, and does it refute every request?

To believe a PASSED one must believe this package, the abstract syntax (``keyaki.policy``) and what reads it from text,
``keyaki.reference`` for templates and for comparing single values, ``keyaki.values``, and the facts of ``keyaki.catalogue``; no
automaton of the engine, no lattice, no encoder, no search, and nothing that the certificate says of itself. Statements, names
and patterns are read anew from the policy (``claims``, ``freshness``). For each Allow and each blocked action that it covers
there must be a refutation in cases that cover all requests to a fresh key (``cases``). A refutation is a tree over a box of
claims and their truths, at first those of the Allow:

``forced``    A Deny all but one of whose claims the box has as true must have that one false; then the rest refutes.
``deny``      In every allowed request some claim of a Deny is false. Branch i refutes the box with the claims before the i-th
              true and the i-th false. ``rest`` refutes the box with the claims of all branches true; the others need none.
``variable``  A variable has one of the values, each with a refutation, or has none of them, and ``otherwise`` refutes.
a leaf        No value of one coordinate satisfies what the leaf cites of the box (``leaf``).

Each node is looked at once. Whatever is malformed raises EvidenceError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keyaki.catalogue import DECRYPTION_ACTIONS, SAME_VALUE
from keyaki.checker.cases import Facts, covered, read_case
from keyaki.checker.claims import ACCOUNT, CALLER, FIELD_OF, RESOURCE, Claim, Claims, lifted
from keyaki.checker.consistency import mentioned
from keyaki.checker.freshness import named
from keyaki.checker.leaf import Leaves, Ref
from keyaki.checker.placed import placed
from keyaki.checker.tokens import plain
from keyaki.errors import EvidenceError
from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches
from keyaki.verdict import Question

Box = Mapping[Ref, Claim]
Known = Mapping[str, str | None]
Goal = tuple[object, Box, Known]
"""A tree, the box that it is to refute, and the variables whose values are known there."""


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
        for proof in _items(certificate, "proofs"):
            actions = _items(proof, "actions")
            if not all(action in self.question.actions for action in actions):
                raise EvidenceError("a proof is for an action that is not asked about")
            if len({action in DECRYPTION_ACTIONS for action in actions}) != 1:
                raise EvidenceError("a proof is for actions that the theory of requests does not treat alike, or for none")
            statement = self._statement(proof.get("statement"), Effect.ALLOW)
            self._check_cases(statement, actions, _items(proof, "cases"))
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
            index: deny
            for index, deny in self.statements.items()
            if deny.effect is Effect.DENY and all(covers(deny, action) for action in actions)
        }
        for case, one in zip(cases, given, strict=True):
            facts = Facts(case, decryption, self.question.partition, self.names, self.claims.multi, self.epoch)
            _Tree(self.claims, facts, denies).check(statement, one.get("refutation"))


class _Tree:
    """One refutation, in one case; ``denies`` are the Deny statements that cover the actions, by index."""

    def __init__(self, source: Claims, facts: Facts, denies: Mapping[int, Statement]) -> None:
        self.source = source
        self.facts = facts
        self.denies = denies
        self._placed: dict[int, dict[str, Claim] | None] = {}

    def check(self, allow: Statement, tree: object) -> None:
        """Return iff the tree refutes every request of the case to which the Allow applies and no Deny."""
        claims = self._claims(allow)
        if claims is None:
            return
        pending: list[Goal] = [(tree, {(allow.index, label, True): claim for label, claim in claims.items()}, self.facts.known())]
        while pending:
            goal, box, known = pending.pop()
            if not isinstance(goal, Mapping):
                raise EvidenceError("a refutation is missing")
            if "forced" in goal:
                pending.append((goal.get("then"), self._forced(goal, box), known))
            elif "deny" in goal:
                pending += self._branches(goal, box, known)
            elif "variable" in goal:
                pending += self._values(goal, box, known)
            else:
                Leaves(self.facts, box, known).check(goal)

    def _claims(self, statement: Statement) -> dict[str, Claim] | None:
        """Return the claims of a statement, as they stand in the case."""
        if statement.index not in self._placed:
            claims, facts = self.source.of(statement), self.facts
            found = (
                None if claims is None else {label: placed(claim, facts.case, facts.partition) for label, claim in claims.items()}
            )
            self._placed[statement.index] = found
        return self._placed[statement.index]

    def _deny(self, index: object) -> tuple[int, dict[str, Claim]]:
        statement = self.denies.get(index) if isinstance(index, int) else None
        claims = None if statement is None else self._claims(statement)
        if statement is None or claims is None:
            raise EvidenceError("a refutation names a statement that is no Deny of the actions on a key")
        return statement.index, claims

    def _forced(self, goal: Mapping[str, Any], box: Box) -> Box:
        forced = dict(box)
        for step in _items(goal, "forced"):
            if not isinstance(step, (list, tuple)) or len(step) != 2 or not isinstance(step[1], str):
                raise EvidenceError("a forced step does not name a Deny and one of its claims")
            (index, claims), label = self._deny(step[0]), step[1]
            if label not in claims or not all((index, other, True) in forced for other in claims if other != label):
                raise EvidenceError(f"Deny {index} does not force `{label}` to be false")
            forced[index, label, False] = claims[label]
        return forced

    def _branches(self, goal: Mapping[str, Any], box: Box, known: Known) -> Iterator[Goal]:
        index, claims = self._deny(goal["deny"])
        places, branches = _items(goal, "places"), _items(goal, "branches")
        if not all(isinstance(label, str) and label in claims for label in places):
            raise EvidenceError(f"Deny {index} has no such claim")
        if not all(label in places or (index, label, True) in box for label in claims):
            raise EvidenceError(f"a branch of Deny {index} is missing")
        if len(branches) > len(places) or (len(branches) < len(places) and "rest" not in goal):
            raise EvidenceError(f"Deny {index} has not one branch for each of its claims")
        box = dict(box)
        for label, branch in zip(places, branches, strict=False):
            yield branch, {**box, (index, label, False): claims[label]}, known
            box[index, label, True] = claims[label]
        if len(branches) < len(places):
            yield goal["rest"], box, known

    def _values(self, goal: Mapping[str, Any], box: Box, known: Known) -> Iterator[Goal]:
        key = goal["variable"]
        if not isinstance(key, str) or key in known:
            raise EvidenceError("a refutation splits on no variable, or on one whose value it knows")
        box = dict(box)
        for pair in _items(goal, "values"):
            if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not (pair[0] is None or isinstance(pair[0], str)):
                raise EvidenceError("a refutation tries something else than a value of a variable")
            value, branch = pair
            label, claim = f"{key} is absent" if value is None else f"{key} is = {value}", self._pin(key, value)
            inner = {**box, (-1, label, True): claim}
            if key == CALLER and self.facts.case.own is False and value is not None:
                inner[-1, f"{ACCOUNT} is = {value}", False] = self._pin(ACCOUNT, value)
            yield branch, inner, {**known, key: value}
            box[-1, label, False] = claim
        yield goal.get("otherwise"), box, known

    def _pin(self, key: str, value: str | None) -> Claim:
        """Return the claim that a variable has a value, or None: is absent."""
        if key in FIELD_OF:
            # The ARN has both fields: a value of None has no ARN with it, and no pattern.
            patterns = () if value is None else (lifted(self.facts.partition, **{FIELD_OF[key]: plain(value)}),)
            return Claim(RESOURCE, absent=False, patterns=patterns)
        coordinate = SAME_VALUE.get(key, key)
        if value is None:
            return Claim(coordinate, absent=True, constant=False)
        return Claim(coordinate, absent=False, patterns=(plain(value),), key=key)


def _items(value: object, name: str) -> Sequence[Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, (list, tuple)):
        raise EvidenceError(f"a certificate has no list `{name}` where one belongs")
    return found
