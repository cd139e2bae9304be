"""Judge: one question put to the engine and to the brute force, and what they disagree about.

The brute force knows the answer within its universe. The engine's answer must be the same: FAILED iff some Allow grants, exactly
those statements among the grants, never UNDECIDED. Its witnesses must hold by themselves (the reference allows them by that
statement, section 6 finds them consistent, section 3 finds their key fresh), so a FAILED that the universe does not confirm
is no wrong verdict but a gap in the universe; it counts as a disagreement all the same, unless the family says that its universe
is not complete.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import brute_rules as rules
from brute_conditions import Sample
from brute_dice import chance
from brute_universe import Brute

import keyaki
from keyaki.policy import Request
from keyaki.reference.evaluate import Context, applies

Family = Callable[[random.Random], Sample]


class Asked(NamedTuple):
    """A question: scope, mode and blocked actions."""

    scope: str = "confined"
    mode: str = "exact"
    actions: tuple[str, ...] = ("kms:Decrypt", "kms:ReEncryptFrom")


class Finding(NamedTuple):
    """What came out: the disagreement or None, whether the right answer is FAILED, and what is decisive for it."""

    disagreement: str | None
    fails: bool
    deny_decides: bool = False
    condition_decides: bool = False
    undecided: bool = False


def asked(luck: random.Random) -> Asked:
    """A random question; the default one most of the time."""
    scope = luck.choice(["confined", "confined", "account", "any", "key"])
    mode = "exact" if chance(luck, 0.9) else "parity"
    actions = luck.choice(
        [("kms:Decrypt", "kms:ReEncryptFrom")] * 4 + [("kms:Decrypt",), ("kms:CreateGrant",), ("kms:Encrypt", "kms:Decrypt")]
    )
    return Asked(scope, mode, actions)


def judge(found: Sample, question: Asked) -> Finding:
    """Put the question to both."""
    document = rules.parity(found.document) if question.mode == "parity" else found.document
    policy = keyaki.policy_from(document)
    brutes = [
        Brute(document, policy, alike, found.axes(alike[0]), found.partition)
        for side in (True, False)
        if (alike := [action for action in question.actions if (action in rules.DECRYPTION) is side])
    ]
    expected: dict[int, Request] = {}
    for brute in brutes:
        expected = {**brute.grants(question.scope), **expected}
    for index, request in expected.items():
        faults = _faults(document, found.partition, question, index, request)
        assert not faults, f"the brute force offers a request that is none: {faults}: {request}"
    fails = bool(expected)
    said = disagreement(found, question, document, expected)
    return Finding(
        said,
        fails,
        any(brute.fails_without_denies(question.scope) for brute in brutes) != fails,
        any(brute.is_condition_decisive(question.scope, bool(brute.grants(question.scope))) for brute in brutes),
        str(said).startswith("undecided"),
    )


def disagreement(found: Sample, question: Asked, document: rules.Document, expected: dict[int, Request]) -> str | None:
    """What is wrong with the engine's answer, or None. ``document`` is what the mode judges, ``expected`` its right grants."""
    verdict = keyaki.check(
        found.document, scope=question.scope, mode=question.mode, actions=list(question.actions), partition=found.partition
    )
    if verdict.outcome == "UNDECIDED":
        return f"undecided ({verdict.reason}), expected {expected or 'PASSED'}"
    granted = {grant.statement: grant.witness for grant in verdict.grants}
    for index, witness in granted.items():
        faults = _faults(document, found.partition, question, index, witness)
        if faults:
            return f"bad witness of statement {index}: {faults}: {witness}"
    missed = {index: request for index, request in expected.items() if index not in granted}
    if missed and verdict.reason:  # FAILED by other statements, and it says of this one that it is open
        return f"undecided ({verdict.reason}), expected {missed}"
    if missed:
        return f"missed ({verdict.outcome}, {verdict.reason}): {missed}"
    beyond = {index: witness for index, witness in granted.items() if index not in expected}
    if beyond and found.complete:
        return f"outside of the universe: {beyond}"
    if (verdict.outcome == "FAILED") != bool(granted):
        return f"{verdict.outcome} with grants {granted}"
    try:
        keyaki.verify(keyaki.policy_from(found.document), verdict)
    except keyaki.KeyakiError as refused:
        return f"evidence of a {verdict.outcome} refused: {refused}"
    return None


def _faults(document: rules.Document, partition: str, question: Asked, index: int, request: Request) -> list[str]:
    """What keeps a request from being a witness of a statement."""
    policy = keyaki.policy_from(document)
    faults = rules.complaints(document, request, partition)
    if faults:
        return faults
    if keyaki.allows(policy, request) != "allow":
        faults.append("the reference does not allow it")
    if not applies(policy.statements[index], Context(policy, request)):
        faults.append("the statement does not apply to it")
    if request.action not in question.actions:
        faults.append("its action is not asked about")
    context = {key.lower(): str(value) for key, value in request.context.items()}
    caller = context.get(rules.CALLER, context.get("kms:calleraccount"))
    if not rules.is_fresh(rules.names(document, partition), question.scope, request.resource, caller):
        faults.append("its key is not fresh")
    return faults


# Reports


def report(found: Sample, question: Asked, said: str) -> str:
    """A disagreement with all that is needed to repeat it."""
    return f"{said}\n  {question} partition={found.partition}\n  {json.dumps(found.document)}"


def smaller(document: rules.Document) -> Iterator[rules.Document]:
    """Yield the documents with one statement, element or value left out."""
    statements = document["Statement"]
    for at, statement in enumerate(statements):
        if len(statements) > 1:
            yield {**document, "Statement": statements[:at] + statements[at + 1 :]}
        for less in _less(statement):
            yield {**document, "Statement": [*statements[:at], less, *statements[at + 1 :]]}


def _less(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        values = statement.get(name)
        if isinstance(values, list):
            for at in range(len(values)):
                yield {**statement, name: values[:at] + values[at + 1 :]}
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            less = copy.deepcopy(statement)
            del less["Condition"][operator][key]
            if not less["Condition"][operator]:
                del less["Condition"][operator]
            if not less["Condition"]:
                del less["Condition"]
            yield less
            for at in range(len(values) if isinstance(values, list) else 0):
                less = copy.deepcopy(statement)
                del less["Condition"][operator][key][at]
                yield less
