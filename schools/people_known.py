"""Whom personal data is about, as the rostered district knows them."""

from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata import queries
from alignment_dash.access.persondata.redaction import words_of
from alignment_dash.access.persondata.registry import EMAIL, Subject
from alignment_dash.schoolyear import today
from schools.models import ExternalId, Kind, Person, StaffAssignment

PEOPLE = Person.objects.select_related("identity", "user")


def find(words: str, most: int) -> list[Subject]:
    """Return the first people with all these words in names or address."""
    found = PEOPLE
    for word in words.split():
        found = found.filter(
            Q(identity__given_name__icontains=word)
            | Q(identity__preferred_given_name__icontains=word)
            | Q(identity__family_name__icontains=word)
            | Q(identity__email__icontains=word)
        )
    ordered = found.order_by("identity__family_name", "identity__given_name", "pk")[:most]
    return [subject_from(one) for one in ordered]


def person_of(uid: UUID) -> Subject | None:
    """Return the person with this uid."""
    person = PEOPLE.filter(uid=uid).first()
    return subject_from(person) if person else None


def person_of_user(user_id: int) -> Subject | None:
    """Return the person of an account."""
    person = PEOPLE.filter(user=user_id).first()
    return subject_from(person) if person else None


def subject_from(person: Person) -> Subject:
    """Return what names a person, and whether they work here; person as PEOPLE reads them."""
    identity = getattr(person, "identity", None)
    user = person.user
    lasting = StaffAssignment.objects.filter(person=person.pk).filter(
        during__overlap=DateRange(today(), None)
    )
    newest = (
        StaffAssignment.objects.filter(person=person.pk)
        .select_related("org")
        .order_by("-during__startswith")
        .first()
    )
    ids = list(
        ExternalId.objects.filter(kind=Kind.PERSON, row_id=person.pk).values_list(
            "system__code", "external_id"
        )
    )
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
        is_current=lasting.exists() or queries.signs_in_with_a_role(user),
        is_erased=bool(identity and identity.blanked_at),
        words=named,
        marks=(*ids, *((EMAIL, one) for one in sorted(emails))),
    )
