from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_questions import globs, satisfying

from keyaki.automata.glob import literal, wildcard
from keyaki.automata.product import Union
from keyaki.lattice.elements import Elements, NoElements, solve_list
from keyaki.lattice.predicate import TextPredicate
from keyaki.lattice.universe import STRING, words

UNIVERSE = words(["a", "ab", "b", "ba", "abb"])
PREDICATES = st.lists(globs(["a*", "*b", "b?", "a", "???", "*a*"]), max_size=2)
DEMANDS = st.tuples(PREDICATES, PREDICATES)


@settings(deadline=None, max_examples=150)
@given(DEMANDS, st.lists(DEMANDS, max_size=3))
def test_lists_agree_with_asking_every_text(every: Any, some: Any) -> None:
    """A list is found iff each demand is met by some text of its own, and it satisfies the question."""
    common = satisfying(UNIVERSE.words or (), *every)
    possible = bool(common) and all(satisfying(common, *demand) for demand in some)
    found = solve_list(UNIVERSE, every, some)
    if possible:
        assert isinstance(found, Elements)
        assert found.texts
        assert satisfying(found.texts, *every) == list(found.texts)
        assert all(satisfying(found.texts, *demand) for demand in some)
        assert len(set(found.texts)) == len(found.texts) <= max(len(some), 1)
    else:
        assert isinstance(found, NoElements)
        also = some[found.demand] if found.demand is not None else ([], [])
        holds, fails = [*every[0], *also[0]], [*every[1], *also[1]]
        cited = [holds[index] for index in found.evidence.holds], [fails[index] for index in found.evidence.fails]
        assert not satisfying(UNIVERSE.words or (), *cited)


def _like(pattern: str) -> TextPredicate:
    return TextPredicate(Union((wildcard(pattern),)))


def test_one_element_serves_several_demands() -> None:
    """An element found for an earlier demand is left out when a later one meets both."""
    found = solve_list(STRING, ([_like("team-*")], []), [([_like("*")], []), ([TextPredicate(Union((literal("team-a"),)))], [])])
    assert found == Elements(("team-a",))


def test_evidence_of_the_common_part_names_no_demand() -> None:
    """Where the common predicates contradict each other the demand is None, although a demand was asked."""
    found = solve_list(STRING, ([_like("a*")], [_like("a*")]), [([_like("*b")], [])])
    assert isinstance(found, NoElements)
    assert found.demand is None


def test_preferred_texts_come_first() -> None:
    """A preferred text that satisfies a demand is the element."""
    assert solve_list(STRING, ([], []), [([_like("a*")], [])], prefer=["b", "a1"]) == Elements(("a1",))
