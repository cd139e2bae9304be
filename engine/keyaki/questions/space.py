"""The space: every request there is, and what is known of each part of it.

A request is an action, a resource, a context and, for resource policies, a principal. The action is any ``service:Name``,
kept in its folded spelling, so that case takes no part. The resource is ``*`` or any ARN of six fields, each of which may be
empty. Of the context section 6 of the rule book holds, with what it says of KMS keys kept to the ARNs of KMS keys.

A *case* decides what ties parts of a request together, so that within it every coordinate varies freely:

* ``aws:ResourceAccount`` and ``aws:RequestedRegion`` are the ARN's fields where these are not empty (the atoms on them move
  to the resource), and free otherwise, absence included (choice): then they are coordinates of their own. Where one is
  compared as a number, say, it is a coordinate apart, tied to the field as a variable is.
* ``own`` says whether the resource's account is the caller's.
* ``key`` says whether the resource is the ARN of a KMS key, ``kind`` of which kind, ``decrypts`` whether the action decrypts.
* ``single`` are the keys that hold one value although one of the policies treats them as lists.

**choice** The ARN of a KMS key is ``arn:aws...:kms:REGION:ACCOUNT:key/ID`` with any letters, digits and dashes for a Region;
the two names of one value are one value for every service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from itertools import combinations, product
from typing import Final

from attrs import frozen

from keyaki import catalogue
from keyaki.automata.glob import ANY, DIGIT, HEX, LOWER, NOT_COLON, Chars, Glob, Token, literal, one, run
from keyaki.automata.product import Union
from keyaki.lattice import universe as universes
from keyaki.lattice.universe import Form, Universe
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, KeyKind
from keyaki.symbolic.theory import ACCOUNTS, RESOURCE, Case, Facts, Part, Theory

ACTION: Final = "action"
PRINCIPAL: Final = "principal"
ACCOUNT: Final = "resource account"
"""The coordinate of ``aws:ResourceAccount`` where it is not the ARN's field."""
REGION: Final = "resource region"
"""The coordinate of ``aws:RequestedRegion`` where it is not the ARN's field."""

DECRYPTION: Final = tuple(action.lower() for action in catalogue.DECRYPTION_ACTIONS)
KIND_KEYS: Final = frozenset({"kms:multiregion", "kms:multiregionkeytype"})
USAGE_KEYS: Final = frozenset({"kms:keyusage", "kms:encryptionalgorithm"})
KEY_KEYS: Final = KIND_KEYS | USAGE_KEYS | {"kms:keyorigin", "kms:keyspec"}
"""The coordinates of which something is known on KMS keys only."""

ALWAYS: Final = catalogue.ALWAYS_PRESENT - KEY_KEYS - {"aws:resourceaccount", "aws:requestedregion"}
"""The context keys that every request has, whatever its resource."""
_UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NAME = Chars(_UPPER | frozenset(":*?"), complement=True)
_COLON = literal(":")
_FIELD = run(NOT_COLON)
_TEXT = one(NOT_COLON) + run(NOT_COLON)
_HEAD = literal("arn:") + _FIELD + _COLON + _FIELD + _COLON
_STAR = literal("*")

PRINCIPAL_KINDS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
PRINCIPALS: Final = universes.language([Union(tuple(literal(f"{kind}:") + one(ANY) + run(ANY) for kind in PRINCIPAL_KINDS))])
"""Every principal, as ``KIND:VALUE``."""
_FIELDS: Final = universes.language([Union((_TEXT,))])
_ACTIONS = Union((one(_NAME) + run(_NAME) + _COLON + one(_NAME) + run(_NAME),))
_KEY_HEAD = literal("arn:aws") + run(Chars(LOWER.members | {"-"})) + literal(":kms:")
_REGION_CHARS = Chars(LOWER.members | DIGIT.members | {"-"})
_KEY_HEAD += one(_REGION_CHARS) + run(_REGION_CHARS) + _COLON + Glob(ACCOUNT_TOKENS) + literal(":key/")
_UUID = (
    one(HEX, 8)
    + literal("-")
    + one(HEX, 4)
    + literal("-")
    + one(HEX, 4)
    + literal("-")
    + one(HEX, 4)
    + literal("-")
    + one(HEX, 12)
)
_KEYS: Final = {KeyKind.UUID: Union((_KEY_HEAD + _UUID,)), KeyKind.MRK: Union((_KEY_HEAD + literal("mrk-") + one(HEX, 32),))}
_ANY_KEY: Final = Union(_KEYS[KeyKind.UUID].globs + _KEYS[KeyKind.MRK].globs)
_KEY_ARN = re.compile(
    r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/"
    r"(?:(mrk-[0-9a-f]{32})|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)
_ACCOUNT = re.compile("[0-9]{12}")


class From(Enum):
    """Where the value of ``aws:ResourceAccount`` or ``aws:RequestedRegion`` comes from."""

    ARN = "arn"
    APART = "apart"
    """The field is kept as a coordinate of its own, to which the ARN is tied."""
    FREE = "free"


_IN_ARN: Final = frozenset({From.ARN, From.APART})


@frozen
class SpaceCase(Case):
    """One way in which the parts of a request are tied; None where the policies cannot tell."""

    account: From | None = None
    region: From | None = None
    key: bool | None = None
    decrypts: bool | None = None
    single: frozenset[str] = frozenset()
    several: frozenset[str] = frozenset()


@frozen
class Reads:
    """What some regions read: ``keys`` are coordinates and variables.

    ``own`` says whether they compare the caller's account with the resource's, ``mixed`` which of the keys are lists to one
    policy and not to another, ``typed`` which of the ARN's fields are compared as something else than texts.
    """

    keys: frozenset[str]
    own: bool
    mixed: tuple[str, ...] = ()
    typed: frozenset[str] = frozenset()


def cases(reads: Reads) -> Iterator[SpaceCase]:
    """Yield the cases that together cover the space; regions that read no more than ``reads`` tell none of them further apart."""
    accounts = _sources(ACCOUNT, reads) if ACCOUNT in reads.keys or reads.own else (None,)
    regions = _sources(REGION, reads) if REGION in reads.keys else (None,)
    owns = (True, False) if reads.own else (None,)
    for key, kind, decrypts in _keys(reads.keys):
        for account, region, own in product(accounts, regions, owns):
            if key and From.FREE in {account, region}:
                continue
            for several in _subsets(reads.mixed):
                single = frozenset(reads.mixed) - several
                yield SpaceCase(kind, own, Part.NONE, account, region, key, decrypts, single, several)


def _sources(key: str, reads: Reads) -> tuple[From | None, ...]:
    return From.APART if key in reads.typed else From.ARN, From.FREE


def _keys(reads: frozenset[str]) -> Iterator[tuple[bool | None, KeyKind | None, bool | None]]:
    if not reads & KEY_KEYS:
        yield None, None, None
        return
    yield False, None, None
    kinds = (KeyKind.UUID, KeyKind.MRK) if reads & KIND_KEYS else (None,)
    yield from product((True,), kinds, (True, False) if reads & USAGE_KEYS else (None,))


def _subsets(keys: tuple[str, ...]) -> Iterator[frozenset[str]]:
    for size in range(len(keys) + 1):
        yield from map(frozenset, combinations(keys, size))


def is_key_arn(text: str) -> KeyKind | None:
    """Return the kind of KMS key that an ARN names, or None."""
    found = _KEY_ARN.fullmatch(text)
    return None if found is None else KeyKind.MRK if found[1] else KeyKind.UUID


def field_of(resource: str, key: str) -> str:
    """Return the account (or for another key the Region) that an ARN holds, empty where it has none."""
    fields = resource.split(":", 5)
    return fields[4 if key == ACCOUNT else 3] if len(fields) == 6 else ""


def lifted(region: tuple[object, ...] | None = None, account: tuple[object, ...] | None = None) -> tuple[object, ...]:
    """Return the pieces of the ARNs whose Region or account consists of the given pieces, which must be free of colons."""
    colon = _COLON.tokens
    free = _FIELD.tokens
    return (*_HEAD.tokens, *(region or free), *colon, *(account or free), *colon, Token(ANY, run=True))


@frozen
class Actions(Universe):
    """The folded actions; with ``decrypts`` those that decrypt, or the others."""

    decrypts: bool | None = None

    def admits(self, text: str) -> bool:
        """True iff the text is a service, one colon, and a name, without upper case and wildcards."""
        service, _, name = text.partition(":")
        if not service or not name or ":" in name or not _NAME.members.isdisjoint(service) or not _NAME.members.isdisjoint(name):
            return False
        return self.decrypts is None or (text in DECRYPTION) is self.decrypts


@frozen
class Resources(Universe):
    """The resources of one case."""

    case: SpaceCase | None = None
    unnamed: frozenset[str] = frozenset()

    def admits(self, text: str) -> bool:
        """True iff the text is a resource of the case."""
        case = self.case
        if text in self.unnamed or (text != "*" and (not text.startswith("arn:") or text.count(":") < 5)):
            return False
        if case is None:
            return True
        kind = is_key_arn(text) if case.key is not None else None
        return (
            _comes(field_of(text, ACCOUNT), case.account)
            and _comes(field_of(text, REGION), case.region)
            and not (case.own and case.account in _IN_ARN and not _ACCOUNT.fullmatch(field_of(text, ACCOUNT)))
            and (case.key is None or (kind is not None) is case.key)
            and (case.kind is None or kind is case.kind)
        )


def _comes(field: str, source: From | None) -> bool:
    return source is None or bool(field) is (source in _IN_ARN)


@cache
def actions(decrypts: bool | None) -> Actions:
    """Return the universe of actions."""
    words = Union(tuple(map(literal, DECRYPTION)))
    holds = (_ACTIONS, words) if decrypts else (_ACTIONS,)
    return Actions(Form.LANGUAGE, None, holds, (words,) if decrypts is False else (), decrypts=decrypts)


@cache
def resources(case: SpaceCase, unnamed: frozenset[str] = frozenset()) -> Resources:
    """Return the universe of resources of a case, without those of ``unnamed``."""
    accounts = Glob(ACCOUNT_TOKENS) if case.own and case.account in _IN_ARN else _of(case.account)
    globs = [_HEAD + _of(case.region) + _COLON + accounts + _COLON + run(ANY)]
    if _IN_ARN.isdisjoint({case.account, case.region}):
        globs.append(_STAR)
    holds, fails = [Union(tuple(globs))], []
    if case.key:
        holds.append(_ANY_KEY if case.kind is None else _KEYS[case.kind])
    elif case.key is False:
        fails.append(_ANY_KEY)
    if unnamed:
        fails.append(Union(tuple(map(literal, sorted(unnamed)))))
    return Resources(Form.LANGUAGE, None, tuple(holds), tuple(fails), case=case, unnamed=unnamed)


def _of(source: From | None) -> Glob:
    return _FIELD if source is None else _TEXT if source in _IN_ARN else literal("")


class Space(Theory):
    """The facts of the whole space; ``lists`` are the keys that hold lists, ``unnamed`` the resources to leave out."""

    def __init__(self, lists: Iterable[str], epoch: bool, unnamed: frozenset[str] = frozenset()) -> None:
        self.partition = "aws"
        self.multi = frozenset(lists)
        self.epoch = epoch
        self.decryption = False
        self.unnamed = unnamed
        self._facts = {}

    def known_values(self, case: SpaceCase) -> dict[str, str | None]:
        """Return the values of variables that the case decides: key to text, or to None where it has no value."""
        known: dict[str, str | None] = dict.fromkeys(catalogue.NEVER_PRESENT)
        known["aws:principalisawsservice"] = "false"
        if case.key and case.decrypts:
            known["kms:keyusage"] = "ENCRYPT_DECRYPT"
        if case.key and case.kind is not None:
            known["kms:multiregion"] = "true" if case.kind is KeyKind.MRK else "false"
        if case.kind is KeyKind.UUID:
            known["kms:multiregionkeytype"] = None
        return known

    def _find(self, coordinate: str, case: Case) -> Facts:
        if not isinstance(case, SpaceCase):
            message = "the space has cases of its own"
            raise TypeError(message)
        if coordinate == PRINCIPAL:
            return Facts(PRINCIPALS, may_be_absent=False)
        if coordinate == RESOURCE:
            return Facts(resources(case, self.unnamed), may_be_absent=False)
        if coordinate == ACTION:
            return Facts(actions(case.decrypts), may_be_absent=False)
        if coordinate == ACCOUNT and case.own:
            return Facts(ACCOUNTS, may_be_absent=False)
        if {ACCOUNT: case.account, REGION: case.region}.get(coordinate) is From.APART:
            return Facts(_FIELDS, may_be_absent=False)
        if case.key and coordinate in KEY_KEYS:
            return self._of_key(coordinate, case)
        return Facts(
            self._universe(coordinate),
            coordinate not in ALWAYS,
            coordinate not in catalogue.NEVER_PRESENT,
            is_list=coordinate in self.multi and coordinate not in case.single,
        )

    def _of_key(self, coordinate: str, case: SpaceCase) -> Facts:
        if coordinate == "kms:multiregion" and case.kind is not None:
            return Facts(universes.words(["true" if case.kind is KeyKind.MRK else "false"]), may_be_absent=False)
        if coordinate == "kms:multiregionkeytype":
            present = case.kind is KeyKind.MRK
            return Facts(universes.words(["PRIMARY", "REPLICA"]), may_be_absent=not present, may_be_present=present)
        if coordinate == "kms:keyusage" and case.decrypts:
            return Facts(universes.words(["ENCRYPT_DECRYPT"]), may_be_absent=False)
        optional = coordinate == "kms:encryptionalgorithm" and not case.decrypts
        return Facts(self._universe(coordinate), may_be_absent=optional)
