"""The ``keyaki`` command: its sub-commands, its exit statuses, and what becomes of errors.

A sub-command is a module with ``run(arguments) -> int``, imported when it is called for, so that ``keyaki --help`` loads
neither the engine nor lark. Start-up is measured; nothing heavy is imported at the top of this file.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from keyaki import __version__

ArgumentGroup = Any
"""A parser or a group of its arguments; argparse gives their common class no public name."""

USAGE: Final = 2
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 141
"""What a shell reports of a command that wrote to a pipe nobody reads."""

_GARBAGE: Final = 50_000
"""Objects made before cycles are looked for. With Python's own 700, looking takes 6 ms of a short command, all of it in vain."""

SCOPES: Final = ("confined", "account", "any", "key", "all")
MODES: Final = ("exact", "parity", "both")
QUANTIFIERS: Final = ("some", "all", "fresh")
FORMATS: Final = ("text", "json")
DIALECTS: Final = ("zelkova", "finite")
QUESTIONS: Final = ("control", "implies", "equivalent", "disjoint", "not-granted")

_STATUS: Final = """\
exit status:
  0    nothing failed
  1    a policy FAILED or is UNDECIDED, in any scope and mode that was asked for
  2    bad usage, nothing found to judge, or something could not be read
       (the rest is still judged and shown)
  130  interrupted"""

_ABOUT: Final = """\
Decides, offline and exactly, whether an IAM policy lets anyone use a KMS key
that the policy never named: the Security Hub controls KMS.1 and KMS.2. Each
FAILED comes with a request that the policy really allows."""

_EXAMPLES: Final = f"""\
examples:
  keyaki check policy.json               judge one policy
  keyaki check policies/ --format json   judge a folder, for a program
  keyaki simulate policy.json --action kms:Decrypt --resource KEY-ARN
                                         decide one request, and say why
  keyaki explain KMS.1                   what it asks; how to mend a FAILED
  keyaki check p.json --proof e.json     write the evidence, for keyaki verify
  keyaki demo                            see it work on built-in examples

{_STATUS}"""

_CHECK: Final = """\
Judges policies. A PATH is a policy document, a folder, the output of `aws iam
get-account-authorization-details` or of `aws iam get-policy-version`, or - for
standard input; which it is, is detected. Without a PATH standard input is
read, unless that is a terminal."""

_CHECK_EXAMPLES: Final = f"""\
examples:
  keyaki check policy.json
  keyaki check policies/ --scope all --mode both
  aws iam get-account-authorization-details | keyaki check --quiet
  keyaki check account.json --control KMS.1,KMS.2 --format json --output o.json
  keyaki check policy.json --actions 'kms:*, kms:Decrypt'

{_STATUS}"""

_VERIFY: Final = """\
Checks evidence: that each FAILED has a request which the policy allows, and
each PASSED a proof that none is; likewise of answers about whole policies. The
checker shares no code with the engine,
and goes by the policies as they are now; they are told by their content."""

_VERIFY_EXAMPLES: Final = """\
examples:
  keyaki check policies/ --proof evidence.json
  keyaki verify evidence.json
  keyaki verify evidence.json /elsewhere/policies/

exit status:
  0    all of the evidence holds
  1    some of it is rejected
  2    bad usage, or something could not be read"""

_SIMULATE_EXAMPLES: Final = """\
The context is taken as it is: a key that it lacks is absent.

examples:
  keyaki simulate policy.json --action kms:Decrypt --resource KEY-ARN
  keyaki simulate policy.json --action kms:Decrypt --resource KEY-ARN \\
      --context '{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}'
  keyaki simulate - --action kms:Encrypt --resource KEY-ARN \\
      --context request.json --format json < policy.json

exit status:
  0    the request was decided, whatever the decision
  2    bad usage, or something could not be read"""


_SMT: Final = """\
Writes a question as an SMT-LIB 2.6 script, which z3 and cvc5 read as it is and
which is satisfiable iff the answer is FAILED or FAIL. In the dialect `zelkova`
everything is left to the solver's theory of strings; it is worked out apart
from the engine, which uses no solver. In the dialect `finite` only Booleans
are left: texts are sorted into minterms beforehand, by the engine's lattice."""

_SMT_EXAMPLES: Final = """\
examples:
  keyaki smt policy.json | cvc5 -
  keyaki smt policy.json --scope account --status --output policy.smt2
  keyaki smt new.json old.json --question implies | z3 -in
  keyaki smt policy.json --question not-granted --action 's3:*' --dialect finite

exit status:
  0    the script was written
  2    bad usage, a policy could not be read, or a feature of it cannot be
       expressed (the message names it)"""

_COMPARE: Final = """\
Says whether NEW is less permissive than OLD, more permissive, equivalent to it
or neither, each with a request that one of them allows and the other does not."""
_COMPARE_EXAMPLES: Final = """\
examples:
  keyaki compare new.json old.json
  keyaki compare new.json old.json --format json

exit status:
  0    the question was decided, whatever the relation
  1    it is UNDECIDED
  2    bad usage, or a policy could not be read"""
_DIFF: Final = """\
Lists, statement by statement, the actions that NEW allows somewhere OLD does
not, and those lost, each with a request as an example."""
_DIFF_EXAMPLES: Final = """\
examples:
  keyaki diff old.json new.json

exit status:
  0    the policies allow the same requests
  1    they do not, or that is UNDECIDED
  2    bad usage, or a policy could not be read"""
_SUMMARISE: Final = """\
Lists what a policy grants, of one service or of all, without any Deny: each
region holds whole, no two share a request, and each has a request as example.
A policy whose statements overlap too much is refused."""
_ACCESS: Final = """\
examples:
  keyaki check-no-new-access new.json existing.json --format json

exit status:
  0    PASS: the new policy allows nothing that the existing one does not
  1    FAIL or UNDECIDED
  2    bad usage, or a policy could not be read"""
_GRANTS: Final = """\
examples:
  keyaki check-access-not-granted policy.json --action s3:DeleteBucket
  keyaki check-access-not-granted policy.json --action 'kms:*' \\
      --resource 'arn:aws:kms:*:*:key/*' --quantifier fresh

exit status:
  0    PASS: the policy grants none of it
  1    FAIL or UNDECIDED
  2    bad usage, or the policy could not be read"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status; raises nothing.

    ``argv`` None stands for the arguments of the process, which is then this command's alone. A fault of keyaki's own is shown
    with its traceback and gives 2, never 1: that status is kept for policies that fail.
    """
    if argv is not None:
        return _main(argv)
    gc.set_threshold(_GARBAGE)
    try:
        return _main(None)
    finally:
        gc.freeze()  # the interpreter looks for cycles once more when it ends: without this, 11 ms of the 84 of a short command


def _main(argv: Sequence[str] | None) -> int:
    try:
        status = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_standard_output()
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        _let_go_of_standard_output()
        sys.stderr.write(f"keyaki: cannot write: {(error.strerror or str(error)).lower()}\n")
        return USAGE
    except Exception:  # noqa: BLE001 - an uncaught one would end the process with the status of a FAILED
        return _confess()
    return status


def _run(argv: Sequence[str] | None) -> int:
    from keyaki.cli.streams import prepare_standard_streams  # noqa: PLC0415 - after the try of main
    from keyaki.errors import KeyakiError  # noqa: PLC0415

    prepare_standard_streams()
    try:
        arguments = parser(sys.argv[1:] if argv is None else argv).parse_args(argv)
        return int(import_module(f"keyaki.cli.{getattr(arguments, 'module', arguments.command)}").run(arguments))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except KeyakiError as error:
        _complain(error)
        return USAGE


def parser(argv: Sequence[str] | None = None) -> ArgumentParser:
    """The parser of the whole command line; ``command`` of its result names the sub-command's module.

    With ``argv``, a sub-command that is not named in it has no arguments: to make those of all takes 4 ms.
    """
    top = ArgumentParser("keyaki", description=_ABOUT, epilog=_EXAMPLES, formatter_class=RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"keyaki {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, line, about, epilog, fill in (
        ("check", "judge policies by a control", _CHECK, _CHECK_EXAMPLES, _fill_check),
        (
            "verify",
            "check the evidence that `--proof` of a command wrote, with the separate checker",
            _VERIFY,
            _VERIFY_EXAMPLES,
            _fill_verify,
        ),
        ("simulate", "decide one request against one policy, statement by statement", None, _SIMULATE_EXAMPLES, _fill_simulate),
        ("compare", "say how what two policies allow compares", _COMPARE, _COMPARE_EXAMPLES, _fill_compare),
        ("diff", "say in words what access a new version of a policy gains and loses", _DIFF, _DIFF_EXAMPLES, _fill_diff),
        ("summarise", "list what a policy grants, as regions that exclude each other", _SUMMARISE, None, _fill_summarise),
        ("check-no-new-access", "check that a policy allows nothing an existing one does not", None, _ACCESS, _fill_compare),
        ("check-access-not-granted", "check that a policy grants none of some actions", None, _GRANTS, _fill_grants),
        ("smt", "write a question about policies for solvers, in SMT-LIB 2.6", _SMT, _SMT_EXAMPLES, _fill_smt),
        ("explain", "say what a control asks and how to mend a FAILED", None, None, _fill_explain),
        ("demo", "judge built-in examples; exits 0 iff each gets its expected verdict", None, None, _fill_demo),
    ):
        command = commands.add_parser(
            name,
            help=line,
            description=about or f"{line[0].upper()}{line[1:]}.",
            epilog=epilog,
            formatter_class=RawDescriptionHelpFormatter,
        )
        if argv is None or name in argv:
            fill(command)
    return top


def _fill_check(command: ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or - for standard input")
    asked = command.add_argument_group("the question")
    asked.add_argument(
        "--control",
        action="append",
        metavar="ID",
        help="KMS.1, KMS.2 or a Config rule; several with commas or by repeating (default: those that apply to the input)",
    )
    asked.add_argument("--scope", choices=SCOPES, default="confined", help="when a key counts as fresh (default: confined)")
    asked.add_argument("--mode", choices=MODES, default="exact", help="with conditions, without them, or both (default: exact)")
    asked.add_argument(
        "--actions",
        "--blocked-actions-patterns",
        action="append",
        metavar="PATTERNS",
        help="the blocked actions, patterns with commas (default: the control's own, kms:ReEncryptFrom and kms:Decrypt)",
    )
    asked.add_argument("--partition", default="aws", help="the partition of the keys (default: aws)")
    asked.add_argument("--budget", type=int, metavar="STEPS", help="counted steps after which a question is UNDECIDED")
    chosen = command.add_argument_group("which policies")
    _add_switch(
        chosen,
        "--exclude-permission-boundary-policy",
        "leave out policies that serve only as a permissions boundary (default: the control's own)",
    )
    _add_switch(
        chosen,
        "--exclude-role-by-management-account",
        "leave out roles that only the management account can assume; needs --management-account",
    )
    chosen.add_argument("--management-account", metavar="ID", help="the account id for the option above, 12 digits")
    chosen.add_argument("--legacy", action="store_true", help="take repeated elements as old stored policies mean them")
    command.add_argument(
        "--jobs",
        "-j",
        type=_jobs,
        default=1,
        metavar="N",
        help="judge with N processes, auto for one on each processor (default: 1); the report is the same",
    )
    shown = command.add_argument_group("the report")
    _fill_report(shown)
    shown.add_argument("--output", metavar="FILE", help="write the report to FILE, whole or not at all")
    shown.add_argument(
        "--quiet", "-q", action="store_true", help="in text, show only what is FAILED, UNDECIDED or ERROR, and the counts"
    )
    shown.add_argument("--proof", metavar="FILE", help="write the evidence of every verdict to FILE, for `keyaki verify`")
    shown.add_argument("--verify", action="store_true", help="verify the evidence of every verdict with the separate checker")


def _fill_verify(command: ArgumentParser) -> None:
    command.add_argument("evidence", metavar="FILE", help="an evidence file, or - for standard input")
    command.add_argument("paths", nargs="*", metavar="PATH", help="where the policies are (default: where they were)")
    command.add_argument("--legacy", action="store_true", help="take repeated elements as old stored policies mean them")


def _fill_simulate(command: ArgumentParser) -> None:
    command.add_argument("policy", metavar="POLICY", help="a policy document, or - for standard input")
    command.add_argument("--action", required=True, help="the action of the request, as in kms:Decrypt")
    command.add_argument("--resource", required=True, help="the ARN of the request's resource, or *")
    command.add_argument(
        "--context", metavar="FILE|JSON", help="the request's context keys: a JSON object, or a file that holds one"
    )
    command.add_argument("--legacy", action="store_true", help="take repeated elements as old stored policies mean them")
    _fill_report(command)


def _fill_smt(command: ArgumentParser) -> None:
    command.add_argument("policy", metavar="POLICY", help="a policy document, or - for standard input")
    command.add_argument("other", nargs="?", metavar="OTHER", help="the second policy of a question about two")
    command.add_argument("--question", choices=QUESTIONS, default="control", help="what is asked (default: control)")
    command.add_argument("--legacy", action="store_true", help="take repeated elements as old stored policies mean them")
    asked = command.add_argument_group("the question `control`")
    asked.add_argument("--control", default="KMS.1", metavar="ID", help="the control (default: KMS.1)")
    asked.add_argument("--scope", choices=SCOPES[:-1], default="confined", help="when a key counts as fresh (default: confined)")
    asked.add_argument("--mode", choices=MODES[:-1], default="exact", help="with conditions or without them (default: exact)")
    asked.add_argument("--actions", action="append", metavar="PATTERNS", help="the blocked actions (default: the control's own)")
    asked.add_argument("--partition", default="aws", help="the partition of the keys (default: aws)")
    granted = command.add_argument_group("the question `not-granted`")
    granted.add_argument("--action", action="append", default=[], metavar="PATTERN", help="an action, or a pattern of actions")
    granted.add_argument("--resource", action="append", default=[], metavar="PATTERN", help="an ARN, or a pattern of ARNs")
    granted.add_argument(
        "--quantifier",
        choices=("some", "fresh"),
        default="some",
        help="whether resources that the policy writes out count too (default: some)",
    )
    written = command.add_argument_group("the script")
    written.add_argument("--dialect", choices=DIALECTS, default="zelkova", help="strings, or Booleans alone (default: zelkova)")
    written.add_argument("--select-actions", action="store_true", help="match the actions of statements here, not in the solver")
    written.add_argument("--status", action="store_true", help="have the engine answer too, and state its answer in the script")
    written.add_argument("--values", action="store_true", help="ask for the action and the resource of a model")
    written.add_argument("--output", metavar="FILE", help="write the script to FILE, whole or not at all")


def _fill_explain(command: ArgumentParser) -> None:
    command.add_argument("control", nargs="?", metavar="CONTROL", help="KMS.1, KMS.2 or a Config rule (default: list them)")


def _fill_demo(command: ArgumentParser) -> None:
    _fill_report(command)
    command.add_argument("--quiet", "-q", action="store_true", help="show the verdicts only, one line each")


def _fill_compare(command: ArgumentParser) -> None:
    command.add_argument("new", metavar="NEW", help="a policy document, or - for standard input")
    command.add_argument("old", metavar="OLD", help="the policy to compare it with")
    _fill_question(command)


def _fill_diff(command: ArgumentParser) -> None:
    command.add_argument("old", metavar="OLD", help="a policy document, or - for standard input")
    command.add_argument("new", metavar="NEW", help="the policy that follows it")
    _fill_question(command)


def _fill_grants(command: ArgumentParser) -> None:
    command.add_argument("policy", metavar="POLICY", help="a policy document, or - for standard input")
    command.add_argument("--action", action="append", default=[], metavar="PATTERN", help="an action, or a pattern of actions")
    command.add_argument("--resource", action="append", default=[], metavar="PATTERN", help="an ARN, or a pattern of ARNs")
    command.add_argument(
        "--quantifier",
        choices=QUANTIFIERS,
        default="some",
        help="on which matching resources an action must be granted to count (default: some)",
    )
    _fill_question(command)


def _fill_summarise(command: ArgumentParser) -> None:
    command.add_argument("policy", metavar="POLICY", help="a policy document, or - for standard input")
    command.add_argument("--service", metavar="NAME", help="the service asked about, as in s3 (default: all)")
    _fill_question(command, evidence=False)


def _fill_question(command: ArgumentParser, *, evidence: bool = True) -> None:
    command.set_defaults(module="questions", proof=None, verify=False)
    if evidence:
        together = command.add_argument_group("what it is asked of, together with each policy")
        together.add_argument("--boundary", metavar="FILE", help="the permissions boundary")
        together.add_argument(
            "--scp", metavar="FILE", action="append", default=[], help="a service control policy; repeat for more"
        )
        together.add_argument("--session", metavar="FILE", help="the session policy")
        command.add_argument("--proof", metavar="FILE", help="write the evidence of the answer to FILE, for `keyaki verify`")
        command.add_argument("--verify", action="store_true", help="verify the evidence with the separate checker")
    command.add_argument("--budget", type=int, metavar="STEPS", help="counted steps after which a question is UNDECIDED")
    command.add_argument("--legacy", action="store_true", help="take repeated elements as old stored policies mean them")
    _fill_report(command)


def _fill_report(command: ArgumentGroup) -> None:
    command.add_argument("--format", choices=FORMATS, default="text", help="for people or for programs (default: text)")
    command.add_argument(
        "--no-color", "--no-colour", dest="no_color", action="store_true", help="never colour (as NO_COLOR in the environment)"
    )


def _jobs(text: str) -> int | None:
    """The number of processes, None for one on each processor."""
    if text in {"auto", "0"}:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= len(text.lstrip("0")) <= 3):
        raise ArgumentTypeError(f"`{text}` is no number of processes from 1 to 999, nor auto")
    return int(text)


def _add_switch(group: ArgumentGroup, name: str, text: str) -> None:
    destination = name.removeprefix("--").replace("-", "_")
    group.add_argument(name, dest=destination, action="store_true", default=None, help=text)
    group.add_argument(f"--no-{name.removeprefix('--')}", dest=destination, action="store_false", default=None, help="do not")


def _complain(error: Exception) -> None:
    from keyaki.outputs.terminal import printable  # noqa: PLC0415 - only where something went wrong

    sys.stderr.write(f"keyaki: {printable(str(error))}\n")
    hint = getattr(error, "hint", None)
    if hint:
        sys.stderr.write(f"  hint: {printable(hint)}\n")


def _confess() -> int:
    from traceback import print_exc  # noqa: PLC0415 - only where something went wrong

    print_exc()
    sys.stderr.write("keyaki: this is a fault of keyaki's own and no verdict; please report it with the lines above\n")
    return USAGE


def _let_go_of_standard_output() -> None:
    """Points standard output at nothing, so that the interpreter's own last flush does not complain either."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
