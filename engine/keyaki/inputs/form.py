"""Forms: what a JSON value in a file is, told by the names of its first members.

Only names are looked at, and the values before the first telling one are small in every output of AWS's, so telling a file of
50 MB costs no more than telling a small one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from keyaki.controls.subject import Kind
from keyaki.inputs.cursor import Cursor, CursorError
from keyaki.policy import TextEnum


class Form(TextEnum):
    """The outputs that hold policies, and those that are known to hold none."""

    ACCOUNT = "get-account-authorization-details"
    PRINCIPAL = "a user, group or role of it"
    MANAGED = "a managed policy of it"
    VERSION = "get-policy-version"
    INLINE = "get-user-policy, get-group-policy or get-role-policy"
    WRAPPED = "get-policy, get-key-policy and the like"
    NAMES = "names without documents"
    POLICY = "a policy document"
    LIST = "a list of these"


class Holder(NamedTuple):
    """A sort of principal: the kind of its inline policies, and the members that hold its name, its id, and them."""

    kind: Kind
    name: str
    id: str
    policies: str


HOLDERS: Final = {
    "UserDetailList": Holder(Kind.USER_POLICY, "UserName", "UserId", "UserPolicyList"),
    "GroupDetailList": Holder(Kind.GROUP_POLICY, "GroupName", "GroupId", "GroupPolicyList"),
    "RoleDetailList": Holder(Kind.ROLE_POLICY, "RoleName", "RoleId", "RolePolicyList"),
}
"""Lists of principals in an account's details."""

_TELLING: Final = {
    **dict.fromkeys((*HOLDERS, "Policies"), Form.ACCOUNT),
    **{name: Form.PRINCIPAL for holder in HOLDERS.values() for name in (holder.id, holder.policies)},
    **dict.fromkeys(("Versions", "PolicyNames", "AttachedPolicies", "Role", "User", "Group"), Form.NAMES),
    "PolicyVersionList": Form.MANAGED,
    "PolicyVersion": Form.VERSION,
    "PolicyDocument": Form.INLINE,
    "Policy": Form.WRAPPED,
    "Statement": Form.POLICY,
}


def form_at(text: str, at: int) -> Form | None:
    """The form of the value at the offset, or None where none of its members tells one.

    A list has a form iff its first item is an object that has one.
    """
    cursor = Cursor(text, at)
    try:
        if cursor.peek() != "[":
            return _told(cursor)
        for _ in cursor.items():
            return Form.LIST if _told(Cursor(text, cursor.at)) else None
    except CursorError:
        pass
    return None


def _told(cursor: Cursor) -> Form | None:
    if cursor.peek() == "{":
        for name in cursor.members():
            if name in _TELLING:
                return _TELLING[name]
            cursor.value()
    return None
