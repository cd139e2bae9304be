"""The language of KMS key ARNs, as globs: ``arn:PARTITION:kms:REGION:ACCOUNT:key/ID``.

REGION has the form ``[a-z]{2,4}(-[a-z]+)+-[0-9]+``, ACCOUNT 12 digits, ID is a lower-case UUID or ``mrk-`` and 32 hex digits.
The form of a Region is no single glob: it is three globs (first words of two, three and four letters) from which every text
with two dashes in a row is taken away; no other part of a key ARN has two dashes in a row.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import Final

from keyaki.automata.glob import DIGIT, HEX, LOWER, NOT_COLON, Chars, Glob, Token, literal
from keyaki.automata.product import Union

_FIELD: Final = Token(NOT_COLON, run=True)
_LETTER: Final = Token(LOWER, run=False)
_DIGIT: Final = Token(DIGIT, run=False)
_HEX: Final = Token(HEX, run=False)
_WORDS: Final = Token(Chars(LOWER.members | {"-"}, complement=False), run=True)
ACCOUNT_TOKENS: Final = (_DIGIT,) * 12
DOUBLE_DASH: Final = Union((Glob((_FIELD, *literal("--").tokens, _FIELD)),))

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REPLICABLE = re.compile(r"mrk-[0-9a-f]{32}")


class KeyKind(str, Enum):
    """Single-Region keys have a UUID for id, multi-Region keys ``mrk-`` and hex digits."""

    UUID = "uuid"
    MRK = "mrk"


def is_region(text: str) -> bool:
    """True iff the text has the form of a Region."""
    return _REGION.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """True iff the text is 12 ASCII digits."""
    return _ACCOUNT.fullmatch(text) is not None


def kind_of(key_id: str) -> KeyKind | None:
    """Return the kind of key that a key id belongs to, or None iff the text is no key id."""
    if _UUID.fullmatch(key_id):
        return KeyKind.UUID
    return KeyKind.MRK if _REPLICABLE.fullmatch(key_id) else None


@cache
def region_globs() -> tuple[Glob, ...]:
    """Return globs for the Region form, which still hold texts with two dashes in a row."""
    dash = literal("-").tokens
    return tuple(
        Glob((*(_LETTER,) * count, *dash, _LETTER, _WORDS, *dash, _DIGIT, Token(DIGIT, run=True))) for count in (2, 3, 4)
    )


@cache
def id_globs(kind: KeyKind | None) -> tuple[Glob, ...]:
    """Return globs for the ids of keys of one kind, or of both for None; each starts with ``key/``."""
    dash = literal("-").tokens
    uuid = Glob(
        (
            *literal("key/").tokens,
            *(_HEX,) * 8,
            *dash,
            *(_HEX,) * 4,
            *dash,
            *(_HEX,) * 4,
            *dash,
            *(_HEX,) * 4,
            *dash,
            *(_HEX,) * 12,
        )
    )
    mrk = Glob((*literal("key/mrk-").tokens, *(_HEX,) * 32))
    return {KeyKind.UUID: (uuid,), KeyKind.MRK: (mrk,), None: (uuid, mrk)}[kind]


@cache
def key_arns(partition: str, kind: KeyKind | None) -> tuple[Union, Union]:
    """Return (holds, fails): a text is a key ARN of the partition and kind iff it is in the first and not in the second."""
    colon = literal(":").tokens
    head = literal(f"arn:{partition}:kms:").tokens
    arns = tuple(
        Glob((*head, *region.tokens, *colon, *ACCOUNT_TOKENS, *colon, *key.tokens))
        for region in region_globs()
        for key in id_globs(kind)
    )
    tail = (*colon, _FIELD, *colon, _FIELD)
    doubled = Union(tuple(Glob((*head, *glob.tokens, *tail)) for glob in DOUBLE_DASH.globs))
    return Union(arns), doubled


def lifted(partition: str, region: Glob | None = None, account: Glob | None = None, key: Glob | None = None) -> Glob:
    """Return the glob of the ARNs whose named fields match; a field left out is free. Fields must be free of colons."""
    colon = literal(":").tokens
    fields = [glob.tokens if glob else (_FIELD,) for glob in (region, account, key)]
    return Glob((*literal(f"arn:{partition}:kms:").tokens, *fields[0], *colon, *fields[1], *colon, *fields[2]))
