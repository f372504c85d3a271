"""What an import costs beside the floor of its own run: a roster against a plain COPY of the same rows.

The floor copies the rows that the import loads, as they are, into ordinary tables with a primary key and with
foreign keys from enrollments, which is the least any import that keeps its promises must do.
"""

import csv
import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.db import connection, connections, transaction

from bench.measure import Measure
from bench.roster_bundle import bundle
from schools.rosters.loader import load_roster
from schools.rosters.reader import read_roster
from schools.rosters.staging import TABLES

ROUNDS = 3
SIZE = {"schools": 30, "teachers": 1_200, "students": 15_000, "enrollments_each": 4}


def measures() -> Iterator[Measure]:
    """Measure a first import, the same again, and reading alone, over about 100,000 rows."""
    file = bundle(**SIZE)
    rows: dict[str, list[tuple[str, ...]]] = {table: [] for table in TABLES}
    read_roster(file, sink=lambda table, batch: rows[table].extend(batch))
    texts = {table: _csv(values) for table, values in rows.items()}
    timed = [(_copy(texts), *_import(file), *_read(file)) for _ in range(ROUNDS)]
    floor, first, again, reading, parsing = (median(column) for column in zip(*timed, strict=True))
    count = sum(map(len, rows.values()))
    yield Measure.against(
        "roster, first import", first, "s", floor=floor, floor_name=f"COPY of its {count:,} rows", limit=None
    )
    yield Measure.against("the same roster again", again, "s", floor=floor, floor_name="the same", limit=None)
    yield Measure.against(
        "reading and checking", reading, "s", floor=parsing, floor_name="csv.reader over it", limit=None
    )
    yield Measure.reported("roster rows a second", count / first, "rows/s")


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _copy(texts: dict[str, str]) -> float:
    """Copy the rows into ordinary tables, commit, and return the seconds."""
    with _floor_tables() as cursor:
        started = time.perf_counter()
        with transaction.atomic(using="owner"):
            for table, text in texts.items():
                cursor.copy_expert(
                    f"COPY bench_floor.{table} FROM STDIN WITH (FORMAT csv)", io.StringIO(text)
                )
        return time.perf_counter() - started


@contextmanager
def _floor_tables() -> Iterator[Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bench_floor CASCADE; CREATE SCHEMA bench_floor")
        for table, columns in TABLES.items():
            body = ", ".join(f"{column} text NOT NULL{_key(table, column)}" for column in columns)
            cursor.execute(f"CREATE TABLE bench_floor.{table} ({body})")
        try:
            yield cursor
        finally:
            cursor.execute("DROP SCHEMA bench_floor CASCADE")


def _key(table: str, column: str) -> str:
    if column == "external_id":
        return " PRIMARY KEY"
    targets = {"section": "classes", "person": "users"} if table == "enrollments" else {}
    return f" REFERENCES bench_floor.{targets[column]} (external_id)" if column in targets else ""


def _import(file: io.BytesIO) -> tuple[float, float]:
    """Return the seconds of a first import and of the same again; leave the bench district as it was."""
    with transaction.atomic():
        times = [_timed_import(file), _timed_import(file)]
        transaction.set_rollback(True)
    return times[0], times[1]


def _timed_import(file: io.BytesIO) -> float:
    started = time.perf_counter()
    loaded = load_roster(file, source="bench")
    with connection.cursor() as cursor:
        # Within a transaction that is undone, foreign keys would never be looked at.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    seconds = time.perf_counter() - started
    assert loaded.roster.accepted
    return seconds


def _read(file: io.BytesIO) -> tuple[float, float]:
    """Return the seconds of reading with every check, and of parsing the CSV alone."""
    started = time.perf_counter()
    read_roster(file)
    checked = time.perf_counter()
    _parse(file)
    return checked - started, time.perf_counter() - checked


def _parse(file: io.BytesIO) -> None:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            with archive.open(name) as raw:
                for _ in csv.reader(io.TextIOWrapper(raw, "utf-8", newline="")):
                    pass
