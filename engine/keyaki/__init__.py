"""keyaki decides, exactly and offline, whether an IAM policy lets anyone use a KMS key that the policy never named.

The names below are the public interface. They load on first use: ``import keyaki`` alone imports neither lark nor attrs.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true; importing `typing` would double the time of `import keyaki`
if TYPE_CHECKING:
    from typing import Any

    from keyaki.answer import Result
    from keyaki.checker.verify import verify
    from keyaki.controls.check import check
    from keyaki.errors import KeyakiError, PolicySyntaxError
    from keyaki.policy import Decision, Policy, Request
    from keyaki.questions.access import no_new_access
    from keyaki.questions.blame import who_blocks
    from keyaki.questions.compare import Relation, compare, difference, disjoint, equivalent, implies
    from keyaki.questions.grants import not_granted
    from keyaki.questions.sides import PolicySet
    from keyaki.questions.summary import summarise
    from keyaki.questions.verify import verify_answer
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
    "no_new_access": "keyaki.questions.access",
    "not_granted": "keyaki.questions.grants",
    "compare": "keyaki.questions.compare",
    "implies": "keyaki.questions.compare",
    "equivalent": "keyaki.questions.compare",
    "disjoint": "keyaki.questions.compare",
    "difference": "keyaki.questions.compare",
    "summarise": "keyaki.questions.summary",
    "verify_answer": "keyaki.questions.verify",
    "who_blocks": "keyaki.questions.blame",
    "PolicySet": "keyaki.questions.sides",
    "Relation": "keyaki.questions.compare",
    "Result": "keyaki.answer",
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
    "PolicySet",
    "PolicySyntaxError",
    "Relation",
    "Request",
    "Result",
    "Scope",
    "Verdict",
    "__version__",
    "allows",
    "check",
    "compare",
    "difference",
    "disjoint",
    "equivalent",
    "implies",
    "no_new_access",
    "not_granted",
    "parse",
    "policy_from",
    "summarise",
    "verify",
    "verify_answer",
    "who_blocks",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        message = f"module `keyaki` has no attribute `{name}`"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - loaded with the first name that is asked for

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
