"""The space of all requests: any action, any resource, any context; what an ARN decides is tied to the ARNs that have it.

A resource is ``*`` or an ARN of six fields, each of which may be empty. ``aws:ResourceAccount`` and ``aws:RequestedRegion`` are
the ARN's fields where these are not empty and free otherwise, absence included. What section 6 says of KMS keys holds of the
ARNs of KMS keys alone.
"""

from __future__ import annotations

from typing import Final

from keyaki.catalogue import ALWAYS_PRESENT, DECRYPTION_ACTIONS, NEVER_PRESENT, PRESENT_ON_DECRYPTION, SPELLINGS
from keyaki.smtlib import regex
from keyaki.smtlib.folding import Alphabet
from keyaki.smtlib.regex import chars, either, member, plus, sequence, star, word
from keyaki.smtlib.term import FALSE, TRUE, UnsupportedError, choice, concat, conj, disj, equal, implies, neg, string
from keyaki.smtlib.theory import Coordinate, Spelling, Theory, Value
from keyaki.smtlib.usage import Form, Use
from keyaki.values import ascii_fold, fold

_NAME: Final = plus(chars("\x00)", "+9", ";>", "@", "[\U0002ffff"))
"""What stands on either side of the colon of a folded action: no upper case, no wildcard, no colon."""
_IS_ARN: Final = neg("is-star")
_KEY_HEAD: Final = conj(
    [
        _IS_ARN,
        member("partition", sequence(word("aws"), star(chars("az", "-")))),
        equal("service", string("kms")),
        member("region", plus(chars("az", "09", "-"))),
        member("account", regex.ACCOUNT),
    ]
)
FIELDS: Final = ("partition", "service", "region", "account", "rest")
"""The variables that an ARN is made of, with colons between them and ``arn:`` before."""
ACTION: Final = ("action-service", "action-name")
"""The variables that an action is made of, with a colon between them."""
PRINCIPAL_KINDS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_PRINCIPAL: Final = sequence(either(map(word, PRINCIPAL_KINDS)), word(":"), plus(regex.ONE))
_PLACES: Final = {"aws:resourceaccount": "account", "aws:requestedregion": "region"}
_OF_KEYS: Final = frozenset({"kms:multiregion", "kms:multiregionkeytype", "kms:keyusage", "kms:keyorigin", "kms:keyspec"})
_KEY_TYPES: Final = ("PRIMARY", "REPLICA")


class SpaceTheory(Theory):
    """The theory of all requests; with ``principals`` each comes from somebody, written ``KIND:VALUE``."""

    on_keys = False

    def __init__(self, uses: dict[str, Use], *, epoch: bool, alphabet: Alphabet, principals: bool) -> None:
        super().__init__(uses, epoch=epoch, alphabet=alphabet)
        self._has_keys = False
        self.lines.append("; the action, case folded: a service and a name")
        for name in ACTION:
            self._declare(name, "String")
            self._assert(member(name, _NAME))
        self.lines.append(f"(define-fun action () String {concat([ACTION[0], string(':'), ACTION[1]])})")
        self.lines.append("; the resource: a star, or an ARN")
        self._declare("is-star", "Bool")
        for name in FIELDS:
            self._declare(name, "String")
        for name in FIELDS[:-1]:
            self._assert(member(name, star(regex.NO_COLON)))
        self._assert(implies("is-star", conj(equal(name, string("")) for name in ("region", "account"))))
        arn = concat(part for name in FIELDS for part in (string("arn:" if name == FIELDS[0] else ":"), name))
        self.lines.append(f"(define-fun resource () String {choice('is-star', string('*'), arn)})")
        if principals:
            self._declare("principal", "String")
            self._assert(member("principal", _PRINCIPAL))

    @property
    def is_key(self) -> str:
        """The Bool term: the resource is a KMS key."""
        if not self._has_keys:
            self._has_keys = True
            self.lines.append("; KMS keys, the multi-Region ones among them, and the actions that decrypt")
            self.lines.append(f"(define-fun is-replicable () Bool {conj([_KEY_HEAD, member('rest', regex.MRK_KEY)])})")
            uuid = conj([_KEY_HEAD, member("rest", regex.UUID_KEY)])
            self.lines.append(f"(define-fun is-key () Bool {disj(['is-replicable', uuid])})")
            names = (ascii_fold(action).partition(":")[2] for action in DECRYPTION_ACTIONS)
            action = conj([equal(ACTION[0], string("kms")), disj(equal(ACTION[1], string(name)) for name in names)])
            self.lines.append(f"(define-fun decrypts-key () Bool {conj(['is-key', action])})")
        return "is-key"

    def _made(self, name: str) -> Coordinate:
        if name in _PLACES:
            return self._of_field(name)
        if name in _OF_KEYS or name in PRESENT_ON_DECRYPTION:
            _ = self.is_key
        return super()._made(name)

    def _of_field(self, name: str) -> Coordinate:
        use = self.use(name)
        if use.form(name) is not Form.TEXT or use.folds:
            raise UnsupportedError(f"`{SPELLINGS[name]}` under typed operators, or compared with a variable without case")
        field, label = _PLACES[name], SPELLINGS[name]
        self.lines.append(f"; {label}")
        present, value = f"|present {label}|", f"|value {label}|"
        self._declare(present, "Bool")
        self._declare(value, "String")
        self._assert(neg(equal(value, string(""))))
        self._assert(disj([equal(field, string("")), conj([present, equal(value, field)])]))
        return Coordinate(name, use.kind, Form.TEXT, present, (Value(value),), is_list=False, spelling=Spelling.FREE)

    def _presence(self, name: str) -> str:
        if name in NEVER_PRESENT:
            return FALSE
        if name in ALWAYS_PRESENT and name not in _OF_KEYS:
            return TRUE
        present = self._symbol("present", name)
        self._declare(present, "Bool")
        if name == "kms:multiregionkeytype":
            self._assert(implies(self.is_key, equal(present, "is-replicable")))
        elif name in _OF_KEYS:
            self._assert(implies(self.is_key, present))
        elif name in PRESENT_ON_DECRYPTION:
            self._assert(implies("decrypts-key", present))
        return present

    def _fixed(self, name: str, form: Form, value: Value, *, caseless: bool) -> str:
        def text(known: str) -> str:
            return equal(value.term, string(fold(known) if caseless else known))

        if name == "kms:multiregion":
            word_of = choice("is-replicable", string("true"), string("false"))
            return implies(self.is_key, equal(value.term, "is-replicable" if form is Form.TRUTH else word_of))
        if name == "kms:multiregionkeytype":
            return implies("is-replicable", disj(map(text, _KEY_TYPES)))
        if name == "kms:keyusage":
            return implies("decrypts-key", text("ENCRYPT_DECRYPT"))
        return super()._fixed(name, form, value, caseless=caseless)
