"""CSV files of ratings for tests."""

import csv
import io

from alignment_dash import schoolyear
from schools.models import ExternalId, Kind, Person, SourceSystem
from tests.factories import SmallDistrict

HEADER = [
    "observation_id", "date", "kind", "purpose", "observer", "teacher", "element", "level", "evidence",
]  # fmt: skip


def name_people(district: SmallDistrict) -> dict[int, str]:
    """Give every person an id in the source system "sis"; return the ids by person."""
    system = SourceSystem.objects.get_or_create(code="sis")[0]
    ids = {pk: f"P{pk:05d}" for pk in Person.objects.values_list("pk", flat=True)}
    ExternalId.objects.bulk_create(
        (
            ExternalId(system=system, kind=Kind.PERSON, external_id=name, row_id=pk)
            for pk, name in ids.items()
        ),
        ignore_conflicts=True,
    )
    return ids


def row(district: SmallDistrict, ids: dict[int, str], **changes: object) -> dict[str, object]:
    """One rating of the first school's first teacher by their principal, with changes."""
    teacher = district.teachers[district.schools[0].pk][0]
    return {
        "observation_id": "V1", "date": schoolyear.today().isoformat(), "kind": "formal",
        "purpose": "evaluative", "observer": ids[district.principals[0].pk], "teacher": ids[teacher.pk],
        "element": "E1", "level": 3, "evidence": "Said: \"why?\",\nand waited.",
    } | changes  # fmt: skip


def csv_of(rows: list[dict[str, object]], header: list[str] | None = None) -> bytes:
    """The rows as a CSV file, with the standard columns and those the rows add."""
    target = io.StringIO(newline="")
    names = header or [*HEADER, *sorted({name for one in rows for name in one} - set(HEADER))]
    writer = csv.DictWriter(target, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()
