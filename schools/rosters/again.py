"""A second look at a file for what the hashes of the first one found: exact, and only where it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .compact import Hashes, HashSet, hashes, mask_of, pair
from .findings import Findings
from .people import lowered
from .table import Batch

# So many repeated ids are looked up exactly; those beyond are counted by their hashes.
MOST = 100_000
_SINGLY = 1_000


@dataclass(frozen=True, slots=True)
class Unique:
    """What may be there once in a file. `keys` tells for a batch the hash and the text of each row's key."""

    code: str
    column: str
    keys: Callable[[Batch], tuple[Hashes, list[str]]]


def _ids(batch: Batch) -> tuple[Hashes, list[str]]:
    return batch.hashes("sourcedId"), list(batch.columns["sourcedId"])


def _usernames(batch: Batch) -> tuple[Hashes, list[str]]:
    names = lowered(batch.columns["username"])
    return hashes(names), names


def _primary_roles(batch: Batch) -> tuple[Hashes, list[str]]:
    columns = batch.columns
    primary = [word == "primary" for word in columns["roleType"]]
    keys = pair(batch.hashes("userSourcedId"), batch.hashes("orgSourcedId"))
    both = zip(columns["userSourcedId"], columns["orgSourcedId"], primary, strict=True)
    return np.where(primary, keys, 0), [f"{user}\0{org}" if is_one else "" for user, org, is_one in both]


def _taught(batch: Batch) -> tuple[Hashes, list[str]]:
    columns = batch.columns
    both = zip(columns["role"], columns["primary"], strict=True)
    taught = mask_of((role == "teacher" and primary == "true" for role, primary in both), len(batch.rows))
    return np.where(taught, batch.hashes("classSourcedId"), 0), list(columns["classSourcedId"])


IDS = Unique("reference.duplicate_sourced_id", "sourcedId", _ids)
UNIQUE = {
    "username": Unique("semantic.same_username", "username", _usernames),
    "primary role": Unique("semantic.two_primary_roles", "roleType", _primary_roles),
    "taught": Unique("semantic.two_primary_teachers", "primary", _taught),
}


@dataclass(slots=True)
class Repeats:
    """Finds the rows of one `Unique` whose key was there before; `found` holds the hashes of a first look."""

    unique: Unique
    file: str
    found: HashSet
    _first: dict[str, int] = field(default_factory=dict)
    _told: int = 0

    def look(self, batch: Batch, findings: Findings) -> None:
        """Report the repeated rows of a batch, each with the row that was first."""
        keys, texts = self.unique.keys(batch)
        looked_at = self.found.repeats[:MOST]
        places = np.minimum(np.searchsorted(looked_at, keys), len(looked_at) - 1)
        for at in np.flatnonzero((looked_at[places] == keys) & (keys != 0)).tolist():
            row = batch.rows[at]
            first = self._first.setdefault(texts[at], row)
            if first != row:
                self._report(findings, row, first)

    def _report(self, findings: Findings, row: int, first: int) -> None:
        self._told += 1
        findings.add(
            self.unique.code,
            file=self.file,
            rows=[row] if self._told <= _SINGLY else [],
            more=int(self._told > _SINGLY),
            column=self.unique.column,
            first=first,
        )

    def finish(self, findings: Findings) -> None:
        """Count those beyond `MOST` by their hashes."""
        if len(self.found.repeats) > MOST:
            more = self.found.again - self._told
            findings.add(
                self.unique.code, file=self.file, rows=[], more=more, column=self.unique.column, first=1
            )
