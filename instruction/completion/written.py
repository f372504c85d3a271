"""Read how observations were written, as arrays, and write the counts of the district and its networks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from alignment_dash.runs.models import Run
from instruction.capacity.data import BoolArray, IntArray
from instruction.completion.checklist import Facts, Written, facts
from instruction.models import ChecklistCount, FrameworkVersion
from instruction.snapshots.copying import BIGINT, copy_out

FEWEST_OBSERVERS = 5
YEARS = 3
NO_NETWORK = -1
NO_SOURCE = -1  # written here

# A level of each element, and whether it has a note: no times, and no texts.
_WRITTEN = """
SELECT o.observer_id, coalesce(n.id, -1)::bigint AS network, o.school_year::bigint,
    coalesce(o.source_id, -1)::bigint AS source, count(*) FILTER (WHERE r.evidence = '') AS bare, {levels}
FROM instruction_observation o
JOIN instruction_frameworkversion v ON v.id = o.version_id
JOIN instruction_rating r ON r.observation_id = o.id
LEFT JOIN schools_org s ON s.id = o.school_id
LEFT JOIN schools_org n ON n.id = s.parent_id AND n.type = 'network'
WHERE v.framework_id = %(framework)s AND o.kind <> 'calibration' AND o.observed_on <= %(day)s
    AND o.school_year > %(year)s - {years} AND (%(observer)s::bigint IS NULL OR o.observer_id = %(observer)s)
GROUP BY o.id, n.id ORDER BY o.observed_on DESC, o.id DESC
"""


def read_written(*, version: FrameworkVersion, year: int, day: date, observer: int | None = None) -> Written:
    """Return the observations of up to three school years until a day, the newest first; one query.

    observer: only theirs. Those of another product that brought no note at all are left out: whether there were any
    is not known. Protected rows must be open (access.reach).
    """
    n_levels = len(version.level_names)
    names = [f"level {one}" for one in range(1, n_levels + 1)]
    levels = ", ".join(f"count(*) FILTER (WHERE r.level = {one})" for one in range(1, n_levels + 1))
    values: dict[str, Any] = {
        "framework": version.framework_id,
        "day": day,
        "year": year,
        "observer": observer,
    }
    rows = copy_out(
        _WRITTEN.format(levels=levels, years=YEARS),
        values,
        dict.fromkeys(["observer", "network", "year", "source", "bare", *names], BIGINT),
    )
    columns = {name: rows[name].astype(np.int64) for name in ("observer", "network", "year", "bare")}
    table: IntArray = np.stack([rows[name].astype(np.int64) for name in names], axis=1)
    found = Written(table, columns["bare"], columns["observer"], columns["network"], columns["year"])
    return found.where(_may_have_notes(found, rows["source"].astype(np.int64)))


def _may_have_notes(found: Written, source: IntArray) -> BoolArray:
    """Return which observations were written here, or come from a product that brought a note with any of them."""
    noted = found.levels.sum(axis=1) > found.bare
    chosen: BoolArray = (source == NO_SOURCE) | np.isin(source, source[noted])
    return chosen


def write_checklists(run: Run, *, version: FrameworkVersion, day: date) -> None:
    """Write how the district's observations were written, by school year; two queries. All rows must be open."""
    found = read_written(version=version, year=run.school_year, day=day)
    ChecklistCount.objects.bulk_create(
        ChecklistCount(
            run=run,
            network_id=None if network == NO_NETWORK else network,
            school_year=year,
            n_observers=one.n_observers,
            n_observations=one.n,
            n_long=one.n_long,
            n_even=one.n_even,
            by_chance=round(one.by_chance, 2),
            n_bare=one.n_bare,
        )
        for year, network, one in told(found)
    )


def told(found: Written) -> Iterator[tuple[int, int, Facts]]:
    """Yield year, network (NO_NETWORK: the district) and counts of what may be told.

    Nothing of fewer than five observers. Networks are told of a year all or none: where one is too small it would be
    what the others leave of the district. Schools are never told: two or three people observe at one.
    """
    for year in np.unique(found.year).tolist():
        here = found.where(found.year == year)
        whole = facts(here)
        if whole.n_observers < FEWEST_OBSERVERS:
            continue
        yield year, NO_NETWORK, whole
        parts = [(one, facts(here.where(here.place == one))) for one in np.unique(here.place).tolist()]
        if all(one.n_observers >= FEWEST_OBSERVERS for _network, one in parts):
            yield from ((year, network, one) for network, one in parts if network != NO_NETWORK)
