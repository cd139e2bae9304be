"""Leaves: is it so that no value of one coordinate satisfies the claims that a leaf of a refutation cites?

Evidence says how to see it (``keyaki.lattice.answer`` names the kinds): a list of words each of which violates something; points of a line
between which nothing changes; a closure of states. What is cited here is compiled anew from the policy.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NamedTuple

from attrs import frozen

from keyaki.catalogue import SAME_VALUE, Sort
from keyaki.checker.cases import EPOCH_START, Facts
from keyaki.checker.claims import ACCOUNT, REGION, Claim, Hole, Pieces, holes, tokens_only, under, unique, without_colons
from keyaki.checker.keytokens import ACCOUNT_TOKENS, REGION_TOKENS
from keyaki.checker.tokens import DIGIT, Language, Token, Tokens, caseless, check_closure, check_cover, folded, matches, plain, possible, run, some_of, the_word
from keyaki.errors import EvidenceError
from keyaki.policy import Family, Quantifier
from keyaki.reference.matching import Place, meets
from keyaki.values import FIRST_INSTANT, LAST_INSTANT, address_text, instant, instant_text, network, number, number_text, octets, truth

Ref = tuple[int, str, bool]
TEXT_FAMILIES: Final = frozenset(
    {Family.STRING_EQUALS, Family.STRING_EQUALS_IGNORE_CASE, Family.STRING_LIKE, Family.ARN_LIKE}
)
_NOTHING: Final[Tokens] = (Token(frozenset()),)
_NOWHERE: Final = Place(live=False, widening=False, value_of=lambda _key: None)


class Cited(NamedTuple):
    """A literal of the box: its reference, the claim, and the truth that the claim has."""

    ref: Ref
    claim: Claim
    truth: bool

    @property
    def must_hold(self) -> bool:
        """True iff the claim's values must be met; of a list, by the element that the claim is about."""
        return self.truth != self.claim.inverted

    @property
    def is_common(self) -> bool:
        """True iff on a list the claim is about every element, not about some element."""
        return (self.claim.quantifier is Quantifier.FOR_ALL_VALUES) == self.truth


class Test(NamedTuple):
    """One test of a text: a language, truth values, or else a family of values. ``must_hold`` says which way it is to go."""

    cited: Cited
    must_hold: bool
    language: Language | None = None
    truths: frozenset[bool] | None = None

    def satisfied(self, text: str) -> bool:
        """True iff a text passes, the way it must."""
        claim = self.cited.claim
        if self.language is not None:
            return matches(self.language, _digits(claim, text)) == self.must_hold
        if self.truths is not None:
            return (truth(text) in self.truths) == self.must_hold
        text = _digits(claim, text)
        return any(meets(claim.family, text, value, _NOWHERE) for value in claim.values) == self.must_hold  # type: ignore[arg-type]


@frozen
class Leaves:
    """Checks leaves in one box: the claims that it has, by reference, and the variables whose value it knows."""

    facts: Facts
    box: Mapping[Ref, Claim]
    known: Mapping[str, str | None]

    def check(self, leaf: Mapping[str, Any]) -> None:
        """Return iff no value of the leaf's coordinate satisfies what the leaf cites; raise EvidenceError otherwise."""
        coordinate, evidence = leaf.get("coordinate"), leaf.get("evidence")
        if not isinstance(coordinate, str) or not isinstance(evidence, Mapping):
            raise EvidenceError("a leaf names no coordinate or has no evidence")
        cites = [self._cited(one) for one in _list(leaf.get("cites"))]
        here = [one for one in cites if one.claim.coordinate == coordinate]
        if self.facts.may_be_absent(coordinate) and not any(one.claim.absent != one.truth for one in here):
            raise EvidenceError(f"nothing that a leaf cites keeps `{coordinate}` from being absent")
        if evidence.get("kind") == "presence":
            barred = any(one.claim.constant is not None and one.claim.constant != one.truth for one in here)
            if self.facts.may_be_present(coordinate) and not barred:
                raise EvidenceError(f"nothing that a leaf cites keeps `{coordinate}` from being present")
        elif evidence.get("kind") == "same":
            self._check_same(here)
        else:
            self._check_values(coordinate, evidence)

    def _cited(self, one: object) -> Cited:
        name = _ref(one)
        if name not in self.box:
            raise EvidenceError(f"a leaf cites {name}, which its box does not have")
        return Cited(name, self.box[name], name[2])

    def _check_same(self, here: Sequence[Cited]) -> None:
        """Two claims with the same values, one that must hold and one that must not, of the same element."""
        tests = [one for one in here if one.claim.constant is None]
        for one in tests:
            for other in tests:
                opposed = one.must_hold and not other.must_hold and _kind(one) == _kind(other)
                if opposed and (one.claim.quantifier is None or one.is_common or other.is_common) and self._equal(one, other):
                    return
        raise EvidenceError("a leaf says that two claims contradict each other, and they do not")

    def _equal(self, one: Cited, other: Cited) -> bool:
        """True iff what meets the one claim meets the other: equal patterns, or values of one line between which no point lies."""
        if _line(one.claim.family) == "text" or one.claim.patterns:
            return self._patterns(one.claim) == self._patterns(other.claim)
        try:
            self._check_points(one.claim.coordinate, [Test(one, True), Test(other, False)])
        except EvidenceError:
            return False
        return True

    def _check_values(self, coordinate: str, evidence: Mapping[str, Any]) -> None:
        tests = [self._test(coordinate, one, listed=True) for one in _list(evidence.get("holds"))]
        holds = len(tests)
        tests += [self._test(coordinate, one, listed=False) for one in _list(evidence.get("fails"))]
        some = {one.cited.ref for one in tests if one.cited.claim.quantifier is not None and not one.cited.is_common}
        if len(some) > 1:
            raise EvidenceError("a leaf is about more than one element of a list")
        universe, detail, kind = bool(evidence.get("universe")), evidence.get("detail"), evidence.get("kind")
        if kind == "words":
            self._check_words(coordinate, tests, detail)
        elif kind == "closure":
            above, below = self.facts.languages(coordinate) if universe else ([], [])
            if any(one.language is None for one in tests[holds:]):
                raise EvidenceError("a closure cites a claim that must fail and is no language")
            up = [some_of(_COVERS[_line(one.cited.claim.family)]) if one.language is None else one.language for one in tests[:holds]]
            down = [one.language or () for one in tests[holds:]]
            check_closure([*up, *above], [*down, *below], detail)
        elif kind == "covered":
            above, below = self.facts.languages(coordinate) if universe else ([], [])
            check_cover([one.language or () for one in tests[:holds]], [*(one.language or () for one in tests[holds:]), *below])
        elif kind == "points":
            self._check_points(coordinate, tests)
        elif kind == "foreign":
            self._check_foreign(coordinate, tests)
        else:
            raise EvidenceError(f"there is no evidence of kind `{kind}`")

    # What a cited literal says

    def _test(self, coordinate: str, one: object, *, listed: bool) -> Test:
        parts = list(one) if isinstance(one, (list, tuple)) else []
        cited = self._cited(parts[:3])
        others = [self._cited(other) for other in _list(parts[3] if len(parts) > 3 else ())]
        claim = cited.claim
        if claim.coordinate != coordinate or claim.constant is not None:
            raise EvidenceError("evidence cites a claim about another coordinate, or about presence alone")
        if listed != cited.must_hold and not others:
            raise EvidenceError("evidence turns a claim round")
        if not listed and others:
            return Test(cited, False, self._excluded(claim, others))
        if claim.family is None or claim.family in TEXT_FAMILIES:
            return Test(cited, listed, self._language(claim, others) if listed else self._certain(claim))
        if claim.family is Family.BOOL:
            ways = self._language(claim, others) if listed else self._certain(claim)
            words = {True: [folded("true")], False: [folded("false")]}
            return Test(cited, listed, None, frozenset(value for value, word in words.items() if possible(ways, word, _NOTHING)))
        return Test(cited, listed)

    def _certain(self, claim: Claim) -> Language:
        """Return patterns only of texts that meet the claim for sure."""
        return [tokens_only(pattern) for pattern in self._patterns(claim) if not holes(pattern)]

    def _patterns(self, claim: Claim) -> tuple[Pieces, ...]:
        """Return the claim's patterns with what is known put in, and with the account's relation to the caller's."""
        found = [under(pattern, self.known) for pattern in claim.patterns]
        return unique([pattern for pattern in found if pattern is not None])

    def _left(self, claim: Claim, others: Sequence[Cited]) -> tuple[Pieces, ...]:
        """Return the patterns that can still match: those of a cited claim that must fail cannot."""
        barred = {pattern for other in others if other.claim.coordinate == claim.coordinate and not other.must_hold for pattern in self._patterns(other.claim)}
        return tuple(pattern for pattern in self._patterns(claim) if pattern not in barred)

    def _language(self, claim: Claim, others: Sequence[Cited]) -> Language:
        """Return patterns for all texts that meet the claim, each open variable being any text that its coordinate can have."""
        return list(dict.fromkeys(way for pattern in self._left(claim, others) for way in self._ways(pattern, others)))

    def _ways(self, pattern: Pieces, others: Sequence[Cited]) -> list[Tokens]:
        ways: list[Tokens] = [()]
        for piece in pattern:
            ends = self._texts(piece, others) if isinstance(piece, Hole) else [(piece,)]
            ways = [(*way, *end) for way in ways for end in ends]
        return ways

    def _texts(self, hole: Hole, others: Sequence[Cited]) -> list[Tokens]:
        texts = self._narrowed(hole, others)
        return texts if hole.default is None else [*texts, plain(hole.default)]

    def _narrowed(self, hole: Hole, others: Sequence[Cited]) -> list[Tokens]:
        """Return patterns for every text that a variable can have: those of a cited claim on its key that must hold, or all of its key's."""
        for other in others:
            claim = other.claim
            plainly = other.must_hold and claim.quantifier is None and claim.key != "aws:epochtime" and not hole.fold
            if plainly and claim.coordinate == hole.key and claim.family in {*TEXT_FAMILIES, None} and claim.constant is None:
                rest = [one for one in others if one is not other]
                return _in_field(hole, [way for pattern in self._patterns(claim) for way in self._ways(pattern, rest)])
        return _in_field(hole, self._every(hole))

    def _every(self, hole: Hole) -> list[Tokens]:
        """Return patterns for every text that a variable's key can have at all."""
        if hole.key == ACCOUNT:
            return [ACCOUNT_TOKENS]
        if hole.key == REGION:
            return list(REGION_TOKENS)
        if hole.key == "aws:epochtime":
            return [(DIGIT, run(DIGIT))]
        coordinate = SAME_VALUE.get(hole.key, hole.key)
        words = self.facts.words(coordinate)
        texts = list(self.facts.languages(coordinate)[0][0]) if words is None else [plain(word) for word in words]
        return [tuple(map(caseless, tokens)) for tokens in texts] if hole.fold else texts

    def _excluded(self, claim: Claim, others: Sequence[Cited]) -> Language:
        """Return texts that cannot be: the one pattern left has one variable between plain characters, so a text decides the variable's
        value, and the variable has not the values of a cited claim that must fail.
        """
        left = self._left(claim, others)
        found: list[Tokens] = []
        if len(left) == 1 and len(holes(left[0])) == 1:
            (hole,) = holes(left[0])
            fixed = not any(not isinstance(piece, Hole) and piece.run for piece in left[0]) and hole.default is None and not hole.fold
            for other in others:
                if fixed and other.claim.coordinate == hole.key and not other.must_hold and other.claim.quantifier is None:
                    sources = [pattern for pattern in self._patterns(other.claim) if not holes(pattern)]
                    found += [
                        tuple(token for piece in left[0] for token in (source if isinstance(piece, Hole) else (piece,)))  # type: ignore[misc]
                        for source in sources
                    ]
        return found

    # Kinds of evidence

    def _check_words(self, coordinate: str, tests: Sequence[Test], detail: object) -> None:
        words = self._words(coordinate, tests, detail)
        for word in words:
            if self.facts.admits(coordinate, word) and all(one.satisfied(word) for one in tests):
                raise EvidenceError(f"`{word}` satisfies everything that a leaf cites")

    def _words(self, coordinate: str, tests: Sequence[Test], detail: object) -> Iterable[str]:
        words = self.facts.words(coordinate)
        if words is not None:
            return words
        for one in tests:
            found = [the_word(tokens) for tokens in one.language] if one.must_hold and one.language is not None and one.cited.claim.key != "aws:epochtime" else [None]
            if None not in found:
                return [word for word in found if word is not None]
        raise EvidenceError(f"nothing that a leaf cites makes `{coordinate}` one of a list of words")

    def _check_points(self, coordinate: str, tests: Sequence[Test]) -> None:
        sort = self.facts.sort(coordinate)
        families = {_line(one.cited.claim.family) for one in tests}
        line = _line_of(sort) or next(iter(families), None)
        if line is None or not families <= {line} | ({"number", "text"} if sort is Sort.DATE else set()):
            raise EvidenceError("evidence by points cites claims of several families")
        if _line_of(sort) is None and not any(one.must_hold for one in tests):
            raise EvidenceError(f"a text that is no value would do for `{coordinate}`")
        start = EPOCH_START if self.facts.epoch and coordinate == "aws:currenttime" else None
        for text in _points(line, tests, whole=sort is Sort.DATE, start=start):
            if text and all(one.satisfied(text) for one in tests):
                raise EvidenceError(f"`{text}` satisfies everything that a leaf cites")

    def _check_foreign(self, coordinate: str, tests: Sequence[Test]) -> None:
        sort = self.facts.sort(coordinate)
        for one in tests:
            line = _line(one.cited.claim.family)
            if one.must_hold and (sort, line, one.cited.claim.key == "aws:epochtime") in _FOREIGN:
                return
        raise EvidenceError(f"a value of `{coordinate}` can be of the family that a leaf calls foreign to it")


def _in_field(hole: Hole, texts: list[Tokens]) -> list[Tokens]:
    """Return the texts without those that have a colon, if the hole stands in a field."""
    kept = [tokens_only(without_colons(tokens)) if hole.field else tokens for tokens in texts]
    return [tokens for tokens in kept if all(token.run or token.complement or token.chars for token in tokens)]


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise EvidenceError("a certificate has something else where a list belongs")
    return value


def _ref(value: object) -> Ref:
    parts = _list(value)
    if len(parts) != 3 or not isinstance(parts[0], int) or not isinstance(parts[1], str) or not isinstance(parts[2], bool):
        raise EvidenceError("a certificate has something else where it should name a claim and its truth")
    return parts[0], parts[1], parts[2]


def _kind(one: Cited) -> tuple[str, bool]:
    """Return what two claims must share for equal values to mean the same: the line of the values, and which text is read."""
    return _line(one.claim.family), one.claim.key == "aws:epochtime"


def _digits(claim: Claim, text: str) -> str:
    """Return the text as a claim on ``aws:EpochTime`` reads it: in digits."""
    if claim.key != "aws:epochtime":
        return text
    second = instant(text)
    return text if second is None else str(int(second))


_LINES: Final = {Family.BOOL: "truth", Family.BINARY_EQUALS: "octets", Family.IP_ADDRESS: "address"}
_COVERS: Final = {
    "number": "0123456789+-.eE",
    "instant": "0123456789T:.Z+-",
    "address": "0123456789abcdefABCDEF:.",
    "truth": "truefalsTRUEFALS",
    "octets": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
}
"""The characters of the texts that are values of a line."""
_SORT_LINES: Final = {Sort.NUMERIC: "number", Sort.DATE: "instant", Sort.IP: "address"}
_FOREIGN: Final = {
    *((Sort.NUMERIC, line, False) for line in ("address", "truth")),
    *((Sort.IP, line, False) for line in ("number", "instant", "truth", "octets")),
    *((Sort.DATE, line, False) for line in ("number", "address", "truth", "octets")),
    *((Sort.DATE, line, True) for line in ("address", "truth")),
}
"""What no text of a sort can be: a decimal is no address and no truth value; an address is nothing else; the text of a date is nothing but
an instant; the digits of one are no address and no truth value."""


def _line(family: Family | None) -> str:
    """Return the line whose values a family compares, or ``text``."""
    if family is None or family in TEXT_FAMILIES:
        return "text"
    return _LINES.get(family) or ("number" if family.value.startswith("Numeric") else "instant")


def _line_of(sort: Sort) -> str | None:
    """Return the line that all values of a sort lie on, or None for texts."""
    return _SORT_LINES.get(sort)


def _points(line: str, tests: Sequence[Test], *, whole: bool, start: int | None) -> Iterator[str]:
    """Yield the text of one value of each part of the line that the tests' bounds cut it into."""
    values = [value for one in tests for value in one.cited.claim.values]
    if line == "truth":
        yield from ("true", "false")
    elif line == "octets":
        listed = {found for value in values if (found := octets(value)) is not None}
        other = next(found for number_of in range(1, 1 << 16) if (found := number_of.to_bytes(2, "big")) not in listed)
        yield from (b64encode(found).decode() for found in (*listed, other))
    elif line == "address":
        yield from _addresses(values)
    elif whole:
        yield from _seconds(values, FIRST_INSTANT if start is None else start)
    elif line == "number":
        yield from map(number_text, _between({found for value in values if (found := number(value)) is not None}))
    else:
        points = _between({found for value in values if (found := instant(value)) is not None})
        for point in (*points, Fraction(FIRST_INSTANT), Fraction(LAST_INSTANT)):
            if FIRST_INSTANT <= point < LAST_INSTANT + 1:
                floor = point.numerator // point.denominator
                yield f"{instant_text(floor)[:-1]}{number_text(point - floor)[1:]}Z"


def _between(bounds: set[Fraction]) -> list[Fraction]:
    """Return the bounds, a point between neighbours, and one beyond each end."""
    ordered = sorted(bounds) or [Fraction(0)]
    middles = [(low + high) / 2 for low, high in pairwise(ordered)]
    return [ordered[0] - 1, *ordered, *middles, ordered[-1] + 1]


def _seconds(values: Sequence[str], first: int) -> Iterator[str]:
    """Yield the whole seconds at and beside every bound, whether it is written as a date, as a number or as a text."""
    points = {first, LAST_INSTANT}
    for value in values:
        for found in (instant(value), number(value)):
            if found is not None and abs(found) <= LAST_INSTANT + 1:
                floor = found.numerator // found.denominator
                points |= {floor - 1, floor, floor + 1, floor + 2}
    yield from (instant_text(point) for point in sorted(points) if first <= point <= LAST_INSTANT)


def _addresses(values: Sequence[str]) -> Iterator[str]:
    ranges = [found for value in values if (found := network(value))]
    for version, last in ((4, (1 << 32) - 1), (6, (1 << 128) - 1)):
        points = {0, last}
        for family, low, high in ranges:
            if family == version:
                points |= {low - 1, low, high, high + 1}
        yield from (address_text(version, point) for point in sorted(points) if 0 <= point <= last)
