"""Rules: sections 3 and 6 of the semantics and the policy of parity mode, read off the text a second time.

What is *named*, what is *fresh*, which requests are *consistent*. Nothing here comes from ``keyaki.symbolic`` or
``keyaki.catalogue``: the tests that compare the engine with this module would not notice a mistake that both made.
Policies are decoded documents.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from brute_words import Glob, glob, matches, meets

from keyaki.policy import Request

Document = dict[str, Any]

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
ACCOUNT = re.compile(r"[0-9]{12}")
KEY = re.compile(r"key/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})")
STRING_BASES = frozenset(
    "stringequals stringnotequals stringequalsignorecase stringnotequalsignorecase stringlike stringnotlike".split()
)
VARIABLE_BASES = STRING_BASES | frozenset("arnequals arnnotequals arnlike arnnotlike bool".split())
"""The operators in whose values a variable lives; in those of all others it is text."""
ARN_DECIDED = frozenset({"aws:resourceaccount", "aws:requestedregion", "kms:multiregion"})
KEY_TYPE = "kms:multiregionkeytype"
CALLER = "aws:principalaccount"
ONE_VALUE = {
    "kms:calleraccount": CALLER,
    "aws:epochtime": "aws:currenttime",
    "kms:customermasterkeyspec": "kms:keyspec",
    "kms:customermasterkeyusage": "kms:keyusage",
}
"""Second name to the first of one value; the first is its coordinate."""
ALWAYS = frozenset(
    "kms:calleraccount aws:principalaccount aws:principalarn aws:principaltype aws:userid aws:useragent aws:securetransport "
    "aws:currenttime aws:epochtime aws:viaawsservice aws:principalisawsservice kms:keyorigin kms:keyspec kms:keyusage "
    "kms:customermasterkeyspec kms:customermasterkeyusage aws:resourceaccount aws:requestedregion kms:multiregion".split()
)
NEVER = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})
DECRYPTION = frozenset({"kms:Decrypt", "kms:ReEncryptFrom"})
LISTS = frozenset(
    "kms:resourcealiases kms:encryptioncontextkeys kms:grantoperations aws:tagkeys aws:calledvia aws:principalorgpaths "
    "aws:resourceorgpaths aws:sourceorgpaths aws:vpceorgpaths aws:principalservicenameslist".split()
)
ALIASED = frozenset({"kms:resourcealiases", "kms:requestalias"})
SORTS = {
    key: sort
    for sort, keys in {
        "Bool": "kms:multiregion kms:reencryptonsamekey kms:grantisforawsresource kms:bypasspolicylockoutsafetycheck "
        "aws:securetransport aws:viaawsservice aws:multifactorauthpresent aws:principalisawsservice",
        "Numeric": "aws:multifactorauthage kms:rotationperiodindays kms:schedulekeydeletionpendingwindowindays",
        "Date": "aws:currenttime aws:epochtime aws:tokenissuetime kms:validto",
        "Ip": "aws:sourceip aws:vpcsourceip",
        "Arn": "aws:principalarn aws:sourcearn aws:sourcevpcarn kms:grantconstraintsourcearn",
    }.items()
    for key in keys.split()
}
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - section 6 writes UTC without an offset


class Test(NamedTuple):
    """One condition entry: where it stands, its operator taken apart, its case-folded key, its values as texts."""

    __test__ = False
    statement: int
    effect: str
    prefix: str
    base: str
    if_exists: bool
    key: str
    values: tuple[str, ...]


def listed(value: Any) -> list[Any]:
    """A scalar or a list, as a list."""
    return value if isinstance(value, list) else [value]


def statements(document: Document) -> list[Document]:
    """The statements, as a list."""
    return listed(document["Statement"])


def entries(document: Document) -> Iterator[Test]:
    """Yield every condition entry in source order."""
    for index, statement in enumerate(statements(document)):
        for operator, keys in statement.get("Condition", {}).items():
            prefix, _, name = operator.lower().rpartition(":")
            base = name.removesuffix("ifexists")
            for key, values in keys.items():
                texts = tuple(value if isinstance(value, str) else str(value).lower() for value in listed(values))
                yield Test(index, statement["Effect"], prefix, base, base != name, key.lower(), texts)


def patterns(document: Document) -> Iterator[str]:
    """Yield every value of Resource and NotResource."""
    for statement in statements(document):
        yield from listed(statement.get("Resource", [])) + listed(statement.get("NotResource", []))


def parity(document: Document) -> Document:
    """What parity mode judges. A Deny with a test becomes one that has no effect, so that indexes stay."""
    kept = []
    for index, statement in enumerate(statements(document)):
        if statement["Effect"] == "Allow":
            kept.append({name: value for name, value in statement.items() if name != "Condition"})
        elif any(test.statement == index for test in entries(document)):
            kept.append({"Effect": "Deny", "Action": [], "Resource": []})
        else:
            kept.append(statement)
    return {**document, "Statement": kept}


# Variables

_ENCLOSED = re.compile(r"\$\{([^}]*)\}")
_BODY = re.compile(r"([^:, \t\r\n]+:[^:, \t\r\n][^,]*)(?:,[ \t\r\n]*'([^'}]*)')?")


class Variable(NamedTuple):
    """A ``${...}``: case-folded key (None iff it never has a value), its default or None."""

    key: str | None
    default: str | None


def is_live(document: Document) -> bool:
    """True iff the version makes variables live."""
    return document.get("Version") == "2012-10-17"


def variables(text: str) -> list[Variable]:
    """The variables of a text, escapes left out."""
    found = []
    for enclosed in _ENCLOSED.finditer(text):
        body = _BODY.fullmatch(enclosed[1])
        if enclosed[1] not in {"*", "?", "$"}:
            found.append(Variable(body[1].lower(), body[2]) if body else Variable(None, None))
    return found


def keys_of(text: str) -> set[str]:
    """The keys of the variables of a text that can have a value."""
    return {key for key, _ in variables(text) if key is not None}


def colon_fields(text: str, live: bool) -> list[str]:
    """The text split at its colons, where live at those outside ``${...}``."""
    masked = _ENCLOSED.sub(lambda found: found[0].replace(":", "\0"), text) if live else text
    return [part.replace("\0", ":") for part in masked.split(":")]


def with_free_variables(text: str, live: bool) -> Glob:
    """The glob of a text in which every variable may hold any text of one or more characters, or an empty default."""
    tokens: list[Any] = []
    at = 0
    for enclosed in _ENCLOSED.finditer(text) if live else ():
        tokens += glob(text[at : enclosed.start()])
        escaped = enclosed[1] in {"*", "?", "$"}
        tokens += glob(enclosed[1], wildcards=False) if escaped else glob("*" if enclosed[1].endswith("''") else "?*")
        at = enclosed.end()
    return (*tokens, *glob(text[at:]))


def multi_valued(document: Document) -> frozenset[str]:
    """The keys whose value is a list."""
    own = {test.key for test in entries(document) if test.prefix and not test.key.startswith(("aws:", "kms:"))}
    return LISTS | own


def mentioned(document: Document) -> set[str]:
    """Every key that the policy mentions, in a condition or a live variable."""
    found = {test.key for test in entries(document)}
    if is_live(document):
        tests = [test for test in entries(document) if test.base in VARIABLE_BASES]
        texts = [*patterns(document), *(value for test in tests for value in test.values)]
        found.update(*map(keys_of, texts))
    return found


# Section 3


class Names(NamedTuple):
    """What a policy names."""

    regions: frozenset[str]
    accounts: frozenset[str]
    keys: frozenset[str]
    caller: bool


_CALLER_TEXTS = frozenset({"${aws:PrincipalAccount}", "${kms:CallerAccount}"})


def names(document: Document, partition: str = "aws") -> Names:
    """What the policy names for keys of the partition; ``keys`` are last fields, with their ``key/``."""
    regions: set[str] = set()
    accounts: set[str] = set()
    keys: set[str] = set()
    caller = False
    live = is_live(document)
    for text in patterns(document):
        fields = _naming_fields(document, text, partition)
        if fields:
            regions |= {fields[3]} if REGION.fullmatch(fields[3]) else set()
            accounts |= {fields[4]} if ACCOUNT.fullmatch(fields[4]) else set()
            keys |= {fields[5]} if KEY.fullmatch(fields[5]) else set()
            caller |= live and fields[4] in _CALLER_TEXTS
    for test in entries(document):
        for value in test.values if test.base in STRING_BASES else ():
            text = value.lower() if "ignorecase" in test.base else value
            regions |= {text} if test.key == "aws:requestedregion" and REGION.fullmatch(text) else set()
            accounts |= {text} if test.key == "aws:resourceaccount" and ACCOUNT.fullmatch(text) else set()
            caller |= live and test.key == "aws:resourceaccount" and value in _CALLER_TEXTS
            caller |= live and test.key in {CALLER, "kms:calleraccount"} and value == "${aws:ResourceAccount}"
    return Names(frozenset(regions), frozenset(accounts), frozenset(keys), caller)


def _naming_fields(document: Document, text: str, partition: str) -> list[str] | None:
    """The six fields of a Resource or NotResource pattern, or None iff the pattern names nothing."""
    live = is_live(document)
    fields = colon_fields(text, live)
    if not text.startswith("arn:") or len(fields) > 6:
        return None
    if live and any(_never_has_a_value(document, variable) for variable in variables(text)):
        return None
    fields += ["*"] * (6 - len(fields))
    globs = [with_free_variables(field, live) for field in fields]
    fixed = zip(globs[:3], ("arn", partition, "kms"), strict=True)
    matchable = (
        all(matches(one, word) for one, word in fixed)
        and meets(globs[3], "region")
        and meets(globs[4], "account")
        and (meets(globs[5], "uuid") or meets(globs[5], "mrk"))
    )
    return fields if matchable else None


def _never_has_a_value(document: Document, variable: Variable) -> bool:
    return variable.key is None or (variable.default is None and variable.key in multi_valued(document) | NEVER)


def is_fresh(named: Names, scope: str, arn: str, caller: str | None) -> bool:
    """True iff the key of the ARN is fresh in the scope, in a request of that caller's account."""
    _, _, _, region, account, key = arn.split(":")
    fresh_region = region not in named.regions
    fresh_account = account not in named.accounts and not (named.caller and caller == account)
    place = {
        "confined": fresh_region or fresh_account,
        "account": fresh_account,
        "any": fresh_region and fresh_account,
        "key": True,
    }[scope]
    return place and key not in named.keys


# Section 6


def stamp(seconds: int) -> str:
    """Whole seconds since 1970 as ``YYYY-MM-DDThh:mm:ssZ``."""
    return (EPOCH + timedelta(seconds=seconds)).isoformat() + "Z"


def complaints(document: Document, request: Request, partition: str = "aws") -> list[str]:
    """What keeps a request from being a witness as section 6 wants it; empty iff nothing does."""
    context = {key.lower(): value for key, value in request.context.items()}
    fields = request.resource.split(":")
    if len(fields) != 6 or fields[:3] != ["arn", partition, "kms"]:
        return [f"{request.resource} is no key ARN"]
    region, account, key = fields[3:]
    if not (REGION.fullmatch(region) and ACCOUNT.fullmatch(account) and KEY.fullmatch(key)):
        return [f"{request.resource} is no key ARN"]
    said = mentioned(document)
    decided = _decided(request.action, region, account, key)
    found = [f"`{name}` is not mentioned" for name in context.keys() - said]
    found += [f"`{name}` is never present" for name in context.keys() & NEVER]
    found += [f"`{name}` is missing" for name in said & _required(request.action, key) - context.keys()]
    found += [f"`{name}` is {context[name]}, not {want}" for name, want in decided.items() if context.get(name, want) != want]
    found += [f"`{name}` holds {value!r}" for name, value in context.items() if not _well_typed(document, name, value)]
    if KEY_TYPE in context and (not key.startswith("key/mrk-") or context[KEY_TYPE] not in {"PRIMARY", "REPLICA"}):
        found.append(f"`{KEY_TYPE}` is {context[KEY_TYPE]}")
    for second, first in ONE_VALUE.items():
        if second in context and first in context:
            text = context[second] if second != "aws:epochtime" else stamp(int(str(context[second])))
            found += [f"`{second}` and `{first}` differ"] if text != context[first] else []
    return found


def _required(action: str, key: str) -> frozenset[str]:
    more = {"kms:encryptionalgorithm"} if action in DECRYPTION else set()
    return ALWAYS | more | ({KEY_TYPE} if key.startswith("key/mrk-") else set())


def _decided(action: str, region: str, account: str, key: str) -> dict[str, str]:
    usage = dict.fromkeys(("kms:keyusage", "kms:customermasterkeyusage"), "ENCRYPT_DECRYPT") if action in DECRYPTION else {}
    return {
        "aws:requestedregion": region,
        "aws:resourceaccount": account,
        "kms:multiregion": "true" if key.startswith("key/mrk-") else "false",
        "aws:principalisawsservice": "false",
        **usage,
    }


def _well_typed(document: Document, key: str, value: Any) -> bool:
    if key in multi_valued(document):
        return isinstance(value, list) and bool(value) and all(_is_of_its_sort(key, text) for text in value)
    return isinstance(value, str) and _is_of_its_sort(key, value)


def _is_of_its_sort(key: str, text: str) -> bool:
    if key == "aws:epochtime":
        return re.fullmatch(r"[1-9][0-9]{4,11}", text) is not None
    if key in {CALLER, "kms:calleraccount"}:
        return ACCOUNT.fullmatch(text) is not None
    if key in ALIASED:
        return re.fullmatch(r"alias/[a-zA-Z0-9:/_-]+", text) is not None
    sort = SORTS.get(key, "String")
    if sort == "Date":
        return _is_stamp(text)
    if sort == "Ip":
        return _is_address(text)
    shapes = {
        "Bool": r"true|false",
        "Numeric": r"0|-?(0\.[0-9]*[1-9]|[1-9][0-9]*(\.[0-9]*[1-9])?)",
        "Arn": r"(?s)arn(:[^:]*){4}:.*",
    }
    return bool(text) if sort == "String" else re.fullmatch(shapes[sort], text) is not None


def _is_stamp(text: str) -> bool:
    try:
        return re.fullmatch(r"[0-9]{4}-..-..T..:..:..Z", text) is not None and stamp_seconds(text) is not None
    except ValueError:
        return False


def stamp_seconds(text: str) -> int:
    """Whole seconds since 1970 of a ``YYYY-MM-DDThh:mm:ssZ``; ValueError iff it is none."""
    return int((datetime.fromisoformat(text.removesuffix("Z")) - EPOCH).total_seconds())


def _is_address(text: str) -> bool:
    """RFC 5952; Python versions differ on mapped addresses, so of those only the value is checked."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    return str(found) == text or text.startswith("::ffff:")
