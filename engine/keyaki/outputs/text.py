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
from keyaki.outputs.evidence import decisive_spans, obstacles
from keyaki.outputs.excerpt import excerpt
from keyaki.outputs.sentence import absent_keys, conjunction, request_sentence, statement_name, subject_name
from keyaki.outputs.tally import OUTCOMES, Tally
from keyaki.outputs.terminal import painted, printable, wrapped
from keyaki.policy import Effect
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


class TextWriter:
    """Writes a report for people to a text stream: ``write`` for each group of results, then ``finish`` once.

    ``text_of`` gives the text of a path again, or None, for the line that an error is about.
    """

    def __init__(self, out: IO[str], style: Style | None = None, text_of: Callable[[str], str | None] | None = None) -> None:
        self._out = out
        self._style = style or Style()
        self._text_of = text_of
        self._failed = False
        self._gap = False

    def write(self, results: Sequence[Result]) -> None:
        """Writes the block of results that share subject and control."""
        if not results or (self._style.quiet and all(str(result.outcome) in _CALM for result in results)):
            return
        self._failed = self._failed or any(str(result.outcome) == "FAILED" for result in results)
        block = self._block(results)
        self._write(block)
        self._gap = len(block) > 1

    def finish(self, tally: Tally) -> None:
        """Writes the note, where a policy failed, and the counts."""
        lines = []
        if self._failed and not self._style.quiet:
            lines += wrapped(_NOTE, self._style.columns, "", "  ")
        counts = [self._paint(f"{tally.counts[outcome]:,} {outcome}", outcome) for outcome in OUTCOMES if tally.counts[outcome]]
        lines.append(", ".join(counts) or "nothing to judge was found")
        self._write(lines)

    def _write(self, lines: Sequence[str]) -> None:
        """Writes a block, an empty line before it where the last one had several lines."""
        self._out.write("\n".join(["", *lines] if self._gap else lines) + "\n")

    def _paint(self, text: str, colour: str) -> str:
        return painted(text, colour, enabled=self._style.colour)

    def _wrap(self, text: str, indent: int) -> list[str]:
        return wrapped(text, self._style.columns, " " * indent, " " * (indent + 2))

    def _block(self, results: Sequence[Result]) -> list[str]:
        worst = min((str(result.outcome) for result in results), key=_WORST_FIRST.index)
        subject, control = results[0].subject, results[0].control
        lines = [f"{self._paint(f'{worst:<9}', worst)} {subject_name(subject)}  {self._paint(printable(control), 'quiet')}"]
        if len(results) > 1 and results[0].verdict:
            lines += self._table(results)
            lines += self._differences(results)
        for reason in dict.fromkeys(result.reason for result in results if result.reason):
            lines += self._wrap(printable(reason), 2)
        for error in dict.fromkeys(result.error for result in results if result.error):
            lines += self._error(results[0], error)
        lines += self._undecided(results)
        lines += self._grants(results)
        lines += self._carriers(results)
        return lines + self._warnings(results)

    def _table(self, results: Sequence[Result]) -> list[str]:
        """The outcomes, scopes side by side, one row for each mode."""
        asked = {
            (result.verdict.question.mode, result.verdict.question.scope): str(result.outcome)
            for result in results
            if result.verdict
        }
        scopes = [scope for scope in Scope if any(scope is other for _, other in asked)]
        modes = [mode for mode in Mode if any(mode is other for other, _ in asked)]
        lines = ["  " + f"{'':<8}" + "".join(f"{scope:<11}" for scope in map(str, scopes)).rstrip()]
        for mode in modes:
            cells = [asked.get((mode, scope), "") for scope in scopes]
            lines.append(
                f"  {mode!s:<8}" + "".join(self._paint(f"{cell:<11}", cell) if cell else " " * 11 for cell in cells).rstrip()
            )
        return lines

    def _differences(self, results: Sequence[Result]) -> list[str]:
        """Where the modes differ, and what parity sets aside there."""
        exact = _by_scope(results, Mode.EXACT)
        parity = _by_scope(results, Mode.PARITY)
        scopes = [scope for scope in exact if scope in parity and exact[scope].outcome is not parity[scope].outcome]
        if not exact or not parity:
            return []
        if not scopes:
            return ["  the modes agree"]
        where = conjunction([str(scope) for scope in scopes])
        what = "parity sets aside the conditions of every Allow and each Deny with a condition"
        return self._wrap(f"the modes differ in scope {where}: {what}", 2)

    def _undecided(self, results: Sequence[Result]) -> list[str]:
        reasons: dict[str, list[Verdict]] = {}
        for result in results:
            if result.verdict and result.verdict.reason:
                reasons.setdefault(result.verdict.reason, []).append(result.verdict)
        return [
            line
            for reason, verdicts in reasons.items()
            for line in self._wrap(f"not settled{_where(verdicts, results)}: {printable(reason)}", 2)
        ]

    def _error(self, result: Result, error: KeyakiError) -> list[str]:
        place = f"{printable(result.subject.path)}:{error.line}:{error.column}: " if error.span else ""
        lines = self._wrap(f"{place}{printable(error.message)}", 2)
        text = self._text_of(result.subject.path) if error.span and self._text_of else None
        if text is not None and error.span and _is_within(error.span, text):
            lines += excerpt(text, [error.span], self._style.columns, "    ")
        return lines + (self._wrap(f"hint: {printable(error.hint)}", 2) if error.hint else [])

    def _grants(self, results: Sequence[Result]) -> list[str]:
        """Each granting statement once, with its first witness, and where there are several questions, in which it grants."""
        found: dict[int, list[tuple[Verdict, Grant, Result]]] = {}
        for result in results:
            for grant in result.verdict.grants if result.verdict else ():
                found.setdefault(grant.statement, []).append((result.verdict, grant, result))  # type: ignore[arg-type]
        lines: list[str] = []
        for index in sorted(found)[:_STATEMENTS]:
            _, grant, result = found[index][0]
            lines += self._grant(result, grant, _where([verdict for verdict, _, _ in found[index]], results))
        if len(found) > _STATEMENTS:
            lines.append(f"  and {len(found) - _STATEMENTS:,} more statements that let a fresh key through")
        return lines

    def _grant(self, result: Result, grant: Grant, where: str) -> list[str]:
        policy = result.subject.policy
        name = statement_name(policy, grant.statement)
        lines = self._wrap(f"{self._place(result, grant.statement)}{name} lets a fresh key through{where}", 2)
        if policy is None or result.verdict is None:
            return lines + self._wrap(request_sentence(grant.witness), 4)
        parity = result.verdict.question.mode is Mode.PARITY
        if policy.text is not None and self._style.excerpts:
            lines += excerpt(policy.text, decisive_spans(policy, grant.statement, grant.witness), self._style.columns, "    ")
        concerned = (
            [] if parity else [policy.statements[grant.statement], *(deny for deny, _ in obstacles(policy, grant.witness))]
        )
        lines += self._wrap(request_sentence(grant.witness, absent_keys(concerned, grant.witness)), 4)
        return lines + (self._obstacles(result, grant) if not parity else [])

    def _obstacles(self, result: Result, grant: Grant) -> list[str]:
        """The Denies that cover the action, each with what keeps it from this request."""
        policy = result.subject.policy
        found = obstacles(policy, grant.witness) if policy else []
        lines: list[str] = []
        for deny, why in found[:_OBSTACLES]:
            place = f" at {deny.span.line}:{deny.span.column}" if deny.span else ""
            lines += self._wrap(f"not stopped by {statement_name(policy, deny.index)}, a Deny{place}: {why}", 4)
        if len(found) > _OBSTACLES:
            lines.append(f"    nor by {len(found) - _OBSTACLES:,} more Denies")
        return lines

    def _carriers(self, results: Sequence[Result]) -> list[str]:
        found: dict[Carrier, list[tuple[Verdict, Result]]] = {}
        for result in results:
            for carrier in result.verdict.carriers if result.verdict else ():
                found.setdefault(carrier, []).append((result.verdict, result))  # type: ignore[arg-type]
        lines: list[str] = []
        for carrier in list(found)[:_CARRIERS]:
            result = found[carrier][0][1]
            where = _where([verdict for verdict, _ in found[carrier]], results)
            lines += self._wrap(
                f"{self._place(result, carrier.statement)}passes because of {_carrier_name(result, carrier)}{where}", 2
            )
        if len(found) > _CARRIERS:
            lines.append(f"  and {len(found) - _CARRIERS:,} more")
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


def _is_within(span: Span, text: str) -> bool:
    """True iff the span is a place of the text, which may have changed since it was judged."""
    return span.start <= len(text) and text.count("\n", 0, span.start) == span.line - 1


def _by_scope(results: Iterable[Result], mode: Mode) -> dict[Scope, Verdict]:
    verdicts = [result.verdict for result in results if result.verdict]
    return {verdict.question.scope: verdict for verdict in verdicts if verdict.question.mode is mode}


def _where(verdicts: Sequence[Verdict], results: Sequence[Result]) -> str:
    """In which of several questions something holds, as `` (exact: confined, key)``; empty where there is one question."""
    if len(results) < 2:
        return ""
    parts = []
    for mode in Mode:
        asked = [result.verdict.question.scope for result in results if result.verdict and result.verdict.question.mode is mode]
        scopes = [verdict.question.scope for verdict in verdicts if verdict.question.mode is mode]
        if scopes:
            parts.append(
                f"{mode}: {', '.join(map(str, scopes)) if len(scopes) < len(asked) or len(asked) == 1 else 'every scope'}"
            )
    return f" ({'; '.join(parts)})"


def _carrier_name(result: Result, carrier: Carrier) -> str:
    policy = result.subject.policy
    name = statement_name(policy, carrier.statement)
    if policy is None:
        return name
    statement = policy.statements[carrier.statement]
    kind = "a Deny" if statement.effect is Effect.DENY else "an Allow"
    return f"{name}, {kind}: {printable(carrier.what)}"
