"""Named: the one policy, or the one text, that an argument of a command names."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from keyaki.errors import InputError, PolicySyntaxError
from keyaki.policy import Policy
from keyaki.syntax.parse import parse

_ENOUGH: Final = 4 << 20
"""Octets read of a file; the parser refuses what is longer than it allows, and that is less."""


def policy_at(path: str, arguments: Namespace) -> Policy:
    """Return the policy in a file, or in standard input for ``-``; ``--legacy`` is minded.

    Raises:
        PolicySyntaxError: it is none; the message names the path. InputError: the file cannot be read.
    """
    try:
        return parse(content_of(path), legacy=arguments.legacy)
    except PolicySyntaxError as error:
        error.message = f"{path}: {error.message}"
        raise


def content_of(path: str) -> bytes:
    """Return the octets of a file, or of standard input for ``-``, as many as are needed; InputError iff it cannot be read."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(_ENOUGH)
        with Path(path).open("rb") as stream:
            return stream.read(_ENOUGH)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise InputError(f"cannot read `{path}`: {cause}", code="unreadable-input") from error
