"""Trust policies: whose principals may assume a role.

A trust policy is read here for one question only, so anything but a plain account, user, role or session of an account (a
service, a federation, ``*``, a NotPrincipal, a principal's unique id, a text that cannot be read) answers "unknown".
Conditions and Denies are not looked at: they only narrow whom the role trusts, and never add an account.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from typing import Any

from keyaki.errors import KeyakiError
from keyaki.policy import Effect, Element, Policy
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse


def trusted_accounts(trust: Any) -> set[str] | None:
    """The accounts whose principals the trust policy lets assume the role, or None where it may trust others as well.

    ``trust`` is a decoded trust policy or its JSON text. A policy that trusts nobody gives None too: it says nothing of an
    account. Linear in the policy.
    """
    policy = _read(trust)
    if policy is None:
        return None
    accounts: set[str] = set()
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW:
            found = [_accounts(element) for element in statement.principals]
            if not found or None in found:
                return None
            accounts.update(account for some in found for account in some or ())
    return accounts or None


def _read(trust: Any) -> Policy | None:
    try:
        return parse(trust) if isinstance(trust, str) else policy_from(trust)
    except KeyakiError:
        return None


def _accounts(element: Element) -> list[str] | None:
    """The accounts of one kind of principal, or None where one of its values is not tied to an account."""
    if element.negated or element.kind != "AWS":
        return None
    accounts = [_account(value) for value in element.values]
    return None if None in accounts else [account for account in accounts if account]


def _account(value: str) -> str | None:
    if _is_account(value):
        return value
    fields = value.split(":", 5)
    if len(fields) == 6 and fields[0] == "arn" and fields[2] in {"iam", "sts"} and _is_account(fields[4]):
        return fields[4]
    return None


def _is_account(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()
