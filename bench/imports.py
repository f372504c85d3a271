"""What a roster import costs beside COPY of the rows that it leaves behind, and what memory its worker takes.

Large urban: 98,361 students, 6,738 teachers, 169 schools. An import is timed as the worker does it, from the
claim of its run to its end: bytes out of the database, every check, the plan, the rows, the way back.
"""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import copy_floor, peer_imports
from bench.import_district import RosterDistrict
from bench.measure import Measure
from bench.roster_bundle import changed, content, shuffled, zipped

SIZE = {"schools": 169, "teachers": 6_738, "students": 98_361, "enrollments_each": 6}
TENTH = {"schools": 17, "teachers": 674, "students": 9_836, "enrollments_each": 6}
STEPS = {
    # What it is called and the most it may take, in times of COPY of its rows in the same run.
    "first": ("roster, first import", 2.5),
    "again": ("same rows, other bytes", 1.0),
    "changed": ("1 % of the rows changed", 1.0),
}
MEMORY_MB = 400


def measures() -> Iterator[Measure]:
    """Measure a first import, the same rows in other bytes, a day on which 1 % differ, memory, and a peer."""
    rows = content(**SIZE)
    bundles = {
        "first": zipped(rows),
        "again": zipped(shuffled(rows, seed=2)),
        "changed": zipped(shuffled(changed(rows), seed=3)),
    }
    del rows
    with tempfile.TemporaryDirectory(prefix="alignment-bench-") as name, RosterDistrict() as district:
        yield from _imports(district, bundles, Path(name))
        district.empty()
        yield from peer_imports.measures(district, content(**TENTH), Path(name))


def _imports(district: RosterDistrict, bundles: dict[str, io.BytesIO], folder: Path) -> Iterator[Measure]:
    """Import the bundles one after the other, COPY between them; each is held against the COPY next to it."""
    taken: dict[str, float] = {}
    floors: list[float] = []
    count = 0
    with district.worker() as worker:
        for step, bundle in bundles.items():
            taken[step] = worker.load(bundle)
            count = count or copy_floor.take_rows(folder)
            floors.append(copy_floor.copy(folder))
        peak = worker.peak_mb
    # The COPY before and the one after; the first import has one after it alone.
    beside = [median(floors[max(0, at - 1) : at + 1]) for at in range(len(floors))]
    for (step, (label, limit)), floor in zip(STEPS.items(), beside, strict=True):
        yield Measure.against(
            label, taken[step], "s", floor=floor, floor_name=f"COPY of its {count:,} rows", limit=limit
        )
    yield Measure.bounded("worker's peak memory", peak, "MB", limit=MEMORY_MB)
    yield Measure.reported("roster rows a second", count / taken["first"], "rows/s")
