"""Files: from the paths that the user named to the bytes that stand there, in one order on every machine.

A folder is walked in the order of names. Of its files those are read that are called ``*.json``, ``*.policy`` or ``*.iam``, in
any case, whatever they turn out to hold. Folders that are hidden or called ``node_modules`` are passed over. A link to a file
is read; a link to a folder is not followed, so a walk ends whatever links there are. A file that is named itself is read
whatever it is called, a pipe as well.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Final, NamedTuple

from keyaki.errors import InputError

SUFFIXES: Final = (".json", ".policy", ".iam")
"""What the names of the files end in that a folder walk reads."""
FILE_LIMIT: Final = 128 * 1024 * 1024
"""Bytes of the largest file that is read."""

_CHUNK: Final = 1024 * 1024
"""Bytes that are read at once: a read of the limit in one go would reserve that much for every file."""
_PASSED_OVER: Final = frozenset({"node_modules"})


class File(NamedTuple):
    """A file that was found: its path as the user named it, whether the user named it itself, and its bytes or an error.

    ``skip`` says why it is not read.
    """

    path: str
    named: bool
    data: bytes = b""
    error: InputError | None = None
    skip: str | None = None


def files(paths: Sequence[str | os.PathLike[str]], stdin: IO[bytes] | None = None) -> Iterator[File]:
    """The files at the paths, in order, each read as it is asked for. ``-`` is ``stdin``, or the process's standard input."""
    for named in paths:
        path = os.fspath(named)
        if path == "-":
            stream = stdin or getattr(sys.stdin, "buffer", None)
            yield _read_stream(path, stream) if stream else File(path, named=True, error=InputError("standard input is closed"))
        elif os.path.isdir(path):  # noqa: PTH112 - paths stay the text that the user wrote
            yield from _walk(path)
        else:
            yield _read(path, named=True)


def _walk(folder: str) -> Iterator[File]:
    """The files in a folder, sorted by name, those of a folder within it at that folder's place. Without recursion."""
    pending = [(folder, True)]
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield _walked(path)
            continue
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield File(path, named=False, error=_failure(path, error))
            continue
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if _passed_over(entry.name) if is_folder else not _considered(entry):
                continue
            pending.append((f"{path.rstrip('/')}/{entry.name}", is_folder))


def _passed_over(folder: str) -> bool:
    return folder.startswith(".") or folder in _PASSED_OVER


def _considered(entry: os.DirEntry[str]) -> bool:
    """True iff the file is to be read or reported: by its name, and links to folders whatever they are called."""
    if entry.name.lower().endswith(SUFFIXES):
        return True
    return entry.is_symlink() and not _passed_over(entry.name) and os.path.isdir(entry.path)  # noqa: PTH112


def _walked(path: str) -> File:
    """A file that a walk came upon: only regular files are read, since a pipe could wait for ever."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except OSError as error:
        return File(path, named=False, error=_failure(path, error))
    if stat.S_ISDIR(mode):
        return File(path, named=False, skip="a link to a folder is not followed")
    if not stat.S_ISREG(mode):
        return File(path, named=False, skip="this is no regular file")
    return _read(path, named=False)


def _read(path: str, *, named: bool) -> File:
    try:
        stream = open(path, "rb")  # noqa: PTH123, SIM115
    except (OSError, ValueError) as error:
        return File(path, named, error=_failure(path, error))
    with stream:
        return _read_stream(path, stream, named=named)


def _read_stream(path: str, stream: IO[bytes], *, named: bool = True) -> File:
    chunks, size = [], 0
    try:
        while size <= FILE_LIMIT and (chunk := stream.read(_CHUNK)):
            chunks.append(chunk)
            size += len(chunk)
    except (OSError, ValueError) as error:
        return File(path, named, error=_failure(path, error))
    if size > FILE_LIMIT:
        message = f"`{path}` has more than {FILE_LIMIT >> 20} MiB"
        hint = "judge a large account in parts, for example with the --filter option of get-account-authorization-details"
        return File(path, named, error=InputError(message, code="too-large", hint=hint))
    return File(path, named, b"".join(chunks))


def _failure(path: str, error: Exception) -> InputError:
    """The error that says which path cannot be read and why, in the words of the system."""
    if isinstance(error, FileNotFoundError):
        return InputError(f"there is no file or folder `{path}`", code="no-such-file")
    cause = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return InputError(f"cannot read `{path}`: {cause[:1].lower()}{cause[1:]}")
