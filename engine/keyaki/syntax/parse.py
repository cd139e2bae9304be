"""Parsing: from the text of a policy document to the abstract syntax.

The fast path is one pass over lark's LALR table and one of the lowering; all that only errors need is done after an error.
The table is loaded with the first text.
"""

from __future__ import annotations

import re
from typing import Final

from keyaki.errors import PolicySyntaxError
from keyaki.policy import Policy
from keyaki.syntax.lexeme import Object
from keyaki.syntax.lower import lower
from keyaki.syntax.source import TextSource
from keyaki.syntax.stored import LARGEST, SURROGATE_HINT, TOO_LARGE_HINT

_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)")


def parse(text: str | bytes, legacy: bool = False) -> Policy:
    """Return the policy that ``text`` is.

    Bytes are UTF-8; a byte-order mark is accepted and counts neither in offsets nor in columns. With ``legacy``, members that
    old stored policies hold twice are merged: the last Effect counts, several Action or several Resource are one list.
    Raises PolicySyntaxError with ``line``, ``column``, ``code`` and ``hint``, and nothing else. Linear in the text.
    """
    source = TextSource(_decoded(text))
    document = _document(source)
    _refuse_lone_surrogates(source)
    return lower(document, source, legacy)


def _decoded(text: str | bytes) -> str:
    """Return the text without byte-order mark. Raises PolicySyntaxError where it is too large or no Unicode text."""
    if isinstance(text, bytes):
        _refuse_large(len(text))
        text = _from_utf8(text)
    text = text.removeprefix("\ufeff")
    _refuse_large(len(text))
    if not text.isascii():
        try:
            _refuse_large(len(text.encode()))
        except UnicodeEncodeError as error:
            raise _lone_surrogate(TextSource(text), error.start) from None
    return text


def _from_utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().removeprefix("\ufeff")
        message = f"byte `0x{data[error.start]:02x}` is no UTF-8"
    hint = "save the file as UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint += "; it looks like UTF-16"
    raise TextSource(before).error("bad-utf8", message, len(before), hint)


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        message = f"the document is larger than {LARGEST} bytes"
        raise PolicySyntaxError(message, code="too-large", hint=TOO_LARGE_HINT)


def _document(source: TextSource) -> Object:
    """Return the document of a text. Raises PolicySyntaxError where it is not of the language."""
    from keyaki.syntax.grammar import RefusedWordError, policy_parser  # noqa: PLC0415 - the table is loaded with the first text

    parser = policy_parser()
    try:
        return parser.parse(source.text)
    except RefusedWordError as refused:
        offset = refused.offset
    from keyaki.syntax.mistakes import mistake  # noqa: PLC0415 - only errors need it
    from keyaki.syntax.situation import situation  # noqa: PLC0415

    raise mistake(source, situation(parser.words(source.text), offset))


def _refuse_lone_surrogates(source: TextSource) -> None:
    """Raise PolicySyntaxError iff an escape stands for half of a pair: no text that can be stored holds one."""
    if "\\u" not in source.text:
        return
    half = None
    for match in _ESCAPE.finditer(source.text):
        code = int(match[1] or "0", 16) & 0xFC00
        if half is not None and not (code == 0xDC00 and match.start() == half.end()):
            break
        if code == 0xDC00 and half is None:
            half = match
            break
        half = match if code == 0xD800 else None
    if half is not None:
        raise _lone_surrogate(source, half.start())


def _lone_surrogate(source: TextSource, place: int) -> PolicySyntaxError:
    return source.error("lone-surrogate", "half of a surrogate pair is no character", place, SURROGATE_HINT)
