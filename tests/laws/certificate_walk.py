"""A second, naive look at certificates: requests are put through a refutation as through a questionnaire.

Nothing of the checker is used: a claim is what the reference evaluator says of a condition entry or a Resource. A refutation is
wrong if some request satisfies everything that one of its leaves cites, or if a request that its Allow applies to, and that no
Deny met on the way applies to, comes out at a leaf, or at no place at all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import brute_rules as rules
from brute_conditions import Sample
from brute_universe import ARN, Point, Probe, value

import keyaki
from keyaki.policy import Effect, Request, Statement
from keyaki.reference.evaluate import action_holds, entry_holds, resource_holds
from keyaki.reference.matching import Place, resource_matches, widens

Tree = Mapping[str, Any]


class Walker:
    """Looks at certificates of one policy at points of its universe."""

    def __init__(self, sample: Sample, luck: random.Random) -> None:
        self.document = sample.document
        self.policy = keyaki.policy_from(sample.document)
        self.axes = {action: sample.axes(action) for action in ("kms:Decrypt", "kms:Encrypt")}
        self.names = rules.names(sample.document, sample.partition)
        self.luck = luck

    def faults(self, certificate: Tree, points: int) -> Iterator[str]:
        """Yield what is wrong, as seen at some random points for each case."""
        for proof in certificate["proofs"]:
            action = proof["actions"][0]
            allow = self.policy.statements[proof["statement"]]
            for case in proof["cases"]:
                for leaf in leaves(case["refutation"]):
                    yield from self._leaf_faults(leaf, case, action, points)
                for _ in range(points):
                    found = self._probe(self._point(action), action)
                    if self._is_in(case, found) and self._applies(allow, found) and self._walk(case["refutation"], found):
                        yield f"a request comes out of statement {allow.index}: {found.request}"

    def _leaf_faults(self, leaf: Tree, case: Tree, action: str, points: int) -> Iterator[str]:
        coordinate = leaf["coordinate"]
        axis = ARN if coordinate == "resource" else rules.ONE_VALUE.get(coordinate, coordinate)
        for _ in range(points):
            point = self._point(action)
            for here in self.axes[_alike(action)].get(axis, [None]):
                found = self._probe({**point, axis: here}, action)
                cited = (self._is_true(place, label, found) == truth for place, label, truth in leaf["cites"])
                if self._is_in(case, found) and all(cited):
                    yield f"a request satisfies what a leaf of `{coordinate}` cites: {found.request}"

    # Requests

    def _point(self, action: str) -> Point:
        return {name: self.luck.choice(values) for name, values in self.axes[_alike(action)].items()}

    def _probe(self, point: Point, action: str) -> Probe:
        said = rules.mentioned(self.document) | ({rules.CALLER} if rules.CALLER in point else set())
        found = {key: here for key in said if (here := value(key, point)) is not None}
        context = {key: list(here) if isinstance(here, tuple) else here for key, here in found.items()}
        listed = {key: here if isinstance(here, tuple) else (here,) for key, here in found.items()}
        request = Request(action, str(point[ARN]), context)
        return Probe(request, rules.is_live(self.document), listed, rules.multi_valued(self.document))

    def _is_in(self, case: Tree, found: Probe) -> bool:
        _, _, _, region, account, last = found.request.resource.split(":")
        caller = next(iter(found.values(rules.CALLER)), None)
        kind = "mrk" if last.startswith("key/mrk-") else "uuid"
        if case["kind"] not in (None, kind) or last in self.names.keys:
            return False
        if case["own"] is not None and (caller is None or case["own"] != (caller == account)):
            return False
        own = self.names.caller and caller == account
        stale = {"region": region in self.names.regions, "account": account in self.names.accounts or own}
        return not any(stale[part] for part in stale if case["part"] in (part, "both"))

    # What holds of a request

    def _value(self, key: str, found: Probe) -> str | None:
        _, _, _, region, account, _ = found.request.resource.split(":")
        decided = {"aws:requestedregion": region, "aws:resourceaccount": account}.get(key)
        return decided or found.value_of(key) or found.value_of(rules.ONE_VALUE.get(key, key))

    def _is_true(self, place: int, label: str, found: Probe) -> bool:
        if place == -1:
            key, _, wanted = label.partition(" is ")
            here = self._value(key, found)
            return here is None if wanted == "absent" else here == wanted.removeprefix("= ")
        statement = self.policy.statements[place]
        if label == "resource":
            return self._covers(statement, found)
        if label.startswith("has "):
            return self._value(label.removeprefix("has "), found) is not None
        return entry_holds(statement.conditions[int(label.removeprefix("condition "))], statement.effect, found)  # type: ignore[arg-type]

    def _covers(self, statement: Statement, found: Probe) -> bool:
        element = statement.resource
        assert element is not None
        place = Place(found.live, widens(statement.effect, element.negated), lambda key: self._value(key, found))
        return any(resource_matches(text, found.request.resource, place) for text in element.values) != element.negated

    def _applies(self, statement: Statement, found: Probe) -> bool:
        return (
            action_holds(statement, found)  # type: ignore[arg-type]
            and resource_holds(statement, found)  # type: ignore[arg-type]
            and all(entry_holds(entry, statement.effect, found) for entry in statement.conditions)  # type: ignore[arg-type]
        )

    # The way through a tree

    def _walk(self, tree: Tree, found: Probe) -> bool:
        """True iff the request comes out without meeting a Deny that applies to it."""
        while True:
            if "forced" in tree:
                if any(self._denies(index, found) for index, _ in tree["forced"]):
                    return False
                tree = tree["then"]
            elif "deny" in tree:
                if self._denies(tree["deny"], found):
                    return False
                false = [at for at, label in enumerate(tree["places"]) if not self._is_true(tree["deny"], label, found)]
                if not false:
                    return True
                tree = tree["branches"][false[0]] if false[0] < len(tree["branches"]) else tree["rest"]
            elif "variable" in tree:
                here = self._value(tree["variable"], found)
                tree = next((branch for wanted, branch in tree["values"] if wanted == here), tree["otherwise"])
            else:
                return True

    def _denies(self, index: int, found: Probe) -> bool:
        statement = self.policy.statements[index]
        return statement.effect is Effect.DENY and self._applies(statement, found)


def _alike(action: str) -> str:
    return "kms:Decrypt" if action in rules.DECRYPTION else "kms:Encrypt"


def leaves(tree: Tree) -> Iterator[Tree]:
    """Yield the leaves of a refutation."""
    pending = [tree]
    while pending:
        one = pending.pop()
        if "forced" in one:
            pending.append(one["then"])
        elif "deny" in one:
            pending += [*one["branches"], *([one["rest"]] if "rest" in one else [])]
        elif "variable" in one:
            pending += [*(branch for _, branch in one["values"]), one["otherwise"]]
        else:
            yield one
