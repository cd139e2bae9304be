"""``keyaki demo``: the built-in examples, each judged by KMS.1 and held against its expected verdict."""

from __future__ import annotations

from argparse import Namespace

from keyaki.checker.verify import verify
from keyaki.cli.examples import EXAMPLES, Example
from keyaki.cli.streams import Sink, sink
from keyaki.controls.judge import Result, judge
from keyaki.controls.subject import Kind, Subject
from keyaki.outputs.document import DocumentWriter
from keyaki.outputs.tally import NOTHING_FAILED, SOMETHING_FAILED, Tally
from keyaki.outputs.terminal import painted, wrapped
from keyaki.outputs.text import Style, TextWriter
from keyaki.syntax.parse import parse

_INTRODUCTION = (
    "Each policy below is judged by KMS.1: may somebody use a KMS key that the policy does not name? "
    "A FAILED comes with a request that the policy allows, replayed by a plain evaluator. "
    "A PASSED comes with a certificate, verified by a checker that does not search."
)


def run(arguments: Namespace) -> int:
    """Judges the examples and verifies their evidence; returns 0 iff each has its expected verdict."""
    with sink(None, no_colour=arguments.no_color) as where:
        if arguments.format == "json":
            missed = _as_document(where)
        elif arguments.quiet:
            missed = _in_short(where)
        else:
            missed = _at_length(where)
    return SOMETHING_FAILED if missed else NOTHING_FAILED


def judged(example: Example) -> Result:
    """The result of KMS.1 for the example. Raises EvidenceError where its evidence does not hold."""
    subject = Subject(Kind.DOCUMENT, "demo", name=example.name, policy=parse(example.policy))
    (result,) = judge(subject, "KMS.1")
    if result.verdict and result.subject.policy and result.outcome in {"PASSED", "FAILED"}:
        verify(result.subject.policy, result.verdict)
    return result


def _as_document(where: Sink) -> int:
    writer, tally, missed = DocumentWriter(where.stream), Tally(), 0
    for example in EXAMPLES:
        result = judged(example)
        missed += result.outcome != example.expected
        tally.add([result])
        writer.write([result])
    writer.finish(tally)
    return missed


def _in_short(where: Sink) -> int:
    missed = 0
    for example in EXAMPLES:
        result = judged(example)
        missed += result.outcome != example.expected
        outcome = painted(f"{result.outcome:<9}", result.outcome, enabled=where.colour)
        where.stream.write(f"{outcome} {example.name}{_against(result, example)}\n")
    where.stream.write(_closing(missed))
    return missed


def _at_length(where: Sink) -> int:
    write = where.stream.write
    write("\n".join(wrapped(_INTRODUCTION, where.columns, "", "")) + "\n")
    missed = 0
    for number, example in enumerate(EXAMPLES, 1):
        result = judged(example)
        missed += result.outcome != example.expected
        title = painted(f"{number}. {example.name} (expected: {example.expected})", "place", enabled=where.colour)
        write("\n" + "\n".join([title, *wrapped(example.point, where.columns, "   ", "   ")]) + "\n")
        for line, text in enumerate(example.policy.splitlines(), 1):
            write(f"{line:>5} | {text}\n")
        TextWriter(where.stream, Style(where.colour, where.columns, excerpts=False)).write([result])
        if result.outcome != example.expected:
            write(f"  NOT as expected: it should be {example.expected}\n")
    write("\n" + _closing(missed))
    return missed


def _against(result: Result, example: Example) -> str:
    return "" if result.outcome == example.expected else f"  NOT as expected: it should be {example.expected}"


def _closing(missed: int) -> str:
    if missed:
        return f"{missed} of {len(EXAMPLES)} examples did not get the expected verdict\n"
    return f"all {len(EXAMPLES)} examples got the expected verdict, and the evidence of each was verified\n"
