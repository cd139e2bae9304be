"""Pieces of claims: what becomes of a pattern when variables in it are known, or are the key's own."""

from __future__ import annotations

from itertools import product

import pytest

from keyaki.checker.claims import ACCOUNT, CALLER, Hole, Pieces, related, related_truth, tokens_only, under
from keyaki.checker.ties import fields_of_arn, of_fields, whole
from keyaki.checker.tokens import ANY, NO_COLON, matches, plain, run

OWN, OTHER = "aws:principaltag/t", "aws:principaltag/u"
ANYTHING = (ANY, run(ANY))


@pytest.mark.parametrize(("default", "fold", "field"), list(product([None, "", "d", "d:"], [False, True], [False, True])))
@pytest.mark.parametrize("value", [None, "", "a", "A*", "a:b"])
def test_a_known_variable_is_its_text(value: str | None, default: str | None, fold: bool, field: bool) -> None:
    """Put in, it matches its value or else its default, in any case iff it folds; in a field it holds no colon."""
    text = default if value is None else value
    found = under((*plain("<"), Hole(OTHER, default, fold, field), *plain(">")), {OTHER: value})
    if text is None or (field and ":" in text):
        assert found is None
        return
    assert found is not None
    for word in ("", "a", "A*", "a*", "ab", "d", "D", "a:b", "A:b", "d:"):
        alike = word.lower() == text.lower() if fold else word == text
        assert matches([tokens_only(found)], f"<{word}>") is alike
    kept = (Hole(OTHER, default, fold, field),)
    assert under(kept, {OWN: value}) == kept


def hole(key: str = OWN, default: str | None = None) -> Hole:
    """A variable."""
    return Hole(key, default)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((hole(),), ANYTHING),
        ((hole(OWN, "d"),), ANYTHING),
        ((run(ANY), hole(), run(ANY)), ANYTHING),
        ((hole(), *plain("x")), None),
        ((hole(), ANY), None),
        ((hole(), hole()), None),
        ((hole(), hole(OTHER)), None),
        ((hole(OWN, "d"), hole(OTHER, "d")), (hole(), hole(OTHER, "d"))),
        ((hole(), hole(OTHER, "")), (hole(), hole(OTHER, ""))),
        ((hole(), hole(OTHER), hole(OTHER, "")), (hole(), hole(OTHER), hole(OTHER, ""))),
        ((hole(OTHER),), (hole(OTHER),)),
        ((hole(OTHER, "d"), *plain("x")), (hole(OTHER, "d"), *plain("x"))),
        (plain("x"), plain("x")),
        (None, None),
    ],
)
def test_a_text_and_itself(pieces: Pieces | None, expected: Pieces | None) -> None:
    """A text matches itself between runs and never itself and more; a default of its own is dead, another's leaves it open."""
    assert related(OWN, pieces) == expected


@pytest.mark.parametrize(("key", "other"), [(ACCOUNT, CALLER), (CALLER, ACCOUNT)])
def test_the_account_and_the_callers_are_twins(key: str, other: str) -> None:
    """Either as the value of the other is a twin, runs beside it aside; with more it is a variable like any other."""
    twin = (Hole(other, None, twin=True),)
    assert related(key, (Hole(other, None),)) == related(key, (run(ANY), Hole(other, None))) == twin
    for pieces in ((Hole(other, None), ANY), (Hole(OTHER, None),)):
        assert related(key, pieces) == pieces
    assert related(OWN, (Hole(other, None),)) == (Hole(other, None),)


@pytest.mark.parametrize(
    ("pieces", "stays"),
    [
        ((hole(),), True),
        ((hole(), hole(OTHER, "")), True),
        ((hole(OTHER, ""), hole(), hole(OTHER, "")), True),
        ((hole(OTHER),), True),
        ((hole(OTHER), *plain("rue")), True),
        (plain("true"), True),
        ((hole(), hole()), False),
        ((hole(), hole(OWN, "")), False),
        ((hole(), hole(), hole(OTHER, "")), False),
        ((hole(), hole(OTHER, "x")), False),
        ((hole(), hole(OTHER)), False),
        ((*plain("t"), hole()), False),
        (None, False),
    ],
)
def test_a_truth_value_and_itself(pieces: Pieces | None, stays: bool) -> None:
    """A key's own variable may be its truth value where it stands once, beside nothing but what may be empty."""
    assert related_truth(OWN, pieces) == (pieces if stays else None)


# Fields of ARNs

HEAD = plain("arn:aws:kms:")


@pytest.mark.parametrize(
    ("region", "account", "split"),
    [
        ((Hole(OTHER, None, field=True),), (run(NO_COLON),), True),
        ((Hole(OTHER, None, field=True),), (Hole(CALLER, None),), True),
        ((run(NO_COLON),), (Hole(CALLER, "x"),), False),
        ((Hole(OTHER, None),), (run(NO_COLON),), False),
        ((run(ANY),), (run(NO_COLON),), False),
        ((NO_COLON,), plain("1:2"), False),
    ],
)
def test_an_arn_is_split_where_only_five_colons_can_split_it(region: Pieces, account: Pieces, split: bool) -> None:
    """The ties of its Region and of its account are those two fields, each a whole text; else there are none."""
    colon, key = plain(":"), plain("key")
    pattern = (*HEAD, *region, *colon, *account, *colon, *key)
    fields = [list(plain("arn")), list(plain("aws")), list(plain("kms")), list(region), list(account), list(key)]
    assert fields_of_arn(pattern) == (fields if split else [])
    ties = of_fields([pattern])
    assert [(tie.coordinate, tie.is_there) for tie in ties] == (
        [("aws:requestedregion", True), ("aws:resourceaccount", True)] if split else []
    )
    for tie, pieces in zip(ties, (region, account), strict=False):
        assert list(tie.patterns) == [tuple(one._replace(field=False) if isinstance(one, Hole) else one for one in pieces)]
    assert of_fields([pattern, (run(ANY),)]) == []


def test_digits_have_no_case() -> None:
    """A folding variable that is the whole of an account is compared with case, any other as before."""
    folding = Hole(OTHER, None, fold=True, field=True)
    assert whole(folding, ACCOUNT) == whole(folding, CALLER) == Hole(OTHER, None)
    assert whole(folding, OWN) == Hole(OTHER, None, fold=True)
    assert whole(ANY, ACCOUNT) == ANY
