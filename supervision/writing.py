"""Write the rows of a caseload snapshot, and drop those that no longer stand."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q

from alignment_dash.runs.models import Publication, Run
from instruction.snapshots.copying import (
    BIGINT,
    DOUBLE,
    INTEGER,
    NULL,
    SMALLINT,
    copy_in,
    copy_in_text,
)
from supervision.models import CaseloadSchool, CaseloadSummary
from supervision.summing import SchoolRow, SummaryRow

MODELS: tuple[type[Any], ...] = (CaseloadSummary, CaseloadSchool)
_KINDS = {
    "bigint": BIGINT,
    "integer": INTEGER,
    "smallint": SMALLINT,
    "double precision": DOUBLE,
    "date": INTEGER,
}
# PostgreSQL counts the days of a date from here.
_EPOCH = date(2000, 1, 1)


def write_schools(run: Run, rows: Sequence[SchoolRow]) -> None:
    """Add a CaseloadSchool for each row, all in one statement."""
    if rows:
        columns = {"run_id": [run.pk] * len(rows), **_columns(rows)}
        columns["principal_since"] = [day and (day - _EPOCH).days for day in columns["principal_since"]]
        copy_in(
            CaseloadSchool._meta.db_table, {name: _packed(name, values) for name, values in columns.items()}
        )


def write_summaries(run: Run, rows: Sequence[SummaryRow]) -> None:
    """Add a CaseloadSummary for each row, all in one statement."""
    columns = {"run_id": [run.pk] * len(rows), **_columns(rows)}
    texts = {name: [NULL if one is None else str(one) for one in values] for name, values in columns.items()}
    copy_in_text(CaseloadSummary._meta.db_table, texts)


def _columns(rows: Sequence[SchoolRow] | Sequence[SummaryRow]) -> dict[str, Sequence[Any]]:
    return dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True)) if rows else {}


def _packed(name: str, values: Sequence[Any]) -> tuple[str, Any]:
    """Return the type that PostgreSQL has for a column of CaseloadSchool, and its values, masked where null."""
    kind = _KINDS[str(CaseloadSchool._meta.get_field(name).db_type(connection))]
    null = [value is None for value in values]
    return kind, np.ma.array([value or 0 for value in values], dtype=kind, mask=null)


def clear(run: Run, day: date) -> None:
    """Drop the rows of an attempt that was cut off, and of the month's earlier runs but for the one that stands."""
    month = Q(roster_date__year=day.year, roster_date__month=day.month)
    standing = Publication.objects.filter(kind=run.kind, run__isnull=False).values("run")
    alike = Run.objects.filter(kind=run.kind, school_year=run.school_year)
    old = list(alike.filter(month).exclude(pk__in=standing).values_list("pk", flat=True))
    for model in MODELS:
        model.objects.filter(run__in={*old, run.pk})._raw_delete(using="default")
