"""The pool: files judged by several processes, told in the order in which one process would have told them.

Small files are given out in batches, whole. A large one is given to every worker, each with a share of its units (see
``inputs.share``). A worker gets a new task when it has none, so nobody waits to send while another waits to be heard. Tasks
are read and given out no further ahead than ``_AHEAD`` for each worker: memory does not grow with the number of files.

Whatever ends a run (an interrupt, a closed pipe) ends its workers; a worker whose parent is gone ends by itself.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from traceback import format_exc
from types import TracebackType
from typing import Any, Final, NamedTuple

from keyaki.cli.job import Job, Piece
from keyaki.errors import InternalError
from keyaki.inputs.files import File
from keyaki.inputs.read import ERROR_LIMIT
from keyaki.inputs.share import WHOLE, Share

LITTLE: Final = 256 * 1024
"""Bytes that one process judges at least as fast as it starts others. So many make a batch, and a file with more is shared."""

_AHEAD: Final = 8


class Task(NamedTuple):
    """Files of which a worker takes a share."""

    files: tuple[File, ...]
    share: Share = WHOLE


class Fault(NamedTuple):
    """What a worker answers where keyaki itself failed: the traceback, in words."""

    traceback: str


def pieces(files: Iterator[File], job: Job, jobs: int) -> Iterator[Piece]:
    """What the job says of the files, in order, by ``jobs`` processes where there are more than :data:`LITTLE` bytes to judge.

    Raises:
        InternalError: a worker ended before its task did.
        RuntimeError: the job raised what it should not, with the worker's traceback.
    """
    first: list[File] = []
    size = 0
    for file in files:
        first.append(file)
        size += len(file.data)
        if size > LITTLE:
            break
    found = chain(first, files)
    if size <= LITTLE:
        for file in found:
            yield from job.pieces(file)
        return
    with Pool(job, jobs) as pool:
        yield from _merged(pool, _groups(found, jobs))


def _groups(files: Iterable[File], jobs: int) -> Iterator[list[Task]]:
    """The tasks, those of one file or one batch together."""
    batch: list[File] = []
    size = 0
    for file in files:
        if len(file.data) > LITTLE:
            if batch:
                yield [Task(tuple(batch))]
            batch, size = [], 0
            yield [Task((file,), Share(place, jobs)) for place in range(jobs)]
            continue
        batch.append(file)
        size += len(file.data) + LITTLE // 64  # a file without text is some work too
        if size > LITTLE:
            yield [Task(tuple(batch))]
            batch, size = [], 0
    if batch:
        yield [Task(tuple(batch))]


def _merged(pool: Pool, groups: Iterator[list[Task]]) -> Iterator[Piece]:
    """The pieces of each group in the order of units; a file with too many errors is judged once more, in one go."""
    given: deque[list[Task]] = deque()

    def tasks() -> Iterator[Task]:
        for group in groups:
            given.append(group)
            yield from group

    answers = pool.answers(tasks())
    for answer in answers:
        group = given.popleft()
        parts = [answer, *(next(answers) for _ in group[1:])]
        if len(group) > 1 and _errors(parts) >= ERROR_LIMIT:
            yield from pool.job.pieces(group[0].files[0])
        else:
            yield from sorted(chain.from_iterable(parts), key=lambda piece: piece.unit) if len(group) > 1 else answer


def _errors(parts: Iterable[Iterable[Piece]]) -> int:
    """How many subjects could not be read. Of one control or several: a subject is counted once for each."""
    return sum(piece.broken for part in parts for piece in part)


class Pool:
    """Processes that do one job, on any number of tasks; a context manager, which ends them."""

    def __init__(self, job: Job, jobs: int, method: str | None = None) -> None:
        self.job = job
        self._jobs = jobs
        self._context: Any = get_context(method)
        self._processes: list[Any] = []
        self._idle: list[Connection] = []

    def __enter__(self) -> Pool:  # noqa: PYI034 - Self needs Python 3.11
        forked = self._context.get_start_method() == "fork"
        for _ in range(self._jobs):
            near, far = self._context.Pipe()
            self._idle.append(near)
            process = self._context.Process(target=_work, args=(far, self.job, tuple(self._idle) if forked else ()), daemon=True)
            process.start()
            far.close()
            self._processes.append(process)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()

    def answers(self, tasks: Iterator[Task]) -> Iterator[list[Piece]]:
        """What the workers answer, in the order of the tasks."""
        busy: dict[Connection, int] = {}
        done: dict[int, list[Piece]] = {}
        given = taken = 0
        more = True
        while more or busy or done:
            while more and self._idle and given - taken < _AHEAD * self._jobs:
                task = next(tasks, None)
                more = task is not None
                if task is not None:
                    busy[_give(self._idle.pop(), task)] = given
                    given += 1
            while taken in done:
                yield done.pop(taken)
                taken += 1
            for ready in wait(list(busy)) if busy else ():
                connection: Any = ready
                done[busy.pop(connection)] = _take(connection)
                self._idle.append(connection)


def _give(connection: Connection, task: Task) -> Connection:
    try:
        connection.send(task)
    except OSError as error:  # a broken pipe, which must not be taken for that of the report
        raise _ended() from error
    return connection


def _take(connection: Connection) -> list[Piece]:
    try:
        answer = connection.recv()
    except (OSError, EOFError) as error:
        raise _ended() from error
    if isinstance(answer, Fault):
        raise RuntimeError(f"a worker failed:\n{answer.traceback}")  # noqa: TRY004 - what failed is not the type
    return list(answer)


def _ended() -> InternalError:
    return InternalError("a worker process ended before its task did", hint="it may have run out of memory: try fewer --jobs")


def _work(connection: Connection, job: Job, inherited: Iterable[Connection]) -> None:
    """The life of a worker: tasks in, answers out, until the other end is closed.

    ``inherited`` are ends that a fork copied and that are not this process's; held open, they would hide that the parent is gone.
    An interrupt ends a worker at once and without a word, since the parent says what is to be said.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for other in inherited:
        other.close()
    with suppress(EOFError, OSError):  # the parent is gone
        while True:
            connection.send(_done(job, connection.recv()))


def _done(job: Job, task: Task) -> list[Piece] | Fault:
    try:
        return [piece for file in task.files for piece in job.pieces(file, task.share)]
    except Exception:  # noqa: BLE001 - told to the parent, which ends the run
        return Fault(format_exc())


def available() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
