"""What the rostered district holds about a person, and what becomes of it when they are erased."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.persondata import actions
from alignment_dash.access.persondata.redaction import words_of
from alignment_dash.access.persondata.registry import (
    Holding,
    People,
    Retention,
    Row,
    Subject,
    register,
    register_people,
    register_retention,
)
from alignment_dash.runs.person_data import findings_retention, text_holding
from alignment_dash.schoolyear import today
from schools.imports.lock import hold_off_rosters
from schools.models import (
    ExternalId,
    HandEdit,
    Identity,
    Kind,
    Person,
    RosterImport,
    RosterWrite,
    StaffAssignment,
    Teaching,
    WaitingRole,
)
from schools.rosters.erased import EMAIL

NAMES = ("given_name", "family_name", "preferred_given_name", "email")
_PEOPLE = Person.objects.select_related("identity", "user")


def register_all() -> None:
    """Make known who the people are and what is held about them."""
    register_people(People(find=find, of=_of, of_user=_of_user))
    for holding in (IDENTITY, IDS, ASSIGNMENTS, TEACHINGS, WAITING, EDITS, IMAGES, TEXTS):
        register(holding)
    register_retention(IDENTITIES)
    register_retention(findings_retention("roster-findings", RosterImport, FINDINGS, _("Roster imports"), 10))


def find(words: str, most: int) -> list[Subject]:
    """Return the first people with all these words in names or address."""
    found = _PEOPLE
    for word in words.split():
        found = found.filter(
            Q(identity__given_name__icontains=word)
            | Q(identity__preferred_given_name__icontains=word)
            | Q(identity__family_name__icontains=word)
            | Q(identity__email__icontains=word)
        )
    ordered = found.order_by("identity__family_name", "identity__given_name", "pk")[:most]
    return [_subject(one) for one in ordered]


def _of(uid: UUID) -> Subject | None:
    person = _PEOPLE.filter(uid=uid).first()
    return _subject(person) if person else None


def _of_user(user_id: int) -> Subject | None:
    person = _PEOPLE.filter(user=user_id).first()
    return _subject(person) if person else None


def _subject(person: Person) -> Subject:
    identity = getattr(person, "identity", None)
    user = person.user
    lasting = _assignments(person.pk).filter(during__overlap=DateRange(today(), None))
    newest = _assignments(person.pk).select_related("org").order_by("-during__startswith").first()
    ids = list(_ids(person.pk).values_list("system__code", "external_id"))
    emails = {identity.email if identity else "", user.email if user else ""} - {""}
    named = words_of(
        given={identity.given_name, identity.preferred_given_name} if identity else set(),
        family=identity.family_name if identity else "",
        emails=emails,
        ids={one for _system, one in ids},
    )
    return Subject(
        uid=person.uid,
        label=identity.display_name if identity else (user.name if user else str(_("(no name)"))),
        person_id=person.pk,
        user_id=user.pk if user else None,
        target=person,
        note=f"{newest.get_role_display()}, {newest.org.name}" if newest else "",
        is_current=lasting.exists(),
        is_erased=bool(identity and identity.blanked_at),
        words=named,
        marks=(*ids, *((EMAIL, one) for one in sorted(emails))),
    )


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
    ended = 0
    for row in rows.filter(during__overlap=DateRange(today(), None)):
        lower = row.during.lower
        row.during = DateRange(lower, max(today(), lower) if lower else today())
        if row.during.lower == row.during.upper:
            row.during = DateRange(lower, lower, "[]")
        row.save(update_fields=["during"])
        ended += 1
    return ended


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
FINDINGS = ("findings", "groups", "plan", "unmatched")
TEXTS = text_holding(
    "roster-texts", RosterImport, ("filename", "message", *FINDINGS), _("Roster imports"), 24
)


def _gone(moment: datetime) -> QuerySet[Person]:
    """People with a name whose last role ended before a moment, and who cannot sign in with a role."""
    day = moment.date()
    theirs = StaffAssignment.objects.filter(person=OuterRef("pk"))
    lasting = theirs.filter(during__overlap=DateRange(day, None))
    needed = User.objects.able().filter(pk__in=RoleGrant.objects.on(today()).values("user_id"))
    named = _PEOPLE.filter(identity__blanked_at=None, identity__isnull=False)
    return named.filter(Exists(theirs), ~Exists(lasting)).exclude(user__in=needed).order_by("pk")


def _erase_gone(moment: datetime) -> int:
    erased = 0
    for person in _gone(moment):
        try:
            actions.erase_gone(subject=_subject(person))
        except ValidationError:  # a roster is being read, or the last administrator: another night
            continue
        erased += 1
    return erased


def _gone_uids(moment: datetime) -> Iterable[str]:
    return [str(uid) for uid in _gone(moment).values_list("uid", flat=True)]


IDENTITIES = Retention(
    key="identities",
    label=_("Names of people who have left"),
    note=_("From the end of their last role on. They are erased as on the page of a person's data."),
    default=None,
    least=365,
    found=_gone_uids,
    remove=_erase_gone,
    place=1,
)
