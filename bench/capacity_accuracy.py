"""How near the capacity estimate comes to the truth of simulated districts, against other ways of estimating.

`python -m bench capacity-accuracy` draws 100 districts of every case (seeds 0 to 99; development uses seeds from
1,000,000) and holds the goals. The districts' scores are kept in var/bench until the code changes. Environment:

    BENCH_SEEDS=20              fewer districts of each case, or FIRST:NUMBER
    BENCH_CASES="5 % visits;8"  cases whose names contain one of these words
    BENCH_WORKERS=2             processes, one core each
    BENCH_TABLE=accuracy.md     also write the tables there
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.accuracy.cases import chosen
from bench.accuracy.goals import goals
from bench.accuracy.report import report
from bench.accuracy.runs import code_hash, run
from bench.accuracy.summary import Summary
from bench.measure import Measure

SEEDS = 100


def measures() -> Iterator[Measure]:
    """Run what is not kept from an earlier run, tell the tables on stderr, and yield the goals."""
    began = time.monotonic()
    first, _, number = os.environ.get("BENCH_SEEDS", str(SEEDS)).rpartition(":")
    seeds = range(int(first or 0), int(first or 0) + int(number))
    workers = int(os.environ.get("BENCH_WORKERS", "2"))
    cases = chosen(os.environ.get("BENCH_CASES", ""))
    summary = Summary(run(cases, seeds, workers=workers))
    made = list(goals(summary, cases))
    notes = (
        f"Seeds {seeds.start} to {seeds.stop - 1} of {len(summary.cases)} districts; code {code_hash()}.",
        f"{(time.monotonic() - began) / 60:.0f} minutes on {workers} processes (less where kept from before).",
    )
    text = report(summary, made, notes)
    print(text, file=sys.stderr, flush=True)
    if path := os.environ.get("BENCH_TABLE"):
        Path(path).write_text(text, encoding="utf-8")
    yield from made
