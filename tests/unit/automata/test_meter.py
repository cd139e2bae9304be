from __future__ import annotations

import pytest

from keyaki.automata.meter import Exhausted, Meter
from keyaki.errors import KeyakiError


def test_a_meter_counts_what_is_spent() -> None:
    """Steps add up, one at a time unless told otherwise."""
    meter = Meter(10)
    meter.spend()
    meter.spend(4)
    assert (meter.spent, meter.budget) == (5, 10)


def test_the_budget_may_be_spent_to_the_last_step_and_no_further() -> None:
    """Exactly the budget is allowed; one step more raises, and is counted."""
    meter = Meter(3)
    meter.spend(3)
    with pytest.raises(Exhausted, match="budget of 3 steps") as caught:
        meter.spend()
    assert meter.spent == 4
    assert isinstance(caught.value, KeyakiError)
    assert isinstance(caught.value, RuntimeError)
    assert caught.value.code == "budget-exhausted"
    assert caught.value.hint
