"""Regular expressions: the text of RegLan terms of SMT-LIB 2.6, and those of the forms that requests are made of.

Everything a constant pattern says of a text is a membership in one of these, so that a solver needs no quantifier: a glob
becomes ``re.++`` over literals, ``re.allchar`` and ``re.all``, a case-folded text a union for each character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from keyaki.reference.template import Wildcard
from keyaki.smtlib.term import TRUE, apply, string
from keyaki.values import fold

ANY: Final = "re.all"
ONE: Final = "re.allchar"
NONE: Final = "re.none"
EMPTY: Final = '(str.to_re "")'


def member(term: str, language: str) -> str:
    """The text of the term is in the language."""
    return TRUE if language == ANY else apply("str.in_re", term, language)


def word(text: str) -> str:
    """The language of one text."""
    return apply("str.to_re", string(text))


def chars(*ranges: str) -> str:
    """The one-character texts of some ranges: ``az`` is ``a`` to ``z``, a single character stands for itself."""
    return either(word(one) if len(one) == 1 else apply("re.range", string(one[0]), string(one[1])) for one in ranges)


def either(languages: Iterable[str]) -> str:
    """The union."""
    kept = [language for language in dict.fromkeys(languages) if language != NONE]
    if not kept:
        return NONE
    return kept[0] if len(kept) == 1 else apply("re.union", *kept)


def sequence(*languages: str) -> str:
    """The concatenation."""
    if NONE in languages:
        return NONE
    kept = [language for language in languages if language != EMPTY]
    if not kept:
        return EMPTY
    return kept[0] if len(kept) == 1 else apply("re.++", *kept)


def both(*languages: str) -> str:
    """The intersection."""
    return apply("re.inter", *languages)


def without(language: str, other: str) -> str:
    """The difference."""
    return language if other == NONE else apply("re.diff", language, other)


def star(language: str) -> str:
    """Any number, also none."""
    return apply("re.*", language)


def plus(language: str) -> str:
    """One or more."""
    return apply("re.+", language)


def optional(language: str) -> str:
    """One or none."""
    return apply("re.opt", language)


def times(language: str, least: int, most: int | None = None) -> str:
    """From ``least`` to ``most`` (by default as many as at least)."""
    most = least if most is None else most
    if most == 0:
        return EMPTY
    return language if least == most == 1 else f"((_ re.loop {least} {most}) {language})"


DIGIT: Final = chars("09")
NO_COLON: Final = chars("\x009", ";\U0002ffff")
_LOWER: Final = chars("az")
_HEX: Final = chars("09", "af")

REGION: Final = sequence(times(_LOWER, 2, 4), plus(sequence(word("-"), plus(_LOWER))), word("-"), plus(DIGIT))
ACCOUNT: Final = times(DIGIT, 12)
UUID_KEY: Final = sequence(
    word("key/"), times(_HEX, 8), times(sequence(word("-"), times(_HEX, 4)), 3), word("-"), times(_HEX, 12)
)
MRK_KEY: Final = sequence(word("key/mrk-"), times(_HEX, 32))
"""The last fields of key ARNs, by the kind of key."""
ALIAS: Final = sequence(word("alias/"), plus(chars("az", "AZ", "09", ":", "/", "_", "-")))
SIX_FIELDS: Final = sequence(times(sequence(star(NO_COLON), word(":")), 5), ANY)
ARN: Final = sequence(word("arn:"), times(sequence(star(NO_COLON), word(":")), 4), ANY)


def glob(pieces: Sequence[str | Wildcard], *, in_field: bool = False) -> str:
    """The texts that a glob matches; ``in_field`` keeps its wildcards from crossing colons."""
    one = NO_COLON if in_field else ONE
    many = star(NO_COLON) if in_field else ANY
    return sequence(*(word(piece) if isinstance(piece, str) else many if piece is Wildcard.MANY else one for piece in pieces))


def folded(text: str) -> str:
    """The texts that are equal to a text after folding the case of each character."""
    runs: list[str] = []
    languages: list[str] = []
    for character in fold(text):
        alike = _alike().get(character, character)
        if len(alike) == 1:
            runs.append(alike)
            continue
        if runs:
            languages.append(word("".join(runs)))
            runs = []
        languages.append(chars(*alike))
    if runs:
        languages.append(word("".join(runs)))
    return sequence(*languages)


def spellings(letter: str) -> str:
    """The characters that are the same letter after folding the case, that letter first."""
    return _alike().get(letter, letter)


def is_caseless(text: str) -> bool:
    """True iff no other text is equal to this one after folding the case."""
    return all(len(_alike().get(character, character)) == 1 for character in text)


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Each folded character with more than one spelling to its spellings, itself included."""
    found: dict[str, str] = {}
    for code in range(0x30000):
        character = chr(code)
        lower = fold(character)
        if lower != character:
            found[lower] = found.get(lower, lower) + character
    return found


def text_below(bound: str, *, tail: str = ANY) -> str:
    """The texts that agree with ``bound`` up to some place and have a smaller digit there; ``tail`` goes on.

    For texts of the bound's length and layout (separators in the same places) these are the smaller ones.
    """
    return either(
        sequence(*([word(bound[:place])] if place else []), _digits_below(character), tail)
        for place, character in enumerate(bound)
        if character.isdigit() and character > "0"
    )


def digits_below(bound: str) -> str:
    """The runs of as many digits as ``bound`` that are smaller."""
    return either(
        sequence(word(bound[:place]) if place else EMPTY, _digits_below(character), times(DIGIT, len(bound) - place - 1))
        for place, character in enumerate(bound)
        if character > "0"
    )


def _digits_below(digit: str) -> str:
    last = chr(ord(digit) - 1)
    return word("0") if last == "0" else chars(f"0{last}")
