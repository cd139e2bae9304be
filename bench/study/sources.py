"""Sources: where the documents of a study come from."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final

import families
from keyaki import KeyakiError, policy_from
from study.subject import STATUS, Document, Subject

SEED: Final = 20250704
SIZES: Final = (2, 4, 8, 16, 32)


def of_families(sizes: Sequence[int] = SIZES) -> Iterator[Subject]:
    """Yield the question of the control about the policies of ``bench/families.py``, each family from small to large."""
    for n in sizes:
        for closed in (True, False):
            word = "unsat" if closed else "sat"
            yield _control(f"account pairs, {word}", n, families.account_pairs(n, covered=closed))
            yield _control(f"conditioned statements, {word}", n, families.conditioned(n, closed=closed))
            yield _control(f"context keys, {word}", n, families.context_keys(n, closed=closed))
        yield _control("other services", n, families.plain(n))
        yield _control("actions", n, families.actions(n))


def _control(family: str, n: int, case: families.Case) -> Subject:
    return Subject("families", family, str(n), "control", (case.document,), n, STATUS[case.outcome])


def of_managed(sample: int | None, seed: int = SEED) -> Iterator[Subject]:
    """Yield questions about ordered pairs of the AWS managed policies in moto's wheel, and the control's about their first ones.

    ``sample`` pairs are drawn with the seed; None stands for every pair. Nothing where moto is missing.
    """
    from managed import managed  # noqa: PLC0415 - it needs pytest

    found = managed()
    count = len(found) * (len(found) - 1)
    chosen = range(count) if sample is None else Random(seed).sample(range(count), min(sample, count))  # noqa: S311 - a sample keeps no secret
    told: set[str] = set()
    for number in chosen:
        first, at = divmod(number, len(found) - 1)
        one, other = found[first], found[at + (at >= first)]
        if one.name not in told:
            told.add(one.name)
            yield Subject("managed", "control", one.name, "control", (one.document,))
        for asked in ("implies", "disjoint"):
            yield Subject("managed", asked, f"{one.name} {other.name}", asked, (one.document, other.document))


def of_folder(folder: Path) -> Iterator[Subject]:
    """Yield questions about the identity policies in a folder: the control's about each, and both about each two neighbours.

    Files are read in the order of their names. What is no identity policy is left out.
    """
    documents = []
    for path in sorted(folder.rglob("*.json")):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            continue
        if _is_identity(document):
            documents.append((path.relative_to(folder).as_posix(), document))
    for name, document in documents:
        yield Subject("folder", "control", name, "control", (document,))
    for (name, first), (other, second) in pairwise(documents):
        for asked in ("implies", "disjoint"):
            yield Subject("folder", asked, f"{name} {other}", asked, (first, second))


def of_versions(file: Path, every: int = 1) -> Iterator[Subject]:
    """Yield, for two consecutive versions of a policy, whether the newer implies the older, and the older the newer.

    The file has a JSON object a line, with ``name``, ``version`` and ``doc`` (or ``document``), versions in order; ``.xz`` is
    unpacked. ``every`` takes each so many-th pair.
    """
    last: dict[str, tuple[str, Document]] = {}
    number = 0
    for line in _lines(file):
        read = json.loads(line)
        name, version, document = str(read["name"]), str(read.get("version", "")), read.get("doc", read.get("document"))
        if not _is_identity(document):
            continue
        if name in last:
            if number % every == 0:
                before, old = last[name]
                yield Subject("versions", "newer, older", f"{name} {version} {before}", "implies", (document, old))
                yield Subject("versions", "older, newer", f"{name} {before} {version}", "implies", (old, document))
            number += 1
        last[name] = version, document


def _lines(file: Path) -> Iterator[str]:
    with lzma.open(file, "rt", encoding="utf-8") if file.suffix == ".xz" else file.open(encoding="utf-8") as stream:
        yield from stream


def _is_identity(document: Any) -> bool:
    try:
        return isinstance(document, dict) and policy_from(document).is_identity
    except KeyakiError:
        return False
