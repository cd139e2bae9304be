from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki.errors import Span
from keyaki.outputs.excerpt import excerpt
from keyaki.outputs.terminal import width


def span_of(text: str, start: int, end: int) -> Span:
    """The span of two offsets, counted plainly."""
    line = text.count("\n", 0, start) + 1
    return Span(start, end, line, start - (text.rfind("\n", 0, start) + 1) + 1)


def places(text: str, *words: str) -> list[Span]:
    """The spans of words that stand in the text."""
    return [span_of(text, text.index(word), text.index(word) + len(word)) for word in words]


def test_lines_are_shown_in_order_with_carets_beneath() -> None:
    """Each line that holds a span is shown once, numbered, with carets under exactly what the spans cover."""
    text = 'one\n"two" and "too"\nthree\nfour\n'
    assert excerpt(text, places(text, "four", '"too"', '"two"')) == [
        '  2 | "two" and "too"',
        "    | ^^^^^     ^^^^^",
        "  4 | four",
        "    | ^^^^",
    ]


def test_line_numbers_are_aligned() -> None:
    """The numbers of an excerpt stand right-aligned before one bar."""
    text = "x\n" * 8 + "first\n" + "x\n" * 90 + "last"
    assert excerpt(text, places(text, "first", "last"))[::2] == ["    9 | first", "  100 | last"]


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    """A statement of many lines shows the line on which it opens."""
    text = "ab {\n}\n"
    assert excerpt(text, [span_of(text, 3, 6)]) == ["  1 | ab {", "    |    ^"]


def test_an_empty_span_and_one_past_the_end_get_one_caret() -> None:
    """A place at the very end of a text, as of a file cut short, is marked just after its last character."""
    assert excerpt("abc", [Span(3, 3, 1, 4)]) == ["  1 | abc", "    |    ^"]
    assert excerpt("abc\n", [Span(4, 4, 2, 1)]) == ["  2 | ", "    | ^"]


def test_tabs_wide_and_hidden_characters_keep_the_carets_in_place() -> None:
    """Carets stand under what is shown, whatever it was written as."""
    text = "\t鍵\u202eword\r\n"
    source, carets = excerpt(text, places(text, "word"))
    assert source == "  1 |     鍵\\u202eword"
    assert width(source[: source.index("word")]) == carets.index("^")
    assert carets.count("^") == 4


def test_a_line_too_long_is_shown_through_windows() -> None:
    """Of a policy on one line each place is shown by itself, within the columns."""
    text = "a" * 500 + "FIRST" + "b" * 500 + "SECOND" + "c" * 500
    lines = excerpt(text, places(text, "FIRST", "SECOND"), 60)
    assert len(lines) == 4
    for word, source, carets in (("FIRST", *lines[:2]), ("SECOND", *lines[2:])):
        assert 59 <= len(source) <= 60
        assert carets.index("^") in range(28, 36)
        assert carets.rstrip()[carets.index("^") :] == "^" * len(word)
        assert source[carets.index("^") : carets.index("^") + len(word)] == word
        assert source.count("...") == 2


def test_a_long_excerpt_is_cut_with_a_count() -> None:
    """Beyond the limit only the number of places is told."""
    text = "\n".join("abcdef")
    assert excerpt(text, places(text, *"abcdef"), limit=2) == ["  1 | a", "    | ^", "  2 | b", "    | ^", "    | ... and 4 more"]


@given(
    st.text(st.sampled_from("ab \t\n\r鍵\u202e\x1b"), max_size=300),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), min_size=1, max_size=5),
    st.integers(40, 100),
)
@settings(deadline=None)
def test_any_excerpt_fits_and_points(text: str, pieces: list[tuple[int, int]], columns: int) -> None:
    """Whatever the text, every line is printable and within the columns, and a caret line follows each source line."""
    spans = [span_of(text, min(start, len(text)), min(start + length, len(text))) for start, length in pieces]
    lines = excerpt(text, spans, columns, limit=99)
    assert len(lines) % 2 == 0
    for source, carets in zip(lines[::2], lines[1::2], strict=True):
        assert source.isprintable()
        assert width(source) <= columns
        assert len(carets) <= columns + 1
        assert set(carets.partition("|")[2]) <= {" ", "^"}
        assert "^" in carets
