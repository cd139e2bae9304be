"""The theory of requests: what every consistent, well-typed request to a key has (section 6).

A *case* is one way in which a request can stand to the policy: the kind of key, whether the key is the caller's own
account's, and which part of the key ARN is fresh. Within a case, every relation between parts of a request is decided: what
is left are coordinates that vary freely, each in its universe, and the variables that tie one to another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve, frozen

from keyaki import catalogue
from keyaki.automata.glob import ANY, NOT_COLON, Glob, chars, literal, one, run
from keyaki.automata.product import Union
from keyaki.catalogue import Sort
from keyaki.lattice import universe as universes
from keyaki.lattice.universe import Form, Universe
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, KeyKind, is_account, is_region, key_arns, kind_of, lifted
from keyaki.symbolic.lift import CALLER_KEY
from keyaki.symbolic.names import Names
from keyaki.verdict import Scope

RESOURCE: Final = "resource"
KIND_KEYS: Final = frozenset({"kms:multiregion", "kms:multiregionkeytype"})

_COLON = literal(":")
_FIELD = run(NOT_COLON)
_ARN = Union((literal("arn:") + _FIELD + _COLON + _FIELD + _COLON + _FIELD + _COLON + _FIELD + _COLON + run(ANY),))
_ALIAS_CHARS = chars("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/_-")
_ALIAS = Union((literal("alias/") + one(_ALIAS_CHARS) + run(_ALIAS_CHARS),))
_ACCOUNT = Union((Glob(ACCOUNT_TOKENS),))

ACCOUNTS: Final = universes.language([_ACCOUNT])
ARNS: Final = universes.language([_ARN])
ALIASES: Final = universes.language([_ALIAS])
_BY_SORT: Final = {
    Sort.STRING: universes.STRING,
    Sort.BOOL: universes.BOOLEAN,
    Sort.NUMERIC: universes.DECIMAL,
    Sort.DATE: universes.DATE,
    Sort.IP: universes.ADDRESS,
    Sort.ARN: ARNS,
}


class Part:
    """Which part of the key ARN a case takes to be fresh beside the id."""

    NONE: Final = "none"
    REGION: Final = "region"
    ACCOUNT: Final = "account"
    BOTH: Final = "both"


PARTS: Final = {
    Scope.CONFINED: (Part.ACCOUNT, Part.REGION),
    Scope.ACCOUNT: (Part.ACCOUNT,),
    Scope.ANY: (Part.BOTH,),
    Scope.KEY: (Part.NONE,),
}
"""The parts that can make a key fresh in each scope: a key is fresh iff one of them holds."""


@frozen(cache_hash=True)
class Case:
    """One way a request can stand to the policy.

    ``kind`` is the kind of key, or None where the policy cannot tell kinds apart. ``own`` is whether the key's account is the
    caller's, or None where the policy cannot tell. ``part`` is what of the ARN is fresh.
    """

    kind: KeyKind | None
    own: bool | None
    part: str


@frozen
class Facts:
    """What section 6 says of one coordinate.

    ``universe`` holds the texts of a value, of a list those of each element; ``may_be_absent`` and ``may_be_present`` are about
    the key.
    """

    universe: Universe
    may_be_absent: bool = True
    may_be_present: bool = True
    is_list: bool = False


class Theory:
    """The facts of the requests for one action, partition and set of names."""

    def __init__(self, action: str, partition: str, names: Names, multi: frozenset[str], epoch: bool) -> None:
        self.decryption = action in catalogue.DECRYPTION_ACTIONS
        self.partition = partition
        self.names = names
        self.multi = multi
        self.epoch = epoch
        self._facts: dict[Case, dict[str, Facts]] = {}
        self._cases: dict[tuple[Scope, bool, bool], tuple[Case, ...]] = {}
        self._plainest: dict[Case, Case] = {}

    def cases(self, scope: Scope, tells_kinds: bool, tells_own: bool) -> Sequence[Case]:
        """Return the cases that together cover every request to a fresh key; no request lies in none of them."""
        asked = scope, tells_kinds, tells_own
        if asked not in self._cases:
            self._cases[asked] = tuple(self._find_cases(*asked))
        return self._cases[asked]

    def _find_cases(self, scope: Scope, tells_kinds: bool, tells_own: bool) -> Iterator[Case]:
        for part in PARTS[scope]:
            for own in (False, True) if tells_own or self.names.caller else (None,):
                if own and self.names.caller and part in {Part.ACCOUNT, Part.BOTH}:
                    continue
                for kind in (KeyKind.UUID, KeyKind.MRK) if tells_kinds else (None,):
                    yield Case(kind, own, part)

    def plainest(self, case: Case) -> Case:
        """Return the case with the least part that makes the same ARNs fresh: where nothing is named, nothing need be fresh."""
        found = self._plainest.get(case)
        if found is None:
            found = self._plainest[case] = self._find_plainest(case)
        return found

    def _find_plainest(self, case: Case) -> Case:
        named = {Part.REGION: bool(self.names.regions), Part.ACCOUNT: bool(self.names.accounts)}
        sides = {Part.BOTH: (Part.REGION, Part.ACCOUNT), Part.NONE: ()}.get(case.part, (case.part,))
        left = [side for side in sides if named[side]]
        return evolve(case, part=Part.BOTH if len(left) == 2 else left[0] if left else Part.NONE)

    def known(self, case: Case) -> dict[str, str | None]:
        """Return the values of variables that the case decides: key to text, or to None where it has no value."""
        known: dict[str, str | None] = dict.fromkeys(self.multi | catalogue.NEVER_PRESENT)
        known["aws:principalisawsservice"] = "false"
        if self.decryption:
            known["kms:keyusage"] = "ENCRYPT_DECRYPT"
        if case.kind is not None:
            known["kms:multiregion"] = "true" if case.kind is KeyKind.MRK else "false"
        if case.kind is KeyKind.UUID:
            known["kms:multiregionkeytype"] = None
        return known

    def is_always_present(self, coordinate: str) -> bool:
        """True iff every request for the action has a value of the coordinate."""
        return coordinate in catalogue.ALWAYS_PRESENT or (self.decryption and coordinate in catalogue.PRESENT_ON_DECRYPTION)

    def facts(self, coordinate: str, case: Case) -> Facts:
        """Return what is known of a coordinate in a case."""
        table = self.table(case)
        found = table.get(coordinate)
        if found is None:
            found = table[coordinate] = self._find(coordinate, case)
        return found

    def table(self, case: Case) -> dict[str, Facts]:
        """Return the table of what is known so far of the coordinates in a case."""
        return self._facts.setdefault(case, {})

    def _find(self, coordinate: str, case: Case) -> Facts:
        if coordinate == RESOURCE:
            return Facts(self._resources(case), may_be_absent=False)
        if coordinate == "kms:multiregion" and case.kind is not None:
            return Facts(universes.words(["true" if case.kind is KeyKind.MRK else "false"]), may_be_absent=False)
        if coordinate == "kms:multiregionkeytype" and case.kind is not None:
            present = case.kind is KeyKind.MRK
            return Facts(universes.words(["PRIMARY", "REPLICA"]), may_be_absent=not present, may_be_present=present)
        always = self.is_always_present(coordinate)
        return Facts(
            self._universe(coordinate), not always, coordinate not in catalogue.NEVER_PRESENT, is_list=coordinate in self.multi
        )

    def _universe(self, coordinate: str) -> Universe:
        if coordinate == CALLER_KEY:
            return ACCOUNTS
        if coordinate == "aws:currenttime":
            return universes.DATE_AND_EPOCH if self.epoch else universes.DATE
        if coordinate == "aws:principalisawsservice":
            return universes.words(["false"])
        if coordinate == "kms:keyusage" and self.decryption:
            return universes.words(["ENCRYPT_DECRYPT"])
        if coordinate in catalogue.ALIAS_VALUED:
            return ALIASES
        return _BY_SORT[catalogue.SORTS.get(coordinate, Sort.STRING)]

    def _resources(self, case: Case) -> Universe:
        """The key ARNs that are fresh in the case; of the caller's own account nothing is said here."""
        keys, doubled = key_arns(self.partition, case.kind)
        names, partition = self.names, self.partition
        regions = names.regions if case.part in {Part.REGION, Part.BOTH} else frozenset[str]()
        accounts = names.accounts if case.part in {Part.ACCOUNT, Part.BOTH} else frozenset[str]()
        stale = Names(regions, accounts, names.ids)
        return FreshKeys(Form.LANGUAGE, holds=(keys,), fails=(doubled,), partition=partition, kind=case.kind, stale=stale)


@frozen
class FreshKeys(Universe):
    """The ARNs of keys of one kind (or of both, for None) whose Region, account and id are not among ``stale``.

    The unions of ``holds`` and ``bars`` say the same for automata; here a text is looked at once.
    """

    partition: str = ""
    kind: KeyKind | None = None
    stale: Names = Names()  # noqa: RUF009 - a frozen value

    @property
    def bars(self) -> tuple[Union, ...]:
        """The unions that no key lies in: those of the stale names are made when an automaton asks for them."""
        stale, partition = self.stale, self.partition
        unions = list(self.fails)
        for texts, field in ((stale.ids, "key"), (stale.regions, "region"), (stale.accounts, "account")):
            if texts:
                prefix = "key/" if field == "key" else ""
                unions.append(Union(tuple(lifted(partition, **{field: literal(prefix + text)}) for text in sorted(texts))))
        return tuple(unions)

    def shortest(self) -> Iterator[str]:
        """Yield nothing: whoever asks has tried readable keys, and where those will not do, these hardly ever do."""
        return iter(())

    def admits(self, text: str) -> bool:
        """True iff the text is such an ARN. Linear in the text."""
        fields = text.split(":")
        if len(fields) != 6 or fields[:3] != ["arn", self.partition, "kms"]:
            return False
        region, account, key = fields[3:]
        key_id = key.removeprefix("key/")
        found = kind_of(key_id)
        if found is None or key_id == key or (self.kind is not None and found is not self.kind):
            return False
        stale = self.stale
        if region in stale.regions or account in stale.accounts or key_id in stale.ids:
            return False
        return is_region(region) and is_account(account)
