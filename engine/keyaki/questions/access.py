"""Access: the question whether a new policy gives more access than an existing one."""

from __future__ import annotations

from typing import Final

from keyaki.answer import Answer, Asked, Asks, Result
from keyaki.questions.ask import BUDGET
from keyaki.questions.inclusion import Search, answer_of
from keyaki.questions.sides import Given, require_alike, side_of

_NEW_ACCESS: Final = {
    Result.PASS: "the new policy allows no request that the existing policy does not allow",
    Result.FAIL: "the new policy allows requests that the existing policy does not allow",
    Result.UNDECIDED: "whether the new policy allows more could not be settled",
}


def no_new_access(new: Given, existing: Given, *, budget: int = BUDGET) -> Answer:
    """Return PASS iff every request that ``new`` allows, ``existing`` allows too.

    FAIL has one reason for each Allow statement of ``new`` that grants something new. Each policy may be read already, or be
    its text, its decoded object, or a set of policies.

    Raises:
        PolicySyntaxError: a text or object is no policy.
        QuestionError: one policy names principals and the other does not.
    """
    return inclusion(new, existing, _NEW_ACCESS, budget)


def inclusion(  # noqa: PLR0913 - the parts of the question
    new: Given, old: Given, messages: dict[Result, str], budget: int, *, first: bool = False, each: bool = False
) -> Answer:
    """Return the answer to: is every request that ``new`` allows allowed by ``old``?"""
    left = side_of(new)
    right = side_of(old, left.last)
    require_alike((left, right))
    search = Search(left, right, budget=budget)
    return answer_of(search, search.run(first=first, each=each), messages, Asked(Asks.INCLUSION))
