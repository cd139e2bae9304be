"""A subject is one thing that a control may judge: a policy document with what is known of where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from keyaki.errors import KeyakiError
from keyaki.policy import Policy, TextEnum


class Kind(TextEnum):
    """What sort of thing a subject is."""

    DOCUMENT = "document"
    MANAGED_POLICY = "managed-policy"
    USER_POLICY = "user-policy"
    GROUP_POLICY = "group-policy"
    ROLE_POLICY = "role-policy"


@frozen
class Subject:
    """One policy, read or not.

    Exactly one of ``policy``, ``error`` (it could not be read) and ``skip`` (why it is not judged) is not None.
    ``name`` is the PolicyName, ``arn`` that of a managed policy or None, ``owner`` the name of the user, group or role of an
    inline policy. ``path`` is the file as the user named it (``-`` for standard input); ``pointer`` the JSON pointer of the
    document inside it (empty for a whole file). ``attachments`` and ``boundary_usages`` are AWS's counts where known.
    ``trust`` is the decoded trust policy of an inline policy's role. ``places`` finds the spans of the statements of a policy
    that was read without them.
    """

    kind: Kind
    path: str
    pointer: str = ""
    name: str | None = None
    arn: str | None = None
    owner: str | None = None
    policy: Policy | None = None
    error: KeyakiError | None = None
    skip: str | None = None
    attachments: int | None = None
    boundary_usages: int | None = None
    trust: Any = None
    places: Callable[[Policy], Policy] | None = field(default=None, eq=False, repr=False)

    def located(self) -> Subject:
        """The subject with the spans of its policy's statements, where its file has them. Linear in the part that holds it."""
        if self.policy is None or self.places is None:
            return self
        return evolve(self, policy=self.places(self.policy), places=None)
