"""Documents inside containers: a policy that stands in a larger file as an object, as JSON text in a string, or URL-encoded.

An object is lowered as it was decoded, without going through text. Only where that fails is its text in the container
parsed, so that the error has its line and column there.
"""

from __future__ import annotations

from typing import Any

from keyaki.errors import PolicySyntaxError, Span
from keyaki.policy import Policy
from keyaki.syntax.lexeme import Path
from keyaki.syntax.locate import locate
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse
from keyaki.syntax.strict import Ambiguous


def document_policy(document: Any, legacy: bool = False) -> Policy:
    """Return the policy that ``document`` is: an object, JSON text, or JSON text in URL encoding.

    Spans of a policy that was text are those inside that text. Raises PolicySyntaxError.
    """
    if not isinstance(document, str):
        return policy_from(document, legacy)
    if document.lstrip().startswith("%"):
        from urllib.parse import unquote_to_bytes  # noqa: PLC0415 - only some containers hold such documents

        return parse(unquote_to_bytes(document), legacy)
    return parse(document, legacy)


def policy_at(text: str, path: Path, document: Any, legacy: bool = False) -> Policy:
    """Return the policy that ``document`` is, which stands at ``path`` in the container ``text``.

    Raises PolicySyntaxError with the line and column in the container: the very place where the document is an object, the
    place of the string where it is one.
    """
    try:
        return document_policy(document, legacy)
    except PolicySyntaxError as error:
        if isinstance(document, Ambiguous) and error is document.error:
            raise
        raise _placed(error, text, path, document, legacy) from None


def _placed(error: PolicySyntaxError, text: str, path: Path, document: Any, legacy: bool) -> PolicySyntaxError:
    """Return ``error`` with its place in the container."""
    span = locate(text, path)
    if span is None:
        return error
    if isinstance(document, str):
        return PolicySyntaxError(f"in the quoted document, {error}", code=error.code, span=span, hint=error.hint)
    text = text.removeprefix("\ufeff")
    try:
        parse(text[span.start : span.end], legacy)
    except PolicySyntaxError as inner:
        if inner.span is not None:
            return PolicySyntaxError(inner.message, code=inner.code, span=_shifted(inner.span, span), hint=inner.hint)
    return PolicySyntaxError(error.message, code=error.code, span=span, hint=error.hint)


def _shifted(inner: Span, outer: Span) -> Span:
    """Return the span ``inner``, which counts from the start of ``outer``, counted as ``outer`` is."""
    column = inner.column + outer.column - 1 if inner.line == 1 else inner.column
    return Span(inner.start + outer.start, inner.end + outer.start, inner.line + outer.line - 1, column)
