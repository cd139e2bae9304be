"""Digests: what binds a certificate to its policy."""

from __future__ import annotations

import hashlib
import json

from attrs import asdict

from keyaki.policy import Policy


def digest(policy: Policy) -> str:
    """Return the SHA-256 of what the policy means, in hex: layout, ids and the spelling of operators take no part."""
    plain = asdict(policy, filter=lambda attribute, _: bool(attribute.eq) and attribute.name not in {"sid", "id"})
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
