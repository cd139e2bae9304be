"""The report for people: each result as it comes, with the evidence a person needs to believe it and to mend the policy.

Results that are about one policy and one control, but other scopes or modes, are one block: a small table of outcomes, then
what stands behind them, each fact once. Everything that came from outside is made printable before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import IO, Final, NamedTuple

from keyaki.controls.judge import Result
from keyaki.errors import KeyakiError, Span
from keyaki.outputs.document import warnings_of
from keyaki.outputs.evidence import Obstacle, condition_name, decisive_spans, obstacles
from keyaki.outputs.excerpt import excerpt
from keyaki.outputs.sentence import absent_keys, conjunction, request_sentence, statement_name, subject_name
from keyaki.outputs.tally import OUTCOMES, Tally
from keyaki.outputs.terminal import painted, printable, wrapped
from keyaki.policy import Policy
from keyaki.verdict import Carrier, Grant, Mode, Scope, Verdict

_WORST_FIRST: Final = ("ERROR", "FAILED", "UNDECIDED", "PASSED", "SKIPPED")
_CALM: Final = frozenset({"PASSED", "SKIPPED"})
_STATEMENTS: Final = 10
_WARNINGS: Final = 6
_OBSTACLES: Final = 6
_CARRIERS: Final = 10
_NOTE: Final = """\
note: an IAM grant takes effect on a key only where the key's own policy hands decisions to IAM (or names the principal); \
keys usually do"""


class Style(NamedTuple):
    """How a report looks.

    It is in ``colour`` or not, wrapped to ``columns`` (None: not at all), ``quiet`` (without what PASSED or was SKIPPED, and
    without the note) or not, and with or without ``excerpts`` of the lines that let a fresh key through.
    """

    colour: bool = False
    columns: int | None = None
    quiet: bool = False
    excerpts: bool = True


class Block(NamedTuple):
    """Some lines of a report that stand together: whether they tell of a FAILED, and whether an empty line follows them."""

    text: str
    failed: bool
    apart: bool


class TextRenderer:
    """Turns results into blocks; it keeps nothing from one to the next.

    ``text_of`` gives the text of a path again, or None, for the line that an error is about.
    """

    def __init__(self, style: Style | None = None, text_of: Callable[[str], str | None] | None = None) -> None:
        self._style = style or Style()
        self._text_of = text_of

    def render(self, results: Sequence[Result]) -> Block | None:
        """The block of results that share subject and control, or None where nothing is to be shown of them."""
        if not results or (self._style.quiet and all(str(result.outcome) in _CALM for result in results)):
            return None
        lines = self._block(results)
        failed = any(str(result.outcome) == "FAILED" for result in results)
        return Block("\n".join(lines), failed, len(lines) > 1 and not results[0].reason)

    def _paint(self, text: str, colour: str) -> str:
        return painted(text, colour, enabled=self._style.colour)

    def _wrap(self, text: str, indent: int) -> list[str]:
        return wrapped(text, self._style.columns, " " * indent, " " * (indent + 2))

    def _block(self, results: Sequence[Result]) -> list[str]:
        worst = min((str(result.outcome) for result in results), key=_WORST_FIRST.index)
        subject, control = results[0].subject, results[0].control
        if results[0].reason:
            return self._wrap(f"{self._paint(f'{worst:<9}', worst)} {subject_name(subject)}: {printable(results[0].reason)}", 0)
        lines = [f"{self._paint(f'{worst:<9}', worst)} {subject_name(subject)}  {self._paint(printable(control), 'quiet')}"]
        if len(results) > 1 and results[0].verdict:
            lines += self._table(results)
            lines += self._differences(results)
        for error in dict.fromkeys(result.error for result in results if result.error):
            lines += self._error(results[0], error)
        lines += self._undecided(results)
        lines += self._grants(results)
        lines += self._carriers(results)
        return lines + self._warnings(results)

    def _table(self, results: Sequence[Result]) -> list[str]:
        """The outcomes, scopes side by side, one row for each mode."""
        modes = {mode: answers for mode in Mode if (answers := _by_scope(results, mode))}
        scopes = [scope for scope in Scope if any(scope in answers for answers in modes.values())]
        lines = [" " * 10 + "".join(f"{scope!s:<11}" for scope in scopes).rstrip()]
        for mode, answers in modes.items():
            outcomes = [str(answers[scope].outcome) if scope in answers else "" for scope in scopes]
            lines.append(f"  {mode!s:<8}" + "".join(self._cell(outcome) for outcome in outcomes).rstrip())
        return lines

    def _cell(self, outcome: str) -> str:
        return self._paint(f"{outcome}", outcome) + " " * (11 - len(outcome)) if outcome else " " * 11

    def _differences(self, results: Sequence[Result]) -> list[str]:
        """Where the modes differ, and what parity sets aside there."""
        exact = _by_scope(results, Mode.EXACT)
        parity = _by_scope(results, Mode.PARITY)
        scopes = [scope for scope in exact if scope in parity and exact[scope].outcome is not parity[scope].outcome]
        if not exact or not parity:
            return []
        if not scopes:
            return ["  the modes agree"]
        where = "every scope" if 1 < len(scopes) == len(exact) else f"scope {conjunction([str(scope) for scope in scopes])}"
        what = "parity sets aside the conditions of every Allow and each Deny with a condition"
        return self._wrap(f"the modes differ in {where}: {what}", 2)

    def _undecided(self, results: Sequence[Result]) -> list[str]:
        reasons: dict[str, list[Verdict]] = {}
        for _, verdict in _answered(results):
            if verdict.reason:
                reasons.setdefault(verdict.reason, []).append(verdict)
        said = [f"not settled{_where(verdicts, results)}: {printable(reason)}" for reason, verdicts in reasons.items()]
        return [line for sentence in said for line in self._wrap(sentence, 2)]

    def _error(self, result: Result, error: KeyakiError) -> list[str]:
        place = f"{printable(result.subject.path)}:{error.line}:{error.column}: " if error.span else ""
        lines = self._wrap(f"{place}{printable(error.message)}", 2)
        text = self._text_of(result.subject.path) if error.span and self._text_of else None
        if text is not None and error.span and _is_within(error.span, text):
            lines += excerpt(text, [error.span], self._style.columns, "    ")
        return lines + (self._wrap(f"hint: {printable(error.hint)}", 2) if error.hint else [])

    def _grants(self, results: Sequence[Result]) -> list[str]:
        """Each granting statement once, and once for each mode where the modes differ about it, with its first witness."""
        found: dict[int, list[tuple[Result, Verdict, Grant]]] = {}
        for result, verdict in _answered(results):
            for grant in verdict.grants:
                found.setdefault(grant.statement, []).append((result, verdict, grant))
        lines: list[str] = []
        for index in sorted(found)[:_STATEMENTS]:
            for told in _told_apart(found[index], results):
                result, verdict, grant = told[0]
                where = _where([verdict for _, verdict, _ in told], results)
                said = f"{statement_name(result.subject.policy, index)} lets a fresh key through{where}"
                lines += self._wrap(self._place(result, index) + said, 2)
                if result.subject.policy:
                    lines += self._evidence(result.subject.policy, verdict, grant)
        if len(found) > _STATEMENTS:
            lines.append(f"  and {len(found) - _STATEMENTS:,} more statements that let a fresh key through")
        return lines

    def _evidence(self, policy: Policy, verdict: Verdict, grant: Grant) -> list[str]:
        """The lines that let the witness through, the witness, and what did not stop it.

        In parity no condition is asked about: neither the statement's own nor the Denies that have one.
        """
        lines = []
        if policy.text is not None and self._style.excerpts:
            spans = decisive_spans(policy, grant.statement, grant.witness)
            lines += excerpt(policy.text, spans, self._style.columns, "    ")
        in_the_way = obstacles(policy, grant.witness)
        concerned = [policy.statements[grant.statement], *(deny for deny, _ in in_the_way)]
        if verdict.question.mode is Mode.PARITY:
            in_the_way = [obstacle for obstacle in in_the_way if not obstacle.deny.conditions]
            concerned = []
        lines += self._sentence(grant, absent_keys(concerned, grant.witness))
        return lines + self._obstacles(policy, in_the_way)

    def _sentence(self, grant: Grant, absent: Sequence[str]) -> list[str]:
        """The witness in one sentence, its lines indented so little that most key ARNs fit into 80 columns."""
        return wrapped(request_sentence(grant.witness, absent), self._style.columns, "    ", "    ")

    def _obstacles(self, policy: Policy, found: Sequence[Obstacle]) -> list[str]:
        """The Denies that cover the action, each with what keeps it from this request."""
        lines: list[str] = []
        for deny, why in found[:_OBSTACLES]:
            place = f" at {deny.span.line}:{deny.span.column}" if deny.span else ""
            lines += self._wrap(f"not stopped by {statement_name(policy, deny.index)}, a Deny{place}: {why}", 4)
        if len(found) > _OBSTACLES:
            lines.append(f"    nor by {len(found) - _OBSTACLES:,} more Denies")
        return lines

    def _carriers(self, results: Sequence[Result]) -> list[str]:
        """Each Deny and condition that carries a PASSED once, and where there are several questions, in which it does."""
        first: dict[Carrier, Result] = {}
        carrying: dict[Carrier, list[Verdict]] = {}
        for result, verdict in _answered(results):
            for carrier in verdict.carriers:
                first.setdefault(carrier, result)
                carrying.setdefault(carrier, []).append(verdict)
        lines: list[str] = []
        for carrier, result in list(first.items())[:_CARRIERS]:
            said = _carrier_name(result.subject.policy, carrier) + _where(carrying[carrier], results)
            lines += self._wrap(self._place(result, carrier.statement) + said, 2)
        if len(first) > _CARRIERS:
            lines.append(f"  and {len(first) - _CARRIERS:,} more")
        return lines

    def _warnings(self, results: Sequence[Result]) -> list[str]:
        found = list(dict.fromkeys(warning for result in results for warning in warnings_of(result)))
        lines: list[str] = []
        for warning in found[:_WARNINGS]:
            place = f"{warning.span.line}:{warning.span.column}: " if warning.span else ""
            lines += self._wrap(f"warning: {place}{printable(warning.message)}", 2)
        if len(found) > _WARNINGS:
            lines.append(f"  and {len(found) - _WARNINGS:,} more warnings")
        return lines

    def _place(self, result: Result, index: int) -> str:
        policy = result.subject.policy
        span = policy.statements[index].span if policy else None
        return f"{self._paint(f'{printable(result.subject.path)}:{span.line}:{span.column}', 'place')} " if span else ""


class TextWriter:
    """Writes a report for people to a text stream: ``write`` for each group of results, then ``finish`` once."""

    def __init__(self, out: IO[str], style: Style | None = None, text_of: Callable[[str], str | None] | None = None) -> None:
        self._out = out
        self._style = style or Style()
        self._renderer = TextRenderer(style, text_of)
        self._failed = False
        self._gap = False

    def write(self, results: Sequence[Result]) -> None:
        """Writes the block of results that share subject and control."""
        self.put(self._renderer.render(results))

    def put(self, block: Block | None) -> None:
        """Writes a block, an empty line before it where the last one asks for that."""
        if block is not None:
            self._write(block.text)
            self._failed = self._failed or block.failed
            self._gap = block.apart

    def finish(self, tally: Tally) -> None:
        """Writes the note, where a policy failed, and the counts."""
        lines = []
        if self._failed and not self._style.quiet:
            lines += wrapped(_NOTE, self._style.columns, "", "  ")
            self._gap = True
        counts = [
            painted(f"{tally.counts[outcome]:,} {outcome}", outcome, enabled=self._style.colour)
            for outcome in OUTCOMES
            if tally.counts[outcome]
        ]
        lines.append(", ".join(counts) or "nothing to judge was found")
        self._write("\n".join(lines))

    def _write(self, text: str) -> None:
        self._out.write(f"\n{text}\n" if self._gap else f"{text}\n")


def _is_within(span: Span, text: str) -> bool:
    """True iff the span is a place of the text, which may have changed since it was judged."""
    return span.start <= len(text) and text.count("\n", 0, span.start) == span.line - 1


def _answered(results: Iterable[Result]) -> list[tuple[Result, Verdict]]:
    """The results that have a verdict, each with it."""
    return [(result, result.verdict) for result in results if result.verdict]


def _by_scope(results: Iterable[Result], mode: Mode) -> dict[Scope, Verdict]:
    return {verdict.question.scope: verdict for _, verdict in _answered(results) if verdict.question.mode is mode}


def _where(verdicts: Sequence[Verdict], results: Sequence[Result]) -> str:
    """In which of several questions something holds, as `` (confined, key)``; empty where there is one question.

    The modes are told apart where the answer differs between them.
    """
    if len(results) < 2:
        return ""
    scopes = _scopes(verdicts, results)
    if len(set(scopes.values())) == 1:
        return f" ({next(iter(scopes.values()))})"
    return f" ({'; '.join(f'{mode}: {where}' for mode, where in scopes.items() if where)})"


def _scopes(verdicts: Sequence[Verdict], results: Sequence[Result]) -> dict[Mode, str]:
    """For each mode that was asked for, the scopes of its verdicts among those given."""
    scopes = {}
    for mode in Mode:
        asked = _by_scope(results, mode)
        if asked:
            holding = [str(verdict.question.scope) for verdict in verdicts if verdict.question.mode is mode]
            scopes[mode] = "every scope" if 1 < len(holding) == len(asked) else ", ".join(holding)
    return scopes


def _told_apart(
    grants: list[tuple[Result, Verdict, Grant]], results: Sequence[Result]
) -> list[list[tuple[Result, Verdict, Grant]]]:
    """The grants of one statement, by mode where the scopes in which it grants differ between the modes."""
    if len(set(_scopes([verdict for _, verdict, _ in grants], results).values())) == 1:
        return [grants]
    by_mode = ([grant for grant in grants if grant[1].question.mode is mode] for mode in Mode)
    return [some for some in by_mode if some]


def _carrier_name(policy: Policy | None, carrier: Carrier) -> str:
    """What the policy would fail without, in words."""
    if policy is None or carrier.entry is None:
        what = "this Deny"
    else:
        what = f"its condition {condition_name(policy.statements[carrier.statement].conditions[carrier.entry])}"
    return f"{statement_name(policy, carrier.statement)}: without {what} the policy would fail"
