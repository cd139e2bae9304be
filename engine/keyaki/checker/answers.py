"""Answers: does the evidence of an answer to a question about whole policies hold?

Of a FAIL every witness is replayed by the reference evaluator, as the question demands. Of a PASS the certificate is checked:
its proofs one by one (``ledger``), and then whether there is one for every way in which the question could fail. Which ways
there are is worked out here from the policies: a request is allowed by a side iff for some choice of one Allow from each level
all of these apply, and no Deny does. It is not allowed iff of some level no Allow applies, or some Deny does. All this is asked
for each pattern of the actions of one statement of the choice, so every action that all of them cover is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from keyaki.answer import Answer, Asked, Asks, Result
from keyaki.checker.effort import bounded, spend
from keyaki.checker.ledger import Ledger
from keyaki.checker.reach import is_action, is_literal
from keyaki.checker.replay import check_grant, check_newly, check_overlap, named_resources
from keyaki.checker.sides import Entry, Levels, Side, check_choices
from keyaki.checker.tree import items
from keyaki.errors import EvidenceError
from keyaki.policy import Policy
from keyaki.reference.digest import digest

SCHEMA = 1
"""The form of certificates that is known here."""


def check_answer(answer: Answer, given: Sequence[Levels]) -> None:
    """Return iff the answer's evidence holds for its question about the given policies.

    Raises:
        EvidenceError: it does not, or there is none: of an UNDECIDED, and where a grant must be on all of some resources; or to
            look at it takes too many steps (``effort``).
    """
    with bounded():
        _check(answer, given)


def _check(answer: Answer, given: Sequence[Levels]) -> None:
    asked = answer.asked
    if len(given) != (1 if asked.asks is Asks.GRANTS else 2):
        raise EvidenceError("the question is about another number of policies")
    if len({policy.is_identity for levels in given for level in levels for policy in level}) > 1:
        raise EvidenceError("an identity policy cannot be compared with a resource policy")
    if asked.quantifier == "all":
        raise EvidenceError("for a grant on all resources there is no evidence that could be verified here")
    if answer.result is Result.FAIL:
        _check_reasons(answer, given)
    elif answer.result is Result.PASS:
        _check_certificate(answer.certificate, asked, given)
    else:
        raise EvidenceError("an UNDECIDED answer has no evidence", hint="ask again with a larger budget")


def _check_reasons(answer: Answer, given: Sequence[Levels]) -> None:
    asked = answer.asked
    if not answer.reasons:
        raise EvidenceError("a FAIL has no witness")
    weight = _FEW_STEPS + sum(_weight(policy) for levels in given for level in levels for policy in level)
    for reason in answer.reasons:
        spend(weight)
        if asked.asks is Asks.GRANTS:
            check_grant(reason, given[0], asked)
        elif asked.asks is Asks.OVERLAP:
            check_overlap(reason, given)
        elif asked.asks is Asks.INCLUSION:
            check_newly(reason, given[0], given[1])
        else:
            _check_either(reason, given)


_FEW_STEPS = 50


def _weight(policy: Policy) -> int:
    """Return what it takes to ask each statement of a policy about one request."""
    texts = 0
    for one in policy.statements:
        texts += 1 + len(one.action.values) + sum(len(entry.values) for entry in one.conditions)
        texts += sum(1 + (len(value) >> 6) for value in (one.resource.values if one.resource else ()))
    return texts


def _check_either(reason: Any, given: Sequence[Levels]) -> None:
    try:
        check_newly(reason, given[0], given[1])
    except EvidenceError:
        check_newly(reason, given[1], given[0])


def _check_certificate(certificate: object, asked: Asked, given: Sequence[Levels]) -> None:
    if not isinstance(certificate, Mapping):
        raise EvidenceError("a PASS has no certificate")
    if certificate.get("schema") != SCHEMA:
        raise EvidenceError("the certificate is of a form that is not known here")
    if certificate.get("policies") != [[[digest(policy) for policy in level] for level in levels] for levels in given]:
        raise EvidenceError("the certificate is for other policies")
    if certificate.get("question") != asked.plain():
        raise EvidenceError("the certificate is for another question")
    if asked.asks is Asks.EQUIVALENCE:
        _check_inclusion(given[0], given[1], items(certificate, "forward"))
        _check_inclusion(given[1], given[0], items(certificate, "backward"))
    elif asked.asks is Asks.INCLUSION:
        _check_inclusion(given[0], given[1], items(certificate, "proofs"))
    elif asked.asks is Asks.OVERLAP:
        _check_disjoint(given[0], given[1], items(certificate, "proofs"))
    else:
        _check_grants(given[0], asked, items(certificate, "proofs"))


def _check_inclusion(first: Levels, second: Levels, proofs: Sequence[Any]) -> None:
    new = Side(first)
    old = Side(second, new.last)
    ledger = Ledger([new, old])
    ledger.read(proofs)
    check_choices(new.levels)
    denied = _numbers(new.denies)
    missing = [denied | _numbers(level) for level in old.levels]
    for choice in product(*new.levels):
        for pattern in pieces(choice):
            if not all(ledger.shows(pattern, choice, barred) for barred in missing):
                raise EvidenceError(f"nothing shows that the second side allows `{pattern}` where {_named(choice)} does")
            for deny in old.denies:
                if deny.reach.cover(pattern) is not False and not ledger.shows(pattern, (*choice, deny), denied):
                    raise EvidenceError(f"nothing shows that statement {deny.number} denies no `{pattern}` of {_named(choice)}")


def _check_disjoint(first: Levels, second: Levels, proofs: Sequence[Any]) -> None:
    left = Side(first)
    right = Side(second, left.last)
    ledger = Ledger([left, right])
    ledger.read(proofs)
    levels = [*left.levels, *right.levels]
    check_choices(levels)
    denied = _numbers([*left.denies, *right.denies])
    for choice in product(*levels):
        for pattern in pieces(choice):
            if not ledger.shows(pattern, choice, denied):
                raise EvidenceError(f"nothing shows that `{pattern}` is not allowed by {_named(choice)}")


def _check_grants(levels: Levels, asked: Asked, proofs: Sequence[Any]) -> None:
    side = Side(levels)
    ledger = Ledger([side], asked.resources, named_resources(levels) if asked.quantifier == "fresh" else frozenset())
    ledger.read(proofs)
    check_choices(side.levels)
    denied = _numbers(side.denies)
    for choice in product(*side.levels):
        for pattern in asked.actions:
            possible = is_action(pattern) if is_literal(pattern) else True
            covered = possible and all(entry.reach.cover(pattern) is not False for entry in choice)
            if covered and not ledger.shows(pattern, choice, denied):
                raise EvidenceError(f"nothing shows that `{pattern}` is not granted by {_named(choice)}")


def pieces(choice: Sequence[Entry]) -> Iterator[str]:
    """Yield patterns that together hold every action that all of some statements cover."""
    first = min(choice, key=lambda entry: (entry.reach.negated, len(entry.reach.patterns)))
    for pattern in first.reach.pieces():
        if is_literal(pattern) and not is_action(pattern):
            continue
        if all(entry is first or entry.reach.cover(pattern) is not False for entry in choice):
            yield pattern


def _numbers(entries: Sequence[Entry]) -> frozenset[int]:
    return frozenset(entry.number for entry in entries)


def _named(choice: Sequence[Entry]) -> str:
    return "statement " + " with ".join(str(entry.number) for entry in choice)
