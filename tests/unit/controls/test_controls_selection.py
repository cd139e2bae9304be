from __future__ import annotations

from typing import Any

import pytest

from keyaki.controls.control import CONTROLS, KMS_1, KMS_2
from keyaki.controls.selection import Parameters, is_aws_managed, notes, selection
from keyaki.controls.subject import Kind, Subject
from keyaki.errors import QuestionError
from keyaki.syntax.lower import policy_from

RULE_1, RULE_2 = CONTROLS[2:]
POLICY = policy_from({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}})
INLINE = (Kind.USER_POLICY, Kind.GROUP_POLICY, Kind.ROLE_POLICY)
MANAGEMENT = "999988887777"
TRUST = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": MANAGEMENT}}}


def subject(kind: Kind, **facts: Any) -> Subject:
    """A subject that could be read."""
    return Subject(kind, "file.json", policy=POLICY, **facts)


def test_the_kinds_that_each_control_judges() -> None:
    """KMS.1 and its rule judge documents and managed policies, KMS.2 and its rule documents and inline policies."""
    for kind in Kind:
        for control in CONTROLS:
            managed = control in (KMS_1, RULE_1)
            judged = kind is Kind.DOCUMENT or (kind is Kind.MANAGED_POLICY) == managed
            reason = selection(control, subject(kind))
            assert (reason is None) == judged
            assert judged or control.id in str(reason)


@pytest.mark.parametrize(
    ("arn", "aws"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", True),
        ("arn:aws-us-gov:iam::aws:policy/job-function/Billing", True),
        ("arn:aws:iam::111122223333:policy/aws", False),
        ("arn:aws:iam::111122223333:policy/arn:aws:iam::aws:policy/x", False),
        ("arn:aws:iam::aws:role/x", False),
        ("arn:aws:iam:us-east-1:aws:policy/x", False),
        ("", False),
        (None, False),
    ],
)
def test_aws_managed_policies_are_not_judged(arn: str | None, aws: bool) -> None:
    """A policy whose ARN has ``aws`` in the place of the account is AWS's own; one without an ARN is judged."""
    assert is_aws_managed(arn) is aws
    for control in (KMS_1, RULE_1):
        assert (selection(control, subject(Kind.MANAGED_POLICY, arn=arn)) is not None) is aws


@pytest.mark.parametrize("usages", [0, 1, 5, None])
@pytest.mark.parametrize("attachments", [0, 1, None])
@pytest.mark.parametrize("asked", [True, False, None])
def test_only_what_serves_as_a_boundary_alone_is_excluded(
    usages: int | None, attachments: int | None, asked: bool | None
) -> None:
    """A policy is excluded iff it is known to be used as a boundary and to be attached nowhere, and the parameter says so."""
    found = subject(Kind.MANAGED_POLICY, attachments=attachments, boundary_usages=usages)
    serves_only = attachments == 0 and usages in (1, 5)
    for control, default in ((KMS_1, True), (RULE_1, False)):
        excluded = serves_only and (default if asked is None else asked)
        assert (selection(control, found, Parameters(exclude_boundaries=asked)) is not None) is excluded


@pytest.mark.parametrize("kind", INLINE)
@pytest.mark.parametrize("control", [KMS_2, RULE_2])
@pytest.mark.parametrize("trust", [TRUST, None])
@pytest.mark.parametrize("account", [MANAGEMENT, "111122223333", None])
@pytest.mark.parametrize("asked", [True, False, None])
def test_only_roles_of_the_management_account_alone_are_excluded(
    kind: Kind, control: Any, trust: Any, account: str | None, asked: bool | None
) -> None:
    """A role's policy is excluded iff that was asked for and the role trusts the given account alone; without an id, a note."""
    found = subject(kind, trust=trust)
    parameters = Parameters(exclude_management_roles=asked, management_account=account)
    excluded = kind is Kind.ROLE_POLICY and trust is not None and account == MANAGEMENT and asked is True
    assert (selection(control, found, parameters) is not None) is excluded
    noted = kind is Kind.ROLE_POLICY and asked is True and account is None
    assert [note.code for note in notes(control, found, parameters)] == (["parameter-not-applied"] if noted else [])


def test_a_role_that_trusts_others_too_is_judged() -> None:
    """One principal outside the management account, and the role is not excluded."""
    both = {"Statement": {**TRUST["Statement"], "Principal": {"AWS": [MANAGEMENT, "111122223333"]}}}
    parameters = Parameters(exclude_management_roles=True, management_account=MANAGEMENT)
    assert selection(KMS_2, subject(Kind.ROLE_POLICY, trust=both), parameters) is None


def test_parameters_of_other_controls_have_no_effect() -> None:
    """The parameters of one rule change nothing for a control that does not take them."""
    parameters = Parameters(exclude_boundaries=True, exclude_management_roles=True, management_account=MANAGEMENT)
    boundary = {"attachments": 0, "boundary_usages": 1}
    for control in (KMS_2, RULE_2):
        assert selection(control, subject(Kind.DOCUMENT, **boundary), parameters) is None
        assert selection(control, subject(Kind.USER_POLICY, **boundary), parameters) is None


def test_the_reason_of_the_reader_is_kept() -> None:
    """A subject that its reader skipped is not judged, for the reader's reason."""
    skipped = Subject(Kind.DOCUMENT, "file.json", skip="this JSON is no policy")
    assert selection(KMS_1, skipped) == "this JSON is no policy"


@pytest.mark.parametrize("account", ["", "1111", "1111222233334", "11112222333a", "\u0661" * 12, " 11112222333"])
def test_an_account_id_has_twelve_digits(account: str) -> None:
    """A management account that is no account id cannot be asked about."""
    with pytest.raises(QuestionError) as caught:
        Parameters(management_account=account)
    assert caught.value.code == "bad-account"
