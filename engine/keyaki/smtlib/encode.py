"""Encode: the question of a control as an SMT-LIB 2.6 script that is satisfiable iff the answer is FAILED.

The script says who can ask (the theory of requests), which keys are fresh, and what each statement covers: an Allow must hold and
no Deny may. It is made from the policy and the rule book alone; no part of the engine's search, its automata or its lattice has
a share in it, so that an agreement with a solver is one of two separate workings. Strings stand for texts, regular
expressions for globs, equations of words for variables; numbers, instants and addresses are arithmetic where their texts do
not matter.

What is not expressed raises UnsupportedError, with its name:

* characters beyond U+2FFFF;
* Numeric, Date or IP operators on a String key beside operators of another kind, or beside its use as a variable;
* the texts of `aws:CurrentTime` and of `aws:EpochTime` in one policy;
* StringEqualsIgnoreCase with a variable, where one of the two also stands in a pattern with a variable and a ``*``, or is an
  alias or ``kms:MultiRegionKeyType``, and the other is not of digits only;
* a `?` between texts after a `*`, in a pattern with a variable.

Sources: SMT-LIB's theory of Unicode strings, https://smt-lib.org/theories-UnicodeStrings.shtml; J. Backes et al., "Semantic-based
Automated Reasoning for AWS Access Policies using SMT", FMCAD 2018, whose encoding this follows in its use of strings and
departs from in the question, the typed keys and the absence of keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from keyaki.errors import ResourcePolicyError
from keyaki.policy import Effect, Policy, Statement
from keyaki.reference.matching import action_matches, glob_matches
from keyaki.reference.template import Wildcard, completed, fields, parse_template
from keyaki.smtlib import regex
from keyaki.smtlib.cut import Hole, cuts
from keyaki.smtlib.folding import Alphabet
from keyaki.smtlib.matching import Filled, fill, glob_term
from keyaki.smtlib.naming import Names, names_of
from keyaki.smtlib.regex import member
from keyaki.smtlib.statement import STATUS, Statements, empty, plain
from keyaki.smtlib.term import FALSE, TRUE, conj, disj, equal, neg, string
from keyaki.smtlib.theory import KeyTheory, View
from keyaki.smtlib.usage import lists_of, mentions_epoch, usage
from keyaki.values import ascii_fold
from keyaki.verdict import Mode, Outcome, Question, Scope


def encode(
    policy: Policy, question: Question, *, outcome: Outcome | None = None, selected: bool = False, values: bool = False
) -> str:
    """Return the script of the question about an identity policy: satisfiable iff the policy FAILS.

    ``outcome`` is written as the script's status. ``selected`` leaves the actions of statements to this function instead of the
    solver, and leaves out statements that cover none of the question's. ``values`` asks for action and key ARN of a model.

    Raises:
        ResourcePolicyError: the policy names a principal.
        UnsupportedError: the question has a feature that the encoding does not express.
    """
    if not policy.is_identity:
        raise ResourcePolicyError("this is a resource policy; the question is about identity policies")
    if question.mode is Mode.PARITY:
        policy = _parity(policy)
    names, epoch = names_of(policy, question.partition), mentions_epoch([policy])
    if selected:
        kept = tuple(statement for statement in policy.statements if any(_covers(statement, one) for one in question.actions))
        policy = evolve(policy, statements=kept)
    uses = usage([policy], on_keys=True)
    theory = KeyTheory(question, uses, epoch=epoch, alphabet=Alphabet([policy], uses))
    script = _Script(policy, question, theory, selected=selected)
    body = [*script.fresh(names), *script.statements()]
    lines = [
        f"; is there a request to a fresh key that the policy allows? scope {question.scope}, mode {question.mode}",
        "(set-info :smt-lib-version 2.6)",
        '(set-info :category "industrial")',
        *([f"(set-info :status {STATUS[outcome]})"] if outcome else []),
        *(["(set-option :produce-models true)"] if values else []),
        f"(set-logic {theory.logic})",
        *theory.lines,
        *body,
        "(check-sat)",
        *(["(get-value (action resource))"] if values else []),
    ]
    return "\n".join(lines) + "\n"


def _parity(policy: Policy) -> Policy:
    """The policy without the conditions of its Allows and without the Denies that have one."""
    kept = []
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW:
            kept.append(evolve(statement, conditions=()))
        elif not statement.conditions:
            kept.append(statement)
    return evolve(policy, statements=tuple(kept))


def _covers(statement: Statement, action: str) -> bool:
    element = statement.action
    if not element.values:
        return empty(element, statement.effect) == TRUE
    return any(action_matches(pattern, action) for pattern in element.values) != element.negated


class _Script(Statements):
    """What a script says of one policy, over the variables of a theory of keys."""

    def __init__(self, policy: Policy, question: Question, theory: KeyTheory, *, selected: bool) -> None:
        super().__init__(policy, View(theory, lists_of(policy)))
        self.question = question
        self.theory = theory
        self.selected = selected

    def fresh(self, names: Names) -> list[str]:
        """The lines that make the key fresh in the scope of the question."""
        account = [equal("account", string(text)) for text in names.accounts]
        if names.caller:
            account.append(equal("account", self.theory.coordinate("aws:PrincipalAccount").values[0].term))
        region = neg(disj(equal("region", string(text)) for text in names.regions))
        sides = {
            Scope.CONFINED: disj([region, neg(disj(account))]),
            Scope.ACCOUNT: neg(disj(account)),
            Scope.ANY: conj([region, neg(disj(account))]),
            Scope.KEY: TRUE,
        }
        key = neg(disj(equal("key", string(f"key/{text}")) for text in names.ids))
        return ["; the key is fresh", *(f"(assert {term})" for term in (key, sides[self.question.scope]) if term != TRUE)]

    def statements(self) -> list[str]:
        """The lines that define what each statement covers, and that some Allow covers the request and no Deny does."""
        lines, allows, denies = self.defined()
        return [*lines, f"(assert {disj(allows)})", *(f"(assert {neg(name)})" for name in denies)]

    def action(self, statement: Statement) -> str:
        """The Bool term: Action or NotAction covers the action, one of the question's."""
        if not self.selected:
            return super().action(statement)
        covered = [action for action in self.question.actions if _covers(statement, action)]
        if len(covered) == len(self.question.actions):
            return TRUE
        return disj(equal("action", string(ascii_fold(action))) for action in covered)

    def matches(self, pattern: str, *, widening: bool) -> tuple[str, str]:
        """The Bool terms: each variable of the pattern has a value; it matches the key ARN (and each has one)."""
        filled = fill(parse_template(pattern, self.live, wildcards=True), self.view)
        if filled.available == FALSE:
            return FALSE, FALSE
        parts = fields(pattern, self.live) if pattern.startswith("arn:") else ()
        if not parts:
            return filled.available, self._flat(filled)
        if len(parts) > 6:
            return filled.available, FALSE  # each of its colons would have to be one of the five of a key ARN
        by_field = conj(self._field_matches(completed(parts)))
        flat = self._flat(filled) if widening and len(parts) < 6 else FALSE
        return filled.available, disj([by_field, flat])

    def _flat(self, filled: Filled) -> str:
        """The glob matches the whole key ARN. Without variables it is cut up into globs of the three fields that vary."""
        if filled.has_holes:
            return glob_term("resource", filled)
        glob = tuple(piece for piece in filled.pieces if not isinstance(piece, Hole))
        return disj(
            conj(member(name, regex.glob(part)) for name, part in zip(("region", "account", "key"), way, strict=True))
            for way in cuts(glob, f"arn:{self.question.partition}:kms:")
        )

    def _field_matches(self, parts: tuple[str, ...]) -> Iterator[str]:
        """A key ARN has five colons and so has the pattern, so each field matches its own, whatever the variables hold."""
        for part, fixed in zip(parts[:3], ("arn", self.question.partition, "kms"), strict=True):
            template = parse_template(part, self.live, wildcards=True)
            if all(isinstance(piece, (str, Wildcard)) for piece in template):
                yield TRUE if glob_matches(plain(template), fixed) else FALSE
            else:
                yield glob_term(string(fixed), fill(template, self.view))
        for part, name in zip(parts[3:], ("region", "account", "key"), strict=True):
            yield glob_term(name, fill(parse_template(part, self.live, wildcards=True), self.view))
