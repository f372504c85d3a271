"""The first rows of a planned import as they would be stored, with names for who may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from instruction.imports.products.meanings import KINDS, PURPOSES
from schools.models import Identity, Org


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One observation as it would be stored."""

    row: int
    day: date
    kind: str
    purpose: str
    teacher: str
    observer: str
    school: str
    ratings: list[tuple[str, int]]


def sample_rows(sample: list[dict[str, Any]]) -> list[SampleRow]:
    """Return the rows of an outlook's sample with names; two queries. For who sent the file only."""
    return list(_rows(sample))


def _rows(sample: list[dict[str, Any]]) -> Iterator[SampleRow]:
    people = {one[who] for one in sample for who in ("teacher", "observer")}
    names = {one.person_id: one.display_name for one in Identity.objects.filter(person__in=people)}
    schools = dict(Org.objects.filter(pk__in={one["school"] for one in sample}).values_list("pk", "name"))
    for one in sample:
        yield SampleRow(
            row=one["row"],
            day=date.fromisoformat(one["day"]),
            kind=KINDS.get(one["kind"], one["kind"]),
            purpose=PURPOSES.get(one["purpose"], one["purpose"]),
            teacher=names.get(one["teacher"], "–"),
            observer=names.get(one["observer"], "–"),
            school=schools.get(one["school"], "–"),
            ratings=[(code, level) for code, level in one["ratings"]],
        )
