"""keyaki decides, exactly and offline, whether an IAM policy lets anyone use a KMS key that the policy never named.

The names below are the public interface. They load on first use: ``import keyaki`` alone imports neither lark nor attrs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keyaki.checker.verify import verify
    from keyaki.controls.check import check
    from keyaki.errors import KeyakiError, PolicySyntaxError
    from keyaki.policy import Decision, Policy, Request
    from keyaki.reference.evaluate import allows
    from keyaki.syntax.lower import policy_from
    from keyaki.syntax.parse import parse
    from keyaki.verdict import Mode, Outcome, Scope, Verdict

__version__ = "0.1.0"

_HOMES = {
    "check": "keyaki.controls.check",
    "verify": "keyaki.checker.verify",
    "allows": "keyaki.reference.evaluate",
    "parse": "keyaki.syntax.parse",
    "policy_from": "keyaki.syntax.lower",
    "KeyakiError": "keyaki.errors",
    "PolicySyntaxError": "keyaki.errors",
    "Decision": "keyaki.policy",
    "Policy": "keyaki.policy",
    "Request": "keyaki.policy",
    "Mode": "keyaki.verdict",
    "Outcome": "keyaki.verdict",
    "Scope": "keyaki.verdict",
    "Verdict": "keyaki.verdict",
}

__all__ = [  # written out once more: type checkers read no expressions here
    "Decision",
    "KeyakiError",
    "Mode",
    "Outcome",
    "Policy",
    "PolicySyntaxError",
    "Request",
    "Scope",
    "Verdict",
    "__version__",
    "allows",
    "check",
    "parse",
    "policy_from",
    "verify",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        message = f"module `keyaki` has no attribute `{name}`"
        raise AttributeError(message)
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
