"""Verify: does the evidence of a verdict hold for its question and its policy?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from keyaki.checker.consistency import Mentions, check_request
from keyaki.checker.effort import bounded, spend
from keyaki.checker.freshness import is_fresh, named
from keyaki.checker.proof import check_certificate
from keyaki.errors import EvidenceError
from keyaki.policy import Effect, Policy, Request, Statement
from keyaki.reference.digest import digest
from keyaki.reference.evaluate import Context, applies
from keyaki.values import ascii_fold
from keyaki.verdict import Mode, Outcome, Question, Verdict

SCHEMA = 1
"""The form of certificates that is known here."""


def verify(policy: Policy, verdict: Verdict) -> None:
    """Return iff the verdict's evidence holds: each witness of a FAILED, the certificate of a PASSED.

    Raises:
        EvidenceError: it does not, or the verdict is UNDECIDED and has none, or to look at it takes too many steps (``effort``).
    """
    with bounded():
        _verify(policy, verdict)


def _verify(policy: Policy, verdict: Verdict) -> None:
    question = verdict.question
    if not question.actions:
        raise EvidenceError("the question is about no action")
    if not policy.is_identity:
        raise EvidenceError("this is a resource policy; a verdict is about an identity policy")
    judged = without_conditions(policy) if question.mode is Mode.PARITY else policy
    if verdict.outcome is Outcome.FAILED:
        if not verdict.grants:
            raise EvidenceError("a FAILED verdict has no witness")
        checks = Witnesses(judged, question)
        for grant in verdict.grants:
            checks.check(grant.statement, grant.witness)
    elif verdict.outcome is Outcome.PASSED:
        _check_certificate(judged, question, verdict.certificate)
    else:
        raise EvidenceError("an UNDECIDED verdict has no evidence", hint="ask again with a larger budget")


def _check_certificate(judged: Policy, question: Question, certificate: object) -> None:
    if not isinstance(certificate, Mapping):
        raise EvidenceError("a PASSED verdict has no certificate")
    if certificate.get("schema") != SCHEMA:
        raise EvidenceError("the certificate is of a form that is not known here")
    if certificate.get("policy") != digest(judged):
        raise EvidenceError("the certificate is for another policy")
    if certificate.get("question") != plain_question(question):
        raise EvidenceError("the certificate is for another question")
    check_certificate(judged, question, certificate)


class Witnesses:
    """Checks witnesses: is each a request of the question, and does a policy allow it by the Allow that is named?

    What the policy names and mentions is worked out once for all of them.
    """

    def __init__(self, policy: Policy, question: Question) -> None:
        self.policy = policy
        self.question = question
        self.names = named(policy, question.partition)
        self.mentions = Mentions(policy)
        self.denies = [one for one in policy.statements if one.effect is Effect.DENY]
        self.weights = _weights(self.denies)

    def check(self, index: int, witness: Request) -> None:
        """Return iff the request is one of the question and allowed by that Allow; raise EvidenceError otherwise."""
        if witness.action not in self.question.actions:
            raise EvidenceError(f"`{witness.action}` is no blocked action of the question")
        caller = check_request(self.policy, witness, self.question.partition, self.mentions)
        if not is_fresh(witness.resource, caller, self.question.scope, self.names):
            raise EvidenceError(f"the key `{witness.resource}` is not fresh in scope `{self.question.scope}`")
        spend(_FEW_STEPS + self._weight(witness))
        context = Context(self.policy, witness, self.mentions.lists)
        denier = next((one for one in self.denies if applies(one, context)), None)
        if denier is not None:
            raise EvidenceError(f"the policy does not allow the request: statement {denier.index} denies it")
        allow = next((one for one in self.policy.statements if one.index == index), None)
        if allow is None or allow.effect is not Effect.ALLOW or not applies(allow, context):
            raise EvidenceError(f"statement {index} does not grant the request")

    def _weight(self, witness: Request) -> int:
        """Return what it takes to ask every Deny: each value is looked at once, with the text that it is compared with."""
        sizes = {ascii_fold(key): sum(map(len, value)) for key, value in witness.context.items()}
        return self.weights[""] + sum(self.weights.get(key, 0) * size >> 6 for key, size in sizes.items())


_FEW_STEPS = 50


def _weights(statements: Sequence[Statement]) -> dict[str, int]:
    """Return how many values some statements compare with each key, and under the empty text how much they write in all."""
    found = {"": len(statements)}
    for one in statements:
        texts = [*one.action.values, *(one.resource.values if one.resource else ())]
        for entry in one.conditions:
            found[ascii_fold(entry.key)] = found.get(ascii_fold(entry.key), 0) + len(entry.values)
            texts += entry.values
        found[""] += sum(1 + (len(text) >> 6) for text in texts)
    return found


def without_conditions(policy: Policy) -> Policy:
    """Return the policy that parity mode is about: Allows without conditions, and only those Denies that have none."""
    kept = [one for one in policy.statements if one.effect is Effect.ALLOW or not one.conditions]
    return evolve(policy, statements=tuple(evolve(one, conditions=()) for one in kept))


def plain_question(question: Question) -> dict[str, object]:
    """Return the question as plain data; the budget takes no part in what is proved."""
    return {
        "actions": list(question.actions),
        "scope": question.scope.value,
        "mode": question.mode.value,
        "partition": question.partition,
    }
