from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.catalogue import ACTIONS_ON_NOTHING, KEY_ACTIONS
from keyaki.controls.blocked import blocked_actions
from keyaki.errors import QuestionError


def matches(pattern: str, action: str) -> bool:
    """Whether the pattern matches, by a regular expression."""
    parts = {"*": ".*", "?": "."}
    body = "".join(parts.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(body, action, re.IGNORECASE) is not None


PATTERNS = st.one_of(
    st.sampled_from(KEY_ACTIONS).map(str.upper),
    st.sampled_from(KEY_ACTIONS).flatmap(lambda action: st.integers(0, len(action)).map(lambda at: action[:at] + "*")),
    st.sampled_from(
        ["*:D*", "kms:*crypt", "kms:Decryp?", "kms:ReEncrypt", "s3:GetObject", "kms:", "?ms:Sign", "kms:List*", "Decrypt"]
    ),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(PATTERNS, min_size=1, max_size=4))
def test_the_actions_are_those_that_some_pattern_matches(patterns: list[str]) -> None:
    """Exactly the actions on keys that a pattern matches are blocked, in catalogue order; a pattern without any is warned of."""
    expected = tuple(action for action in KEY_ACTIONS if any(matches(pattern, action) for pattern in patterns))
    idle = {pattern for pattern in patterns if not any(matches(pattern, action) for action in KEY_ACTIONS)}
    if not expected:
        with pytest.raises(QuestionError):
            blocked_actions(patterns)
        return
    actions, warnings = blocked_actions(patterns)
    assert actions == expected
    assert len(warnings) == len(idle)
    assert all(warning.code == "no-such-action" for warning in warnings)
    assert blocked_actions(" , ".join(patterns)) == (actions, warnings)


def test_decryption_comes_first() -> None:
    """Of all actions Decrypt and then ReEncryptFrom are tried first, so that they stand in witnesses."""
    assert blocked_actions("kms:*")[0][:2] == ("kms:Decrypt", "kms:ReEncryptFrom")
    assert blocked_actions(["kms:ReEncryptFrom", "kms:Decrypt"])[0] == ("kms:Decrypt", "kms:ReEncryptFrom")


def test_an_action_without_a_key_is_never_blocked() -> None:
    """No pattern stands for an action that needs no key."""
    actions, _ = blocked_actions("*")
    assert actions == KEY_ACTIONS
    assert not {f"kms:{name}" for name in ACTIONS_ON_NOTHING} & set(actions)


def test_reencrypt_is_no_permission() -> None:
    """``kms:ReEncrypt`` blocks nothing and says so, naming the two that exist."""
    actions, (warning,) = blocked_actions("kms:Decrypt, kms:ReEncrypt")
    assert actions == ("kms:Decrypt",)
    assert "`kms:ReEncryptFrom`" in warning.message
    assert "`kms:ReEncryptTo`" in warning.message


@pytest.mark.parametrize(
    ("pattern", "near"), [("Decrypt", 1), ("kms:Up", 3), ("kms:List", 0), ("kms:get", 0), ("s3:GetObject", 0)]
)
def test_a_warning_suggests_at_most_three(pattern: str, near: int) -> None:
    """A pattern that matches nothing is told from the few actions that begin like it, but not from many."""
    _, (warning,) = blocked_actions(["kms:Decrypt", pattern])
    assert warning.message.count("`kms:") - pattern.startswith("kms:") == near


@pytest.mark.parametrize("patterns", ["kms:ReEncrypt", "", " , ", [], ["s3:*"], "kms:ListKeys"])
def test_a_question_about_no_action_cannot_be_asked(patterns: Any) -> None:
    """Where no action is left the question is refused: a pass of it would mean nothing."""
    with pytest.raises(QuestionError) as caught:
        blocked_actions(patterns)
    assert caught.value.code == "no-such-action"


@pytest.mark.parametrize("patterns", [5, [5], ["kms:*", None], b"kms:*"])
def test_what_is_no_pattern_is_an_error(patterns: Any) -> None:
    """Only texts are patterns."""
    with pytest.raises(QuestionError) as caught:
        blocked_actions(patterns)
    assert caught.value.code == "bad-action"
