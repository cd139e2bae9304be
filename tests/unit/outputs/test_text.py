from __future__ import annotations

import io

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.controls.judge import Result
from keyaki.controls.subject import Kind, Subject
from keyaki.errors import PolicySyntaxError, Span
from keyaki.outputs.tally import Tally
from keyaki.outputs.terminal import width
from keyaki.outputs.text import Style, TextWriter
from keyaki.policy import Policy, PolicyWarning, Request
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse
from keyaki.verdict import Carrier, Grant, Mode, Outcome, Question, Scope, Verdict

QUESTION = Question("KMS.1", ("kms:Decrypt",), Scope.CONFINED, Mode.EXACT, "aws", 1000)
KEY = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Use", "Effect": "Allow",
     "Action": ["kms:DescribeKey", "kms:Dec*"],
     "Resource": "*"},
    {"Sid": "Not", "Effect": "Deny", "Action": "kms:*", "Resource": "*",
     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
  ]
}
"""
POLICY = parse(TEXT)
WITNESS = Request("kms:Decrypt", KEY, {"aws:MultiFactorAuthPresent": "true"})
STOPPED = "Bool aws:MultiFactorAuthPresent `false` does not hold, it is `true`"
NOTE = (
    "note: an IAM grant takes effect on a key only where the key's own policy hands decisions to IAM (or names the principal); "
    "keys usually do"
)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12)
CHARACTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def result_of(outcome: str, policy: Policy | None = POLICY, **members: object) -> Result:
    """A result about one policy."""
    verdict = Verdict(Outcome(outcome), QUESTION, **members)  # type: ignore[arg-type]
    return Result(Subject(Kind.DOCUMENT, "a.json", policy=policy), "KMS.1", outcome, verdict=verdict)


def failed(policy: Policy | None = POLICY, witness: Request = WITNESS) -> Result:
    """A FAILED of the first statement."""
    return result_of("FAILED", policy, grants=(Grant(0, witness),))


def asked(result: Result, scope: Scope, mode: Mode = Mode.EXACT) -> Result:
    """The same answer to another question."""
    assert result.verdict
    return evolve(result, verdict=evolve(result.verdict, question=evolve(QUESTION, scope=scope, mode=mode)))


def report(*groups: Result | list[Result], style: Style | None = None, sources: dict[str, str] | None = None) -> list[str]:
    """The lines of a report on the groups."""
    out, tally = io.StringIO(), Tally()
    writer = TextWriter(out, style, (sources or {}).get)
    for group in groups:
        results = group if isinstance(group, list) else [group]
        tally.add(results)
        writer.write(results)
    writer.finish(tally)
    return out.getvalue().splitlines()


def test_a_failed_policy_in_full() -> None:
    """Outcome, statement with its place, the lines that decide, the witness, what did not stop it, the note, the counts."""
    assert report(failed()) == [
        "FAILED    a.json  KMS.1",
        "  a.json:4:5 Statement[0] `Use` lets a fresh key through",
        '    5 |      "Action": ["kms:DescribeKey", "kms:Dec*"],',
        "      |                                    ^^^^^^^^^^",
        '    6 |      "Resource": "*"},',
        "      |                  ^^^",
        f"    allows kms:Decrypt on {KEY} when aws:MultiFactorAuthPresent is `true`",
        "    not stopped by Statement[1] `Not`, a Deny at 7:5: " + STOPPED,
        "",
        NOTE,
        "1 FAILED",
    ]


def test_a_key_that_must_be_absent_is_said() -> None:
    """Where the witness lacks a key that a condition in its way mentions, its absence is part of the sentence."""
    lines = report(failed(witness=Request("kms:Decrypt", KEY)))
    assert f"    allows kms:Decrypt on {KEY} when aws:MultiFactorAuthPresent is absent" in lines


def test_the_note_stands_once_in_a_report() -> None:
    """However many policies fail, delegation by the key policy is told once, and never where nothing failed."""
    assert sum(line.startswith("note:") for line in report(failed(), failed())) == 1
    assert not any(line.startswith("note:") for line in report(result_of("PASSED")))


def test_a_passed_policy_tells_what_carries_it() -> None:
    """Each Deny and condition without which it would fail is named with its place."""
    carriers = (Carrier(1, None, "the Deny"), Carrier(1, 0, "the condition"))
    assert report(result_of("PASSED", carriers=carriers)) == [
        "PASSED    a.json  KMS.1",
        "  a.json:7:5 Statement[1] `Not`: without this Deny the policy would fail",
        "  a.json:7:5 Statement[1] `Not`: without its condition Bool aws:MultiFactorAuthPresent `false` the policy would fail",
        "",
        "1 PASSED",
    ]


def test_undecided_skipped_and_warnings() -> None:
    """An UNDECIDED and a SKIPPED tell their reason, and warnings stand with what they are about."""
    skipped = Result(Subject(Kind.DOCUMENT, "b.json", skip="x"), "KMS.1", "SKIPPED", reason="this JSON is no policy")
    warning = PolicyWarning("w", "odd", 0, Span(0, 1, 3, 4))
    assert report(result_of("UNDECIDED", reason="out of steps", warnings=(warning,)), skipped) == [
        "UNDECIDED a.json  KMS.1",
        "  not settled: out of steps",
        "  warning: 3:4: odd",
        "",
        "SKIPPED   b.json: this JSON is no policy",
        "1 UNDECIDED, 1 SKIPPED",
    ]


@pytest.mark.parametrize("text", ["one\n  oops,\n", None, "other"])
def test_an_error_shows_its_line_where_that_can_be_had(text: str | None) -> None:
    """An ERROR tells place, message and hint, and its line unless the file is gone or is another by now."""
    error = PolicySyntaxError("a comma too many", code="trailing-comma", span=Span(10, 11, 2, 7), hint="remove it")
    result = Result(Subject(Kind.DOCUMENT, "a.json", error=error), "KMS.1", "ERROR", error=error)
    line = ["    2 |   oops,", "      |       ^"] if text and "oops" in text else []
    assert report(result, sources={"a.json": text} if text else {}) == [
        "ERROR     a.json  KMS.1",
        "  a.json:2:7: a comma too many",
        *line,
        "  hint: remove it",
        "",
        "1 ERROR",
    ]


def test_quiet_shows_only_what_needs_a_person() -> None:
    """PASSED, SKIPPED and the note are left out, the counts stay."""
    skipped = Result(Subject(Kind.DOCUMENT, "b.json", skip="x"), "KMS.1", "SKIPPED", reason="no policy")
    lines = report(result_of("PASSED"), skipped, failed(), style=Style(quiet=True))
    assert lines[0].startswith("FAILED")
    assert lines[-1] == "1 PASSED, 1 FAILED, 1 SKIPPED"
    assert not any(line.startswith(("PASSED", "SKIPPED", "note:")) for line in lines)


def test_several_scopes_stand_side_by_side() -> None:
    """One block has a table of outcomes, and each statement says in which scopes it lets a key through."""
    group = [asked(failed() if scope is not Scope.ANY else result_of("PASSED"), scope) for scope in Scope]
    lines = report(group)
    assert lines[:4] == [
        "FAILED    a.json  KMS.1",
        "          confined   account    any        key",
        "  exact   FAILED     FAILED     PASSED     FAILED",
        "  a.json:4:5 Statement[0] `Use` lets a fresh key through (confined, account, key)",
    ]
    assert lines[-1] == "1 PASSED, 3 FAILED"


def test_modes_are_compared() -> None:
    """Where exact and parity differ the scopes are named, and each fact tells to which mode it belongs."""
    carrier = Carrier(1, 0, "Bool aws:MultiFactorAuthPresent `false`")
    exact = [asked(result_of("PASSED", carriers=(carrier,)), Scope.CONFINED), asked(result_of("PASSED"), Scope.ANY)]
    parity = [asked(failed(), Scope.CONFINED, Mode.PARITY), asked(result_of("PASSED"), Scope.ANY, Mode.PARITY)]
    lines = report(exact + parity)
    assert lines[1:5] == [
        "          confined   any",
        "  exact   PASSED     PASSED",
        "  parity  FAILED     PASSED",
        "  the modes differ in scope confined: parity sets aside the conditions of every Allow and each Deny with a condition",
    ]
    assert "  a.json:4:5 Statement[0] `Use` lets a fresh key through (parity: confined)" in lines
    assert any(line.endswith("`false` the policy would fail (exact: confined)") for line in lines)
    assert not any("not stopped" in line for line in lines)
    agreed = report([asked(failed(), Scope.KEY), asked(failed(), Scope.KEY, Mode.PARITY)])
    assert "  the modes agree" in agreed
    assert "  a.json:4:5 Statement[0] `Use` lets a fresh key through (key)" in agreed


def test_where_modes_differ_each_shows_its_own_witness() -> None:
    """A statement that grants in other scopes under parity is shown for each mode, with a witness of that mode."""
    other = KEY.replace("us-east-1", "eu-west-1")
    exact = [asked(result_of("PASSED"), Scope.CONFINED), asked(failed(), Scope.KEY)]
    parity = [asked(failed(witness=Request("kms:Decrypt", other)), scope, Mode.PARITY) for scope in (Scope.CONFINED, Scope.KEY)]
    lines = report(exact + parity)
    assert [line.partition(" lets ")[2] for line in lines if " lets " in line] == [
        "a fresh key through (exact: key)",
        "a fresh key through (parity: every scope)",
    ]
    assert [line.split(" ")[7] for line in lines if line.startswith("    allows")] == [KEY, other]


def test_parity_asks_about_no_condition() -> None:
    """In parity a Deny with a condition is not in the way, one without is, and no absent key is spoken of."""
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:eu-west-1:*:*"}
    conditional = {**deny, "Resource": "*", "Condition": {"Null": {"kms:ViaService": "false"}}}
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "true"}}}
    policy = policy_from({"Version": "2012-10-17", "Statement": [allow, deny, conditional]})
    witness = Request("kms:Decrypt", KEY)
    exact, parity = (report(asked(failed(policy, witness), Scope.KEY, mode)) for mode in Mode)
    assert f"    allows kms:Decrypt on {KEY} when aws:SourceVpc is absent and kms:ViaService is absent" in exact
    assert f"    allows kms:Decrypt on {KEY}" in parity
    assert [sum("not stopped by" in line for line in lines) for lines in (exact, parity)] == [2, 1]


def test_long_lists_are_cut_with_a_count() -> None:
    """Beyond ten statements and a handful of Denies only their number is told."""
    allow = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:eu-west-1:*:*"}
    policy = policy_from({"Version": "2012-10-17", "Statement": [allow] * 25 + [deny] * 20})
    lines = report(result_of("FAILED", policy, grants=tuple(Grant(index, WITNESS) for index in range(25))))
    assert sum("lets a fresh key through" in line for line in lines) == 10
    assert "  and 15 more statements that let a fresh key through" in lines
    assert "    nor by 14 more Denies" in lines
    assert len(lines) < 100


def test_colour_marks_outcomes_and_nothing_else_changes() -> None:
    """Without its colours a coloured report is the plain one."""
    plain = report(failed(), result_of("PASSED"))
    coloured = report(failed(), result_of("PASSED"), style=Style(colour=True))
    assert coloured[0].startswith("\x1b[1;31mFAILED")
    stripped = "\n".join(coloured)
    for code in ("1;31", "32", "2", "36", "0"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped.splitlines() == plain


def test_a_narrow_terminal_is_respected() -> None:
    """Within a terminal's columns only a line of one long word, such as an ARN, is wider."""
    for line in report(failed(), result_of("UNDECIDED", reason="word " * 60), style=Style(columns=60)):
        assert len(line) <= 60 or " " not in line.strip()


@given(CHARACTERS, CHARACTERS, TEXTS, TEXTS)
@settings(deadline=None)
def test_no_text_of_a_policy_can_forge_a_line(sid: str, value: str, path: str, message: str) -> None:
    """Whatever a policy, a path or an error holds, the report has the lines it would have, all of them printable."""
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": "kms:*",
        "Resource": ["*", value],
        "Condition": {"StringNotLike": {f"aws:PrincipalTag/{value or 'k'}": value}},
    }
    policy = policy_from({"Version": "2012-10-17", "Statement": [statement, {**statement, "Effect": "Deny"}]})
    result = failed(policy, Request("kms:Decrypt", KEY, {"aws:PrincipalTag/k": value}))
    error = PolicySyntaxError(message, hint=message or None)
    broken = Result(Subject(Kind.USER_POLICY, path, name=message, owner=sid, error=error), "KMS.1", "ERROR", error=error)
    result = evolve(result, subject=evolve(result.subject, path=path, name=sid))
    lines = report(result, broken)
    assert all(line.isprintable() for line in lines)
    starts = [line.split(" ")[0] for line in lines if line and not line.startswith(" ")]
    assert starts == ["FAILED", "ERROR", "note:", "1"]


@given(st.integers(40, 120))
@settings(deadline=None)
def test_wide_characters_count_for_two_columns(columns: int) -> None:
    """A policy of wide characters is wrapped by what a terminal shows."""
    lines = report(result_of("UNDECIDED", reason="鍵の方針 " * 40), style=Style(columns=columns))
    assert max(map(width, lines)) <= columns
