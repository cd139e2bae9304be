"""Verify: does the evidence of an answer hold, as the separate checker sees it?"""

from __future__ import annotations

from keyaki.answer import Answer
from keyaki.checker.answers import check_answer
from keyaki.errors import EvidenceError
from keyaki.policy import Policy
from keyaki.questions.sides import Given, PolicySet, Readback, read


def verify_answer(answer: Answer, *given: Given) -> None:
    """Return iff the evidence of an answer holds: each witness of a FAIL, the certificate of a PASS.

    ``given`` are the policies or sets of policies that the question was asked of, in the same order; of ``compare(new, old)``
    that is (new, old) for what is ``gained``, and (old, new) for what is ``lost``. Linear in the certificate, but for leaves
    that give no closure.

    Raises:
        EvidenceError: it does not hold, or there is none: of an UNDECIDED, for the quantifier ``all``, and where a summary
            stands in the place of a policy.
        PolicySyntaxError: a text or object is no policy.
    """
    if any(isinstance(one, Readback) for one in given):
        raise EvidenceError("what a summary stands for cannot be verified; ask about its policy")
    check_answer(answer, [levels_of(one) for one in given if not isinstance(one, Readback)])


def levels_of(given: Policy | PolicySet | object) -> tuple[tuple[Policy, ...], ...]:
    """Return the levels of policies that something given is."""
    return given.levels if isinstance(given, PolicySet) else ((read(given),),)  # type: ignore[arg-type]
