"""Selection: which subjects a control judges, and why it does not judge the others.

Whatever is unknown never excludes: a policy without counts may be attached, and a trust policy that cannot be read may trust
anyone. A subject is excluded only on what its own source says.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from keyaki.controls.control import EXCLUDE_BOUNDARIES, EXCLUDE_MANAGEMENT_ROLES, Control
from keyaki.controls.subject import Kind, Subject
from keyaki.controls.trust import trusted_accounts
from keyaki.errors import QuestionError
from keyaki.policy import PolicyWarning


@frozen
class Parameters:
    """The parameters of the Config rules that choose subjects; None stands for the control's own default.

    ``exclude_boundaries`` is excludePermissionBoundaryPolicy, ``exclude_management_roles`` is excludeRoleByManagementAccount
    and ``management_account`` the account that it needs, 12 digits. A parameter that a control does not take has no effect
    on it, so one set of parameters serves a run over several controls.

    Raises:
        QuestionError: ``management_account`` is no account id.
    """

    exclude_boundaries: bool | None = None
    exclude_management_roles: bool | None = None
    management_account: str | None = None

    def __attrs_post_init__(self) -> None:
        account = self.management_account
        if account is not None and not (len(account) == 12 and account.isascii() and account.isdigit()):
            raise QuestionError(f"`{account}` is no account id", code="bad-account", hint="an account id has 12 digits")


DEFAULTS: Final = Parameters()

_NOT_APPLIED: Final = PolicyWarning(
    "parameter-not-applied", f"{EXCLUDE_MANAGEMENT_ROLES} is not applied, since no management account id is given"
)
_KIND_NAMES: Final = {
    Kind.DOCUMENT: "a policy document",
    Kind.MANAGED_POLICY: "a managed policy",
    Kind.USER_POLICY: "an inline policy of a user",
    Kind.GROUP_POLICY: "an inline policy of a group",
    Kind.ROLE_POLICY: "an inline policy of a role",
}


def selection(control: Control, subject: Subject, parameters: Parameters = DEFAULTS) -> str | None:
    """Returns None iff the control judges the subject, and else the reason why it does not, in words."""
    if subject.kind not in control.kinds:
        return f"{control.id} does not judge {_KIND_NAMES[subject.kind]}"
    if subject.skip is not None:
        return subject.skip
    if subject.kind is Kind.MANAGED_POLICY:
        return _managed(control, subject, parameters)
    if subject.kind is Kind.ROLE_POLICY:
        return _role(control, subject, parameters)
    return None


def notes(control: Control, subject: Subject, parameters: Parameters = DEFAULTS) -> tuple[PolicyWarning, ...]:
    """What the reader must know of how the subject was selected: a parameter that was asked for and could not be applied."""
    if subject.kind is Kind.ROLE_POLICY and parameters.management_account is None and _excludes_roles(control, parameters):
        return (_NOT_APPLIED,)
    return ()


def is_aws_managed(arn: str | None) -> bool:
    """True iff the ARN is that of an AWS managed policy, ``arn:PARTITION:iam::aws:policy/...``."""
    fields = (arn or "").split(":", 5)
    return len(fields) == 6 and (fields[0], *fields[2:5]) == ("arn", "iam", "", "aws") and fields[5].startswith("policy/")


def _managed(control: Control, subject: Subject, parameters: Parameters) -> str | None:
    if is_aws_managed(subject.arn):
        return f"{control.id} does not judge AWS managed policies"
    if _excludes_boundaries(control, parameters) and subject.boundary_usages and subject.attachments == 0:
        return f"the policy serves only as a permissions boundary, which {EXCLUDE_BOUNDARIES} excludes"
    return None


def _role(control: Control, subject: Subject, parameters: Parameters) -> str | None:
    account = parameters.management_account
    if account is None or not _excludes_roles(control, parameters) or trusted_accounts(subject.trust) != {account}:
        return None
    return f"only the management account {account} can assume the role, which {EXCLUDE_MANAGEMENT_ROLES} excludes"


def _excludes_boundaries(control: Control, parameters: Parameters) -> bool:
    default = control.parameter(EXCLUDE_BOUNDARIES)
    return default is not None and _chosen(parameters.exclude_boundaries, default)


def _excludes_roles(control: Control, parameters: Parameters) -> bool:
    default = control.parameter(EXCLUDE_MANAGEMENT_ROLES)
    return default is not None and _chosen(parameters.exclude_management_roles, default)


def _chosen(value: bool | None, default: str) -> bool:
    return default == "true" if value is None else value
