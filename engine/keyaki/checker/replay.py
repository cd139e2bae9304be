"""Replay: is the witness of a reason a request that can be, and is it allowed as the question demands?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from keyaki import catalogue
from keyaki.answer import Asked, Reason
from keyaki.checker.claims import ACCOUNT, REGION
from keyaki.checker.consistency import check_names, is_typed, mentioned
from keyaki.checker.principals import seen_by
from keyaki.checker.reach import is_action
from keyaki.checker.sides import Levels
from keyaki.checker.space import DECRYPTION, SpaceCase, SpaceFacts
from keyaki.checker.tokens import matches, wildcard
from keyaki.errors import EvidenceError, KeyakiError
from keyaki.policy import Decision, Effect, Policy, Request
from keyaki.reference.evaluate import Context, allows, applies, multi_valued_keys
from keyaki.reference.matching import action_matches
from keyaki.values import ascii_fold

_OPEN: Final = SpaceCase(None, None, None, None, None, None, frozenset(), frozenset())
_KINDS: Final = [
    SpaceCase(None, None, None, True, kind, decrypts, frozenset(), frozenset())
    for kind in ("uuid", "mrk")
    for decrypts in (True, False)
]


def check_newly(reason: Reason, new: Levels, old: Levels) -> None:
    """Return iff the reason's witness is allowed by the first side, thanks to its statement, and not by the second.

    Raises:
        EvidenceError: it is not, or it is no request that can be.
    """
    _check_request(reason, [*new, *old])
    _check_allowed(reason, new)
    if _is_allowed(reason, old):
        raise EvidenceError("the second side allows the witness too")
    if reason.denied is not None:
        _check_applies(reason, _policy(old, reason.denied_policy), reason.denied, Effect.DENY)


def check_overlap(reason: Reason, given: Sequence[Levels]) -> None:
    """Return iff both sides allow the reason's witness. Raises EvidenceError otherwise."""
    _check_request(reason, [level for levels in given for level in levels])
    _check_allowed(reason, given[0])
    if not _is_allowed(reason, given[1]):
        raise EvidenceError("the second side does not allow the witness")


def check_grant(reason: Reason, given: Levels, asked: Asked) -> None:
    """Return iff the reason's witness is allowed, with an action and a resource that are asked about.

    Raises:
        EvidenceError: it is not, or it is no request that can be.
    """
    _check_request(reason, given)
    _check_allowed(reason, given)
    action, resource = ascii_fold(reason.witness.action), reason.witness.resource
    if not any(action_matches(pattern, action) for pattern in asked.actions):
        raise EvidenceError(f"`{reason.witness.action}` is no action that is asked about")
    if asked.resources and not matches([wildcard(pattern) for pattern in asked.resources], resource):
        raise EvidenceError(f"`{resource}` is no resource that is asked about")
    if asked.quantifier == "fresh" and resource in named_resources(given):
        raise EvidenceError(f"`{resource}` is written out in a policy")


def named_resources(levels: Levels) -> frozenset[str]:
    """Return the resources that policies write out in full, in any Resource or NotResource."""
    elements = (one.resource for level in levels for policy in level for one in policy.statements)
    texts = (text for element in elements if element for text in element.values)
    return frozenset(text for text in texts if not any(mark in text for mark in ("*", "?", "${")))


def _policy(levels: Levels, number: int) -> Policy:
    policies = [policy for level in levels for policy in level]
    if not 0 <= number < len(policies):
        raise EvidenceError("a reason names a policy that there is not")
    return policies[number]


def _check_allowed(reason: Reason, levels: Levels) -> None:
    if not _is_allowed(reason, levels):
        raise EvidenceError("the first side does not allow the witness")
    if reason.policy >= len(levels[0]):
        raise EvidenceError("a reason names a policy that is none of the identity's")
    _check_applies(reason, _policy(levels, reason.policy), reason.statement, Effect.ALLOW)


def _is_allowed(reason: Reason, levels: Levels) -> bool:
    try:
        for level in levels:
            decisions = [allows(_seen(policy, reason.principal), reason.witness) for policy in level]
            if Decision.EXPLICIT_DENY in decisions or Decision.ALLOW not in decisions:
                return False
    except KeyakiError as error:
        raise EvidenceError(f"the witness cannot be judged: {error.message}") from error
    return True


def _seen(policy: Policy, principal: str | None) -> Policy:
    return policy if principal is None else seen_by(policy, principal)


def _check_applies(reason: Reason, policy: Policy, index: int, effect: Effect) -> None:
    seen = _seen(policy, reason.principal)
    statement = next((one for one in seen.statements if one.index == index), None)
    if statement is None or statement.effect is not effect or not applies(statement, Context(seen, reason.witness)):
        raise EvidenceError(f"statement {index} is no {effect} that applies to the witness")


def _check_request(reason: Reason, levels: Levels) -> None:
    """Return iff the witness is a request of the space that mentions what the policies do; raise EvidenceError otherwise."""
    policies = [policy for level in levels for policy in level]
    request, principal = reason.witness, reason.principal
    if not isinstance(request.action, str) or not isinstance(request.resource, str) or not isinstance(request.context, dict):
        raise EvidenceError("a witness has no action, no resource or no context")
    if not is_action(ascii_fold(request.action)) or not _ANYTHING.admits("resource", request.resource):
        raise EvidenceError("a witness has no action, or its resource is neither `*` nor an ARN")
    is_identity = all(policy.is_identity for policy in policies)
    if is_identity != (principal is None) or (principal is not None and not _ANYTHING.admits("principal", principal)):
        raise EvidenceError("a witness names a principal where none is asked about, or none where one is")
    _check_context(request, policies)


def _check_context(request: Request, policies: Sequence[Policy]) -> None:
    context = {ascii_fold(str(key)): value for key, value in request.context.items()}
    if len(context) != len(request.context) or not all(isinstance(key, str) for key in request.context):
        raise EvidenceError("the context of a witness holds a key twice, or one that is no text")
    keys = frozenset().union(*map(mentioned, policies))
    facts = _facts(request, "aws:epochtime" in keys)
    _check_lists(policies, context)
    _check_ties(request, context, keys)
    for key in keys - context.keys() - {ACCOUNT, REGION}:
        if not facts.may_be_absent(catalogue.SAME_VALUE.get(key, key)):
            raise EvidenceError(f"`{key}` is in every such request, and not in the witness")
    for key, value in context.items():
        if not facts.may_be_present(catalogue.SAME_VALUE.get(key, key)) or not value:
            raise EvidenceError(f"`{key}` is in no such request, or has no value")
        for text in value if isinstance(value, list) else [value]:
            if not _is_value(facts, key, text):
                raise EvidenceError(f"`{text}` is no value of `{key}`")
    check_names(context)


def _facts(request: Request, epoch: bool) -> SpaceFacts:
    """Return the facts of the case of a request, as far as KMS keys are concerned."""
    decrypts = ascii_fold(request.action) in DECRYPTION
    cases = (case for case in _KINDS if case.decrypts is decrypts)
    found = next((case for case in cases if SpaceFacts(case, frozenset(), False).admits("resource", request.resource)), None)
    return SpaceFacts(found or _OPEN._replace(key=False), frozenset(), epoch)


_ANYTHING: Final = SpaceFacts(_OPEN, frozenset(), False)


def _is_value(facts: SpaceFacts, key: str, text: object) -> bool:
    if not isinstance(text, str) or not text:
        return False
    if key == "aws:epochtime":
        return is_typed(key, text)
    return key in {ACCOUNT, REGION} or facts.admits(catalogue.SAME_VALUE.get(key, key), text)


def _check_lists(policies: Sequence[Policy], context: Mapping[str, object]) -> None:
    """Keys that are lists to every policy that mentions them are lists; those that are to none are not."""
    views = [(mentioned(policy), multi_valued_keys(policy)) for policy in policies]
    for key, value in context.items():
        ways = {True} if key in catalogue.MULTI_VALUED else {key in lists for keys, lists in views if key in keys}
        if isinstance(value, list) not in (ways or {False}):
            raise EvidenceError(f"`{key}` must {'' if True in ways else 'not '}be a list")


def _check_ties(request: Request, context: Mapping[str, object], keys: frozenset[str]) -> None:
    """The ARN decides the account and the Region where it has them."""
    fields = request.resource.split(":", 5)
    for key, at in ((REGION, 3), (ACCOUNT, 4)):
        field = fields[at] if len(fields) == 6 else ""
        if field and context.get(key, field if key not in keys else None) != field:
            raise EvidenceError(f"`{key}` is not what the ARN says")
