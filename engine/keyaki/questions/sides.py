"""Sides: what a comparison stands between, one policy or several that decide together.

Policies of one *level* add up: what one of them allows, the level allows. Levels restrict each other: a request is allowed
iff every level allows it and no policy of any level denies it. An identity's policies are one level; a permissions boundary,
each level of service control policies, and session policies are further ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from keyaki.catalogue import MULTI_VALUED
from keyaki.decision.witness import mentions
from keyaki.errors import QuestionError
from keyaki.policy import Decision, Effect, Policy, Request, Statement
from keyaki.questions.encode import SpaceEncoder
from keyaki.questions.principals import principal_atom, seen_by
from keyaki.questions.reach import Reach
from keyaki.reference.digest import digest
from keyaki.reference.evaluate import Context, allows, applies, multi_valued_keys
from keyaki.symbolic.atom import Atom
from keyaki.symbolic.encode import Region

Readable = Policy | str | bytes | Mapping[str, Any]
"""A policy read already, its text, or its decoded object."""


def read(policy: Readable) -> Policy:
    """Return the policy, read where it is not read yet. Raises PolicySyntaxError."""
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, (str, bytes, bytearray)):
        from keyaki.syntax.parse import parse  # noqa: PLC0415 - only texts need it

        return parse(policy)
    from keyaki.syntax.lower import policy_from  # noqa: PLC0415 - not needed for texts

    return policy_from(policy)


def _level(policies: Readable | Iterable[Readable] | None) -> tuple[Policy, ...] | None:
    if policies is None:
        return None
    listed = [policies] if isinstance(policies, (Policy, str, bytes, bytearray, Mapping)) else policies
    return tuple(map(read, listed))


def _levels(levels: Iterable[Readable | Iterable[Readable]]) -> tuple[tuple[Policy, ...], ...]:
    return tuple(found for level in levels if (found := _level(level)) is not None)


@frozen
class PolicySet:
    """Policies that decide together: allowed is what some policy of every level that is given allows and no policy denies.

    ``identity`` are the policies of one identity; ``boundary`` its permissions boundary or None; ``scps`` the levels of
    service control policies, from the root down to the account; ``session`` the session policies or None. An empty level
    allows nothing.
    """

    identity: tuple[Policy, ...] = field(converter=_level)
    boundary: tuple[Policy, ...] | None = field(default=None, converter=_level)
    scps: tuple[tuple[Policy, ...], ...] = field(default=(), converter=_levels)
    session: tuple[Policy, ...] | None = field(default=None, converter=_level)

    @property
    def levels(self) -> tuple[tuple[Policy, ...], ...]:
        """The levels that are given, the identity's policies first."""
        return (self.identity, *(level for level in (self.boundary, *self.scps, self.session) if level is not None))


class Readback:
    """Something that stands for a policy in a question, such as a summary of one."""

    def side(self, first: int) -> Side:
        """Return it as a side of a question whose first statement has the given number."""
        raise NotImplementedError


Given = Readable | PolicySet | Readback
"""What a question may be asked of."""


def side_of(given: Given, first: int = 0) -> Side:
    """Return the side that something given is; ``first`` is the number of its first statement. Raises PolicySyntaxError."""
    return given.side(first) if isinstance(given, Readback) else Side(given, first)


class Document:
    """One policy of a side: ``lists`` are the keys not AWS's own that it takes for lists, ``mentions`` those it mentions."""

    def __init__(self, policy: Policy, number: int) -> None:
        self.policy = policy
        self.number = number
        self.lists = multi_valued_keys(policy)
        self.mentions = mentions(policy)
        self._encoders: dict[frozenset[str], SpaceEncoder] = {}

    def encoder(self, several: frozenset[str]) -> SpaceEncoder:
        """Return the encoder for requests in which some keys hold several values."""
        own = several - self.lists
        if own not in self._encoders:
            self._encoders[own] = SpaceEncoder(self.policy, own)
        return self._encoders[own]


class Entry:
    """One statement of a side; ``number`` tells it from all others of the question."""

    __slots__ = ("_regions", "document", "number", "reach", "statement")
    is_whole = True
    """Whether it is all that its statement applies to."""

    def __init__(self, document: Document, statement: Statement, number: int) -> None:
        self.document = document
        self.statement = statement
        self.number = number
        self.reach = Reach(statement)
        self._regions: dict[frozenset[str], Region | None] = {}

    @property
    def name(self) -> dict[str, Any]:
        """What the statement is called in reasons."""
        return {"statementIndex": self.statement.index, "statementId": self.statement.sid, "policyIndex": self.document.number}

    def region(self, several: frozenset[str] = frozenset()) -> Region | None:
        """Return what the statement asks of resource and context, or None iff it never applies."""
        several = frozenset(several & self.document.mentions.keys()) if several else several
        if several not in self._regions:
            self._regions[several] = self._encoded(several)
        return self._regions[several]

    def applies(self, request: Request, principal: str | None) -> bool:
        """True iff the reference evaluator finds that the statement applies to a request, of a principal where one is given."""
        if principal is None:
            context = Context(self.document.policy, request, self.document.lists)
            return applies(self.statement, context)
        seen = seen_by(evolve(self.document.policy, statements=(self.statement,)), principal)
        return any(applies(one, Context(seen, request, self.document.lists)) for one in seen.statements)

    def _encoded(self, several: frozenset[str]) -> Region | None:
        region = self.document.encoder(several).region(evolve(self.statement, index=self.number))
        who = principal_atom(self.statement, self.number)
        if region is None or who is False:
            return None
        return evolve(region, atoms=(who, *region.atoms)) if isinstance(who, Atom) else region


class Side:
    """One side of a question; ``first`` is the number of its first statement."""

    def __init__(self, given: Readable | PolicySet, first: int = 0) -> None:
        levels = given.levels if isinstance(given, PolicySet) else ((read(given),),)
        self.documents: list[Document] = []
        self.levels: list[list[Entry]] = []
        self.denies: list[Entry] = []
        self.first = self.last = first
        self._of_level: list[list[Document]] = []
        for level in levels:
            self.levels.append([])
            self._of_level.append([])
            for policy in level:
                self._add(policy)

    def _add(self, policy: Policy) -> None:
        document = Document(policy, len(self.documents))
        self.documents.append(document)
        self._of_level[-1].append(document)
        for statement in policy.statements:
            entry = Entry(document, statement, self.last)
            self.last += 1
            (self.levels[-1] if statement.effect is Effect.ALLOW else self.denies).append(entry)

    def digests(self) -> list[list[str]]:
        """Return the digests of the policies, level by level."""
        return [[digest(document.policy) for document in level] for level in self._of_level]

    @property
    def entries(self) -> Iterator[Entry]:
        """Every statement."""
        for level in self.levels:
            yield from level
        yield from self.denies

    @property
    def is_identity(self) -> bool:
        """True iff no policy names a principal."""
        return all(document.policy.is_identity for document in self.documents)

    def allows(self, request: Request, principal: str | None = None) -> bool:
        """True iff the reference evaluator finds the request allowed: in every level by some policy, and denied by none.

        Resource policies are asked about a ``principal``.
        """
        for level in self._of_level:
            policies = [document.policy for document in level]
            if principal is not None:
                policies = [seen_by(policy, principal) for policy in policies]
            decisions = [allows(policy, request) for policy in policies]
            if Decision.EXPLICIT_DENY in decisions or Decision.ALLOW not in decisions:
                return False
        return True


def mixed_keys(documents: Sequence[Document]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys that are lists to some policy, and those of them that another one mentions and takes for single values."""
    lists = frozenset().union(*(document.lists for document in documents))
    found = {key for document in documents for key in lists - document.lists if key in document.mentions} if lists else set()
    return lists | MULTI_VALUED, frozenset(found)


def require_alike(sides: Sequence[Side]) -> None:
    """Raise QuestionError iff some sides name principals and others do not."""
    if len({side.is_identity for side in sides}) > 1:
        raise QuestionError("an identity policy cannot be compared with a resource policy", code="resource-policy")
