"""Command line of the benchmarks; see the package's description."""

import argparse
import importlib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from types import ModuleType

import django

from bench import NAMED, NAMES, PURE, district
from bench.measure import Measure

HEADINGS = ("measure", "value", "floor", "ratio", "limit", "holds")


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks (all when none is named); return 1 when a limit does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure against floors of the same run."
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"one of {', '.join(NAMES)}, which all run when none is named, or {', '.join(NAMED)}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON array instead of a table")
    parser.add_argument(
        "--keep", action="store_true", help="keep the bench database, and use one that was kept"
    )
    options = parser.parse_args(arguments)
    there = (*NAMES, *NAMED)
    unknown = set(options.names) - set(there)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(there)}")
    results = run(options.names or NAMES, keep=options.keep)
    if options.json:
        print(json.dumps([{"benchmark": name, **asdict(measure)} for name, measure in results], indent=1))
    else:
        print(table(results))
    return 1 if any(measure.holds is False for _, measure in results) else 0


def run(names: Sequence[str], *, keep: bool) -> list[tuple[str, Measure]]:
    """Run benchmarks in the bench database and return (benchmark, measure) pairs; progress goes to stderr.

    The database is made only for a benchmark that needs one.
    """
    if set(names) <= set(PURE):
        return list(collect(names))
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(32))
    os.environ["SECURE_TRANSPORT"] = "false"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alignment_dash.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    district.use_bench_database()
    django.setup()
    if not keep:
        district.drop()
    try:
        district.create()
        return list(collect(names))
    finally:
        if not keep:
            district.drop()


def collect(names: Sequence[str]) -> Iterator[tuple[str, Measure]]:
    """Yield each benchmark's measures, naming them on stderr as they come."""
    for name in names:
        print(f"bench {name} ...", file=sys.stderr, flush=True)
        for measure in module_of(name).measures():
            print(f"  {measure.name}: {number(measure.value)} {measure.unit}", file=sys.stderr, flush=True)
            yield name, measure


def module_of(name: str) -> ModuleType:
    """Return the benchmark of this name; its module has underscores where the name has hyphens."""
    return importlib.import_module(f"bench.{name.replace('-', '_')}")


def table(results: Sequence[tuple[str, Measure]]) -> str:
    """Return the measures as an aligned table."""
    rows = [HEADINGS, *(cells(name, measure) for name, measure in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def cells(benchmark: str, measure: Measure) -> tuple[str, ...]:
    """Return one row of the table."""
    floor = ""
    if measure.floor is not None:
        floor = f"{number(measure.floor)} {measure.unit} ({measure.floor_name})"
    limit = ""
    if measure.limit is not None:
        limit = (
            f"{number(measure.limit)}x"
            if measure.floor is not None
            else f"{number(measure.limit)} {measure.unit}"
        )
    return (
        f"{benchmark}: {measure.name}",
        f"{number(measure.value)} {measure.unit}",
        floor,
        f"{number(measure.ratio)}x" if measure.ratio is not None else "",
        limit,
        {None: "", True: "yes", False: "NO"}[measure.holds],
    )


def number(value: float) -> str:
    """Return three significant digits, thousands separated."""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
