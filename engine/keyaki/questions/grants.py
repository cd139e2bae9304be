"""Grants: does a policy grant any of these actions on any of these resources?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, Final

from keyaki.answer import Answer, Asked, Asks, Reason, Result
from keyaki.automata.glob import wildcard
from keyaki.automata.meter import Exhausted
from keyaki.automata.product import Union
from keyaki.decision.box import Undecidable
from keyaki.errors import QuestionError
from keyaki.lattice.predicate import TextPredicate
from keyaki.policy import TextEnum
from keyaki.questions.ask import BUDGET, Asker, Proof
from keyaki.questions.encode import QUERY
from keyaki.questions.everywhere import Everywhere
from keyaki.questions.inclusion import MOST_CHOICES, answer_of, reason_of, too_many
from keyaki.questions.reach import EVERY, is_literal
from keyaki.questions.sides import Given, Side, side_of
from keyaki.questions.space import actions as actions_of
from keyaki.questions.write import Found
from keyaki.symbolic.atom import Atom
from keyaki.symbolic.theory import RESOURCE
from keyaki.values import ascii_fold

Texts = str | Iterable[str]
"""One pattern or several."""


class Quantifier(TextEnum):
    """On which of the matching resources an action must be granted for a policy to grant it."""

    SOME = "some"
    ALL = "all"
    FRESH = "fresh"


_NOT_GRANTED: Final = {
    Result.PASS: "the policy grants none of the listed actions on the listed resources",
    Result.FAIL: "the policy grants some of the listed actions on the listed resources",
    Result.UNDECIDED: "whether the policy grants any of the listed actions could not be settled",
}


def not_granted(
    policy: Given,
    *,
    actions: Texts = (),
    resources: Texts = (),
    quantifier: str | Quantifier = Quantifier.SOME,
    budget: int = BUDGET,
) -> Answer:
    """Return PASS iff the policy grants no action that matches ``actions`` on a resource that matches ``resources``.

    Patterns on both sides, as in policies but without variables; an empty list stands for everything, but not both. With the
    quantifier ``some`` a request on one matching resource is a grant; with ``fresh``, one on a resource that the policy does
    not write out in full; with ``all``, a context in which an action is allowed on every matching resource. FAIL has a reason
    for each Allow that grants one.

    Raises:
        PolicySyntaxError: a text or object is no policy.
        QuestionError: the lists are empty, a pattern can match nothing, or there is no such quantifier.
    """
    asked, actions = _member(quantifier), _listed(actions)
    side = side_of(policy)
    patterns, texts = _patterns(actions, _listed(resources))
    unnamed = named_resources(side) if asked is Quantifier.FRESH else frozenset()
    asker = Asker((side,), budget, unnamed, actions)
    search: Grants | Everywhere = (Everywhere if asked is Quantifier.ALL else Grants)(side, asker, resource_atoms(texts))
    question = Asked(Asks.GRANTS, patterns, () if EVERY in texts else texts, str(asked))
    return answer_of(search, search.run(patterns), _NOT_GRANTED, question)


def _member(quantifier: str | Quantifier) -> Quantifier:
    try:
        return Quantifier(quantifier)
    except ValueError:
        hint = f"it is one of {', '.join(Quantifier)}"
        raise QuestionError(f"there is no quantifier `{quantifier}`", code="unknown-quantifier", hint=hint) from None


def _patterns(actions: tuple[str, ...], resources: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folded action patterns and the resource patterns; QuestionError iff they ask nothing."""
    patterns = tuple(dict.fromkeys(ascii_fold(text) for text in _listed(actions))) or (EVERY,)
    texts = tuple(dict.fromkeys(resources))
    if not actions and not texts:
        raise QuestionError("neither actions nor resources are asked about", code="bad-question")
    for pattern in patterns:
        if not (actions_of(None).admits(pattern) if is_literal(pattern) else ":" in pattern or "*" in pattern):
            raise QuestionError(f"`{pattern}` is no pattern of actions", hint="an action is a service and a name: `s3:GetObject`")
    for text in texts:
        if not text.startswith("arn:") and "*" not in text:
            raise QuestionError(f"`{text}` is no pattern of resources", hint="it is an ARN, with wildcards or not, or `*`")
    return patterns, texts


def _listed(texts: Texts) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def named_resources(side: Side) -> frozenset[str]:
    """Return the resources that a side writes out in full, in any Resource or NotResource."""
    elements = (entry.statement.resource for entry in side.entries)
    texts = (text for element in elements if element for text in element.values)
    return frozenset(text for text in texts if not any(mark in text for mark in ("*", "?", "${")))


def resource_atoms(resources: Sequence[str]) -> tuple[Atom, ...]:
    """Return what patterns of resources ask; none where one of them is everything, or there is none."""
    if not resources or "*" in resources:
        return ()
    test = TextPredicate(Union(tuple(map(wildcard, resources))))
    return (Atom(RESOURCE, False, test, place=(QUERY, "resource")),)


class Grants:
    """Looks for requests that a side allows."""

    def __init__(self, side: Side, asker: Asker, resources: tuple[Atom, ...]) -> None:
        self.side = side
        self.sides: tuple[Side, ...] = (side,)
        self.asker = asker
        self.resources = resources
        self.proofs: list[Proof | dict[str, Any]] = []
        self.open: list[str] = []

    def run(self, patterns: Sequence[str]) -> list[Reason]:
        """Return one reason for each Allow of the identity level that grants an action of the patterns."""
        reasons: dict[int, Reason] = {}
        if too_many(self.side.levels):
            self.open.append(f"there are more than {MOST_CHOICES} choices of one statement for each level")
            return []
        for choice in product(*self.side.levels):
            for pattern in patterns:
                if self.asker.is_over(self.open):
                    return list(reasons.values())
                if choice[0].number in reasons:
                    continue
                try:
                    self.asker.meter.spend(1 + sum(one.reach.others(pattern) for one in choice))
                    if any(one.reach.atom(pattern, 0) is False for one in choice):
                        continue
                    found = self.asker.ask(pattern, choice, self.side.denies, self._accepts, self.resources)
                except (Exhausted, Undecidable) as stop:
                    self.open.append(f"statement {choice[0].statement.index}: {stop}")
                    continue
                if not isinstance(found, Proof):
                    reasons[choice[0].number] = reason_of(choice[0], pattern, found)
                elif len(found.actions) == 1:
                    self.proofs.append(found)
        return list(reasons.values())

    def _accepts(self, found: Found) -> bool:
        return self.side.allows(found.request, found.principal)
