"""Fields that people here have set: which they are, and what becomes of them when a roster overrides them."""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from collections import defaultdict

from schools.models import HandEdit
from schools.rosters import plan
from schools.rosters.upsert import Import


def edits() -> dict[tuple[str, str], set[int]]:
    """Return which rows have which fields set by people here, by (kind, field)."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, name, row_id in HandEdit.objects.values_list("kind", "field", "row_id"):
        found[kind, name].add(row_id)
    return found


def forget_edits(work: Import) -> None:
    """What the roster was told to set again is no longer an edit by hand."""
    for kind in plan.KEYED:
        work.journal.remove(
            "schools_handedit",
            f"SELECT h.id FROM schools_handedit h JOIN keys_{kind} k ON k.row_id = h.row_id AND k.is_stated"
            f" WHERE h.kind = '{kind}'",
        )
