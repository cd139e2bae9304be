"""Streams of a command: where its report goes, whether in colour, how wide, and a file that appears whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from keyaki.errors import InputError
from keyaki.outputs.terminal import wants_colour

if TYPE_CHECKING:
    from pathlib import Path


class Sink(NamedTuple):
    """Where a report goes: a text stream, whether colour is wanted there, and its columns (None: no limit)."""

    stream: IO[str]
    colour: bool = False
    columns: int | None = None


def prepare_standard_streams() -> None:
    """Makes standard output and error take any text and end lines alike everywhere.

    What the encoding of the terminal lacks is written as an escape, so that no name in a policy can stop a report.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", newline="\n")


@contextmanager
def sink(output: str | None, *, no_colour: bool = False) -> Iterator[Sink]:
    """The sink for ``--output``, or standard output where it is None or ``-``.

    A regular file is written under another name beside it and takes its place only when the body ended well, so a reader
    never sees half a report; a device or a pipe is written directly. Raises InputError when it cannot be written.
    """
    if output is None or output == "-":
        yield Sink(sys.stdout, wants_colour(sys.stdout, dict(os.environ), refused=no_colour), _columns(sys.stdout))
        return
    from pathlib import Path  # noqa: PLC0415 - takes a few milliseconds, and most reports go to standard output

    target = Path(output)
    with _reported(output):
        target = target.resolve()
        if target.is_dir():
            raise InputError(f"cannot write `{output}`: it is a folder", code="unwritable-output")
    if target.exists() and not target.is_file():
        with _reported(output), target.open("w", encoding="utf-8", newline="\n") as stream:
            yield Sink(stream)
        return
    with _replacing(target, output) as stream:
        yield Sink(stream)


@contextmanager
def _replacing(target: Path, output: str) -> Iterator[IO[str]]:
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with _reported(output):
        stream = draft.open("x", encoding="utf-8", newline="\n")
    try:
        with stream:
            yield stream
        with _reported(output):
            if target.exists():
                draft.chmod(target.stat().st_mode & 0o777)
            draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink()


@contextmanager
def _reported(output: str) -> Iterator[None]:
    """An OSError of the body becomes an InputError that names the output; keyaki's own errors pass through."""
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        cause = error.strerror or str(error)
        raise InputError(f"cannot write `{output}`: {cause.lower()}", code="unwritable-output") from error


def _columns(stream: IO[str]) -> int | None:
    """The width of the terminal behind the stream, or None where there is none."""
    if not stream.isatty():
        return None
    with suppress(ValueError):
        return (
            max(int(os.environ["COLUMNS"]), 40)
            if "COLUMNS" in os.environ
            else max(os.get_terminal_size(stream.fileno()).columns, 40)
        )
    return 80
