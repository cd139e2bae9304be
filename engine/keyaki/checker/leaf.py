"""Leaves: is it so that no value of one coordinate satisfies the claims that a leaf of a refutation cites?

Every value being absent or a text, a leaf shows first that the coordinate cannot be absent, then that it cannot be present. Its
evidence says how: the cited claims ask about presence alone (``presence``); one must hold of what another must not (``same``); a
closure of states is given (``closure``); or patterns are seen to be covered by others (``covered``). For all other kinds the
checker itself finds texts that stand for all others, and tries them: the words of a list; points of a line between which
nothing changes; the texts that the languages leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from attrs import evolve, frozen

from keyaki.catalogue import SAME_VALUE, Sort
from keyaki.checker.claims import (
    CALLER,
    EPOCH,
    FIELD_OF,
    RESOURCE,
    Claim,
    Hole,
    Pieces,
    decides,
    holes,
    in_field,
    tokens_only,
    under,
    unique,
)
from keyaki.checker.effort import spend
from keyaki.checker.keytokens import ACCOUNT_TOKENS, MRK, REGION_TOKENS, SIX, UUID
from keyaki.checker.points import addresses, instants, numbers, seconds
from keyaki.checker.ranges import (
    CALENDAR,
    account_texts,
    address_texts,
    between,
    has_six,
    line_of,
    numerals,
    octet_texts,
    second_texts,
)
from keyaki.checker.theory import Theory
from keyaki.checker.ties import Tie, asks_text, check_longer, fields_of_arn, holds_all_of, names, of_fields, whole
from keyaki.checker.tokens import (
    Cover,
    Language,
    Product,
    Token,
    Tokens,
    caseless,
    check_closure,
    check_cover,
    folded,
    is_possible,
    matches,
    plain,
    some_of,
    the_word,
    words,
)
from keyaki.errors import EvidenceError
from keyaki.policy import Family, Quantifier
from keyaki.reference.matching import VARIABLE_FAMILIES, Place, meets
from keyaki.values import LAST_INSTANT, instant, instant_text

Ref = tuple[int, str, bool]
_NOWHERE: Final = Place(live=False, widening=False, value_of=lambda _key: None)
_WAYS: Final = 2_000
_PER_LEAF: Final = 30
"""Steps for a leaf, what it cites aside."""
_DEEPEST: Final = 8
"""How many variables, each inside the value of the one before, are looked at for what a variable may still be."""
_FEW: Final = 8
"""How many patterns the texts of a variable may be, so that those of its key are not taken instead."""
_COVERS: Final = {
    "number": "0123456789+-.eE",
    "instant": "0123456789T:.Z+-",
    "address": "0123456789abcdefABCDEF:.",
    "truth": "truefalsTRUEFALS",
    "octets": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
}
"""The characters of the texts that are values of a line."""
_LINES: Final = {Sort.NUMERIC: "number", Sort.DATE: "instant", Sort.IP: "address"}
"""The line of which every value of a sort is one."""
_POINTS: Final[Mapping[str, Callable[[Iterable[str]], Iterable[str]]]] = {
    "number": numbers,
    "instant": instants,
    "address": addresses,
}
_FOREIGN: Final = {(Sort.NUMERIC, "address"), (Sort.IP, "number"), (Sort.IP, "instant"), (Sort.DATE, "address")}
"""What no text of a sort can be: no decimal and no date is an address, and no address a number or an instant."""
_FIELDS: Final[Mapping[int, Mapping[Pieces, Sequence[Tokens]]]] = {
    3: {(): REGION_TOKENS},
    4: {(): (ACCOUNT_TOKENS,)},
    5: {(): (UUID, MRK), plain("key/"): (UUID[4:], MRK[4:])},
}
"""The texts of the Region, of the account and of the key in an ARN, by their place and by what comes first."""


class Cited(NamedTuple):
    """A claim of the box by its reference, and the truth that it has."""

    ref: Ref
    claim: Claim
    truth: bool

    @property
    def must_hold(self) -> bool:
        """True iff the claim's values must be met; of a list, by the element that the claim is about."""
        return self.truth != self.claim.inverted

    @property
    def is_some(self) -> bool:
        """True iff the claim is about some element of a list, not about its every element or about a single value."""
        quantifier = self.claim.quantifier
        return quantifier is not None and (quantifier is Quantifier.FOR_ALL_VALUES) != self.truth

    @property
    def has_patterns(self) -> bool:
        """True iff patterns say what meets the claim."""
        return self.claim.family is None or self.claim.family in VARIABLE_FAMILIES

    def opposes(self, other: Cited) -> bool:
        """True iff this must hold and the other must not, of the same element, reading the same text in the same way."""
        mine, theirs = self.claim, other.claim
        alike = (mine.coordinate, mine.key == EPOCH, mine.family is Family.BOOL) == (
            theirs.coordinate,
            theirs.key == EPOCH,
            theirs.family is Family.BOOL,
        )
        return alike and self.must_hold and not other.must_hold and not (self.is_some and other.is_some)


class Trial(NamedTuple):
    """What a claim asks of a text: to lie in the language or not to; without one, to meet the claim's values or not to."""

    claim: Claim
    holds: bool
    language: Language | None

    @property
    def digits(self) -> bool:
        """True iff it reads the time in digits."""
        return self.claim.key == EPOCH

    def is_satisfied(self, text: str) -> bool:
        """True iff a text passes, the way it must."""
        second = instant(text) if self.digits else None
        text = text if second is None else str(int(second))
        family = self.claim.family
        spend(1 + len(self.claim.values) + (len(text) >> 5))
        if self.language is not None or family is None:
            return matches(self.language or (), text) == self.holds
        return any(meets(family, text, value, _NOWHERE) for value in self.claim.values) == self.holds

    @property
    def words(self) -> list[str] | None:
        """The words of a language that is a list of them, else None."""
        found = [the_word(tokens) for tokens in self.language or ()]
        return None if self.language is None or None in found else [word for word in found if word is not None]


@frozen
class Leaves:
    """Checks leaves in one box: the claims that it has, by reference, and the variables whose value it knows."""

    facts: Theory
    box: Mapping[Ref, Claim]
    known: Mapping[str, str | None]

    def check(self, leaf: Mapping[str, Any]) -> None:
        """Return iff no value of the leaf's coordinate satisfies what the leaf cites; raise EvidenceError otherwise."""
        coordinate, evidence = leaf.get("coordinate"), leaf.get("evidence")
        if not isinstance(coordinate, str) or not isinstance(evidence, Mapping):
            raise EvidenceError("a leaf names no coordinate or has no evidence")
        cited = [self._cited(one) for one in _list(leaf.get("cites"))]
        spend(_PER_LEAF + len(cited))
        here = [one for one in cited if one.claim.coordinate == coordinate]
        blocked = any(one.claim.absent != one.truth for one in here) or any(self._requires(one, coordinate) for one in cited)
        if self.facts.may_be_absent(coordinate) and not blocked:
            raise EvidenceError(f"nothing that a leaf cites keeps `{coordinate}` from being absent")
        if evidence.get("kind") == "presence":
            barred = any(one.claim.constant is not None and one.claim.constant != one.truth for one in here)
            if self.facts.may_be_present(coordinate) and not barred:
                raise EvidenceError(f"nothing that a leaf cites keeps `{coordinate}` from being present")
        elif evidence.get("kind") == "same":
            self._check_same([one for one in here if one.claim.constant is None])
        elif evidence.get("kind") == "longer":
            self._check_longer(coordinate, cited, _list(evidence.get("detail")))
        else:
            Leaves(self.facts, {one.ref: one.claim for one in cited}, self.known).check_evidence(coordinate, evidence)

    def _cited(self, one: object) -> Cited:
        parts = _list(one)
        if len(parts) != 3 or not isinstance(parts[0], int) or not isinstance(parts[1], str) or not isinstance(parts[2], bool):
            raise EvidenceError("a certificate has something else where it should name a claim and its truth")
        name = (parts[0], parts[1], parts[2])
        if name not in self.box:
            raise EvidenceError(f"{name} is cited, which the box or the leaf does not have")
        return Cited(name, self.box[name], name[2])

    def _requires(self, one: Cited, coordinate: str) -> bool:
        """True iff the claim holds only where a variable has a value that the coordinate gives: no pattern matches without it."""
        claim = one.claim
        if claim.constant is not None or not one.must_hold or claim.absent == one.truth:
            return False
        if coordinate not in {SAME_VALUE.get(key, key) for key in claim.variables}:
            return False
        every = [[hole for hole in holes(pattern) if hole.default is None] for pattern in self._patterns(claim)]
        keys = [{SAME_VALUE.get(hole.key, hole.key) for hole in found} for found in every]
        return bool(keys) and all(coordinate in needed for needed in keys)

    def _check_longer(self, coordinate: str, cited: Sequence[Cited], steps: Sequence[Any]) -> None:
        known = {one.ref: one for one in cited}
        ties: list[tuple[Tie, object]] = []
        for step in steps:
            *name, key, place = _list(step) if len(_list(step)) == 5 else [None] * 5
            one = known.get(self._cited(name).ref)
            found = [tie for tie in self._ties(one, cited) if tie.coordinate == place] if one else []
            if not found:
                raise EvidenceError("a leaf compares lengths by what it does not cite, or by what ties no texts together")
            ties.append((found[0], key))
        check_longer(coordinate, ties)

    def _ties(self, one: Cited, others: Sequence[Cited]) -> list[Tie]:
        """Return the ties that a claim makes; defaults of variables whose keys others keep from being absent are dead."""
        if not one.must_hold or not one.claim.patterns or not asks_text(one.claim):
            return []
        is_there = one.claim.absent != one.truth or not self.facts.may_be_absent(one.claim.coordinate)
        patterns = [
            tuple(
                piece._replace(default=None) if isinstance(piece, Hole) and self._is_present(piece, others) else piece
                for piece in pattern
            )
            for pattern in self._patterns(one.claim)
        ]
        if one.claim.coordinate == RESOURCE:
            return of_fields(patterns) if self.facts.is_key else []
        if one.claim.coordinate == CALLER:
            patterns = [tuple(whole(piece, CALLER) for piece in pattern) for pattern in patterns]
        return [Tie(one.claim.coordinate, patterns, is_there)]

    def _is_present(self, hole: Hole, others: Sequence[Cited]) -> bool:
        """True iff a claim keeps the key of a variable from being absent."""
        return any(
            (other.claim.coordinate == hole.key and other.claim.absent != other.truth) or self._requires(other, hole.key)
            for other in others
        )

    def _check_same(self, here: Sequence[Cited]) -> None:
        for one in here:
            spend(len(here))
            for other in here:
                if one.opposes(other) and self._contradict(one, other):
                    return
        raise EvidenceError("a leaf says that two claims contradict each other, and they do not")

    def _contradict(self, one: Cited, other: Cited) -> bool:
        """True iff whatever meets the one claim meets the other: by patterns that are equal, or by trying texts."""
        if one.has_patterns and other.has_patterns and {*self._patterns(one.claim)} <= {*self._patterns(other.claim)}:
            return True
        try:
            tests = [Trial(each.claim, each.must_hold, self._language(each, ())) for each in (one, other)]
            self._check_texts(one.claim.coordinate, tests)
        except EvidenceError:
            return False
        return True

    def check_evidence(self, coordinate: str, evidence: Mapping[str, Any]) -> None:
        """Return iff no text of a coordinate satisfies what the evidence cites, and has; raise EvidenceError otherwise."""
        some: set[Ref] = set()
        tests = [self._test(coordinate, one, some, listed=True) for one in _list(evidence.get("holds"))]
        tests += [self._test(coordinate, one, some, listed=False) for one in _list(evidence.get("fails"))]
        if len(some) > 1:
            raise EvidenceError("a leaf is about more than one element of a list")
        if evidence.get("kind") == "closure":
            self._check_closure(coordinate, tests, evidence)
        elif evidence.get("kind") == "covered":
            self._check_cover(coordinate, tests, evidence)
        elif evidence.get("kind") in ("words", "points", "foreign", "product"):
            self._check_texts(coordinate, tests)
        else:
            raise EvidenceError("there is no such kind of evidence")

    # What a cited claim asks

    def _test(self, coordinate: str, one: object, some: set[Ref], *, listed: bool) -> Trial:
        """Return a test that a value must pass; ``some`` gathers the claims that are about one element of a list."""
        parts = _list(one)
        cited = self._cited(parts[:3])
        others = [self._cited(other) for other in _list(parts[3])] if len(parts) > 3 else []
        if len(parts) > 4:
            cited, others = self._renamed(coordinate, cited, others, [self._cited(link) for link in _list(parts[4])])
        if cited.claim.coordinate != coordinate or cited.claim.constant is not None:
            raise EvidenceError("evidence cites a claim about another coordinate, or about presence alone")
        some |= {each.ref for each in (cited, *others) if each.is_some and each.claim.coordinate == coordinate}
        if others and not listed and cited.must_hold:
            return Trial(cited.claim, holds=False, language=self._excluded(cited, others))
        if listed != cited.must_hold:
            raise EvidenceError("evidence turns a claim round")
        return Trial(cited.claim, listed, self._language(cited, others))

    def _renamed(
        self, coordinate: str, cited: Cited, others: Sequence[Cited], links: Sequence[Cited]
    ) -> tuple[Cited, list[Cited]]:
        """Return a claim, and those beside it, with every variable whose value is the coordinate's own text named so."""
        known = names(coordinate, [tie for link in links for tie in self._ties(link, links)])

        def renamed(one: Cited) -> Cited:
            return one._replace(claim=known.renamed(evolve(one.claim, patterns=self._patterns(one.claim))))

        own = [renamed(other) for other in others if other.claim.coordinate in known.names and asks_text(other.claim)]
        return renamed(cited), [*others, *own]

    def _language(self, cited: Cited, others: Sequence[Cited]) -> Language | None:
        """Return a language of all texts that meet a claim that must hold, or only of such for one that must not.

        None where values of a line are compared.
        """
        claim = cited.claim
        if cited.has_patterns:
            ways = self._possible(cited, others) if cited.must_hold else self._certain(claim)
            if claim.family is not Family.BOOL:
                return ways
            return [folded(word) for word in ("true", "false") if is_possible([ways, [folded(word)]])]
        if claim.family is Family.BINARY_EQUALS:
            return octet_texts(claim.values)
        if claim.coordinate == CALLER:
            return account_texts(claim.family, claim.values)
        sort, line = self.facts.sort(claim.coordinate), line_of(claim.family)
        foreign = (sort, line) in _FOREIGN or (sort is Sort.DATE and line == "number" and claim.key != EPOCH)
        return [] if foreign else None

    def _certain(self, claim: Claim) -> Language:
        """Return patterns only of texts that meet the claim for sure."""
        patterns = self._patterns(claim)
        spend(claim.size >> 3)
        return [tokens_only(pattern) for pattern in patterns if not holes(pattern)]

    def _patterns(self, claim: Claim) -> tuple[Pieces, ...]:
        """Return the claim's patterns with what is known put in."""
        spend(len(claim.patterns) if claim.variables.isdisjoint(self.known) else claim.size)
        if claim.variables.isdisjoint(self.known):
            return claim.patterns
        found = [under(pattern, self.known) for pattern in claim.patterns]
        return unique([pattern for pattern in found if pattern is not None])

    def _left(self, cited: Cited, others: Sequence[Cited]) -> list[Pieces]:
        """Return the patterns that can still match: those of a cited claim that must fail cannot."""
        opposed = [other for other in others if cited.opposes(other) and other.has_patterns]
        spend(1 + (cited.claim.size + sum(other.claim.size for other in opposed) >> 3))
        barred = {pattern for other in opposed for pattern in self._patterns(other.claim)}
        return [
            pattern
            for pattern in self._patterns(cited.claim)
            if pattern not in barred
            and not (holes(pattern) and any(holes(other) and holds_all_of(other, pattern) for other in barred))
        ]

    def _possible(self, cited: Cited, others: Sequence[Cited]) -> Language:
        """Return patterns for all texts that meet the claim, each open variable being any text that its key can have."""
        return list(dict.fromkeys(way for pattern in self._left(cited, others) for way in self._ways(pattern, others)))

    def _ways(self, pattern: Pieces, others: Sequence[Cited], asking: frozenset[str] = frozenset()) -> list[Tokens]:
        ways: list[list[Token]] = [[]]
        for piece in pattern:
            if isinstance(piece, Token):
                for way in ways:
                    way.append(piece)
                continue
            ends = self._texts_of(piece, others, asking)
            if len(ways) * len(ends) > _WAYS:
                raise EvidenceError("the variables of a pattern have too many texts to look at")
            spend((sum(map(len, ways)) * len(ends) >> 3) + len(ways) * (len(pattern) + len(ends)))
            ways = [[*way, *end] for way in ways for end in ends]
        return list(map(tuple, ways))

    def _texts_of(self, hole: Hole, others: Sequence[Cited], asking: frozenset[str]) -> list[Tokens]:
        """Return patterns for every text of a variable: by the claim on its key with fewest, or all of its key; and its default.

        ``asking`` are keys whose variables are being asked for already.
        """
        choices: list[tuple[list[Tokens], Ref]] = []
        spend(1 + len(others))
        for other in others if not hole.fold and hole.key not in asking and len(asking) < _DEEPEST else ():
            claim = other.claim
            plainly = other.must_hold and claim.quantifier is None and claim.key != EPOCH and claim.constant is None
            if plainly and claim.coordinate == hole.key and other.has_patterns and claim.family is not Family.BOOL:
                within = asking | {hole.key}
                ways = list(dict.fromkeys(way for one in self._patterns(claim) for way in self._ways(one, others, within)))
                if not _is_wide(ways):
                    choices.append((ways, other.ref))
        found = self._every(hole)
        best = min(choices, key=lambda one: (len(one[0]), one[1]), default=None)
        if best is not None and len(best[0]) <= _FEW:
            found = best[0]
        elif best is None and _is_wide(found):
            found = self._field_texts(hole, others) or found
        kept = [tokens_only(in_field(tokens)) if hole.field else tokens for tokens in found]
        kept = [tokens for tokens in kept if all(token.run or token.complement or token.chars for token in tokens)]
        return kept if hole.default is None or self._is_present(hole, others) else [*kept, plain(hole.default)]

    def _field_texts(self, hole: Hole, others: Sequence[Cited]) -> list[Tokens]:
        """Return the texts of a field of the ARN that the variable is all of, by a cited Resource that must match; else none."""
        for other in others:
            patterns = self._patterns(other.claim)
            if self.facts.is_key and other.claim.coordinate == RESOURCE and other.must_hold and len(patterns) == 1:
                for place, field in enumerate(fields_of_arn(patterns[0])):
                    last = field[-1] if field else None
                    found = _FIELDS.get(place, {}).get(tuple(field[:-1]), ())
                    if found and isinstance(last, Hole) and (last.key, last.default, last.fold) == (hole.key, None, False):
                        return [tuple(map(caseless, tokens)) for tokens in found] if hole.fold else list(found)
        return []

    def _every(self, hole: Hole) -> list[Tokens]:
        """Return patterns for every text that a variable's key can have at all."""
        if hole.key in FIELD_OF:
            return self.facts.field_texts(hole.key)
        coordinate = SAME_VALUE.get(hole.key, hole.key)
        listed = self.facts.words(coordinate)
        texts = [plain(word) for word in listed or ()] or list(self.facts.languages(coordinate, digits=hole.key == EPOCH)[0][0])
        return [tuple(map(caseless, tokens)) for tokens in texts] if hole.fold else texts

    def _excluded(self, cited: Cited, others: Sequence[Cited]) -> Language:
        """Return texts that cannot be, as a cited claim on the variable in them must fail.

        Where one pattern is left, one variable between characters, a text that it matches decides the variable's value.
        """
        left = self._left(cited, others)
        if len(left) != 1 or len(holes(left[0])) != 1 or cited.claim.family is Family.BOOL:
            return []
        (pattern,), (hole,) = left, holes(left[0])
        if hole.default is not None or hole.fold or not decides(pattern, hole):
            return []
        barred = [
            source
            for other in others
            if other.claim.coordinate == hole.key and other.claim.key != EPOCH and not other.must_hold
            if other.claim.quantifier is None and other.has_patterns and other.claim.family is not Family.BOOL
            for source in self._certain(other.claim)
        ]
        return [
            tuple(token for piece in pattern for token in ((piece,) if isinstance(piece, Token) else source)) for source in barred
        ]

    # Evidence

    def _check_closure(self, coordinate: str, tests: Sequence[Trial], evidence: Mapping[str, Any]) -> None:
        if len({one.digits for one in tests}) > 1 or any(not one.holds and one.language is None for one in tests):
            raise EvidenceError("a closure is of languages, and all of one text")
        digits = any(one.digits for one in tests)
        above, below = self.facts.languages(coordinate, digits=digits) if evidence.get("universe") is True else ([], [])
        up = [_cover(one) for one in tests if one.holds]
        down = [one.language or [] for one in tests if not one.holds]
        check_closure(Product([*up, *above], [*down, *below]), evidence.get("detail"))

    def _check_cover(self, coordinate: str, tests: Sequence[Trial], evidence: Mapping[str, Any]) -> None:
        if not any(one.holds for one in tests) or any(one.language is None or one.digits for one in tests):
            raise EvidenceError("patterns are covered by patterns, and of one text")
        covers = [Cover(one.language or []) for one in tests if not one.holds]
        if evidence.get("universe") is True:
            covers.append(self.facts.barred(coordinate))
        check_cover(next(one.language or [] for one in tests if one.holds), *covers)

    def _check_texts(self, coordinate: str, tests: Sequence[Trial]) -> None:
        """Return iff no text of the coordinate passes all tests."""
        found = self._listed(coordinate, tests)
        if found is None:
            found = self._points(coordinate, tests)
        if found is None:
            found = self._left_over(coordinate, tests)
        ordered = sorted(tests, key=lambda one: len(one.claim.values))
        for text in found:
            if all(one.is_satisfied(text) for one in ordered):
                raise EvidenceError(f"`{text}` satisfies everything that a leaf cites")

    def _listed(self, coordinate: str, tests: Sequence[Trial]) -> Iterable[str] | None:
        """Return all texts that there are to try, if the coordinate or a test lists them."""
        lists = [self.facts.words(coordinate), *(one.words for one in tests if one.holds and not one.digits)]
        lists += [() for one in tests if one.holds and one.language is not None and not one.language]
        found = min((one for one in lists if one is not None), key=len, default=None)
        return None if found is None else [word for word in found if self.facts.admits(coordinate, word)]

    def _points(self, coordinate: str, tests: Sequence[Trial]) -> Iterable[str] | None:
        """Return texts of points of a line, if all tests are about values of one line."""
        sort = self.facts.sort(coordinate)
        values = [value for one in tests for value in (one.claim.values if one.words is None else one.words)]
        if sort is Sort.DATE:
            if any(one.language is not None and one.words is None for one in tests):
                return None
            return seconds(values, self.facts.first_second(coordinate))
        lines = {line_of(one.claim.family) for one in tests if one.language is None}
        if not lines or any(one.language for one in tests):
            return None
        if sort is Sort.NUMERIC and lines <= {"number", "instant"}:
            return numbers(values, dates="instant" in lines)
        if len(lines) > 1 or (_LINES.get(sort) not in lines and not any(one.holds for one in tests)):
            return None
        return _POINTS[lines.pop()](values)

    def _left_over(self, coordinate: str, tests: Sequence[Trial]) -> Iterator[str]:
        """Yield texts that stand for all that the languages leave; where values are compared too, those texts themselves."""
        sort, digits = self.facts.sort(coordinate), any(one.digits and one.language is not None for one in tests)
        if digits and any(not one.digits and one.language for one in tests):
            raise EvidenceError("a leaf is about both texts of the time")
        holds, fails = self.facts.languages(coordinate, digits=digits)
        first = self.facts.first_second(coordinate)
        if sort is Sort.DATE:
            texts = list(numerals(first, LAST_INSTANT) if digits else between(instant_text(first), instant_text(LAST_INSTANT)))
            holds = [*holds, texts] if digits else [*holds, CALENDAR, texts]
        lines: list[str] = []
        for one in tests:
            ways, line = one.language, line_of(one.claim.family)
            if ways is None and sort is Sort.DATE and one.claim.family:
                ways = second_texts(one.claim.family, one.claim.values, first, digits=digits)
            elif ways is None and sort is Sort.IP:
                ways = [*address_texts(one.claim.values), *([SIX] if has_six(one.claim.values, every=not one.holds) else [])]
            elif ways is None:
                lines.append(_COVERS[line])
                ways = [some_of(_COVERS[line])] if one.holds else []
            (holds if one.holds else fails).append(ways)
        found = words(Product(holds, fails, "".join(lines)), merged=not lines)
        if lines:
            yield from (text for text in found if self.facts.admits(coordinate, text))
        for text in () if lines else found:
            raise EvidenceError(f"`{text}` is left by everything that a leaf cites")


def _is_wide(ways: Sequence[Tokens]) -> bool:
    """True iff some pattern says nothing of a text but how long it is."""
    return any(all(token.complement and not token.chars for token in way) for way in ways)


def _cover(one: Trial) -> Language:
    """Return a language of all texts that pass a test that must hold: for typed values all that have only characters of such."""
    chars = _COVERS.get(line_of(one.claim.family))
    return [some_of(chars)] if chars else one.language or []


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise EvidenceError("a certificate has something else where a list belongs")
    return value
