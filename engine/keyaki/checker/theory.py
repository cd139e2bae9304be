"""Theory: what a leaf needs to know of requests, whichever requests a question is about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from keyaki import catalogue
from keyaki.catalogue import Sort
from keyaki.checker.claims import CALLER, RESOURCE, Pieces
from keyaki.checker.consistency import EPOCH_START, is_typed
from keyaki.checker.keytokens import ACCOUNT_TOKENS, FOUR, SIX
from keyaki.checker.tokens import ANY, DIGIT, NO_COLON, Cover, Language, Token, Tokens, matches, plain, run
from keyaki.values import FIRST_INSTANT, instant

_ALIAS = Token(frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/_-"))
_FIELD = (run(NO_COLON),)
_ARN = (*plain("arn:"), *_FIELD, *plain(":"), *_FIELD, *plain(":"), *_FIELD, *plain(":"), *_FIELD, *plain(":"), run(ANY))
_DATE = tuple(DIGIT if char == "0" else plain(char)[0] for char in "0000-00-00T00:00:00Z")
_SOME = (DIGIT, run(DIGIT))
_LANGUAGES: Final[dict[Sort, Language]] = {
    Sort.STRING: [(ANY, run(ANY))],
    Sort.ARN: [_ARN],
    Sort.NUMERIC: [(*sign, *_SOME, *part) for sign in ((), plain("-")) for part in ((), (*plain("."), *_SOME))],
    Sort.DATE: [_DATE],
    Sort.IP: [FOUR, SIX],
    Sort.BOOL: [plain("true"), plain("false")],
}
"""Languages that hold every text of a value of each sort."""
Languages = tuple[list[Language], list[Language]]
"""Languages that every value of a coordinate lies in, and such that none does."""


class Theory(ABC):
    """The facts of one case: what each coordinate of its requests can be.

    ``own`` is whether the caller's account is the resource's, None where that is not told. ``epoch`` is whether the time has a
    text in digits too. ``accounts`` are the variables that are the resource's account.
    """

    own: bool | None
    epoch: bool
    accounts: tuple[str, ...] = ()
    is_key = False
    """Whether the resource is always the ARN of a KMS key."""

    @abstractmethod
    def known(self) -> dict[str, str | None]:
        """Return the variables whose value the case decides; None stands for no value."""

    @abstractmethod
    def may_be_absent(self, coordinate: str) -> bool:
        """False iff every request of the case has the coordinate."""

    @abstractmethod
    def may_be_present(self, coordinate: str) -> bool:
        """False iff no request of the case has the coordinate."""

    @abstractmethod
    def words(self, coordinate: str) -> tuple[str, ...] | None:
        """Return all values of a coordinate that has only a few, else None."""

    @abstractmethod
    def resources(self) -> Languages:
        """Return the languages of the resources."""

    @abstractmethod
    def field(self, key: str, text: str) -> Pieces:
        """Return the pattern of the ARNs whose field that a key names is the text."""

    @abstractmethod
    def field_texts(self, key: str) -> list[Tokens]:
        """Return patterns of every text that the field of an ARN which a key names can be."""

    def sort(self, coordinate: str) -> Sort:
        """Return what values a coordinate holds."""
        return catalogue.SORTS.get(coordinate, Sort.STRING)

    def first_second(self, coordinate: str) -> int:
        """Return the first second that a coordinate of dates can be."""
        return EPOCH_START if self.epoch and coordinate == "aws:currenttime" else FIRST_INSTANT

    def languages(self, coordinate: str, *, digits: bool) -> Languages:
        """Return the languages of a coordinate; ``digits``: the time so."""
        if digits:
            return [[_SOME]], []
        if coordinate == RESOURCE:
            return self.resources()
        if coordinate == CALLER:
            return [[ACCOUNT_TOKENS]], []
        if coordinate in catalogue.ALIAS_VALUED:
            return [[(*plain("alias/"), _ALIAS, run(_ALIAS))]], []
        return [_LANGUAGES[self.sort(coordinate)]], []

    def barred(self, coordinate: str) -> Cover:
        """Return the patterns of texts that no value of a coordinate is, ready to cover others."""
        return Cover([tokens for language in self.languages(coordinate, digits=False)[1] for tokens in language])

    def admits(self, coordinate: str, text: str) -> bool:
        """True iff the text is a value that the coordinate can have."""
        words = self.words(coordinate)
        if words is not None:
            return text in words
        if coordinate == RESOURCE:
            return self.lies_in(coordinate, text)
        second = instant(text) if self.sort(coordinate) is Sort.DATE else None
        return is_typed(coordinate, text) and (second is None or second >= self.first_second(coordinate))

    def lies_in(self, coordinate: str, text: str) -> bool:
        """True iff the text lies in the languages of a coordinate."""
        holds, fails = self.languages(coordinate, digits=False)
        return all(matches(one, text) for one in holds) and not any(matches(one, text) for one in fails)
