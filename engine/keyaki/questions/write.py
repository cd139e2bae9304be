"""Write: from the model of a box to a concrete request, spelt as the policies spell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from keyaki.catalogue import SAME_VALUE
from keyaki.policy import Request
from keyaki.questions.encode import FREE_KEYS
from keyaki.questions.sides import Side
from keyaki.questions.space import ACCOUNT, ACTION, KEY_KEYS, PRINCIPAL, REGION, SpaceCase, field_of, is_key_arn
from keyaki.symbolic.atom import Value
from keyaki.symbolic.keyarn import KeyKind
from keyaki.symbolic.lift import CALLER_KEY
from keyaki.symbolic.readable import TEXTS
from keyaki.symbolic.theory import RESOURCE
from keyaki.values import ascii_fold, instant


@frozen
class Found:
    """A request, and whom it is from where resource policies are asked about."""

    request: Request
    principal: str | None = None


class Writer:
    """Writes requests that mention what the policies of some sides mention; ``spelt`` are further spellings of actions."""

    def __init__(self, sides: Sequence[Side], spelt: Sequence[str] = ()) -> None:
        self.sides = sides
        self.spelt = spelt
        self.identity = all(side.is_identity for side in sides)
        self.keys: dict[str, str] = {}
        for side in sides:
            for document in side.documents:
                self.keys |= document.mentions

    def found(self, case: SpaceCase, value_of: Callable[[str], Value], action: str | None) -> Found:
        """Return the request of a model: every mentioned key that is present; ``action`` is the action where it is fixed."""
        resource = str(value_of(RESOURCE))
        kind = is_key_arn(resource)
        context: dict[str, str | list[str]] = {}
        for key in sorted(self.keys):
            value = _context_value(key, resource, kind, case, value_of)
            if value is None:
                continue
            if key == "aws:epochtime" and isinstance(value, str):
                value = str(int(instant(value) or 0))
            context[self.keys[key]] = _listed(value, key in case.several) if isinstance(value, tuple) else value
        action = str(value_of(ACTION)) if action is None else action
        who = None if self.identity else str(value_of(PRINCIPAL))
        return Found(Request(self._spelt(action), resource, context), who)

    def _spelt(self, action: str) -> str:
        """Return the action as the question or a policy spells it, as far as one does."""
        best = ""
        for written in self._spellings(action):
            start = written.partition("*")[0].partition("?")[0]
            if len(start) > len(best) and action.startswith(ascii_fold(start)):
                best = start
        return best + action[len(best) :]

    def _spellings(self, action: str) -> Iterator[str]:
        yield from self.spelt
        for side in self.sides:
            for entry in side.entries:
                if entry.reach.near(action):
                    yield from entry.statement.action.values


def _listed(value: tuple[str, ...], several: bool) -> list[str]:
    return [*value, *value] if several and len(value) == 1 else list(value)


def _context_value(key: str, resource: str, kind: KeyKind | None, case: SpaceCase, value_of: Callable[[str], Value]) -> Value:
    """Return the value of a context key in a request for a resource."""
    coordinate = FREE_KEYS.get(key, SAME_VALUE.get(key, key))
    if coordinate in {ACCOUNT, REGION}:
        source = case.account if coordinate == ACCOUNT else case.region
        return field_of(resource, coordinate) or (None if source is None else value_of(coordinate))
    if coordinate == CALLER_KEY and case.own:
        return field_of(resource, ACCOUNT) or value_of(ACCOUNT)
    if kind is None or coordinate not in KEY_KEYS:
        return value_of(coordinate)
    if coordinate == "kms:multiregion":
        return "true" if kind is KeyKind.MRK else "false"
    if coordinate == "kms:multiregionkeytype" and (case.kind is None or kind is KeyKind.UUID):
        return "PRIMARY" if kind is KeyKind.MRK else None
    if case.key is None:
        return next(iter(TEXTS[coordinate]))
    return value_of(coordinate)
