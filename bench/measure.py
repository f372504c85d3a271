"""One measured figure, and how to time two things so that their ratio means something.

A benchmark module has one function, for example:

    def measures() -> Iterator[Measure]:
        large_urban()                                   # bench.district: the district of the targets
        page, query, _ = interleave(get_page, fixed_query, rounds=30)
        yield Measure.against(
            "heatmap, first view", page * 1000, "ms", floor=query * 1000, floor_name="2,028 cells", limit=4
        )
        yield Measure.bounded("heatmap, queries", count, "queries", limit=12)
        yield Measure.reported("rows a second", rate, "rows/s")
"""

import gc
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; `holds` is None where no limit is set yet.

    With a floor, `ratio` is value / floor and the limit is one on the ratio; without, it is one on the value.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    ratio: float | None = None
    limit: float | None = None
    holds: bool | None = None

    @classmethod
    def against(
        cls, name: str, value: float, unit: str, *, floor: float, floor_name: str, limit: float | None
    ) -> "Measure":
        """Return a figure whose ratio to `floor` (same unit, same run) may be at most `limit`."""
        ratio = value / floor
        holds = None if limit is None else ratio <= limit
        return cls(name, value, unit, floor, floor_name, ratio, limit, holds)

    @classmethod
    def bounded(cls, name: str, value: float, unit: str, *, limit: float) -> "Measure":
        """Return a figure that itself may be at most `limit`."""
        return cls(name, value, unit, limit=limit, holds=value <= limit)

    @classmethod
    def reported(cls, name: str, value: float, unit: str) -> "Measure":
        """Return a figure without a limit."""
        return cls(name, value, unit)


def interleave(
    a: Callable[[], object], b: Callable[[], object], rounds: int = 20, *, warm: int = 2
) -> tuple[float, float, float]:
    """Time `a` and `b` in turns and return their median seconds and the median of the rounds' ratios a / b.

    A noisy machine changes its speed between minutes; two calls side by side see the same machine. The order
    within a round alternates. `warm` unmeasured rounds come first; the garbage collector rests while timing.
    """
    for _ in range(warm):
        a()
        b()
    times_a: list[float] = []
    times_b: list[float] = []
    for turn in range(rounds):
        pair = ((a, times_a), (b, times_b))
        for call, times in pair if turn % 2 else pair[::-1]:
            times.append(seconds(call))
    ratios = [one / other for one, other in zip(times_a, times_b, strict=True)]
    return statistics.median(times_a), statistics.median(times_b), statistics.median(ratios)


def seconds(call: Callable[[], object]) -> float:
    """Return the wall-clock seconds that one call takes."""
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        call()
        return time.perf_counter() - began
    finally:
        gc.enable()


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of `values` do not exceed, the nearest rank."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
