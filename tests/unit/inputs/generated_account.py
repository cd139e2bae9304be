"""Generated files: an account of a chosen size, its documents written in each way that AWS's tools write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

OPEN = {"Version": "2012-10-17", "Statement": [{"Sid": "Open", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]}
NARROW = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::reports/*"},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"},
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}},
    ],
}

STRINGS: dict[str, Callable[[str], str]] = {
    "string": lambda text: text,
    "url": quote,
    "url with every reserved character": lambda text: quote(text, safe=""),
    "form": quote_plus,
}
"""The ways in which the text of a document stands in a string of a container."""


def encoded(document: Any, encoding: str) -> Any:
    """The document as it stands in a container: an ``object``, or a string in one of the ways of :data:`STRINGS`."""
    return document if encoding == "object" else STRINGS[encoding](json.dumps(document, indent=1))


def managed(name: str, document: Any, **facts: Any) -> dict[str, Any]:
    """A customer managed policy of an account's details, its document the second of two versions."""
    return {
        "PolicyName": name,
        "PolicyId": f"ANPA{name.upper()}",
        "Arn": f"arn:aws:iam::111122223333:policy/{name}",
        "Path": "/",
        "DefaultVersionId": "v2",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "PolicyVersionList": [
            {"Document": OPEN, "VersionId": "v1", "IsDefaultVersion": False},
            {"Document": document, "VersionId": "v2", "IsDefaultVersion": True},
        ],
        **facts,
    }


def principal(sort: str, name: str, policies: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A ``User``, ``Group`` or ``Role`` of an account's details with inline policies."""
    entries = [{"PolicyName": each, "PolicyDocument": document} for each, document in policies.items()]
    return {f"{sort}Name": name, f"{sort}Id": "AID", f"{sort}PolicyList": entries, **facts}


def account(policies: int, documents: Callable[[int], Any] = lambda index: OPEN if index % 2 else NARROW) -> dict[str, Any]:
    """An account with that many managed policies and one user, group and role."""
    return {
        "UserDetailList": [principal("User", "ann", {"open": OPEN, "narrow": NARROW}), {"UserName": "bob", "UserId": "AID"}],
        "GroupDetailList": [principal("Group", "admins", {"open": OPEN})],
        "RoleDetailList": [principal("Role", "reader", {"narrow": NARROW}, AssumeRolePolicyDocument=TRUST)],
        "Policies": [managed(f"policy{index}", documents(index)) for index in range(policies)],
    }
