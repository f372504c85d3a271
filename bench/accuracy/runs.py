"""Scores of every case and seed, on several processes, kept on disk so that a run that broke off goes on."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.accuracy.cases import Case
from bench.accuracy.scores import Scores

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "bench"
# What decides a score; the code that sums up may change without a new run.
_DECIDES = (
    "instruction/capacity/**/*.py",
    *(
        f"bench/accuracy/{name}.py"
        for name in ("cases", "districts", "means", "methods", "plans", "scores", "truth")
    ),
)
# One core each: libraries of linear algebra would start as many threads as there are cores in every process.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_NEWS_EVERY = 30.0

Key = tuple[str, int]  # case, seed
District = dict[str, Scores]  # by method
Results = dict[Key, District]


def run(cases: Iterable[Case], seeds: Iterable[int], *, workers: int, kept: Path | None = None) -> Results:
    """Scores of all cases and seeds. With `workers` 0 nothing is started and nothing is kept."""
    wanted = [(case, seed) for seed in seeds for case in cases]
    if not workers:
        return dict(_scored(case, seed) for case, seed in wanted)
    path = kept or KEPT / f"accuracy-{code_hash()}.jsonl"
    there = dict(_read(path))
    missing = [(case, seed) for case, seed in wanted if (case.name, seed) not in there]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        if there:
            file.write("\n")  # after the line that was being written when a run broke off
        for key, district in _worked(missing, workers):
            there[key] = district
            file.write(json.dumps({"case": key[0], "seed": key[1], "scores": district}) + "\n")
            file.flush()
    return {(case.name, seed): there[case.name, seed] for case, seed in wanted}


def code_hash() -> str:
    """Twelve characters that change with the code that decides a score."""
    made = hashlib.sha256()
    for pattern in _DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()[:12]


def _worked(keys: list[tuple[Case, int]], workers: int) -> Iterator[tuple[Key, District]]:
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    began = told = time.monotonic()
    # Fresh processes: a forked one would have the threads that this one's libraries were loaded with.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_alone) as pool:
        futures: list[Future[tuple[Key, District]]] = [pool.submit(_scored, *key) for key in keys]
        for number, future in enumerate(as_completed(futures), 1):
            yield future.result()
            if time.monotonic() - told > _NEWS_EVERY:
                told = time.monotonic()
                left = (told - began) / number * (len(keys) - number)
                print(
                    f"  {number} of {len(keys)} districts, {left / 60:.0f} minutes left",
                    file=sys.stderr,
                    flush=True,
                )


def _alone() -> None:
    """One core for each process."""
    from instruction.capacity import threads

    threads.MOST_THREADS = 1


def _scored(case: Case, seed: int) -> tuple[Key, District]:
    # Imported here, in the worker: the parent needs no estimator.
    from bench.accuracy.districts import score_district

    return (case.name, seed), score_district(case, seed)


def _read(path: Path) -> Iterator[tuple[Key, District]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row: dict[str, Any] = json.loads(line)
        except ValueError:  # an empty line, or one that was broken off
            continue
        yield (row["case"], row["seed"]), row["scores"]
