"""Cases: what the theory of requests (section 6) says of each coordinate, and which cases cover every request to a fresh key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from attrs import frozen

from keyaki import catalogue
from keyaki.catalogue import Sort
from keyaki.checker.claims import CALLER, RESOURCE, Pieces, lifted, tokens_only
from keyaki.checker.consistency import EPOCH_START, is_typed
from keyaki.checker.freshness import Named
from keyaki.checker.keytokens import ACCOUNT_TOKENS, FOUR, MRK, REGION_TOKENS, SIX, UUID
from keyaki.checker.tokens import ANY, DIGIT, NO_COLON, Language, Token, Tokens, matches, plain, run
from keyaki.errors import EvidenceError
from keyaki.values import FIRST_INSTANT, instant
from keyaki.verdict import Scope

PARTS: Final = {Scope.CONFINED: {"account", "region"}, Scope.ACCOUNT: {"account"}, Scope.ANY: {"both"}, Scope.KEY: {"none"}}
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


class Case(NamedTuple):
    """One way a request can stand to the policy: the kind of key, whether its account is the caller's, what of it is fresh."""

    kind: str | None
    own: bool | None
    part: str


def read_case(one: object) -> Case:
    """Return the case that an entry of a certificate is about; raise EvidenceError iff there is no such case."""
    kind, own, part = (one.get(name, "?") for name in Case._fields) if isinstance(one, Mapping) else "???"
    if kind in (None, "uuid", "mrk") and (own is None or isinstance(own, bool)) and part in ("account", "region", "both", "none"):
        return Case(kind, own, part)
    raise EvidenceError("a certificate names a case that there is not")


def covered(cases: Sequence[Case], scope: Scope, *, caller_named: bool) -> bool:
    """True iff every consistent request to a fresh key lies in one of the cases: a named caller's own account is not fresh."""

    def kinds(own: bool | None, part: str) -> bool:
        return Case(None, own, part) in cases or (Case("uuid", own, part) in cases and Case("mrk", own, part) in cases)

    def owns(part: str) -> bool:
        return kinds(False, part) and (kinds(True, part) or (caller_named and part in {"account", "both"}))

    return all(kinds(None, part) or owns(part) for part in PARTS[scope])


@frozen
class Facts:
    """The facts of one case, for decryption or for other actions. ``epoch`` is whether the time has a text in digits too."""

    case: Case
    decryption: bool
    partition: str
    named: Named
    multi: frozenset[str]
    epoch: bool

    def known(self) -> dict[str, str | None]:
        """Return the variables whose value the case decides; None stands for no value."""
        known: dict[str, str | None] = dict.fromkeys(self.multi | catalogue.NEVER_PRESENT)
        known["aws:principalisawsservice"] = "false"
        if self.decryption:
            known["kms:keyusage"] = "ENCRYPT_DECRYPT"
        if self.case.kind is not None:
            known["kms:multiregion"] = "true" if self.case.kind == "mrk" else "false"
        if self.case.kind == "uuid":
            known["kms:multiregionkeytype"] = None
        return known

    def may_be_absent(self, coordinate: str) -> bool:
        """False iff every request of the case has the coordinate."""
        if coordinate == "kms:multiregionkeytype":
            return self.case.kind != "mrk"
        decrypting = self.decryption and coordinate in catalogue.PRESENT_ON_DECRYPTION
        return coordinate != RESOURCE and coordinate not in catalogue.ALWAYS_PRESENT and not decrypting

    def may_be_present(self, coordinate: str) -> bool:
        """False iff no request of the case has the coordinate."""
        if coordinate == "kms:multiregionkeytype":
            return self.case.kind != "uuid"
        return coordinate not in catalogue.NEVER_PRESENT

    def words(self, coordinate: str) -> tuple[str, ...] | None:
        """Return all values of a coordinate that has only a few, else None."""
        if coordinate == "kms:multiregion" and self.case.kind is not None:
            return ("true",) if self.case.kind == "mrk" else ("false",)
        if coordinate == "kms:multiregionkeytype" and self.case.kind == "mrk":
            return ("PRIMARY", "REPLICA")
        if coordinate == "kms:keyusage" and self.decryption:
            return ("ENCRYPT_DECRYPT",)
        if coordinate == "aws:principalisawsservice":
            return ("false",)
        return ("true", "false") if self.sort(coordinate) is Sort.BOOL else None

    def sort(self, coordinate: str) -> Sort:
        """Return what values a coordinate holds."""
        return catalogue.SORTS.get(coordinate, Sort.STRING)

    def first_second(self, coordinate: str) -> int:
        """Return the first second that a coordinate of dates can be."""
        return EPOCH_START if self.epoch and coordinate == "aws:currenttime" else FIRST_INSTANT

    def languages(self, coordinate: str, *, digits: bool) -> tuple[list[Language], list[Language]]:
        """Return languages that every value of a coordinate lies in, and such that none does; ``digits``: the time so."""
        if digits:
            return [[_SOME]], []
        if coordinate == RESOURCE:
            return self._keys()
        if coordinate == CALLER:
            return [[ACCOUNT_TOKENS]], []
        if coordinate in catalogue.ALIAS_VALUED:
            return [[(*plain("alias/"), _ALIAS, run(_ALIAS))]], []
        return [_LANGUAGES[self.sort(coordinate)]], []

    def _keys(self) -> tuple[list[Language], list[Language]]:
        ids = {"uuid": (UUID,), "mrk": (MRK,), None: (UUID, MRK)}[self.case.kind]
        arns = tuple(self._arn(region=region, account=ACCOUNT_TOKENS, key=key) for region in REGION_TOKENS for key in ids)
        free = run(NO_COLON)
        fails: list[Language] = [[self._arn(region=(free, *plain("--"), free))]]
        part, named = self.case.part, self.named
        if named.ids:
            fails.append([self._arn(key=plain(f"key/{text}")) for text in sorted(named.ids)])
        if part in {"region", "both"} and named.regions:
            fails.append([self._arn(region=plain(text)) for text in sorted(named.regions)])
        if part in {"account", "both"} and named.accounts:
            fails.append([self._arn(account=plain(text)) for text in sorted(named.accounts)])
        return [arns], fails

    def _arn(self, **fields: Pieces) -> Tokens:
        return tokens_only(lifted(self.partition, **fields))

    def admits(self, coordinate: str, text: str) -> bool:
        """True iff the text is a value that the coordinate can have."""
        words = self.words(coordinate)
        if words is not None:
            return text in words
        if coordinate == RESOURCE:
            holds, fails = self._keys()
            return all(matches(one, text) for one in holds) and not any(matches(one, text) for one in fails)
        second = instant(text) if self.sort(coordinate) is Sort.DATE else None
        return is_typed(coordinate, text) and (second is None or second >= self.first_second(coordinate))
