from __future__ import annotations

import json
import time
from typing import Any

import pytest

from keyaki.inputs.form import Form, form_at


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"Version": "2012-10-17", "Statement": []}, Form.POLICY),
        ({"IsTruncated": False, "UserDetailList": []}, Form.ACCOUNT),
        ({"Policies": []}, Form.ACCOUNT),
        ({"PolicyVersion": {}}, Form.VERSION),
        ({"RoleName": "r", "PolicyName": "p", "PolicyDocument": {}}, Form.INLINE),
        ({"PolicyName": "p", "PolicyVersionList": []}, Form.MANAGED),
        ({"UserName": "u", "UserId": "AID"}, Form.PRINCIPAL),
        ({"Policy": {"PolicyName": "p"}}, Form.WRAPPED),
        ({"PolicyNames": ["p"]}, Form.NAMES),
        ([{"Policies": []}], Form.LIST),
        ([{"Statement": {}}, 5], Form.LIST),
        ([5, {"Statement": {}}], None),
        ([[{"Statement": {}}]], None),
        ({"name": "package", "version": "1"}, None),
        ([], None),
        ({}, None),
        ("Statement", None),
        (5, None),
    ],
)
def test_the_first_telling_member_is_the_form(value: Any, form: Form | None) -> None:
    """The form of a value is told by its own members or by those of its first item, and by nothing deeper."""
    assert form_at(json.dumps(value), 0) is form


@pytest.mark.parametrize("text", ["", "{", '{"Statement', "{'Statement': 1}", '{"a" 1}', "[", "[,", '{"a": 1 "Statement": 2}'])
def test_what_is_no_json_has_no_form(text: str) -> None:
    """A text that breaks off before anything tells has no form, and raises nothing."""
    assert form_at(text, 0) is None


def test_telling_does_not_read_the_whole() -> None:
    """The form of a large text is told without decoding what comes after the telling member."""
    text = '{"Version": "2012-10-17", "Statement": ' + "[" * 5_000_000
    start = time.process_time()
    assert form_at(text, 0) is Form.POLICY
    assert time.process_time() - start < 0.1
