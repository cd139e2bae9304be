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


def tag(at: int) -> str:
    """One of many tags of the principal."""
    return f"aws:PrincipalTag/t{at}"


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
    "fewer-than-the-letters": Hostile(
        "a text of two hundred thousand letters without case, not as it stands: long states",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringEqualsIgnoreCase={T: "k" * 200_000}), deny(StringEquals={T: "k" * 200_000})],
    ),
    "many-letters": Hostile(
        "fifty thousand different characters, three times, without case",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringEqualsIgnoreCase={T: "".join(chr(0x100 + at) for at in range(0xD000)) * 3}),
            deny(StringEquals={T: "".join(chr(0x100 + at) for at in range(0xD000)) * 3}),
        ],
    ),
    "neighbouring-numbers": Hostile(
        "between two numbers of three hundred thousand digits that differ in one more lies a third",
        {"FAILED"},
        lambda: [allow(NumericGreaterThan={T: "0." + "3" * 300_000}, NumericLessThan={T: "0." + "3" * 300_000 + "1"})],
    ),
    "neighbours-far-out": Hostile(
        "the same beside a whole part as long",
        {"FAILED"},
        lambda: [
            allow(
                NumericGreaterThan={T: "9" * 200_000 + "." + "3" * 200_000},
                NumericLessThan={T: "9" * 200_000 + "." + "3" * 200_000 + "1"},
            )
        ],
    ),
    "nines": Hostile(
        "a long number just below a short one",
        {"FAILED"},
        lambda: [allow(NumericGreaterThan={T: "0.3333" + "9" * 400_000}, NumericLessThan={T: "0.3334"})],
    ),
    "one-long-number": Hostile(
        "half a million decimal places, and no other number", {"FAILED"}, lambda: [allow(NumericEquals={T: "0." + "3" * 500_000})]
    ),
    "neighbours-written-otherwise": Hostile(
        "the digits of a long number, none of which may be a 1, character by character",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(
                NumericGreaterThan={T: "0." + "3" * 300_000},
                NumericLessThan={T: "0." + "3" * 300_000 + "1"},
                StringNotLike={T: "*1*"},
            )
        ],
    ),
    "fractions-of-a-second": Hostile(
        "between two fractions of a second lies a third",
        {"FAILED"},
        lambda: [
            allow(
                DateGreaterThan={T: "2024-01-01T00:00:00." + "3" * 300_000 + "Z"},
                DateLessThan={T: "2024-01-01T00:00:00." + "3" * 300_000 + "1Z"},
            )
        ],
    ),
    "ninety-thousand-numbers": Hostile(
        "points on a line, all above the bound of a Deny",
        {"PASSED"},
        lambda: [allow(NumericEquals={T: [f"{at}.5" for at in range(90_000)]}), deny(NumericGreaterThan={T: "-1"})],
    ),
    "numbers-in-many-denies": Hostile(
        "sixteen thousand points in eight thousand Denies leave the rest of the line",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(NumericGreaterThan={T: "0"}),
            *(deny(NumericEquals={T: [f"{at}.5", f"{at}.7"]}) for at in range(8000)),
        ],
    ),
    "sixty-thousand-dates": Hostile(
        "seconds of a date whose text a Deny matches",
        {"PASSED"},
        lambda: [
            allow(DateEquals={"aws:CurrentTime": [str(10**9 + 7 * at) for at in range(60_000)]}),
            deny(StringLike={"aws:CurrentTime": "*Z"}),
        ],
    ),
    "dates-by-many-globs": Hostile(
        "thousands of patterns that the text of a date must not match, some of which are single digits",
        {"PASSED", "UNDECIDED"},
        lambda: [allow(), *(deny(StringLike={"aws:CurrentTime": f"*{at}*"}) for at in range(8000))],
    ),
    "fifty-thousand-ranges": Hostile(
        "ranges of addresses of version 4, and a Deny of all texts with two dots",
        {"PASSED", "UNDECIDED"},
        lambda: [
            allow(IpAddress={"aws:SourceIp": [f"{at >> 16}.{at >> 8 & 255}.{at & 255}.0/25" for at in range(50_000)]}),
            deny(StringLike={"aws:SourceIp": "*.*"}),
        ],
    ),
    "words-by-globs": Hostile(
        "forty thousand words, each by three thousand patterns",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringEquals={T: [f"v{at}" for at in range(40_000)]}),
            deny(StringLike={T: [f"*{at}" for at in range(3000)]}),
        ],
    ),
    "many-patterns": Hostile(
        "a hundred thousand patterns inside one",
        {"PASSED", "UNDECIDED"},
        lambda: [allow(StringLike={T: [f"*v{at}" for at in range(100_000)]}), deny(StringLike={T: "*v*"})],
    ),
    "many-arns": Hostile(
        "twenty thousand accounts of principals that are roles, and a Deny of all but users",
        {"PASSED", "UNDECIDED"},
        lambda: [
            allow(ArnLike={"aws:PrincipalArn": [f"arn:aws:iam::{at:012}:role/*" for at in range(20_000)]}),
            deny(ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:user/*"}),
        ],
    ),
    "different-characters": Hostile(
        "twenty thousand characters in a row, and not in the other order",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringLike={T: "*" + "".join(chr(0x4E00 + at) for at in range(20_000)) + "*"}),
            deny(StringLike={T: "*" + "".join(chr(0x4E00 + at) for at in range(20_000, 0, -1)) + "*"}),
        ],
    ),
    "a-long-text-by-questions": Hostile(
        "a text of half a million letters is looked through for five thousand with one between each two",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringEquals={T: "a" * 500_000}), deny(StringLike={T: "*" + "a?" * 5000 + "b*"})],
    ),
    "a-long-text-by-denies": Hostile(
        "the same text by thousands of patterns that must look at all of it",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringEquals={T: "a" * 400_000}),
            *(deny(StringLike={T: "?a*" + "b" * (at % 9) + "a*b?"}) for at in range(3000)),
        ],
    ),
    "a-long-number-by-denies": Hostile(
        "a text of digits is read as a number by thousands of Denies",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringEquals={T: "9" * 400_000}), *(deny(NumericLessThan={T: str(at)}) for at in range(4000))],
    ),
    "allows-by-denies": Hostile(
        "six hundred Allows and as many Denies of the same ids, the Denies in some Regions only",
        {"FAILED", "UNDECIDED"},
        lambda: [
            *(allow(f"arn:aws:kms:*:*:key/{at:x}*") for at in range(600)),
            *(deny(f"arn:aws:kms:us-*:*:key/{at:x}*") for at in range(600)),
        ],
    ),
    "allows-by-denies-closed": Hostile(
        "the same in the same Regions",
        {"PASSED", "UNDECIDED"},
        lambda: [
            *(allow(f"arn:aws:kms:us-*:*:key/{at:x}*") for at in range(600)),
            *(deny(f"arn:aws:kms:us-*:*:key/{at:x}*") for at in range(600)),
        ],
    ),
    "allows-and-denies-of-one-key": Hostile(
        "thousands of Allows of one word each, and Denies of the same",
        {"PASSED", "UNDECIDED"},
        lambda: [
            *(allow(StringEquals={T: f"x{at}"}) for at in range(4500)),
            *(deny(StringEquals={T: f"x{at}"}) for at in range(4500)),
        ],
    ),
    "allows-without-readable-keys": Hostile(
        "thousands of Allows for each of which a readable key id is looked for, under a Deny of everything",
        {"PASSED", "UNDECIDED"},
        lambda: [*(allow(f"arn:aws:kms:*:*:key/{at:x}*") for at in range(4500)), deny()],
    ),
    "a-chain-of-denies": Hostile(
        "each of six thousand Denies forces the next key",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow(StringEquals={tag(0): "x"}),
            *(deny(StringEquals={tag(at): "x"}, StringNotEquals={tag(at + 1): "x"}) for at in range(6000)),
        ],
    ),
    "variables-of-resources": Hostile(
        "three thousand resources with a variable each: the witness needs one of them",
        {"FAILED", "UNDECIDED"},
        lambda: [
            allow([f"arn:aws:kms:*:*:key/${{{tag(at)}}}*" for at in range(3000)]),
            deny("arn:aws:kms:us-*:*:*"),
        ],
    ),
    "thirty-thousand-variables": Hostile(
        "more variables in a row than an id has characters",
        {"PASSED", "UNDECIDED"},
        lambda: [allow("arn:aws:kms:*:*:key/" + tags(30_000))],
    ),
    "variables-in-a-value": Hostile(
        "three hundred variables in one value, any of which may be short",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringLike={T: tags(300)})],
    ),
    "a-chain-of-variables": Hostile(
        "nine thousand tags, each equal to the next: deep only for who follows it",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringEquals={tag(at): f"${{{tag(at + 1)}}}" for at in range(9000)})],
    ),
    "a-chain-of-patterns": Hostile(
        "four hundred tags, each of which holds the next",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(StringLike={tag(at): f"*${{{tag(at + 1)}}}*" for at in range(400)})],
    ),
    "denies-of-variables": Hostile(
        "each of five thousand tags must equal the next, or a Deny applies",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(), *(deny(StringNotEquals={tag(at): f"${{{tag(at + 1)}}}"}) for at in range(5000))],
    ),
    "defaults": Hostile(
        "fifteen thousand variables with a default",
        {"PASSED", "UNDECIDED"},
        lambda: [allow(StringLike={T: [f"${{{tag(at)}, 'x'}}*x" for at in range(15_000)]}), deny(StringLike={T: ["*x", "*y"]})],
    ),
    "names-of-stars": Hostile(
        "whether a pattern of stars can match a key, and so names an account",
        {"PASSED", "UNDECIDED"},
        lambda: [allow("arn:aws:kms:us-east-1:111122223333:key/" + "*a" * 400_000)],
    ),
    "names-of-regions": Hostile(
        "whether each of many patterns can match a Region",
        {"PASSED", "UNDECIDED"},
        lambda: [allow([f"arn:aws:kms:u*-*{at}-1:111122223333:key/*" for at in range(15_000)])],
    ),
    "stars-for-an-id": Hostile(
        "half a million stars in an id", {"PASSED", "UNDECIDED"}, lambda: [allow("arn:aws:kms:*:*:key/" + "*a" * 450_000)]
    ),
    "questions-for-an-arn": Hostile(
        "a key of a Region of nine hundred thousand letters", {"FAILED", "UNDECIDED"}, lambda: [allow("*" + "?" * 900_000)]
    ),
    "unclosed-variables": Hostile(
        "an unclosed variable is plain text, however often", {"PASSED"}, lambda: [allow("arn:aws:kms:*:*:key/" + "${" * 400_000)]
    ),
    "wishes": Hostile(
        "an element for each of thousands of Denies",
        {"FAILED", "UNDECIDED"},
        lambda: [allow(), *(deny(**{"ForAllValues:StringNotEquals": {"aws:TagKeys": f"w{at}"}}) for at in range(7000))],
    ),
    "nul": Hostile(
        "NUL is a character like others, and the last one of Unicode too",
        {"FAILED"},
        lambda: [allow(StringLike={T: "\0*\U0010ffff"}), deny(StringLike={T: "*\0*\0*"})],
    ),
}


TEXTS: dict[str, tuple[str, str, Callable[[], str]]] = {
    "deep": ("two hundred thousand lists inside each other", "too-deep", lambda: "[" * 200_000),
    "deep-in-a-condition": (
        "the same where a value should stand",
        "too-deep",
        lambda: (
            '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"a:b": ' + "[" * 200_000
        ),
    ),
    "large": ("a document of 50 MB", "too-large", lambda: '{"Statement": "' + "x" * 50_000_000 + '"}'),
    "half-a-pair": ("half of a surrogate pair", "lone-surrogate", lambda: '{"Statement": [], "Id": "\\ud800"}'),
    "half-a-pair-as-it-is": ("the same, not escaped", "lone-surrogate", lambda: '{"Statement": [], "Id": "\ud800"}'),
}
"""Texts that are refused: why each is hostile, the code of the error, the text."""
