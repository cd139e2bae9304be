"""Cases: what the theory of requests (section 6) says of each coordinate, and which cases cover every request to a fresh key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from attrs import frozen

from keyaki import catalogue
from keyaki.catalogue import Sort
from keyaki.checker.claims import ACCOUNT, FIELD_OF, RESOURCE, Pieces, lifted, tokens_only
from keyaki.checker.effort import spend
from keyaki.checker.freshness import Named
from keyaki.checker.keytokens import ACCOUNT_TOKENS, MRK, REGION_TOKENS, UUID
from keyaki.checker.theory import Languages, Theory
from keyaki.checker.tokens import NO_COLON, Cover, Language, Tokens, plain, run
from keyaki.errors import EvidenceError
from keyaki.verdict import Scope

PARTS: Final = {Scope.CONFINED: {"account", "region"}, Scope.ACCOUNT: {"account"}, Scope.ANY: {"both"}, Scope.KEY: {"none"}}


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
class Facts(Theory):
    """The facts of the requests to fresh keys of one case, for decryption or for other actions."""

    case: Case
    decryption: bool
    partition: str
    named: Named
    multi: frozenset[str]
    epoch: bool
    accounts = (ACCOUNT,)
    is_key = True

    @property
    def own(self) -> bool | None:  # type: ignore[override]
        """Whether the caller's account is the key's, None where that is not told."""
        return self.case.own

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

    def field(self, key: str, text: str) -> Pieces:
        """Return the pattern of the key ARNs whose field that a key names is the text."""
        return lifted(self.partition, **{FIELD_OF[key]: plain(text)})

    def field_texts(self, key: str) -> list[Tokens]:
        """Return patterns of every account or Region."""
        return [ACCOUNT_TOKENS] if key == ACCOUNT else list(REGION_TOKENS)

    def barred(self, coordinate: str) -> Cover:
        """Return the patterns of texts that no value of a coordinate is, ready to cover others."""
        return self._barred if coordinate == RESOURCE else super().barred(coordinate)

    @cached_property
    def _barred(self) -> Cover:
        return Cover([tokens for language in self._resources[1] for tokens in language])

    def resources(self) -> Languages:
        """Return the languages of the keys that are fresh in the case; the ARNs of all that is named are among them."""
        return self._resources

    @cached_property
    def _resources(self) -> Languages:
        ids = {"uuid": (UUID,), "mrk": (MRK,), None: (UUID, MRK)}[self.case.kind]
        arns = tuple(self._arn(region=region, account=ACCOUNT_TOKENS, key=key) for region in REGION_TOKENS for key in ids)
        free = run(NO_COLON)
        spend(60 * (len(self.named.ids) + len(self.named.regions) + len(self.named.accounts)))
        fails: list[Language] = [[self._arn(region=(free, *plain("--"), free))]]
        part, named = self.case.part, self.named
        if named.ids:
            fails.append([self._arn(key=plain(f"key/{text}")) for text in sorted(named.ids)])
        if part in {"region", "both"} and named.regions:
            fails.append([self._arn(region=plain(text)) for text in sorted(named.regions)])
        if part in {"account", "both"} and named.accounts:
            fails.append([self._arn(account=plain(text)) for text in sorted(named.accounts)])
        return ([arns], fails)

    def _arn(self, **fields: Pieces) -> Tokens:
        return tokens_only(lifted(self.partition, **fields))
