"""The sourcedIds of a bundle: each once, and what is referred to is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from .columns import TARGET_WORDS
from .findings import Findings
from .manifest import Manifest, Mode

Known = Callable[[str, Collection[str]], Collection[str]]


def nothing_known(kind: str, ids: Collection[str]) -> Collection[str]:
    """The answer of a consumer that holds no rows yet."""
    return ()


class Register:
    """Ids of every file read so far.

    `known(kind, ids)` answers which of the ids the consumer already holds. `kind` is a file's name
    ("orgs", "users", ...), or "schools", "staff" or "students". It is asked only where the standard lets
    a reference leave the bundle: from or into a delta file, or to a row that this bundle ends.
    """

    def __init__(self, manifest: Manifest, findings: Findings, known: Known) -> None:
        self._manifest = manifest
        self._findings = findings
        self._known = known
        self._first_rows: dict[str, dict[str, int]] = {}
        self._ended: dict[str, set[str]] = {}
        self._given_up: set[str] = set()
        self._held: dict[str, set[str]] = {}

    def start(self, table: str) -> None:
        """Note that a file is being read."""
        self._first_rows.setdefault(table, {})

    def give_up(self, table: str) -> None:
        """Note that a file is missing or could be read in part only: what refers to it is not judged."""
        self._given_up.add(table)

    def is_given_up(self, table: str) -> bool:
        """Whether nothing can be said about what `table` holds."""
        return table in self._given_up

    def add(self, table: str, ids: Sequence[str], rows: Sequence[int]) -> None:
        """Add the ids of a batch; say which were there before."""
        seen = self._first_rows[table]
        new = set(ids)
        new.discard("")
        if len(new) == len(ids) and len(new.difference(seen)) == len(new):
            seen.update(zip(ids, rows, strict=True))
            return
        for source_id, row in zip(ids, rows, strict=True):
            if source_id and seen.setdefault(source_id, row) != row:
                self._findings.add(
                    "reference.duplicate_sourced_id",
                    file=f"{table}.csv",
                    rows=[row],
                    column="sourcedId",
                    first=seen[source_id],
                )

    def end(self, table: str, ids: Collection[str]) -> None:
        """Note rows that are marked as ended: they are not loaded, so only held ones may be referred to."""
        self._ended.setdefault(table, set()).update(ids)

    def holds(self, kind: str, ids: Collection[str]) -> set[str]:
        """Which of the ids the consumer holds already; each is asked for once."""
        held = self._held.setdefault(kind, set())
        asked = {source_id for source_id in ids if source_id not in held}
        if asked:
            held.update(self._known(kind, asked))
        return held.intersection(ids)

    def may_leave_bundle(self, source: str, target: str) -> bool:
        """Whether a row of `source` may refer to a row of `target` that only the consumer holds."""
        return Mode.DELTA in (self._manifest.mode(source), self._manifest.mode(target))

    def check(
        self, source: str, column: str, target: str, values: Sequence[str], rows: Sequence[int]
    ) -> None:
        """Check the references in one column; values may be comma-separated lists."""
        distinct = set(values)
        distinct.discard("")
        lists = {value: value.split(",") for value in distinct if "," in value}
        wanted = (distinct - lists.keys()).union(*lists.values())
        missing = self.missing(source, target, wanted)
        if not missing:
            return
        bad = {
            value for value in distinct if value in missing or not missing.isdisjoint(lists.get(value, ()))
        }
        there = target in self._first_rows
        self._findings.add(
            "reference.missing_target_record" if there else "reference.missing_target_file",
            file=f"{source}.csv",
            rows=[row for row, value in zip(rows, values, strict=True) if value in bad],
            column=column,
            cause=target,
            target=f"{target}.csv",
            targets=TARGET_WORDS[target],
        )

    def missing(self, source: str, target: str, wanted: set[str]) -> set[str]:
        """Which of the ids a row of `source` cannot refer to; none where `target` cannot be judged."""
        if target in self._given_up:
            return set()
        missing = wanted.difference(self._first_rows.get(target, ()))
        ended = wanted.intersection(self._ended.get(target, ()))
        ask = set(ended)
        if missing and self.may_leave_bundle(source, target):
            ask |= missing
        return (missing | ended) - self.holds(target, ask) if ask else missing
