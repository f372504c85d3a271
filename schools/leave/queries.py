"""Reads of leave, for who may know of it."""

from contextlib import AbstractContextManager
from uuid import UUID

from django.db.models import Q

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import bounds
from schools.models import ExternalId, Kind, Leave, Org, Person


def leaves(scope: Scope, *, year: int, text: str = "") -> list[Leave]:
    """Return the leaves that touch a school year, the newest first; none for who may not know. text: of a name.

    Two queries more than opening the rows.
    """
    if not scope.district_wide(Data.LEAVE):
        return []
    found = Leave.objects.filter(during__overlap=bounds(year)).select_related("person__identity")
    for word in text.split()[:5]:
        found = found.filter(
            Q(person__identity__given_name__icontains=word) | Q(person__identity__family_name__icontains=word)
        )
    with _opened():
        return list(found.order_by("-during__startswith", "pk"))


def leave(scope: Scope, uid: UUID) -> Leave | None:
    """Return one leave; None where there is none, and for who may not know."""
    if not scope.district_wide(Data.LEAVE):
        return None
    with _opened():
        return Leave.objects.select_related("person__identity").filter(uid=uid).first()


def _opened() -> AbstractContextManager[None]:
    """Open the rows of every org, which are not those of everyone: what nobody but its writer reads stays closed."""
    return reach.rows_of(schools=list(Org.objects.values_list("pk", flat=True)))


def person_named(text: str) -> tuple[Person | None, int]:
    """Return the person of the roster with this outside id, and how many have it; two queries at most.

    Systems may use the same id for different people: then nobody is meant.
    """
    ids = ExternalId.objects.filter(kind=Kind.PERSON, external_id=text)
    people = list(Person.objects.filter(pk__in=ids.values("row_id"))[:2])
    return (people[0] if len(people) == 1 else None), len(people)


def people_by_external_id(ids: set[str]) -> dict[str, set[int]]:
    """Return the people that outside ids name; one query."""
    found: dict[str, set[int]] = {}
    rows = ExternalId.objects.filter(kind=Kind.PERSON, external_id__in=ids)
    known = rows.filter(row_id__in=Person.objects.values("pk"))
    for external_id, person in known.values_list("external_id", "row_id"):
        found.setdefault(external_id, set()).add(person)
    return found


def external_ids(people: list[int]) -> dict[int, str]:
    """Return an outside id of each of these people; one query."""
    rows = ExternalId.objects.filter(kind=Kind.PERSON, row_id__in=people).order_by("-ended_on", "-pk")
    return dict(rows.values_list("row_id", "external_id"))
