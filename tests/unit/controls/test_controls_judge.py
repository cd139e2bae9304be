from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from keyaki.controls import check as checking
from keyaki.controls.check import check
from keyaki.controls.control import CONTROLS, KMS_1
from keyaki.controls.judge import Result, judge
from keyaki.controls.selection import Parameters
from keyaki.controls.subject import Kind, Subject
from keyaki.errors import InternalError, KeyakiError, PolicySyntaxError, QuestionError, Span
from keyaki.policy import Policy
from keyaki.syntax.lower import policy_from
from keyaki.verdict import Verdict

OPEN = policy_from({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}})
NARROW = policy_from({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})
TRUST = policy_from({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}})
BROKEN = PolicySyntaxError("the policy has no `Statement`", code="missing-statement")


def subject(kind: Kind = Kind.DOCUMENT, policy: Policy | None = OPEN, **facts: Any) -> Subject:
    """A subject of a file."""
    return Subject(kind, "file.json", policy=policy, **facts)


def the(results: list[Result]) -> Result:
    """The one result, after a check of its contract."""
    (result,) = results
    assert [result.verdict, result.error, result.reason].count(None) == 2
    assert (result.error is not None) == (result.outcome == "ERROR")
    assert (result.reason is not None) == (result.outcome == "SKIPPED")
    assert type(result.outcome) is str
    return result


@pytest.mark.parametrize(("policy", "outcome"), [(OPEN, "FAILED"), (NARROW, "PASSED")])
@pytest.mark.parametrize("kind", list(Kind))
def test_each_subject_has_one_result_when_no_control_is_named(kind: Kind, policy: Policy, outcome: str) -> None:
    """Every kind is judged by the control that applies to it, with the verdict that the policy has by itself."""
    result = the(judge(subject(kind, policy)))
    assert (result.control, result.outcome) == ("KMS.1" if kind in KMS_1.kinds else "KMS.2", outcome)
    assert result.verdict is not None
    assert result.verdict.grants == check(policy).grants


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_named_control_judges_its_kinds_and_skips_the_others(control: Any, kind: Kind) -> None:
    """A bare document is judged by whatever control is named; other subjects by those that judge their kind."""
    result = the(judge(subject(kind), control.id))
    assert result.control == control.id
    assert result.outcome == ("FAILED" if kind in control.kinds else "SKIPPED")


def test_several_controls_give_a_result_each() -> None:
    """Results come in the order in which the controls are named."""
    results = judge(subject(), ["KMS.2", KMS_1])
    assert [(result.control, result.outcome) for result in results] == [("KMS.2", "FAILED"), ("KMS.1", "FAILED")]


def test_what_could_not_be_read_is_an_error() -> None:
    """The error of the reader is the result's."""
    result = the(judge(subject(policy=None, error=BROKEN)))
    assert result.error is BROKEN
    assert the(judge(subject(policy=None))).outcome == "ERROR"


@pytest.mark.parametrize("facts", [{"arn": "arn:aws:iam::aws:policy/X"}, {"attachments": 0, "boundary_usages": 1}])
def test_what_is_not_judged_is_skipped_even_if_it_cannot_be_read(facts: dict[str, Any]) -> None:
    """A policy that the control does not judge is no error, whatever its document is."""
    for policy, error in ((OPEN, None), (None, BROKEN)):
        assert the(judge(subject(Kind.MANAGED_POLICY, policy, error=error, **facts))).outcome == "SKIPPED"


def test_what_the_reader_skipped_is_skipped() -> None:
    """The reader's reason is the result's."""
    assert the(judge(subject(policy=None, skip="this JSON is no policy"))).reason == "this JSON is no policy"


def test_a_resource_policy_is_an_error() -> None:
    """A policy with a principal is an error with the code that says so."""
    error = the(judge(subject(policy=TRUST))).error
    assert error is not None
    assert error.code == "resource-policy"


@pytest.mark.parametrize(
    "raised", [ValueError("x"), RecursionError("deep"), MemoryError(), AttributeError("y"), ZeroDivisionError()], ids=repr
)
def test_a_fault_of_the_engine_is_a_loud_error(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody foresaw is an error with the code of an internal one, and keeps its cause."""

    def fail(*_: object) -> Verdict:
        raise raised

    monkeypatch.setattr(checking, "decide", fail)
    error = the(judge(subject())).error
    assert isinstance(error, InternalError)
    assert error.code == "internal-error"
    assert error.__cause__ is raised
    assert type(raised).__name__ in error.message


def test_an_error_of_the_engine_is_the_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that keyaki raises on purpose is passed on as it is."""
    expected = InternalError("a witness was refuted")

    def fail(*_: object) -> Verdict:
        raise expected

    monkeypatch.setattr(checking, "decide", fail)
    assert the(judge(subject())).error is expected


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_ends_the_scan(raised: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no error of a policy is never taken for one."""

    def stop(*_: object) -> Verdict:
        raise raised

    monkeypatch.setattr(checking, "decide", stop)
    with pytest.raises(raised):
        judge(subject())


@pytest.mark.parametrize(
    "options", [{"scope": "x"}, {"mode": "x"}, {"partition": "x"}, {"actions": "x"}, {"controls": "x"}, {"budget": 0}]
)
def test_a_question_that_cannot_be_asked_is_raised(options: dict[str, Any]) -> None:
    """A fault in the question is the caller's and no result, even for a subject that would be skipped."""
    for each in (subject(), subject(policy=None, skip="no policy"), subject(policy=None, error=BROKEN)):
        with pytest.raises(QuestionError):
            judge(each, **options)


def test_the_question_reaches_the_verdict() -> None:
    """The options of judging are those of checking."""
    result = the(judge(subject(), scope="key", mode="parity", actions="kms:D*", partition="aws-cn", budget=100_000))
    expected = check(OPEN, scope="key", mode="parity", actions="kms:D*", partition="aws-cn", budget=100_000)
    assert result.verdict is not None
    assert result.verdict.question == expected.question


def test_a_parameter_that_is_not_applied_is_a_warning() -> None:
    """Roles are judged with a warning where the management account is not known, and other subjects without it."""
    parameters = Parameters(exclude_management_roles=True)
    for kind in Kind:
        verdict = the(judge(subject(kind), parameters=parameters)).verdict
        assert verdict is not None
        codes = [warning.code for warning in verdict.warnings]
        assert codes == (["parameter-not-applied"] if kind is Kind.ROLE_POLICY else [])


def test_a_subject_with_a_verdict_has_its_places() -> None:
    """The places of statements are looked up for a verdict, and not for a subject that is skipped."""
    asked = []

    def places(policy: Policy) -> Policy:
        asked.append(policy)
        return evolve(policy, statements=(evolve(policy.statements[0], span=Span(0, 1, 2, 3)),))

    result = the(judge(subject(places=places)))
    assert result.subject.policy is not None
    assert result.subject.policy.statements[0].span == Span(0, 1, 2, 3)
    judge(subject(Kind.USER_POLICY, places=places), "KMS.1")
    assert asked == [OPEN]


def test_a_place_that_cannot_be_found_is_an_internal_error() -> None:
    """A fault in looking up places is as loud as any other."""

    def places(_: Policy) -> Policy:
        raise IndexError

    assert isinstance(the(judge(subject(places=places))).error, KeyakiError)
