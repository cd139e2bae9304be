"""Matching one text against one policy value: the glob against its definition, and each operator by table."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from keyaki.policy import Effect, Family
from keyaki.reference.matching import (
    Place,
    action_matches,
    arn_matches,
    glob_matches,
    is_valid,
    meets,
    resource_matches,
    widens,
)
from keyaki.reference.template import Glob, Wildcard, parse_template, substitute

VALUES = {"aws:username": "ann", "aws:star": "*", "aws:colons": "a:b", "aws:flag": "TRUE", "aws:empty": ""}
WIDE = Place(live=True, widening=True, value_of=VALUES.get)
NARROW = Place(live=True, widening=False, value_of=VALUES.get)
OLD = Place(live=False, widening=True, value_of=VALUES.get)
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def words(alphabet: str, longest: int) -> list[str]:
    """Every word of at most that many characters."""
    return ["".join(word) for length in range(longest + 1) for word in itertools.product(alphabet, repeat=length)]


def glob(text: str) -> Glob:
    """The glob of a pattern without variables."""
    found = substitute(parse_template(text, live=False, wildcards=True), lambda _key: None)
    assert found is not None
    return found


@cache
def defined(pattern: str, word: str) -> bool:
    """The definition of a glob, letter by letter."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return defined(pattern[1:], word) or (word != "" and defined(pattern, word[1:]))
    return word != "" and pattern[0] in ("?", word[0]) and defined(pattern[1:], word[1:])


@pytest.mark.parametrize(("longest_pattern", "longest_word"), [(4, 5), (5, 3)])
def test_two_pointers_agree_with_the_definition(longest_pattern: int, longest_word: int) -> None:
    """On every pattern and every word of the small universe the glob matches iff its recursive definition says so."""
    universe = words("ab:", longest_word)
    for pattern in words("ab:*?", longest_pattern):
        pieces = glob(pattern)
        for word in universe:
            assert glob_matches(pieces, word) == defined(pattern, word), (pattern, word)


def test_runs_may_be_cut_anywhere() -> None:
    """A glob cut into single characters matches what it matches in whole runs."""
    for pattern, word in itertools.product(["ab*ab", "*abab", "a?b*", "*ab?ab*b"], words("ab", 7)):
        single: Glob = tuple(part for piece in glob(pattern) for part in (piece if isinstance(piece, str) else (piece,)))
        assert glob_matches(single, word) == glob_matches(glob(pattern), word)


class Counted(str):
    """A text that counts the characters compared with it."""

    __slots__ = ("compared",)

    def startswith(self, prefix: object, start: object = 0, end: object = None) -> bool:  # type: ignore[override]
        """Count the characters of the prefix."""
        assert isinstance(prefix, str)
        assert end is None
        self.compared += len(prefix)
        return super().startswith(prefix, start)  # type: ignore[arg-type]

    def find(self, sub: object, start: object = 0, end: object = None) -> int:  # type: ignore[override]
        """Count the characters passed over."""
        assert isinstance(sub, str)
        assert isinstance(start, int)
        assert end is None
        found = super().find(sub, start)
        self.compared += len(sub) + (len(self) if found < 0 else found) - start
        return found


def compared(pattern: Glob, text: str) -> int:
    """How many characters matching compares."""
    counted = Counted(text)
    counted.compared = 0
    glob_matches(pattern, counted)
    return counted.compared


@pytest.mark.parametrize("size", [50, 100, 200, 400])
def test_hostile_globs_cost_at_most_the_product(size: int) -> None:
    """Patterns that make a backtracking matcher explode cost at most twice the product of the lengths, here and when doubled."""
    for text, pattern in itertools.product(
        ["a" * size, "a" * size + "b", "ab" * (size // 2)],
        ["*a" * (size // 4) + "*b", "*" + "?a" * (size // 4) + "c", "*" * size + "c", "*" + "a" * (size // 2) + "c*"],
    ):
        assert compared(glob(pattern), text) <= 2 * (len(text) + 1) * (len(pattern) + 1)


@pytest.mark.parametrize("size", [100, 1000, 10_000])
def test_ordinary_globs_cost_about_the_sum(size: int) -> None:
    """Patterns of literal runs between stars cost at most three times the length of the text and the pattern together."""
    text = "arn:aws:kms:us-east-1:111122223333:key/" + "0123456789abcdef" * (size // 16)
    for pattern in ("arn:aws:kms:*:*:key/*", "*", "*:kms:*", "*f", "arn:*f*f*f", text, "*" + text[-20:]):
        assert compared(glob(pattern), text) <= 3 * (len(text) + len(pattern))


def test_a_long_glob_needs_no_stack() -> None:
    """A pattern of a hundred thousand stars and letters is matched without recursion."""
    assert glob_matches((Wildcard.MANY, "a") * 100_000, "a" * 100_000)
    assert not glob_matches((Wildcard.ONE,) * 100_000, "a" * 99_999)


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("kms:Decrypt", True),
        ("KMS:dECRYPT", True),
        ("kms:*", True),
        ("*", True),
        ("*:Decrypt", True),
        ("k*t", True),
        ("kms:Decryp?", True),
        ("kms:D*", True),
        ("*crypt", True),
        ("kms:?????pt", True),
        ("kms:Decrypt?", False),
        ("kms:Decryp", False),
        ("kms:", False),
        ("Decrypt", False),
        ("kms:Encrypt", False),
        ("s3:*", False),
        ("", False),
        ("\u212ams:Decrypt", False),
        ("${aws:username}", False),
        ("kms:${*}", False),
    ],
)
def test_actions(pattern: str, matched: bool) -> None:
    """Actions are compared case folded by their ASCII letters; stars may stand anywhere; nothing is a variable."""
    assert action_matches(pattern, "kms:Decrypt") is matched
    assert action_matches(pattern, "KMS:DECRYPT") is matched


def test_nothing_is_a_variable_in_actions() -> None:
    """In an action ``${`` and ``}`` are plain characters and the star between them is a wildcard."""
    assert action_matches("kms:${*}", "kms:${abc}")
    assert action_matches("kms:${a}*", "kms:${a}b")
    assert not action_matches("kms:${*}x", "kms:*x")


def test_re_encrypt_star_covers_both_halves() -> None:
    """``kms:ReEncrypt*`` covers ReEncryptFrom and ReEncryptTo, and ``kms:ReEncrypt`` neither."""
    for action in ("kms:ReEncryptFrom", "kms:ReEncryptTo"):
        assert action_matches("kms:ReEncrypt*", action)
        assert not action_matches("kms:ReEncrypt", action)


@pytest.mark.parametrize(
    ("pattern", "wide", "narrow"),
    [
        (KEY, True, True),
        (KEY.upper(), False, False),
        ("*", True, True),
        ("*:kms:*", True, True),
        ("**key*", True, True),
        ("arn:aws:kms:*:*:key/*", True, True),
        ("arn:aws:kms:us-east-1:111122223333:key/1234*", True, True),
        ("arn:aws:kms:us-east-?:1111????3333:*", True, True),
        ("arn:*:kms:*:*:*", True, True),
        ("arn:aws:kms", True, True),
        ("arn:aws:kms:*", True, True),
        ("arn:aws:kms:us-east-1", True, True),
        ("arn:aws:kms:us-east-1:*", True, True),
        ("arn:*", True, True),
        ("arn:", False, False),
        ("arn", False, False),
        ("arn:aws:kms:*:key/*", True, False),
        ("arn:aws:*:key/*", True, False),
        ("arn:aws:kms:us-east-1*", True, True),
        ("arn:aws:kms:us-west-2:*", False, False),
        ("arn:aws:kms:*:*:alias/*", False, False),
        ("arn:aws:kms:*:*:key:*", False, False),
        ("arn:aws:kms:*:*:*:*", False, False),
        ("arn:aws:kms:*:*:key/", False, False),
        ("key/*", False, False),
        ("", False, False),
    ],
)
def test_resources(pattern: str, wide: bool, narrow: bool) -> None:
    """A pattern is a flat glob; a short ARN is completed, and counts as a flat glob too only in a widening place."""
    assert resource_matches(pattern, KEY, WIDE) is wide
    assert resource_matches(pattern, KEY, NARROW) is narrow


def test_a_star_crosses_colons_in_resources() -> None:
    """In an ARN with more than five colons a star of a full pattern may run on over them, also in a narrow place."""
    resource = "arn:aws:logs:us-east-1:111122223333:log-group:name:log-stream:x"
    assert resource_matches("arn:aws:logs:*:x", resource, WIDE)
    assert resource_matches("arn:aws:logs:*:log-group:*:x", resource, NARROW)
    assert resource_matches("arn:*:log-group:*:log-stream:?", resource, NARROW)
    assert resource_matches("arn:aws:logs:*:x", resource, NARROW) is False


@pytest.mark.parametrize(
    ("pattern", "place", "matched"),
    [
        ("arn:aws:s3:::b/${aws:username}/*", WIDE, True),
        ("arn:aws:s3:::b/${AWS:USERNAME}/*", NARROW, True),
        ("arn:aws:s3:::b/${aws:username}/*", OLD, False),
        ("arn:aws:s3:::b/${aws:star}/*", WIDE, False),
        ("arn:aws:s3:::b/${aws:none}/*", WIDE, None),
        ("arn:aws:s3:::b/${aws:none, 'ann'}/*", WIDE, True),
        ("arn:aws:s3:::b/${aws:none, '*'}/*", WIDE, False),
        ("arn:aws:s3:::b${aws:empty}/ann/*", WIDE, True),
        ("arn:aws:s3:::${AWS::Region}*", WIDE, None),
        ("arn:aws:s3:::b/ann/${*}", WIDE, False),
        ("arn:aws:s3:::b/${", WIDE, False),
        ("*${aws:username}*", WIDE, True),
    ],
)
def test_variables_in_resources(pattern: str, place: Place, matched: bool | None) -> None:
    """A variable stands for its value as plain text; without value and default the answer is None; 2008 knows no variables."""
    assert resource_matches(pattern, "arn:aws:s3:::b/ann/x", place) is matched


def test_a_value_with_colons_in_a_short_pattern() -> None:
    """A short pattern is completed by its own colons, not by those in a value: only the flat glob lets the value fill fields."""
    place = WIDE._replace(value_of={"aws:x": "us-east-1:111122223333"}.get)
    assert resource_matches("arn:aws:kms:${aws:x}:key/*", KEY, place)
    assert resource_matches("arn:aws:kms:${aws:x}:key/*", KEY, place._replace(widening=False)) is False
    assert resource_matches("arn:aws:kms:*:${aws:x}:*", KEY, place) is False


@pytest.mark.parametrize(
    ("pattern", "text", "wide", "narrow"),
    [
        ("arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a/b", True, True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a:b:c", True, True),
        ("arn:aws:iam::*:role/*:c", "arn:aws:iam::111122223333:role/a:b:c", True, True),
        ("arn:aws:iam::*:role:*", "arn:aws:iam::111122223333:role:a", True, True),
        ("arn:aws:s:*:111122223333:f/*", "arn:aws:s:r:999999999999:store/abc:111122223333:f/d", False, False),
        ("arn:*:role/a", "arn:aws:iam::111122223333:role/a", False, False),
        ("*", "arn:aws:iam::111122223333:role/a", True, False),
        ("arn:aws:iam", "arn:aws:iam::111122223333:role/a", True, False),
        ("arn:aws:iam::1111*", "arn:aws:iam::111122223333:role/a", True, False),
        ("*:*:*:*:*:*", "a:b:c:d:e:f:g", True, True),
        ("*", "text", False, False),
        ("*:*:*:*:*:*", "a:b:c:d:e", False, False),
        ("ARN:aws:iam::1:a", "arn:aws:iam::1:a", False, False),
        ("arn:aws:iam::1:${aws:username}", "arn:aws:iam::1:ann", True, True),
        ("arn:aws:iam::1:${aws:colons}", "arn:aws:iam::1:a:b", True, True),
        ("arn:aws:iam:${aws:colons}:x", "arn:aws:iam:a:b:x", False, False),
        ("arn:aws:iam::1:${aws:star}", "arn:aws:iam::1:ann", False, False),
        ("arn:aws:iam::1:${aws:none}", "arn:aws:iam::1:ann", False, False),
        ("arn:aws:iam:${aws:none}", "arn:aws:iam:a:b:c", False, False),
        ("arn:aws:iam::1:${aws:none, 'ann'}", "arn:aws:iam::1:ann", True, True),
    ],
)
def test_arns_by_fields(pattern: str, text: str, wide: bool, narrow: bool) -> None:
    """An Arn operator compares six fields, split before variables are replaced; a short value counts in a widening place only."""
    assert arn_matches(pattern, text, WIDE) is wide
    assert arn_matches(pattern, text, NARROW) is narrow


def test_widening_places() -> None:
    """A match widens in the positive part of an Allow and in the negated part of a Deny."""
    assert [widens(effect, negated) for effect in (Effect.ALLOW, Effect.DENY) for negated in (False, True)] == [
        True,
        False,
        False,
        True,
    ]


MEETINGS = [
    (Family.STRING_EQUALS, "a*", ["a*"], ["ab", "A*", "", "a* "]),
    (Family.STRING_EQUALS, "${aws:username}", ["ann"], ["Ann", "${aws:username}"]),
    (Family.STRING_EQUALS, "${*}", ["*"], ["${*}", "x"]),
    (Family.STRING_EQUALS, "${aws:none}", [], ["", "${aws:none}", "ann"]),
    (Family.STRING_EQUALS, "${aws:none, 'd'}", ["d"], ["ann"]),
    (Family.STRING_EQUALS, "", [""], ["a"]),
    (Family.STRING_EQUALS_IGNORE_CASE, "\u00c9a*", ["\u00e9A*", "\u00c9A*"], ["\u00e9ab", "ea*"]),
    (Family.STRING_EQUALS_IGNORE_CASE, "${aws:username}X", ["ANNx"], ["annXX"]),
    (Family.STRING_LIKE, "a*b?", ["ab1", "axxb:", "abb?"], ["ab", "Ab1", "ab12"]),
    (Family.STRING_LIKE, "${aws:star}", ["*"], ["a", ""]),
    (Family.STRING_LIKE, "${*}*", ["*", "*a"], ["a", ""]),
    (Family.STRING_LIKE, "*", ["", "anything"], []),
    (Family.ARN_LIKE, "arn:aws:iam::*:role/*", ["arn:aws:iam::1:role/"], ["arn:aws:iam::1:user/x", "role/x"]),
    (Family.NUMERIC_EQUALS, "10", ["10", "10.0", "1e1", "+010"], ["10.1", "abc", "", "-10"]),
    (Family.NUMERIC_LESS_THAN, "10", ["9.999", "-1e9"], ["10", "11", "nine"]),
    (Family.NUMERIC_LESS_THAN_EQUALS, "10", ["10", "9"], ["10.0001", "x"]),
    (Family.NUMERIC_GREATER_THAN, "-1", ["0", "-0.5"], ["-1", "-2", "x"]),
    (Family.NUMERIC_GREATER_THAN_EQUALS, "-1", ["-1", "0"], ["-1.1", "x"]),
    (Family.DATE_EQUALS, "2024-01-01T00:00:00Z", ["2024", "2024-01-01T09:00+09:00", "1704067200"], ["2025", "x", ""]),
    (Family.DATE_LESS_THAN, "2024", ["2023-12-31T23:59:59.9Z", "0"], ["2024-01-01", "x"]),
    (Family.DATE_LESS_THAN_EQUALS, "2024", ["2024", "2023"], ["2024-01-01T00:00:01Z"]),
    (Family.DATE_GREATER_THAN, "2024", ["2024-01-01T00:00:01", "1704067201"], ["2024", "1704067200", "x"]),
    (Family.DATE_GREATER_THAN_EQUALS, "2024", ["2024", "2025"], ["2023", "x"]),
    (Family.BOOL, "TRUE", ["true", "True"], ["false", "1", ""]),
    (Family.BOOL, "${aws:flag}", ["true"], ["false", "TRUE "]),
    (Family.BOOL, "${aws:username}", [], ["ann", "true", "false"]),
    (Family.BOOL, "${aws:none}", [], ["true", "false"]),
    (Family.BINARY_EQUALS, "QQ==", ["QQ=="], ["QR==", "A", "QQ", ""]),
    (Family.IP_ADDRESS, "10.0.0.9/8", ["10.255.0.1"], ["11.0.0.0", "10.0.0.0/8", "::ffff:10.0.0.1", "x"]),
    (Family.IP_ADDRESS, "10.0.0.9", ["10.0.0.9"], ["10.0.0.8"]),
    (Family.IP_ADDRESS, "2001:DB8:1234:5678::/64", ["2001:db8:1234:5678:ffff::"], ["2001:db8:1234:5679::", "32.1.13.184"]),
    (Family.IP_ADDRESS, "::/0", ["::1", "::ffff:1.2.3.4"], ["1.2.3.4"]),
    (Family.IP_ADDRESS, "0.0.0.0/0", ["1.2.3.4"], ["::", "::ffff:1.2.3.4"]),
]


@pytest.mark.parametrize(("family", "value", "met", "unmet"), MEETINGS)
def test_each_operator(family: Family, value: str, met: list[str], unmet: list[str]) -> None:
    """Under the positive form of each operator exactly the listed texts meet the value."""
    assert [text for text in met + unmet if meets(family, text, value, NARROW)] == met
    assert is_valid(family, value, live=True)


def test_every_operator_is_in_the_table() -> None:
    """Each operator that compares values has a row above."""
    assert {row[0] for row in MEETINGS} == set(Family) - {Family.NULL}


@pytest.mark.parametrize(
    ("family", "invalid"),
    [
        (Family.NUMERIC_EQUALS, ["", "ten", "1e1000", "${aws:flag}", "10*"]),
        (Family.DATE_LESS_THAN, ["", "yesterday", "2024-13", "2024*"]),
        (Family.BOOL, ["", "yes", "${*}", "true*"]),
        (Family.BINARY_EQUALS, ["Q", "QQ", "****"]),
        (Family.IP_ADDRESS, ["", "*", "10.0.0.0/33", "10.*"]),
        (Family.NULL, ["", "yes", "${aws:flag}"]),
    ],
)
def test_values_that_are_not_valid(family: Family, invalid: list[str]) -> None:
    """A value that the operator cannot use is not valid, and no text meets it, not even itself."""
    for value in invalid:
        assert not is_valid(family, value, live=True)
        assert not meets(family, value, value, WIDE)


def test_variables_are_valid_for_bool_only_where_live() -> None:
    """A variable, dead or not, makes a value of Bool valid under 2012-10-17; under 2008-10-17 it is plain text."""
    for text in ("${aws:none}", "${AWS::Region}"):
        assert is_valid(Family.BOOL, text, live=True)
        assert not is_valid(Family.BOOL, text, live=False)
    assert meets(Family.STRING_EQUALS, "${aws:username}", "${aws:username}", OLD)
    assert meets(Family.STRING_LIKE, "${ab}", "${*}", OLD)
