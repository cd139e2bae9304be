"""Terms: the text of Boolean, arithmetic and string terms of SMT-LIB 2.6.

A term is its text. The constructors leave out what is neutral, so that a script says no more than the policy does; they
simplify nothing else, since the solver is the one to reason.
Source: https://smt-lib.org/theories-UnicodeStrings.shtml
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from keyaki.errors import KeyakiError
from keyaki.values import number_text

TRUE: Final = "true"
FALSE: Final = "false"
_LAST_CHARACTER: Final = 0x2FFFF
"""The last character of the theory of strings; Unicode goes on."""


class UnsupportedError(KeyakiError):
    """The question has a feature that the encoding does not express; the message names it."""

    code = "not-expressible"


def apply(function: str, *arguments: str) -> str:
    """The function applied to terms."""
    return f"({function} {' '.join(arguments)})"


def neg(term: str) -> str:
    """The negation of a Boolean term."""
    if term in {TRUE, FALSE}:
        return FALSE if term == TRUE else TRUE
    return apply("not", term)


def conj(terms: Iterable[str]) -> str:
    """The conjunction of Boolean terms; of none it is true."""
    return _joined("and", terms, neutral=TRUE, absorbing=FALSE)


def disj(terms: Iterable[str]) -> str:
    """The disjunction of Boolean terms; of none it is false."""
    return _joined("or", terms, neutral=FALSE, absorbing=TRUE)


def _joined(function: str, terms: Iterable[str], *, neutral: str, absorbing: str) -> str:
    kept = [term for term in dict.fromkeys(terms) if term != neutral]
    if absorbing in kept:
        return absorbing
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else apply(function, *kept)


def implies(condition: str, term: str) -> str:
    """The implication."""
    return term if condition == TRUE else TRUE if condition == FALSE else apply("=>", condition, term)


def equal(one: str, other: str) -> str:
    """The equation of two terms."""
    return apply("=", one, other)


def choice(condition: str, one: str, other: str) -> str:
    """``one`` where the condition holds, else ``other``."""
    return one if condition == TRUE else other if condition == FALSE else apply("ite", condition, one, other)


def integer(value: int) -> str:
    """An Int."""
    return str(value) if value >= 0 else f"(- {-value})"


def real(value: Fraction) -> str:
    """A Real, written as a decimal. Raises ValueError iff no finite decimal is equal to the value."""
    text = number_text(abs(value))
    text = text if "." in text else f"{text}.0"
    return text if value >= 0 else f"(- {text})"


def string(text: str) -> str:
    """A String. Printable ASCII stands for itself, everything else (and the backslash) as an escape.

    Raises UnsupportedError iff a character lies beyond U+2FFFF, where the theory of strings ends.
    """
    return '"' + "".join(_written(character) for character in text) + '"'


def _written(character: str) -> str:
    if character == '"':
        return '""'
    if " " <= character <= "~" and character != "\\":
        return character
    if ord(character) > _LAST_CHARACTER:
        raise UnsupportedError(
            f"the character U+{ord(character):X} lies beyond U+2FFFF, where the characters of SMT-LIB strings end",
        )
    return f"\\u{{{ord(character):x}}}"


def concat(terms: Iterable[str]) -> str:
    """The concatenation of String terms."""
    kept = [term for term in terms if term != '""']
    if not kept:
        return '""'
    return kept[0] if len(kept) == 1 else apply("str.++", *kept)


def total(constant: int, terms: Iterable[str]) -> str:
    """The sum of a constant and Int terms."""
    kept = list(terms)
    if constant or not kept:
        kept.append(integer(constant))
    return kept[0] if len(kept) == 1 else apply("+", *kept)
