"""The space: every request there is, in cases, as questions about whole policies ask of it.

A request is an action, a resource, a context and, for resource policies, a principal. Actions are folded and have one colon; a
resource is ``*`` or any ARN of six fields. What section 6 says of KMS keys holds for their ARNs alone. A case may say

* whether ``aws:ResourceAccount`` and ``aws:RequestedRegion`` are the ``arn``'s fields, because these are not empty, or ``free``;
  ``apart`` they are the ARN's fields, and coordinates of their own all the same;
* whether the resource's account is the caller's (``own``);
* whether the resource is the ARN of a KMS ``key``, of which ``kind``, and whether the action ``decrypts``;
* of keys that are lists to one policy and not to another, which hold a ``single`` value or none, and which hold ``several``.

What a case does not say is open in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, product
from typing import Any, Final, NamedTuple

from attrs import frozen

from keyaki import catalogue
from keyaki.catalogue import Sort
from keyaki.checker.claims import ACCOUNT, FIELD_OF, REGION, RESOURCE, Claim, Hole, Pieces, tokens_only
from keyaki.checker.effort import spend
from keyaki.checker.freshness import is_account
from keyaki.checker.keytokens import ACCOUNT_TOKENS, MRK, UUID
from keyaki.checker.theory import Languages, Theory
from keyaki.checker.tokens import ANY, DIGIT, NO_COLON, Language, Token, Tokens, plain, run
from keyaki.errors import EvidenceError

ACTION: Final = "action"
PRINCIPAL: Final = "principal"
FREE: Final = {ACCOUNT: "resource account", REGION: "resource region"}
"""The coordinates of the keys that the ARN may decide, where it does not."""
FREE_ACCOUNT: Final = FREE[ACCOUNT]
DECRYPTION: Final = frozenset(action.lower() for action in catalogue.DECRYPTION_ACTIONS)
KEY_KEYS: Final = frozenset(
    "kms:multiregion kms:multiregionkeytype kms:keyusage kms:encryptionalgorithm kms:keyorigin kms:keyspec".split()
)
"""The coordinates of which something is known on KMS keys only."""
ALWAYS: Final = catalogue.ALWAYS_PRESENT - KEY_KEYS - {ACCOUNT, REGION}
MOST_MIXED: Final = 6
"""How many keys may be lists to one policy and not to another: each doubles the cases."""

_LOWER = Token(frozenset("abcdefghijklmnopqrstuvwxyz-"))
_PLACE = Token(_LOWER.chars | DIGIT.chars)
_NAME = Token(frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ:*?"), complement=True)
_COLON = plain(":")
_FIELD: Final = (run(NO_COLON),)
_TEXT: Final = (NO_COLON, run(NO_COLON))
_ACTIONS: Final = [(_NAME, run(_NAME), *_COLON, _NAME, run(_NAME))]
_DECRYPTING: Final = [plain(action.lower()) for action in catalogue.DECRYPTION_ACTIONS]
_PRINCIPALS: Final = [(*plain(f"{kind}:"), ANY, run(ANY)) for kind in ("AWS", "Service", "Federated", "CanonicalUser")]
_KEY = (*plain("arn:aws"), run(_LOWER), *plain(":kms:"), _PLACE, run(_PLACE), *_COLON, *ACCOUNT_TOKENS, *_COLON)
_KEYS: Final = {"uuid": [(*_KEY, *UUID)], "mrk": [(*_KEY, *MRK)], None: [(*_KEY, *UUID), (*_KEY, *MRK)]}


class SpaceCase(NamedTuple):
    """One way in which the parts of a request are tied; None where that is open."""

    account: str | None
    region: str | None
    own: bool | None
    key: bool | None
    kind: str | None
    decrypts: bool | None
    single: frozenset[str]
    several: frozenset[str]


_CHOICES: Final[dict[str, tuple[object, ...]]] = {
    "account": ("arn", "apart", "free"),
    "region": ("arn", "apart", "free"),
    "own": (True, False),
    "key": (True, False),
    "kind": ("uuid", "mrk"),
    "decrypts": (True, False),
}


def read_case(one: object) -> SpaceCase:
    """Return the case that an entry of a certificate is about; raise EvidenceError iff there is no such case."""
    found: Mapping[str, Any] = one if isinstance(one, Mapping) else {}
    told = {name: found.get(name, "?") for name in _CHOICES}
    right = all(
        value is None or any(type(value) is type(way) and value == way for way in _CHOICES[name]) for name, value in told.items()
    )
    texts = [found.get(name) for name in ("single", "several")]
    for listed in texts:
        right = right and isinstance(listed, (list, tuple)) and all(isinstance(text, str) for text in listed)
    if not right or (told["key"] is not True and not (told["kind"] is told["decrypts"] is None)):
        raise EvidenceError("a certificate names a case that there is not")
    single, several = (frozenset(listed or ()) for listed in texts)
    if single & several:
        raise EvidenceError("a key holds one value and several in one case")
    return SpaceCase(**told, single=single, several=several)


def check_covered(cases: Sequence[SpaceCase], mixed: frozenset[str], decrypts: bool | None) -> None:
    """Return iff every request lies in one of the cases, and each case says of all ``mixed`` keys what they hold.

    ``decrypts`` says whether the actions asked about decrypt, None where some may and some may not.

    Raises:
        EvidenceError: it is not so, or there are too many mixed keys.
    """
    if len(mixed) > MOST_MIXED:
        raise EvidenceError("too many keys are lists to one policy and not to another")
    if not all(mixed <= case.single | case.several for case in cases):
        raise EvidenceError("a case leaves open whether a key is a list")
    if not all(any(_holds(case, one) for case in cases) for one in _every(mixed, decrypts)):
        raise EvidenceError("the cases of a proof leave requests out")


def _every(mixed: frozenset[str], decrypts: bool | None) -> Iterator[SpaceCase]:
    """Yield every case that leaves nothing open; the ARN of a KMS key has an account and a Region."""
    keys = sorted(mixed)
    subsets = [frozenset(some) for some in chain.from_iterable(combinations(keys, size) for size in range(len(keys) + 1))]
    ways = [(False, None, None), *product((True,), ("uuid", "mrk"), (True, False) if decrypts is None else (decrypts,))]
    for (key, kind, decrypting), account, region, own, several in product(
        ways, ("arn", "free"), ("arn", "free"), (True, False), subsets
    ):
        if not key or account == region == "arn":
            yield SpaceCase(account, region, own, key, kind, decrypting, mixed - several, several)


def _holds(case: SpaceCase, one: SpaceCase) -> bool:
    """True iff every request of a case that leaves nothing open lies in another one."""
    told = zip(case[:6], one[:6], strict=True)
    return all(mine is None or its in {mine, "arn" if mine == "apart" else mine} for mine, its in told) and not (
        case.single & one.several or case.several & one.single
    )


@frozen
class SpaceFacts(Theory):
    """The facts of one case; ``lists`` are the keys that are lists to some policy, ``unnamed`` resources that are left out."""

    case: SpaceCase
    lists: frozenset[str]
    epoch: bool
    unnamed: frozenset[str] = frozenset()
    accounts = (ACCOUNT, FREE_ACCOUNT)

    @property
    def own(self) -> bool | None:  # type: ignore[override]
        """Whether the caller's account is the resource's, None where that is not told."""
        return self.case.own

    def known(self) -> dict[str, str | None]:
        """Return the variables whose value the case decides; None stands for no value."""
        known: dict[str, str | None] = dict.fromkeys(catalogue.NEVER_PRESENT | (self.lists - self.case.single))
        known["aws:principalisawsservice"] = "false"
        for key in KEY_KEYS if self.case.key else ():
            words = self.words(key)
            if not self.may_be_present(key):
                known[key] = None
            elif words is not None and len(words) == 1:
                known[key] = words[0]
        return known

    def may_be_absent(self, coordinate: str) -> bool:
        """False iff every request of the case has the coordinate."""
        if coordinate in {RESOURCE, ACTION, PRINCIPAL}:
            return False
        if coordinate in FREE.values() and (self._is_apart(coordinate) or (coordinate == FREE_ACCOUNT and self.case.own)):
            return False
        if coordinate not in KEY_KEYS or not self.case.key:
            return coordinate not in ALWAYS
        if coordinate == "kms:multiregionkeytype":
            return self.case.kind != "mrk"
        return coordinate == "kms:encryptionalgorithm" and not self.case.decrypts

    def may_be_present(self, coordinate: str) -> bool:
        """False iff no request of the case has the coordinate."""
        if coordinate == "kms:multiregionkeytype":
            return self.case.kind != "uuid"
        return coordinate not in catalogue.NEVER_PRESENT

    def words(self, coordinate: str) -> tuple[str, ...] | None:
        """Return all values of a coordinate that has only a few, else None."""
        case = self.case
        if coordinate == "kms:multiregion" and case.kind is not None:
            return ("true",) if case.kind == "mrk" else ("false",)
        if coordinate == "kms:multiregionkeytype" and case.kind is not None:
            return ("PRIMARY", "REPLICA")
        if coordinate == "kms:keyusage" and case.decrypts:
            return ("ENCRYPT_DECRYPT",)
        if coordinate == "aws:principalisawsservice":
            return ("false",)
        return ("true", "false") if self.sort(coordinate) is Sort.BOOL else None

    def languages(self, coordinate: str, *, digits: bool) -> Languages:
        """Return the languages of a coordinate; ``digits``: the time so."""
        if coordinate == ACTION:
            holds: list[Language] = [_ACTIONS, _DECRYPTING] if self.case.decrypts else [_ACTIONS]
            return holds, [_DECRYPTING] if self.case.decrypts is False else []
        if coordinate == PRINCIPAL:
            return [_PRINCIPALS], []
        if coordinate == FREE_ACCOUNT and self.case.own:
            return [[ACCOUNT_TOKENS]], []
        if self._is_apart(coordinate):
            return [[_TEXT]], []
        return super().languages(coordinate, digits=digits)

    def resources(self) -> Languages:
        """Return the languages of the resources of the case."""
        case = self.case
        account = ACCOUNT_TOKENS if case.own and case.account in {"arn", "apart"} else _part(case.account)
        globs: list[Tokens] = [tokens_only(_arn(_part(case.region), account))]
        if {"arn", "apart"}.isdisjoint({case.account, case.region}):
            globs.append(plain("*"))
        holds: list[Language] = [globs]
        fails: list[Language] = []
        if case.key is not None:
            (holds if case.key else fails).append(_KEYS[case.kind])
        if self.unnamed:
            fails.append(self._unnamed)
        return holds, fails

    @cached_property
    def _unnamed(self) -> Language:
        spend(sum(1 + (len(text) >> 3) for text in self.unnamed))
        return [plain(text) for text in sorted(self.unnamed)]

    def admits(self, coordinate: str, text: str) -> bool:
        """True iff the text is a value that the coordinate can have."""
        if coordinate in {ACTION, PRINCIPAL}:
            return self.lies_in(coordinate, text)
        if coordinate == FREE_ACCOUNT and self.case.own:
            return is_account(text)
        if self._is_apart(coordinate):
            return self.lies_in(coordinate, text)
        if coordinate in KEY_KEYS and self.words(coordinate) is None:
            return bool(text)
        return super().admits(coordinate, text)

    def _is_apart(self, coordinate: str) -> bool:
        """True iff a coordinate is a field of the ARN, kept apart."""
        sources = {FREE_ACCOUNT: self.case.account, FREE[REGION]: self.case.region}
        return sources.get(coordinate) == "apart"

    def ties(self) -> dict[str, Claim]:
        """Return the claims that tie the ARN to those of its fields that are kept apart, by coordinate."""
        return {
            name: Claim(RESOURCE, absent=False, patterns=(lifted(key, (Hole(name, None, field=True),)),))
            for key, name in FREE.items()
            if self._is_apart(name)
        }

    def field(self, key: str, text: str) -> Pieces:
        """Return the pattern of the ARNs whose field that a key names is the text."""
        return lifted(key, plain(text))

    def field_texts(self, key: str) -> list[Tokens]:
        """Return patterns of every text that a field which is not empty can be."""
        return [ACCOUNT_TOKENS] if key == ACCOUNT and self.case.own else [_TEXT]


def lifted(key: str, pieces: Pieces) -> Pieces:
    """Return the pattern of the ARNs whose account or Region, as the key says, is as a pattern without colons says."""
    region, account = (pieces, _FIELD) if FIELD_OF[key] == "region" else (_FIELD, pieces)
    return _arn(region, account)


def _arn(region: Pieces, account: Pieces) -> Pieces:
    return (*plain("arn:"), *_FIELD, *_COLON, *_FIELD, *_COLON, *region, *_COLON, *account, *_COLON, run(ANY))


def _part(source: str | None) -> Tokens:
    return {None: _FIELD, "arn": _TEXT, "apart": _TEXT, "free": ()}[source]
