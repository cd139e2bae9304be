"""The shares of a file, put together, are the file."""

from __future__ import annotations

import json
from itertools import chain

import pytest
from generated_account import NARROW, OPEN, account, encoded
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.controls.subject import Subject
from keyaki.inputs import read
from keyaki.inputs.files import File
from keyaki.inputs.read import units
from keyaki.inputs.share import WHOLE, Share

ACCOUNT = json.dumps(account(9, lambda index: encoded(NARROW if index % 2 else OPEN, "object" if index % 3 else "url")), indent=1)
FRAGMENTS = [
    *('{"Policies": [', '[{"PolicyDocument": {}},', '{"UserDetailList": [{"UserName": "a", "UserPolicyList": [', '"Policies": ['),
    *(
        '{"PolicyDocument": {"Statement": []}},',
        '{"PolicyDocument": 1},',
        '{"PolicyVersionList": []},',
        '{"a": 1, "a": 2},',
        "[],",
    ),
    *(
        '{"PolicyVersionList": [{"Document": {"Statement": []}}]},',
        '{"Statement": []},',
        "1,",
        "null",
        "]",
        "}",
        "NaN,",
        '"',
        "\n",
    ),
]


def told(subject: Subject) -> tuple[str, str, str, str | None, str | None]:
    """What a report would say of a subject."""
    subject = subject.located()
    places = [statement.span for statement in subject.policy.statements] if subject.policy else []
    error = f"{subject.error} {subject.error.code} {subject.error.hint}" if subject.error else None
    return subject.kind.value, subject.pointer, f"{subject.policy} {places}", error, subject.skip


def assert_shares_are_the_whole(data: bytes, *, named: bool = True) -> None:
    """For any number of readers, what they find, sorted by unit, is what one of them finds, and each unit is found by one."""
    file = File("x.json", named, data)
    whole = [(unit, told(subject)) for unit, subject in units(file)]
    assert [unit for unit, _ in whole] == sorted(unit for unit, _ in whole)
    for of in (1, 2, 3, 5):
        parts = [[(unit, told(subject)) for unit, subject in units(file, share=Share(place, of))] for place in range(of)]
        assert all(unit % of == place for place, part in enumerate(parts) for unit, _ in part)
        assert sorted(chain.from_iterable(parts), key=lambda pair: pair[0]) == whole


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join) | st.binary(max_size=20), st.booleans())
def test_shares_of_any_file_are_the_file(content: str | bytes, named: bool) -> None:
    """Whatever a file holds, mistakes and all, its shares are the whole."""
    assert_shares_are_the_whole(content.encode() if isinstance(content, str) else content, named=named)


@pytest.mark.parametrize("end", [1, 700, len(ACCOUNT) // 2, len(ACCOUNT) - 1, len(ACCOUNT)])
def test_shares_of_an_account_are_the_account(end: int) -> None:
    """The shares of an account's details are the whole, also where the file is cut off, and where something follows its end."""
    assert_shares_are_the_whole(ACCOUNT[:end].encode())
    assert_shares_are_the_whole((ACCOUNT[:end] + "]").encode())
    assert_shares_are_the_whole(f"[{ACCOUNT[:end]}, 1, {json.dumps(OPEN)}]".encode())


def test_a_share_is_a_part() -> None:
    """Two readers of an account lower about half of its policies each; without a share all of it is read."""
    file = File("x.json", named=True, data=ACCOUNT.encode())
    halves = [len(list(units(file, share=Share(place, 2)))) for place in (0, 1)]
    assert sum(halves) == len(list(units(file))) == len(list(units(file, share=WHOLE)))
    assert min(halves) >= 4


def test_errors_end_a_whole_file_no_sooner_than_its_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading a file in one go stops at its errors, its shares together hold as many, so that the case can be told."""
    monkeypatch.setattr(read, "ERROR_LIMIT", 6)
    for count in range(4, 9):
        file = File("x.json", named=True, data=json.dumps([{"Statement": []}, *[1] * count]).encode())
        stopped = any("reading stops" in str(subject.error) for _, subject in units(file))
        errors = sum(subject.error is not None for place in (0, 1) for _, subject in units(file, share=Share(place, 2)))
        assert stopped == (errors >= 6)
