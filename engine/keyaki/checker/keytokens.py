"""The fields of a key ARN, and addresses, as tokens."""

from __future__ import annotations

from typing import Final

from keyaki.checker.tokens import DIGIT, HEX, NO_COLON, Token, Tokens, plain, run

_LOWER = Token(frozenset("abcdefghijklmnopqrstuvwxyz"))
_WORDS = Token(_LOWER.chars | {"-"}, run=True)
_GROUP = (*plain("-"), *(HEX,) * 4)
ACCOUNT_TOKENS: Final[Tokens] = (DIGIT,) * 12
REGION_TOKENS: Final[tuple[Tokens, ...]] = tuple(
    ((_LOWER,) * count + plain("-") + (_LOWER, _WORDS) + plain("-") + (DIGIT, run(DIGIT))) for count in (2, 3, 4)
)
"""The form of a Region, and texts with two dashes in a row, which are none."""
DOUBLE_DASH: Final[Tokens] = (run(NO_COLON), *plain("--"), run(NO_COLON))
UUID: Final[Tokens] = (*plain("key/"), *(HEX,) * 8, *_GROUP * 3, *plain("-"), *(HEX,) * 12)
MRK: Final[Tokens] = (*plain("key/mrk-"), *(HEX,) * 32)
_PART = Token(frozenset("0123456789abcdef:"))
_LAST_PART = Token(_PART.chars | {"."})
FOUR: Final[Tokens] = tuple(token for place in range(4) for token in (*plain("." if place else ""), DIGIT, run(DIGIT)))
SIX: Final[Tokens] = (run(_PART), *plain(":"), run(_LAST_PART), *plain(":"), run(_LAST_PART))
"""Texts of addresses of either version, and some that are none."""
