"""Words: finitely many texts that stand for all texts of a form, as far as some globs can tell them apart.

A form is a language of texts (accounts, Regions, key ids, any text) as a small automaton. Two texts are alike iff they match
the same globs. :func:`representatives` walks the product of the form and the globs, breadth first, and returns for each class
of alike texts the first ones met, so what it returns is complete by construction: no text of the form lies in no class.

Written for the tests alone and in the plainest way (sets of positions, no pruning); it shares no line with ``keyaki.automata``.
The cost is the number of product states times the alphabet.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Hashable, Iterable
from functools import cache, lru_cache
from typing import NamedTuple

DIGITS, LOWER, HEX = string.digits, string.ascii_lowercase, "0123456789abcdef"
ALIAS_CHARS = string.ascii_letters + DIGITS + ":/_-"


class Form(NamedTuple):
    """A language: start state, step (None iff no text goes on so), which states accept, and the characters it can tell apart."""

    start: Hashable
    step: Callable[[Hashable, str], Hashable | None]
    accepts: Callable[[Hashable], bool]
    alphabet: str


def shape(template: str) -> Form:
    """The texts of one length that a template spells: ``D`` is a digit, ``H`` a hex digit, any other character itself."""
    sets = [{"D": DIGITS, "H": HEX}.get(char, char) for char in template]

    def step(at: Hashable, char: str) -> Hashable | None:
        assert isinstance(at, int)
        return at + 1 if at < len(sets) and char in sets[at] else None

    return Form(0, step, lambda at: at == len(sets), "".join(sorted(set("".join(sets)))))


def _region_step(state: Hashable, char: str) -> Hashable | None:
    """``[a-z]{2,4}(-[a-z]+)+-[0-9]+``: a first word, words after dashes, a number after the last dash."""
    kind = "letter" if char in LOWER else "digit" if char in DIGITS else char
    moves = {
        ("1", "letter"): "2",
        ("2", "letter"): "3",
        ("3", "letter"): "4",
        ("0", "letter"): "1",
        ("2", "-"): "first word",
        ("3", "-"): "first word",
        ("4", "-"): "first word",
        ("first word", "letter"): "word",
        ("word", "letter"): "word",
        ("word", "-"): "word or number",
        ("word or number", "letter"): "word",
        ("word or number", "digit"): "number",
        ("number", "digit"): "number",
    }
    return moves.get((str(state), kind))


def _alias_step(at: Hashable, char: str) -> Hashable | None:
    assert isinstance(at, int)
    if at < 6:
        return at + 1 if "alias/"[at] == char else None
    return 7 if char in ALIAS_CHARS else None


def _arn_step(at: Hashable, char: str) -> Hashable | None:
    assert isinstance(at, int)
    if at < 4:
        return at + 1 if "arn:"[at] == char else None
    return min(at + 1, 8) if char == ":" else at


_UUID = "HHHHHHHH-HHHH-HHHH-HHHH-HHHHHHHHHHHH"
FORMS = {
    "account": shape("D" * 12),
    "uuid": shape("key/" + _UUID),
    "mrk": shape("key/mrk-" + "H" * 32),
    "region": Form("0", _region_step, lambda state: state == "number", LOWER + DIGITS + "-"),
    "any": Form(0, lambda _at, _char: 1, lambda at: at == 1, ""),
    "alias": Form(0, _alias_step, lambda at: at == 7, ALIAS_CHARS),
    "arn": Form(0, _arn_step, lambda at: at == 8, "arn:"),
}
"""The languages of section 6. Ids carry their ``key/``; an Arn is six fields, the first ``arn``."""

Chars = frozenset[str] | str
"""The characters of a token: a set, or ``any``, or ``field`` for any but a colon."""
Glob = tuple[tuple[bool, Chars], ...]
"""Tokens: whether one repeats (``*``), and its characters."""


def alike(char: str) -> frozenset[str]:
    """The characters of the same simple lower case as this one."""
    folded = char.lower()[0]
    near = {char, folded, *char.upper(), *folded.upper(), "\u0130", "\u212a", "\u212b", "\u2126", "\u1e9e"}
    return frozenset(other for other in near if other.lower()[0] == folded)


def glob(text: str, *, wildcards: bool = True, fold: bool = False, wild: Chars = "any") -> Glob:
    """Compile a glob; ``wild`` is what its wildcards range over."""
    tokens: list[tuple[bool, Chars]] = []
    for char in text:
        if wildcards and char in "*?":
            tokens.append((char == "*", wild))
        else:
            tokens.append((False, alike(char) if fold else frozenset({char})))
    return tuple(tokens)


def arn_glob(parts: Iterable[str]) -> Glob:
    """Compile the six fields of an Arn operator: wildcards stay in their field, but those of the sixth cross colons."""
    tokens: list[tuple[bool, Chars]] = []
    for place, part in enumerate(parts):
        tokens += glob(":" if place else "", wildcards=False)
        tokens += glob(part, wild="field" if place < 5 else "any")
    return tuple(tokens)


def closed(pattern: Glob, live: int) -> int:
    """The positions reachable without a character: a repeating token may stand for nothing."""
    for at, (repeats, _) in enumerate(pattern):
        if repeats and live >> at & 1:
            live |= 2 << at
    return live


def stepped(pattern: Glob, live: int, char: str) -> int:
    """The positions after one more character."""
    found = 0
    for at, (repeats, chars) in enumerate(pattern):
        if live >> at & 1 and (chars == "any" or (char != ":" if chars == "field" else char in chars)):
            found |= (1 if repeats else 2) << at
    return closed(pattern, found)


def matches(pattern: Glob, text: str) -> bool:
    """True iff the glob matches the whole text."""
    live = closed(pattern, 1)
    for char in text:
        live = stepped(pattern, live, char)
    return bool(live >> len(pattern) & 1)


@cache
def meets(pattern: Glob, form: str) -> bool:
    """True iff the glob matches some text of the form."""
    return any(matches(pattern, text) for text in representatives(form, frozenset({pattern})))


@lru_cache(maxsize=50_000)
def representatives(form: str, patterns: frozenset[Glob], copies: int = 1) -> tuple[str, ...]:
    """Texts of the form, up to ``copies`` for each set of globs that exactly these texts match; none is missing."""
    language = FORMS[form]
    globs = sorted(patterns, key=repr)
    alphabet = _alphabet(language, globs)
    level = {(language.start, tuple(closed(one, 1) for one in globs)): [""]}
    met: dict[object, int] = {}
    found: dict[tuple[int, ...], list[str]] = {}
    while level:
        following: dict[tuple[Hashable, tuple[int, ...]], list[str]] = {}
        for (state, lives), texts in level.items():
            if language.accepts(state):
                bucket = found.setdefault(tuple(live >> len(one) & 1 for one, live in zip(globs, lives, strict=True)), [])
                bucket += [text for text in texts if text not in bucket][: copies - len(bucket)]
            for char in alphabet:
                after = language.step(state, char)
                if after is None:
                    continue
                there = (after, tuple(stepped(one, live, char) for one, live in zip(globs, lives, strict=True)))
                if met.get(there, 0) < copies:
                    bucket = following.setdefault(there, [])
                    bucket += [text + char for text in texts][: copies - len(bucket)]
        for there, texts in following.items():
            met[there] = met.get(there, 0) + len(texts)
        level = following
    return tuple(text for texts in found.values() for text in texts)


def _alphabet(language: Form, globs: list[Glob]) -> list[str]:
    """The characters that globs write, and of those that no glob writes two of each kind the form tells apart."""
    written = {char for one in globs for _, chars in one if isinstance(chars, frozenset) for char in chars}
    kept = set(written)
    for kind in ("abcdef", "ghijklmnopqrstuvwxyz", DIGITS, string.ascii_uppercase, ":", "/", "-", "_"):
        kept |= set([char for char in kind if char in language.alphabet and char not in written][:2])
    kept |= {char for char in "key/mrk-alias/arn:" if char in language.alphabet}
    if not language.alphabet or language is FORMS["arn"]:
        kept |= {":", *[char for char in "zyxwvu~" if char not in written][:1]}
    return sorted(kept)
