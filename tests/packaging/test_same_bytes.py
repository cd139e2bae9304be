"""The same input gives the same bytes, whatever the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SEEDS = ("0", "1", "4242")
CERTIFICATE = (
    "import json, sys, keyaki; verdict = keyaki.check(sys.stdin.read(), scope='confined'); print(json.dumps(verdict.certificate))"
)
CARRIED = """{"Version": "2012-10-17", "Statement": [
 {"Effect": "Allow", "Action": "kms:*", "Resource": ["*", "arn:aws:kms:*:*:key/${aws:PrincipalTag/key}"]},
 {"Effect": "Deny", "NotAction": "kms:E*", "NotResource": "arn:aws:kms:eu-west-1:111122223333:key/*"},
 {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:ViaService": "false"}}}]}"""


def printed(seed: str, *arguments: str, text: str = "", folder: Path | None = None) -> bytes:
    """What a process with that hash seed writes to standard output."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    found = subprocess.run(
        [sys.executable, *arguments],
        input=text.encode(),
        env=environment,
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert found.returncode in {0, 1, 2}
    assert found.stderr == b""
    return found.stdout


@pytest.mark.parametrize("form", ["json", "text"])
def test_reports_do_not_depend_on_the_hash_seed(root: Path, form: str) -> None:
    """The report about a folder with every kind of outcome is the same under three seeds."""
    arguments = ("-m", "keyaki", "check", "policies", "--scope", "all", "--mode", "both", "--format", form)
    reports = {printed(seed, *arguments, folder=root / "tests" / "golden") for seed in SEEDS}
    assert len(reports) == 1
    assert b"FAILED" in reports.pop()


def test_certificates_do_not_depend_on_the_hash_seed() -> None:
    """Neither does a certificate, which holds what the search did."""
    found = {printed(seed, "-c", CERTIFICATE, text=CARRIED) for seed in SEEDS}
    assert len(found) == 1
    assert b"refutation" in found.pop()
