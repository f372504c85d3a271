"""Pulled records as a OneRoster CSV bundle: the same that a student information system would have exported.

A collection that was seen whole in a full pull is stated as `bulk`. Everything else is `delta`: only what
arrived, so that nothing is ended because it was not seen. An empty answer is no statement at all.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from schools.rosters.columns import tables, unused_files

from .shapes import CELLS, METADATA_COLUMNS, REFERENCES, Cells, Record, is_gone, metadata, roles, stamp

_IN_MEMORY = 4 * 2**20
# Equal records make equal bytes, so that a pull that brought nothing new is the same import.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_TARGETS = {target for columns in REFERENCES.values() for target in columns.values()}


@dataclass(slots=True)
class _Table:
    """One file to be: its rows so far, on disk when they are many, each with its metadata as the last cell."""

    columns: list[str]
    rows: int = 0
    extra: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    spool: IO[str] = field(default_factory=lambda: _spool())
    writer: object = None


def _spool() -> IO[str]:
    raw = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the bundle
    return io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)


class Bundle:
    """A bundle of one version in the making. `pulled_at` stamps records that carry no usable time."""

    def __init__(self, version: str, *, full: bool, pulled_at: datetime) -> None:
        self.version = version
        self._full = full
        self._pulled_at = pulled_at
        self._tables = {
            table.name: _Table([column.name for column in table.columns])
            for table in tables(version)
            if table.name != "demographics"
        }
        self._districts: list[str] = []
        self._bulk: set[str] = set()

    def add(self, collection: str, record: Record) -> None:
        """Add one record of a collection; a user's roles (1.2) with it."""
        gone = is_gone(record)
        head = {"sourcedId": str(record["sourcedId"]), **self._head(collection, record, gone)}
        cells = CELLS[collection](record)
        self._write(collection, head | cells, metadata(record))
        if collection == "orgs" and cells["type"] == "district" and not gone:
            self._districts.append(head["sourcedId"])
        if collection == "users" and self.version == "1.2":
            for role in roles(record):
                self._write("roles", self._head("roles", record, gone) | role, {})

    def finish(self, collection: str, *, complete: bool) -> None:
        """Note that all that is to come of a collection has come, and whether that is all there is."""
        if complete and self._full and self._tables[collection].rows:
            self._bulk.add(collection)
            if collection == "users" and self.version == "1.2" and self._tables["roles"].rows:
                self._bulk.add("roles")

    @property
    def rows(self) -> dict[str, int]:
        """Rows by file, as far as they have come."""
        return {name: table.rows for name, table in self._tables.items()}

    def missing(self) -> dict[str, int]:
        """Count, by what is referred to, the ids that records of whole files name and another whole file lacks."""
        found: dict[str, int] = {}
        for name, columns in REFERENCES.items():
            for target in set(columns.values()):
                if name in self._bulk and target in self._bulk:
                    lacking = self._tables[name].wanted.get(target, set()) - self._tables[target].ids
                    if lacking:
                        found[target] = found.get(target, 0) + len(lacking)
        return found

    def write(self, file: IO[bytes], *, system_name: str, system_code: str) -> None:
        """Write the zip."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            with _entry(archive, "manifest.csv") as entry:
                csv.writer(entry).writerows(self._manifest(system_name, system_code))
            for name, table in self._tables.items():
                if table.rows:
                    with _entry(archive, f"{name}.csv") as entry:
                        csv.writer(entry).writerows(self._final(name, table))

    def close(self) -> None:
        """Let go of what is on disk."""
        for table in self._tables.values():
            table.spool.close()

    def modes(self) -> dict[str, str]:
        """What each file states: bulk, delta or absent."""
        return {name: self._mode(name) for name in self._tables}

    def _mode(self, name: str) -> str:
        if name in self._bulk:
            return "bulk"
        return "delta" if self._tables[name].rows else "absent"

    def _head(self, collection: str, record: Record, gone: bool) -> Cells:
        """Status and time of every row; `_final` leaves them out of what is stated as bulk."""
        return {
            "status": "tobedeleted" if gone else "active",
            "dateLastModified": stamp(record.get("dateLastModified"), self._pulled_at),
        }

    def _write(self, name: str, cells: Cells, extra: dict[str, str]) -> None:
        table = self._tables[name]
        for column in extra:
            if column not in table.extra and len(table.extra) < METADATA_COLUMNS:
                table.extra.append(column)
        if table.writer is None:
            table.writer = csv.writer(table.spool)
        row = [cells.get(column, "") for column in table.columns]
        table.writer.writerow([*row, json.dumps(extra) if extra else ""])  # type: ignore[attr-defined]
        table.rows += 1
        if name in _TARGETS:
            table.ids.add(cells["sourcedId"])
        if cells["status"] == "active":
            for column, target in REFERENCES.get(name, {}).items():
                wanted = table.wanted.setdefault(target, set())
                wanted.update(filter(None, cells.get(column, "").split(",")))

    def _final(self, name: str, table: _Table) -> Iterator[list[str]]:
        """Yield the header and rows as they are to be sent."""
        yield [*table.columns, *table.extra]
        bulk, only = name in self._bulk, self._districts[0] if len(self._districts) == 1 else ""
        status, modified = table.columns.index("status"), table.columns.index("dateLastModified")
        org = table.columns.index("orgSourcedId") if name == "courses" else None
        table.spool.flush()
        table.spool.seek(0)
        for row in csv.reader(table.spool):
            extra = json.loads(row.pop() or "{}")
            if bulk:  # the standard wants both blank there; what is marked as removed keeps its mark
                row[modified] = ""
                row[status] = "" if row[status] == "active" else row[status]
            if org is not None and not row[org]:  # the REST binding of 1.2 lets it be left out
                row[org] = only
            yield [*row, *(extra.get(column, "") for column in table.extra)]

    def _manifest(self, system_name: str, system_code: str) -> Iterator[tuple[str, str]]:
        yield ("propertyName", "value")
        yield ("manifest.version", "1.0")
        yield ("oneroster.version", self.version)
        for name in sorted({table.name for table in tables(self.version)} | set(unused_files(self.version))):
            yield (f"file.{name}", self._mode(name) if name in self._tables else "absent")
        yield ("source.systemName", system_name)
        yield ("source.systemCode", system_code)


def _entry(archive: zipfile.ZipFile, name: str) -> IO[str]:
    info = zipfile.ZipInfo(name, date_time=_NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return io.TextIOWrapper(archive.open(info, "w", force_zip64=True), encoding="utf-8", newline="")
