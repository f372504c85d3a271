"""Write the rows of a caseload snapshot, and drop those that no longer stand."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from alignment_dash.runs.models import Publication, Run
from instruction.snapshots.copying import NULL, copy_in_text
from supervision.models import CaseloadSchool, CaseloadSummary
from supervision.summing import Row

MODELS: tuple[type[Any], ...] = (CaseloadSummary, CaseloadSchool)


def write(model: type[Any], run: Run, rows: Sequence[Row]) -> None:
    """Add the rows of one model, all in one statement."""
    if rows:
        columns = {name: [_text(row[name]) for row in rows] for name in rows[0]}
        copy_in_text(model._meta.db_table, {"run_id": [str(run.pk)] * len(rows), **columns})


def clear(run: Run, day: date) -> None:
    """Drop the rows of an attempt that was cut off, and of the month's earlier runs but for the one that stands."""
    month = Q(roster_date__year=day.year, roster_date__month=day.month)
    standing = Publication.objects.filter(kind=run.kind, run__isnull=False).values("run")
    alike = Run.objects.filter(kind=run.kind, school_year=run.school_year)
    old = list(alike.filter(month).exclude(pk__in=standing).values_list("pk", flat=True))
    for model in MODELS:
        model.objects.filter(run__in={*old, run.pk})._raw_delete(using="default")


def _text(value: object) -> str:
    return NULL if value is None else str(value)
