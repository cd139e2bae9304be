from __future__ import annotations

import random
from itertools import product

import pytest

from keyaki.reference.matching import glob_matches
from keyaki.reference.template import Wildcard, parse_template
from keyaki.smtlib.cut import Hole, split
from keyaki.smtlib.statement import plain

WORDS = ["", "a", "b", "ab"]
ENDS = ["", "a", "a:b", ":", "b:a:b"]


def pieces(text: str) -> tuple[str | Wildcard, ...]:
    """A glob."""
    return plain(parse_template(text, live=False, wildcards=True))


@pytest.mark.parametrize("open_end", [True, False])
def test_split_globs_match_what_the_whole_glob_does(open_end: bool) -> None:
    """A glob matches a head and three fields with colons between iff those of some way match field by field."""
    luck = random.Random(f"split {open_end}")
    texts = [list(fields) for fields in product(WORDS, WORDS, ENDS if open_end else WORDS)]
    for _ in range(300):
        glob = luck.choice(["x:", "x*", "*", "?:", ""]) + "".join(luck.choice("aab::**?") for _ in range(luck.randint(0, 8)))
        ways = split(pieces(glob), "x:", 3, open_end=open_end)
        assert ways is not None
        for fields in luck.sample(texts, 25):
            found = any(all(glob_matches(part, field) for part, field in zip(way, fields, strict=True)) for way in ways)
            assert found is glob_matches(pieces(glob), "x:" + ":".join(fields)), (glob, fields, ways)


def test_split_keeps_no_way_that_another_holds() -> None:
    """A star that could run over colons adds no way where the ways without that hold all that it would."""
    assert split(pieces("arn:aws:s3:::b/*"), "arn:", 5, open_end=True) == [(("aws",), ("s3",), (), (), ("b/", Wildcard.MANY))]
    assert split(pieces("*"), "", 2, open_end=False) == [((Wildcard.MANY,), (Wildcard.MANY,))]


def test_split_cuts_no_inserted_text() -> None:
    """An inserted text that may hold a colon is never cut: then there are no ways; one without colons stays in its field."""
    free, held = Hole("free"), Hole("held", in_field=True)
    assert split(("x:", free, ":b:c"), "x:", 3, open_end=True) is None
    assert split((free,), "x:", 3, open_end=True) is None
    assert split(("x:", held, ":b:c"), "x:", 3, open_end=True) == [((held,), ("b",), ("c",))]
    assert split(("x:a:b:", free), "x:", 3, open_end=True) == [(("a",), ("b",), (free,))]


def test_split_gives_up_on_many_ways() -> None:
    """Patterns with more ways than are worth writing out have none."""
    assert split(pieces("arn:" + "*a" * 30), "arn:", 5, open_end=True) is None
