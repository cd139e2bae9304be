from __future__ import annotations

import random
import sys
from itertools import product
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "smtlib"))
from smt_terms import failing, read, value_of

from keyaki.automata.glob import wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.lattice import universe as universes
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.predicate import NumberPredicate, Predicate, TextPredicate
from keyaki.minterms import coordinate as module
from keyaki.minterms.coordinate import Choice, Listed, Minterm, coordinate, minterms
from keyaki.policy import Quantifier
from keyaki.smtlib.term import UnsupportedError
from keyaki.symbolic.atom import Atom, is_true
from keyaki.symbolic.theory import Facts

TEXTS = ["".join(letters) for size in range(1, 4) for letters in product("ab", repeat=size)] + ["1", "2", "10", "x"]


def predicates(luck: random.Random) -> list[Predicate]:
    """Tests of a String: globs, and now and then a number."""
    globs = ["".join(luck.choice("ab*?*") for _ in range(luck.randint(1, 4))) for _ in range(luck.randint(1, 4))]
    found: list[Predicate] = [TextPredicate(Union((wildcard(glob),))) for glob in dict.fromkeys(globs)]
    if luck.random() < 0.4:
        found.append(NumberPredicate(Numbers.below(luck.choice([2, 5]))))
    return found


def meter() -> Meter:
    """Steps enough."""
    return Meter(1_000_000)


def test_minterms_part_the_texts() -> None:
    """Every text lies in one minterm, no two of them pass the same tests, and each has a text that does pass its own."""
    luck = random.Random("minterms")
    for _ in range(80):
        tests = predicates(luck)
        found = minterms("key", universes.STRING, tests, meter())
        signs = [tuple(test.holds(one.text) for test in tests) for one in found]
        assert len(set(signs)) == len(signs)
        assert all(one.text and {*one.holds} == {test for test in tests if test.holds(one.text)} for one in found)
        for text in TEXTS:
            assert tuple(test.holds(text) for test in tests) in signs, (tests, text)


def test_minterms_lie_in_the_universe() -> None:
    """Where the universe is a list of words, no other text stands for a minterm."""
    tests = [TextPredicate(Union((wildcard("t*"),))), TextPredicate(Union((wildcard("*x*"),)))]
    assert {one.text for one in minterms("key", universes.BOOLEAN, tests, meter())} == {"true", "false"}
    assert minterms("key", universes.words([]), tests, meter()) == []


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 9])
def test_a_choice_is_always_one(size: int) -> None:
    """Under every assignment of its Booleans, exactly one option of a choice is chosen, and each is under some."""
    choice = Choice("w key", [None, *(Minterm(f"t{at}") for at in range(size - 1))])
    commands = read("\n".join(choice.lines))
    names = [command[1] for command in commands if command[0] == "declare-const"]
    chosen = set()
    for values in product((False, True), repeat=len(names)):
        known = dict(zip(names, values, strict=True))
        for command in commands:
            if command[0] == "define-fun":
                known[command[1]] = value_of(command[4], known)
        (one,) = [at for at, name in enumerate(choice.terms) if known[name]]
        chosen.add(one)
    assert chosen == set(range(size))


def test_a_list_is_true_of_an_atom_as_its_elements_are() -> None:
    """An atom of a list is true under an assignment iff it is true of the list of the elements that are there."""
    luck = random.Random("lists")
    facts = Facts(universes.STRING, is_list=True)
    for _ in range(40):
        quantifiers = [luck.choice([*Quantifier]) for _ in range(3)]
        tests = predicates(luck)[:3]
        atoms = [
            Atom("key", luck.random() < 0.5, test, luck.random() < 0.5, quantifier)
            for test, quantifier in zip(tests, quantifiers, strict=False)
        ]
        atoms.append(Atom("key", True, False))
        made = coordinate("w key", "key", facts, atoms, meter())
        assert isinstance(made, Listed)
        commands = read("\n".join(made.lines))
        names = [command[1] for command in commands if command[0] == "declare-const"]
        for values in product((False, True), repeat=len(names)):
            known = dict(zip(names, values, strict=True))
            if failing(commands, known):
                assert known[made.present]
                continue
            texts = tuple(one.text for one, has in zip(made.elements, made.has, strict=True) if known[has])
            for atom in atoms:
                wanted = is_true(atom, texts if known[made.present] else None)
                assert value_of(read(made.term(atom))[0], known) is wanted, (atom, texts)


def test_too_many_minterms_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that cut a key into too many minterms are refused by the key's name."""
    monkeypatch.setattr(module, "MOST", 60)
    tests = [TextPredicate(Union((wildcard(f"*{letter}*"),))) for letter in "abcdef"]
    with pytest.raises(UnsupportedError, match=r"`aws:userid` falls into more than 60 minterms"):
        minterms("aws:userid", universes.STRING, tests, meter())
    with pytest.raises(UnsupportedError, match=r"`aws:userid` take more than 10 steps"):
        minterms("aws:userid", universes.STRING, tests, Meter(10))
