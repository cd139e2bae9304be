"""Mutants: JSON values with one part altered at random."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

KINDS = ("words", "points", "closure", "covered", "same", "presence", "foreign", "product")
ODD = (None, True, False, 0, 1, -1, 10**30, 1.5, "", "x", "resource", "condition 0", "uuid", "both", *KINDS, [], {}, [[]], [0])


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every part of a JSON value, the whole first."""
    yield at
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from places(member, (*at, name))


def part(value: Any, at: tuple[Any, ...]) -> Any:
    """The part at a path."""
    for name in at:
        value = value[name]
    return value


def mutant(value: Any, luck: random.Random) -> Any:
    """A copy with one part removed, replaced by something odd or by another part, changed a little, doubled, or moved."""
    value = copy.deepcopy(value)
    every = list(places(value))
    at = luck.choice(every[1:])
    holder, last = part(value, at[:-1]), at[-1]
    old = holder[last]
    way = luck.choice(["remove", "odd", "graft", "tweak", "double", "swap"])
    if way == "remove":
        del holder[last]
    elif way == "odd":
        holder[last] = luck.choice(ODD)
    elif way == "graft":
        holder[last] = copy.deepcopy(part(value, luck.choice(every)))
    elif way == "tweak":
        holder[last] = tweaked(old, luck)
    elif isinstance(holder, list) and way == "double":
        holder.insert(last, copy.deepcopy(old))
    elif isinstance(holder, list):
        other = luck.randrange(len(holder))
        holder[last], holder[other] = holder[other], holder[last]
    return value


def tweaked(old: Any, luck: random.Random) -> Any:
    """A value next to the old one."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return old + luck.choice([-1, 1])
    if isinstance(old, str):
        return luck.choice([old + "x", old[:-1], old.upper()])
    if isinstance(old, list):
        return [one for number, one in enumerate(old) if number != len(old) // 2]
    return None
