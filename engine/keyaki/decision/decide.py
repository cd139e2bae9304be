"""Decide: the verdict of one question about one policy.

For each Allow statement that covers a blocked action, and each case of the theory, the search looks for a request. A request
found is replayed by the reference evaluator before it is believed; cases without one leave their refutations, and these together
are the certificate of a PASSED. Actions that the same statements cover share their refutations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import evolve, frozen

from keyaki.automata.meter import Exhausted, Meter
from keyaki.catalogue import DECRYPTION_ACTIONS
from keyaki.decision.box import Box, Boxes, Undecidable
from keyaki.decision.explore import Explorer
from keyaki.decision.refutation import Refutation
from keyaki.decision.witness import concretize, mentions
from keyaki.policy import Decision as RequestDecision
from keyaki.policy import Effect, Policy, Request, Statement
from keyaki.reference.evaluate import Context, allows, applies
from keyaki.reference.matching import action_matches
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.names import names_of
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.specialise import specialised, tells_kinds, tells_own
from keyaki.symbolic.theory import RESOURCE, Case, Theory
from keyaki.verdict import Grant, Mode, Outcome, Question, Verdict


@frozen
class Proof:
    """Why one Allow statement grants none of ``actions`` on a fresh key: a refutation for each case."""

    statement: int
    actions: tuple[str, ...]
    cases: tuple[tuple[Case, Refutation], ...]


def parity(policy: Policy) -> Policy:
    """Return the policy that parity mode judges: Allows without conditions, and only the Denies that have none."""
    kept = [
        evolve(statement, conditions=()) if statement.effect is Effect.ALLOW else statement
        for statement in policy.statements
        if statement.effect is Effect.ALLOW or not statement.conditions
    ]
    return evolve(policy, statements=tuple(kept))


def decide(policy: Policy, question: Question) -> Verdict:
    """Return the verdict of a question about an identity policy.

    FAILED iff some request to a fresh key is allowed, with one replayed witness for each Allow statement that grants one; PASSED iff none
    is, with a certificate; UNDECIDED iff the budget was spent or a tie between variables could not be settled.

    Raises:
        InternalError: a witness was refuted by the reference evaluator.
    """
    judged = parity(policy) if question.mode is Mode.PARITY else policy
    return _Decision(judged, question).verdict()


def covers(statement: Statement, action: str) -> bool:
    """True iff the statement's Action or NotAction covers the action; an empty list covers what section 5 says."""
    element = statement.action
    if not element.values:
        return element.negated and statement.effect is Effect.ALLOW
    return any(action_matches(pattern, action) for pattern in element.values) != element.negated


class _Decision:
    def __init__(self, policy: Policy, question: Question) -> None:
        self.policy = policy
        self.question = question
        self.meter = Meter(question.budget)
        self.encoder = Encoder(policy, question.partition)
        self.names = names_of(policy, question.partition)
        self.readable = Readable(question.partition, self.names)
        self.keys = mentions(policy)
        self.grants: dict[int, Request] = {}
        self.proofs: list[Proof] = []
        self.reasons: list[str] = []

    def verdict(self) -> Verdict:
        for actions in self._groups():
            self._judge(actions)
        ordered = tuple(Grant(index, self.grants[index]) for index in sorted(self.grants))
        if ordered:
            return Verdict(Outcome.FAILED, self.question, ordered)
        if self.reasons:
            return Verdict(Outcome.UNDECIDED, self.question, reason="; ".join(dict.fromkeys(self.reasons)))
        return Verdict(Outcome.PASSED, self.question, certificate=lambda: certificate(self.policy, self.question, self.proofs))

    def _groups(self) -> Iterable[tuple[str, ...]]:
        """Return the blocked actions in groups that the same statements cover and the theory treats alike."""
        groups: dict[tuple[object, ...], list[str]] = {}
        for action in self.question.actions:
            covered = tuple(statement.index for statement in self.policy.statements if covers(statement, action))
            if any(statement.effect is Effect.ALLOW for statement in self.policy.statements if statement.index in covered):
                groups.setdefault((covered, action in DECRYPTION_ACTIONS), []).append(action)
        return [tuple(actions) for actions in groups.values()]

    def _judge(self, actions: tuple[str, ...]) -> None:
        """Look for a witness of each Allow statement that covers the actions and has none yet."""
        covering = [statement for statement in self.policy.statements if covers(statement, actions[0])]
        regions = [region for statement in covering if (region := self.encoder.region(statement))]
        allows_ = [region for region in regions if region.effect is Effect.ALLOW and region.statement not in self.grants]
        denies = [region for region in regions if region.effect is Effect.DENY]
        for allow in allows_:
            self._judge_allow(actions, allow, denies)

    def _judge_allow(self, actions: tuple[str, ...], allow: Region, denies: Sequence[Region]) -> None:
        kinds = any(tells_kinds(region) for region in (allow, *denies))
        own = any(tells_own(region) for region in (allow, *denies))
        theory = Theory(actions[0], self.question.partition, self.names, self.encoder.multi, "aws:epochtime" in self.keys)
        cases: list[tuple[Case, Refutation]] = []
        try:
            for case in theory.cases(self.question.scope, kinds, own):
                found = self._explore(theory, case, actions[0], allow, denies)
                if isinstance(found, Request):
                    self.grants[allow.statement] = found
                    return
                cases.append((case, found))
        except (Exhausted, Undecidable) as stop:
            self.reasons.append(f"statement {allow.statement}: {stop}")
            return
        self.proofs.append(Proof(allow.statement, actions, tuple(cases)))

    def _explore(self, theory: Theory, case: Case, action: str, allow: Region, denies: Sequence[Region]) -> Request | Refutation:
        known, partition = theory.known(case), self.question.partition
        boxes = Boxes(theory, case, self.readable, self.meter)
        special = specialised(allow, case, known, partition)

        def request(boxes: Boxes, box: Box) -> Request:
            arn = boxes.value(box, RESOURCE)
            return concretize(action, str(arn), self.keys, case, lambda coordinate: boxes.value(box, coordinate))

        def accepts(boxes: Boxes, box: Box) -> bool:
            return self._replays(allow.statement, request(boxes, box))

        found = Explorer(boxes, special, [specialised(deny, case, known, partition) for deny in denies], accepts).run()
        return request(boxes, found) if isinstance(found, Box) else found

    def _replays(self, index: int, witness: Request) -> bool:
        """True iff the reference evaluator allows the request, and by the Allow statement of that index."""
        if allows(self.policy, witness) is not RequestDecision.ALLOW:
            return False
        statement = next(statement for statement in self.policy.statements if statement.index == index)
        return applies(statement, Context(self.policy, witness))


def certificate(policy: Policy, question: Question, proofs: Sequence[Proof]) -> dict[str, Any]:
    """Return the proofs as plain data."""
    return {
        "proofs": [
            {
                "statement": proof.statement,
                "actions": list(proof.actions),
                "cases": [
                    {"kind": case.kind.value if case.kind else None, "own": case.own, "part": case.part, "refutation": tree.plain()}
                    for case, tree in proof.cases
                ],
            }
            for proof in proofs
        ],
    }
