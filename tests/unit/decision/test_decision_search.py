from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import (
    CASE,
    TIED,
    World,
    a_policy,
    a_tied_policy,
    applies_in,
    boxes_of,
    dice,
    regions_of,
    theory_of,
    true_in,
    worlds,
)

from keyaki.automata.glob import literal
from keyaki.automata.meter import Exhausted
from keyaki.automata.product import Union
from keyaki.decision.box import Box, Undecidable
from keyaki.decision.explore import Explorer
from keyaki.decision.refutation import Branches, Forced, Leaf, Ref, Refutation, Splits, parts
from keyaki.decision.search import Search
from keyaki.lattice.predicate import TextPredicate
from keyaki.symbolic.atom import Atom, Literal
from keyaki.symbolic.encode import Region

LAW = settings(deadline=None, max_examples=80)
SEEDS = st.integers(0, 2**32 - 1)


def atoms_of(regions: list[Region]) -> dict[tuple[int, str], Atom]:
    """Every atom by its place."""
    return {atom.place: atom for region in regions for atom in region.atoms}


def holds(name: Ref, world: World, atoms: dict[tuple[int, str], Atom]) -> bool:
    """True iff the literal of that reference holds in the world; a pin is read off its own words."""
    place = name[:2]
    if place not in atoms:
        key, _, value = name[1].partition(" is ")
        text = None if value == "absent" else value.removeprefix("= ")
        return (world[key] == text) == name[2]
    return true_in(atoms[place], world) == name[2]


def check(tree: Refutation, regions: list[Region], universe: list[World]) -> None:
    """What a tree rests on suffices, at every level: no world has those literals and violates every Deny.

    Where a tree splits on a variable's value, the value stands written out in what ``then`` rests on, so only the worlds that
    have it count there.
    """
    atoms = atoms_of(regions)
    denies = {region.statement: region for region in regions if region.effect.value == "Deny"}
    pending: list[tuple[Refutation, list[World]]] = [(tree, universe)]
    while pending:
        one, universe = pending.pop()
        left = [world for world in universe if all(holds(name, world, atoms) for name in one.needs)]
        if not isinstance(one, Leaf):
            left = [world for world in left if not any(applies_in(deny, world) for deny in denies.values())]
        assert not left, (one, left[:1])
        if isinstance(one, Forced):
            known: set[Ref] = set(one.needs)
            for statement, place in one.steps:
                assert {(*atom.place, True) for atom in denies[statement].atoms if atom.place[1] != place} <= known
                known.add((statement, place, False))
            assert one.rest.needs <= known
            pending.append((one.rest, universe))
        elif isinstance(one, Branches):
            assumed: set[Ref] = set()
            for place, branch in zip(one.places, one.branches):  # noqa: B905 - ``rest`` may stand for the last ones
                assert branch.needs <= one.needs | assumed | {(one.statement, place, False)}
                assumed.add((one.statement, place, True))
                pending.append((branch, universe))
            assert one.rest is not None or len(one.places) == len(one.branches)
            if one.rest is not None:
                assert one.rest.needs <= one.needs | assumed
                pending.append((one.rest, universe))
        elif isinstance(one, Splits):
            pending += [(one.then, [world for world in universe if world[one.key] == one.value]), (one.otherwise, universe)]


@LAW
@given(SEEDS)
def test_the_search_agrees_with_brute_force(seed: int) -> None:
    """A box is found iff some world lies in the Allow and in no Deny; a refutation rests on the Allow alone, and holds."""
    policy = a_policy(dice(seed))
    allow, denies = regions_of(policy)
    assert allow is not None
    universe = list(worlds([allow, *denies]))
    exists = any(applies_in(allow, world) and not any(applies_in(deny, world) for deny in denies) for world in universe)
    boxes = boxes_of(policy)
    found = Search(boxes, denies).run_from([Literal(atom, True) for atom in allow.atoms])
    if isinstance(found, Box):
        model = {name: boxes.value(found, name) for name in universe[0]}
        assert applies_in(allow, model)
        assert not any(applies_in(deny, model) for deny in denies)
        assert exists
    else:
        assert not exists
        assert found.needs <= {(*atom.place, True) for atom in allow.atoms}
        check(found, [allow, *denies], universe)


@LAW
@given(SEEDS)
def test_the_search_from_the_top_agrees_too(seed: int) -> None:
    """Without any Allow, a box is found iff some world lies in no Deny."""
    policy = a_policy(dice(seed), denies=9)
    _, denies = regions_of(policy)
    universe = list(worlds(denies))
    boxes = boxes_of(policy)
    found = Search(boxes, denies).run(boxes.top())
    assert isinstance(found, Box) == any(not any(applies_in(deny, world) for deny in denies) for world in universe)
    if not isinstance(found, Box):
        assert not found.needs
        check(found, denies, universe)


@LAW
@given(SEEDS)
def test_variables_are_explored_soundly(seed: int) -> None:
    """What the explorer accepts is a world of the Allow and no Deny; what it refutes is no such world, at every level."""
    policy = a_tied_policy(dice(seed))
    allow, denies = regions_of(policy)
    if allow is None:
        return
    regions = [allow, *denies]
    universe = list(worlds(regions, TIED))
    granted = [world for world in universe if applies_in(allow, world) and not any(applies_in(deny, world) for deny in denies)]
    boxes = boxes_of(policy)

    def accepts(boxes: Any, box: Box) -> bool:
        world = {name: boxes.value(box, name) for name in universe[0]}
        return applies_in(allow, world) and not any(applies_in(deny, world) for deny in denies)

    try:
        found = Explorer(boxes, allow, denies, accepts).run()
    except Undecidable:
        return
    if isinstance(found, Box):
        assert accepts(boxes, found)
    else:
        assert not granted
        assert found.needs <= {(*atom.place, True) for atom in allow.atoms}
        check(found, regions, universe)


def test_variables_are_seldom_left_open() -> None:
    """Of 150 policies that tie two tags together, at most five stay undecided."""
    open_ = 0
    for seed in range(150):
        policy = a_tied_policy(dice(seed))
        allow, denies = regions_of(policy)
        if allow is None:
            continue
        universe = list(worlds([allow, *denies], TIED))

        def accepts(
            boxes: Any, box: Box, names: World = universe[0], allow: Region = allow, denies: list[Region] = denies
        ) -> bool:
            world = {name: boxes.value(box, name) for name in names}
            return applies_in(allow, world) and not any(applies_in(deny, world) for deny in denies)

        try:
            Explorer(boxes_of(policy), allow, denies, accepts).run()
        except Undecidable:
            open_ += 1
    assert open_ <= 5


def atom_of(key: str, text: str, place: tuple[int, str]) -> Atom:
    """The atom of StringEquals."""
    return Atom(key, False, TextPredicate(Union((literal(text),))), place=place)


def test_a_forced_literal_costs_no_branch() -> None:
    """A Deny whose other atoms are asserted leaves one literal, and the chain names the Denies it needed, no others."""
    policy = a_policy(dice(0))
    boxes = boxes_of(policy)
    one, two = atom_of("aws:principaltag/t", "a", (0, "condition 0")), atom_of("aws:principaltag/u", "b", (0, "condition 1"))
    again = atom_of("aws:principaltag/t", "a", (1, "condition 0"))
    other = atom_of("kms:viaservice", "x", (1, "condition 1"))
    deny = Region(1, policy.statements[1].effect, (again, other))
    idle = Region(2, deny.effect, (atom_of("kms:keyspec", "y", (2, "condition 0")),))
    last = Region(3, deny.effect, (atom_of("kms:viaservice", "z", (3, "condition 0")),))
    found = Search(boxes, [deny, idle, last]).run_from([Literal(one, True), Literal(two, True), Literal(other, True)])
    assert isinstance(found, Forced)
    assert {statement for statement, _ in parts(found)} == {0, 1}


def test_the_depth_of_choices_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More open choices at a time than are counted on end the search as a spent budget does."""
    monkeypatch.setattr("keyaki.decision.search.DEPTH", 0)
    policy = a_policy(dice(0))
    pairs = [atom_of(f"saml:{name}", "a", (1, f"condition {at}")) for at, name in enumerate("xy")]
    literals = [Literal(Atom(atom.coordinate, False, True, place=(0, f"condition {at}")), True) for at, atom in enumerate(pairs)]
    everything = [Region(1, policy.statements[1].effect, tuple(Atom(a.coordinate, False, True, place=a.place) for a in pairs))]
    assert theory_of(policy).facts("saml:x", CASE).may_be_absent
    with pytest.raises(Exhausted, match="more than 0 choices"):
        Search(boxes_of(policy), everything).run_from(literals)
