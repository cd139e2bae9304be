"""Guess: a request that one Allow grants, written as a person would write it, straight from the statement's text.

Most Allows of real policies ask little of a request, and no Deny is near: a Region, an account and a key id fill the pattern's
wildcards, and each condition is given the first of its values. Such a request needs no boxes. It is only a guess: the caller
replays it by the reference evaluator, and where that refuses it, or nothing was guessed, the search decides. What the reference
does not know is seen to here: the key is fresh, and every value is one that its key can have.

(Of the 113 AWS managed policies that reach a blocked action 111 are settled so: at the median in 0.19 ms instead of 0.51, at
most in 3 ms instead of 22.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from keyaki.catalogue import ALWAYS_PRESENT, SAME_VALUE
from keyaki.decision.witness import concretize
from keyaki.policy import ConditionEntry, Family, Policy, Quantifier, Request, Statement
from keyaki.reference.evaluate import demands
from keyaki.reference.matching import Place, glob_matches, meets
from keyaki.reference.template import Dead, Template, Variable, Wildcard, completed, fields, parse_template
from keyaki.symbolic.atom import Value
from keyaki.symbolic.keyarn import KeyKind, is_account, is_region, kind_of
from keyaki.symbolic.lift import ACCOUNT_KEY, ARN_KEYS, CALLER_KEY, REGION_KEY
from keyaki.symbolic.names import CALLER_TEXTS, STRING_FAMILIES, names_other_service
from keyaki.symbolic.readable import CALLERS, OTHER_TEXTS, TEXTS, Readable
from keyaki.symbolic.theory import Case, Part, Theory
from keyaki.values import ascii_fold
from keyaki.verdict import Scope

_FREE: Final = ("*", "*", "*")
_PATTERNS: Final = 32
"""How many patterns of a Resource are looked at."""
_LONGEST: Final = 256
"""Longer texts are nothing that a person would write."""
_TEXT_FAMILIES: Final = STRING_FAMILIES | {Family.ARN_LIKE}

_Entry = tuple[str, ConditionEntry]
"""A condition entry after its case-folded key."""


class Guesser:
    """Guesses for one policy and one question; ``keys`` are the context keys that the policy mentions."""

    def __init__(self, policy: Policy, scope: Scope, readable: Readable, keys: dict[str, str]) -> None:
        self.live = policy.has_variables
        self.scope = scope
        self.readable = readable
        self.keys = keys
        self.readable_keys = [f"key/{text}" for kind in KeyKind for text in readable.ids[kind]]

    def request(self, theory: Theory, action: str, statement: Statement) -> Request | None:
        """Return a consistent request to a fresh key that the Allow is likely to grant, without keys that it does not demand."""
        entries = [(ascii_fold(entry.key), entry) for entry in statement.conditions]
        demanded = {key for key, entry in entries if demands(entry)}
        wanted = {
            key: entry.values for key, entry in entries if key in ARN_KEYS and key in demanded and not entry.operator.negated
        }
        draft = _Draft(self, theory, wanted, own=_ties_accounts(statement, entries))
        if not any(draft.place(*fields) for fields in self._places(statement)):
            return None
        fits = draft.meet(entries, demanded - ARN_KEYS) and (not theory.names.caller or draft.is_fresh())
        return draft.request(action) if fits else None

    def _places(self, statement: Statement) -> Iterator[tuple[str, str, str]]:
        """Yield the last three fields of the patterns that may match a key ARN; all free where nothing better is known."""
        element = statement.resource
        if element is None:
            return
        if element.negated:
            yield _FREE
            return
        for text in element.values[:_PATTERNS]:
            if not text.startswith("arn:"):
                yield _FREE
            elif not names_other_service(text) and len(text) <= _LONGEST:
                parts = fields(text, self.live)
                if len(parts) <= 6:
                    _, _, _, *last = completed(parts)
                    yield last[0], last[1], last[2]


def _ties_accounts(statement: Statement, entries: Iterable[_Entry]) -> bool:
    """True iff a condition asks that the key's account be the caller's, or the account of a Resource is the caller's."""
    for key, entry in entries:
        if key == ACCOUNT_KEY and not CALLER_TEXTS.isdisjoint(entry.values):
            return not entry.operator.negated
    texts = statement.resource.values if statement.resource else ()
    return any(own in text for text in texts if "${" in text for own in CALLER_TEXTS)


class _Draft:
    """A request in the making: the fields of its ARN, and the value of each coordinate that is demanded or inserted."""

    def __init__(self, guesser: Guesser, theory: Theory, wanted: Mapping[str, Sequence[str]], *, own: bool) -> None:
        self.guesser = guesser
        self.theory = theory
        self.wanted = wanted
        self.live = guesser.live
        self.own = own
        self.case = Case(None, own or None, Part.NONE)
        self.values: dict[str, Value] = {}
        self.region = self.account = ""
        self.key = ""

    # The key

    def place(self, region: str, account: str, key: str) -> bool:
        """Fill three fields of a pattern, the first two with what conditions want; True iff that made the ARN of a fresh key."""
        readable = self.guesser.readable
        self.values.clear()
        self.region = self._pick(region, self._preferred(REGION_KEY, readable.regions))
        self.account = self._pick(account, self._preferred(ACCOUNT_KEY, readable.accounts))
        self.key = self._pick(key, self.guesser.readable_keys)
        return self.is_fresh()

    def _preferred(self, key: str, readable: Sequence[str]) -> Sequence[str]:
        """Return the wanted texts, or of wanted patterns the readable texts that they match."""
        wanted = self.wanted.get(key)
        if not wanted:
            return readable
        plain = [text for text in wanted if "*" not in text and "?" not in text and "$" not in text]
        templates = [parse_template(text, self.live, wildcards=True) for text in wanted if text not in plain]
        return plain + [text for text in readable if any(_fits(template, text) for template in templates)]

    def _pick(self, field: str, preferred: Sequence[str]) -> str:
        """Return the first preferred text that a field matches, or an empty text; a variable in it gets what is left for it."""
        if field == "*":
            return preferred[0] if preferred else ""
        if "*" not in field and "?" not in field and "$" not in field:
            return field
        template = parse_template(field, self.live, wildcards=True)
        for text in preferred:
            if _fits(template, text) and self._capture(template, text):
                return text
        return ""

    def _capture(self, template: Template, text: str) -> bool:
        """Give the variable of a field, if it has one, what of the text the rest of the field leaves."""
        for at, piece in enumerate(template):
            if isinstance(piece, Variable) and not (self.own and SAME_VALUE.get(piece.key, piece.key) == CALLER_KEY):
                before, after = template[:at], template[at + 1 :]
                if not all(isinstance(other, str) for other in (*before, *after)):
                    return False
                value = text[len("".join(map(str, before))) : len(text) - len("".join(map(str, after)))]
                return self._give(SAME_VALUE.get(piece.key, piece.key), value)
        return True

    def is_fresh(self) -> bool:
        """True iff the fields are those of a key that is fresh beside the caller's account."""
        names, key_id = self.theory.names, self.key.removeprefix("key/")
        if not (is_region(self.region) and is_account(self.account) and key_id != self.key and kind_of(key_id)):
            return False
        region = self.region not in names.regions
        account = self.account not in names.accounts and not (names.caller and self.account == self._caller())
        part = {
            Scope.CONFINED: region or account,
            Scope.ACCOUNT: account,
            Scope.ANY: region and account,
            Scope.KEY: True,
        }[self.guesser.scope]
        return part and key_id not in names.ids

    def _caller(self) -> str:
        given = self.values.get(CALLER_KEY)
        return self.account if self.own else given if isinstance(given, str) else CALLERS[0]

    # The context

    def meet(self, entries: list[_Entry], demanded: set[str]) -> bool:
        """Give each demanded key a value; True iff all have one that the key can have."""
        if "aws:epochtime" in demanded:
            return False
        for key, entry in sorted(entries, key=_order) if len(entries) > 1 else entries:
            coordinate = SAME_VALUE.get(key, key)
            if key not in demanded or (coordinate == CALLER_KEY and self.own):
                continue
            if coordinate in self.values and entry.operator.quantifier is not Quantifier.FOR_ANY_VALUE:
                continue
            value = self._value(entry, coordinate)
            if value is None or not self._give(coordinate, value):
                return False
        return True

    def _give(self, coordinate: str, value: str) -> bool:
        """Give a coordinate a value, one more to a list; True iff it can have it. A value that it has already stays."""
        facts = self.theory.facts(coordinate, self.case)
        if not facts.may_be_present or not facts.universe.admits(value):
            return False
        given = self.values.get(coordinate)
        if facts.is_list:
            self.values[coordinate] = tuple(dict.fromkeys((*(given or ()), value)))
        elif given is None:
            self.values[coordinate] = value
        return True

    def _value(self, entry: ConditionEntry, coordinate: str) -> str | None:
        """Return a text that is likely to pass the entry."""
        usual = TEXTS.get(coordinate, OTHER_TEXTS)
        family, values = entry.operator.family, entry.values
        if entry.operator.negated or family is Family.NULL or not values or values[0] == "*":
            return usual[0]
        if family in _TEXT_FAMILIES:
            return self._written(values[0], family) if len(values[0]) <= _LONGEST else None
        place = Place(self.live, True, self._variable)
        texts = (*usual, "true", "false") if family is Family.BOOL else (*usual, values[0].partition("/")[0])
        return next((text for text in texts if meets(family, text, values[0], place)), None)

    def _written(self, value: str, family: Family) -> str | None:
        """Return a text that a value matches: its variables replaced, its wildcards filled."""
        like = family in {Family.STRING_LIKE, Family.ARN_LIKE}
        if "${" not in value and not (like and ("*" in value or "?" in value)):
            return value
        template = parse_template(value, self.live, wildcards=like)
        text = ""
        for at, piece in enumerate(template):
            found = piece if isinstance(piece, str) else "x"
            if piece is Wildcard.MANY:
                found = self._filling(text, template[at + 1] if at + 1 < len(template) else "")
            elif isinstance(piece, (Variable, Dead)):
                inserted = None if isinstance(piece, Dead) else self._inserted(piece)
                if inserted is None:
                    return None
                found = inserted
            text += found
        return text

    def _filling(self, before: str, after: object) -> str:
        """Return what a person would write for a ``*``: a word where it stands alone between separators, else nothing."""
        if (before and before[-1] not in _SEPARATORS) or (isinstance(after, str) and after and after[0] not in _SEPARATORS):
            return ""
        if before.startswith("arn:"):
            return {1: "aws", 3: self.region, 4: self.account}.get(before.count(":"), OTHER_TEXTS[0])
        return self.region if before and isinstance(after, str) and after.endswith(".amazonaws.com") else OTHER_TEXTS[0]

    def _inserted(self, variable: Variable) -> str | None:
        coordinate = SAME_VALUE.get(variable.key, variable.key)
        if variable.default is not None and variable.key not in ALWAYS_PRESENT and coordinate not in self.values:
            return variable.default
        return self._variable(variable.key)

    def _variable(self, key: str) -> str | None:
        """Return the value of a variable, one made up where it has none yet, or None where it cannot have one."""
        coordinate = SAME_VALUE.get(key, key)
        if key in ARN_KEYS:
            return self.region if key == REGION_KEY else self.account
        if coordinate == CALLER_KEY:
            self.values.setdefault(CALLER_KEY, self._caller())
        elif coordinate not in self.values and coordinate != "aws:currenttime" and coordinate not in self.theory.multi:
            self._give(coordinate, TEXTS.get(coordinate, OTHER_TEXTS)[0])
        value = self.values.get(coordinate)
        return value if isinstance(value, str) and key != "aws:epochtime" else None

    def request(self, action: str) -> Request:
        """Return the request; keys that are always present, and that nothing was asked of, have a usual value."""
        arn = f"arn:{self.theory.partition}:kms:{self.region}:{self.account}:{self.key}"
        return concretize(action, arn, self.guesser.keys, self.case, self._settled)

    def _settled(self, coordinate: str) -> Value:
        found = self.values.get(coordinate)
        if found is None and self.theory.is_always_present(coordinate):
            universe = self.theory.facts(coordinate, self.case).universe
            texts = TEXTS.get(coordinate) or universe.words or OTHER_TEXTS
            return next((text for text in texts if universe.admits(text)), None)
        return found


_SEPARATORS: Final = frozenset(":/.-_@=+ ")


def _fits(template: Template, text: str) -> bool:
    """True iff the template matches the text, its variables taken for any text."""
    return glob_matches(tuple(piece if isinstance(piece, (str, Wildcard)) else Wildcard.MANY for piece in template), text)


def _order(one: _Entry) -> int:
    """Return what sorts those entries first that say most of a value."""
    entry = one[1]
    test = entry.operator
    if test.negated or test.family is Family.NULL:
        return 3
    if test.quantifier is Quantifier.FOR_ALL_VALUES:
        return 2
    return any("${" in value for value in entry.values[:1])
