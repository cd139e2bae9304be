from __future__ import annotations

import pytest

from keyaki.catalogue import KEY_ACTIONS
from keyaki.controls.control import CONTROLS, KMS_1, KMS_2, control_named, controls_for
from keyaki.controls.subject import Kind
from keyaki.errors import QuestionError


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_a_control_answers_to_its_id_in_any_case(control: object) -> None:
    """A control is found by its id in any case, with white space about it, and with AWS Config's underscores."""
    name = control.id  # type: ignore[attr-defined]
    for text in (name, name.lower(), name.upper(), f" {name}\n", name.upper().replace("-", "_")):
        assert control_named(text) is control


@pytest.mark.parametrize("text", ["", "KMS", "KMS.3", "KMS.11", "iam-policy", "kms 1"])
def test_an_unknown_name_is_an_error_that_lists_the_names(text: str) -> None:
    """The hint of the error names every control there is."""
    with pytest.raises(QuestionError) as caught:
        control_named(text)
    assert caught.value.code == "unknown-control"
    assert all(control.id in str(caught.value.hint) for control in CONTROLS)


def test_the_security_hub_controls_are_what_aws_documents() -> None:
    """KMS.1 and KMS.2 differ in what they judge and in their rule, and share severity, category, requirements and actions."""
    assert (KMS_1.id, KMS_1.rule, KMS_1.resource_types) == (
        "KMS.1",
        "iam-customer-policy-blocked-kms-actions",
        ("AWS::IAM::Policy",),
    )
    assert (KMS_2.id, KMS_2.rule) == ("KMS.2", "iam-inline-policy-blocked-kms-actions")
    assert KMS_2.resource_types == ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role")
    for control in (KMS_1, KMS_2):
        assert (control.severity, control.category) == ("Medium", "Protect > Secure access management")
        assert [item.removeprefix("NIST.800-53.r5 ") for item in control.requirements] == [
            *("AC-2", "AC-2(1)", "AC-3", "AC-3(15)", "AC-3(7)", "AC-5", "AC-6", "AC-6(3)")
        ]


def test_every_control_blocks_decryption() -> None:
    """Each control blocks Decrypt and ReEncryptFrom where nothing else is asked for, and both are actions on keys."""
    for control in CONTROLS:
        assert set(control.actions) == {"kms:Decrypt", "kms:ReEncryptFrom"}
        assert set(control.actions) <= set(KEY_ACTIONS)


def test_a_rule_differs_from_its_control_only_in_defaults_and_titles() -> None:
    """The Config rule behind a control judges the same kinds, and keeps boundaries unless told otherwise, as KMS.1 does not."""
    for control, rule in ((KMS_1, CONTROLS[2]), (KMS_2, CONTROLS[3])):
        assert rule.id == rule.rule == control.rule
        assert (rule.kinds, rule.resource_types) == (control.kinds, control.resource_types)
        assert [name for name, _ in rule.parameters] == [name for name, _ in control.parameters]
    assert KMS_1.parameter("excludePermissionBoundaryPolicy") == "true"
    assert CONTROLS[2].parameter("excludePermissionBoundaryPolicy") == "false"
    assert KMS_2.parameter("excludePermissionBoundaryPolicy") is None


def test_each_kind_has_one_control() -> None:
    """With no control named each subject is judged once: inline policies by KMS.2, everything else by KMS.1."""
    for kind in Kind:
        inline = kind in {Kind.USER_POLICY, Kind.GROUP_POLICY, Kind.ROLE_POLICY}
        assert controls_for(kind) == ((KMS_2,) if inline else (KMS_1,))
        assert kind in controls_for(kind)[0].kinds
