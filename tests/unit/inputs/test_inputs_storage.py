from __future__ import annotations

import json

import pytest

from keyaki.controls.subject import Kind
from keyaki.inputs.storage import document_size, limit, size_warning


@pytest.mark.parametrize("kind", list(Kind))
def test_the_limit_itself_can_be_stored(kind: Kind) -> None:
    """A document of exactly the limit is no warning, and one character more is."""
    assert size_warning(kind, limit(kind)) is None
    warning = size_warning(kind, limit(kind) + 1)
    assert warning is not None
    assert str(limit(kind)) in warning.message


@pytest.mark.parametrize("indent", [None, 1, 8])
def test_white_space_does_not_count(indent: int | None) -> None:
    """The size is the same however the document is laid out, and whether it is text or decoded."""
    document = {"Statement": [{"Sid": "a b", "Effect": "Allow", "Action": ["s3:*"], "Resource": "\u00e9"}]}
    size = len('{"Statement":[{"Sid":"ab","Effect":"Allow","Action":["s3:*"],"Resource":"e"}]}')
    assert document_size(document) == size
    assert document_size(json.dumps(document, indent=indent, ensure_ascii=False)) == size
