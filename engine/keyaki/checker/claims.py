"""Claims: what each part of a statement says of one coordinate of a request, read from the policy by the checker itself.

A statement is a list of claims, by label: ``resource``, ``has KEY`` (a variable in a Deny's NotResource must have a value) and
``condition N``. The labels are those that certificates use. The patterns of a claim are sequences of tokens, with holes where
variables stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from attrs import evolve, frozen

from keyaki.catalogue import ALWAYS_PRESENT, MULTI_VALUED, SAME_VALUE
from keyaki.checker.keytokens import ACCOUNT_TOKENS, MRK, REGION_TOKENS, UUID
from keyaki.checker.tokens import ANY, NO_COLON, Token, Tokens, folded, matches, may_begin, plain, run
from keyaki.policy import ConditionEntry, Effect, Family, Policy, Quantifier, Statement
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.matching import VARIABLE_FAMILIES, is_valid, widens
from keyaki.reference.template import Dead, Template, Variable, Wildcard, completed, fields, parse_template, six_fields
from keyaki.values import ascii_fold, truth

RESOURCE: Final = "resource"
REGION: Final = "aws:requestedregion"
ACCOUNT: Final = "aws:resourceaccount"
CALLER: Final = "kms:calleraccount"
EPOCH: Final = "aws:epochtime"
FIELD_OF: Final = {REGION: "region", ACCOUNT: "account"}


class Hole(NamedTuple):
    """A variable: its key, its default or None, whether case is folded, and whether it must stay inside a field.

    ``twin``: it alone is the caller's account where the key's account is asked for, or the other way round.
    """

    key: str
    default: str | None
    fold: bool = False
    field: bool = False
    twin: bool = False


Pieces = tuple[Token | Hole, ...]
Known = Mapping[str, str | None]


@frozen
class Claim:
    """What a condition or a Resource says of a coordinate: true of an absent key iff ``absent``.

    Of a present value: ``constant`` where that is not None; else whether the value meets one of ``values`` under ``family``,
    turned round if ``inverted``. ``patterns`` are the values of String, Arn and Bool operators, and of the resource.
    """

    coordinate: str
    absent: bool
    constant: bool | None = None
    family: Family | None = None
    values: tuple[str, ...] = ()
    patterns: tuple[Pieces, ...] = ()
    inverted: bool = False
    quantifier: Quantifier | None = None
    key: str = ""

    @cached_property
    def variables(self) -> frozenset[str]:
        """The keys of the variables in the patterns."""
        return frozenset(hole.key for pattern in self.patterns for hole in holes(pattern))

    @cached_property
    def size(self) -> int:
        """How many tokens and variables there are in the patterns, and one for each of them."""
        return sum(map(len, self.patterns)) + len(self.patterns)


class Claims:
    """The claims of one policy for keys of one partition.

    The default of a variable that is ``always`` there is dead; ``accounts`` are the keys whose text is always 12 digits.
    """

    always = ALWAYS_PRESENT
    accounts = frozenset({ACCOUNT, CALLER})

    def __init__(self, policy: Policy, partition: str) -> None:
        self.live = policy.has_variables
        self.partition = partition
        self.multi = MULTI_VALUED | multi_valued_keys(policy)

    def of(self, statement: Statement) -> dict[str, Claim] | None:
        """Return the claims of a statement by label, or None iff it applies to no request on a key ARN."""
        claims = self._resource(statement)
        for number, entry in enumerate(statement.conditions) if claims is not None else ():
            claim = self._condition(statement, entry)
            if claim is False:
                return None
            if isinstance(claim, Claim):
                claims[f"condition {number}"] = claim  # type: ignore[index]
        return claims

    def _resource(self, statement: Statement) -> dict[str, Claim] | None:
        element, deny = statement.resource, statement.effect is Effect.DENY
        if element is None or (not element.values and (deny or not element.negated)):
            return None if element is not None else {}
        claims: dict[str, Claim] = {}
        if element.negated and deny:
            pieces = [piece for text in element.values for piece in parse_template(text, self.live, wildcards=True)]
            for piece in pieces:
                if isinstance(piece, Dead) or (isinstance(piece, Variable) and piece.default is None and piece.key in self.multi):
                    return None
                key = self._home(piece.key) if isinstance(piece, Variable) and piece.default is None else None
                if key is not None:
                    claims[f"has {key}"] = Claim(key, absent=False, constant=True)
        widening = widens(statement.effect, element.negated)
        patterns = [pattern for text in element.values for pattern in self._arns(text, widening)]
        if (run(ANY),) in patterns:
            return None if element.negated else claims
        if not patterns:
            return claims if element.negated else None
        claims[RESOURCE] = Claim(RESOURCE, absent=False, patterns=unique(patterns), inverted=element.negated)
        return claims

    def _home(self, key: str) -> str | None:
        """Return the coordinate that must be present for a variable to have a value, or None: every ARN has it."""
        return None if key in FIELD_OF else SAME_VALUE.get(key, key)

    def _arns(self, text: str, widening: bool) -> list[Pieces]:
        """Return the patterns of a Resource text: of six fields; if it is short, completed and, where that widens, flat too."""
        flat = self._pieces(parse_template(text, self.live, wildcards=True))
        if not text.startswith("arn:"):
            return [flat] if flat is not None else []
        parts = fields(text, self.live)
        if len(parts) > 6:
            return []
        six = self._six(completed(parts))
        return [pieces for pieces in (six, flat if len(parts) < 6 and widening else None) if pieces is not None]

    def _six(self, parts: Sequence[str]) -> Pieces | None:
        templates = [parse_template(part, self.live, wildcards=True) for part in parts]
        if _is_no_key(*templates[3:]):
            return None
        found = [self._pieces(template, field=True) for template in templates]
        for place, word in enumerate(("arn", self.partition, "kms")):
            pieces = found[place]
            if pieces is not None and not holes(pieces):
                found[place] = plain(word) if matches([tokens_only(pieces)], word) else None
        for place, own in ((3, REGION), (4, ACCOUNT)):
            hole = alone(found[place])
            if hole is not None and hole.key == own:
                found[place] = (run(NO_COLON),)
            elif hole is not None and own == ACCOUNT and hole.key == CALLER:
                found[place] = (hole._replace(twin=True),)
        return joined(found)

    def _pieces(self, template: Template, *, fold: bool = False, field: bool = False) -> Pieces | None:
        """Return the pieces of a template, or None iff a variable in it never has a value."""
        one = NO_COLON if field else ANY
        pieces: list[Token | Hole] = []
        for piece in template:
            if isinstance(piece, str):
                pieces += folded(piece) if fold else plain(piece)
            elif isinstance(piece, Wildcard):
                pieces.append(run(one) if piece is Wildcard.MANY else one)
            elif isinstance(piece, Dead):
                return None
            else:
                key = same_text(piece.key)
                default = None if key in self.always else piece.default
                pieces.append(Hole(key, default, fold and not (key in self.accounts and default is None), field))
        return under(tuple(pieces), dict.fromkeys(self.multi))

    def _condition(self, statement: Statement, entry: ConditionEntry) -> Claim | bool:
        """Return the claim of a condition entry, or its truth where that is the same for every request."""
        key, operator, deny = ascii_fold(entry.key), entry.operator, statement.effect is Effect.DENY
        coordinate = SAME_VALUE.get(key, key)
        if operator.family is Family.NULL:
            asked = {truth(value) for value in entry.values} - {None}
            if operator.quantifier is not None:
                return operator.quantifier is Quantifier.FOR_ALL_VALUES
            if len(asked) != 1 or key in FIELD_OF:
                return False in asked
            return Claim(coordinate, absent=True in asked, constant=False in asked)
        values = tuple(value for value in entry.values if is_valid(operator.family, value, self.live))
        if not values and operator.negated and deny:
            return False
        every = operator.quantifier is Quantifier.FOR_ALL_VALUES
        absent = every if operator.quantifier else operator.negated or operator.if_exists
        if key in self.multi and operator.quantifier is None:
            return Claim(coordinate, absent, constant=not deny)
        patterns: tuple[Pieces, ...] = ()
        if operator.family in VARIABLE_FAMILIES:
            patterns = self._values(key, operator.family, values, widens(statement.effect, operator.negated))
        quantifier = operator.quantifier if key in self.multi else None
        claim = Claim(coordinate, absent, None, operator.family, values, patterns, operator.negated, quantifier, key)
        return evolve(claim, coordinate=RESOURCE) if key in FIELD_OF else claim

    def _values(self, key: str, family: Family, values: Sequence[str], widening: bool) -> tuple[Pieces, ...]:
        found: list[Pieces | None] = []
        for value in values:
            if family is Family.ARN_LIKE:
                parts = six_fields(value, self.live)
                templates = [parse_template(part, self.live, wildcards=True) for part in completed(parts)]
                pieces = joined([self._pieces(template, field=place < 5) for place, template in enumerate(templates)])
                found.append(related(key, pieces) if len(parts) == 6 or widening else None)
            else:
                template = parse_template(value, self.live, wildcards=family is Family.STRING_LIKE)
                pieces = self._pieces(template, fold=family is Family.STRING_EQUALS_IGNORE_CASE)
                found.append((related_truth if family is Family.BOOL else related)(key, pieces))
        return unique([pieces for pieces in found if pieces is not None])


def _is_no_key(region: Template, account: Template, key: Template) -> bool:
    """True if no key ARN has such a Region or account, written out, or a key that begins so or is so."""
    for template, language in ((region, REGION_TOKENS), (account, (ACCOUNT_TOKENS,)), (key, (UUID, MRK))):
        if template == () or (len(template) == 1 and isinstance(template[0], str)):
            text = str(template[0]) if template else ""
            if not matches(language, text) or "--" in text:
                return True
    return not may_begin((UUID, MRK), str(key[0])[:4]) if key and isinstance(key[0], str) else False


def unique(patterns: Sequence[Pieces]) -> tuple[Pieces, ...]:
    """Return the patterns, the first of equal ones only."""
    return tuple(dict.fromkeys(patterns))


def holes(pieces: Pieces) -> list[Hole]:
    """Return the variables of a pattern."""
    return [piece for piece in pieces if isinstance(piece, Hole)]


def alone(pieces: Pieces | None) -> Hole | None:
    """Return the variable that alone makes up a pattern, or None; runs beside it hold nothing where the length is fixed."""
    found = holes(pieces or ())
    rest = [piece for piece in pieces or () if isinstance(piece, Token)]
    return found[0] if len(found) == 1 and all(token.run for token in rest) else None


def same_text(key: str) -> str:
    """Return the one name for keys whose value has the same text; the two names of the time have different texts."""
    return key if key == EPOCH else SAME_VALUE.get(key, key)


def joined(parts: Sequence[Pieces | None]) -> Pieces | None:
    """Return fields joined by colons, or None iff one of them is None."""
    pieces: list[Token | Hole] = []
    for place, part in enumerate(parts):
        if part is None:
            return None
        pieces += (*plain(":"), *part) if place else part
    return tuple(pieces)


def related(key: str, pieces: Pieces | None) -> Pieces | None:
    """Return the value of a condition on ``key`` with what is known of a variable that ties the key to itself.

    Where the value is looked at the key is present, and its default is dead. A text is matched by itself between runs, and never
    by itself and one more character.
    """
    mine, hole = same_text(key), alone(pieces)
    if hole is not None and {mine, hole.key} == {ACCOUNT, CALLER}:
        return (hole._replace(twin=True),)
    pieces = pieces and tuple(one._replace(default=None) if isinstance(one, Hole) and one.key == mine else one for one in pieces)
    variables = holes(pieces or ())
    if pieces is None or not any(one.key == mine for one in variables) or any(one.default is not None for one in variables):
        return pieces
    rest = len(pieces) - 1 - sum(isinstance(piece, Token) and piece.run for piece in pieces)
    return None if rest else (ANY, run(ANY))


def related_truth(key: str, pieces: Pieces | None) -> Pieces | None:
    """Return the truth value of a condition on ``key``: itself and more is none; itself alone stays a variable.

    Nothing may be more: a variable of another key whose default is the empty text.
    """
    own = [hole for hole in holes(pieces or ()) if hole.key == same_text(key)]
    other = [hole for hole in holes(pieces or ()) if hole.key != same_text(key) and hole.default == ""]
    return None if own and (len(own) > 1 or len(pieces or ()) > 1 + len(other)) else pieces


def under(pieces: Pieces, known: Known) -> Pieces | None:
    """Return the pattern with known variables replaced by their text; None iff one has none."""
    found: list[Token | Hole] = []
    for piece in pieces:
        if isinstance(piece, Token) or piece.key not in known:
            found.append(piece)
            continue
        value = known[piece.key]
        text = piece.default if value is None else value
        if text is None or (piece.field and ":" in text):
            return None
        found += folded(text) if piece.fold else plain(text)
    return tuple(found)


def lifted(partition: str, *, region: Pieces | None = None, account: Pieces | None = None, key: Pieces | None = None) -> Pieces:
    """Return the pattern of the key ARNs with these fields; a field left out is free."""
    free = (run(NO_COLON),)
    colon = plain(":")
    return (*plain(f"arn:{partition}:kms:"), *(region or free), *colon, *(account or free), *colon, *(key or free))


def in_field(pieces: Pieces) -> Pieces:
    """Return a pattern kept inside a field: without colons."""
    kept: list[Token | Hole] = []
    for piece in pieces:
        if isinstance(piece, Hole):
            kept.append(piece._replace(field=True))
        elif piece.complement:
            kept.append(piece._replace(chars=piece.chars | {":"}))
        else:
            kept.append(piece._replace(chars=piece.chars - {":"}))
    return tuple(kept)


def tokens_only(pieces: Pieces) -> Tokens:
    """Return a pattern without holes as tokens."""
    return tuple(piece for piece in pieces if isinstance(piece, Token))


def decides(pieces: Pieces, hole: Hole) -> bool:
    """True iff a text that a pattern matches decides the value of its one variable: nothing beside it has an open length.

    Beside it is the whole pattern, or its own field where plain colons split the pattern and nothing else reads a colon.
    """
    fields = fields_of(pieces)
    split = hole.field and not any(isinstance(piece, Token) and piece.reads(":") for field in fields for piece in field)
    beside = next(field for field in fields if hole in field) if split else pieces
    return not any(isinstance(piece, Token) and piece.run for piece in beside)


def fields_of(pieces: Pieces) -> list[list[Token | Hole]]:
    """Return what stands between the plain colons of a pattern."""
    colon = plain(":")[0]
    found: list[list[Token | Hole]] = [[]]
    for piece in pieces:
        if piece == colon:
            found.append([])
        else:
            found[-1].append(piece)
    return found
