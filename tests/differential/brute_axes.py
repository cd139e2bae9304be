"""Axes: for each coordinate that a policy mentions, finitely many values that are complete for that policy.

*Complete* means: for every consistent request there is one in the universe of which every test of the policy, and freshness, say
the same. Each coordinate by itself is enough where no variable ties two together, for a test then reads one coordinate only.

* Texts: one text for each set of globs that a text of the key's form can match (``brute_words``). String operators are globs, Arn
  operators are globs whose wildcards keep to their field, Bool compares two words without case.
* Numbers and instants: every bound, a point between neighbours, one below and one above all. Instants are whole seconds: the
  seconds around each bound. Addresses: the first of each range and the first after it, which meet every interval between bounds.
* Lists: drop elements while each test that holds of some element keeps one, and each that fails for some element keeps one. What
  is left has no more elements than the key has tests, and the same tests hold. Order and repetition change nothing.
* Key ARNs: Region, account and last field by themselves, as long as no Resource pattern crosses a colon. What is named is a glob
  too (its own text), so each named field is one class, and the fresh ones are told apart from it.
* A key under several families is not covered by this; those families of policies bring candidates of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations, pairwise

import brute_rules as rules
from brute_universe import ARN, Axes, Value
from brute_words import Glob, arn_glob, glob, representatives

from keyaki.values import address_text, instant, network, number, number_text

FIRST_INSTANT, LAST_INSTANT = -62_135_596_800, 253_402_300_799
FIRST_EPOCH = 10_000
MARGIN = 2
"""How many accounts of each class there are: the caller's can be equal to the key's, or differ and still be alike."""


def axes_of(document: rules.Document, action: str, arns: Iterable[str], own: Axes | None = None) -> Axes:
    """The axes of a policy for an action; ``own`` brings values for some coordinates (of elements, where the key is a list)."""
    tests = by_coordinate(document)
    said = {rules.ONE_VALUE.get(key, key) for key in rules.mentioned(document)}
    if rules.names(document).caller:
        said.add(rules.CALLER)
    axes: Axes = {ARN: list(dict.fromkeys(arns))}
    for key in sorted(said - rules.ARN_DECIDED):
        axes[key] = _axis(document, action, key, tests.get(key, []), own or {})
    return axes


def by_coordinate(document: rules.Document) -> dict[str, list[rules.Test]]:
    """The tests of each coordinate."""
    found: dict[str, list[rules.Test]] = {}
    for test in rules.entries(document):
        found.setdefault(rules.ONE_VALUE.get(test.key, test.key), []).append(test)
    return found


def _axis(document: rules.Document, action: str, key: str, tests: list[rules.Test], own: Axes) -> list[Value]:
    decrypts = action in rules.DECRYPTION
    if key in rules.NEVER:
        return [None]
    if key == rules.KEY_TYPE:
        return ["PRIMARY", "REPLICA"]
    if key == "aws:principalisawsservice":
        return ["false"]
    if key == "kms:keyusage" and decrypts:
        return ["ENCRYPT_DECRYPT"]
    found = list(dict.fromkeys(own[key] if key in own else values_of(key, tests)))
    if key == "aws:currenttime" and "aws:epochtime" in rules.mentioned(document):
        found = [FIRST_EPOCH, *(one for one in found if isinstance(one, int) and one > FIRST_EPOCH)]
    if key in rules.multi_valued(document):
        found = list(sublists(found, len(tests)))
    always = key in rules.ALWAYS or (decrypts and key == "kms:encryptionalgorithm")
    return found if always else [None, *found]


def sublists(elements: list[Value], most: int) -> Iterable[Value]:
    """Every list of one to ``most`` different elements, up to order."""
    for size in range(1, min(most, len(elements)) + 1):
        for some in combinations(elements, size):
            yield tuple(rules.stamp(one) if isinstance(one, int) else str(one) for one in some)


def values_of(key: str, tests: list[rules.Test]) -> list[Value]:
    """Complete single values (elements) of a coordinate for tests of its own family, or of String and Arn operators."""
    sort = rules.SORTS.get(key, "String")
    if sort == "Bool":
        return ["true", "false"]
    if sort in {"Numeric", "Date", "Ip"}:
        return {"Numeric": numbers, "Date": instants, "Ip": addresses}[sort](tests)
    form = "account" if key == rules.CALLER else "alias" if key in rules.ALIASED else "arn" if sort == "Arn" else "any"
    return list(representatives(form, text_globs(tests), MARGIN if key == rules.CALLER else 1))


def text_globs(tests: Iterable[rules.Test]) -> frozenset[Glob]:
    """The globs that String, Arn and Bool tests compare with."""
    found: set[Glob] = set()
    for test in tests:
        for text in test.values:
            if test.base.startswith("arn"):
                fields = text.split(":", 5)
                found.add(arn_glob(fields + ["*"] * (6 - len(fields))))
            else:
                found.add(glob(text, wildcards="like" in test.base, fold="ignorecase" in test.base or test.base == "bool"))
        if test.base == "bool":
            found |= {glob("true", fold=True), glob("false", fold=True)}
    return frozenset(found)


def numbers(tests: Iterable[rules.Test]) -> list[Value]:
    """A number at, between and beyond the bounds."""
    bounds = sorted({found for test in tests for text in test.values if (found := number(text)) is not None})
    if not bounds:
        return ["7"]
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    return [number_text(one) for one in (*bounds, *between, bounds[0] - 1, bounds[-1] + 1)]


def instants(tests: Iterable[rules.Test]) -> list[Value]:
    """The seconds around the bounds."""
    bounds = {found for test in tests for text in test.values if (found := instant(text)) is not None}
    around = {second for one in bounds for second in (math.floor(one) - 1, math.floor(one), math.ceil(one), math.ceil(one) + 1)}
    return [0, *sorted(second for second in around if FIRST_INSTANT <= second <= LAST_INSTANT)]


def addresses(tests: Iterable[rules.Test]) -> list[Value]:
    """The first address of each range, the first after it, and the first of both versions."""
    ranges = [found for test in tests for text in test.values if (found := network(text)) is not None]
    starts = {(4, 0), (6, 0), *((version, first) for version, first, _ in ranges)}
    starts |= {(version, last + 1) for version, _, last in ranges if last + 1 < 1 << {4: 32, 6: 128}[version]}
    return [address_text(version, first) for version, first in sorted(starts)]


def key_arns(document: rules.Document, partition: str = "aws") -> list[str]:
    """Complete key ARNs for Resource patterns that are ``*`` or have their own pattern for each field."""
    regions: set[Glob] = set()
    accounts: set[Glob] = set()
    keys: set[Glob] = set()
    live = rules.is_live(document)
    for text in rules.patterns(document):
        fields = rules.colon_fields(text, live)
        if text.startswith("arn:") and len(fields) <= 6:
            fields += ["*"] * (6 - len(fields))
            for found, field in zip((regions, accounts, keys), fields[3:], strict=True):
                found.add(rules.with_free_variables(field, live))
    tests = by_coordinate(document)
    regions |= _string_globs(tests.get("aws:requestedregion", []))
    accounts |= _string_globs(tests.get("aws:resourceaccount", []))
    last = [*representatives("uuid", frozenset(keys)), *representatives("mrk", frozenset(keys))]
    return [
        f"arn:{partition}:kms:{region}:{account}:{key}"
        for region in representatives("region", frozenset(regions))
        for account in representatives("account", frozenset(accounts))
        for key in last
    ]


def _string_globs(tests: Iterable[rules.Test]) -> frozenset[Glob]:
    return text_globs(test for test in tests if test.base in rules.STRING_BASES)
