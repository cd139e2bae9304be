from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_questions import QUESTIONS, refutes, satisfying

from keyaki.lattice.answer import Empty, Member
from keyaki.lattice.solve import solve
from keyaki.lattice.universe import Form


@pytest.mark.parametrize("name", QUESTIONS)
def test_solve_agrees_with_asking_every_text(name: str) -> None:
    """On a finite universe solve finds a member iff some text satisfies the question, and the member is such a text."""
    question = QUESTIONS[name]
    predicates = st.lists(question.predicates, max_size=3)

    @settings(deadline=None, max_examples=100)
    @given(predicates, predicates)
    def law(holds: list[Any], fails: list[Any]) -> None:
        every = [*holds, question.frame]
        texts = satisfying(question.texts, every, fails)
        answer = solve(question.universe, every, fails)
        if texts:
            assert isinstance(answer, Member)
            assert answer.text in texts
            assert (answer.second is not None) == (question.universe.form is Form.DATE)
        else:
            assert isinstance(answer, Empty)
            assert refutes(answer, question.universe, every, fails, question.texts)

    law()


@pytest.mark.parametrize("name", QUESTIONS)
def test_solve_without_a_frame_never_contradicts_a_text(name: str) -> None:
    """On the whole universe a member satisfies the question, and no text of a pool escapes the evidence of an empty one."""
    question = QUESTIONS[name]
    predicates = st.lists(question.predicates, max_size=3)

    @settings(deadline=None, max_examples=60)
    @given(predicates, predicates)
    def law(holds: list[Any], fails: list[Any]) -> None:
        answer = solve(question.universe, holds, fails)
        if isinstance(answer, Member):
            assert question.universe.admits(answer.text)
            assert satisfying([answer.text], holds, fails)
        elif isinstance(answer, Empty):
            assert refutes(answer, question.universe, holds, fails, question.texts)
        else:
            assert question.universe.epoch

    law()
