from __future__ import annotations

import io
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.outputs.terminal import painted, printable, quoted, wants_colour, width, wrapped

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40)


class FakeTerminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Always."""
        return True


@given(TEXTS)
@settings(deadline=None)
def test_printable_is_printable_and_leaves_printable_text_alone(text: str) -> None:
    """Nothing that moves a cursor or hides is left, and what is printable already comes back as it was."""
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert (shown == text) == text.isprintable()


def test_every_character_that_can_spoof_a_terminal_is_escaped() -> None:
    """Of all of Unicode no control, format, surrogate, private, unassigned or separator character is shown raw, save U+0020."""
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"} and character != " ":
            assert character not in printable(character)


def test_escapes_name_the_character() -> None:
    """An escape tells which character stood there."""
    assert printable("a\x1b[31m\n\u202e\U000e0041") == "a\\x1b[31m\\n\\u202e\\U000e0041"


@given(TEXTS)
@settings(deadline=None)
def test_a_quoted_text_cannot_close_its_own_quote(text: str) -> None:
    """Between the backticks of a quoted text every backtick is escaped."""
    shown = quoted(text)
    assert shown[0] == shown[-1] == "`"
    assert "`" not in shown[1:-1].replace("\\`", "")


def test_a_long_quoted_text_is_cut_with_a_count() -> None:
    """What is left out of a long value is counted."""
    assert quoted("a" * 1205, 5) == "`aaaaa`... (1,200 more characters)"
    assert quoted("a" * 5, 5) == "`aaaaa`"


def test_width_counts_cells() -> None:
    """Wide characters take two cells, combining marks none, others one."""
    assert [width(text) for text in ("abc", "鍵", "e\u0301", "aé鍵")] == [3, 2, 1, 4]


@given(st.lists(st.text("ab鍵", min_size=1, max_size=12), min_size=1, max_size=12), st.integers(10, 30))
@settings(deadline=None)
def test_wrapping_loses_no_word_and_breaks_none(words: list[str], columns: int) -> None:
    """The words of wrapped lines are the words given, and a line is too wide only where it holds a single word."""
    lines = wrapped(" ".join(words), columns, "  ", "    ")
    assert " ".join(line.strip() for line in lines).split(" ") == words
    for line in lines:
        assert width(line) <= columns or " " not in line.strip()


def test_a_wrapped_line_is_as_full_as_its_width_allows() -> None:
    """A word goes to the next line only where it does not fit."""
    assert wrapped("aa bb cc", 7, "", "  ") == ["aa bb", "  cc"]
    assert wrapped("aa bb cc", 8, "", "  ") == ["aa bb cc"]
    assert wrapped("aa bb cc", None, "  ", "") == ["  aa bb cc"]


def test_colour_is_for_terminals_unless_the_environment_says_otherwise() -> None:
    """A refusal and NO_COLOR outrank FORCE_COLOR, which outranks what the stream is."""
    file, terminal = io.StringIO(), FakeTerminal()
    assert not wants_colour(file, {})
    assert wants_colour(terminal, {})
    assert not wants_colour(terminal, {"TERM": "dumb"})
    assert not wants_colour(terminal, {"NO_COLOR": "1", "FORCE_COLOR": "1"})
    assert wants_colour(terminal, {"NO_COLOR": ""})
    assert wants_colour(file, {"FORCE_COLOR": "1"})
    assert not wants_colour(terminal, {"FORCE_COLOR": "0"})
    assert not wants_colour(terminal, {"FORCE_COLOR": "1"}, refused=True)


def test_paint_is_taken_off_again() -> None:
    """A painted text ends with a reset, and without colour it is untouched."""
    assert painted("FAILED", "FAILED", enabled=True) == "\x1b[1;31mFAILED\x1b[0m"
    assert painted("FAILED", "FAILED", enabled=False) == "FAILED"


def test_paint_takes_no_room() -> None:
    """Colour does not change where a line is broken."""
    assert width(painted("鍵", "PASSED", enabled=True) + "x" + painted("y", "place", enabled=True)) == 4
    assert wrapped(painted("aa", "place", enabled=True) + " bb", 5, "", "")[0].endswith("bb")
