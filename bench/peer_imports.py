"""django-import-export on a tenth of the rows, beside COPY of that tenth: what the usual way costs.

It is given every help it offers: rows that are known to be new, bulk creation, no diffs, and foreign keys as ids
instead of a query for each cell. It writes the rows as they are, without a check, a plan or a
way back.
"""

# ruff: noqa: S608 - names of tables and columns are our own
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from import_export import fields, resources, widgets
from psycopg2.extras import DateRange
from tablib import Dataset

from alignment_dash.access.reach import all_rows
from bench import copy_floor
from bench.import_district import RosterDistrict
from bench.measure import Measure, seconds
from bench.roster_bundle import Content, zipped


def measures(district: RosterDistrict, rows: Content, folder: Path) -> Iterator[Measure]:
    """Yield the peer's seconds against the floor of the same rows; the district must be empty, and is again."""
    with district.worker() as worker:
        worker.load(zipped(rows))
    count = copy_floor.take_rows(folder)
    sets = {table: _dataset(table) for table in copy_floor.TABLES}
    district.empty()
    floor = copy_floor.copy(folder)
    taken = seconds(lambda: _import(sets))
    district.empty()
    yield Measure.against(
        "django-import-export, a tenth",
        taken,
        "s",
        floor=floor,
        floor_name=f"COPY of {count:,} rows",
        limit=None,
    )


def _import(sets: dict[str, Dataset]) -> None:
    with all_rows(why="the benchmark writes students"), transaction.atomic():
        for table, dataset in sets.items():
            result = _resource(_model(table)).import_data(dataset, raise_errors=True)
            assert result.totals["new"] == len(dataset), table


def _model(table: str) -> type[models.Model]:
    return next(
        model for model in apps.get_models() if model._meta.db_table == table and not model._meta.proxy
    )


def _dataset(table: str) -> Dataset:
    """The rows of a table as a file of it would hold them: text."""
    with all_rows(why="the benchmark reads students"), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column.name for column in cursor.description]
        cursor.execute(
            f"SELECT {', '.join(f'coalesce({name}::text, %s)' for name in names)} FROM {table} ORDER BY id",
            [""] * len(names),
        )
        return Dataset(*cursor.fetchall(), headers=names)


class _Id(widgets.Widget):
    """A foreign key as the id that it is, so that no row is looked up."""

    def clean(self, value: str, row: Any = None, **_: Any) -> int | None:
        return int(value) if value else None


class _Days(widgets.Widget):
    """A range of days as PostgreSQL writes it."""

    def clean(self, value: str, row: Any = None, **_: Any) -> DateRange:
        lower, upper = value[1:-1].split(",")
        return DateRange(lower or None, upper or None)


class _Words(widgets.Widget):
    """An array of words as PostgreSQL writes it."""

    def clean(self, value: str, row: Any = None, **_: Any) -> list[str]:
        return next(csv.reader([value[1:-1]]), [])


def _resource(model: type[models.Model]) -> Any:
    fields_made = ((field.name, _field(field)) for field in model._meta.concrete_fields)
    made = {name: field for name, field in fields_made if field}
    options = {
        "model": model, "use_bulk": True, "batch_size": 1_000, "skip_diff": True, "skip_html_diff": True,
        "force_init_instance": True, "use_transactions": False,
    }  # fmt: skip
    # After an import it sets the table's sequence, which the application role may not.
    without = {"after_import": lambda self, *_, **__: None}
    names = {"Meta": type("Meta", (), options), **without, **made}
    return type(f"{model.__name__}Resource", (resources.ModelResource,), names)()


def _field(field: Any) -> fields.Field | None:
    kinds = {"DateRangeField": _Days, "ArrayField": _Words, "ForeignKey": _Id, "OneToOneField": _Id}
    widget = kinds.get(type(field).__name__)
    if widget is None:
        return None
    return fields.Field(attribute=field.attname, column_name=field.attname, widget=widget())
