"""SMT-LIB terms, read and evaluated: enough of the standard to say what a script means of one assignment, without a solver.

Memberships are decided by the set of places at which a match can end, so that ``re.diff`` and ``re.inter`` mean what they say.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

Term = Any
"""A symbol, a literal, or a tuple of terms."""
_TOKEN = re.compile(r'\(|\)|\|[^|]*\||"(?:[^"]|"")*"|;[^\n]*|[^\s()";|]+')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Text(str):
    """A string literal, apart from symbols."""

    __slots__ = ()


def read(script: str) -> list[Term]:
    """The commands of a script."""
    stack: list[list[Term]] = [[]]
    for part in _TOKEN.findall(script):
        if part == "(":
            stack.append([])
        elif part == ")":
            done = tuple(stack.pop())
            stack[-1].append(done)
        elif part.startswith('"'):
            stack[-1].append(Text(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), part[1:-1].replace('""', '"'))))
        elif not part.startswith(";"):
            stack[-1].append(part)
    return stack[0]


def member(text: str, language: str) -> bool:
    """True iff a text is in the language of a RegLan term."""
    return len(text) in _Ends(text).of(_term(language), 0)


@lru_cache(maxsize=512)
def _term(language: str) -> Term:
    return read(language)[0]


def failing(commands: list[Term], values: Mapping[str, Any]) -> list[Term]:
    """The assertions of a script that do not hold under an assignment."""
    known = dict(values)
    missed = []
    for command in commands:
        if command[0] == "define-fun":
            known[command[1]] = value_of(command[4], known)
        elif command[0] == "assert" and value_of(command[1], known) is not True:
            missed.append(command[1])
    return missed


def value_of(term: Term, known: Mapping[str, Any]) -> Any:
    """The value of a term of any sort but RegLan."""
    if isinstance(term, Text):
        return str(term)
    if isinstance(term, str):
        return (
            known[term]
            if term in known
            else {"true": True, "false": False}[term]
            if term in {"true", "false"}
            else Fraction(term)
        )
    if term[0] == "str.in_re":
        text = value_of(term[1], known)
        return len(text) in _Ends(text).of(term[2], 0)
    if term[0] == "ite":
        return value_of(term[2 if value_of(term[1], known) else 3], known)
    return _applied(term[0], [value_of(part, known) for part in term[1:]])


def _applied(name: str, parts: list[Any]) -> Any:
    if name in _COMPARISONS:
        return all(_COMPARISONS[name](one, other) for one, other in pairwise(parts))
    return {
        "and": lambda: all(parts),
        "or": lambda: any(parts),
        "not": lambda: not parts[0],
        "=>": lambda: not parts[0] or parts[1],
        "xor": lambda: parts[0] != parts[1],
        "=": lambda: parts[0] == parts[1],
        "+": lambda: sum(parts),
        "-": lambda: parts[0] - parts[1] if len(parts) > 1 else -parts[0],
        "str.++": lambda: "".join(parts),
        "str.len": lambda: len(parts[0]),
        "str.prefixof": lambda: parts[1].startswith(parts[0]),
        "str.suffixof": lambda: parts[1].endswith(parts[0]),
        "str.substr": lambda: _substr(parts[0], int(parts[1]), int(parts[2])),
        "str.indexof": lambda: parts[0].find(parts[1], int(parts[2])) if 0 <= parts[2] <= len(parts[0]) else -1,
        "str.replace_all": lambda: parts[0].replace(parts[1], parts[2]) if parts[1] else parts[0],
    }[name]()


def _substr(text: str, start: int, length: int) -> str:
    return text[start : start + length] if 0 <= start < len(text) and length > 0 else ""


class _Ends:
    """Where the matches of regular expressions in one text can end; remembered by the identity of a term, which lives as long."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[tuple[int, int], frozenset[int]] = {}

    def of(self, term: Term, start: int) -> frozenset[int]:
        """Where a match that starts at a place can end."""
        found = self.known.get((id(term), start))
        if found is None:
            found = self.known[id(term), start] = self._found(term, start)
        return found

    def _found(self, term: Term, start: int) -> frozenset[int]:
        size = len(self.text)
        if isinstance(term, str):
            return frozenset(
                {"re.all": range(start, size + 1), "re.allchar": range(start + 1, min(start + 1, size) + 1), "re.none": ()}[term]
            )
        name, *parts = term
        if name == "str.to_re":
            return frozenset({start + len(parts[0])} if self.text.startswith(parts[0], start) else ())
        if name == "re.range":
            return frozenset({start + 1} if start < size and parts[0] <= self.text[start] <= parts[1] else ())
        if name == "re.++":
            return self._chained(parts, frozenset({start}))
        if name in {"re.*", "re.+"}:
            return self._repeated(parts[0], start, int(name == "re.+"), size + 1)
        if isinstance(name, tuple):
            return self._repeated(parts[0], start, int(name[2]), int(name[3]))
        found = [self.of(part, start) for part in parts]
        return {
            "re.union": lambda: frozenset[int]().union(*found),
            "re.inter": lambda: frozenset[int].intersection(*found),
            "re.diff": lambda: found[0] - found[-1],
            "re.opt": lambda: found[0] | {start},
        }[name]()

    def _chained(self, parts: list[Term], places: frozenset[int]) -> frozenset[int]:
        for part in parts:
            places = frozenset[int]().union(*(self.of(part, place) for place in places))
        return places

    def _repeated(self, part: Term, start: int, least: int, most: int) -> frozenset[int]:
        places, found = frozenset({start}), frozenset({start} if least == 0 else ())
        for count in range(1, most + 1):
            places = self._chained([part], places)
            if not places:
                break
            found = found | places if count >= least else found
        return found
