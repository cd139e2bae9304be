"""An account: `keyaki check` on one file of many managed policies, as a process, with the memory that it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from clock import children_time, wall_time
from families import Document, account_pairs, conditioned, context_keys, hex_denies, plain
from managed import managed, needs_moto
from processes import KEYAKI, MEBIBYTE, Interpreter

pytestmark = pytest.mark.clock(of=children_time)


def written() -> Iterator[Document]:
    """Yield policies written for this project, small ones mostly, without end."""
    small = [plain(3), plain(12), account_pairs(2, covered=True), context_keys(3, closed=True), plain(5)]
    large = [conditioned(8, closed=True), hex_denies(16), plain(40)]
    return cycle([case.document for case in (*small, *small, *large)])


def account_file(path: Path, documents: Sequence[Document]) -> Path:
    """Write what `aws iam get-account-authorization-details` shows of an account with these managed policies."""
    policies = [
        {
            "PolicyName": f"policy-{i}",
            "PolicyId": f"ANPA{i:017}",
            "Arn": f"arn:aws:iam::111122223333:policy/policy-{i}",
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "PolicyVersionList": [{"Document": document, "VersionId": "v1", "IsDefaultVersion": True}],
        }
        for i, document in enumerate(documents)
    ]
    details = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": policies}
    path.write_text(json.dumps(details, indent=4), encoding="utf-8")
    return path


def scan(
    measure: Any, benchmark: Any, tmp_path: Path, documents: Sequence[Document], status: int, *options: str, **facts: Any
) -> None:
    """Measure the command on an account of these documents, with `json.load` of the same file in turn."""
    path = account_file(tmp_path / "account.json", documents)
    python, memory = Interpreter(tmp_path), [0]

    def run(_: None) -> int:
        ended = python.run(["-c", KEYAKI, "check", str(path), "--quiet", *options])
        memory.append(ended.memory)
        return ended.status

    loads = ["-c", "import json, sys; json.load(open(sys.argv[1]))", str(path)]
    measure(run, lambda: None, status, versus={"json.load": lambda: python.run(loads)}, policies=len(documents), **facts)
    benchmark.extra_info["memory_mib"] = max(memory) // MEBIBYTE


@pytest.mark.parametrize("n", [15, 150, pytest.param(1500, marks=pytest.mark.slow)])
def test_written(measure: Any, benchmark: Any, tmp_path: Path, n: int) -> None:
    """``n`` managed policies written for this project, none of which fails."""
    scan(measure, benchmark, tmp_path, list(islice(written(), n)), 0, family="scan", n=n)


@needs_moto
@pytest.mark.slow
def test_managed(measure: Any, benchmark: Any, tmp_path: Path) -> None:
    """1,500 AWS managed policies as if they were an account's own."""
    documents = [policy.document for policy in managed()[:1500]]
    scan(measure, benchmark, tmp_path, documents, 1)


def conditioned_account(n: int) -> Iterator[Document]:
    """Yield ``n`` policies of forty conditioned statements, no two of them alike."""
    for i in range(n):
        first, *others = conditioned(40, closed=True).document["Statement"]
        yield {"Version": "2012-10-17", "Statement": [{"Sid": f"Policy{i}", **first}, *others]}


@pytest.mark.slow
@pytest.mark.clock(of=wall_time)
def test_jobs(measure: Any, tmp_path: Path) -> None:
    """1,500 policies of forty conditioned statements by two processes, in turn with one; on the wall, which is the point."""
    path = account_file(tmp_path / "account.json", list(conditioned_account(1500)))
    python = Interpreter(tmp_path)

    def run(jobs: int) -> int:
        return python.run(["-c", KEYAKI, "check", str(path), "--quiet", "--jobs", str(jobs)]).status

    measure(lambda _: run(2), lambda: None, 0, versus={"--jobs 1": lambda: run(1)}, most=3, policies=1500)
