from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.inputs import cursor as module
from keyaki.inputs.cursor import Cursor, CursorError, Doubled, Numeral, UndecodableError, holds_doubled

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**52), 2**52)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)


def walked(cursor: Cursor) -> Any:
    """The value at the cursor, read by stepping into every object and list."""
    if cursor.peek() == "{":
        return {name: walked(cursor) for name in cursor.members()}
    if cursor.peek() == "[":
        found = [(index, walked(cursor)) for index in cursor.items()]
        assert [index for index, _ in found] == list(range(len(found)))
        return [value for _, value in found]
    return cursor.value()


def whole(text: str, read: Any = Cursor.value) -> Any:
    """The value that the whole text is, or None where it is no JSON."""
    cursor = Cursor(text)
    try:
        value = read(cursor)
    except CursorError as error:
        return None if 0 <= error.offset <= len(text) else error
    cursor.skip_space()
    return None if cursor.peek() else [value]


def reference(text: str) -> Any:
    """What json makes of the whole text, NaN and its like excluded, or None."""

    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        return [json.loads(text, parse_constant=refuse)]
    except ValueError:
        return None


@settings(deadline=None, max_examples=100)
@given(VALUES, st.sampled_from([None, 2]), st.integers(4, 40))
def test_every_window_size_reads_the_same_value(value: Any, indent: int | None, size: int) -> None:
    """The size of the first window is invisible: whatever it cuts, the value and its end are those of the whole text."""
    text = " " + json.dumps(value, indent=indent) + " ,"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FIRST_WINDOW", size)
        cursor = Cursor(text)
        assert cursor.value() == value
        assert cursor.at == len(text) - 2


@pytest.mark.parametrize("number", ["1e+5", "-0.25", "12345678901234567890", "1.0", "10"])
@pytest.mark.parametrize("size", range(5, 14))
def test_a_number_that_a_window_cuts_is_read_whole(number: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No window mistakes the head of a number for the number."""
    monkeypatch.setattr(module, "_FIRST_WINDOW", size)
    cursor = Cursor(number + ",")
    assert str(cursor.value()) == number
    assert cursor.at == len(number)


@settings(deadline=None, max_examples=100)
@given(VALUES, st.sampled_from([None, 1]))
def test_walking_reads_what_decoding_reads(value: Any, indent: int | None) -> None:
    """Stepping into objects and lists gives the same value as decoding them, and ends at the same place."""
    text = json.dumps(value, indent=indent)
    cursor = Cursor(text)
    assert walked(cursor) == value
    assert cursor.at == len(text)


TEXT = '{"a": [1, "x\\"]", {}], "b": {"c": null}}'


@pytest.mark.parametrize("read", [Cursor.value, walked], ids=["decoded", "walked"])
def test_every_neighbour_of_a_text_is_judged_as_json_judges_it(read: Any) -> None:
    """Of all texts that are one character away, changed or cut, exactly the JSON ones are read."""
    places = range(len(TEXT))
    neighbours = {TEXT[:at] + TEXT[at + 1 :] for at in places} | {TEXT[:at] for at in places}
    for character in '"{}[],: \\1x\n':
        neighbours |= {TEXT[:at] + character + TEXT[at:] for at in places}
        neighbours |= {TEXT[:at] + character + TEXT[at + 1 :] for at in places}
    assert len(neighbours) > 500
    for text in neighbours:
        assert whole(text, read) == reference(text), text


def test_an_error_has_the_place_of_the_innermost_wrong_value() -> None:
    """An error inside a value that is decoded in one piece says where it is, not where the piece begins."""
    text = '{"a": [1, {"b": tru}]}'
    with pytest.raises(CursorError) as caught:
        Cursor(text).value()
    assert text[caught.value.offset :].startswith("tru")
    assert caught.value.message == "a JSON value is expected"


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_json_lacks_are_refused(constant: str) -> None:
    """NaN and the infinities are no JSON, whatever Python's decoder thinks."""
    with pytest.raises(CursorError):
        Cursor(f'{{"a": {constant}}}').value()


@pytest.mark.parametrize("text", ["1.50", "1e3", "-0", "1e999999999", "9" * 5000, "0.1"])
def test_a_number_keeps_its_text(text: str) -> None:
    """A number that Python would write otherwise remembers how it was written, however large it is."""
    assert str(Cursor(text).value()) == text


def test_small_integers_are_integers() -> None:
    """Counts are plain integers."""
    value = Cursor("12").value()
    assert type(value) is int
    assert isinstance(Cursor("12.0").value(), Numeral)


@pytest.mark.parametrize(
    ("text", "doubled"),
    [
        ('{"a": 1, "a": 1}', True),
        ('[{"x": [{"b": 1, "b": 2}]}]', True),
        ('{"a": 1, "\\u0061": 2}', True),
        ('{"a": {"a": 1}, "b": {"a": 1}}', False),
    ],
)
def test_a_repeated_member_is_seen_at_any_depth(text: str, doubled: bool) -> None:
    """A value says whether it holds an object with a repeated name, names compared after decoding."""
    cursor = Cursor(text)
    value = cursor.value()
    assert cursor.doubled is doubled
    assert holds_doubled(value) is doubled


def test_the_last_of_repeated_members_is_kept() -> None:
    """A doubled object keeps the last value of each name, as other readers do."""
    value = Cursor('{"a": 1, "b": 3, "a": 2}').value()
    assert type(value) is Doubled
    assert value == {"a": 2, "b": 3}


@pytest.mark.parametrize("text", ["[" * 200_000 + "]" * 200_000, '[{"a":' * 60_000 + "1" + "}]" * 60_000])
def test_deep_nesting_is_refused_and_can_be_skipped(text: str) -> None:
    """A value too deep for the decoder is refused, and stepped over by counting brackets."""
    cursor = Cursor(text + " ,")
    with pytest.raises(UndecodableError):
        cursor.value()
    cursor.pass_over()
    assert cursor.at == len(text)


def test_a_value_over_the_limit_is_refused_and_can_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value with more characters than the limit is never built."""
    monkeypatch.setattr(module, "_FIRST_WINDOW", 50)
    monkeypatch.setattr(module, "VALUE_LIMIT", 100)
    text = '["a]\\"]", {"b": "' + "}" * 100 + '"}]'
    cursor = Cursor(text + "]")
    with pytest.raises(UndecodableError):
        cursor.value()
    cursor.pass_over()
    assert cursor.at == len(text)


@settings(deadline=None, max_examples=100)
@given(VALUES.filter(lambda value: isinstance(value, (list, dict, str))), st.sampled_from([None, 1]))
def test_skipping_ends_where_decoding_ends(value: Any, indent: int | None) -> None:
    """Counting brackets finds the end of an object, list or string that decoding finds."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    cursor = Cursor(text + "]}")
    cursor.skip()
    assert cursor.at == len(text)


@pytest.mark.parametrize("text", ['  {"a": "}"', '  "a\\"', "  x", "  1"])
def test_skipping_what_has_no_end_is_an_error(text: str) -> None:
    """A bracket or quotation mark without its partner is told where it opens, and other things are not skipped."""
    with pytest.raises(CursorError) as caught:
        Cursor(text).skip()
    assert caught.value.offset == 2


@pytest.mark.parametrize("text", ['"' + "\\\\" * 100 + '"', "[" + "[]," * 100 + "[]]"])
def test_skipping_has_a_limit(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no end within the limit is an error, so a file of brackets does not keep anyone waiting."""
    monkeypatch.setattr(module, "SKIP_LIMIT", 500)
    Cursor(text).skip()
    monkeypatch.setattr(module, "SKIP_LIMIT", 100)
    with pytest.raises(CursorError):
        Cursor(text).skip()
