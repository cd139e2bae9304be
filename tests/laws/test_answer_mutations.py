"""Certificates of answers altered at random: each mutant is rejected, or each of its proofs is one still.

The policies are those of the brute-force tests. What the checker accepts is put through a second, naive check: no request of the
policies' small universe has an action of a proof's patterns, all its statements applying and none of its barred ones. And a
certificate that is moved to policies for which the answer is no is never accepted, whole or altered.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from mutants import mutant

import keyaki
from keyaki.answer import Answer, Result
from keyaki.errors import EvidenceError
from keyaki.policy import Policy, Request
from keyaki.reference.digest import digest
from keyaki.reference.evaluate import Context, applies
from keyaki.reference.matching import action_matches

sys.path.append(str(Path(__file__).parent.parent / "differential"))
import brute_space

Document = dict[str, Any]
Asks = Callable[[Any, Any], Answer]
QUESTIONS: dict[str, Asks] = {
    "inclusion": keyaki.no_new_access,
    "equivalence": keyaki.equivalent,
    "overlap": keyaki.disjoint,
    "boundary": lambda p, q: keyaki.no_new_access(keyaki.PolicySet([p], boundary=q), p),
    "grants": lambda p, _: keyaki.not_granted(
        p, actions=["s3:Get*", "kms:Decrypt"], resources=["arn:aws:s3:::*", "arn:aws:kms:*"]
    ),
    "fresh": lambda p, _: keyaki.not_granted(p, actions=["s3:*", "sqs:Send"], resources=["arn:aws:s*"], quantifier="fresh"),
}
PAIRS = 8
MUTANTS = 12
REQUESTS = 150


def sides(question: str, p: Policy, q: Policy) -> tuple[Any, ...]:
    """What a question is asked of."""
    if question in {"grants", "fresh"}:
        return (p,)
    return (keyaki.PolicySet([p], boundary=q), p) if question == "boundary" else (p, q)


def pairs(question: str) -> Iterator[tuple[Random, Document, Document]]:
    """Yield pairs of policies, near to each other."""
    for seed in range(1_000):
        dice = Random(f"{question} {seed}")
        one = brute_space.policy(dice)
        yield dice, one, brute_space.neighbour(dice, one) if dice.random() < 0.7 else brute_space.policy(dice)


def passing(question: str) -> Iterator[tuple[Random, Sequence[Document], Sequence[Policy], Answer]]:
    """Yield pairs for which the answer is yes, with answers whose certificates have been to JSON and back."""
    found = 0
    for dice, *documents in pairs(question):
        p, q = map(keyaki.policy_from, documents)
        answer = QUESTIONS[question](p, q)
        if answer.result is Result.PASS and len(json.dumps(answer.certificate)) > 400:
            found += 1
            yield dice, documents, (p, q), evolve(answer, certificate=json.loads(json.dumps(answer.certificate)))
        if found == PAIRS:
            return


def accepts(answer: Answer, *given: Any) -> bool:
    """True iff the evidence is accepted; whatever else than EvidenceError comes out ends the test."""
    try:
        keyaki.verify_answer(answer, *given)
    except EvidenceError:
        return False
    return True


def statements(question: str, p: Policy, q: Policy, *, backward: bool = False) -> list[tuple[Policy, Any]]:
    """The statements by the numbers that certificates give them, each with its policy."""
    order = {"boundary": [p, q, p], "grants": [p], "fresh": [p]}.get(question, [q, p] if backward else [p, q])
    return [(policy, statement) for policy in order for statement in policy.statements]


def faults(certificate: Document, question: str, documents: Sequence[Document], policies: Sequence[Policy]) -> Iterator[str]:
    """Yield requests that proofs say there are none of."""
    dice = Random(7)
    keys = brute_space.mentioned(*documents)
    made = brute_space.requests(keys, dice, lists=brute_space.has_lists(*documents))
    requests = [Request(*one) for one in islice(made, REQUESTS)]
    asked = certificate["question"]
    wanted = [keyaki.policy_from(grant(asked))] if asked["asks"] == "grants" else []
    fresh = asked.get("quantifier") == "fresh"
    requests = [one for one in requests if all(keyaki.allows(policy, one) == "allow" for policy in wanted)]
    requests = [one for one in requests if not (fresh and one.resource in json.dumps(documents[0]))]
    for name in ("forward", "backward") if question == "equivalence" else ("proofs",):
        every = statements(question, *policies, backward=name == "backward")
        for proof in certificate[name]:
            for request in requests:
                if refutes_wrongly(proof, every, request):
                    yield f"{proof['actions']}: {request}"


def grant(asked: Document) -> Document:
    """A policy that allows what is asked about."""
    statement = {"Effect": "Allow", "Action": asked["actions"], "Resource": asked["resources"]}
    return {"Version": "2012-10-17", "Statement": statement}


def refutes_wrongly(proof: Document, every: Sequence[tuple[Policy, Any]], request: Request) -> bool:
    """True iff the request is one that the proof says there is none of."""

    def apply(number: int) -> bool:
        policy, statement = every[number]
        return applies(statement, Context(policy, request))

    barred = [proof["covered"]] if "covered" in proof else proof["barred"]
    action = any(action_matches(pattern, request.action) for pattern in proof["actions"])
    return action and all(map(apply, proof["applying"])) and not any(map(apply, barred))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_mutant_of_an_answer_is_rejected_or_a_proof_still(question: str) -> None:
    """What is accepted stands the naive check as the original does."""
    rejected = 0
    for dice, documents, policies, answer in passing(question):
        given = sides(question, *policies)
        keyaki.verify_answer(answer, *given)
        assert list(faults(answer.certificate or {}, question, documents, policies)) == []
        for _ in range(MUTANTS):
            altered = mutant(answer.certificate, dice)
            if altered != answer.certificate and accepts(evolve(answer, certificate=altered), *given):
                assert list(faults(altered, question, documents, policies)) == [], altered
            else:
                rejected += altered != answer.certificate
    assert rejected > PAIRS * MUTANTS / 3


@pytest.mark.parametrize("question", ["inclusion", "equivalence", "overlap", "grants"])
def test_no_certificate_fits_policies_for_which_the_answer_is_no(question: str) -> None:
    """A policy is changed until the answer is no; the certificate is bound to it, whole and altered, and refused."""
    moved = 0
    for dice, documents, _, answer in passing(question):
        for _ in range(8):
            p, q = (keyaki.policy_from(brute_space.neighbour(dice, one)) for one in documents)
            if QUESTIONS[question](p, q).result is Result.FAIL:
                moved += 1
                given = sides(question, p, q)
                names = [[[digest(policy)]] for policy in given]
                for altered in (answer.certificate, *(mutant(answer.certificate, dice) for _ in range(3))):
                    assert not accepts(evolve(answer, certificate={**altered, "policies": names}), *given)
    assert moved > PAIRS


def test_a_witness_of_an_answer_that_does_not_hold_is_rejected() -> None:
    """A witness altered at random is rejected, or the reference evaluator still finds what the question asks."""
    kept = 0
    for dice, *documents in islice(pairs("witness"), 60):
        p, q = map(keyaki.policy_from, documents)
        answer = keyaki.no_new_access(p, q)
        for reason in answer.reasons:
            keyaki.verify_answer(answer, p, q)
            request = reason.witness
            whole = {
                "index": reason.statement,
                "action": request.action,
                "resource": request.resource,
                "context": request.context,
            }
            altered = mutant(whole, dice)
            if altered == whole or not isinstance(altered.get("index"), int):
                continue
            found = Request(altered.get("action"), altered.get("resource"), altered.get("context"))
            if accepts(evolve(answer, reasons=(evolve(reason, statement=altered["index"], witness=found),)), p, q):
                kept += 1
                assert keyaki.allows(p, found) == "allow"
                assert keyaki.allows(q, found) != "allow"
                assert applies(p.statements[altered["index"]], Context(p, found))
    assert kept < 30
