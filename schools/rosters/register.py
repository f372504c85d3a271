"""The sourcedIds of a bundle: each once, and what is referred to is there."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from .columns import TARGET_WORDS
from .compact import Hashes, HashSet, Mask, Places, hashes
from .findings import Findings
from .manifest import Manifest, Mode
from .table import Batch

Known = Callable[[str, Collection[str]], Collection[str]]


def nothing_known(kind: str, ids: Collection[str]) -> Collection[str]:
    """The answer of a consumer that holds no rows yet."""
    return ()


class Register:
    """Ids of every file read so far, eight bytes each (see `compact.py`).

    `known(kind, ids)` answers which of the ids the consumer already holds. `kind` is a file's name
    ("orgs", "users", ...), or "schools", "staff" or "students". It is asked only where the standard lets
    a reference leave the bundle: from or into a delta file, or to a row that this bundle ends.
    """

    def __init__(self, manifest: Manifest, findings: Findings, known: Known) -> None:
        self._manifest = manifest
        self._findings = findings
        self._known = known
        self._ids: dict[str, HashSet] = {}
        self._ended: dict[str, HashSet] = {}
        self._given_up: set[str] = set()
        self._held: dict[str, set[str]] = {}

    def start(self, table: str) -> None:
        """Note that a file is being read."""
        self._ids[table], self._ended[table] = HashSet(), HashSet()

    def finish(self, table: str) -> HashSet:
        """Note that a file is read; returns its ids, which tell what came more than once."""
        ids = self._ids[table]
        ids.close()
        self._ended[table].close()
        if table not in TARGET_WORDS:
            del self._ids[table], self._ended[table]
        return ids

    def give_up(self, table: str) -> None:
        """Note that a file is missing or could be read in part only: what refers to it is not judged."""
        self._given_up.add(table)

    def is_given_up(self, table: str) -> bool:
        """Whether nothing can be said about what `table` holds."""
        return table in self._given_up

    def add(self, table: str, ids: Hashes) -> None:
        """Add the ids of a batch."""
        self._ids[table].add(ids)

    def end(self, table: str, ids: Hashes) -> None:
        """Note rows that are marked as ended: they are not loaded, so only held ones may be referred to."""
        self._ended[table].add(ids)

    def holds(self, kind: str, ids: Collection[str], *, keep: bool = True) -> set[str]:
        """Which of the ids the consumer holds already; each is asked for once if the answer is kept."""
        held = self._held.setdefault(kind, set()) if keep else set()
        asked = {source_id for source_id in ids if source_id not in held}
        if asked:
            held.update(self._known(kind, asked))
        return held.intersection(ids)

    def may_leave_bundle(self, source: str, target: str) -> bool:
        """Whether a row of `source` may refer to a row of `target` that only the consumer holds."""
        return Mode.DELTA in (self._manifest.mode(source), self._manifest.mode(target))

    def check(self, source: str, column: str, target: str, batch: Batch, *, is_list: bool = False) -> None:
        """Check the references in one column of a batch."""
        if target in self._given_up:
            return
        if is_list:
            bad = self._bad_lists(source, target, batch.distinct(column))
        else:
            asked = batch.hashes(column)
            unsure = np.flatnonzero(self._is_unsure(target, batch, column) & (asked != 0)).tolist()
            values = batch.columns[column]
            bad = self.missing(source, target, {values[at] for at in unsure}) if unsure else set()
        if bad:
            at = zip(batch.rows, batch.columns[column], strict=True)
            self.report(source, column, target, [row for row, value in at if value in bad])

    def report(self, source: str, column: str, target: str, rows: list[int], more: int = 0) -> None:
        """Say that rows refer to what is not there."""
        there = target in self._ids
        self._findings.add(
            "reference.missing_target_record" if there else "reference.missing_target_file",
            file=f"{source}.csv",
            rows=rows,
            more=more,
            column=column,
            cause=target,
            target=f"{target}.csv",
            targets=TARGET_WORDS[target],
        )

    def places(self, target: str, batch: Batch, column: str) -> Places | None:
        """Where each value of a column stands among the ids of `target`, if all of them are there."""
        if target not in self._ids:
            return None
        places = self._places(target, batch, column)
        return places if (places >= 0).all() else None

    def _places(self, target: str, batch: Batch, column: str) -> Places:
        ids = self._ids[target]
        return batch.made(column, f"place in {target}", lambda _: ids.places(batch.hashes(column)))  # type: ignore[no-any-return]

    def _is_unsure(self, target: str, batch: Batch, column: str) -> Mask:
        if target not in self._ids:
            return np.ones(len(batch.rows), np.bool_)
        missing: Mask = self._places(target, batch, column) < 0
        return missing | self._ended[target].has(batch.hashes(column))

    def is_unsure(self, target: str, asked: Hashes) -> Mask:
        """Which of the ids are not in this bundle's file, or are ended by it."""
        if target not in self._ids:
            return np.ones(len(asked), np.bool_)
        return ~self._ids[target].has(asked) | self._ended[target].has(asked)

    def missing(self, source: str, target: str, wanted: set[str]) -> set[str]:
        """Which of the ids a row of `source` cannot refer to; none where `target` cannot be judged."""
        if target in self._given_up or not wanted:
            return set()
        listed = sorted(wanted)
        unsure = {listed[at] for at in np.flatnonzero(self.is_unsure(target, hashes(listed))).tolist()}
        if not unsure:
            return unsure
        ask = unsure
        if not self.may_leave_bundle(source, target):
            ended = self._ended.get(target, HashSet())
            ask = {one for one in unsure if ended.has(hashes([one]))[0]}
        return unsure - self.holds(target, ask) if ask else unsure

    def _bad_lists(self, source: str, target: str, lists: Collection[str]) -> set[str]:
        items = {value: value.split(",") for value in lists if value}
        wanted = {item for parts in items.values() for item in parts if item}
        missing = self.missing(source, target, wanted)
        return (
            {value for value, parts in items.items() if not missing.isdisjoint(parts)} if missing else set()
        )
