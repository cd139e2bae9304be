"""``keyaki smt``: a question about policies as an SMT-LIB 2.6 script, for solvers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Final

from keyaki.cli.named import policy_at
from keyaki.cli.streams import sink
from keyaki.controls.check import answer, question
from keyaki.errors import QuestionError
from keyaki.questions.compare import disjoint, equivalent, implies
from keyaki.questions.grants import not_granted
from keyaki.smtlib.encode import encode
from keyaki.smtlib.question import Relation, Script, encode_grants, encode_pair

_ANSWERS: Final = {Relation.IMPLIES: implies, Relation.EQUIVALENT: equivalent, Relation.DISJOINT: disjoint}


def run(arguments: Namespace) -> int:
    """Writes the script, which is satisfiable iff the question FAILS, and returns 0.

    Raises:
        InputError: a file cannot be read, or the output cannot be written.
        PolicySyntaxError: it holds no policy; the message tells the file.
        QuestionError: the question cannot be asked, or an option is no part of it.
        UnsupportedError: the script would have to say what the encoding cannot.
    """
    asked = {"control": _control, "not-granted": _grants}.get(arguments.question, _pair)
    _require_parts(arguments)
    script = asked(arguments)
    with sink(arguments.output) as where:
        where.stream.write(script)
    return 0


def _require_parts(arguments: Namespace) -> None:
    """Raise QuestionError iff a part of the question is missing, or one is given that it has not."""
    asked = arguments.question
    if (arguments.other is not None) is (asked in {"control", "not-granted"}):
        raise QuestionError(f"`{asked}` is asked of {'two policies' if arguments.other is None else 'one policy'}")
    if arguments.other == arguments.policy == "-":
        raise QuestionError("both policies cannot be standard input")
    if (arguments.action or arguments.resource or arguments.quantifier != "some") and asked != "not-granted":
        raise QuestionError("--action, --resource and --quantifier are parts of the question `not-granted`")
    if arguments.select_actions and asked != "control":
        raise QuestionError("--select-actions is for the question `control`")
    if arguments.dialect == "finite" and (arguments.values or arguments.select_actions):
        raise QuestionError("--values and --select-actions are for texts, which the finite form has not")


def _control(arguments: Namespace) -> str:
    policy = policy_at(arguments.policy, arguments)
    asked, _ = question(
        arguments.control, scope=arguments.scope, mode=arguments.mode, actions=arguments.actions, partition=arguments.partition
    )
    outcome = answer(policy, asked).outcome if arguments.status else None
    if arguments.dialect == "finite":
        from keyaki.minterms.encode import encode_control  # noqa: PLC0415 - for this dialect only

        return encode_control(policy, asked, outcome)
    return encode(policy, asked, outcome=outcome, selected=arguments.select_actions, values=arguments.values)


def _pair(arguments: Namespace) -> str:
    relation = Relation(arguments.question)
    first, second = policy_at(arguments.policy, arguments), policy_at(arguments.other, arguments)
    outcome = _status(arguments, lambda: _ANSWERS[relation](first, second).result)
    if arguments.dialect == "finite":
        from keyaki.minterms.encode import encode_pair as encode_finite  # noqa: PLC0415 - for this dialect only

        return encode_finite(relation, first, second, outcome)
    return encode_pair(relation, first, second, Script(outcome, arguments.values))


def _grants(arguments: Namespace) -> str:
    policy, fresh = policy_at(arguments.policy, arguments), arguments.quantifier == "fresh"
    actions, resources = arguments.action, arguments.resource
    quantifier = arguments.quantifier
    outcome = _status(arguments, lambda: not_granted(policy, actions=actions, resources=resources, quantifier=quantifier).result)
    if arguments.dialect == "finite":
        from keyaki.minterms.encode import encode_grants as encode_finite  # noqa: PLC0415 - for this dialect only

        return encode_finite(policy, actions, resources, outcome, fresh=fresh)
    return encode_grants(policy, actions, resources, Script(outcome, arguments.values), fresh=fresh)


def _status(arguments: Namespace, ask: Callable[[], str]) -> str | None:
    return ask() if arguments.status else None
