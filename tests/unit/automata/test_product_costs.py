"""Costs: what the search for a word does before its first state is paid for too."""

from __future__ import annotations

import pytest

from keyaki.automata.glob import Glob, Token, chars, literal
from keyaki.automata.layout import Layout
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union, find_word

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def ends(count: int) -> Union:
    """Patterns whose last runs read as many different sets of characters."""
    return Union(tuple(literal("xy") + Glob((Token(chars(LETTERS[: at + 1]), run=True),)) for at in range(count)))


@pytest.mark.parametrize(("must", "last_runs"), [(1, 1), (40, 26), (300, 26)])
def test_last_runs_are_paid_for_once_for_each_union_that_must_hold(must: int, last_runs: int) -> None:
    """Where a forbidden pattern ends in a run, each union is asked how it may still leave it: a step for each pair at least."""
    holds = [Union((literal("x"),))] * must
    laid_out, meter = Meter(10**6), Meter(10**6)
    Layout([*(one.globs for one in holds), ends(last_runs).globs], laid_out)
    assert find_word(holds, [ends(last_runs)], meter) == "x"
    assert meter.spent - laid_out.spent >= must * last_runs
