"""Clocks, in nanoseconds.

Benchmarks count the time of the processor that a computation takes: the latency that it has where nobody else uses the core.
The engine does not wait for anything, so on a quiet machine that is the time on the wall; on a busy one the wall shows the
neighbours. ``--wall`` asks for it all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns, thread_time_ns

Clock = Callable[[], int]

wall_time: Clock = perf_counter_ns


def own_time() -> int:
    """Return the time of the processor that this thread has used."""
    return thread_time_ns()


def children_time() -> int:
    """Return the time of the processor that processes started from here have used, all that have ended."""
    try:
        from resource import RUSAGE_CHILDREN, getrusage  # noqa: PLC0415 - Windows has no such module
    except ImportError:
        return wall_time()
    usage = getrusage(RUSAGE_CHILDREN)
    return round((usage.ru_utime + usage.ru_stime) * 1e9)
