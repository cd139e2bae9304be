"""Several processes say what one says, in the same order, and end with the run."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from attrs import frozen

from keyaki.cli import pool
from keyaki.cli.job import Piece
from keyaki.cli.main import main
from keyaki.cli.pool import Pool, Task
from keyaki.errors import InternalError
from keyaki.inputs import read
from keyaki.inputs.files import File
from keyaki.inputs.share import WHOLE, Share

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
COMMAND = [sys.executable, "-c", "import sys; from keyaki.cli.main import main; sys.exit(main(sys.argv[1:]))"]


def policy(resource: str, **more: object) -> dict[str, object]:
    """A policy that allows decryption on the resource."""
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def account(count: int) -> str:
    """An account's details with policies that fail, pass, warn, and cannot be read, and one that is AWS's."""
    documents = [policy("*"), policy(KEY, Sid="a b"), {"Statement": 1}, policy("*", Condition={"Bool": {"a:b": "true"}}), 7]
    policies = [
        {
            "PolicyName": f"p{index}",
            "Arn": f"arn:aws:iam::{'aws' if index == 3 else '111122223333'}:policy/p{index}",
            "PolicyVersionList": [{"Document": documents[index % 5], "VersionId": "v1", "IsDefaultVersion": True}],
        }
        for index in range(count)
    ]
    inline = [{"PolicyName": "x", "PolicyDocument": policy("*")}, {"PolicyName": "y", "PolicyDocument": policy(KEY)}]
    users = [{"UserName": f"u{index}", "UserPolicyList": inline} for index in range(3)]
    return json.dumps({"UserDetailList": users, "Policies": policies}, indent=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in: policies of every outcome, broken files, a large account and a small one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    many = tmp_path / "many"
    many.mkdir()
    for index in range(12):
        text = json.dumps(policy("*" if index % 3 else KEY, Sid=f"S{index}"))
        (many / f"p{index:02}.json").write_text(text if index % 4 else text[:-3], encoding="utf-8")
    (many / "p05a.json").write_text(account(23), encoding="utf-8")
    (many / "p07b.json").write_text(account(2), encoding="utf-8")
    (many / "p08c.json").write_bytes(b'{"Statement": "\xff"}')
    (many / "p09d.json").write_text(account(9)[:-9], encoding="utf-8")
    (many / "other.json").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even small files be given out."""
    monkeypatch.setattr(pool, "LITTLE", 600)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; give status, standard output and error."""
    status = main(["check", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


FORMS = [[], ["--quiet"], ["--format", "json"], ["--scope", "all", "--mode", "both"], ["--verify", "--control", "KMS.1,KMS.2"]]


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
@pytest.mark.usefixtures("folder", "small")
def test_any_number_of_processes_says_the_same(capsys: pytest.CaptureFixture[str], form: list[str]) -> None:
    """The report and the evidence are, byte for byte, those of one process."""
    found = {}
    for jobs in ("1", "2", "5"):
        proof = Path(f"proof{jobs}.json")
        found[jobs] = *said(capsys, "many", "nowhere.json", "--jobs", jobs, "--proof", str(proof), *form), proof.read_bytes()
    assert found["1"] == found["2"] == found["5"]
    assert found["1"][0] == 2
    assert all(word in found["1"][1] for word in ("FAILED", "ERROR", "p22", "u2"))


@pytest.mark.usefixtures("folder", "small")
def test_what_is_piped_is_judged_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard input is read once, by the parent, and shared out; errors still show their line."""
    found = []
    for jobs, text in product(("1", "3"), (account(11), '{"Statement": [\n{"Effect": nothing}]}' + " " * 600)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        found.append(said(capsys, "-", "--jobs", jobs))
    assert found[:2] == found[2:]
    assert "^" in found[1][1]


@pytest.mark.usefixtures("folder", "small")
def test_a_file_of_errors_ends_where_it_ends_in_one_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading stops after so many errors, at the same one however many take part, and the next file is read."""
    monkeypatch.setattr(read, "ERROR_LIMIT", 7)
    monkeypatch.setattr(pool, "ERROR_LIMIT", 7)
    for count in (6, 7, 30):
        text = json.dumps([policy("*"), *[{"PolicyDocument": 1}] * count, policy(KEY)])
        Path("bad.json").write_text(text + " " * 600, encoding="utf-8")
        one, three = (said(capsys, "bad.json", "many/p07b.json", "--jobs", jobs) for jobs in ("1", "3"))
        assert one == three
        assert "many/p07b.json" in one[1]
        assert ("reading stops after 7 errors" in one[1]) == (count >= 7)


@pytest.mark.usefixtures("folder")
def test_little_needs_no_processes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A few small files are judged by the process itself, whatever the number asked for."""
    alone = said(capsys, "many")
    monkeypatch.delattr(pool, "Pool")
    assert said(capsys, "many", "--jobs", "4") == alone


@pytest.mark.parametrize("text", ["-1", "x", "1000", "", "1.5", "٣"])
def test_a_number_that_is_none_is_bad_usage(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """What is no number of processes is refused before anything is read."""
    status, _, err = said(capsys, "nowhere.json", f"--jobs={text}")
    assert status == 2
    assert "--jobs" in err


@pytest.mark.usefixtures("folder", "small")
def test_auto_is_one_for_each_processor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``auto`` and 0 stand for the processors that may be used; with one of them nothing is started."""
    assert pool.available() >= 1
    alone = said(capsys, "many")
    assert said(capsys, "many", "--jobs", "auto") == alone
    monkeypatch.setattr(pool, "available", lambda: 1)
    monkeypatch.delattr(pool, "Pool")
    assert said(capsys, "many", "--jobs", "0") == alone


@pytest.mark.skipif(os.name == "nt", reason="there it is the only way")
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
@pytest.mark.usefixtures("small")
def test_the_way_of_starting_processes_does_not_matter(folder: Path, capsys: pytest.CaptureFixture[str], method: str) -> None:
    """Where processes are started afresh, as on macOS and Windows, the report is the same."""
    code = f"""
import multiprocessing, sys
from keyaki.cli import main, pool
multiprocessing.set_start_method({method!r})
pool.LITTLE = 600
sys.exit(main.main())
"""
    command = [sys.executable, "-c", code, "check", "many", "--jobs", "2"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert (found.returncode, found.stdout, found.stderr) == said(capsys, "many")


# The pool itself, with jobs that misbehave.


@frozen
class Strange:
    """A job that says the name of each file, fails on `fail`, dies on `die`, and takes its time on `slow`."""

    def pieces(self, file: File, share: Share = WHOLE) -> Iterator[Piece]:
        """One piece for each file."""
        if file.path == "fail":
            raise ZeroDivisionError(file.path)
        if file.path == "die":
            os._exit(3)
        if file.path == "slow":
            time.sleep(0.2)
        yield Piece(share.place, False, (), file.path, ())


def tasks(*paths: str) -> Iterator[Task]:
    """A task for each of the files."""
    return (Task((File(path, named=True),)) for path in paths)


@pytest.mark.parametrize("method", ["spawn", None])
def test_answers_come_in_the_order_of_the_tasks(method: str | None) -> None:
    """However long each task takes, and however processes are started, answers come in the order of the tasks."""
    job: object = Strange()
    with Pool(job, 3, method) as workers:  # type: ignore[arg-type]
        paths = ["slow", *(f"p{index}" for index in range(100)), "slow", "end"]
        assert [piece.shown for answer in workers.answers(tasks(*paths)) for piece in answer] == paths


def test_tasks_are_not_taken_far_ahead() -> None:
    """Tasks are asked for as answers are taken, so that no more than a few files are in memory."""
    job: object = Strange()
    given = 0

    def counted() -> Iterator[Task]:
        nonlocal given
        for task in tasks(*map(str, range(500))):
            given += 1
            yield task

    with Pool(job, 2) as workers:  # type: ignore[arg-type]
        for taken, _ in enumerate(workers.answers(counted())):
            assert given - taken <= 17
    assert given == 500


def test_a_worker_that_fails_is_heard_of() -> None:
    """What a job raises ends the run with the worker's own traceback."""
    job: object = Strange()
    with Pool(job, 2) as workers, pytest.raises(RuntimeError, match=r"(?s)a worker failed.*in pieces.*ZeroDivisionError: fail"):  # type: ignore[arg-type]
        list(workers.answers(tasks("a", "fail", "b")))


def test_a_worker_that_dies_is_no_answer() -> None:
    """A process that ends by itself ends the run with an error: nothing that it had to judge is left out in silence."""
    job: object = Strange()
    with Pool(job, 2) as workers, pytest.raises(InternalError, match="ended before its task did"):  # type: ignore[arg-type]
        list(workers.answers(tasks("a", "b", "die", "c")))


def test_the_end_of_a_pool_is_the_end_of_its_workers() -> None:
    """Leaving the pool, also by an exception, leaves no process behind."""
    job: object = Strange()
    workers = Pool(job, 3)  # type: ignore[arg-type]

    def interrupted() -> None:
        with workers:
            next(workers.answers(tasks("a", *["slow"] * 9)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [process.is_alive() for process in workers._processes] == [False] * 3


def long_run(folder: Path) -> subprocess.Popen[bytes]:
    """A check of far more policies than anybody waits for, in a process group of its own."""
    text = json.dumps({"Statement": [policy("*", Sid=f"S{index}")["Statement"][0] for index in range(120)]})  # type: ignore[index]
    for index in range(300):
        (folder / f"p{index:03}.json").write_text(text, encoding="utf-8")
    command = [*COMMAND, "check", str(folder), "--jobs", "2"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX")
@pytest.mark.parametrize("whole", [True, False])
def test_an_interrupt_ends_all_of_it(tmp_path: Path, whole: bool) -> None:
    """Interrupted from the terminal, or alone, the command ends with 130, says nothing, and leaves no worker."""
    with long_run(tmp_path) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        (os.killpg if whole else os.kill)(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)  # until the last holder of the streams has gone
        assert (process.returncode, err) == (130, b"")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_closed_pipe_ends_all_of_it(tmp_path: Path) -> None:
    """Where nobody reads the report any more, the command and its workers end, without a word."""
    with long_run(tmp_path) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    """A parent that ends without a chance to say so is noticed: its workers end too."""
    with long_run(tmp_path) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.kill()
        process.stdout.close()
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (-signal.SIGKILL, b"")
