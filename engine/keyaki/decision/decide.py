"""Decide: the verdict of one question about one policy.

For each Allow statement that covers a blocked action, and each case of the theory, the search looks for a request. A request
found is replayed by the reference evaluator before it is believed; cases without one leave their refutations, and these together
are the certificate of a PASSED. Actions that the same statements cover share their refutations.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

from attrs import evolve, frozen

from keyaki.automata.meter import Exhausted, Meter
from keyaki.catalogue import ALWAYS_PRESENT, DECRYPTION_ACTIONS, PRESENT_ON_DECRYPTION, SAME_VALUE
from keyaki.decision.box import Box, Boxes, Undecidable
from keyaki.decision.carriers import carriers
from keyaki.decision.denies import DenyIndex
from keyaki.decision.explore import Explorer
from keyaki.decision.guess import Guesser
from keyaki.decision.refutation import Refutation
from keyaki.decision.witness import concretize, mentions
from keyaki.policy import Effect, Policy, PolicyWarning, Request, Statement
from keyaki.reference.digest import digest
from keyaki.reference.evaluate import Context, applies, demands
from keyaki.symbolic.actions import groups
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.names import Names, names_of
from keyaki.symbolic.readable import Readable
from keyaki.symbolic.specialise import specialised, tells_kinds, tells_own
from keyaki.symbolic.theory import RESOURCE, Case, Theory
from keyaki.values import ascii_fold
from keyaki.verdict import Carrier, Grant, Later, Mode, Outcome, Question, Verdict


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


def decide(policy: Policy, question: Question, warnings: Later[tuple[PolicyWarning, ...]] = ()) -> Verdict:
    """Return the verdict of a question about an identity policy.

    FAILED iff some request to a fresh key is allowed, with one replayed witness for each Allow statement that grants one; PASSED
    iff none is, with a certificate; UNDECIDED iff the budget was spent or a tie between variables could not be settled.
    ``warnings`` are put into the verdict.

    Raises:
        InternalError: a witness was refuted by the reference evaluator.
    """
    judged = parity(policy) if question.mode is Mode.PARITY else policy
    return _Decision(judged, question).verdict(warnings)


class _Decision:
    def __init__(self, policy: Policy, question: Question, names: Names | None = None) -> None:
        self.policy = policy
        self.question = question
        self.meter = Meter(question.budget)
        self.grants: dict[int, Request] = {}
        self.proofs: list[Proof] = []
        self.open: dict[str, list[int]] = {}
        self.theories: dict[bool, Theory] = {}
        self.fields = FieldTable()
        self.mentioned: dict[int, frozenset[str]] = {}
        if names is not None:
            self.names = names

    @cached_property
    def encoder(self) -> Encoder:
        return Encoder(self.policy, self.question.partition)

    @cached_property
    def names(self) -> Names:
        return names_of(self.policy, self.question.partition)

    @cached_property
    def readable(self) -> Readable:
        return Readable(self.question.partition, self.names)

    @cached_property
    def guesser(self) -> Guesser:
        return Guesser(self.policy, self.question.scope, self.readable, self.keys)

    @cached_property
    def keys(self) -> dict[str, str]:
        return mentions(self.policy)

    def verdict(self, warnings: Later[tuple[PolicyWarning, ...]] = ()) -> Verdict:
        for actions, covering in groups(self.policy, self.question.actions):
            for alike in _alike(actions):
                self._judge(alike, covering)
        ordered = tuple(Grant(index, self.grants[index]) for index in sorted(self.grants))
        reason = self._reason()
        if ordered:
            return Verdict(Outcome.FAILED, self.question, ordered, reason=reason, warnings=warnings)
        if reason:
            return Verdict(Outcome.UNDECIDED, self.question, reason=reason, warnings=warnings)
        return Verdict(
            Outcome.PASSED,
            self.question,
            carriers=self._carriers,
            certificate=lambda: certificate(self.policy, self.question, self.proofs),
            warnings=warnings,
        )

    def _reason(self) -> str | None:
        """Return what was left open, and of which statements; of one that grants something nothing is open."""
        left = {why: [index for index in indexes if index not in self.grants] for why, indexes in self.open.items()}
        return "; ".join(f"{_statements(indexes)}: {why}" for why, indexes in left.items() if indexes) or None

    def _carriers(self) -> tuple[Carrier, ...]:
        trees = [tree for proof in self.proofs for _, tree in proof.cases]
        return carriers(
            self.policy, trees, lambda less: _Decision(less, self.question, self.names).verdict().outcome is Outcome.FAILED
        )

    def _judge(self, actions: tuple[str, ...], covering: Sequence[Statement]) -> None:
        """Look for a witness of each Allow statement that covers the actions and has none yet."""
        if not self._guess(actions[0], covering):
            return
        regions = [region for statement in covering if (region := self.encoder.region(statement))]
        allows_ = [region for region in regions if region.effect is Effect.ALLOW and region.statement not in self.grants]
        denies = [region for region in regions if region.effect is Effect.DENY]
        index = DenyIndex(denies, self.fields)
        for allow in allows_:
            self._judge_allow(actions, covering, allow, index.near(allow))

    def _guess(self, action: str, covering: Sequence[Statement]) -> bool:
        """Take the guesses that replay; True iff an Allow is left without a witness. Many Denies are not worth a guess."""
        allows_ = [one for one in covering if one.effect is Effect.ALLOW and one.index not in self.grants]
        if len(covering) - len(allows_) > _FEW_DENIES:
            return True
        theory = self._theory(action)
        left = False
        for statement in allows_:
            found = self.guesser.request(theory, action, statement)
            if found is not None and self._replays(statement.index, covering, found):
                self.grants[statement.index] = self._least(statement, covering, found)
            else:
                left = True
        return left

    def _judge_allow(
        self, actions: tuple[str, ...], covering: Sequence[Statement], allow: Region, denies: Sequence[Region]
    ) -> None:
        kinds = any(tells_kinds(region) for region in (allow, *denies))
        own = any(tells_own(region) for region in (allow, *denies))
        theory = self._theory(actions[0])
        cases: list[tuple[Case, Refutation]] = []
        refuted: dict[Case, Refutation] = {}
        stopped = ""
        for case in theory.cases(self.question.scope, kinds, own):
            plainest = theory.plainest(case)
            try:
                found = refuted.get(plainest) or self._explore(theory, plainest, actions[0], covering, allow, denies)
            except (Exhausted, Undecidable) as stop:
                stopped = stopped or str(stop)
                continue
            if isinstance(found, Request):
                self.grants[allow.statement] = found
                return
            refuted[plainest] = found
            cases.append((case, found))
        if stopped:
            self.open.setdefault(stopped, []).append(allow.statement)
        else:
            self.proofs.append(Proof(allow.statement, actions, tuple(cases)))

    def _theory(self, action: str) -> Theory:
        """Return the theory of requests for an action, the same object for all actions that it treats alike."""
        decrypts = action in DECRYPTION_ACTIONS
        if decrypts not in self.theories:
            epoch = "aws:epochtime" in self.keys
            self.theories[decrypts] = Theory(action, self.question.partition, self.names, self.encoder.multi, epoch)
        return self.theories[decrypts]

    def _explore(  # noqa: PLR0913, PLR0917
        self, theory: Theory, case: Case, action: str, covering: Sequence[Statement], allow: Region, denies: Sequence[Region]
    ) -> Request | Refutation:
        known, partition = theory.known(case), self.question.partition
        boxes = Boxes(theory, case, self.readable, self.meter, self.fields)
        special = specialised(allow, case, known, partition)

        @cache
        def request(boxes: Boxes, box: Box) -> Request:
            arn = boxes.value(box, RESOURCE)
            return concretize(action, str(arn), self.keys, case, lambda coordinate: boxes.value(box, coordinate))

        def accepts(boxes: Boxes, box: Box) -> bool:
            return self._replays(allow.statement, covering, request(boxes, box))

        found = Explorer(boxes, special, [specialised(deny, case, known, partition) for deny in denies], accepts).run()
        if not isinstance(found, Box):
            return found
        statement = next(one for one in covering if one.index == allow.statement)
        return self._least(statement, covering, request(boxes, found))

    def _least(self, allow: Statement, covering: Sequence[Statement], witness: Request) -> Request:
        """Return the witness without the optional keys that it does not need; only statements that mention a key depend on it."""
        decrypts = witness.action in DECRYPTION_ACTIONS
        needed = {"kms:multiregionkeytype", *(ascii_fold(entry.key) for entry in allow.conditions if demands(entry))}
        for key in witness.context:
            folded = ascii_fold(key)
            coordinate = SAME_VALUE.get(folded, folded)
            always = coordinate in ALWAYS_PRESENT or (decrypts and coordinate in PRESENT_ON_DECRYPTION)
            if always or folded in needed:
                continue
            less = {other: value for other, value in witness.context.items() if other != key}
            shorter = Request(witness.action, witness.resource, less)
            concerned = [statement for statement in covering if folded in self._mentioned(statement)]
            if self._replays(allow.index, concerned, shorter):
                witness = shorter
        return witness

    def _mentioned(self, statement: Statement) -> frozenset[str]:
        """Return the case-folded keys that a statement mentions."""
        found = self.mentioned.get(statement.index)
        if found is None:
            found = frozenset(mentions(evolve(self.policy, statements=(statement,))))
            self.mentioned[statement.index] = found
        return found

    def _replays(self, index: int, covering: Sequence[Statement], witness: Request) -> bool:
        """True iff the reference evaluator finds that no Deny of some statements applies, and that the Allow of that index does.

        Only statements that cover the action are asked (``groups`` put the reference's comparison of actions to them); an Allow
        that is not among them counts as applying.
        """
        context = Context(self.policy, witness, self.encoder.multi)
        return all(
            applies(statement, context) == (statement.effect is Effect.ALLOW)
            for statement in covering
            if statement.effect is Effect.DENY or statement.index == index
        )


def _statements(indexes: Sequence[int]) -> str:
    """Return the name of some statements, cut where there are many."""
    found = sorted(set(indexes))
    names = ", ".join(map(str, found[:_SHOWN])) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
    return f"statement{'s' if len(found) > 1 else ''} {names}"


_SHOWN = 5
_FEW_DENIES = 4


def _alike(actions: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the actions in groups that the theory of requests treats alike: those that decrypt, and the others."""
    sides = [tuple(action for action in actions if (action in DECRYPTION_ACTIONS) is side) for side in (True, False)]
    return [side for side in sides if side]


def certificate(policy: Policy, question: Question, proofs: Sequence[Proof]) -> dict[str, Any]:
    """Return the proofs as plain data, bound to the policy and the question."""
    return {
        "schema": 1,
        "policy": digest(policy),
        "question": {
            "actions": list(question.actions),
            "scope": question.scope.value,
            "mode": question.mode.value,
            "partition": question.partition,
        },
        "proofs": [
            {
                "statement": proof.statement,
                "actions": list(proof.actions),
                "cases": [
                    {
                        "kind": case.kind.value if case.kind else None,
                        "own": case.own,
                        "part": case.part,
                        "refutation": tree.plain(),
                    }
                    for case, tree in proof.cases
                ],
            }
            for proof in proofs
        ],
    }
