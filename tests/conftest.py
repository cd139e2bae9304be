"""One Hypothesis profile for all tests: the same examples every time, so that a red run means a changed program.

``KEYAKI_RANDOM=1`` draws new examples instead, for looking further than continuous integration does.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "keyaki",
    deadline=None,
    derandomize=not os.environ.get("KEYAKI_RANDOM"),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("keyaki")
