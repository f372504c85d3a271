"""Everything that is held about a person as one ZIP: an index to read, a CSV for each kind, and all of it as JSON."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from alignment_dash.access.persondata.registry import Holding, Row, Subject
from alignment_dash.ui.spreadsheet import csv_lines


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of data in the ZIP. rows is None where it was left out."""

    holding: Holding
    rows: list[Row] | None

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.holding.key}.csv"


def parts_of(subject: Subject, holdings: Iterable[Holding], *, with_evidence: bool) -> list[Part]:
    """Read everything held; rows that are protected must be open."""
    return [
        Part(one, list(one.rows(subject)) if with_evidence or not one.is_evidence else None)
        for one in holdings
    ]


def zip_of(subject: Subject, parts: Sequence[Part]) -> bytes:
    """Return the ZIP's bytes."""
    made = io.BytesIO()
    context = {"subject": subject, "parts": parts, "now": timezone.localtime()}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("index.html", render_to_string("access/person_data_index.html", context))
        everything = {}
        for part in parts:
            if part.rows:
                names = list(part.rows[0])
                lines: list[Sequence[object]] = [
                    names,
                    *([_cell(row[name]) for name in names] for row in part.rows),
                ]
                file.writestr(part.file, b"".join(csv_lines(lines)))
            if part.rows is not None:
                everything[part.holding.key] = part.rows
        file.writestr("everything.json", json.dumps(everything, cls=DjangoJSONEncoder, indent=1))
    return made.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder)
    return value if isinstance(value, int | float) or value is None else str(value)
