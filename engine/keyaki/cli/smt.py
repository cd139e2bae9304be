"""``keyaki smt``: the question about one policy as an SMT-LIB 2.6 script, for solvers of string constraints."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from keyaki.cli.streams import sink
from keyaki.controls.check import answer, question
from keyaki.errors import InputError, PolicySyntaxError
from keyaki.policy import Policy
from keyaki.smtlib.encode import encode
from keyaki.syntax.parse import parse

_ENOUGH: Final = 4 << 20
"""Bytes of a policy that are read; a policy document is refused long before."""


def run(arguments: Namespace) -> int:
    """Writes the script, which is satisfiable iff the policy FAILS, and returns 0.

    Raises:
        InputError: the file cannot be read, or the output cannot be written.
        PolicySyntaxError: it holds no policy; the message tells the file.
        QuestionError: the question cannot be asked, or the policy is a resource policy.
        UnsupportedError: the script would have to say what the encoding cannot.
    """
    policy = _policy(arguments)
    asked, _ = question(
        arguments.control, scope=arguments.scope, mode=arguments.mode, actions=arguments.actions, partition=arguments.partition
    )
    outcome = answer(policy, asked).outcome if arguments.status else None
    script = encode(policy, asked, outcome=outcome, selected=arguments.select_actions, values=arguments.values)
    with sink(arguments.output) as where:
        where.stream.write(script)
    return 0


def _policy(arguments: Namespace) -> Policy:
    try:
        return parse(_read(arguments.policy), legacy=arguments.legacy)
    except PolicySyntaxError as error:
        error.message = f"{arguments.policy}: {error.message}"
        raise


def _read(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read(_ENOUGH)
        with Path(path).open("rb") as stream:
            return stream.read(_ENOUGH)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise InputError(f"cannot read `{path}`: {cause}", code="unreadable-input") from error
