"""What is held already that a roster may refer to, and who is known to be staff."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import Q

from schools.models import ExternalId, Kind, Org, OrgType, Person
from schools.rosters.erased import known_erased

# What the database cannot be asked about: NUL, and what stands for a byte that could not be decoded.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_KINDS = {
    "orgs": [Kind.ORG],
    "academicSessions": [Kind.SESSION],
    "courses": [Kind.COURSE],
    "classes": [Kind.SECTION],
    "users": [Kind.PERSON, Kind.STUDENT],
    "staff": [Kind.PERSON],
    "students": [Kind.STUDENT],
}


def known(source: str, kind: str, ids: Collection[str]) -> set[str]:
    """Return which of the ids are held from a source and have not ended; see `register.Known` for the kinds.

    What someone was, staff or student, is known of the ended too: they may come back.
    """
    asked = [one for one in ids if not _NO_TEXT.search(one)]
    found = ExternalId.objects.filter(system__code=source, external_id__in=asked)
    if kind not in ("staff", "students"):
        found = found.filter(ended_on__isnull=True)
    if kind == "schools":
        schools = Org.objects.filter(type=OrgType.SCHOOL).values("pk")
        found = found.filter(kind=Kind.ORG, row_id__in=schools)
    else:
        found = found.filter(kind__in=_KINDS[kind])
    # A reference to someone who was erased is no error of the file's.
    erased = known_erased(source, asked) if kind in ("users", "staff") else set()
    return set(found.values_list("external_id", flat=True)) | erased


def known_staff(source: str, ids: Collection[str]) -> set[str]:
    """Return which of the ids of held people are of known staff: they have or had a role, or have a name.

    One whose role still waits may be a student, who has no name here.
    """
    people = Person.objects.filter(
        Q(assignments__isnull=False) | Q(identity__given_name__gt="") | Q(identity__family_name__gt="")
    )
    held = ExternalId.objects.filter(system__code=source, kind=Kind.PERSON, external_id__in=ids)
    return set(held.filter(row_id__in=people.values("pk")).values_list("external_id", flat=True))
