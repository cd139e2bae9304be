"""Verify: does the evidence of a verdict hold for its question and its policy?"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from keyaki.checker.consistency import check_request
from keyaki.checker.freshness import Named, is_fresh, named
from keyaki.checker.proof import check_certificate
from keyaki.errors import EvidenceError
from keyaki.policy import Decision, Effect, Policy, Request
from keyaki.reference.digest import digest
from keyaki.reference.evaluate import Context, allows, applies
from keyaki.verdict import Mode, Outcome, Question, Verdict

SCHEMA = 1
"""The form of certificates that is known here."""


def verify(policy: Policy, verdict: Verdict) -> None:
    """Return iff the verdict's evidence holds: each witness of a FAILED, the certificate of a PASSED.

    Raises:
        EvidenceError: it does not, or the verdict is UNDECIDED and has none.
    """
    question = verdict.question
    if not policy.is_identity:
        raise EvidenceError("this is a resource policy; a verdict is about an identity policy")
    judged = without_conditions(policy) if question.mode is Mode.PARITY else policy
    if verdict.outcome is Outcome.FAILED:
        if not verdict.grants:
            raise EvidenceError("a FAILED verdict has no witness")
        names = named(judged, question.partition)
        for grant in verdict.grants:
            check_witness(judged, question, names, grant.statement, grant.witness)
    elif verdict.outcome is Outcome.PASSED:
        certificate = verdict.certificate
        if not isinstance(certificate, Mapping):
            raise EvidenceError("a PASSED verdict has no certificate")
        if certificate.get("schema") != SCHEMA:
            raise EvidenceError("the certificate is of a form that is not known here")
        if certificate.get("policy") != digest(judged):
            raise EvidenceError("the certificate is for another policy")
        if certificate.get("question") != plain_question(question):
            raise EvidenceError("the certificate is for another question")
        check_certificate(judged, question, certificate)
    else:
        raise EvidenceError("an UNDECIDED verdict has no evidence", hint="ask again with a larger budget")


def check_witness(policy: Policy, question: Question, names: Named, index: int, witness: Request) -> None:
    """Return iff the request is one of the question, and the policy, whose names are given, allows it by that Allow."""
    if witness.action not in question.actions:
        raise EvidenceError(f"`{witness.action}` is no blocked action of the question")
    caller = check_request(policy, witness, question.partition)
    if not is_fresh(witness.resource, caller, question.scope, names):
        raise EvidenceError(f"the key `{witness.resource}` is not fresh in scope `{question.scope}`")
    decision = allows(policy, witness)
    if decision is not Decision.ALLOW:
        raise EvidenceError(f"the policy does not allow the request: `{decision}`")
    statement = next((one for one in policy.statements if one.index == index), None)
    if statement is None or statement.effect is not Effect.ALLOW or not applies(statement, Context(policy, witness)):
        raise EvidenceError(f"statement {index} does not grant the request")


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
