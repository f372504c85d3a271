"""Reads of runs: what stands, and whether it is being computed again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery

from alignment_dash.runs.models import Publication, Run


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The published run of a kind for a year, and how fresh it is."""

    run_id: int
    uid: str
    school_year: int
    computed_at: datetime
    roster_date: date | None
    method: str
    stale_since: datetime | None
    open_run_uid: str | None
    facts: dict[str, object]

    @property
    def recomputing(self) -> bool:
        """Say whether a newer run waits or is under way."""
        return self.open_run_uid is not None


def snapshot(*, kind: str, school_year: int, subject: str = "") -> Snapshot | None:
    """Return what stands for the year, or None when nothing was published yet; one query.

    It says nothing about persons or schools, so it takes no scope; the rows it leads to do.
    """
    under_way = Run.objects.open().filter(kind=kind, school_year=school_year, subject=subject)
    publication = (
        Publication.objects.filter(kind=kind, school_year=school_year, subject=subject, run__isnull=False)
        .select_related("run")
        .annotate(open_uid=Subquery(under_way.values("uid")[:1]))
        .first()
    )
    if publication is None or publication.run is None:
        return None
    run = publication.run
    return Snapshot(
        run_id=run.pk,
        uid=str(run.uid),
        school_year=school_year,
        computed_at=run.ended_at or run.queued_at,
        roster_date=run.roster_date,
        method=run.method,
        stale_since=publication.stale_since,
        open_run_uid=str(publication.open_uid) if publication.open_uid else None,
        facts=run.facts,
    )
