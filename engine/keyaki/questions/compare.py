"""Compare: how the sets of requests that two policies allow lie to each other."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from keyaki.answer import Answer, Asked, Asks, Result
from keyaki.policy import Request, TextEnum
from keyaki.questions.access import inclusion
from keyaki.questions.ask import BUDGET
from keyaki.questions.inclusion import Search, answer_of
from keyaki.questions.sides import Given, require_alike, side_of

_IMPLIES: Final = {
    Result.PASS: "every request that the first policy allows, the second one allows too",
    Result.FAIL: "the first policy allows requests that the second one does not",
    Result.UNDECIDED: "whether the first policy implies the second one could not be settled",
}
_EQUIVALENT: Final = {
    Result.PASS: "the policies allow the same requests",
    Result.FAIL: "one of the policies allows requests that the other one does not",
    Result.UNDECIDED: "whether the policies allow the same requests could not be settled",
}
_DISJOINT: Final = {
    Result.PASS: "no request is allowed by both policies",
    Result.FAIL: "some requests are allowed by both policies",
    Result.UNDECIDED: "whether some request is allowed by both policies could not be settled",
}


class Relation(TextEnum):
    """How the new one of two policies stands to the old one."""

    EQUIVALENT = "equivalent"
    LESS_PERMISSIVE = "less permissive"
    MORE_PERMISSIVE = "more permissive"
    INCOMPARABLE = "incomparable"
    UNDECIDED = "undecided"


_RELATIONS: Final = {
    (Result.PASS, Result.PASS): Relation.EQUIVALENT,
    (Result.PASS, Result.FAIL): Relation.LESS_PERMISSIVE,
    (Result.FAIL, Result.PASS): Relation.MORE_PERMISSIVE,
    (Result.FAIL, Result.FAIL): Relation.INCOMPARABLE,
}


@frozen
class Comparison:
    """A new policy beside an old one: ``gained`` is PASS iff it allows nothing more, ``lost`` iff it allows nothing less."""

    gained: Answer
    lost: Answer

    @property
    def relation(self) -> Relation:
        """How the new policy stands to the old one."""
        return _RELATIONS.get((self.gained.result, self.lost.result), Relation.UNDECIDED)

    @property
    def result(self) -> Result:
        """PASS iff the policies are equivalent, FAIL iff they are not."""
        results = {self.gained.result, self.lost.result}
        return next((one for one in (Result.FAIL, Result.UNDECIDED) if one in results), Result.PASS)

    @property
    def witness(self) -> Request | None:
        """A request that one policy allows and the other does not: one gained, else one lost, else None."""
        return self.gained.witness or self.lost.witness


def implies(p: Given, q: Given, *, budget: int = BUDGET) -> Answer:
    """Return PASS iff every request that ``p`` allows, ``q`` allows too; a FAIL has one reason.

    Raises as ``no_new_access`` does.
    """
    return inclusion(p, q, _IMPLIES, budget, first=True)


def compare(new: Given, old: Given, *, budget: int = BUDGET) -> Comparison:
    """Return how ``new`` stands to ``old``, with a reason for each Allow statement that grants what the other policy does not.

    Raises as ``no_new_access`` does.
    """
    return Comparison(inclusion(new, old, _IMPLIES, budget), inclusion(old, new, _IMPLIES, budget))


def equivalent(p: Given, q: Given, *, budget: int = BUDGET) -> Answer:
    """Return PASS iff the policies allow the same requests; reasons of a FAIL are those of the first direction that fails.

    Raises as ``no_new_access`` does.
    """
    forward = implies(p, q, budget=budget)
    backward = forward if forward.result is Result.FAIL else implies(q, p, budget=budget)
    for found in (backward, forward):
        if found.result is Result.FAIL:
            return Answer(Result.FAIL, _EQUIVALENT[Result.FAIL], found.reasons, open=found.open, asked=_BOTH_WAYS)
    if Result.UNDECIDED in {forward.result, backward.result}:
        return Answer(Result.UNDECIDED, _EQUIVALENT[Result.UNDECIDED], open=forward.open or backward.open, asked=_BOTH_WAYS)

    def certificate() -> dict[str, Any]:
        one, other = forward.certificate or {}, backward.certificate or {}
        shared = {name: one[name] for name in ("schema", "policies")}
        return {**shared, "question": _BOTH_WAYS.plain(), "forward": one["proofs"], "backward": other["proofs"]}

    return Answer(Result.PASS, _EQUIVALENT[Result.PASS], certificate=certificate, asked=_BOTH_WAYS)


_BOTH_WAYS: Final = Asked(Asks.EQUIVALENCE)


def disjoint(p: Given, q: Given, *, budget: int = BUDGET) -> Answer:
    """Return PASS iff no request is allowed by both policies; a FAIL has one reason. Raises as ``no_new_access`` does."""
    left = side_of(p)
    right = side_of(q, left.last)
    require_alike((left, right))
    search = Search(left, right, budget=budget, both=True)
    return answer_of(search, search.run(first=True), _DISJOINT, Asked(Asks.OVERLAP))


def difference(old: Given, new: Given, *, budget: int = BUDGET) -> Comparison:
    """Return what access ``new`` gains and loses, with a reason for each action pattern of each Allow that makes a difference.

    Raises as ``no_new_access`` does.
    """
    return Comparison(inclusion(new, old, _IMPLIES, budget, each=True), inclusion(old, new, _IMPLIES, budget, each=True))
