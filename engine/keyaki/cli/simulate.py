"""``keyaki simulate``: what one policy says of one request, decided by the reference evaluator."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, Final

from keyaki.cli.named import content_of, policy_at
from keyaki.cli.streams import sink
from keyaki.errors import QuestionError
from keyaki.outputs.document import to_json
from keyaki.outputs.simulation import simulation_document, simulation_lines
from keyaki.policy import Request
from keyaki.reference.advice import advise
from keyaki.values import ascii_fold


def run(arguments: Namespace) -> int:
    """Prints the decision and returns 0, whatever it is.

    Raises:
        InputError: a file cannot be read.
        PolicySyntaxError: the policy is none; its message tells the file.
        QuestionError: the request is none, or the policy is a resource policy.
    """
    if arguments.policy == "-" and arguments.context == "-":
        raise QuestionError("the policy and the context cannot both be standard input", code="bad-context")
    policy = policy_at(arguments.policy, arguments)
    request = Request(arguments.action, arguments.resource, context_from(arguments.context))
    warnings = tuple(dict.fromkeys((*policy.warnings, *advise(policy))))
    with sink(None, no_colour=arguments.no_color) as where:
        if arguments.format == "json":
            where.stream.write(to_json(simulation_document(policy, request, warnings)) + "\n")
        else:
            lines = simulation_lines(policy, request, warnings, colour=where.colour, columns=where.columns)
            where.stream.write("\n".join(lines) + "\n")
    return 0


def context_from(argument: str | None) -> dict[str, str | list[str]]:
    """The context that ``--context`` gives: a JSON object, or the name of a file that holds one; empty where it is None.

    Numbers and booleans stand for their text. Raises QuestionError where it is no object of texts and lists of texts, or
    where a key stands twice, in any case.
    """
    if argument is None:
        return {}
    text = argument if argument.lstrip().startswith("{") else _decoded(content_of(argument), argument)
    try:
        pairs = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"the context is not JSON: {error}", code="bad-context", hint=_HINT) from error
    if not isinstance(pairs, _Pairs):
        raise QuestionError("the context is not a JSON object", code="bad-context", hint=_HINT)
    context: dict[str, str | list[str]] = {}
    seen: set[str] = set()
    for key, value in pairs:
        if ascii_fold(key) in seen:
            raise QuestionError(
                f"the context holds `{key}` twice", code="bad-context", hint="case does not tell context keys apart"
            )
        seen.add(ascii_fold(key))
        context[key] = [_text(key, item) for item in value] if type(value) is list else _text(key, value)
    return context


_HINT: Final = """it looks like {"kms:ViaService": "s3.eu-west-1.amazonaws.com", "aws:TagKeys": ["a", "b"]}"""


class _Pairs(list[Any]):
    """The members of a JSON object in order, duplicates kept."""


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise QuestionError(f"the value of `{key}` is no text and no list of texts", code="bad-context", hint=_HINT)


def _decoded(content: bytes, path: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(f"the context in `{path}` is not UTF-8", code="bad-context") from error
