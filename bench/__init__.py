"""Benchmarks: every figure beside the floor that was measured in the same run, because machines differ.

`make bench` or `python -m bench [NAME...] [--json] [--keep]`. A module of this package is a benchmark when it
has `measures() -> Iterator[Measure]`; add its name to `NAMES` and write its target where the design has it.
"""

NAMES = ("pages", "access", "imports", "capacity", "evidence", "supervisor-year", "caseload-snapshot")
# These take minutes, and run when they are named.
NAMED = ("imports_memory", "capacity-accuracy", "capacity-speed", "balance")
# These need no database: they run on simulated arrays.
PURE = ("capacity-accuracy", "balance")
