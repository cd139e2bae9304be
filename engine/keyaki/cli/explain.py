"""``keyaki explain``: a control in plain words, what its question is, and what to do about a FAILED."""

from __future__ import annotations

import sys
from argparse import Namespace

from keyaki.controls.control import CONTROLS, Control, control_named
from keyaki.outputs.terminal import wrapped

_QUESTION = """\
Can one request get through that uses a blocked action on a fresh key, a key that the policy does not point at? \
The request is concrete: one action, one key ARN, one value or none for each context key, and nothing in it that AWS could \
not send. It gets through iff some Allow statement applies to it and no Deny statement does. Every statement is put to that \
same request, so two conditions that exclude each other never count together, and two Denies that close each other's gap do."""

_OUTCOMES = (
    ("FAILED", "there is such a request; it is printed as the witness, and a plain evaluator of requests has replayed it"),
    ("PASSED", "there is none; a certificate says why, and `--verify` has it checked by code that does not search"),
    ("UNDECIDED", "the budget of steps ran out first; that is never a pass"),
    ("ERROR", "the policy could not be read; that is never a pass either"),
)

_FRESH = """\
A policy points at a key by writing out the key's id, and at a place by writing out a Region or an account in full, in a \
Resource or NotResource entry that keys can match or as a value of a test on aws:RequestedRegion or aws:ResourceAccount. A \
part with a wildcard, `us-*` or `1111*`, points at nothing. `--scope` says what must be unnamed for a key to be fresh:"""

_SCOPES = (
    ("confined", "its id, and its Region or its account (the default): only a list of keys, or of places with both, will do"),
    ("account", "its id and its account: every Region of an account that is written out will do as well"),
    ("any", "its id, its Region and its account: pinning one of the two will do"),
    ("key", "its id: nothing but written-out keys will do"),
)

_MODES = """\
Conditions are part of the question (`--mode exact`). Security Hub's page says that the service leaves them out; `--mode \
parity` asks that: Allows without their conditions, and no Deny that has one. `--mode both` shows where the two differ."""

_FIXES = (
    """\
List in Resource the keys that are needed. A policy for many keys lists Region and account and leaves only the id open: \
arn:aws:kms:eu-west-1:111122223333:key/*""",
    """\
Where Resource must stay open, add a Deny of the blocked actions whose NotResource lists those places, or hold the Allow to \
them with conditions on aws:ResourceAccount and aws:RequestedRegion together.""",
    "Look at the action too: `kms:*`, `kms:D*`, `*` and every NotAction that leaves KMS out hold Decrypt.",
    "A condition on who asks, or through which service, is a good habit but names no key: the control still fails.",
    """\
Run the check again. Each statement that lets a fresh key through is reported with a witness of its own, so all of them can \
be mended at once.""",
)

_DELEGATION = """\
A grant in an IAM policy takes effect on a key only if that key's own policy hands decisions to IAM or names the principal. \
The check sees the IAM side alone, as the control does: keys are made later, and most key policies do hand over."""


def run(arguments: Namespace) -> int:
    """Prints the explanation, or the list of controls where none is named; returns 0, raises QuestionError for an unknown one."""
    columns = 80
    if arguments.control is None:
        lines = ["The controls, for `keyaki explain CONTROL`:", ""]
        lines += [line for control in CONTROLS for line in wrapped(f"{control.id}: {control.judges}", columns, "  ", "      ")]
    else:
        lines = explanation(control_named(arguments.control), columns)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def explanation(control: Control, columns: int) -> list[str]:
    """The lines of the explanation, none wider than ``columns`` unless a word is."""
    lines = [*wrapped(f"{control.id}: no policy opens {_actions(control)} on keys it does not name", columns, "", "  "), ""]
    for name, value in _facts(control):
        lines += wrapped(f"{name + ':':<14}{value}", columns, "  ", " " * 16)
    lines += _paragraph("What is asked", _QUESTION, columns)
    lines += _table(_OUTCOMES, columns)
    lines += _paragraph("Which keys are fresh", _FRESH, columns)
    lines += _table(_SCOPES, columns)
    lines += _paragraph("Conditions", _MODES, columns)
    lines += ["", "How to mend a FAILED", ""]
    for number, fix in enumerate(_FIXES, 1):
        lines += wrapped(f"{number}. {fix}", columns, "  ", "     ")
    return lines + _paragraph("What it does not say", _DELEGATION, columns)


def _facts(control: Control) -> list[tuple[str, str]]:
    facts = [("judges", control.judges), ("blocked", ", ".join(control.actions))]
    if control.severity:
        facts += [("severity", control.severity), ("category", control.category)]
    if control.id != control.rule:
        facts.append(("Config rule", control.rule))
    facts += [("parameters", "; ".join(f"{name} = {default}" for name, default in control.parameters))]
    facts += [("resources", ", ".join(control.resource_types))]
    if control.requirements:
        facts.append(("requirements", _requirements(control.requirements)))
    return facts


def _requirements(items: tuple[str, ...]) -> str:
    """The requirements, the name of a standard once before all of its items."""
    by_standard: dict[str, list[str]] = {}
    for item in items:
        standard, _, name = item.rpartition(" ")
        by_standard.setdefault(standard, []).append(name)
    return "; ".join(f"{standard} {', '.join(names)}" for standard, names in by_standard.items())


def _actions(control: Control) -> str:
    return " or ".join(control.actions)


def _paragraph(title: str, text: str, columns: int) -> list[str]:
    return ["", title, "", *wrapped(text, columns, "  ", "  ")]


def _table(rows: tuple[tuple[str, str], ...], columns: int) -> list[str]:
    return ["", *(line for name, text in rows for line in wrapped(f"{name:<10} {text}", columns, "    ", " " * 15))]
