"""Matching: one text against one value of a policy (sections 4 and 5 of the rule book).

Plain data in, a truth value out: no policy, no request, no context beyond the values of variables. The checker of
certificates rests on this module, :mod:`keyaki.reference.template` and :mod:`keyaki.values` alone.

Two readings depend on where a value stands. A value stands in a *widening* place iff matching more lets the policy allow more:
in an Allow under a positive element or operator, in a Deny under a negated one (:func:`widens`). There, and only there,
a short ARN pattern in Resource or NotResource also counts as a flat glob, and a short pattern of an Arn operator is completed.
Nothing else here depends on effect or polarity; an operator's negation is the caller's.

A glob is matched with two pointers: at a mismatch, what stands between two ``*`` is looked for from its last start on, by one
pass over the text (where ``?`` stands in it, with as many bits as it has characters); no table, no recursion, no backtracking.
Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and, for the
glob, A. Krauss, "Matching Wildcards: An Algorithm", Dr. Dobb's, 2008.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Final, NamedTuple, cast

from keyaki.policy import Effect, Family
from keyaki.reference.template import Glob, ValueOf, Wildcard, completed, parse_template, six_fields, substitute
from keyaki.values import address, ascii_fold, fold, instant, network, number, octets, truth

_MANY: Final = Wildcard.MANY
_ONE: Final = Wildcard.ONE

VARIABLE_FAMILIES: Final = frozenset(
    {Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE, Family.ARN_LIKE, Family.BOOL}
)
"""The operators in whose values variables are live, where the version of the policy makes them so."""

_ORDERED: Final[dict[Family, tuple[Callable[[str], Fraction | None], Callable[[Fraction, Fraction], bool]]]] = {
    Family.NUMERIC_EQUALS: (number, operator.eq),
    Family.NUMERIC_LESS_THAN: (number, operator.lt),
    Family.NUMERIC_LESS_THAN_EQUALS: (number, operator.le),
    Family.NUMERIC_GREATER_THAN: (number, operator.gt),
    Family.NUMERIC_GREATER_THAN_EQUALS: (number, operator.ge),
    Family.DATE_EQUALS: (instant, operator.eq),
    Family.DATE_LESS_THAN: (instant, operator.lt),
    Family.DATE_LESS_THAN_EQUALS: (instant, operator.le),
    Family.DATE_GREATER_THAN: (instant, operator.gt),
    Family.DATE_GREATER_THAN_EQUALS: (instant, operator.ge),
}


class Place(NamedTuple):
    """Where a value of a policy stands, and in which request.

    ``live`` tells whether the version makes ``${...}`` a variable, ``widening`` is :func:`widens` of the place, ``value_of``
    gives the values of the variables.
    """

    live: bool
    widening: bool
    value_of: ValueOf


def widens(effect: Effect, negated: bool) -> bool:
    """True iff a match there makes the policy allow more: positive in an Allow, negated in a Deny."""
    return (effect is Effect.ALLOW) != negated


def glob_matches(glob: Glob, text: str) -> bool:
    """True iff the glob matches the whole text: MANY any run of characters, ONE any one, a literal run itself.

    O(length of the text), times the length of a stretch with ONE in it over the size of a machine word.
    """
    at, position = 0, 0
    retry_at, retry_position = -1, 0  # after the last MANY: where the glob goes on, and where that was last tried
    while at < len(glob) or position < len(text):
        piece = glob[at] if at < len(glob) else None
        if piece is _MANY:
            at += 1
            retry_at, retry_position = at, position
        elif piece is _ONE and position < len(text):
            at, position = at + 1, position + 1
        elif isinstance(piece, str) and text.startswith(piece, position):
            at, position = at + 1, position + len(piece)
        elif retry_at < 0 or retry_position >= len(text):
            return False
        else:
            retry_position = _next_start(glob, retry_at, text, retry_position + 1)
            at, position = retry_at, retry_position
    return True


def _next_start(glob: Glob, piece: int, text: str, position: int) -> int:
    """The first place from ``position`` on at which what stands between a MANY and the next matches; the text's end iff none."""
    end = next((at for at in range(piece, len(glob)) if glob[at] is _MANY), len(glob))
    stretch = glob[piece:end]
    size = sum(len(part) if isinstance(part, str) else 1 for part in stretch)
    if end == len(glob):  # the last stretch stands at the end or nowhere
        start = len(text) - size
        return start if position <= start else len(text)
    if len(stretch) == 1 and isinstance(stretch[0], str):
        found = text.find(stretch[0], position)
    else:
        found = _find(stretch, size, text, position)
    return len(text) if found < 0 else found


def _find(stretch: Glob, size: int, text: str, position: int) -> int:
    """``str.find`` of a stretch of literal runs and ONE: all places at which it may have begun are the bits of one integer.

    Source: R. Baeza-Yates and G. H. Gonnet, "A New Approach to Text Searching", CACM 35 (1992).
    """
    free, reads, at = 0, dict[str, int](), 0
    for part in stretch:
        for char in part if isinstance(part, str) else ("",):
            if char:
                reads[char] = reads.get(char, 0) | 1 << at
            else:
                free |= 1 << at
            at += 1
    begun, whole = 0, 1 << size - 1
    for place in range(position, len(text)):
        begun = (begun << 1 | 1) & (reads.get(text[place], 0) | free)
        if begun & whole:
            return place + 1 - size
    return -1


def action_matches(pattern: str, action: str) -> bool:
    """True iff the pattern of Action or NotAction matches the action; case is folded, ``*`` and ``?`` stand anywhere."""
    if pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern:
        return len(pattern) == len(action) and ascii_fold(pattern) == ascii_fold(action)
    if pattern[0] not in "*?" and pattern[0] not in {action[:1].lower(), action[:1].upper()}:
        return False  # another service: most patterns of a policy end here
    return glob_matches(_glob(ascii_fold(pattern)), ascii_fold(action))


def resource_matches(pattern: str, resource: str, place: Place) -> bool | None:
    """Match a pattern of Resource or NotResource with the resource of a request.

    Returns True iff the pattern matches, None iff a variable in it has no value. A pattern is a flat glob over the whole text.
    One that starts with ``arn:`` and has fewer than six fields is completed with ``*`` fields, and counts as a flat glob too only
    in a widening place.
    """
    if pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern and "${" not in pattern and pattern.count(":") >= 5:
        return pattern == resource
    glob = _glob_at(pattern, place, wildcards=True)
    if glob is None:
        return None
    parts = six_fields(pattern, place.live) if pattern.startswith("arn:") else ()
    if len(parts) in {0, 6}:
        return glob_matches(glob, resource)
    filling = (":", _MANY) * (6 - len(parts))
    return glob_matches((*glob, *filling), resource) or (place.widening and glob_matches(glob, resource))


def arn_matches(pattern: str, text: str, place: Place) -> bool:
    """True iff a value of an Arn operator matches a text: six fields each, and each field's glob matches that field.

    The pattern is split before variables are replaced. One of fewer fields is completed in a widening place and matches
    nothing elsewhere; a text of fewer fields is matched by nothing, and so is a pattern with a variable without a value.
    """
    parts, found = six_fields(pattern, place.live), text.split(":", 5)
    if len(found) < 6 or (len(parts) < 6 and not place.widening):
        return False
    return all(_field_matches(part, text, place) for part, text in zip(completed(parts), found, strict=True))


def _field_matches(part: str, text: str, place: Place) -> bool:
    """True iff one field of a pattern matches one field of a text. Most are ``*`` or written out."""
    if part == "*":
        return True
    glob = _glob_at(part, place, wildcards=True)
    return glob is not None and glob_matches(glob, text)


def meets(family: Family, text: str, value: str, place: Place) -> bool:
    """True iff the text of a request meets a value of a policy under the positive form of the operator (all but Null).

    A text that is not valid for the operator meets no value. A value that is not valid, or has a variable without a value,
    is met by no text.
    """
    if family is Family.ARN_LIKE:
        return arn_matches(value, text, place)
    if family in VARIABLE_FAMILIES:
        glob = _glob_at(value, place, wildcards=family is Family.STRING_LIKE)
        return glob is not None and _text_meets(family, text, glob)
    if family in _ORDERED:
        return _ordered_meets(family, text, value)
    if family is Family.BINARY_EQUALS:
        found = octets(text)
        return found is not None and found == octets(value)
    return family is Family.IP_ADDRESS and _inside(text, value)


def is_valid(family: Family, value: str, live: bool) -> bool:
    """True iff the value of a policy is one that the operator can use; values that are not are dropped with a warning.

    Every text is valid for String and Arn operators, and for Bool a value with a variable. For Null, ``true`` and ``false`` are.
    """
    if family in _ORDERED:
        return _ORDERED[family][0](value) is not None
    if family is Family.BINARY_EQUALS:
        return octets(value) is not None
    if family is Family.IP_ADDRESS:
        return network(value) is not None
    if family is Family.BOOL:
        template = parse_template(value, live, wildcards=False)
        return any(not isinstance(piece, str) for piece in template) or truth("".join(map(str, template))) is not None
    return family is not Family.NULL or truth(value) is not None


def _glob(text: str) -> Glob:
    return cast("Glob", parse_template(text, live=False, wildcards=True))


def _glob_at(text: str, place: Place, wildcards: bool) -> Glob | None:
    """The glob of a value at its place, None iff a variable in it has no value."""
    template = parse_template(text, place.live, wildcards)
    return substitute(template, place.value_of) if "${" in text else cast("Glob", template)


def _text_meets(family: Family, text: str, glob: Glob) -> bool:
    if family is Family.STRING_LIKE:
        return glob_matches(glob, text)
    value = "".join(piece for piece in glob if isinstance(piece, str))
    if family is Family.STRING_EQUALS_IGNORE_CASE:
        return fold(text) == fold(value)
    if family is Family.BOOL:
        found = truth(text)
        return found is not None and found is truth(value)
    return text == value


def _ordered_meets(family: Family, text: str, value: str) -> bool:
    read, compare = _ORDERED[family]
    found, bound = read(text), read(value)
    return found is not None and bound is not None and compare(found, bound)


def _inside(text: str, value: str) -> bool:
    """True iff the text is an address inside the range: of its version, and between its ends."""
    found, span = address(text), network(value)
    return found is not None and span is not None and found[0] == span[0] and span[1] <= found[1] <= span[2]
