"""The question of a control, asked of one policy.

:func:`check` turns names and texts into a :class:`~keyaki.verdict.Question`, hands it to the engine, and gathers the
warnings. It holds no judgement of its own: the engine decides and replays its witnesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from keyaki.catalogue import KEY_ACTIONS, PARTITIONS
from keyaki.controls.blocked import blocked_actions
from keyaki.controls.control import Control, control_named
from keyaki.decision.decide import decide
from keyaki.errors import QuestionError, ResourcePolicyError
from keyaki.policy import Policy, PolicyWarning, TextEnum
from keyaki.reference.advice import advise
from keyaki.verdict import Mode, Question, Scope, Verdict

DEFAULT_BUDGET: Final = 2_000_000
"""Counted steps after which a question that is still open is UNDECIDED."""


def check(  # noqa: PLR0913 - the parts of the question, as documented
    policy: Policy | str | bytes | Mapping[str, Any],
    control: str | Control = "KMS.1",
    *,
    scope: str | Scope = Scope.CONFINED,
    mode: str | Mode = Mode.EXACT,
    actions: str | Iterable[str] | None = None,
    partition: str = "aws",
    budget: int | None = None,
) -> Verdict:
    """Returns the verdict of the control for the policy: FAILED iff a request shows that it lets a fresh key be used.

    ``policy`` may be read already, or be its text or its decoded object. ``actions`` are patterns, as a sequence or as one
    text with commas; None stands for the control's own. ``budget`` bounds the counted steps. The warnings of the verdict are
    those of the reader of the policy, of the advice on it, and of the patterns.

    Raises:
        PolicySyntaxError: the text or object is no policy.
        ResourcePolicyError: the policy names a principal.
        QuestionError: the control, scope, mode, partition, actions or budget cannot be asked about.
    """
    asked, notes = question(control, scope=scope, mode=mode, actions=actions, partition=partition, budget=budget)
    return answer(_read(policy), asked, notes)


def question(  # noqa: PLR0913 - the parts of the question, as documented
    control: str | Control = "KMS.1",
    *,
    scope: str | Scope = Scope.CONFINED,
    mode: str | Mode = Mode.EXACT,
    actions: str | Iterable[str] | None = None,
    partition: str = "aws",
    budget: int | None = None,
) -> tuple[Question, tuple[PolicyWarning, ...]]:
    """The question that :func:`check` would ask, and the warnings of its action patterns. Raises QuestionError as it does."""
    named = control if isinstance(control, Control) else control_named(control)
    patterns = named.actions if actions is None else actions
    blocked, notes = (_in_order(named.actions), ()) if patterns is named.actions else blocked_actions(patterns)
    asked = Question(
        control=named.id,
        actions=blocked,
        scope=_member(Scope, "scope", scope),
        mode=_member(Mode, "mode", mode),
        partition=_partition(partition),
        budget=_budget(budget),
    )
    return asked, notes


def answer(policy: Policy, asked: Question, notes: tuple[PolicyWarning, ...] = ()) -> Verdict:
    """The engine's verdict on one policy, with every warning there is to give. Raises ResourcePolicyError."""
    if not policy.is_identity:
        raise ResourcePolicyError(
            f"this is a resource policy; {asked.control} judges identity policies",
            span=next((statement.span for statement in policy.statements if statement.principals), None),
            hint="an identity policy has no Principal and no NotPrincipal",
        )
    return decide(policy, asked, partial(_warnings, policy, notes))


def _warnings(policy: Policy, notes: tuple[PolicyWarning, ...]) -> tuple[PolicyWarning, ...]:
    return tuple(dict.fromkeys((*policy.warnings, *advise(policy), *notes)))


def _read(policy: Policy | str | bytes | Mapping[str, Any]) -> Policy:
    """The policy, read where it is not read yet. The readers load on use: a policy that is read already needs neither."""
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, (str, bytes, bytearray)):
        from keyaki.syntax.parse import parse  # noqa: PLC0415 - only texts need it

        return parse(policy)
    from keyaki.syntax.lower import policy_from  # noqa: PLC0415 - not needed for texts

    return policy_from(policy)


def _in_order(actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(action for action in KEY_ACTIONS if action in actions)


def _member(choices: type[TextEnum], what: str, value: Any) -> Any:
    try:
        return choices(value)
    except ValueError:
        hint = f"it is one of {', '.join(choices)}"
        raise QuestionError(f"there is no {what} `{value}`", code=f"unknown-{what}", hint=hint) from None


def _partition(text: str) -> str:
    if text not in PARTITIONS:
        raise QuestionError(
            f"there is no partition `{text}`", code="unknown-partition", hint=f"it is one of {', '.join(PARTITIONS)}"
        )
    return text


def _budget(budget: int | None) -> int:
    if budget is None:
        return DEFAULT_BUDGET
    if not isinstance(budget, int) or isinstance(budget, bool) or budget < 1:
        raise QuestionError(f"a budget is a count of steps from 1, not `{budget}`", code="bad-budget")
    return budget
