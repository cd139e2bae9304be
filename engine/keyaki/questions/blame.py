"""Blame: of one request, which statements let it through and which keep it out."""

from __future__ import annotations

from attrs import frozen

from keyaki.answer import Result
from keyaki.policy import Decision, Effect, Policy, Request
from keyaki.questions.principals import seen_by
from keyaki.questions.sides import PolicySet, Readable, read
from keyaki.reference.trace import StatementTrace, trace


@frozen
class Blocker:
    """One thing that keeps a request out, in words.

    ``level`` is ``identity``, ``boundary``, ``scps N`` or ``session``; ``policy`` counts within it. A Deny that applies has its
    0-based ``statement``; where no Allow of a level applies, ``statement`` is None and ``why`` says what each of them lacks.
    """

    level: str
    policy: int | None
    statement: int | None
    sid: str | None
    why: tuple[str, ...]


@frozen
class Blame:
    """What the reference evaluator says of one request: ``result`` is PASS iff it is allowed, FAIL iff it is blocked.

    ``traces`` holds for each policy, by level and number, what became of each of its statements.
    """

    result: Result
    decision: Decision
    blockers: tuple[Blocker, ...]
    traces: tuple[tuple[str, int, tuple[StatementTrace, ...]], ...]

    @property
    def reasons(self) -> tuple[Blocker, ...]:
        """The blockers."""
        return self.blockers


def who_blocks(policy: Readable | PolicySet, request: Request, *, principal: str | None = None) -> Blame:
    """Return which statements block a request, the Denies that apply first; none iff it is allowed.

    Resource policies are asked about a ``principal``, ``KIND:VALUE`` as in ``AWS:arn:aws:iam::111122223333:role/example``.
    Linear in the policies.

    Raises:
        PolicySyntaxError: a text or object is no policy.
        ResourcePolicyError: a policy names principals and none is given.
        QuestionError: the request is malformed.
    """
    denies: list[Blocker] = []
    gaps: list[Blocker] = []
    traces: list[tuple[str, int, tuple[StatementTrace, ...]]] = []
    for name, level in _levels(policy):
        lacking: list[str] = []
        allowed = False
        for number, one in enumerate(level):
            asked = one if principal is None else seen_by(one, principal)
            found = trace(asked, request)
            traces.append((name, number, found))
            denies += (_denier(name, number, each) for each in found if each.applies and each.statement.effect is Effect.DENY)
            lacking += (
                _lack(number, each, len(level)) for each in found if each.statement.effect is Effect.ALLOW and not each.applies
            )
            allowed |= any(each.applies and each.statement.effect is Effect.ALLOW for each in found)
        if not allowed:
            gaps.append(Blocker(name, None, None, None, tuple(lacking) or ("it has no Allow statement",)))
    decision = Decision.EXPLICIT_DENY if denies else Decision.IMPLICIT_DENY if gaps else Decision.ALLOW
    return Blame(Result.FAIL if denies or gaps else Result.PASS, decision, (*denies, *gaps), tuple(traces))


def _levels(given: Readable | PolicySet) -> list[tuple[str, tuple[Policy, ...]]]:
    if not isinstance(given, PolicySet):
        return [("identity", (read(given),))]
    found = [("identity", given.identity)]
    if given.boundary is not None:
        found.append(("boundary", given.boundary))
    found += [(f"scps {number}", level) for number, level in enumerate(given.scps)]
    if given.session is not None:
        found.append(("session", given.session))
    return found


def _denier(level: str, policy: int, found: StatementTrace) -> Blocker:
    return Blocker(level, policy, found.statement.index, found.statement.sid, ("this Deny applies",))


def _lack(policy: int, found: StatementTrace, policies: int) -> str:
    where = f"statement {found.statement.index}" + (f" of policy {policy}" if policies > 1 else "")
    return f"{where}: {'; '.join(found.reasons)}"
