"""Consistency: is a request one that can be made of a KMS key (section 6)?"""

from __future__ import annotations

from keyaki import catalogue
from keyaki.catalogue import SAME_VALUE, Sort
from keyaki.checker.freshness import is_account, is_key_id, is_region
from keyaki.errors import EvidenceError
from keyaki.policy import Policy, Request
from keyaki.reference.evaluate import multi_valued_keys
from keyaki.reference.matching import VARIABLE_FAMILIES
from keyaki.reference.template import Variable, parse_template
from keyaki.values import address, address_text, ascii_fold, instant, instant_text, number, number_text

EPOCH_START = 10_000
"""Seconds of less than five digits would be read as years."""
_ALIAS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/_-")


class Mentions:
    """What a policy mentions: ``keys`` of conditions and variables, and those of them that are ``lists``."""

    def __init__(self, policy: Policy) -> None:
        self.keys = mentioned(policy)
        self.lists = multi_valued_keys(policy)


def check_request(policy: Policy, request: Request, partition: str, found: Mentions | None = None) -> str | None:
    """Return the caller's account, or None where the request does not hold it, iff the request is consistent and well-typed.

    ``found`` is what the policy mentions, where the caller has looked for it already.

    Raises:
        EvidenceError: the resource is no key ARN of the partition, or a context value cannot be.
    """
    if not isinstance(request.resource, str) or not isinstance(request.context, dict):
        raise EvidenceError("a witness has no resource or no context")
    fields = request.resource.split(":", 5)
    key_id = fields[-1].removeprefix("key/")
    is_arn = len(fields) == 6 and fields[:3] == ["arn", partition, "kms"] and is_region(fields[3]) and is_account(fields[4])
    if not is_arn or key_id == fields[-1] or not is_key_id(key_id):
        raise EvidenceError(f"`{request.resource}` is no ARN of a KMS key in partition `{partition}`")
    context = {ascii_fold(str(key)): value for key, value in request.context.items()}
    if len(context) != len(request.context) or not all(isinstance(key, str) for key in request.context):
        raise EvidenceError("the context of a witness holds a key twice, or one that is no text")
    found = found or Mentions(policy)
    lists = catalogue.MULTI_VALUED | found.lists
    replicable = key_id.startswith("mrk-")
    decided = {
        "aws:resourceaccount": fields[4],
        "aws:requestedregion": fields[3],
        "kms:multiregion": "true" if replicable else "false",
    }
    decrypts = request.action in catalogue.DECRYPTION_ACTIONS
    if decrypts:
        decided["kms:keyusage"] = decided["kms:customermasterkeyusage"] = "ENCRYPT_DECRYPT"
    decided["aws:principalisawsservice"] = "false"
    for key, value in context.items():
        if isinstance(value, list) != (key in lists) or not value:
            raise EvidenceError(f"`{key}` must {'' if key in lists else 'not '}be a list, and not empty")
        if decided.get(key, value) != value:
            raise EvidenceError(f"`{key}` cannot be `{value}` in a request to this key")
        for text in value if isinstance(value, list) else [value]:
            if not is_typed(key, text):
                raise EvidenceError(f"`{text}` is no value of `{key}`")
    always = catalogue.ALWAYS_PRESENT | (catalogue.PRESENT_ON_DECRYPTION if decrypts else frozenset())
    _check_presence(found.keys, context, always, replicable=replicable)
    check_names(context)
    caller = context.get("kms:calleraccount", context.get("aws:principalaccount"))
    return caller if isinstance(caller, str) else None


def mentioned(policy: Policy) -> frozenset[str]:
    """Return the case-folded context keys of conditions and of live variables."""
    texts = [text for statement in policy.statements for text in (statement.resource.values if statement.resource else ())]
    entries = [entry for statement in policy.statements for entry in statement.conditions]
    texts += [value for entry in entries if entry.operator.family in VARIABLE_FAMILIES for value in entry.values]
    pieces = (piece for text in texts for piece in parse_template(text, policy.has_variables, wildcards=False))
    return frozenset(
        (*(ascii_fold(entry.key) for entry in entries), *(piece.key for piece in pieces if isinstance(piece, Variable)))
    )


def _check_presence(
    keys: frozenset[str], context: dict[str, str | list[str]], always: frozenset[str], *, replicable: bool
) -> None:
    for key in keys:
        if key in always and key not in context:
            raise EvidenceError(f"`{key}` is in every such request, and not in this one")
        if key == "kms:multiregionkeytype" and replicable and key not in context:
            raise EvidenceError(f"`{key}` is in every request to a multi-Region key, and not in this one")
    for key in context:
        if key in catalogue.NEVER_PRESENT or (key == "kms:multiregionkeytype" and not replicable):
            raise EvidenceError(f"`{key}` is in no such request")


def check_names(context: dict[str, str | list[str]]) -> None:
    """Names of one value have one value; the two of the time in two texts."""
    for key, other in SAME_VALUE.items():
        if key in context and other in context:
            mine, theirs = context[key], context[other]
            if key == "aws:epochtime" and isinstance(mine, str) and isinstance(theirs, str):
                same = instant(mine) == instant(theirs)
            else:
                same = mine == theirs
            if not same:
                raise EvidenceError(f"`{key}` and `{other}` are one value, and differ here")


def is_typed(key: str, text: object) -> bool:
    """True iff a text is one that a value of the key is written as."""
    if not isinstance(text, str) or not text:
        return False
    sort = catalogue.SORTS.get(key, Sort.STRING)
    if key in {"kms:calleraccount", "aws:principalaccount"}:
        return is_account(text)
    if key == "kms:multiregionkeytype":
        return text in {"PRIMARY", "REPLICA"}
    if key in catalogue.ALIAS_VALUED:
        return text.startswith("alias/") and len(text) > len("alias/") and set(text) <= _ALIAS
    if sort is Sort.BOOL:
        return text in {"true", "false"}
    if sort is Sort.NUMERIC:
        value = number(text)
        return value is not None and number_text(value) == text
    if sort is Sort.DATE:
        return _is_date(key, text)
    if sort is Sort.IP:
        found = address(text)
        return found is not None and address_text(*found) == text
    return sort is not Sort.ARN or (text.startswith("arn:") and text.count(":") >= 5)


def _is_date(key: str, text: str) -> bool:
    second = instant(text)
    if second is None or second.denominator != 1:
        return False
    if key == "aws:epochtime":
        return second >= EPOCH_START and text == str(int(second))
    return instant_text(int(second)) == text
