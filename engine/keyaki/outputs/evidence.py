"""Evidence in a policy's own terms: which entries let a witness through, and why each Deny in its way did not stop it.

The judgement of every part is the reference's; this module only asks it part by part and puts the answers into words.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from keyaki.errors import Span
from keyaki.outputs.sentence import conjunction
from keyaki.outputs.terminal import printable, quoted
from keyaki.policy import ConditionEntry, Effect, Element, Policy, Request, Statement
from keyaki.reference.evaluate import Context, action_holds, entry_holds, resource_holds
from keyaki.reference.matching import Place, action_matches, resource_matches, widens
from keyaki.syntax.lexeme import Path
from keyaki.syntax.locate import locate_all


class Obstacle(NamedTuple):
    """A Deny that covers the action of a request and yet does not apply to it, and why, in words."""

    deny: Statement
    why: str


def obstacles(policy: Policy, request: Request) -> list[Obstacle]:
    """Returns each Deny that covers the request's action but does not apply to it, with the parts that do not hold.

    A Deny of other actions is in nobody's way and is left out. Linear in the Denies.
    """
    context = Context(policy, request)
    covering = (item for item in policy.statements if item.effect is Effect.DENY and action_holds(item, context))
    return [Obstacle(deny, conjunction(parts, 3)) for deny in covering if (parts := failing_parts(deny, context))]


def failing_parts(statement: Statement, context: Context) -> list[str]:
    """Why a statement does not apply, one phrase for each part that does not hold; empty iff it applies."""
    parts = []
    if not action_holds(statement, context):
        parts.append(f"its {_element_name('Action', statement.action)} does not cover the action")
    if not resource_holds(statement, context):
        parts.append(f"its {_resource(statement.resource)} does not cover the resource")
    failing = (entry for entry in statement.conditions if not entry_holds(entry, statement.effect, context))
    return parts + [f"{condition_name(entry)} does not hold, it {_found(context.values(entry.key))}" for entry in failing]


def condition_name(entry: ConditionEntry) -> str:
    """A condition entry in short: its operator, its key, and its values."""
    values = conjunction([quoted(value, 80) for value in entry.values], 3) if entry.values else "an empty list"
    return f"{printable(entry.operator.name)} {printable(entry.key)} {values}"


def decisive_spans(policy: Policy, index: int, request: Request) -> list[Span]:
    """The places in the policy's text of the statement's entries that let the request through, where the text is at hand.

    Of Action and Resource those are the entries that match, of a Not form all of them. Linear in the statement's text.
    """
    statement = policy.statements[index]
    if policy.text is None or statement.span is None:
        return []
    entries: dict[Path, str] = {
        (_name("Action", statement.action), at): statement.action.values[at] for at in decisive_action(statement, request)
    }
    if statement.resource:
        name, values = _name("Resource", statement.resource), statement.resource.values
        entries |= {(name, at): values[at] for at in decisive_resource(policy, statement, request)}
    origin = statement.span
    part = policy.text[origin.start : origin.end]
    spans = locate_all(part, entries)
    return [_moved(span, origin) for path, span in spans.items() if span and _reads(part[span.start : span.end], entries[path])]


def _moved(span: Span, origin: Span) -> Span:
    """The place in the text of one in a part of it that begins at the origin."""
    column = span.column + origin.column - 1 if span.line == 1 else span.column
    return Span(span.start + origin.start, span.end + origin.start, span.line + origin.line - 1, column)


def _reads(text: str, value: str) -> bool:
    """True iff the JSON text is the value; another one may stand at the path where an old policy repeats an element."""
    return bool(json.loads(text) == value)


def decisive_action(statement: Statement, request: Request) -> list[int]:
    """The indexes of the Action entries that cover the request's action, of a NotAction all its entries."""
    element = statement.action
    if element.negated:
        return list(range(len(element.values)))
    return [index for index, pattern in enumerate(element.values) if action_matches(pattern, request.action)]


def decisive_resource(policy: Policy, statement: Statement, request: Request) -> list[int]:
    """The indexes of the Resource entries that match the request's resource, of a NotResource all its entries."""
    element = statement.resource
    if element is None or element.negated:
        return list(range(len(element.values))) if element else []
    context = Context(policy, request)
    place = Place(context.live, widens(statement.effect, negated=False), context.value_of)
    return [index for index, pattern in enumerate(element.values) if resource_matches(pattern, request.resource, place)]


def _found(values: tuple[str, ...]) -> str:
    """What the request holds for a key, in words."""
    if not values:
        return "is absent"
    return f"{'is' if len(values) == 1 else 'holds'} {conjunction([quoted(value, 80) for value in values], 3)}"


def _resource(element: Element | None) -> str:
    return _element_name("Resource", element) if element else "missing Resource"


def _element_name(name: str, element: Element) -> str:
    if not element.values:
        return f"empty {_name(name, element)}"
    if len(element.values) == 1:
        return f"{_name(name, element)} {quoted(element.values[0])}"
    return f"{_name(name, element)} of {len(element.values):,} entries"


def _name(name: str, element: Element) -> str:
    return f"Not{name}" if element.negated else name
