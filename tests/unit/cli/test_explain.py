from __future__ import annotations

import re

import pytest

from keyaki.cli.explain import explanation
from keyaki.cli.main import main
from keyaki.controls.control import CONTROLS, Control


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_an_explanation_tells_the_facts_of_its_control(control: Control) -> None:
    """What is judged and blocked, severity, requirements, rule, parameters and every scope are there."""
    text = " ".join(" ".join(explanation(control, 80)).split())
    for fact in (control.id, control.severity, control.rule, *control.actions, *control.resource_types):
        assert fact in text
    for name, default in control.parameters:
        assert f"{name} = {default}" in text
    for requirement in control.requirements:
        assert requirement.split(" ")[-1] in text
    for word in ("confined", "account", "any", "key", "exact", "parity", "FAILED", "PASSED", "UNDECIDED", "ERROR"):
        assert re.search(rf"\b{word}\b", text)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_an_explanation_fits_a_terminal(control: Control) -> None:
    """No line is wider than 80 columns."""
    assert max(map(len, explanation(control, 80))) <= 80


def test_a_control_is_found_in_any_case_and_none_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    """The name may be written in any case; without one the controls are listed."""
    assert main(["explain", "kms.2"]) == 0
    assert capsys.readouterr().out.startswith("KMS.2: ")
    assert main(["explain"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {control.id}: " in listed for control in CONTROLS)
