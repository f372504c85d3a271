"""Whether the memory of an import's worker grows with the bundle: large urban, and four times as large.

It takes minutes, so it runs when it is named: `make bench ARGS=imports_memory`.
"""

from collections.abc import Iterator

from bench.import_district import RosterDistrict
from bench.imports import MEMORY_MB, SIZE
from bench.measure import Measure
from bench.roster_bundle import bundle

TIMES = 4
GROWTH = 1.5


def measures() -> Iterator[Measure]:
    """Measure the peak memory of a fresh worker that imports each of the two bundles into an empty district."""
    with RosterDistrict() as district:
        small = _peak(district, 1)
        district.empty()
        large = _peak(district, TIMES)
    yield Measure.bounded("worker's peak memory", small, "MB", limit=MEMORY_MB)
    yield Measure.against(
        f"the same, {TIMES} times the bundle", large, "MB", floor=small, floor_name="the bundle", limit=GROWTH
    )


def _peak(district: RosterDistrict, times: int) -> float:
    size = {name: count * (times if name != "enrollments_each" else 1) for name, count in SIZE.items()}
    with district.worker() as worker:
        worker.load(bundle(**size))
        return worker.peak_mb
