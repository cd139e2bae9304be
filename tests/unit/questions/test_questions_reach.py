"""Reach: action patterns against each other and against literal actions."""

from __future__ import annotations

from itertools import product

import pytest

from keyaki.policy import Effect, Element, Statement
from keyaki.questions.reach import Reach, includes, may_meet, service_of
from keyaki.reference.matching import action_matches
from keyaki.symbolic.atom import Atom, is_true

WORDS = ["".join(word) for size in range(1, 5) for word in product("a:b", repeat=size)]
PATTERNS = ["".join(pattern) for size in range(1, 4) for pattern in product("ab*?", repeat=size)]


def matched(pattern: str) -> set[str]:
    """The words that a pattern matches."""
    return {word for word in WORDS if action_matches(pattern, word)}


def test_includes_is_certain() -> None:
    """Where one pattern is said to include another, every word of it is matched; a literal is decided exactly."""
    for outer, inner in product(PATTERNS, repeat=2):
        said = includes(outer, inner)
        assert not said or matched(inner) <= matched(outer), (outer, inner)
        if "*" not in inner and "?" not in inner:
            assert said == action_matches(outer, inner)


def test_may_meet_is_certain() -> None:
    """Patterns that are said not to meet match no word together."""
    for left, right in product(PATTERNS, repeat=2):
        assert may_meet(left, right) or not matched(left) & matched(right), (left, right)


def statement(*patterns: str, negated: bool = False, effect: Effect = Effect.ALLOW) -> Statement:
    """A statement about everything with the given actions."""
    return Statement(0, effect, Element(negated, patterns), Element(False, ("*",)))


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("listed", [("S3:Get*", "sqs:Send", "*:List"), ("*",), ("s3:*ject", "ec2:Run?"), ("kms:Decrypt",)])
@pytest.mark.parametrize("asked", ["s3:get*", "s3:getobject", "*", "*:get*", "sqs:*", "ec2:run?", "kms:decrypt", "iam:x"])
def test_the_atom_says_what_the_element_does(listed: tuple[str, ...], asked: str, negated: bool) -> None:
    """For every action of the pattern asked about, the atom is true iff the element covers the action."""
    found = Reach(statement(*listed, negated=negated)).atom(asked, 0)
    actions = ["s3:getobject", "s3:getbucket", "sqs:send", "s3:list", "ec2:runs", "kms:decrypt", "iam:x", "s3:putobject"]
    for action in actions:
        if action_matches(asked, action):
            covered = any(action_matches(pattern, action) for pattern in listed) != negated
            assert (is_true(found, action) if isinstance(found, Atom) else found) == covered


def test_empty_lists() -> None:
    """An empty NotAction of an Allow covers everything, every other empty list nothing."""
    kinds = [(effect, negated) for effect in Effect for negated in (False, True)]
    found = {kind: Reach(statement(negated=kind[1], effect=kind[0])).atom("s3:x", 0) for kind in kinds}
    assert [kind for kind, truth in found.items() if truth] == [(Effect.ALLOW, True)]


def test_an_empty_pattern_matches_nothing() -> None:
    """An empty text among the actions covers none and excludes none."""
    assert Reach(statement("", "s3:x")).atom("s3:y", 0) is False
    assert Reach(statement("", negated=True)).atom("s3:y", 0) is True


def test_services() -> None:
    """A service is what stands before the colon, where no wildcard does."""
    assert list(map(service_of, ["s3:get*", "s*:get", "*", "s3", "?:x", "iam:*"])) == ["s3", "", "", "", "", "iam"]
