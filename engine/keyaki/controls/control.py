"""Controls as data: what each is called, what it judges, and which KMS actions it blocks.

A control is a thin layer over one question. KMS.1 and KMS.2 are the Security Hub controls, the other two are the AWS Config
rules behind them, which take parameters of their own. Nothing here decides anything.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html and, of the rules,
https://docs.aws.amazon.com/config/latest/developerguide/iam-customer-policy-blocked-kms-actions.html and
https://docs.aws.amazon.com/config/latest/developerguide/iam-inline-policy-blocked-kms-actions.html
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from keyaki.catalogue import DECRYPTION_ACTIONS
from keyaki.controls.subject import Kind
from keyaki.errors import QuestionError


@frozen
class Control:
    """One control. ``kinds`` are the subjects that it judges when nothing else excludes them.

    ``severity``, ``category`` and ``requirements`` are Security Hub's, empty for a bare Config rule. ``rule`` is the Config
    rule behind the control. ``actions`` are blocked where the question names none, in the order in which they are tried.
    ``parameters`` pairs the name of each parameter with its default, written as AWS Config writes it. ``judges`` says in
    words what is judged.
    """

    id: str
    title: str
    severity: str
    category: str
    resource_types: tuple[str, ...]
    requirements: tuple[str, ...]
    rule: str
    actions: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    kinds: tuple[Kind, ...]
    judges: str

    def parameter(self, name: str) -> str | None:
        """The default of a parameter, or None where the control does not take it."""
        return dict(self.parameters).get(name)


BLOCKED_ACTIONS: Final = "blockedActionsPatterns"
EXCLUDE_BOUNDARIES: Final = "excludePermissionBoundaryPolicy"
EXCLUDE_MANAGEMENT_ROLES: Final = "excludeRoleByManagementAccount"

_CUSTOMER_RULE: Final = "iam-customer-policy-blocked-kms-actions"
_INLINE_RULE: Final = "iam-inline-policy-blocked-kms-actions"
_REQUIREMENTS: Final = tuple(
    f"NIST.800-53.r5 {item}" for item in ("AC-2", "AC-2(1)", "AC-3", "AC-3(15)", "AC-3(7)", "AC-5", "AC-6", "AC-6(3)")
)
_CATEGORY: Final = "Protect > Secure access management"
_BLOCKED: Final = (BLOCKED_ACTIONS, "kms:ReEncryptFrom, kms:Decrypt")
_MANAGED: Final = (Kind.MANAGED_POLICY, Kind.DOCUMENT)
_INLINE: Final = (Kind.USER_POLICY, Kind.GROUP_POLICY, Kind.ROLE_POLICY, Kind.DOCUMENT)
_PRINCIPALS: Final = ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role")
_JUDGES_MANAGED: Final = (
    "the default version of every customer managed policy, attached or not; no inline and no AWS managed policy"
)
_JUDGES_INLINE: Final = "each inline policy of users, groups and roles by itself; no managed policy"

CONTROLS: Final = (
    Control(
        id="KMS.1",
        title="IAM customer managed policies should not allow decryption actions on all KMS keys",
        severity="Medium",
        category=_CATEGORY,
        resource_types=("AWS::IAM::Policy",),
        requirements=_REQUIREMENTS,
        rule=_CUSTOMER_RULE,
        actions=DECRYPTION_ACTIONS,
        parameters=(_BLOCKED, (EXCLUDE_BOUNDARIES, "true")),
        kinds=_MANAGED,
        judges=_JUDGES_MANAGED + "; no policy that serves only as a permissions boundary",
    ),
    Control(
        id="KMS.2",
        title="IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys",
        severity="Medium",
        category=_CATEGORY,
        resource_types=_PRINCIPALS,
        requirements=_REQUIREMENTS,
        rule=_INLINE_RULE,
        actions=DECRYPTION_ACTIONS,
        parameters=(_BLOCKED, (EXCLUDE_MANAGEMENT_ROLES, "false")),
        kinds=_INLINE,
        judges=_JUDGES_INLINE,
    ),
    Control(
        id=_CUSTOMER_RULE,
        title="customer managed policies should not allow blocked actions on all KMS keys",
        severity="",
        category="",
        resource_types=("AWS::IAM::Policy",),
        requirements=(),
        rule=_CUSTOMER_RULE,
        actions=DECRYPTION_ACTIONS,
        parameters=(_BLOCKED, (EXCLUDE_BOUNDARIES, "false")),
        kinds=_MANAGED,
        judges=_JUDGES_MANAGED,
    ),
    Control(
        id=_INLINE_RULE,
        title="inline policies should not allow blocked actions on all KMS keys",
        severity="",
        category="",
        resource_types=_PRINCIPALS,
        requirements=(),
        rule=_INLINE_RULE,
        actions=DECRYPTION_ACTIONS,
        parameters=(_BLOCKED, (EXCLUDE_MANAGEMENT_ROLES, "false")),
        kinds=_INLINE,
        judges=_JUDGES_INLINE,
    ),
)
KMS_1, KMS_2 = CONTROLS[:2]

_BY_NAME: Final = {control.id.lower(): control for control in CONTROLS}


def control_named(text: str) -> Control:
    """The control of that name: its id in any case; a Config rule also by its identifier with underscores.

    Raises:
        QuestionError: no control has the name; the hint lists those there are.
    """
    found = _BY_NAME.get(text.strip().lower().replace("_", "-"))
    if found is None:
        choices = ", ".join(control.id for control in CONTROLS)
        raise QuestionError(f"there is no control `{text}`", code="unknown-control", hint=f"the controls are {choices}")
    return found


def controls_for(kind: Kind) -> tuple[Control, ...]:
    """The Security Hub controls that judge such a subject when none is named; of a bare document, KMS.1 alone."""
    return (KMS_1,) if kind in _MANAGED else (KMS_2,)
