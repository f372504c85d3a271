"""What the capacity estimate itself costs: time and memory in the largest district, against plain means by polars.

The district has the size of the country's largest: 1,800 schools, 74,000 teachers, 12 elements, four observations
of each teacher over three years, one to three raters per school, 5 % of the visits by 90 supervisors in their areas.
"""

import io
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars
from django.db import connection

from bench.measure import Measure, seconds
from instruction.capacity.designs import Design
from instruction.capacity.simulate import simulate

ROOT = Path(__file__).resolve().parent.parent
SCHOOLS = 1800
SIZES = (5, 40, 300)  # schools of smaller districts, for the growth of the cost
ELEMENTS = 12
SCHOOLS_PER_AREA = 20
COMPLETE, MISSING = 1.0, 0.75
ROUNDS = 3
COPY_OUT = "COPY (SELECT school, element, level FROM bench_rating) TO STDOUT (FORMAT csv)"

# A process of its own, so that its greatest memory is the estimate's.
JOB = """
import json, resource, statistics, sys, time
import numpy as np
from instruction.capacity import Ratings, Roster, Targets, estimate
data = np.load(sys.argv[1])
ratings = Ratings(*(data[name] for name in Ratings.__slots__))
roster = Roster(data["roster_teacher"], data["roster_school"])
shape = len(data["schools"]), len(data["elements"])
targets = Targets(data["elements"], data["schools"], np.full(shape, 2.7))
times, processor = [], []
for _ in range(int(sys.argv[2])):
    began, used = time.perf_counter(), time.process_time()
    estimate(ratings, roster, targets)
    times.append(time.perf_counter() - began)
    processor.append(time.process_time() - used)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
median = statistics.median
print(json.dumps({
    "seconds": median(times), "processor": median(processor), "peak": peak, "ratings": len(ratings.level)
}))
"""


def measures() -> Iterator[Measure]:
    """Measure complete ratings and a quarter missing: time, memory, growth; then visits by every rater."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "district.npz"
        for name, share, limit in (("complete", COMPLETE, 5.0), ("a quarter not rated", MISSING, 15.0)):
            small = [_measured(path, _district(n, share), rounds=5) for n in SIZES]
            district = _district(SCHOOLS, share)
            large = _measured(path, district, rounds=ROUNDS)
            n = large["ratings"]
            yield Measure.bounded(f"{name}, {n:,.0f} ratings", large["seconds"], "s", limit=limit)
            if share == COMPLETE:
                floor = _polars_floor(district)
                yield Measure.against(
                    f"{name}, against plain means", large["seconds"], "s", floor=floor,
                    floor_name="COPY, polars", limit=3,
                )  # fmt: skip
            # Beside other programs the time is theirs, too.
            yield Measure.reported(f"{name}, processor time", large["processor"], "s")
            yield Measure.bounded(f"{name}, greatest memory", large["peak"], "MB", limit=3072)
            growth = _exponent([*small, large])
            yield Measure.bounded(
                f"{name}, growth from {small[0]['ratings']:,.0f} ratings", growth, "(exponent)", limit=1.1
            )
        everyone = _measured(path, _district(SCHOOLS, MISSING, everyone_visits=True), rounds=1)
        yield Measure.reported("a quarter not rated, every rater visits", everyone["seconds"], "s")
        yield Measure.reported("the same, greatest memory", everyone["peak"], "MB")


def _district(n_schools: int, share: float, *, everyone_visits: bool = False) -> dict[str, np.ndarray]:
    """The arrays of a simulated district."""
    rng = np.random.default_rng(n_schools)
    schools = 1000 + np.arange(n_schools)
    n_teachers = np.maximum(rng.poisson(41.2, n_schools), 5)
    n_raters = rng.integers(1, 4, n_schools)
    n_areas = math.ceil(n_schools / SCHOOLS_PER_AREA)
    home = np.concatenate([np.repeat(schools, n_raters), np.full(n_areas, -1)])
    areas: dict[str, Any] = {}
    if not everyone_visits:
        areas["area_of_teacher"] = np.repeat(np.arange(n_schools) // SCHOOLS_PER_AREA, n_teachers)
        areas["area_of_rater"] = np.concatenate([np.full(int(n_raters.sum()), -1), np.arange(n_areas)])
    design = Design(
        teacher=10**6 + np.arange(int(n_teachers.sum())),
        school_of_teacher=np.repeat(schools, n_teachers),
        rater=5 * 10**6 + np.arange(len(home)),
        home_school_of_rater=home,
        elements=100 + np.arange(ELEMENTS),
        observations_mean=4.0,
        observations_max=4,
        share_elements_rated=share,
        years=3.0,
        **areas,
    )
    ratings = simulate(design, seed=1).ratings
    columns = {name: getattr(ratings, name) for name in type(ratings).__slots__}
    return {
        **columns,
        "roster_teacher": design.teacher,
        "roster_school": design.school_of_teacher,
        "schools": schools,
        "elements": design.elements,
    }


def _measured(path: Path, district: dict[str, np.ndarray], *, rounds: int) -> dict[str, float]:
    np.savez(path, **district)  # type: ignore[arg-type]
    done = subprocess.run(
        [sys.executable, "-c", JOB, str(path), str(rounds)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _exponent(points: list[dict[str, float]]) -> float:
    """Slope of the logarithm of the time on that of the number of ratings."""
    x, y = (np.log([point[name] for point in points]) for name in ("ratings", "seconds"))
    return float(np.polyfit(x, y, 1)[0])


def _polars_floor(district: dict[str, np.ndarray]) -> float:
    """Seconds to read the ratings from PostgreSQL and take the mean of each school and element."""
    columns = ("observation", "rater", "teacher", "school", "element", "level")
    rows = polars.DataFrame({name: district[name] for name in columns})
    with connection.cursor() as cursor:
        types = ", ".join(f"{name} {'real' if name == 'level' else 'bigint'}" for name in columns)
        cursor.execute(f"CREATE TEMP TABLE bench_rating ({types})")
        cursor.copy_expert("COPY bench_rating FROM STDIN (FORMAT csv)", io.BytesIO(_csv(rows)))
        cursor.execute("ANALYZE bench_rating")

        def means() -> None:
            target = io.BytesIO()
            cursor.copy_expert(COPY_OUT, target)
            target.seek(0)
            names = ["school", "element", "level"]
            read = polars.read_csv(target, has_header=False, new_columns=names)
            read.group_by("school", "element").agg(polars.col("level").mean())

        taken = statistics.median(seconds(means) for _ in range(ROUNDS))
        cursor.execute("DROP TABLE bench_rating")
    return taken


def _csv(rows: polars.DataFrame) -> bytes:
    target = io.BytesIO()
    rows.write_csv(target, include_header=False)
    return target.getvalue()
