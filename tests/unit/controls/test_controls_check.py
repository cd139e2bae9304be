from __future__ import annotations

import json
from typing import Any

import pytest

import keyaki
from keyaki.catalogue import PARTITIONS
from keyaki.controls import check as module
from keyaki.controls.check import DEFAULT_BUDGET, check, question
from keyaki.controls.control import CONTROLS, KMS_2
from keyaki.errors import KeyakiError, PolicySyntaxError, QuestionError, ResourcePolicyError
from keyaki.policy import Policy, PolicyWarning
from keyaki.verdict import Mode, Outcome, Question, Scope, Verdict

OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]}
NARROW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"}],
}
TRUST = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}}


@pytest.mark.parametrize(("document", "outcome"), [(OPEN, "FAILED"), (NARROW, "PASSED")])
def test_a_policy_is_judged_in_every_shape(document: dict[str, Any], outcome: str) -> None:
    """A policy that is read already, its text, its bytes, and its decoded object have the same verdict."""
    text = json.dumps(document)
    verdicts = [check(each) for each in (keyaki.parse(text), text, text.encode(), document)]
    assert {verdict.outcome for verdict in verdicts} == {outcome}
    assert all(verdict.grants == verdicts[0].grants for verdict in verdicts)


@pytest.mark.parametrize("scope", ["confined", "account", "any", "key", Scope.KEY])
@pytest.mark.parametrize("mode", ["exact", Mode.PARITY])
def test_the_question_is_what_was_asked(scope: str, mode: str) -> None:
    """The verdict carries the question, its words turned into members and the defaults filled in."""
    asked = check(NARROW, "kms.2", scope=scope, mode=mode, partition="aws-cn").question
    assert asked == Question("KMS.2", ("kms:Decrypt", "kms:ReEncryptFrom"), Scope(scope), Mode(mode), "aws-cn", DEFAULT_BUDGET)


def test_the_defaults_are_those_of_the_controls_reference() -> None:
    """Without options the question is KMS.1, confined, exact, in the partition ``aws``."""
    asked = check(OPEN).question
    assert (asked.control, asked.scope, asked.mode, asked.partition) == ("KMS.1", Scope.CONFINED, Mode.EXACT, "aws")


def test_a_control_may_be_given_as_such() -> None:
    """A control is accepted in the place of its name, with the same question."""
    assert question(KMS_2) == question("KMS.2")
    for control in CONTROLS:
        assert question(control)[0].control == control.id


@pytest.mark.parametrize(
    ("options", "code", "choice"),
    [
        ({"control": "KMS.9"}, "unknown-control", "KMS.1"),
        ({"scope": "everything"}, "unknown-scope", "confined"),
        ({"scope": None}, "unknown-scope", "account"),
        ({"mode": "EXACT"}, "unknown-mode", "parity"),
        ({"partition": "aws-mars"}, "unknown-partition", "aws-cn"),
        ({"partition": ["aws"]}, "unknown-partition", "aws-cn"),
        ({"actions": "s3:*"}, "no-such-action", "kms:Decrypt"),
    ],
)
def test_what_cannot_be_asked_names_the_choices(options: dict[str, Any], code: str, choice: str) -> None:
    """An unknown word of the question is an error whose hint lists the words that there are."""
    with pytest.raises(QuestionError) as caught:
        check(OPEN, **options)
    assert caught.value.code == code
    assert choice in str(caught.value.hint)


@pytest.mark.parametrize("budget", [0, -1, True, 1.5, "10"])
def test_a_budget_is_a_positive_count(budget: Any) -> None:
    """Only a positive integer bounds the steps."""
    with pytest.raises(QuestionError):
        check(OPEN, budget=budget)
    for steps in (1, 500_000):
        assert question(budget=steps)[0].budget == steps


@pytest.mark.parametrize("control", ["KMS.1", "KMS.2"])
def test_a_resource_policy_has_no_verdict(control: str) -> None:
    """A policy with a principal is an error that names the control and, from text, the statement's place."""
    for shape in (TRUST, json.dumps(TRUST)):
        with pytest.raises(ResourcePolicyError, match=f"this is a resource policy; {control} judges identity policies") as caught:
            check(shape, control)
        assert (caught.value.column == json.dumps(TRUST).index('{"Effect"') + 1) is isinstance(shape, str)


@pytest.mark.parametrize("policy", ["", "{", "[]", {}, {"Statement": 1}, None, 5, [OPEN], b"\xff"])
def test_what_is_no_policy_is_an_error(policy: Any) -> None:
    """Whatever is not a policy raises the error about policies, never a verdict."""
    with pytest.raises(PolicySyntaxError):
        check(policy)


def test_warnings_come_from_everywhere_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict's warnings are the parser's, the advice's and the patterns', in this order, each once."""
    parsed, advised = PolicyWarning("parsed", "p"), PolicyWarning("advised", "a")
    policy = keyaki.parse(json.dumps(OPEN))
    monkeypatch.setattr(module, "advise", lambda _: (parsed, advised))
    policy = Policy(policy.version, policy.statements, warnings=(parsed,))
    verdict = check(policy, actions="kms:Decrypt, kms:Nothing")
    assert [warning.code for warning in verdict.warnings] == ["parsed", "advised", "no-such-action"]
    assert verdict.outcome is Outcome.FAILED
    assert verdict.witness is not None


def test_blocked_actions_replace_the_controls_own() -> None:
    """With patterns, the policy fails for those actions and no others."""
    document = {"Statement": {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}}
    assert check(document).outcome is Outcome.PASSED
    verdict = check(document, actions=["kms:Enc*", "kms:Decrypt"])
    assert verdict.question.actions == ("kms:Decrypt", "kms:Encrypt")
    assert verdict.outcome is Outcome.FAILED
    assert verdict.witness is not None
    assert verdict.witness.action == "kms:Encrypt"


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_partition_has_its_own_keys(partition: str) -> None:
    """A pattern for one partition grants keys of that partition and of no other."""
    document = {"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": f"arn:{partition}:kms:*:*:key/*"}}
    for asked in PARTITIONS:
        assert (check(document, partition=asked).outcome is Outcome.FAILED) is (asked == partition)


def test_an_error_of_the_engine_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine raises on purpose reaches the caller."""

    def fail(*_: object) -> Verdict:
        raise KeyakiError("the engine contradicted itself")

    monkeypatch.setattr(module, "decide", fail)
    with pytest.raises(KeyakiError, match="contradicted"):
        check(OPEN)
