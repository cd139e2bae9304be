"""Families of pairs with a size in them: what grows is the statements, the Denies, the context keys, or the patterns.

Each asks whether the first policy implies the second one, in two variants: it does (``unsat``), or it just fails to (``sat``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from families import Document, document
from study.subject import Subject

SIZES: Final = (1, 2, 4, 8, 16, 32, 64)


def _statement(effect: str, resource: Any, condition: Any = None) -> Document:
    found = {"Effect": effect, "Action": "s3:GetObject", "Resource": resource}
    return {**found, "Condition": condition} if condition else found


def statements(n: int, *, holds: bool) -> tuple[Document, Document]:
    """``n`` Allows, each of a bucket, against ``n`` Allows of prefixes of their names, the last one of another if it fails."""
    names = [f"team-{i:03}" for i in range(n)]
    wider = [*names[:-1], names[-1] if holds else "other"]
    return (
        document(_statement("Allow", f"arn:aws:s3:::{name}-data/*") for name in names),
        document(_statement("Allow", f"arn:aws:s3:::{name}*") for name in wider),
    )


def denies(n: int, *, holds: bool) -> tuple[Document, Document]:
    """Everything but ``n`` buckets against everything but parts of those, and of one more if it fails."""
    names = [f"team-{i:03}" for i in range(n)]
    wider = names if holds else [*names, "other"]
    return (
        document([_statement("Allow", "*"), *(_statement("Deny", f"arn:aws:s3:::{name}*") for name in names)]),
        document([_statement("Allow", "*"), *(_statement("Deny", f"arn:aws:s3:::{name}-data/*") for name in reversed(wider))]),
    )


def keys(n: int, *, holds: bool) -> tuple[Document, Document]:
    """An Allow under ``n`` keys with a value each against one with a pattern for each, the last of which fits not if it fails."""
    first = {"StringEquals": {f"aws:PrincipalTag/key{i:03}": f"value-{i}" for i in range(n)}}
    second = {"StringLike": {f"aws:PrincipalTag/key{i:03}": f"*-{i}" if holds or i < n - 1 else "x*" for i in range(n)}}
    return document([_statement("Allow", "*", first)]), document([_statement("Allow", "*", second)])


def patterns(n: int, *, holds: bool) -> tuple[Document, Document]:
    """A pattern of ``n`` stars between words against the same words with the stars in other places, or in another order."""
    words = [f"w{i:03}" for i in range(n)]
    wider = words if holds else [*words[:-2], *reversed(words[-2:]), words[0]]
    return (
        document([_statement("Allow", "arn:aws:s3:::" + "".join(f"{word}-*" for word in words))]),
        document([_statement("Allow", "arn:aws:s3:::*" + "".join(f"{word}*" for word in wider))]),
    )


FAMILIES: Final[dict[str, Callable[..., tuple[Document, Document]]]] = {
    "statements": statements,
    "denies": denies,
    "keys": keys,
    "patterns": patterns,
}


def of_pairs(sizes: tuple[int, ...] = SIZES) -> Iterator[Subject]:
    """Yield the subjects of every family in every size."""
    for name, family in FAMILIES.items():
        for n in sizes:
            for holds in (True, False):
                known = "unsat" if holds else "sat"
                yield Subject("families", f"{name}, {known}", str(n), "implies", family(n, holds=holds), n, known)
