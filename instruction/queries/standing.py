"""Which framework and which snapshot a page of capacity shows, and how fresh that is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from alignment_dash import schoolyear
from alignment_dash.runs.models import Publication, Run, State
from instruction.models import FrameworkVersion
from instruction.snapshots import KIND


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
    def key(self) -> str:
        """What a cached page depends on: the run and how fresh it is said to be."""
        run = self.run.uid if self.run else "none"
        return f"{run}:{bool(self.stale_since):d}{self.recomputing:d}{self.failed:d}"


def standing(year: int, framework: str = "") -> Standing | None:
    """Return what stands for a year and a framework (its uid; the first where none is named).

    None when no teaching framework is in force. Two queries.
    """
    versions = list(FrameworkVersion.objects.in_force(year).teaching())
    if not versions:
        return None
    version = next((one for one in versions if str(one.framework.uid) == framework), versions[0])
    found = {"kind": KIND, "school_year": year, "subject": str(version.framework.uid)}
    runs = Run.objects.filter(**{name: OuterRef(name) for name in found})
    ended = runs.filter(state__in=[State.SUCCEEDED, State.FAILED]).order_by("-ended_at")
    publication = (
        Publication.objects.filter(**found)
        .select_related("run")
        .annotate(open_run=Subquery(runs.open().values("pk")[:1]), latest=Subquery(ended.values("state")[:1]))
        .first()
    )
    return Standing(
        year=year,
        version=version,
        versions=versions,
        run=publication.run if publication else None,
        stale_since=publication.stale_since if publication else None,
        recomputing=bool(publication and publication.open_run),
        failed=bool(publication and publication.latest == State.FAILED),
    )
