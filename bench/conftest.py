"""What every benchmark uses: cold rounds, an asserted answer, other programs in alternation, the calibration loop beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import pytest

from calibration import calibration
from clock import Clock, own_time, wall_time

SECOND = 1_000_000_000
CALIBRATIONS = 9
"""Runs of the calibration loop before each benchmark, and again after it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--smoke``: few rounds, and nothing that is marked slow. Add ``--wall``: another clock."""
    parser.addoption("--wall", action="store_true", help="time by the clock on the wall, not by that of the processor")
    parser.addoption("--smoke", action="store_true", help="few rounds and no slow benchmark: finds only what trebled")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, so that the benchmarks need no configuration file of their own."""
    config.addinivalue_line("markers", "slow: a benchmark that a smoke run leaves out")
    config.addinivalue_line("markers", "clock(of): the clock of a benchmark that times something else than its own thread")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each benchmark its clock, and leave the slow ones out of a smoke run."""
    for item in items:
        item.add_marker(pytest.mark.benchmark(timer=_seconds(_clock(item))))
        if config.getoption("--smoke") and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow"))


def _clock(item: pytest.Item) -> Clock:
    if item.config.getoption("--wall"):
        return wall_time
    marker = item.get_closest_marker("clock")
    return marker.kwargs["of"] if marker else own_time


def _seconds(clock: Clock) -> Callable[[], float]:
    return lambda: clock() / SECOND


class Measure:
    """Times one way of answering, again and again, each time from the beginning."""

    def __init__(self, benchmark: Any, clock: Clock, *, smoke: bool) -> None:
        self.benchmark = benchmark
        self.clock = clock
        self.loop = wall_time if clock is wall_time else own_time
        self.seconds, self.least, self.most = (0.1, 3, 20) if smoke else (1.0, 7, 200)

    def __call__(
        self,
        run: Callable[[Any], Any],
        make: Callable[[], Any],
        expected: Any,
        *,
        versus: Mapping[str, Callable[[], Any]] | None = None,
        most: int = 200,
        **facts: Any,
    ) -> None:
        """Time ``run(make())``, of which ``make`` is not counted, and assert that each answer equals ``expected``.

        ``versus`` are other programs, by name: they are run in turn with it, once each before each round. The number of rounds
        follows from the time of one; ``most`` bounds it. ``facts`` go into the record; ``family`` and ``n`` place it on charts.
        """
        others: dict[str, list[int]] = {name: [] for name in versus or {}}

        def setup() -> tuple[tuple[Any], dict[str, Any]]:
            for name, program in (versus or {}).items():
                others[name].append(self._timed(program))
            return (make(),), {}

        answers: list[Any] = []

        def once(given: Any) -> Any:
            answers.append(run(given))

        rounds = min(most, self._rounds(run, make, expected, versus or {}))
        loops = [calibration(self.loop) for _ in range(CALIBRATIONS)]
        self.benchmark.pedantic(once, setup=setup, rounds=rounds, iterations=1)
        loops += [calibration(self.loop) for _ in range(CALIBRATIONS)]
        assert all(answer == expected for answer in answers)
        figures = {name: median(times[-rounds:]) for name, times in others.items()}
        self.benchmark.extra_info.update(facts, calibration=median(loops), calibration_least=min(loops))
        if figures:
            self.benchmark.extra_info["versus"] = figures

    def _rounds(self, run: Callable[[Any], Any], make: Callable[[], Any], expected: Any, versus: Mapping[str, Any]) -> int:
        """Return how many rounds the time for this benchmark allows. Warms up: what loads on first use is loaded then."""
        took = 0
        for _ in range(2):
            given = make()
            start = wall_time()
            answer = run(given)
            for program in versus.values():
                program()
            took = wall_time() - start
            assert answer == expected
            if took > self.seconds * SECOND:
                break
        return max(self.least, min(self.most, int(self.seconds * SECOND / took)))

    def _timed(self, program: Callable[[], Any]) -> int:
        start = self.clock()
        program()
        return self.clock() - start


@pytest.fixture
def measure(benchmark: Any, request: pytest.FixtureRequest) -> Measure:
    """Return what times a cold answer; see ``Measure``."""
    return Measure(benchmark, _clock(request.node), smoke=request.config.getoption("--smoke"))


@pytest.fixture
def spread(benchmark: Any) -> Callable[[list[int]], None]:
    """Return what puts the median, the 99th percentile and the maximum over many policies into the record."""

    def into_record(times: list[int]) -> None:
        ordered = sorted(times)
        benchmark.extra_info["spread"] = {
            "policies": len(ordered),
            "median": median(ordered),
            "p99": ordered[-1 - len(ordered) // 100],
            "most": ordered[-1],
        }

    return into_record
