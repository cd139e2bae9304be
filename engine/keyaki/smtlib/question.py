"""Questions about whole policies as SMT-LIB scripts: implication, equivalence, disjointness, and what is granted.

Each script is satisfiable iff the answer is FAIL, and a model is a request that shows it.
The request space is that of :mod:`keyaki.smtlib.space`. Both policies are judged under one request, and a policy is its Allows
less its Denies. What cannot be expressed raises UnsupportedError as in :mod:`keyaki.smtlib.encode`, and so does
``aws:ResourceAccount`` or ``aws:RequestedRegion`` under a typed operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from keyaki.errors import QuestionError
from keyaki.policy import Element, Policy, Statement, TextEnum
from keyaki.reference.matching import glob_matches
from keyaki.reference.template import Wildcard, parse_template, six_fields
from keyaki.smtlib.cut import Hole, Pieces, split
from keyaki.smtlib.folding import Alphabet
from keyaki.smtlib.matching import Filled, fill, glob_term
from keyaki.smtlib.space import ACTION, FIELDS, SpaceTheory
from keyaki.smtlib.statement import STATUS, Statements, plain
from keyaki.smtlib.term import FALSE, TRUE, apply, conj, disj, equal, neg, string
from keyaki.smtlib.theory import View
from keyaki.smtlib.usage import lists_of, mentions_epoch, usage
from keyaki.values import ascii_fold


class Relation(TextEnum):
    """What is asked of two policies."""

    IMPLIES = "implies"
    EQUIVALENT = "equivalent"
    DISJOINT = "disjoint"


ASKED: Final = {
    Relation.IMPLIES: "is there a request that the first policy allows and the second does not?",
    Relation.EQUIVALENT: "is there a request that one of the policies allows and the other does not?",
    Relation.DISJOINT: "is there a request that both policies allow?",
}


@frozen
class Script:
    """How a script is finished: ``outcome`` is written as its status, ``values`` asks for action and resource of a model."""

    outcome: str | None = None
    values: bool = False

    def text(self, comment: str, theory: SpaceTheory, body: Sequence[str]) -> str:
        """The script of a question, its definitions and assertions being ``body``."""
        lines = [
            f"; {comment}",
            "(set-info :smt-lib-version 2.6)",
            '(set-info :category "industrial")',
            *([f"(set-info :status {STATUS[self.outcome]})"] if self.outcome else []),
            *(["(set-option :produce-models true)"] if self.values else []),
            f"(set-logic {theory.logic})",
            *theory.lines,
            *body,
            "(check-sat)",
            *(["(get-value (action resource))"] if self.values else []),
        ]
        return "\n".join(lines) + "\n"


def encode_pair(relation: Relation, first: Policy, second: Policy, script: Script | None = None) -> str:
    """Return the script of a question about two policies: satisfiable iff the first does not stand so to the second.

    Raises:
        QuestionError: one policy names principals and the other does not.
        UnsupportedError: the question has a feature that the encoding does not express.
    """
    if first.is_identity != second.is_identity:
        raise QuestionError("an identity policy cannot be compared with a resource policy", code="resource-policy")
    theory = _theory([first, second])
    body = [*_defined("first", first, theory), *_defined("second", second, theory)]
    if relation is Relation.EQUIVALENT:
        body.append(f"(assert {apply('xor', 'first', 'second')})")
    else:
        wanted = "second" if relation is Relation.DISJOINT else neg("second")
        body += ["(assert first)", f"(assert {wanted})"]
    return (script or Script()).text(ASKED[relation], theory, body)


def encode_grants(
    policy: Policy, actions: Sequence[str], resources: Sequence[str], script: Script | None = None, *, fresh: bool = False
) -> str:
    """Return the script that is satisfiable iff the policy grants an action of some patterns on a resource of some patterns.

    An empty list stands for everything. ``fresh`` leaves out the resources that the policy writes out in full.

    Raises:
        QuestionError: both lists are empty.
        UnsupportedError: the question has a feature that the encoding does not express.
    """
    if not actions and not resources:
        raise QuestionError("neither actions nor resources are asked about", code="bad-question")
    theory = _theory([policy])
    wanted = [
        disj(map(matches_action, actions)) if actions else TRUE,
        disj(_plain(text, wildcards=True) for text in resources) if resources else TRUE,
        *(neg(_plain(text, wildcards=False)) for text in (_named(policy) if fresh else ())),
    ]
    body = [*_defined("policy", policy, theory), "(assert policy)", *(f"(assert {term})" for term in wanted if term != TRUE)]
    return (script or Script()).text("does the policy grant such an action on such a resource?", theory, body)


def _plain(text: str, *, wildcards: bool) -> str:
    return matches_resource(Filled(plain(parse_template(text, live=False, wildcards=wildcards)), TRUE, single=True))


def _theory(policies: Sequence[Policy]) -> SpaceTheory:
    uses = usage(policies, on_keys=False)
    principals = not all(policy.is_identity for policy in policies)
    return SpaceTheory(uses, epoch=mentions_epoch(policies), alphabet=Alphabet(policies, uses), principals=principals)


def _named(policy: Policy) -> Iterator[str]:
    elements = (statement.resource for statement in policy.statements)
    texts = dict.fromkeys(text for element in elements if element for text in element.values)
    return (text for text in texts if not any(mark in text for mark in ("*", "?", "${")))


def _defined(name: str, policy: Policy, theory: SpaceTheory) -> list[str]:
    """The lines that define what a policy allows."""
    lines, allows, denies = _Anywhere(policy, View(theory, lists_of(policy))).defined(f"{name}-")
    return [f"; the {name}", *lines, f"(define-fun {name} () Bool {conj([disj(allows), *map(neg, denies)])})"]


class _Anywhere(Statements):
    """What the statements of a policy cover in the whole space."""

    def applies(self, statement: Statement) -> str:
        return conj([self._principal(statement), super().applies(statement)])

    def _principal(self, statement: Statement) -> str:
        if not statement.principals:
            return TRUE
        found = disj(_is_one(element, value) for element in statement.principals for value in element.values)
        return neg(found) if statement.principals[0].negated else found

    def resource(self, statement: Statement) -> str:
        """A statement without Resource, as in a trust policy, is about every resource."""
        return TRUE if statement.resource is None else super().resource(statement)

    def matches_action(self, pattern: str) -> str:
        """The action is matched by its two sides."""
        return matches_action(pattern)

    def matches(self, pattern: str, *, widening: bool) -> tuple[str, str]:
        """Every wildcard may run over colons; a short pattern is completed, and counts as it stands where that widens."""
        if pattern == "*":
            return TRUE, TRUE
        filled = fill(parse_template(pattern, self.live, wildcards=True), self.view)
        if filled.available == FALSE:
            return FALSE, FALSE
        missing = 6 - len(six_fields(pattern, self.live)) if pattern.startswith("arn:") else 0
        if not missing:
            return filled.available, matches_resource(filled)
        full = Filled((*filled.pieces, *(":", Wildcard.MANY) * missing), filled.available, filled.single)
        return filled.available, disj([matches_resource(full), matches_resource(filled) if widening else FALSE])


def matches_action(pattern: str) -> str:
    """The Bool term: a pattern of actions matches the action, whatever its case."""
    pieces = plain(parse_template(ascii_fold(pattern), live=False, wildcards=True))
    ways = split(pieces, "", len(ACTION), open_end=False)
    if ways is None:
        return glob_term("action", Filled(pieces, TRUE, single=False))
    return disj(conj(_matches_field(name, part) for name, part in zip(ACTION, way, strict=True)) for way in ways)


def matches_resource(filled: Filled) -> str:
    """The Bool term: the pieces match the resource, and each variable has a value."""
    ways = split(filled.pieces, "arn:", len(FIELDS), open_end=True)
    if ways is None:
        return glob_term("resource", filled)
    by_field = disj(conj(_matches_field(name, part) for name, part in zip(FIELDS, way, strict=True)) for way in ways)
    star = _matches_star(filled.pieces)
    return conj([filled.available, disj([conj([neg("is-star"), by_field]), conj(["is-star", star])])])


def _matches_field(name: str, pieces: Pieces) -> str:
    return glob_term(name, Filled(pieces, TRUE, single=False))


def _matches_star(pieces: Pieces) -> str:
    """The Bool term: the pieces match the resource ``*``."""
    texts = tuple(piece for piece in pieces if not isinstance(piece, Hole))
    if len(texts) == len(pieces):
        return TRUE if glob_matches(texts, "*") else FALSE
    return (
        FALSE
        if "".join(piece for piece in texts if isinstance(piece, str)) not in {"", "*"}
        else glob_term(string("*"), Filled(pieces, TRUE, single=False))
    )


def _is_one(element: Element, value: str) -> str:
    """The Bool term: the principal is one that a value of Principal or NotPrincipal names."""
    kind = element.kind
    if value == "*":
        return TRUE if kind in {"", "AWS"} else apply("str.prefixof", string(f"{kind}:"), "principal")
    if kind == "AWS" and len(value) == 12 and value.isascii() and value.isdigit():
        value = f"arn:aws:iam::{value}:root"
    return equal("principal", string(f"{kind}:{value}"))
