"""Subjects: a question about one or two policies, its sizes, and its scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from keyaki import Policy, policy_from
from keyaki.controls.check import answer, question
from keyaki.minterms import encode as finite
from keyaki.questions.compare import disjoint, implies
from keyaki.smtlib.encode import encode
from keyaki.smtlib.question import Relation, encode_pair
from keyaki.values import ascii_fold

Document = dict[str, Any]
QUESTIONS = ("control", "implies", "disjoint")
"""What is asked: the control KMS.1 of one policy; whether the first of two implies the second; whether they are disjoint."""
STATUS = {"FAILED": "sat", "FAIL": "sat", "PASSED": "unsat", "PASS": "unsat", "UNDECIDED": "unknown"}


class Sizes(NamedTuple):
    """How large a question is: all policies together.

    ``atoms`` are the patterns of actions and resources and the values of conditions, ``pattern_characters`` their characters,
    ``condition_keys`` the different context keys.
    """

    statements: int
    atoms: int
    pattern_characters: int
    condition_keys: int


class Subject(NamedTuple):
    """A question about documents. ``source`` is where they come from, ``family`` and ``n`` place it in a parametric family.

    ``known`` is the right status of its script (sat iff the question FAILS) where that is known beforehand.
    """

    source: str
    family: str
    name: str
    question: str
    documents: tuple[Document, ...]
    n: int | None = None
    known: str | None = None

    def policies(self) -> tuple[Policy, ...]:
        """Return the policies, made anew, so that nothing is remembered of them."""
        return tuple(map(policy_from, self.documents))

    def script(self, dialect: str) -> str:
        """Return the SMT-LIB script of a dialect; raises UnsupportedError."""
        policies = self.policies()
        if self.question == "control":
            asked, _ = question()
            return finite.encode_control(policies[0], asked) if dialect == "finite" else encode(policies[0], asked)
        relation = Relation(self.question)
        return (finite.encode_pair if dialect == "finite" else encode_pair)(relation, *policies)


def status(asked: str, policies: tuple[Policy, ...]) -> str:
    """Return the engine's answer as the status of a script: sat iff the question FAILS."""
    if asked == "control":
        return STATUS[answer(policies[0], question()[0]).outcome]
    return STATUS[(implies if asked == "implies" else disjoint)(*policies).result]


def sizes(policies: tuple[Policy, ...]) -> Sizes:
    """Return the sizes of some policies together."""
    atoms = [text for policy in policies for text in _texts(policy)]
    keys = {ascii_fold(entry.key) for policy in policies for one in policy.statements for entry in one.conditions}
    return Sizes(sum(len(policy.statements) for policy in policies), len(atoms), sum(map(len, atoms)), len(keys))


def _texts(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        yield from statement.action.values
        yield from statement.resource.values if statement.resource else ()
        for entry in statement.conditions:
            yield from entry.values
