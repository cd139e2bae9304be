"""Encode: questions in the finite form, as SMT-LIB 2.6 scripts of Boolean variables alone.

What is worked out here and not left to the solver: which actions no statement tells apart; the cases of the theory; which texts,
numbers, instants, addresses and elements of lists the tests of a coordinate do not tell apart, and that such a minterm is not
empty. What is left to the solver is all that combines coordinates and statements: which Allows and Denies apply. No minterm is
left out because another one does as well, and no part of the engine's search has a share in the script.

Not expressed, with UnsupportedError, are variables that tie one coordinate to another, and coordinates that fall into too many
minterms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from keyaki.automata.glob import wildcard
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.catalogue import DECRYPTION_ACTIONS
from keyaki.decision.box import Undecidable
from keyaki.decision.decide import parity
from keyaki.decision.witness import mentions
from keyaki.errors import QuestionError, ResourcePolicyError
from keyaki.lattice.predicate import TextPredicate
from keyaki.minterms.coordinate import STEPS, Choice, Minterm
from keyaki.minterms.world import World
from keyaki.policy import Effect, Policy, Statement
from keyaki.questions.encode import QUERY, reads, within_case
from keyaki.questions.grants import named_resources, resource_atoms
from keyaki.questions.reach import EVERY
from keyaki.questions.sides import Entry, Side, mixed_keys, require_alike
from keyaki.questions.space import ACCOUNT, ACTION, From, Space, SpaceCase, cases
from keyaki.smtlib.question import ASKED, Relation
from keyaki.smtlib.statement import STATUS
from keyaki.smtlib.term import FALSE, UnsupportedError, apply, conj, disj, neg
from keyaki.symbolic.actions import groups
from keyaki.symbolic.atom import Atom
from keyaki.symbolic.encode import Encoder, Region
from keyaki.symbolic.names import names_of
from keyaki.symbolic.pattern import Assignment
from keyaki.symbolic.specialise import specialised, tells_kinds, tells_own
from keyaki.symbolic.theory import RESOURCE, Case, Facts, Theory
from keyaki.values import ascii_fold
from keyaki.verdict import Mode, Question

CONTROL: Final = "is there a request to a fresh key that the policy allows?"


def encode_control(policy: Policy, question: Question, outcome: str | None = None) -> str:
    """Return the script of a control's question: satisfiable iff the policy FAILS; ``outcome`` becomes its status.

    Raises:
        ResourcePolicyError: the policy names a principal.
        UnsupportedError: the question has no finite form, or too large a one.
    """
    if not policy.is_identity:
        raise ResourcePolicyError("this is a resource policy; the question is about identity policies")
    judged = parity(policy) if question.mode is Mode.PARITY else policy
    worlds = list(_key_worlds(judged, question))
    return _script(f"{CONTROL} scope {question.scope}, mode {question.mode}", worlds, outcome)


def _key_worlds(policy: Policy, question: Question) -> Iterator[tuple[World, str]]:
    """Yield the worlds of requests to fresh keys, and what makes the policy allow one."""
    meter, names = Meter(STEPS), names_of(policy, question.partition)
    encoder = Encoder(policy, question.partition)
    epoch = _mentions_epoch([policy])
    number = 0
    for decrypts in (True, False):
        actions = [action for action in question.actions if (action in DECRYPTION_ACTIONS) is decrypts]
        covered = [(alike, {one.index for one in covering}) for alike, covering in groups(policy, actions)]
        if not covered:
            continue
        theory = Theory(covered[0][0][0], question.partition, names, encoder.multi, epoch)
        reached = set().union(*(indexes for _, indexes in covered))
        regions = {one: encoder.region(one) for one in policy.statements if one.index in reached}
        found = [region for region in regions.values() if region]
        kinds, own = any(map(tells_kinds, found)), any(map(tells_own, found))
        for case in dict.fromkeys(map(theory.plainest, theory.cases(question.scope, kinds, own))):
            known = theory.known(case)
            parts = {
                _name(one): _atoms(region and specialised(region, case, known, question.partition))
                for one, region in regions.items()
            }
            choice = Choice(f"w{number} action", [Minterm(" ".join(alike)) for alike, _ in covered])
            head = [f"; world {number}: {case.part}, own account {case.own}, kind {case.kind}", "; action", *choice.lines]
            world = World(
                f"w{number}",
                parts,
                partial(_facts, theory, case),
                meter,
                RESOURCE if case.own is False else None,
                head,
            )
            applying = {
                one: conj([choice.among([at for at, (_, indexes) in enumerate(covered) if one.index in indexes]), term])
                for one, term in zip(regions, world.statements.values(), strict=True)
            }
            yield world, _allows(applying)
            number += 1


def _facts(theory: Theory, case: Case, key: str) -> Facts:
    return theory.facts(key, case)


def _allows(applying: dict[Statement, str]) -> str:
    """The Bool term: some Allow applies and no Deny does."""
    allows = [term for one, term in applying.items() if one.effect is Effect.ALLOW]
    denies = [term for one, term in applying.items() if one.effect is Effect.DENY]
    return conj([disj(allows), *map(neg, denies)])


def _name(statement: Statement) -> str:
    return f"{statement.effect.value.lower()}-{statement.index}"


def _atoms(region: Region | None) -> tuple[Atom, ...] | None:
    return None if region is None else region.atoms


def _mentions_epoch(policies: Sequence[Policy]) -> bool:
    return any("aws:epochtime" in mentions(policy) for policy in policies)


def encode_pair(relation: Relation, first: Policy, second: Policy, outcome: str | None = None) -> str:
    """Return the script of a question about two policies: satisfiable iff the first does not stand so to the second.

    Raises:
        QuestionError: one policy names principals and the other does not.
        UnsupportedError: the question has no finite form, or too large a one.
    """
    left = Side(first)
    right = Side(second, left.last)
    require_alike((left, right))

    def goal(terms: dict[int, str]) -> str:
        one, other = _side_allows(left, terms), _side_allows(right, terms)
        if relation is Relation.EQUIVALENT:
            return apply("xor", one, other)
        return conj([one, other if relation is Relation.DISJOINT else neg(other)])

    found = [(world, goal(terms)) for world, terms in _space_worlds([("first", left), ("second", right)])]
    return _script(ASKED[relation], found, outcome)


def encode_grants(
    policy: Policy, actions: Sequence[str], resources: Sequence[str], outcome: str | None = None, *, fresh: bool = False
) -> str:
    """Return the script that is satisfiable iff the policy grants an action of some patterns on a resource of some patterns.

    An empty list stands for everything. Raises as ``encode_pair`` does, and QuestionError iff both lists are empty.
    """
    if not actions and not resources:
        raise QuestionError("neither actions nor resources are asked about", code="bad-question")
    side = Side(policy)
    asked: list[Atom] = list(resource_atoms(resources))
    patterns = tuple(map(ascii_fold, actions))
    if patterns and EVERY not in patterns:
        asked.append(Atom(ACTION, False, TextPredicate(Union(tuple(map(wildcard, patterns)))), place=(QUERY, "action")))
    unnamed = named_resources(side) if fresh else frozenset[str]()
    found = [
        (world, conj([terms[QUERY], _side_allows(side, terms)]))
        for world, terms in _space_worlds([("policy", side)], asked, unnamed)
    ]
    return _script("does the policy grant such an action on such a resource?", found, outcome)


def _side_allows(side: Side, terms: dict[int, str]) -> str:
    levels = [disj(terms[entry.number] for entry in level) for level in side.levels]
    return conj([*levels, *(neg(terms[entry.number]) for entry in side.denies)])


def _space_worlds(
    sides: Sequence[tuple[str, Side]], asked: Sequence[Atom] = (), unnamed: frozenset[str] = frozenset()
) -> Iterator[tuple[World, dict[int, str]]]:
    """Yield the worlds of the whole space, and the term of each statement by its number, the question itself being QUERY."""
    documents = [document for _, side in sides for document in side.documents]
    lists, mixed = mixed_keys(documents)
    space = Space(lists, _mentions_epoch([document.policy for document in documents]), unnamed)
    meter = Meter(STEPS)
    entries = [(name, entry) for name, side in sides for entry in side.entries]
    plainly = [region for _, entry in entries if (region := entry.region())]
    for number, case in enumerate(cases(reads(plainly, mixed))):
        known = space.known_values(case)
        parts: dict[str, Sequence[Atom] | None] = {"asked": asked}
        for name, entry in entries:
            parts[f"{name}-{_name(entry.statement)}"] = _placed(entry, case, known)
        holder = None if case.own is not False else RESOURCE if case.account is From.ARN else ACCOUNT
        world = World(
            f"w{number}",
            parts,
            partial(_facts, space, case),
            meter,
            holder,
            [f"; world {number}: {_told(case)}"],
        )
        yield world, dict(zip([QUERY, *(entry.number for _, entry in entries)], world.statements.values(), strict=True))


def _placed(entry: Entry, case: SpaceCase, known: Assignment) -> list[Atom] | None:
    """The atoms of a statement within a case, that of its actions among them."""
    action = entry.reach.atom(EVERY, entry.number)
    region = entry.region(case.several) if action is not False else None
    try:
        placed = None if region is None else within_case(region, case, known)
    except Undecidable as stop:
        raise UnsupportedError(f"the finite form: {stop}") from stop
    if placed is None:
        return None
    return [*([action] if isinstance(action, Atom) else []), *placed.atoms]


def _told(case: SpaceCase) -> str:
    parts = {
        "account": case.account and case.account.value,
        "region": case.region and case.region.value,
        "own account": case.own,
        "key": case.key,
        "kind": case.kind and case.kind.value,
        "decrypts": case.decrypts,
        "one value": ", ".join(sorted(case.single)) or None,
        "several values": ", ".join(sorted(case.several)) or None,
    }
    told = ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)
    return told.encode("unicode_escape").decode("ascii") or "all requests"


def _script(comment: str, worlds: Sequence[tuple[World, str]], outcome: str | None) -> str:
    lines = [
        f"; {comment}",
        "; in finite form: each coordinate is a choice among the minterms of its tests",
        "(set-info :smt-lib-version 2.6)",
        '(set-info :category "industrial")',
        *([f"(set-info :status {STATUS[outcome]})"] if outcome else []),
        "(set-logic QF_UF)",
    ]
    goals = []
    for world, goal in worlds:
        wanted = conj([world.apart, goal]) if world.possible else FALSE
        lines += [*world.lines, f"(define-fun {world.name} () Bool {wanted})"]
        goals.append(world.name)
    return "\n".join([*lines, f"(assert {disj(goals)})", "(check-sat)"]) + "\n"
