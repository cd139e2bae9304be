"""Stored policies: which characters and how many AWS accepts in one that it keeps. All of it is warned about, nothing refused.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html (characters),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (sizes; white space does not count).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from keyaki.errors import Span
from keyaki.policy import Policy, PolicyWarning
from keyaki.syntax.source import Source, TextSource

LARGEST: Final = 1 << 20
"""The most bytes of UTF-8 that a policy document may have here; AWS stores none above a hundredth of it."""
TOO_LARGE_HINT: Final = "AWS stores no policy of more than 10,240 characters"
SURROGATE_HINT: Final = "write both halves, or the character itself"
LIMITS: Final = {"managed": 6144, "user": 2048, "group": 5120, "role": 10240}
"""The most characters, white space not counted, of a managed policy, and of all inline policies of one identity together."""

_UNUSUAL: Final = re.compile("[^\t\n\r\x20-\xff]")
_ESCAPED: Final = re.compile(r"\\(?:u[dD][89abAB]..\\u....|u....|.)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def stored_size(text: str) -> int:
    """Return how many characters of ``text`` are no white space: the size that AWS's limits are about."""
    return len("".join(text.split()))


def document_warnings(policy: Policy, source: Source) -> list[PolicyWarning]:
    """Return the warnings about a whole document. Raises PolicySyntaxError where an object's texts cannot stand in a document."""
    if isinstance(source, TextSource):
        return [*_size_warnings(source.text), *_character_warnings(source)]
    texts = "\n".join(_texts(policy))
    if len(texts) > LARGEST:
        raise source.error("too-large", f"the document is larger than {LARGEST} bytes", (), TOO_LARGE_HINT)
    if texts.isascii():
        return []
    if _SURROGATE.search(texts):
        raise source.error("lone-surrogate", "half of a surrogate pair is no character", (), SURROGATE_HINT)
    return [_unusual(found[0], None) for found in [_UNUSUAL.search(texts)] if found]


def _size_warnings(text: str) -> Iterator[PolicyWarning]:
    limit = LIMITS["managed"]
    if len(text) > limit:
        size = stored_size(text)
        if size > limit:
            yield PolicyWarning("large-policy", f"{size} characters without white space: a managed policy may have {limit}")


def _character_warnings(source: TextSource) -> Iterator[PolicyWarning]:
    """Yield the warning about the first unusual character, written out or as an escape."""
    text = source.text
    found = None if text.isascii() else _UNUSUAL.search(text)
    if found:
        yield _unusual(found[0], source.span(found.start()))
    elif "\\u" in text:
        for escape in _ESCAPED.finditer(text):
            character = json.loads(f'"{escape[0]}"')
            if _UNUSUAL.match(character):
                yield _unusual(character, source.span(escape.start(), escape.end()))
                break


def _unusual(character: str, span: Span | None) -> PolicyWarning:
    message = f"character U+{ord(character):04X} is outside what AWS accepts: tab, line ends, and U+0020 to U+00FF"
    return PolicyWarning("unusual-character", message, span=span)


def _texts(policy: Policy) -> list[str]:
    """Return every text of a policy that the language leaves free."""
    texts = [] if policy.id is None else [policy.id]
    for statement in policy.statements:
        if statement.sid is not None:
            texts.append(statement.sid)
        texts += statement.action.values
        if statement.resource is not None:
            texts += statement.resource.values
        for element in statement.principals:
            texts += element.values
        for entry in statement.conditions:
            texts.append(entry.key)
            texts += entry.values
    return texts
