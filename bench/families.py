"""Families of policies with a size in them: decoded documents, the same for the same size, each with its verdict.

A family is the place to see how time grows. What each one strains stands in its docstring. Account numbers, key ids and names are
made up by counting, so nothing is random and nothing is taken from anyone's account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Document = dict[str, Any]

KEYS = "arn:aws:kms:{region}:{account}:key/{id}"
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2", "ca-central-1", "sa-east-1")
LONGEST = 6_144
"""Characters that a managed policy may hold, white space left out: so long can one pattern be."""


class Case(NamedTuple):
    """A policy and what must be answered about it: ``outcome`` in scope confined, mode exact, by the actions of KMS.1."""

    document: Document
    outcome: str


def document(statements: Iterable[Document]) -> Document:
    """Return the policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(resource: Any, condition: Any = None, action: Any = "kms:Decrypt") -> Document:
    """Return an Allow statement."""
    return _statement("Allow", action, {"Resource": resource}, condition)


def deny(resource: Any, condition: Any = None, action: Any = "kms:*") -> Document:
    """Return a Deny statement."""
    return _statement("Deny", action, {"Resource": resource}, condition)


def _statement(effect: str, action: Any, resource: Document, condition: Any) -> Document:
    statement = {"Effect": effect, "Action": action, **resource}
    return {**statement, "Condition": condition} if condition else statement


def account(n: int) -> str:
    """Return the n-th made-up account number."""
    return f"{100_000_000_000 + 7_919 * n:012d}"


def keys_of(number: str) -> str:
    """Return the pattern of every key of an account, in any Region."""
    return KEYS.format(region="*", account=number, id="*")


# Parsing and lowering: how large, not how hard.


def plain(n: int) -> Case:
    """``n`` statements about other services and, last, one about a key by its ARN: the bulk of what an account holds."""
    statements = [
        allow(f"arn:aws:s3:::bucket-{i}/*", action=[f"s3:Get{word}" for word in ("Object", "ObjectAcl", "ObjectTagging")])
        for i in range(n - 1)
    ]
    one = KEYS.format(region="eu-west-1", account=account(1), id="1234abcd-12ab-34cd-56ef-1234567890ab")
    return Case(document([*statements, allow(one)]), "PASSED")


def actions(n: int) -> Case:
    """One Allow of ``n`` actions on everything, the last of them `kms:Decrypt`."""
    return Case(document([allow("*", action=[*(f"svc{i}:Describe*" for i in range(n - 1)), "kms:Decrypt"])]), "FAILED")


# The resource side.


def account_pairs(n: int, *, covered: bool) -> Case:
    """``n`` Allows, each on the keys of one account, and ``n`` Denies of the same, or of all but the last one.

    The Denies are written in another order than the Allows.
    """
    numbers = [account(i) for i in range(n)]
    denied = numbers if covered else numbers[:-1]
    statements = [allow(keys_of(number)) for number in numbers] + [deny(keys_of(number)) for number in reversed(denied)]
    return Case(document(statements), "PASSED" if covered else "FAILED")


def hex_denies(n: int) -> Case:
    """Everything is allowed, and Denies forbid key ids by their first characters: ``n`` of the sixteen digits, and `mrk-`.

    With all sixteen nothing is left, which none of the Denies shows alone.
    """
    first = "0123456789abcdef"[:n]
    denied = [deny(KEYS.format(region="*", account="*", id=f"{digit}*")) for digit in (*first, "mrk-")]
    return Case(document([allow("*"), *denied]), "PASSED" if n == len("0123456789abcdef") else "FAILED")


def crossing_globs() -> Case:
    """Key ids that hold `ab` before `cd`, without those with one character less room and those that hold them crossed.

    Runs of any length on both sides of the difference: no statement is redundant, and the answer needs a long word.
    """
    ids = ("*ab*cd*", "*ab?cd*", "*cd*ab*")
    kept, *taken = [KEYS.format(region="*", account="*", id=text) for text in ids]
    return Case(document([allow(kept), *(deny(text) for text in taken)]), "FAILED")


# The context side.


def conditioned(n: int, *, closed: bool) -> Case:
    """``n`` statements with two conditions each: half Allows by department and address, half Denies of the same.

    ``closed``: each Allow has a Deny that holds whenever it does, so nothing is left; else the last Deny is about another
    address.
    """
    half = n // 2
    allows = [
        allow("*", {"StringEquals": {"aws:PrincipalTag/team": _team(i)}, "IpAddress": {"aws:SourceIp": f"10.{i}.0.0/16"}})
        for i in range(half)
    ]
    denies = [
        deny(
            "*",
            {
                "StringLike": {"aws:PrincipalTag/team": f"{_team(i)}*"},
                "IpAddress": {"aws:SourceIp": f"{_net(i, half, closed)}.0.0.0/8"},
            },
        )
        for i in range(half)
    ]
    return Case(document([*allows, *denies]), "PASSED" if closed else "FAILED")


def _team(i: int) -> str:
    return f"team-{i:04}"


def _net(i: int, half: int, closed: bool) -> int:
    return 10 if closed or i < half - 1 else 11


def context_keys(n: int, *, closed: bool) -> Case:
    """One Allow that ties ``n`` tags to one value each, and one Deny for each tag that it has another value, or has that one.

    The first leaves the Allow whole: each Deny is escaped in its own way. The second closes it with the first Deny.
    """
    tests = {f"aws:PrincipalTag/k{i}": f"value-{i}" for i in range(n)}
    form = "StringEquals" if closed else "StringNotEquals"
    denies = [deny("*", {form: {key: value}}) for key, value in tests.items()]
    return Case(document([allow("*", {"StringEquals": tests}), *denies]), "PASSED" if closed else "FAILED")


def windows(n: int, *, closed: bool) -> Case:
    """An Allow for ages of a session from 0 to ``n``, and Denies of the unit intervals in it, all or all but the middle one."""
    age = "aws:MultiFactorAuthAge"
    whole = {"NumericGreaterThanEquals": {age: "0"}, "NumericLessThan": {age: str(n)}}
    parts = [i for i in range(n) if closed or i != n // 2]
    denies = [deny("*", {"NumericGreaterThanEquals": {age: str(i)}, "NumericLessThan": {age: str(i + 1)}}) for i in parts]
    return Case(document([allow("*", whole), *denies]), "PASSED" if closed else "FAILED")


# Hostile patterns: one pattern as long as a policy may be.


def hostile(name: str, length: int = LONGEST) -> Case:
    """Return the hostile policy of that name with patterns of ``length`` characters together; see ``HOSTILE``."""
    return HOSTILE[name](length)


def _starred(length: int) -> Case:
    """`*a*a*a...b`: a backtracking matcher needs exponential time. A Region may be long, so a key of a long Region matches it."""
    return Case(document([allow("*" + "a*" * ((length - 2) // 2) + "b")]), "FAILED")


def _starred_deny(length: int) -> Case:
    """The same as a Deny beside an Allow of everything."""
    return Case(document([allow("*"), deny("*" + "a*" * ((length - 2) // 2) + "b")]), "FAILED")


def _slashes(length: int) -> Case:
    """`*/*/*/...`: more slashes than a key ARN has."""
    return Case(document([allow("*" + "/*" * ((length - 1) // 2))]), "PASSED")


def _stars(length: int) -> Case:
    """Nothing but `*`: everything, said many times over."""
    return Case(document([allow("*" * length)]), "FAILED")


def _questions(length: int) -> Case:
    """`*` and then `?` only: the ARNs of at least that many characters, again those of long Regions."""
    return Case(document([allow("*" + "?" * (length - 1))]), "FAILED")


def _id_stars(length: int) -> Case:
    """Stars between hex digits in the key id of a Deny: more digits than an id has."""
    head = "arn:aws:kms:*:*:key/"
    return Case(document([allow("*"), deny(head + "*a" * ((length - len(head)) // 2))]), "FAILED")


def _value_stars(length: int) -> Case:
    """The same in the value of a StringLike, where texts are of any length."""
    value = "*a" * ((length - 1) // 2) + "b"
    return Case(document([allow("*", {"StringLike": {"aws:PrincipalTag/k": value}})]), "FAILED")


def _value_difference(length: int) -> Case:
    """A StringLike of stars and letters, without that of the same letters and one star less: what is left is long."""
    stars = "*" + "a*" * ((length // 2 - 1) // 2)
    test = {"StringLike": {"aws:PrincipalTag/k": stars}, "StringNotLike": {"aws:PrincipalTag/k": stars[:-1] + "b*"}}
    return Case(document([allow("*", test)]), "FAILED")


def _prefixes(length: int) -> Case:
    """Many Denies of ever longer beginnings of key ids under an Allow of everything; together ``length`` characters."""
    head = "arn:aws:kms:*:*:key/"
    denies = [deny(f"{head}{i:04x}*") for i in range(length // (len(head) + 5))]
    return Case(document([allow("*"), *denies]), "FAILED")


HOSTILE: dict[str, Callable[[int], Case]] = {
    "stars-and-letters": _starred,
    "stars-and-letters-denied": _starred_deny,
    "slashes": _slashes,
    "stars": _stars,
    "question-marks": _questions,
    "key-id": _id_stars,
    "value": _value_stars,
    "value-difference": _value_difference,
    "prefixes": _prefixes,
}
