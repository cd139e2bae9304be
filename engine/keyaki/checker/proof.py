"""Proofs: is a certificate one of the policy's, for the question asked, and does it refute every request?

What must be believed to believe a PASSED is this package, the abstract syntax, ``keyaki.reference`` for comparing single
values, and the catalogue of facts: no automaton of the engine, no lattice, no encoder, no search. Statements, names and
patterns are read anew from the policy. For each Allow and each blocked action that it covers there must be a refutation in
every case of the theory of requests. A refutation is a tree over a box of claims with their truths, at first those of the
Allow; see ``keyaki.decision.refutation`` for its forms. Each node is looked at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keyaki.catalogue import DECRYPTION_ACTIONS, SAME_VALUE
from keyaki.checker.cases import Case, Facts, covered
from keyaki.checker.claims import ACCOUNT, CALLER, FIELD_OF, RESOURCE, Claim, Claims, lifted
from keyaki.checker.freshness import Named, named
from keyaki.checker.leaf import Leaves, Ref
from keyaki.checker.placed import placed
from keyaki.checker.tokens import plain
from keyaki.errors import EvidenceError
from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches
from keyaki.values import ascii_fold
from keyaki.verdict import Question


def check_certificate(policy: Policy, question: Question, certificate: Mapping[str, Any]) -> None:
    """Return iff the certificate proves that the policy passes the question; raise EvidenceError otherwise.

    Linear in the certificate, but for the search of covering states in closures.
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
        self.names: Named = named(policy, question.partition)
        self.statements = {statement.index: statement for statement in policy.statements}
        self.epoch = _mentions_epoch(policy)

    def check(self, certificate: Mapping[str, Any]) -> None:
        given: dict[tuple[int, str], Sequence[Any]] = {}
        for proof in _items(certificate, "proofs"):
            actions = _items(proof, "actions")
            if len({action in DECRYPTION_ACTIONS for action in actions}) != 1:
                raise EvidenceError("a proof is for actions that the theory of requests does not treat alike, or for none")
            index = proof.get("statement")
            self._check_cases(index, actions, _items(proof, "cases"))
            given.update({(index, action): actions for action in actions})
        for statement in self.policy.statements:
            if statement.effect is Effect.ALLOW and self.claims.of(statement) is not None:
                for action in self.question.actions:
                    if covers(statement, action) and (statement.index, action) not in given:
                        raise EvidenceError(f"nothing shows that statement {statement.index} does not grant `{action}`")

    def _check_cases(self, index: object, actions: Sequence[str], cases: Sequence[Any]) -> None:
        statement = self.statements.get(index) if isinstance(index, int) else None
        if statement is None or statement.effect is not Effect.ALLOW:
            raise EvidenceError("a proof is about no Allow statement of the policy")
        found = [Case(one.get("kind"), one.get("own"), one.get("part")) for one in cases]
        if not covered(found, self.question.scope, self.names.caller):
            raise EvidenceError(f"the cases of statement {index} leave requests out")
        for case, one in zip(found, cases, strict=True):
            decryption = actions[0] in DECRYPTION_ACTIONS
            facts = Facts(case, decryption, self.question.partition, self.names, self.claims.multi, self.epoch)
            tree = _Tree(self, facts, actions)
            claims = tree.claims(statement.index)
            if claims is not None:
                tree.check(
                    one.get("refutation"),
                    {(statement.index, label, True): claim for label, claim in claims.items()},
                    facts.known(),
                )


class _Tree:
    """One refutation, in one case."""

    def __init__(self, proof: _Proof, facts: Facts, actions: Sequence[str]) -> None:
        self.proof = proof
        self.facts = facts
        self.actions = actions
        self._claims: dict[int, dict[str, Claim] | None] = {}

    def claims(self, index: int) -> dict[str, Claim] | None:
        """Return the claims of a statement, as they stand in the case."""
        if index not in self._claims:
            claims = self.proof.claims.of(self.proof.statements[index])
            case, partition = self.facts.case, self.facts.partition
            self._claims[index] = claims and {label: placed(claim, case, partition) for label, claim in claims.items()}
        return self._claims[index]

    def check(self, tree: object, box: dict[Ref, Claim], known: Mapping[str, str | None]) -> None:
        """Return iff the tree refutes the box."""
        if not isinstance(tree, Mapping):
            raise EvidenceError("a refutation is missing")
        if "forced" in tree:
            box = dict(box)
            for step in _items(tree, "forced"):
                index, label = step
                claims = self._deny(index)
                others = [other for other in claims if other != label]
                if label not in claims or not all((index, other, True) in box for other in others):
                    raise EvidenceError(f"Deny {index} does not force `{label}` to be false")
                box[index, label, False] = claims[label]
            self.check(tree.get("then"), box, known)
        elif "deny" in tree:
            self._check_branches(tree, box, known)
        elif "variable" in tree:
            self._check_values(tree, box, known)
        else:
            Leaves(self.facts, box, known).check(tree)

    def _deny(self, index: object) -> dict[str, Claim]:
        statement = self.proof.statements.get(index) if isinstance(index, int) else None
        if (
            statement is None
            or statement.effect is not Effect.DENY
            or not all(covers(statement, action) for action in self.actions)
        ):
            raise EvidenceError(f"statement {index} is no Deny that covers the actions")
        claims = self.claims(statement.index)
        if claims is None:
            raise EvidenceError(f"Deny {index} applies to no request on a key")
        return claims

    def _check_branches(self, tree: Mapping[str, Any], box: dict[Ref, Claim], known: Mapping[str, str | None]) -> None:
        index, places, branches = tree["deny"], _items(tree, "places"), _items(tree, "branches")
        claims = self._deny(index)
        if not all(label in places or (index, label, True) in box for label in claims):
            raise EvidenceError(f"a branch of Deny {index} is missing")
        if len(branches) > len(places) or (len(branches) < len(places) and "rest" not in tree):
            raise EvidenceError(f"Deny {index} has not one branch for each of its claims")
        box = dict(box)
        for label, branch in zip(places, branches, strict=False):
            if label not in claims:
                raise EvidenceError(f"Deny {index} has no claim `{label}`")
            self.check(branch, {**box, (index, label, False): claims[label]}, known)
            box[index, label, True] = claims[label]
        if len(branches) < len(places):
            self.check(tree["rest"], box, known)

    def _check_values(self, tree: Mapping[str, Any], box: dict[Ref, Claim], known: Mapping[str, str | None]) -> None:
        key = tree["variable"]
        if not isinstance(key, str) or key in known:
            raise EvidenceError("a refutation splits on no variable, or on one whose value it knows")
        box = dict(box)
        for value, branch in _items(tree, "values"):
            if not (value is None or isinstance(value, str)) or (value is None and key in FIELD_OF):
                raise EvidenceError(f"`{key}` cannot have a value that a refutation tries")
            label = f"{key} is absent" if value is None else f"{key} is = {value}"
            claim = self._pin(key, value)
            inner = {**box, (-1, label, True): claim}
            if key == CALLER and self.facts.case.own is False and value is not None:
                inner[-1, f"{ACCOUNT} is = {value}", False] = self._pin(ACCOUNT, value)
            self.check(branch, inner, {**known, key: value})
            box[-1, label, False] = claim
        self.check(tree.get("otherwise"), box, known)

    def _pin(self, key: str, value: str | None) -> Claim:
        """Return the claim that a variable has a value, or None: is absent."""
        if key in FIELD_OF:
            pattern = lifted(self.facts.partition, **{FIELD_OF[key]: plain(value or "")})
            return Claim(RESOURCE, absent=False, patterns=(pattern,))
        coordinate = SAME_VALUE.get(key, key)
        if value is None:
            return Claim(coordinate, absent=True, constant=False)
        return Claim(coordinate, absent=False, patterns=(plain(value),), key=key)


def _items(value: object, name: str) -> Sequence[Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, (list, tuple)):
        raise EvidenceError(f"a certificate has no list `{name}` where one belongs")
    return found


def _mentions_epoch(policy: Policy) -> bool:
    """True iff the policy mentions ``aws:EpochTime``, in a condition or in a live variable."""
    texts = [text for statement in policy.statements for text in (statement.resource.values if statement.resource else ())]
    entries = [entry for statement in policy.statements for entry in statement.conditions]
    texts += [value for entry in entries for value in entry.values]
    named_ = any(ascii_fold(entry.key) == "aws:epochtime" for entry in entries)
    return named_ or (policy.has_variables and any("${aws:epochtime" in ascii_fold(text) for text in texts))
