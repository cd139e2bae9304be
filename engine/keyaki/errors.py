"""Errors: everything that keyaki raises on purpose derives from :class:`KeyakiError`.

A message starts in lower case, has no final period, and quotes what the user wrote in backticks. What to do about it stands
apart, in ``hint``; the place stands in ``span``. Each class derives also from the builtin that a caller already catches.
"""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of source text.

    ``start`` (inclusive) and ``end`` (exclusive) are offsets in characters; ``line`` and ``column`` are those of its first
    character, both counted from 1.
    """

    start: int
    end: int
    line: int
    column: int


class KeyakiError(Exception):
    """The base of every error that keyaki raises on purpose.

    ``code`` is a stable identifier in kebab case, ``span`` the place or None, ``hint`` what to do about it or None.
    """

    code = "keyaki-error"

    def __init__(self, message: str, *, code: str | None = None, span: Span | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        if code is not None:
            self.code = code

    @property
    def line(self) -> int | None:
        """The line of the place, from 1, or None where no text is at hand."""
        return self.span.line if self.span else None

    @property
    def column(self) -> int | None:
        """The column of the place, from 1, or None where no text is at hand."""
        return self.span.column if self.span else None

    def __str__(self) -> str:
        return f"line {self.span.line}, column {self.span.column}: {self.message}" if self.span else self.message


class PolicySyntaxError(KeyakiError, ValueError):
    """The text or object is not a policy of the IAM policy language."""

    code = "not-a-policy"


class QuestionError(KeyakiError, ValueError):
    """The question cannot be asked: an unknown control, scope, mode, partition, or a malformed request."""

    code = "bad-question"


class ResourcePolicyError(QuestionError):
    """The policy names a Principal; the control judges identity policies."""

    code = "resource-policy"


class InputError(KeyakiError, OSError):
    """A file, folder or container cannot be read as something to judge."""

    code = "unreadable-input"


class EvidenceError(KeyakiError, ValueError):
    """A witness or certificate does not prove its verdict."""

    code = "evidence-rejected"


class InternalError(KeyakiError, RuntimeError):
    """The engine contradicted itself: its own witness or certificate failed its check. Never a verdict."""

    code = "internal-error"
