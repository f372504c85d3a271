"""What the rostered district holds about a person, and what becomes of it when they are erased."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import (
    Holding,
    People,
    Row,
    Subject,
    register,
    register_people,
    register_retention,
)
from alignment_dash.runs.person_data import findings_retention
from alignment_dash.schoolyear import today
from schools.imports.lock import hold_off_rosters
from schools.models import (
    ExternalId,
    HandEdit,
    Identity,
    Kind,
    RosterImport,
    RosterWrite,
    StaffAssignment,
    Teaching,
    WaitingRole,
)
from schools.people_gone import IDENTITIES
from schools.people_known import find, person_of, person_of_user
from schools.person_texts import FINDINGS, PLANS, TEXTS, TITLES

NAMES = ("given_name", "family_name", "preferred_given_name", "email")


def register_all() -> None:
    """Make known who the people are and what is held about them."""
    register_people(People(find=find, of=person_of, of_user=person_of_user))
    for holding in (IDENTITY, IDS, TITLES, ASSIGNMENTS, TEACHINGS, WAITING, EDITS, IMAGES, PLANS, TEXTS):
        register(holding)
    register_retention(IDENTITIES)
    register_retention(findings_retention("roster-findings", RosterImport, FINDINGS, _("Roster imports"), 10))


def _identities(subject: Subject) -> QuerySet[Identity]:
    return Identity.objects.filter(person=subject.person_id)


def _ids(person_id: int | None) -> QuerySet[ExternalId]:
    return ExternalId.objects.filter(kind=Kind.PERSON, row_id=person_id or 0)


def _assignments(person_id: int | None) -> Any:
    return StaffAssignment.objects.filter(person=person_id)


def _teachings(subject: Subject) -> Any:
    return Teaching.objects.filter(person=subject.person_id)


def _waiting(subject: Subject) -> QuerySet[WaitingRole]:
    return WaitingRole.objects.filter(person=subject.person_id)


def _edits(subject: Subject) -> QuerySet[HandEdit]:
    return HandEdit.objects.filter(kind=Kind.PERSON, row_id=subject.person_id or 0)


def _images(subject: Subject) -> QuerySet[RosterWrite]:
    """Images of rows that name the person; rows that were only created have none."""
    if not subject.person_id:
        return RosterWrite.objects.none()
    about = Q(table="schools_identity", first_id__in=_identities(subject).values("pk"))
    about |= Q(table="schools_externalid", first_id__in=_ids(subject.person_id).values("pk"))
    about |= Q(table="schools_waitingrole", first_id__in=_waiting(subject).values("pk"))
    about |= Q(table__in=["schools_identity", "schools_waitingrole"], before__person_id=subject.person_id)
    return RosterWrite.objects.exclude(act=RosterWrite.Act.CREATE).filter(about)


def _blank_identity(subject: Subject) -> int:
    if not subject.person_id:
        return 0
    hold_off_rosters()
    blank = dict.fromkeys(NAMES, "") | {"blanked_at": timezone.now()}
    Identity.objects.update_or_create(person_id=subject.person_id, defaults=blank)
    return 1


def _delete_ids(subject: Subject) -> int:
    """Delete the outside ids of the person, and of their roles and classes, which often hold the person's."""
    if not subject.person_id:
        return 0
    roles = Q(kind=Kind.ASSIGNMENT, row_id__in=_assignments(subject.person_id).values("pk"))
    classes = Q(kind=Kind.TEACHING, row_id__in=_teachings(subject).values("pk"))
    own = Q(kind=Kind.PERSON, row_id=subject.person_id)
    return ExternalId.objects.filter(own | roles | classes).delete()[0]


def _end(rows: Any) -> int:
    """End today what lasts; someone erased is not among today's staff. What was before stays."""
    lasting = list(rows.filter(during__overlap=DateRange(today(), None)))
    for row in lasting:
        if row.during.lower is None or row.during.lower < today():
            row.during = DateRange(row.during.lower, today())
            row.save(update_fields=["during"])
        else:
            row.delete()
    return len(lasting)


def _spells(rows: Any, what: str) -> Iterator[Row]:
    for row in rows:
        yield {"where": str(row.org.name if what == "role" else row.section.title)} | {
            what: row.get_role_display() if what == "role" else row.section.subject,
            "from": row.during.lower,
            "until": row.during.upper,
        }


def _values(rows: models.QuerySet[Any], *names: str) -> list[Row]:
    return list(rows.order_by("pk").values(*names))


IDENTITY = Holding(
    key="names",
    label=_("Names and e-mail address"),
    rows=lambda subject: _values(_identities(subject), *NAMES),
    count=lambda subject: _identities(subject).filter(blanked_at=None).count(),
    erased=_("Blanked. A roster cannot fill them again."),
    erase=_blank_identity,
    tables=frozenset({"schools_identity", "schools_person"}),
    place=10,
)
IMAGES = Holding(
    key="roster-images",
    label=_("What roster imports changed, kept to take them back"),
    rows=lambda subject: _values(_images(subject), "table", "act", "before", "after"),
    count=lambda subject: _images(subject).count(),
    erased=_("Deleted: taking such an import back leaves the person as they are."),
    erase=lambda subject: _images(subject).delete()[0],
    place=11,  # before the rows that lead to them
)
IDS = Holding(
    key="ids",
    label=_("Ids in other systems"),
    rows=lambda subject: _values(_ids(subject.person_id), "system__code", "external_id", "ended_on"),
    count=lambda subject: _ids(subject.person_id).count(),
    erased=_(
        "Deleted. A digest under a secret key stays, so that a roster that names them again is noticed."
    ),
    erase=_delete_ids,
    place=12,
)
ASSIGNMENTS = Holding(
    key="roles-in-schools",
    label=_("Where they worked, as what and when"),
    rows=lambda subject: _spells(
        _assignments(subject.person_id).select_related("org").order_by("pk"), "role"
    ),
    count=lambda subject: _assignments(subject.person_id).count(),
    erased=_(
        "Ends today where it lasts. The past stays without a name: schools' numbers are counted from it."
    ),
    erase=lambda subject: _end(_assignments(subject.person_id)) if subject.person_id else 0,
    tables=frozenset({"schools_staffassignment"}),
    place=20,
)
TEACHINGS = Holding(
    key="classes",
    label=_("Which classes they taught"),
    rows=lambda subject: _spells(_teachings(subject).select_related("section").order_by("pk"), "subject"),
    count=lambda subject: _teachings(subject).count(),
    erased=_(
        "Ends today where it lasts. The past stays without a name: schools' numbers are counted from it."
    ),
    erase=lambda subject: _end(_teachings(subject)) if subject.person_id else 0,
    tables=frozenset({"schools_teaching"}),
    place=21,
)
WAITING = Holding(
    key="waiting-roles",
    label=_("Roles of the roster that wait for a decision"),
    rows=lambda subject: _values(_waiting(subject), "external_id", "word", "org__name", "role"),
    count=lambda subject: _waiting(subject).count(),
    erased=_("Deleted."),
    erase=lambda subject: _waiting(subject).delete()[0] if subject.person_id else 0,
    tables=frozenset({"schools_waitingrole"}),
    place=22,
)
EDITS = Holding(
    key="edits",
    label=_("Fields that were corrected here"),
    rows=lambda subject: _values(_edits(subject), "field", "edited_at"),
    count=lambda subject: _edits(subject).count(),
    erased=_("Deleted."),
    erase=lambda subject: _edits(subject).delete()[0],
    place=23,
)
