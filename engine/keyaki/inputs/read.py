"""Reading: from paths to subjects. What each file is shows in its content; one that cannot be read never stops the others.

What the user names is meant to be judged, so a file that holds no policy is an error then. In a folder much else may lie
about: there a file that is no policy, or is a resource policy, is skipped with the reason, and only what is meant to be an
identity policy is an error when it cannot be read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

from keyaki.controls.subject import Kind, Subject
from keyaki.errors import InputError, KeyakiError
from keyaki.inputs.cursor import Cursor, CursorError
from keyaki.inputs.files import File, files
from keyaki.inputs.form import Form, form_at
from keyaki.inputs.share import WHOLE, Share
from keyaki.inputs.source import Source
from keyaki.syntax.parse import parse
from keyaki.syntax.stored import LARGEST

ERROR_LIMIT: Final = 5000
"""Errors in one file after which it is read no further: as many managed policies as an account may have."""

_INTENDED: Final = re.compile(r"""\bstatements?["']?\s*[:=]|20(?:12-10|08-10)-17""", re.IGNORECASE)
"""What tells that a text is meant to be a policy, even one that is no JSON."""
_RESOURCE_POLICY: Final = "this is a resource policy or a trust policy, not an identity policy"


def subjects(
    paths: Sequence[str | os.PathLike[str]], *, legacy: bool = False, stdin: IO[bytes] | None = None
) -> Iterator[Subject]:
    """The subjects at the paths: files, folders, and ``-`` for standard input, in order; read one at a time, as asked for.

    A file is one policy document, the output of ``get-account-authorization-details``, ``get-policy-version``,
    ``get-user-policy``, ``get-group-policy`` or ``get-role-policy``, or a list of these. ``legacy`` accepts the repeated
    elements that old stored policies hold. ``stdin`` stands in for the process's standard input.

    Nothing is raised for what is read: it comes as a subject with an error, or with the reason why it is not judged.
    """
    for file in files(paths, stdin):
        for _, subject in units(file, legacy=legacy):
            yield subject


def units(file: File, *, legacy: bool = False, share: Share = WHOLE) -> Iterator[tuple[int, Subject]]:
    """The subjects in a file, each with the number of its unit, of those units that are in the share.

    The subjects of all shares, sorted by unit, are those of the whole file; but where they hold :data:`ERROR_LIMIT` errors or
    more, the whole ends there.
    """
    if file.error is not None:
        found: Iterator[tuple[int, Subject]] = iter([(0, Subject(Kind.DOCUMENT, file.path, error=file.error))])
    elif file.skip is not None:
        found = iter([(0, Subject(Kind.DOCUMENT, file.path, skip=file.skip))])
    else:
        found = _content(file, legacy, share)
    for unit, subject in found:
        if unit in share:
            yield unit, subject if file.named else _as_walked(subject)


def _content(file: File, legacy: bool, share: Share) -> Iterator[tuple[int, Subject]]:
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield 0, _undecoded(file, legacy)
        return
    source = Source(file.path, text)
    cursor = Cursor(text)
    form = form_at(text, cursor.at)
    if form is None or form is Form.POLICY:
        if 0 in share:
            yield 0, _document(file, text, legacy, told=form is not None)
        return
    from keyaki.inputs.container import Container  # noqa: PLC0415 - a run over bare documents needs none of it

    container = Container(source, legacy=legacy, share=share)
    try:
        for subject in _bounded(source, container.subjects(cursor, form)):
            yield container.unit, subject
        for subject in _rest(source, cursor):
            yield container.unit + 1, subject
    except CursorError as error:
        span = source.span(error.offset, error.offset)
        yield (
            container.unit + 1,
            Subject(Kind.DOCUMENT, file.path, error=InputError(error.message, code="bad-json", span=span)),
        )


def _bounded(source: Source, found: Iterator[Subject]) -> Iterator[Subject]:
    """The subjects of a container until so many are errors that it is none. A file of brackets would give millions."""
    errors = 0
    for subject in found:
        yield subject
        errors += subject.error is not None
        if errors == ERROR_LIMIT:
            raise CursorError(f"reading stops after {ERROR_LIMIT:,} errors in one file", len(source.text))


def _rest(source: Source, cursor: Cursor) -> Iterator[Subject]:
    """An error iff something follows the value that the file is: what is not read must not go unsaid."""
    cursor.skip_space()
    if cursor.peek():
        span = source.span(cursor.at, cursor.at + 1)
        hint = "put several outputs into one list, or into files of their own"
        error = InputError("something follows the end of the JSON value", code="bad-json", span=span, hint=hint)
        yield Subject(Kind.DOCUMENT, source.path, error=error)


def _document(file: File, text: str, legacy: bool, *, told: bool) -> Subject:
    """The subject of a file that is one policy document, or nothing that is known; ``told`` iff it has a Statement."""
    if not file.named and not (told and len(text) > LARGEST):
        reason = _not_meant(text)
        if reason is not None:
            return Subject(Kind.DOCUMENT, file.path, skip=reason)
    return _parsed(file.path, text, legacy)


def _undecoded(file: File, legacy: bool) -> Subject:
    """A file that is not UTF-8: the parser says where. In a folder it is skipped unless it shows signs of a policy."""
    if not file.named and not _INTENDED.search(file.data.replace(b"\0", b"").decode("latin-1")):
        return Subject(Kind.DOCUMENT, file.path, skip="this file is not UTF-8 text")
    return _parsed(file.path, file.data, legacy)


def _parsed(path: str, text: str | bytes, legacy: bool) -> Subject:
    try:
        return Subject(Kind.DOCUMENT, path, policy=parse(text, legacy))
    except KeyakiError as error:
        return Subject(Kind.DOCUMENT, path, error=error)


def _not_meant(text: str) -> str | None:
    """Why the text of a file that a walk came upon is not meant to be an identity policy, or None where it may be."""
    if len(text) > LARGEST:
        return "this is larger than a policy may be, and has no Statement"
    value = _decoded(text)
    if value is None:
        return None if _INTENDED.search(text) else "this is neither JSON nor meant as a policy"
    if not isinstance(value, dict) or not _has_statement(value):
        return "this JSON is no policy: it has no Statement"
    return _RESOURCE_POLICY if _has_principal(value.get("Statement")) else None


def _decoded(text: str) -> Any:
    """The value that the whole text is, or None where it is none."""
    cursor = Cursor(text)
    try:
        value = cursor.value()
    except CursorError:
        return None
    cursor.skip_space()
    return None if cursor.peek() else value


def _has_statement(value: dict[str, Any]) -> bool:
    return any(name.lower().startswith("statement") for name in value) or value.get("Version") in ("2012-10-17", "2008-10-17")


def _has_principal(statements: Any) -> bool:
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(each, dict) and ("Principal" in each or "NotPrincipal" in each) for each in listed)


def _as_walked(subject: Subject) -> Subject:
    """The subject as a folder walk reports it: a resource policy, or an output without documents, is no error there."""
    if subject.kind is not Kind.DOCUMENT:
        return subject
    if subject.policy is not None and not subject.policy.is_identity:
        return Subject(Kind.DOCUMENT, subject.path, subject.pointer, skip=_RESOURCE_POLICY)
    if subject.error is not None and subject.error.code == "no-document":
        return Subject(Kind.DOCUMENT, subject.path, subject.pointer, skip=subject.error.message)
    return subject
