"""Folding: texts that are compared with each other without case, in a theory of strings that has no case.

Where nothing tells the cases of a coordinate's letters apart, its texts may be taken in lower case, and the comparison is an
equation of words. Where something does, its texts keep their case and are folded by ``str.replace_all``, letter by letter. That
needs an alphabet: the characters of the policy and of the theory in every case, a range of characters without case, and a few
letters more. It is enough: of any request, keep of each two texts that differ one place where they do; a letter outside the
policy that is told from its other case at such a place is one of the few, and each other one can be replaced by a character of
the range, the same everywhere; each test says what it said before. That argument needs one place for each two texts; a search
(a ``*`` beside a variable) fails at every place, so with it such texts are refused.
The cost is one ``str.replace_all`` for each letter of the policy, which only cvc5 is good at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from keyaki.policy import Policy
from keyaki.reference.template import Variable, parse_template
from keyaki.smtlib import regex
from keyaki.smtlib.term import apply, string
from keyaki.smtlib.usage import Kind, Use
from keyaki.values import fold

_RANGE: Final = "\u4e00\u9fff"
"""The ends of a range of characters without case, more of them than a request can tell apart."""
_SPARE: Final = "qzjxvwkyubghfmplnodctsiera"
_LETTERS: Final = {
    Kind.ARN: "arn",
    Kind.DATE: "TZ",
    Kind.NUMERIC: "",
    Kind.ACCOUNT: "",
    Kind.REGION: "abcdefghijklmnopqrstuvwxyz",
    Kind.BOOL: "truefalse",
    Kind.ADDRESS: "abcdef",
    Kind.STRING: "",
}
"""The letters that the texts of a kind are made of; what is not here has too many."""
_KNOWN: Final = {"kms:keyusage": "encrypt_decrypt", "kms:multiregionkeytype": "primaryreplica"}
"""The letters of values that the theory gives to a coordinate."""


class Alphabet:
    """The characters that texts with folded copies are written in."""

    def __init__(self, policies: Sequence[Policy], uses: dict[str, Use]) -> None:
        self.policy_letters = {fold(character) for policy in policies for text in _written(policy) for character in text}
        mixed = [name for name, use in uses.items() if is_mixed(use)]
        theirs: set[str] = set().union(*(set(_KNOWN[name]) for name in mixed if name in _KNOWN))
        for name in mixed:
            theirs |= set(fold(_LETTERS.get(uses[name].kind, "")))
        known = self.policy_letters | theirs
        spare = [letter for letter in _SPARE if letter not in known][: max(1, sum(use.comparisons for use in uses.values()))]
        self._folded = sorted({*known, *spare})

    @property
    def caseless(self) -> str:
        """The language of texts in lower case, for coordinates whose case nothing tells."""
        others = sorted(letter for letter in self.policy_letters if not letter.isascii())
        return regex.star(regex.chars("\x00@", "[\x7f", *others, _RANGE))

    @property
    def mixed(self) -> str:
        """The language of texts that are folded letter by letter."""
        cased = [variant for letter in self._folded for variant in regex.spellings(letter)]
        return regex.star(regex.chars("\x00@", "[`", "{\x7f", *cased, _RANGE))

    def folded(self, term: str) -> str:
        """The folded copy of a text of :attr:`mixed`."""
        for letter in self._folded:
            for variant in regex.spellings(letter):
                if variant != letter:
                    term = apply("str.replace_all", term, string(variant), string(letter))
        return term


def is_mixed(use: Use) -> bool:
    """True iff the texts of a coordinate are compared without case and may not be taken in lower case."""
    return use.folds and (use.case_matters or use.kind is not Kind.STRING)


def can_fold(use: Use) -> bool:
    """True iff the texts of a coordinate can be folded letter by letter."""
    return use.kind in _LETTERS and not use.searched


def _written(policy: Policy) -> Iterable[str]:
    """The texts that the values and patterns of a policy write out."""
    for statement in policy.statements:
        texts = [value for entry in statement.conditions for value in entry.values]
        texts += [value for value in (statement.resource.values if statement.resource else ()) if "${" in value]
        for text in texts:
            for piece in parse_template(text, policy.has_variables, wildcards=True):
                if isinstance(piece, str):
                    yield piece
                elif isinstance(piece, Variable) and piece.default:
                    yield piece.default
