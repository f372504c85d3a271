"""Reading a OneRoster bundle: from the bytes of a zip to checked rows, counts and findings.

Pure: no database and no Django. Rows are handed to a sink in batches while they are read, so that memory
holds ids and not the bundle; the caller undoes what the sink did when `accepted` is false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from .checks import CHECKS, finish_roles, finish_tree
from .columns import Kind, Table, tables
from .findings import Findings
from .manifest import Manifest, Mode, read_manifest
from .package import Limits, Package, Refused, open_package
from .register import Known, Register, nothing_known
from .state import State, Unmatched
from .table import Batch, TableReader
from .values import check_column

Sink = Callable[[str, list[tuple[str, ...]]], None]
Progress = Callable[[int, int], None]

# What the sink gets for each file, in this order; every value is a string, "" for an empty cell.
# Lists are comma-separated, dates ISO, booleans true or false.
EMITTED = {
    "academicSessions": ("sourcedId", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "orgs": ("sourcedId", "name", "type", "identifier", "parentSourcedId"),
    "courses": ("sourcedId", "title", "courseCode", "orgSourcedId", "subjects"),
    "users": (
        "sourcedId", "isStaff", "isStudent", "givenName", "familyName", "preferredGivenName", "email",
        "grades", "primaryOrgSourcedId",
    ),
    "roles": ("sourcedId", "userSourcedId", "role", "roleType", "orgSourcedId", "beginDate", "endDate"),
    "classes": (
        "sourcedId", "title", "classCode", "courseSourcedId", "schoolSourcedId", "termSourcedIds", "grades",
        "subjects",
    ),
    "enrollments": (
        "sourcedId", "classSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. `encoding` is "utf-8" or "cp1252"; `year_start` the month and day a school year begins."""

    encoding: str = "utf-8"
    limits: Limits = field(default_factory=Limits)
    year_start: tuple[int, int] = (7, 1)


@dataclass(slots=True)
class Count:
    """Rows of one file: all of them, those that end a record, those accepted and not used."""

    rows: int = 0
    ended: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Roster:
    """What was found in a bundle. It may be applied only when `accepted`."""

    findings: Findings
    version: str = ""
    modes: dict[str, Mode] = field(default_factory=dict)
    system_name: str = ""
    system_code: str = ""
    counts: dict[str, Count] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)
    unmatched_words: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> bool:
        """Whether nothing found rejects the bundle."""
        return not self.findings.has_errors


def drop(table: str, rows: list[tuple[str, ...]]) -> None:
    """The sink of a caller who only wants the verdict."""


def read_roster(
    file: IO[bytes],
    *,
    options: Options | None = None,
    begin: Callable[[Manifest], None] = lambda manifest: None,
    known: Known = nothing_known,
    sink: Sink = drop,
    progress: Progress = lambda done, total: None,
) -> Roster:
    """Read and check the zip in `file` (seekable, binary); never raises for what is in it.

    `begin` is told the manifest before the first row. `known` answers which ids the consumer holds (see `Register`). `sink` gets the rows of `EMITTED` in
    batches until the first error. `progress` is told bytes read and bytes claimed.
    """
    options = options or Options()
    roster = Roster(Findings())
    try:
        package = open_package(file, options.limits, roster.findings)
        manifest = read_manifest(package, roster.findings)
        if manifest is not None:
            roster.version, roster.modes = manifest.version, manifest.modes
            roster.system_name, roster.system_code = manifest.system_name, manifest.system_code
            begin(manifest)
            _Reading(roster, package, manifest, options, known, sink, progress).run()
    except Refused as refusal:
        roster.findings.add(refusal.code, file=refusal.file, **refusal.words)  # type: ignore[arg-type]
    return roster


class _Reading:
    """One pass over the files of a bundle."""

    def __init__(
        self,
        roster: Roster,
        package: Package,
        manifest: Manifest,
        options: Options,
        known: Known,
        sink: Sink,
        progress: Progress,
    ) -> None:
        self._roster = roster
        self._findings = roster.findings
        self._package = package
        self._manifest = manifest
        self._options = options
        self._sink = sink
        self._progress = progress
        register = Register(manifest, roster.findings, known)
        self._state = State(manifest.version, register, roster.findings, options.year_start)
        self._total = package.declared_bytes(list(manifest.files.values()))

    def run(self) -> None:
        """Read every declared file, then what can only be checked at its end."""
        register = self._state.register
        for table in tables(self._manifest.version):
            entry = self._manifest.files.get(table.name)
            if entry is None:
                if (
                    self._manifest.mode(table.name) is not Mode.ABSENT
                    or table.name not in self._manifest.modes
                ):
                    register.give_up(table.name)
                continue
            register.start(table.name)
            self._read(table, entry)
            if table.name in ("orgs", "academicSessions"):
                finish_tree(self._state, table.name)
        finish_roles(self._state)
        self._roster.unmatched = self._state.unmatched
        self._roster.unmatched_words = self._state.unmatched_words

    def _read(self, table: Table, entry: str) -> None:
        count = self._roster.counts[table.name] = Count()
        reader = TableReader(
            table, self._package, entry, encoding=self._options.encoding, findings=self._findings
        )
        for batch in reader.batches():
            self._batch(table, batch, count)
            self._progress(self._package.unpacked_bytes, self._total)
        if not reader.complete:
            self._state.register.give_up(table.name)

    def _batch(self, table: Table, batch: Batch, count: Count) -> None:
        count.rows += len(batch.rows) + len(batch.stray)
        register = self._state.register
        self._check_cells(table, batch, ("sourcedId", "status", "dateLastModified"))
        register.add(table.name, batch.columns["sourcedId"], batch.rows)
        for row, source_id in batch.stray:
            register.add(table.name, [source_id], [row])
        self._set_ended_aside(table, batch, count)
        self._check_cells(table, batch, tuple(batch.columns)[3:])
        self._check_references(table, batch)
        used = len(batch.rows)
        CHECKS[table.name](batch, self._state)
        count.left_out += used - len(batch.rows)
        self._emit(table, batch)

    def _check_cells(self, table: Table, batch: Batch, names: tuple[str, ...]) -> None:
        bulk = self._manifest.mode(table.name) is Mode.BULK
        for column in table.columns:
            if column.name not in names or column.kind is Kind.UNUSED:
                continue
            if column.kind is Kind.STAMP and bulk:
                continue
            values = batch.columns[column.name]
            batch.columns[column.name] = check_column(column, values, batch.rows, table.file, self._findings)

    def _set_ended_aside(self, table: Table, batch: Batch, count: Count) -> None:
        """Check status by the file's mode; rows that end a record are counted and not used."""
        status, stamps = batch.columns["status"], batch.columns["dateLastModified"]
        if self._manifest.mode(table.name) is Mode.BULK:
            if any(status) or any(stamps):
                rows = [row for row, a, b in zip(batch.rows, status, stamps, strict=True) if a or b]
                self._findings.add("row.status_in_bulk", file=table.file, rows=rows, column="status")
        elif not all(status):
            rows = [row for row, value in zip(batch.rows, status, strict=True) if not value]
            self._findings.add("row.status_required", file=table.file, rows=rows, column="status")
        ending = [value in ("tobedeleted", "inactive") for value in status]
        if any(ending):
            rows = [row for row, ends in zip(batch.rows, ending, strict=True) if ends]
            ids = zip(batch.columns["sourcedId"], ending, strict=True)
            self._findings.add("row.ended", file=table.file, rows=rows, column="status")
            self._state.register.end(table.name, [source_id for source_id, ends in ids if ends])
            count.ended += len(rows)
            batch.keep([not ends for ends in ending])

    def _check_references(self, table: Table, batch: Batch) -> None:
        for column in table.columns:
            # A file's references into itself, and those of roles to people, wait until both are read.
            if column.kind not in (Kind.REF, Kind.REFS) or column.target == table.name:
                continue
            if (table.name, column.target) != ("roles", "users"):
                values = batch.columns[column.name]
                self._state.register.check(table.name, column.name, column.target, values, batch.rows)

    def _emit(self, table: Table, batch: Batch) -> None:
        names = EMITTED.get(table.name)
        role_rows, self._state.role_rows = self._state.role_rows, []
        if names is None or not self._roster.accepted:
            return
        if batch.rows:
            self._sink(table.name, list(zip(*(batch.columns[name] for name in names), strict=True)))
        if role_rows:
            self._sink("roles", role_rows)
