"""Readable values: what a witness should look like where the policy leaves a choice.

Candidates only: each is tried before automata are asked, and none is ever believed without a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from keyaki.automata.glob import ANY, Glob, literal
from keyaki.automata.meter import Exhausted, Meter
from keyaki.automata.product import Union, find_word
from keyaki.catalogue import REGIONS
from keyaki.lattice.compiled import Compiled
from keyaki.lattice.predicate import AddressPredicate, Predicate, TextPredicate
from keyaki.symbolic.keyarn import ACCOUNT_TOKENS, DOUBLE_DASH, KeyKind, id_globs, region_globs
from keyaki.symbolic.names import Names
from keyaki.symbolic.theory import RESOURCE, Case, Part

ACCOUNTS: Final = ("111122223333", "444455556666", "777788889999", "999999999999", "000000000000")
CALLERS: Final = ("123456789012", *ACCOUNTS)
"""The caller's, another than the key's as long as nothing asks for the key's."""
UUIDS: Final = tuple(
    f"{head}-12ab-34cd-56ef-1234567890ab" for head in ("1234abcd", *(f"{digit}{digit}bbccdd" for digit in "0123456789abcdef"))
)
MRKS: Final = ("mrk-1234abcd12ab34cd56ef1234567890ab",)
TEXTS: Final = {
    "kms:calleraccount": CALLERS,
    "aws:principalarn": ("arn:aws:iam::111122223333:role/example",),
    "aws:sourcearn": ("arn:aws:s3:::example",),
    "aws:sourcevpcarn": ("arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1234abcd",),
    "kms:keyspec": ("SYMMETRIC_DEFAULT", "RSA_2048"),
    "kms:keyorigin": ("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM"),
    "kms:encryptionalgorithm": ("SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256"),
    "kms:keyusage": ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    "kms:viaservice": ("s3.us-east-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com"),
    "kms:resourcealiases": ("alias/example", "alias/other"),
    "kms:requestalias": ("alias/example", "alias/other"),
    "aws:principaltype": ("AssumedRole", "User"),
    "aws:userid": ("AROAEXAMPLEEXAMPLE1:example", "AIDAEXAMPLEEXAMPLE12"),
    "aws:useragent": ("aws-cli/2", "Boto3/1"),
    "aws:sourcevpc": ("vpc-1234abcd", "vpc-5678abcd"),
    "aws:sourcevpce": ("vpce-1234abcd", "vpce-5678abcd"),
    "aws:principalorgid": ("o-example123", "o-other12345"),
    "aws:resourceorgid": ("o-example123", "o-other12345"),
    "aws:securetransport": ("true", "false"),
    "aws:viaawsservice": ("false", "true"),
    "aws:calledvia": ("athena.amazonaws.com", "cloudformation.amazonaws.com"),
    "aws:sourceaccount": ACCOUNTS,
    "aws:sourceip": ("203.0.113.1", "10.0.0.1", "2001:db8::1"),
    "aws:vpcsourceip": ("10.0.0.1", "2001:db8::1"),
    "aws:currenttime": ("2025-01-01T12:00:00Z",),
}
NEW: Final = ("us-new-1", "eu-new-1")
"""Regions for policies that name all that there are."""
OTHER_TEXTS: Final = ("example", "other", "1")
_TRIES: Final = 32
_FEW: Final = 50_000
"""Steps for the search of a word of one field; where they are not enough, the field has no readable text."""


class Readable:
    """Candidate values for the coordinates of one question."""

    def __init__(self, partition: str, names: Names, meter: Meter | None = None) -> None:
        self.meter = meter or Meter(_FEW)
        self.partition = partition
        self.names = names
        known = REGIONS[partition]
        named = (*(region for region in known if region in names.regions), *sorted(names.regions)) if names.regions else ()
        self.regions = (*_without(known, names.regions), *named, *NEW)
        self.accounts = _without(ACCOUNTS, names.accounts)
        self.ids = {KeyKind.UUID: _without(UUIDS, names.ids), KeyKind.MRK: _without(MRKS, names.ids)}

    def texts(self, coordinate: str, case: Case, holds: Sequence[Predicate]) -> Iterable[str]:
        """Return candidate texts, the most readable first; ``holds`` are tests that the text must pass."""
        if coordinate == RESOURCE:
            return islice(self._arns(case, holds), _TRIES)
        if any(isinstance(predicate, AddressPredicate) for predicate in holds):
            return ()  # the lattice writes readable addresses by itself, and reading one of these takes three microseconds
        return TEXTS.get(coordinate, OTHER_TEXTS)

    def _arns(self, case: Case, holds: Sequence[Predicate]) -> Iterator[str]:
        globs = [predicate.of.globs for predicate in holds if isinstance(predicate, TextPredicate)]
        guides: tuple[Glob, ...] = min(globs, key=len, default=())
        kinds = (KeyKind.UUID, KeyKind.MRK) if case.kind is None else (case.kind,)
        ids = [text for kind in kinds for text in self.ids[kind]]
        stale_regions = self.names.regions if case.part in {Part.REGION, Part.BOTH} else frozenset[str]()
        stale_accounts = self.names.accounts if case.part in {Part.ACCOUNT, Part.BOTH} else frozenset[str]()
        for guide in guides or (None,):
            fields = _fields(guide) if guide is not None else None
            regions = self._field(fields, 3, self.regions, stale_regions)
            accounts = self._field(fields, 4, self.accounts, stale_accounts)
            keys = self._field(fields, 5, [f"key/{text}" for text in ids], frozenset())
            if regions and accounts and keys:
                yield from _few(self.partition, regions, accounts, keys)

    def _field(self, fields: list[Glob] | None, at: int, preferred: Sequence[str], stale: frozenset[str]) -> list[str]:
        """Return the preferred texts of a field that the guide's field matches, or the one text that it is."""
        if fields is None:
            return [text for text in preferred if text not in stale][:_TRIES]
        glob = fields[at]
        if glob.literal is not None:
            return [glob.literal] if glob.literal not in stale else []
        matches = Compiled(Union((glob,))).matches
        return [text for text in preferred if text not in stale and matches(text)] or self._found(glob, at, stale)

    def _found(self, glob: Glob, at: int, stale: frozenset[str]) -> list[str]:
        """Return a text of a field's form that the guide's field matches, where no preferred one does; none iff there is none."""
        form = {3: region_globs(), 4: (Glob(ACCOUNT_TOKENS),), 5: id_globs(None)}[at]
        named = Union(tuple(map(literal, sorted(stale))))
        purse = Meter(_FEW)
        try:
            found = find_word([Union(form), Union((glob,))], [DOUBLE_DASH, named], purse)
        except Exhausted:
            return []
        finally:
            self.meter.spend(min(purse.spent, _FEW))
        return [found] if isinstance(found, str) else []


def _without(texts: tuple[str, ...], named: frozenset[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text not in named) if named else texts


def _few(partition: str, regions: Sequence[str], accounts: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    """Yield ARNs that vary one field at a time."""
    first = (regions[0], accounts[0], keys[0])
    choices = [first, *((first[0], first[1], key) for key in keys[1:18])]
    choices += [(region, first[1], first[2]) for region in islice(_diverse(regions), 1, 8)]
    choices += [(first[0], account, first[2]) for account in accounts[1:5]]
    for region, account, key in choices:
        yield f"arn:{partition}:kms:{region}:{account}:{key}"


def _diverse(regions: Sequence[str]) -> Iterator[str]:
    """Yield one Region of each part of the world, so that a few of them tell patterns apart."""
    seen: set[str] = set()
    for region in regions:
        if region[:2] not in seen:
            seen.add(region[:2])
            yield region


def _fields(glob: Glob) -> list[Glob] | None:
    """Return the six fields of a glob of ARNs that keeps each run to one field, or None for any other glob."""
    fields: list[list] = [[]]  # type: ignore[type-arg]
    for token in glob.tokens:
        if not token.run and token.chars == _COLON:
            fields.append([])
        elif token.run and token.chars == ANY:
            return None
        else:
            fields[-1].append(token)
    return [Glob(tuple(tokens)) for tokens in fields] if len(fields) == 6 else None


_COLON = literal(":").tokens[0].chars
