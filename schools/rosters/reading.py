"""One pass over the files of a bundle, file by file and batch by batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from .again import IDS, UNIQUE, Repeats
from .checks import CHECKS
from .columns import Column, Kind, Table, tables
from .compact import Hashes, Mask, hashes, mask_of
from .emitted import EMITTED
from .findings import Findings
from .manifest import Manifest, Mode
from .options import Count, Options, Progress, Sink
from .package import Package
from .people import note_rule_users
from .register import Known, Register
from .role_rules import PERSON_COLUMNS, RoleMap
from .state import Late, State
from .table import Batch, TableReader
from .trees import finish_tree
from .values import check_column

_HEAD = ("sourcedId", "status", "dateLastModified")
_ENDING = ("tobedeleted", "inactive")


class Reading:
    """Reads the declared files of one package. `counts` are by file."""

    def __init__(
        self,
        package: Package,
        manifest: Manifest,
        findings: Findings,
        options: Options,
        *,
        known: Known,
        sink: Sink,
        progress: Progress,
    ) -> None:
        self.counts: dict[str, Count] = {}
        self._package = package
        self._manifest = manifest
        self._findings = findings
        self._options = options
        self._sink = sink
        self._progress = progress
        self._total = package.declared_bytes(list(manifest.files.values()))
        self._tables = tables(manifest.version, strict=options.strict)
        self.state = State(
            manifest.version,
            Register(manifest, findings, known),
            findings,
            role_map=RoleMap(options.role_rules),
            year_start=options.year_start,
            most_staff_roles=options.limits.staff_roles,
            known_staff=options.known_staff,
        )

    def run(self) -> None:
        """Read every declared file, and after each what can only be checked at its end."""
        for table in self._tables:
            if table.name not in self._manifest.files:
                declared = self._manifest.modes.get(table.name)
                if declared is not Mode.ABSENT:
                    self.state.register.give_up(table.name)
            else:
                if table.name == "roles":
                    self._look_for_rule_users()
                self.state.register.start(table.name)
                self._read(table)
                self._finish(table)
            self._finish_late(table.name)
        self._check_rule_columns()

    # One file

    def _read(self, table: Table) -> None:
        count = self.counts[table.name] = Count()
        reader = self._reader(table, self._findings, others=self._rule_columns(table))
        for batch in reader.batches():
            self._batch(table, batch, count)
            self._progress(self._package.unpacked_bytes, self._total)
        if not reader.complete:
            self.state.register.give_up(table.name)
        self._note_rule_columns(table, reader)

    def _reader(
        self,
        table: Table,
        findings: Findings,
        others: frozenset[str] = frozenset(),
        only: frozenset[str] | None = None,
    ) -> TableReader:
        entry = self._manifest.files[table.name]
        encoding = self._options.encoding
        return TableReader(
            table, self._package, entry, encoding=encoding, findings=findings, others=others, only=only
        )

    def _rule_columns(self, table: Table) -> frozenset[str]:
        """Columns outside the standard that a rule for roles looks at."""
        return self.state.role_map.columns if table.name in ("users", "roles") else frozenset()

    def _batch(self, table: Table, batch: Batch, count: Count) -> None:
        state = self.state
        count.rows += len(batch.rows) + len(batch.stray)
        self._check_cells(table, batch, self._findings, head=True)
        state.register.add(table.name, batch.hashes("sourcedId"))
        if batch.stray:
            state.register.add(table.name, hashes([source_id for _, source_id in batch.stray]))
        self._check_status(table, batch)
        self._set_ended_aside(table, batch, count)
        self._check_cells(table, batch, self._findings, head=False)
        self._check_references(table, batch)
        used = len(batch.rows)
        CHECKS[table.name](batch, state)
        count.left_out += used - len(batch.rows)
        self._emit(table, batch)

    def _check_cells(self, table: Table, batch: Batch, findings: Findings, *, head: bool) -> None:
        bulk = self._manifest.mode(table.name) is Mode.BULK
        for column in table.columns:
            if column.name not in batch.columns or (column.name in _HEAD) is not head:
                continue
            # What a bulk file says of times is not used.
            if column.kind is not Kind.STAMP or not bulk:
                check_column(column, batch, table.file, findings)

    def _check_status(self, table: Table, batch: Batch) -> None:
        """Status and time as the mode of the file wants them: empty in bulk, given in delta."""
        empty = {name: batch.distinct(name) <= {""} for name in ("status", "dateLastModified")}
        if self._manifest.mode(table.name) is Mode.BULK:
            if not all(empty.values()):
                both = zip(batch.columns["status"], batch.columns["dateLastModified"], strict=True)
                rows = batch.where(mask_of((bool(a or b) for a, b in both), len(batch.rows)))
                self._add("row.status_in_bulk", table, rows, "status")
        else:
            for code, name in (("row.status_required", "status"), ("row.stamp_required", "dateLastModified")):
                if "" in batch.distinct(name):
                    self._add(code, table, batch.where(batch.equals(name, "")), name)
        if "inactive" in batch.distinct("status"):
            self._add("row.status_inactive", table, batch.where(batch.equals("status", "inactive")), "status")

    def _set_ended_aside(self, table: Table, batch: Batch, count: Count) -> None:
        """Hand on the rows that end a record; nothing else of them is read."""
        if batch.distinct("status").isdisjoint(_ENDING):
            return
        ending = np.logical_or.reduce([batch.equals("status", word) for word in _ENDING])
        self.state.register.end(table.name, batch.hashes("sourcedId")[ending])
        count.ended += int(ending.sum())
        if table.name in EMITTED:
            ids = (one for one, ends in zip(batch.columns["sourcedId"], ending.tolist(), strict=True) if ends)
            self.state.side_rows["ended"] += [(table.name, source_id) for source_id in ids]
        batch.keep(~ending)

    def _check_references(self, table: Table, batch: Batch) -> None:
        register = self.state.register
        for column in _references(table):
            if column.target == table.name:
                self._name_late(table, column, batch)
            # Roles come before people: who is named is checked when people are read.
            elif (table.name, column.target) != ("roles", "users"):
                is_list = column.kind is Kind.REFS
                register.check(table.name, column.name, column.target, batch, is_list=is_list)

    def _name_late(self, table: Table, column: Column, batch: Batch) -> None:
        """Remember what is referred to until all of the file is read."""
        named = (late for late in self.state.late if (late.table, late.column) == (table.name, column.name))
        late = next(named, None)
        if late is None:
            late = Late(table.name, column.name, table.name, column.kind is Kind.REFS)
            self.state.late.append(late)
        if late.is_list:
            late.named.add(hashes([one for each in batch.distinct(column.name) for one in each.split(",")]))
        else:
            late.named.add(batch.hashes(column.name))

    def _emit(self, table: Table, batch: Batch) -> None:
        made, self.state.side_rows = self.state.side_rows, defaultdict(list)
        if self._findings.has_errors:
            return
        if table.name in EMITTED and batch.rows:
            columns = (batch.columns[name] for name in EMITTED[table.name])
            self._sink(table.name, list(zip(*columns, strict=True)))
        for name, rows in made.items():
            self._sink(name, rows)

    # What can be checked only at the end of a file

    def _finish(self, table: Table) -> None:
        state = self.state
        ids = state.register.finish(table.name)
        unique = [Repeats(IDS, table.file, ids)]
        for name in list(state.repeats):
            found = state.repeats.pop(name)
            found.close()
            unique.append(Repeats(UNIQUE[name], table.file, found))
        self._look_again(table, [each for each in unique if len(each.found.repeats)])
        if table.name in ("orgs", "academicSessions"):
            finish_tree(state, table.name)
        if table.name == "roles":
            state.role_pairs.close()
        if table.name == "users":
            state.finish_people(ids)
        if table.name == "classes":
            state.terms_by_place = state.class_terms.get(ids.keys())
        if table.name == "academicSessions":
            state.school_years.close()

    def _look_again(self, table: Table, unique: list[Repeats]) -> None:
        """Find the rows of what the hashes say is there more than once."""
        if not unique:
            return
        for batch in self._batches_again(table):
            for each in unique:
                if each.unique is IDS:
                    each.look(batch, self._findings)
            batch.keep(_active(batch))
            for each in unique:
                if each.unique is not IDS:
                    each.look(batch, self._findings)
        for each in unique:
            each.finish(self._findings)

    def _batches_again(self, table: Table) -> Iterator[Batch]:
        """The batches of a file that was read before, their cells in one spelling."""
        muted = Findings(strict=self._options.strict)
        for batch in self._reader(table, muted).batches():
            for head in (True, False):
                self._check_cells(table, batch, muted, head=head)
            yield batch

    def _finish_late(self, target: str) -> None:
        """Check what could not be judged before `target` was read."""
        for each in self.state.late:
            if each.target != target:
                continue
            each.named.close()
            self._check_late(each, each.named.keys())
        if target == "users" and "roles" in self._manifest.files:
            self._check_late(Late("roles", "userSourcedId", "users"), self.state.people.keys())

    def _check_late(self, late: Late, named: Hashes) -> None:
        register = self.state.register
        if (
            register.is_given_up(late.target)
            or not (register.is_unsure(late.target, named) & (named != 0)).any()
        ):
            return
        table = next(table for table in self._tables if table.name == late.table)
        for batch in self._batches_again(table):
            batch.keep(_active(batch))
            register.check(late.table, late.column, late.target, batch, is_list=late.is_list)

    # Rules for roles

    def _look_for_rule_users(self) -> None:
        """Read the columns of people that a rule for roles looks at, before the roles themselves (1.2)."""
        columns = self.state.role_map.columns
        users = next(table for table in self._tables if table.name == "users")
        if not columns or users.name not in self._manifest.files:
            return
        muted = Findings()
        only = frozenset(("sourcedId", *PERSON_COLUMNS)) | columns
        source_id = next(column for column in users.columns if column.name == "sourcedId")
        reader = self._reader(users, muted, others=columns, only=only)
        for batch in reader.batches():
            check_column(source_id, batch, users.file, muted)
            note_rule_users(batch, self.state)
        self._note_rule_columns(users, reader)
        for found in self.state.rule_users.values():
            found.close()

    def _note_rule_columns(self, table: Table, reader: TableReader) -> None:
        if table.name in ("users", "roles"):
            self.state.rule_columns.update(reader.header.positions)

    def _check_rule_columns(self) -> None:
        """Say which columns that rules look at are in no file of people."""
        if not {"users", "roles"} & self._manifest.files.keys():
            return
        found = {name.lower() for name in self.state.rule_columns}
        for name in sorted(self.state.role_map.columns - found):
            self._findings.add("header.rule_column", file="users.csv", rows=[1], column=name)

    def _add(self, code: str, table: Table, rows: list[int], column: str) -> None:
        self._findings.add(code, file=table.file, rows=rows, column=column)


def _references(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind in (Kind.REF, Kind.REFS)]


def _active(batch: Batch) -> Mask:
    """Which rows do not end their record."""
    return mask_of((word not in _ENDING for word in batch.columns["status"]), len(batch.rows))
