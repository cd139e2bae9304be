"""Digests: what binds a certificate to its policy."""

from __future__ import annotations

from attrs import asdict

from keyaki.policy import Policy


def digest(policy: Policy) -> str:
    """Return the SHA-256 of what the policy means, in hex: layout, ids and the spelling of operators take no part."""
    import hashlib  # noqa: PLC0415 - only who asks for a certificate needs them
    import json  # noqa: PLC0415

    plain = asdict(policy, filter=lambda attribute, _: bool(attribute.eq) and attribute.name not in {"sid", "id"})
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
