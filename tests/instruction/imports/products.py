"""Files as other evaluation products write them, for tests."""

import csv
import io
import itertools
from typing import Any

from openpyxl import Workbook

from alignment_dash import schoolyear
from alignment_dash.runs import tasks
from instruction.imports.products import actions
from instruction.imports.products.layout import Layout
from instruction.models import ObservationImport
from tests.factories import SmallDistrict

_numbers = itertools.count(1)
WIDE = [
    "Employee ID", "Teacher Name", "School", "Observer", "Observation Date", "Observation Type",
    "E1: Element 1", "E2: Element 2", "E3: Element 3", "E1 Comment",
]  # fmt: skip
COLUMNS = {
    "Employee ID": "teacher_id", "Teacher Name": "teacher_name", "School": "school",
    "Observer": "observer_name", "Observation Date": "date", "Observation Type": "kind",
    "E1: Element 1": "rating:E1", "E2: Element 2": "rating:E2", "E3: Element 3": "rating:E3",
    "E1 Comment": "evidence:E1",
}  # fmt: skip


def wide_row(district: SmallDistrict, ids: dict[int, str], place: int = 0, **changes: object) -> list[Any]:
    """One observation of a teacher of the first school by their principal, as a wide export has it."""
    teacher = district.teachers[district.schools[0].pk][place]
    row: dict[str, Any] = {
        "Employee ID": ids[teacher.pk],
        "Teacher Name": f"{teacher.identity.family_name}, {teacher.identity.given_name}",
        "School": district.schools[0].name,
        "Observer": district.principals[0].identity.display_name,
        "Observation Date": schoolyear.today().strftime("%m/%d/%Y"),
        "Observation Type": "Formal observation",
        "E1: Element 1": "3",
        "E2: Element 2": "Proficient",
        "E3: Element 3": "4 - Exemplary",
        "E1 Comment": "Asked why.",
    }
    return [(row | changes)[name] for name in WIDE]


def as_csv(rows: list[list[Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def layout(**changes: Any) -> Layout:
    """The layout of a wide export whose rows are all evaluative."""
    given: dict[str, Any] = {
        "columns": COLUMNS, "source": "grow", "people": "sis", "date_format": "month-first",
        "purpose": "evaluative",
    }  # fmt: skip
    return Layout(**(given | changes))


def taken(content: bytes, by: Any, filename: str = "grow.csv", **options: Any) -> ObservationImport:
    upload, _new = actions.take_in(
        content=content, filename=filename, options={"source": "sis", **options}, mapping=None, by=by
    )
    return upload


def done(upload: ObservationImport) -> ObservationImport:
    """Do what the upload has asked for, and return it as it is then."""
    upload.refresh_from_db()
    tasks.perform(upload.run_id)
    upload.refresh_from_db()
    return upload


def planned(upload: ObservationImport, by: Any, **changes: Any) -> ObservationImport:
    actions.set_columns(upload=upload, layout=layout(**changes), by=by)
    return done(upload)


def imported(upload: ObservationImport, by: Any, **changes: Any) -> ObservationImport:
    planned(upload, by, **changes)
    actions.start_import(upload=upload, by=by)
    return done(upload)


def waiting_file(district: SmallDistrict, *, until: str = "columns") -> ObservationImport:
    """A file of another product that waits: for its columns, its words, a go-ahead, or (\"queue\") one word."""
    from alignment_dash.access.roles import Role
    from tests.instruction.imports.files import name_people

    by = district.users[Role.DATA_ADMINISTRATOR]
    ids = name_people(district)
    rows = [wide_row(district, ids, place) for place in range(4)]
    rows.append(
        wide_row(district, ids, 4, School="AE", **{"E3: Element 3": "NDA", "Observation Type": "Walk"})
    )
    upload = taken(as_csv([[f"Export {next(_numbers)}"], [], WIDE, *rows]), by)
    if until != "columns":
        planned(upload, by, save_as="Grow export")
    if until in {"import", "queue"}:
        answers = {one["kind"]: {one["text"]: one["suggestion"]} for one in upload.outlook["values"]}
        answers.pop("level", None)
        actions.answer(upload=upload, answers=answers, by=by)
        done(upload)
    if until == "queue":
        actions.start_import(upload=upload, by=by)
        done(upload)
    return upload
