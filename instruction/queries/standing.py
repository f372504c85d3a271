"""Which framework and which snapshot a page of capacity shows, and how fresh that is."""

from dataclasses import dataclass
from datetime import datetime

from alignment_dash import schoolyear
from alignment_dash.runs.models import Run
from instruction.models import FrameworkVersion
from instruction.snapshots import KIND, KIND_OF_PERSONS


@dataclass(frozen=True, slots=True)
class Standing:
    """A framework's version in force and the run that stands for the year; no run: nothing computed yet.

    It says nothing about schools or persons, so it takes no scope; the rows it leads to do.
    """

    year: int
    version: FrameworkVersion
    versions: list[FrameworkVersion]
    run: Run | None
    stale_since: datetime | None
    recomputing: bool
    failed: bool

    @property
    def year_label(self) -> str:
        """The school year as people write it."""
        return schoolyear.label(self.year)

    @property
    def computed_at(self) -> datetime | None:
        """When the snapshot was computed."""
        return self.run.ended_at if self.run else None

    @property
    def compared_with(self) -> datetime | None:
        """When the snapshot was computed that this one's changes are against; None where there was none."""
        at = self.run.facts.get("compared_with") if self.run else None
        return datetime.fromisoformat(at) if at else None

    @property
    def key(self) -> str:
        """What a cached page depends on: the run and how fresh it is said to be."""
        run = self.run.uid if self.run else "none"
        return f"{run}:{bool(self.stale_since):d}{self.recomputing:d}{self.failed:d}"


_STANDING = """
SELECT r.*, p.stale_since,
    EXISTS (
        SELECT 1 FROM runs_run o WHERE o.kind = p.kind AND o.school_year = p.school_year
            AND o.subject = p.subject AND o.state IN ('queued', 'running')
    ) AS recomputing,
    (
        SELECT e.state = 'failed' FROM runs_run e WHERE e.kind = p.kind AND e.school_year = p.school_year
            AND e.subject = p.subject AND e.state IN ('succeeded', 'failed') ORDER BY e.ended_at DESC LIMIT 1
    ) AS failed
FROM runs_publication p JOIN runs_run r ON r.id = p.run_id
WHERE p.kind = %s AND p.school_year = %s AND p.subject = %s
"""


def standing(year: int, framework: str = "") -> Standing | None:
    """Return what stands for a year and a framework (its uid; the first where none is named).

    None when no teaching framework is in force. Two queries.
    """
    versions = list(FrameworkVersion.objects.in_force(year).teaching())
    if not versions:
        return None
    version = next((one for one in versions if str(one.framework.uid) == framework), versions[0])
    return _standing(KIND, year, version, versions)


def standing_of_persons(shown: Standing) -> Standing:
    """Return what stands of teachers' own figures, from evaluative evidence alone; one query."""
    return _standing(KIND_OF_PERSONS, shown.year, shown.version, shown.versions)


def _standing(kind: str, year: int, version: FrameworkVersion, versions: list[FrameworkVersion]) -> Standing:
    found = next(iter(Run.objects.raw(_STANDING, [kind, year, str(version.framework.uid)])), None)
    return Standing(
        year=year,
        version=version,
        versions=versions,
        run=found,
        # What the query selects beside the run's own columns; absent where there is no run.
        stale_since=getattr(found, "stale_since", None),
        recomputing=bool(getattr(found, "recomputing", False)),
        failed=bool(getattr(found, "failed", False)),
    )
