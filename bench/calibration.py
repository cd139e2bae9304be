"""The calibration loop: a fixed piece of work in plain Python, timed beside every measurement.

Machines differ, and one machine differs from minute to minute. What is compared from record to record is therefore the ratio of
a median to the time that this loop took in the same run, right before and right after. The loop does what the engine does most:
small calls, look-ups, shifts of integers, slices of texts. It must never change: a change would make older ratios worthless.
"""

from __future__ import annotations

from typing import Final

from clock import Clock, own_time

ROUNDS: Final = 2_000
CHECKSUM: Final = 499_532


def calibration(clock: Clock = own_time) -> int:
    """Return how many nanoseconds the loop took by a clock. Raises RuntimeError if it did not do its work."""
    start = clock()
    found = _loop()
    took = clock() - start
    if found != CHECKSUM:
        message = f"the calibration loop gave {found}"
        raise RuntimeError(message)
    return took


def _loop() -> int:
    seen: dict[str, int] = {}
    live, total = 1, 0
    for i in range(ROUNDS):
        text = f"key/{i * 7919 % 1009:04x}"
        live = _step(live, i)
        place = seen.get(text[4:])
        if place is None:
            seen[text[4:]] = i
        else:
            total += place
        total += live.bit_count()
        if text.startswith("key/0") and text[-1] in "abcdef":
            total += 1
    return total


def _step(live: int, i: int) -> int:
    return (live << 1 | 1 << i % 61) & (1 << 256) - 1
