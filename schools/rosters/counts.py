"""What became of the rows of each file, in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from schools.rosters import plan
from schools.rosters.reader import Roster
from schools.rosters.upsert import Tally

Counts = dict[str, dict[str, int]]
_COUNTED = ("created", "updated", "unchanged", "returned")


def counts_of(roster: Roster) -> Counts:
    """Return the counts of a roster that was read and not written yet."""
    return {name: count_of(count.rows, count.ended) for name, count in roster.counts.items()}


def count_of(rows: int, ended: int = 0) -> dict[str, int]:
    """Return the counts of a file with so many rows, of which so many end a record."""
    return {"rows": rows, **dict.fromkeys(_COUNTED, 0), "ignored": 0, "ended": ended}


def add_tallies(counts: Counts, tallies: Mapping[str, Tally]) -> None:
    """Put what was written into the counts of the files; what was neither written nor held is ignored.

    `ended` were rows that end a record; from now on it is the records that ended, as in the plan.
    """
    for one in plan.TYPES:
        count = counts.setdefault(one.file, count_of(0))
        for name in _COUNTED:
            count[name] += getattr(tallies[one.name], name)
    for count in counts.values():
        used = sum(count[name] for name in _COUNTED)
        count["ignored"] = max(0, count["rows"] - count["ended"] - used)
        count["ended"] = 0
    for one in plan.TYPES:
        counts[one.file]["ended"] += tallies[one.name].ended
