"""Decide: the verdict of one question about one policy.

For each Allow statement that covers a blocked action, and each case of the theory, the search looks for a request. A request
found is replayed by the reference evaluator before it is believed; cases without one leave their refutations, and these together
are the certificate of a PASSED. Actions that the same statements cover share their refutations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from attrs import evolve, frozen

from keyaki.automata.meter import Exhausted, Meter
from keyaki.catalogue import ALWAYS_PRESENT, DECRYPTION_ACTIONS, PRESENT_ON_DECRYPTION, SAME_VALUE
from keyaki.decision.box import Box, Boxes, Undecidable
from keyaki.decision.carriers import carriers
from keyaki.decision.explore import Explorer
from keyaki.decision.group import Group
from keyaki.decision.guess import Guesser
from keyaki.decision.refutation import Refutation
from keyaki.decision.witness import concretize, mentions
from keyaki.policy import Effect, Policy, PolicyWarning, Request, Statement
from keyaki.reference.digest import digest
from keyaki.reference.evaluate import Context, applies, demands
from keyaki.symbolic.actions import Covering, groups
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.fields import FieldTable
from keyaki.symbolic.names import Names, names_of
from keyaki.symbolic.readable import Readable
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
    found = groups(judged, question.actions)
    if not found:
        return Verdict(Outcome.PASSED, question, certificate=partial(certificate, judged, question, ()), warnings=warnings)
    keys, meter = mentions(judged), Meter(question.budget)
    try:
        names = names_of(judged, question.partition, keys, meter)
    except Exhausted as stop:
        return Verdict(Outcome.UNDECIDED, question, reason=f"what the policy names: {stop}", warnings=warnings)
    return _Decision(judged, question, names, keys, meter).verdict(found, warnings)


class _Decision:
    """A question about a policy some Allow of which covers a blocked action.

    ``names`` are those that count as named, ``keys`` the context keys that the policy mentions; Allows that are ``settled`` are
    not asked about.
    """

    def __init__(self, policy: Policy, question: Question, names: Names, keys: dict[str, str], meter: Meter) -> None:
        self.policy = policy
        self.question = question
        self.names = names
        self.encoder = Encoder(policy, question.partition)
        self.keys = keys
        self.readable = Readable(question.partition, names, meter)
        self.guesser = Guesser(policy, question.scope, self.readable, self.keys)
        self.meter = meter
        self.grants: dict[int, Request] = {}
        self.proofs: list[Proof] = []
        self.open: dict[str, list[int]] = {}
        self.theories: dict[bool, Theory] = {}
        self.fields = FieldTable()
        self.mentioned: dict[int, frozenset[str]] = {}
        self.settled: frozenset[int] = frozenset()

    def verdict(self, found: Iterable[Covering], warnings: Later[tuple[PolicyWarning, ...]] = ()) -> Verdict:
        for actions, covering in found:
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
        trees = ((proof.statement, tree) for proof in self.proofs for _, tree in proof.cases)
        purse = Meter(self.question.budget)
        return carriers(self.policy, trees, lambda less, allows: self._fails_without(less, allows, purse))

    def _fails_without(self, less: Policy, allows: frozenset[int], purse: Meter) -> bool:
        """Ask some Allows of a smaller policy, all such questions within one budget; one past it counts as not failing."""
        asked = _Decision(less, self.question, self.names, mentions(less), purse)
        if asked.encoder.multi != self.encoder.multi:
            allows = frozenset(statement.index for statement in less.statements)
        asked.settled = frozenset(statement.index for statement in less.statements) - allows
        try:
            purse.spend(sum(map(_size, less.statements)))
        except Exhausted:
            return False
        return asked.verdict(groups(less, self.question.actions)).outcome is Outcome.FAILED

    def _judge(self, actions: tuple[str, ...], covering: Sequence[Statement]) -> None:
        """Look for a witness of each Allow statement that covers the actions and has none yet."""
        theory = self._theory(actions[0])
        if self._guess(theory, actions[0], covering):
            return
        group = Group(actions, covering, theory, self.encoder, self.fields)
        for allow in group.allows:
            if allow.statement not in self.grants and allow.statement not in self.settled:
                self._judge_allow(group, allow)

    def _guess(self, theory: Theory, action: str, covering: Sequence[Statement]) -> bool:
        """Take the guesses that replay; True iff every Allow has a witness then. Beside many Denies guesses are a waste."""
        allows_ = [statement for statement in covering if statement.effect is Effect.ALLOW]
        if len(covering) - len(allows_) > _FEW_DENIES:
            return False
        done = True
        for statement in allows_:
            if statement.index in self.grants or statement.index in self.settled:
                continue
            found = self.guesser.request(theory, action, statement)
            if found is not None and self._replays(statement.index, covering, found):
                self.grants[statement.index] = self._least(statement, covering, found)
            else:
                done = False
        return done

    def _judge_allow(self, group: Group, allow: Region) -> None:
        denies = group.near(allow)
        cases: list[tuple[Case, Refutation]] = []
        refuted: dict[Case, Refutation] = {}
        stopped = ""
        for case in group.cases(self.question.scope, (allow, *denies)):
            plainest = group.theory.plainest(case)
            try:
                found = refuted.get(plainest) or self._explore(group, plainest, allow, denies)
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
            self.proofs.append(Proof(allow.statement, group.actions, tuple(cases)))

    def _theory(self, action: str) -> Theory:
        """Return the theory of requests for an action, the same object for all actions that it treats alike."""
        decrypts = action in DECRYPTION_ACTIONS
        if decrypts not in self.theories:
            epoch = "aws:epochtime" in self.keys
            self.theories[decrypts] = Theory(action, self.question.partition, self.names, self.encoder.multi, epoch)
        return self.theories[decrypts]

    def _explore(self, group: Group, case: Case, allow: Region, denies: Sequence[Region]) -> Request | Refutation:
        self.meter.spend(1 + 2 * len(denies))
        boxes = Boxes(group.theory, case, self.readable, self.meter, self.fields)

        requests: dict[Box, Request] = {}

        def accepts(boxes: Boxes, box: Box) -> bool:
            arn, action = str(boxes.value(box, RESOURCE)), group.actions[0]
            found = requests[box] = concretize(action, arn, self.keys, case, lambda coordinate: boxes.value(box, coordinate))
            return self._replays(allow.statement, group.covering, found)

        special, *against = group.special([allow, *denies], case)
        found = Explorer(boxes, special, against, accepts).run()
        if isinstance(found, Box):
            return self._least(group.statements[allow.statement], group.covering, requests[found])
        return found

    def _least(self, allow: Statement, covering: Sequence[Statement], witness: Request) -> Request:
        """Return the witness without optional keys that it does not need, tried all at once, then by halves, a few one by one.

        Of a long witness not all are tried. Only statements that mention a key depend on it.
        """
        decrypts = witness.action in DECRYPTION_ACTIONS
        needed = {"kms:multiregionkeytype", *(ascii_fold(entry.key) for entry in allow.conditions if demands(entry))}
        optional = [key for key in witness.context if not _is_always_there(key, decrypts) and ascii_fold(key) not in needed]
        left = [optional] if optional else []
        purse = _MOST_REPLAYED
        while left:
            keys = left.pop()
            if 1 < len(keys) <= _FEW_KEYS:
                left += [[key] for key in reversed(keys)]
                continue
            less = {other: value for other, value in witness.context.items() if other not in keys}
            shorter = Request(witness.action, witness.resource, less)
            folded = frozenset(map(ascii_fold, keys))
            concerned = [statement for statement in covering if not folded.isdisjoint(self._mentioned(statement))]
            purse -= sum(map(_size, concerned))
            if purse < 0 and len(witness.context) > _FEW_KEYS:
                break
            if self._replays(allow.index, concerned, shorter):
                witness = shorter
            elif len(keys) > 1:
                left += [keys[len(keys) // 2 :], keys[: len(keys) // 2]]
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


def _is_always_there(key: str, decrypts: bool) -> bool:
    folded = ascii_fold(key)
    coordinate = SAME_VALUE.get(folded, folded)
    return coordinate in ALWAYS_PRESENT or (decrypts and coordinate in PRESENT_ON_DECRYPTION)


def _size(statement: Statement) -> int:
    """Return how many values and patterns a statement has: replaying it takes a few microseconds for each."""
    resources = len(statement.resource.values) if statement.resource else 0
    return 1 + resources + sum(1 + len(entry.values) for entry in statement.conditions)


_FEW_KEYS = 8
_MOST_REPLAYED = 300_000
"""Values and patterns replayed to leave keys out of one witness of many keys: about a second."""


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
