"""Hostile policies: families that try to make a decision take for ever, each with the outcome that it must have.

``UNDECIDED`` stands among the outcomes where giving up within the budget is all that is asked for. PASSED stands there only
where no request is allowed, FAILED only where one is.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

Statement = dict[str, Any]


class Hostile(NamedTuple):
    """A policy's statements, made when asked for, and the outcomes that will do."""

    why: str
    outcomes: set[str]
    statements: Callable[[], list[Statement]]


def allow(resource: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    """An Allow of everything in KMS."""
    return {"Effect": "Allow", "Action": "kms:*", "Resource": resource, "Condition": condition}


def deny(resource: str | list[str] = "*", **condition: dict[str, Any]) -> Statement:
    """A Deny of everything in KMS."""
    return {**allow(resource, **condition), "Effect": "Deny"}


T = "aws:PrincipalTag/t"
HEX = "0123456789abcdef"


def pigeons(count: int) -> list[Statement]:
    """More pigeons than holes: each tag is one of ``count`` words, and no two tags are the same one."""
    holes = [f"h{hole}" for hole in range(count)]
    tags = [f"aws:PrincipalTag/p{pigeon}" for pigeon in range(count + 1)]
    wishes = [allow(StringEquals=dict.fromkeys(tags, holes))]
    return wishes + [deny(StringEquals={one: hole, other: hole}) for one, other in combinations(tags, 2) for hole in holes]


def random_clauses(variables: int, clauses: int) -> list[Statement]:
    """Denies of three keys each in a fixed disorder: a random three-satisfiability problem that is far from having a solution."""
    state = 12345
    found = [allow()]
    for _ in range(clauses):
        condition: dict[str, dict[str, str]] = {}
        while sum(map(len, condition.values())) < 3:
            state = (1103515245 * state + 12345) % 2**31
            kind = "StringEquals" if state >> 20 & 1 else "StringNotEquals"
            key = f"aws:PrincipalTag/v{(state >> 8) % variables}"
            if not any(key in keys for keys in condition.values()):
                condition.setdefault(kind, {})[key] = "a"
        found.append(deny(**condition))
    return found


def chain(length: int) -> list[Statement]:
    """Tags that equal one another in a ring, the first of them not the last."""
    ring = {f"aws:PrincipalTag/t{at}": f"${{aws:PrincipalTag/t{at + 1}}}" for at in range(length)}
    return [allow(StringEquals=ring, StringNotEquals={"aws:PrincipalTag/t0": f"${{aws:PrincipalTag/t{length}}}"})]


def tags(count: int) -> str:
    """A pattern of different variables, anything between them."""
    return "".join(f"${{aws:PrincipalTag/t{at}}}*" for at in range(count))


FAMILIES: dict[str, Hostile] = {
    "stars": Hostile(
        "a text that ends in b is matched by `*a*a*...b`, and nothing denies it",
        {"FAILED"},
        lambda: [allow(StringLike={T: "*a" * 2000 + "*b"})],
    ),
    "stars-denied": Hostile(
        "whoever matches many stars matches few",
        {"PASSED"},
        lambda: [allow(StringLike={T: "*a" * 300 + "*b"}), deny(StringLike={T: "*a*b"})],
    ),
    "stars-of-the-resource": Hostile(
        "an id has 32 digits, not 500", {"PASSED"}, lambda: [allow("arn:aws:kms:*:*:key/" + "*a" * 500)]
    ),
    "stars-against-stars": Hostile(
        "`*a*a...b` and not `*b*a*b*a...`: a text of few letters does",
        {"FAILED"},
        lambda: [allow(StringLike={T: "*a" * 200 + "*b"}), deny(StringLike={T: "*b*a" * 200})],
    ),
    "question-marks": Hostile(
        "`*a` and hundreds of `?` under Denies of as many lengths is a subset construction of two to the hundreds",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringLike={T: "*a" + "?" * 400}),
            *(deny(StringLike={T: "*a" + "?" * length}) for length in range(300, 400)),
        ],
    ),
    "question-marks-closed": Hostile(
        "the same, with the two letters and the length that leave nothing over",
        {"PASSED", "UNDECIDED"},
        lambda: [
            allow(StringLike={T: "*a" + "?" * 200 + "*"}),
            *(deny(StringLike={T: "*a" + "?" * length}) for length in range(150, 250)),
            deny(StringLike={T: "?" * 251 + "*"}),
        ],
    ),
    "overlapping-denies": Hostile(
        "three thousand prefixes of tags leave other tags",
        {"FAILED"},
        lambda: [allow(Null={T: "false"}), *(deny(StringLike={T: f"*{number}*x*"}) for number in range(3000))],
    ),
    "overlapping-resources": Hostile(
        "two thousand patterns that overlap leave some keys over",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(), *(deny(f"arn:aws:kms:*:*:key/*{one:03x}*") for one in range(2000))],
    ),
    "all-prefixes": Hostile(
        "256 prefixes and mrk- are all keys",
        {"PASSED"},
        lambda: [
            allow(),
            deny("arn:aws:kms:*:*:key/mrk-*"),
            *(deny(f"arn:aws:kms:*:*:key/{one}{two}*") for one in HEX for two in HEX),
        ],
    ),
    "many-keys": Hostile(
        "hundreds of keys, two to a Deny, have a way through",
        {"FAILED"},
        lambda: [
            allow(Null={f"aws:PrincipalTag/k{at}": "false" for at in range(300)}),
            *(deny(StringEquals={f"aws:PrincipalTag/k{at}": "a", f"aws:PrincipalTag/k{at + 1}": "b"}) for at in range(299)),
        ],
    ),
    "many-keys-in-a-deny": Hostile(
        "a Deny of five hundred keys is avoided by one of them",
        {"FAILED"},
        lambda: [
            allow(),
            *(deny(StringNotEquals={f"aws:PrincipalTag/k{at}": str(turn) for at in range(500)}) for turn in range(5)),
        ],
    ),
    "pigeons-5": Hostile("six pigeons do not fit in five holes", {"PASSED", "UNDECIDED"}, lambda: pigeons(5)),
    "pigeons-20": Hostile("nor 21 in 20, which takes long to see", {"PASSED", "UNDECIDED"}, lambda: pigeons(20)),
    "random-clauses": Hostile(
        "a random problem of 60 keys and 400 Denies", {"PASSED", "UNDECIDED"}, lambda: random_clauses(60, 400)
    ),
    "deep-choices": Hostile(
        "three hundred choices of two, each with a way through",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringEquals={f"aws:PrincipalTag/a{at}": ["x", "y"] for at in range(300)}),
            *(deny(StringEquals={f"aws:PrincipalTag/a{at}": "x", f"aws:PrincipalTag/a{at + 1}": "x"}) for at in range(299)),
            *(deny(StringEquals={f"aws:PrincipalTag/a{at}": "y", f"aws:PrincipalTag/a{at + 1}": "y"}) for at in range(299)),
        ],
    ),
    "long-number": Hostile("a million digits are a number", {"FAILED"}, lambda: [allow(NumericLessThan={T: "9" * 900_000})]),
    "small-number": Hostile(
        "between two neighbours of a hundred thousand digits lies a third",
        {"FAILED"},
        lambda: [allow(NumericGreaterThan={T: "0." + "3" * 100_000}, NumericLessThan={T: "0." + "3" * 100_000 + "1"})],
    ),
    "huge-exponent": Hostile(
        "three digits of exponent are read, more are no number",
        {"FAILED"},
        lambda: [allow(NumericLessThan={T: "1e999"}), deny(NumericLessThan={T: "1e9999"})],
    ),
    "no-number": Hostile(
        "a number that is none is met by nothing", {"PASSED"}, lambda: [allow(NumericLessThan={T: "1e999999999"})]
    ),
    "many-numbers": Hostile(
        "thousands of intervals leave the ends",
        {"FAILED"},
        lambda: [allow(Null={T: "false"}), deny(NumericEquals={T: [str(number / 7) for number in range(4000)]})],
    ),
    "numbers-and-globs": Hostile(
        "a number that a pattern of stars matches, and many other patterns do not",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(NumericGreaterThan={T: "5"}, StringLike={T: "*7" * 40}),
            *(deny(StringLike={T: "*7" + "?" * length}) for length in range(1, 60)),
        ],
    ),
    "dates-and-globs": Hostile(
        "a time whose text a pattern matches under Denies of the days",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringLike={"aws:CurrentTime": "*9*9*9*"}),
            *(deny(StringLike={"aws:CurrentTime": f"*{day:02}T*"}) for day in range(1, 31)),
        ],
    ),
    "both-texts-of-a-time": Hostile(
        "digits of a time tied to its date by globs on both",
        {"FAILED", "PASSED", "UNDECIDED"},
        lambda: [
            allow(StringLike={"aws:CurrentTime": "*7*7*7*7*", "aws:EpochTime": "*7*7*7*7*7*"}),
            deny(StringLike={"aws:EpochTime": "*8*"}),
        ],
    ),
    "distant-dates": Hostile(
        "the year 9999 has an end", {"PASSED"}, lambda: [allow(DateGreaterThan={"aws:CurrentTime": "9999-12-31T23:59:59Z"})]
    ),
    "addresses": Hostile(
        "every second address of version 4 left out, a thousand ranges",
        {"FAILED"},
        lambda: [
            allow(IpAddress={"aws:SourceIp": "0.0.0.0/0"}),
            deny(IpAddress={"aws:SourceIp": [f"10.{number // 128}.{number % 128 * 2}.0/24" for number in range(2000)]}),
        ],
    ),
    "addresses-and-globs": Hostile(
        "addresses of version 6 by patterns",
        {"FAILED", "PASSED", "UNDECIDED"},
        lambda: [allow(StringLike={"aws:SourceIp": "*:*a*:*b*:*c*:*d*"}), deny(StringLike={"aws:SourceIp": "*::*"})],
    ),
    "lists": Hostile(
        "a list with an element for each of a hundred wishes, two thousand values barred",
        {"FAILED"},
        lambda: [
            allow(
                **{
                    "ForAllValues:StringNotEquals": {"aws:TagKeys": [f"v{number}" for number in range(2000)]},
                    "ForAnyValue:StringLike": {"aws:TagKeys": "w*"},
                }
            ),
            *(deny(**{"ForAllValues:StringNotLike": {"aws:TagKeys": f"w{number}*"}}) for number in range(100)),
        ],
    ),
    "lists-of-wishes": Hostile(
        "wishes for elements that bar one another",
        {"PASSED"},
        lambda: [
            allow(**{"ForAllValues:StringLike": {"aws:TagKeys": "a*"}, "ForAnyValue:StringLike": {"aws:TagKeys": "*b"}}),
            deny(**{"ForAnyValue:StringLike": {"aws:TagKeys": ["a*b", *(f"*{number}*" for number in range(500))]}}),
        ],
    ),
    "ring-of-variables": Hostile("equality goes round a ring", {"PASSED", "UNDECIDED"}, lambda: chain(12)),
    "variables-in-a-pattern": Hostile(
        "an id is long enough for thirty variables", {"FAILED", "UNDECIDED"}, lambda: [allow("arn:aws:kms:*:*:key/" + tags(30))]
    ),
    "too-many-variables": Hostile(
        "and too short for forty, each of a character at least",
        {"PASSED", "UNDECIDED"},
        lambda: [allow("arn:aws:kms:*:*:key/" + tags(40))],
    ),
    "variables-with-defaults": Hostile(
        "thirty variables with a default and a value each",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringLike={T: "".join(f"${{aws:PrincipalTag/t{at}, 'a'}}*" for at in range(30))}),
            deny(StringLike={T: "*a*a*"}),
        ],
    ),
    "one-variable-many-times": Hostile(
        "a variable squared many times",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringLike={T: "${aws:PrincipalTag/u}" * 200}), deny(StringLike={T: ["a*", "e*", "x*"]})],
    ),
    "values-pinned-apart": Hostile(
        "a thousand values to try for a variable, of which none will do",
        {"PASSED", "UNDECIDED"},
        lambda: [
            allow(StringEquals={T: [f"v{number}" for number in range(1000)], "aws:ResourceTag/t": f"${{{T}}}"}),
            deny(StringLike={"aws:ResourceTag/t": "v*"}),
        ],
    ),
    "long-texts": Hostile(
        "texts of half a million characters",
        {"PASSED"},
        lambda: [allow(StringEquals={T: "a" * 400_000}), deny(StringLike={T: "a" * 400_000 + "*"})],
    ),
    "many-statements": Hostile(
        "four thousand Allows of one Region and account each confine",
        {"PASSED"},
        lambda: [allow(f"arn:aws:kms:us-east-1:{number:012}:key/*") for number in range(4000)],
    ),
    "many-grants": Hostile(
        "a thousand Allows of a Region each grant",
        {"FAILED"},
        lambda: [allow(f"arn:aws:kms:us-east-1:1{number:011}*:key/*") for number in range(1000)],
    ),
}
