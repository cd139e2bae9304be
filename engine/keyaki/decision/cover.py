"""Cover: resources that are seen to be none field by field (see ``keyaki.symbolic.fields``)."""

from __future__ import annotations

from keyaki.automata.glob import Glob
from keyaki.decision.refutation import Leaf
from keyaki.decision.sides import Side, empty
from keyaki.lattice.answer import Empty
from keyaki.lattice.predicate import TextPredicate
from keyaki.symbolic.atom import Literal
from keyaki.symbolic.fields import FieldTable, covers
from keyaki.symbolic.names import Names
from keyaki.symbolic.theory import RESOURCE

_A_NAME = -1


def covered(side: Side, stale: Names, blocker: list[Literal], fields: FieldTable) -> Leaf | None:
    """Return the leaf of a resource each of whose patterns is covered, by a name that is not fresh or by one that must fail."""
    unions = [predicate.of.globs for predicate in side.holds if isinstance(predicate, TextPredicate)]
    for number, globs in enumerate(unions):
        found = [_cover(glob, side, stale, fields) for glob in globs]
        cited = {cover for cover in found if cover is not None}
        if None not in found:
            evidence = Empty("covered", (number,), tuple(sorted(cited - {_A_NAME})), universe=_A_NAME in cited)
            return empty(RESOURCE, evidence, blocker, side)
    return None


def _cover(glob: Glob, side: Side, stale: Names, fields: FieldTable) -> int | None:
    """Return the index of a predicate that must fail and covers the glob, _A_NAME if a name does, or None."""
    mine = fields(glob)
    if mine is None:
        return None
    region, account, key = fields.written(glob)
    if region in stale.regions or account in stale.accounts or (key or "").removeprefix("key/") in stale.ids:
        return _A_NAME
    for index, predicate in enumerate(side.fails):
        if isinstance(predicate, TextPredicate):
            for other in predicate.of.globs:
                theirs = fields(other)
                if theirs is not None and covers(theirs, mine):
                    return index
    return None
