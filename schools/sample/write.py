"""Bulk writes: rows stream by COPY into a temporary table and from there into the real one.

Row security refuses COPY into the tables it protects, so all take the same way. Text is PostgreSQL's COPY text
format; the callers' values contain no tab, line end or backslash.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
from django.db import connection, models

from schools.sample.plan_places import Ints

CHUNK = 20_000
NULL = "\\N"


class _Stream(io.RawIOBase):
    """A file that reads what an iterator yields; COPY asks for it piece by piece."""

    def __init__(self, chunks: Iterator[str]):
        self.chunks = chunks
        self.left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self.left:
            self.left = next(self.chunks, "").encode()
        if size < 0:
            size = len(self.left)
        given, self.left = self.left[:size], self.left[size:]
        return given


def check_references_at_once() -> None:
    """Check foreign keys statement by statement in this transaction, rather than millions of them at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def write(model: type[models.Model], columns: str, rows: Iterable[str]) -> int:
    """Insert rows of COPY text (without line ends) and return how many.

    `columns` names the database columns, separated by spaces. Foreign keys are checked before this returns.
    """
    table = model._meta.db_table
    names = ", ".join(columns.split())
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE sample_rows ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608 - names of our own tables
        )
        cursor.copy_expert(f"COPY sample_rows ({names}) FROM STDIN", _Stream(_chunks(rows)))
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM sample_rows")  # noqa: S608
        written = int(cursor.rowcount)
        cursor.execute("DROP TABLE sample_rows")
    return written


def _chunks(rows: Iterable[str]) -> Iterator[str]:
    kept: list[str] = []
    for row in rows:
        kept.append(row)
        if len(kept) == CHUNK:
            yield "\n".join(kept) + "\n"
            kept.clear()
    if kept:
        yield "\n".join(kept) + "\n"


def reserve(model: type[models.Model], count: int) -> Ints:
    """Take `count` ids of a table from its sequence, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return np.fromiter((row[0] for row in cursor), np.int64, count)


def uids(count: int, rng: np.random.Generator, day: int) -> list[str]:
    """Return `count` ids of the shape of UUIDv7, made on `day` (an ordinal), one a millisecond; the same for the same rng."""
    start = (day - date(1970, 1, 1).toordinal()) * 86_400_000
    noise = rng.bytes(10 * count).hex()
    made = []
    for at in range(count):
        time, bits = f"{start + at:012x}", noise[20 * at : 20 * at + 20]
        variant = "89ab"[int(bits[3], 16) & 3]
        made.append(f"{time[:8]}-{time[8:]}-7{bits[:3]}-{variant}{bits[4:7]}-{bits[7:19]}")
    return made


def date_of(day: int | np.int64) -> date:
    """Return an ordinal as a date."""
    return date.fromordinal(int(day))


def day_text(day: int) -> str:
    """Return an ordinal as an ISO date."""
    return date.fromordinal(day).isoformat()


def range_text(start: int, end: int = 0) -> str:
    """Return the range from `start` to the day before `end` (ordinals; 0: without end)."""
    return f"[{day_text(start)},{day_text(end) if end else ''})"


def array_text(values: Iterable[str]) -> str:
    """Return a PostgreSQL array of plain words."""
    return "{" + ",".join(values) + "}"
