"""Small complete universes, predicates biased to near misses in them, and an independent judge of evidence.

Each universe is finite and listed here by hand-made enumeration, so that asking every text is a complete oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from hypothesis import strategies as st

from keyaki.automata.glob import Glob, chars, folded, literal, one, wildcard
from keyaki.automata.product import Union
from keyaki.lattice.addresses import Addresses, version_and_address
from keyaki.lattice.answer import Empty
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.finite import Octets, Truths
from keyaki.lattice.instants import Instants
from keyaki.lattice.intervals import Intervals
from keyaki.lattice.predicate import (
    AddressPredicate,
    EpochPredicate,
    InstantPredicate,
    NumberPredicate,
    OctetsPredicate,
    Predicate,
    TextPredicate,
    TruthPredicate,
)
from keyaki.lattice.universe import (
    ADDRESS,
    DATE,
    DATE_AND_EPOCH,
    DECIMAL,
    STRING,
    Form,
    Universe,
    language,
)
from keyaki.values import (
    FIRST_INSTANT,
    LAST_INSTANT,
    address,
    address_text,
    instant,
    instant_text,
    network,
    number,
    number_text,
    octets,
)

Cells = Sequence[str]
"""A finite language: one string of characters for each place."""


def texts_of(cells: Cells) -> list[str]:
    """List the words that take one character from each place."""
    return ["".join(word) for word in product(*cells)]


def glob_of(cells: Cells) -> Glob:
    """Return the glob of the same words."""
    found = literal("")
    for members in cells:
        found += one(chars(members))
    return found


# Families of predicates, with bounds close to each other.


def intervals(line: Any, bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rays and points of a line, joined, met and complemented once or twice."""
    ray = st.tuples(st.sampled_from(["below", "at most", "above", "at least", "only"]), bounds).map(
        lambda pair: _ray(line, *pair)
    )
    return st.one_of(
        ray, ray, st.tuples(ray, ray).map(lambda two: two[0] & two[1]), st.tuples(ray, ray).map(lambda two: two[0] | ~two[1])
    )


def _ray(line: Any, kind: str, bound: Any) -> Any:
    if kind == "only":
        return line.only(bound)
    inclusive = kind.startswith("at ")
    return line.below(bound, inclusive=inclusive) if kind in {"below", "at most"} else line.above(bound, inclusive=inclusive)


def numbers(bounds: Iterable[str]) -> st.SearchStrategy[Predicate]:
    """Number predicates with the given bounds."""
    return intervals(Numbers, st.sampled_from([Fraction(bound) for bound in bounds])).map(NumberPredicate)


def instants(bounds: Iterable[str]) -> st.SearchStrategy[Predicate]:
    """Instant predicates with the given bounds, and half a second after them."""
    known = [value for bound in bounds if (value := instant(bound)) is not None]
    return intervals(Instants, st.sampled_from([*known, *(value + Fraction(1, 2) for value in known)])).map(InstantPredicate)


def addresses(ranges: Iterable[str]) -> st.SearchStrategy[Predicate]:
    """Address predicates of one or two ranges, or all but them."""
    known = [Addresses.network(*found) for text in ranges if (found := network(text)) is not None]
    one_range = st.sampled_from(known)
    return st.one_of(
        one_range, one_range.map(lambda of: ~of), st.tuples(one_range, one_range).map(lambda two: two[0] | two[1])
    ).map(AddressPredicate)


def byte_strings(texts: Iterable[str]) -> st.SearchStrategy[Predicate]:
    """Octets predicates of the given base64 texts, or of all others."""
    values = [value for text in texts if (value := octets(text)) is not None]
    return st.tuples(st.frozensets(st.sampled_from(values), min_size=1, max_size=3), st.booleans()).map(
        lambda pair: OctetsPredicate(Octets(*pair))
    )


TRUTHS = st.frozensets(st.booleans()).map(lambda values: TruthPredicate(Truths(values)))


def globs(patterns: Iterable[str]) -> st.SearchStrategy[Predicate]:
    """Text predicates of one or two wildcard patterns, or of one text in any case."""
    chosen = st.sampled_from(list(patterns))
    plain = st.lists(chosen, min_size=1, max_size=2).map(lambda texts: TextPredicate(Union(tuple(map(wildcard, texts)))))
    return st.one_of(plain, plain, chosen.map(lambda text: TextPredicate(Union((folded(text.replace("*", "")),)))))


class Question:
    """A kind of question: the universe, a predicate that keeps it finite, the texts that are left, what is asked of them."""

    def __init__(
        self,
        universe: Universe,
        cells: Sequence[Cells],
        predicates: st.SearchStrategy[Predicate],
        admits: Callable[[str], bool] = lambda _text: True,
        *,
        epoch_cells: bool = False,
    ) -> None:
        union = Union(tuple(map(glob_of, cells)))
        listed = [text for one_cells in cells for text in texts_of(one_cells)]
        self.universe = universe
        self.frame: Predicate = TextPredicate(union)
        self.texts = [text for text in dict.fromkeys(listed) if admits(text)]
        if epoch_cells:
            self.frame = EpochPredicate(self.frame)
            self.texts = [instant_text(int(text)) for text in self.texts]
        self.predicates = predicates


_SHORT = ["1*", "*1", "*.*", "-*", "?", "??", "0*", "*0", "*5*", "*e*", "*E*", "+*", "1?5", "*", "*x"]
_NUMBERS = ["0", "1", "5", "0.5", "10", "15", "-1", "0.1", "50", "1.5"]
_DATES = ["2024-01-01", "2024-02-29", "2024-11-01", "2025-01-01", "2024-02-01T12:00:00Z"]

STRING_NUMBERS = Question(
    STRING,
    [["015.-+ex"] * length for length in (1, 2)] + [["15-", "05.", "015e"], ["15", "e", "+-", "012"], ["1", "05", "eE", "012"]],
    st.one_of(numbers(_NUMBERS), globs(_SHORT)),
)
CANONICAL_NUMBERS = Question(
    DECIMAL,
    [["015.-"] * length for length in (1, 2, 3)] + [["15", "50", "15", "50"], ["-", "01", ".", "15"]],
    st.one_of(
        numbers(_NUMBERS),
        globs(_SHORT),
        byte_strings(["0150", "1515", "5555"]),
        instants(["1969-12-31T23:59:59Z", "1970-01-01", "1501"]),
    ),
    lambda text: (value := number(text)) is not None and number_text(value) == text,
)
STRING_DATES = Question(
    STRING,
    [
        ["2", "0", "2", "45"],
        ["2", "0", "2", "45", "-", "01", "0129"],
        ["2", "0", "2", "4", "-", "01", "12", "-", "0123", "019"],
        ["2", "0", "2", "4", "-", "0", "2", "-", "02", "19", "T", "12", "23", ":", "0", "0", "Z"],
        ["2", "0", "2", "4", "-", "0", "2", "-", "0", "1", "T", "12", "3", ":", "0", "0", "+-", "01", "1", ":", "0", "0"],
        ["2", "0", "2", "4", "-", "0", "2", "-", "0", "1", "T", "1", "2", ":", "0", "0", ":", "0", "0", ".", "05", "Z"],
        ["1", "7", "01", "0", "0", "0", "0", "0", "0", "0"],
    ],
    st.one_of(
        instants([*_DATES, "2024-01-31T23:00:00Z", "1700000000"]),
        globs(["2024*", "2024-*", "*Z", "*-01", "*-2?", "*+*", "17*", "????", "*T*", "*.*"]),
    ),
)
STRING_MIXED = Question(
    STRING,
    [
        ["12", "0", "2", "45"],
        ["tT", "rR", "u", "eE"],
        ["f", "a", "l", "s", "eE"],
        ["A1", "A0", "A0g", "="],
        ["A1", "AQ", "=", "="],
        ["1", ".", "01", ".", "0", ".", "12"],
        ["1:", ":", "1:", "12x"],
        ["1", "e", "1"],
        ["x1"],
    ],
    st.one_of(
        numbers(["1", "10", "2024", "2025", "1025"]),
        instants(["2024", "2025", "1025", "1970-01-01"]),
        addresses(["1.0.0.0/16", "1.1.0.0/31", "::/0", "::1", "0.0.0.0/0"]),
        byte_strings(["2024", "true", "TRUE", "AQ==", "AA0=", "1025"]),
        TRUTHS,
        globs(["1*", "*1", "t*", "true", "*E", "*=", "20*", "*:*", "*.*", "????", "x", "2024", "*"]),
    ),
)
CANONICAL_ADDRESSES = Question(
    ADDRESS,
    [["1:f"] * length for length in (2, 3, 4, 5)] + [["01", ".", "01", ".", "01", ".", "01"], ["1", "0f", ":", ":", "1", "0"]],
    st.one_of(
        addresses(["1.0.0.0/8", "1.1.0.0/16", "0.0.0.0/1", "::/0", "::1", "1::/16", "::f:0/112", "0.0.0.0/0", "f::/16"]),
        globs(["1*", "*1", "*.*", "*:*", "1.*", "*::*", "::*", "*.1.*", "?*f", "10*", "*"]),
        numbers(["1"]),
    ),
    lambda text: (found := address(text)) is not None and address_text(*found) == text,
)
_SECOND = ["1", "9", "7", "0", "-", "0", "1", "-", "01", "1239", "T", "02", "2", ":", "4", "67", ":", "034", "019", "Z"]
CANONICAL_DATES = Question(
    DATE,
    [_SECOND, ["02", "0", "02", "4", "-", "01", "12", "-", "0123", "019", "T", "0", "0", ":", "0", "0", ":", "0", "0", "Z"]],
    st.one_of(
        instants([*_DATES, "1970-01-01T02:46:40Z", "0004-02-29"]),
        globs(["2024-*", "*-01T*", "*:00Z", "1970-*", "0*", "*", "*-29T*"]),
        numbers(["10000"]),
    ),
    lambda text: (second := instant(text)) is not None and instant_text(int(second)) == text,
)
_EITHER = st.one_of(
    instants(["1970-01-01T02:46:40Z", "1970-01-01T02:46:49Z", "1970-01-01"]), numbers(["10000", "10010.5", "10001"])
)
DATES_AS_DATES = Question(
    DATE_AND_EPOCH,
    [_SECOND],
    st.one_of(
        _EITHER.filter(lambda predicate: isinstance(predicate, InstantPredicate)),
        globs(["*:4?Z", "1970-*", "*", "*9Z", "*T02*"]),
        st.one_of(_EITHER, TRUTHS, globs(["10000", "10001"]).filter(lambda one: one.words is not None)).map(EpochPredicate),
    ),
    lambda text: (second := instant(text)) is not None and second >= 10_000,
)
DATES_AS_DIGITS = Question(
    DATE_AND_EPOCH,
    [["1", "0", "0", "019", "019"], ["1", "0", "0", "0", "05", "0", "01", "0"]],
    st.one_of(
        _EITHER.filter(lambda predicate: isinstance(predicate, InstantPredicate)),
        st.one_of(_EITHER, globs(["1000*", "*0", "*9", "?????", "*"]), byte_strings(["10000000", "10005010"])).map(
            EpochPredicate
        ),
    ),
    epoch_cells=True,
)
LANGUAGE = Question(
    language([Union((glob_of(["ax", "bx", "01"]), glob_of(["01", "05"])))], [Union((wildcard("xx*"),))]),
    [["ax", "bx", "01"], ["01", "05"]],
    st.one_of(globs(["a*", "*1", "x*", "?b?", "0*"]), numbers(["1", "5", "10"])),
    lambda text: not text.startswith("xx"),
)
QUESTIONS = {
    "numbers in strings": STRING_NUMBERS,
    "numbers": CANONICAL_NUMBERS,
    "dates in strings": STRING_DATES,
    "anything in strings": STRING_MIXED,
    "addresses": CANONICAL_ADDRESSES,
    "dates": CANONICAL_DATES,
    "dates with digits, read as dates": DATES_AS_DATES,
    "dates with digits, read as digits": DATES_AS_DIGITS,
    "a language": LANGUAGE,
}


# The judge of evidence: predicates are asked one text at a time, and nothing of the search is used.

Cited = tuple[list[Predicate], list[Predicate]]
_OTHERS = [
    "x",
    "Z",
    "1",
    "-1",
    "0.50",
    "1e5",
    "true",
    "TRUE",
    "2024",
    "2024-06-01",
    "AAAA",
    "1.1.1.1",
    "::1",
    "::A",
    "é",
    "x" * 9,
]
_SUFFIXES = ["", "0", "5", "9", "Z", ".5", "e1", "00:00:00Z", "-01", "::", ":1", ".1.1.1", "=", "==", "rue", "e", "x"]
_NEXT = "05.-eZT:=tx"
_LOOKED_AT = 12


def satisfying(texts: Iterable[str], holds: Sequence[Predicate], fails: Sequence[Predicate]) -> list[str]:
    """List the texts that satisfy a question, by asking each."""
    return [text for text in texts if all(one.holds(text) for one in holds) and not any(one.holds(text) for one in fails)]


def refutes(
    evidence: Empty, universe: Universe, holds: Sequence[Predicate], fails: Sequence[Predicate], texts: Iterable[str]
) -> bool:
    """Return True iff the cited predicates show by themselves that there is no text, as far as the judge can tell."""
    cited = [holds[index] for index in evidence.holds], [fails[index] for index in evidence.fails]
    pool = texts if evidence.universe or universe.form is Form.DATE else [*texts, *_OTHERS]
    if satisfying(pool, *cited):
        return False
    if evidence.kind == "words":
        listed = universe.words if evidence.detail is None else holds[evidence.detail].words
        return listed is not None and (evidence.detail is None or evidence.detail in evidence.holds)
    if evidence.kind == "points":
        return not satisfying(_points(cited, universe), *cited) and (evidence.universe or not satisfying(["x"], *cited))
    if evidence.kind == "product":
        return "" in evidence.detail and not _escapes(evidence, universe, cited)
    return evidence.kind in {"foreign", "closure"}


def _points(cited: Cited, universe: Universe) -> list[str]:
    """The texts of representatives of the arrangement of all bounds."""
    plain = [one.of if isinstance(one, EpochPredicate) else one for one in (*cited[0], *cited[1])]
    if universe.form is Form.DATE:
        bounds = [value for one in plain for value in _date_bounds(one)]
        seconds = {int(bound // 1) + step for bound in bounds for step in (-1, 0, 1, 2)}
        least = 10_000 if universe.epoch else FIRST_INSTANT
        return [instant_text(second) for second in seconds if least <= second <= LAST_INSTANT]
    bounds = sorted({bound for one in plain if isinstance(one.of, Intervals) for bound, _ in one.of.cuts})
    if all(isinstance(one, NumberPredicate) for one in plain):
        return [number_text(Fraction(value)) for value in _arrangement(bounds)]
    if all(isinstance(one, AddressPredicate) for one in plain):
        places = {place + step for place in bounds for step in (-1, 0)}
        return [address_text(*version_and_address(place)) for place in places if 0 <= place < (1 << 32) + (1 << 128)]
    return []


def _arrangement(bounds: list[Any]) -> list[Any]:
    if not bounds:
        return [0]
    between = [Fraction(low + high) / 2 for low, high in pairwise(bounds)]
    return [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]


def _date_bounds(predicate: Predicate) -> list[Any]:
    if isinstance(predicate, TextPredicate):
        return [value for word in predicate.words or () if (value := instant(word)) is not None]
    if isinstance(predicate, OctetsPredicate):
        return [10_000_000, 100_000_000]
    return [bound for bound, _ in predicate.of.cuts] if isinstance(predicate.of, Intervals) else []


def _escapes(evidence: Empty, universe: Universe, cited: Cited) -> list[str]:
    """Texts one character longer than a listed one that behave like no listed one, and yet may still satisfy the question."""

    def facts(text: str) -> tuple[bool, ...]:
        admitted = not evidence.universe or universe.admits(text)
        return (admitted, *(one.holds(text) for one in cited[0]), *(not one.holds(text) for one in cited[1]))

    def behaviour(text: str) -> tuple[tuple[bool, ...], ...]:
        return tuple(facts(text + suffix) for suffix in _SUFFIXES)

    known = {behaviour(text) for text in evidence.detail}
    longer = [text + char for text in evidence.detail[:_LOOKED_AT] for char in _NEXT]
    return [text for text in longer if (behaves := behaviour(text)) not in known and any(map(all, behaves))]
