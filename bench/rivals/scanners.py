"""How two scanners are asked, each by the function of its own that comes nearest to the question.

Neither was made for this question. Both match actions against their lists of all actions of AWS, and look at resources as texts.
This module runs under the scanners' interpreter and imports nothing but them.
"""

from __future__ import annotations

import json
import logging
import warnings
from fnmatch import fnmatchcase
from typing import Any, Final

ACTIONS: Final = ("Decrypt", "ReEncryptFrom")
FRESH_KEY: Final = "arn:aws:kms:eu-north-1:999988887777:key/0f1e2d3c-4b5a-4678-9abc-def012345678"


class Cloudsplaining:
    """cloudsplaining: which of these actions does the policy allow without constraints on resources?"""

    packages = ("cloudsplaining", "policy_sentry")

    def __init__(self) -> None:
        from cloudsplaining.scan.policy_document import PolicyDocument  # noqa: PLC0415 - the other scanner need not be there

        logging.disable()
        self._document = PolicyDocument

    def read(self, text: str) -> Any:
        """Return the decoded object."""
        return json.loads(text)

    def decide(self, given: Any) -> str:
        """Return FAILED iff it names one of them."""
        found = self._document(given).allows_specific_actions_without_constraints([f"kms:{action}" for action in ACTIONS])
        return "FAILED" if found else "PASSED"


class Parliament:
    """parliament: its analysis, which has the check for wildcards, and then the resources on which these actions are allowed."""

    packages = ("parliament",)

    def __init__(self) -> None:
        warnings.simplefilter("ignore")
        import jsoncfg  # noqa: PLC0415 - the other scanner need not be there
        from parliament.policy import Policy  # noqa: PLC0415 - likewise

        self._loads, self._policy = jsoncfg.loads_config, Policy

    def read(self, text: str) -> Any:
        """Return the object with places, which it works on."""
        return self._loads(text)

    def decide(self, given: Any) -> str:
        """Return FAILED iff a resource that it names matches a key which no policy names, as a text."""
        policy = self._policy(given)
        policy.analyze(ignore_private_auditors=True)
        resources = (resource for action in ACTIONS for resource in policy.get_allowed_resources("kms", action))
        return "FAILED" if any(fnmatchcase(FRESH_KEY, str(resource)) for resource in resources) else "PASSED"
