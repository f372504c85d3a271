"""What pages of accounts learn of places and people: see `alignment_dash.access.accounts.directory`."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from alignment_dash.access.accounts.directory import Directory, Place, Someone
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.schoolyear import current_year, today
from schools.account_rules import words
from schools.account_rules.apply import apply_rules
from schools.models import Identity, Org, OrgType, Person, StaffAssignment

FOUND = 20
_ORDER = list(OrgType.values)


def places() -> list[Place]:
    """Return today's places, from the district down, by name."""
    found = Org.objects.on(today()).order_by("name", "pk")
    rows = [Place(one.pk, one.uid, one.name, one.type, str(one.get_type_display())) for one in found]
    kinds = [str(OrgType(value).label) for value in _ORDER]
    return sorted(rows, key=lambda place: kinds.index(place.kind))


def types_of_places(ids: Collection[int]) -> dict[int, str]:
    """Return by id what those are that exist today; one query, none for no ids."""
    return dict(Org.objects.on(today()).filter(pk__in=ids).values_list("pk", "type")) if ids else {}


def names_of_places(ids: Collection[int]) -> dict[int, str]:
    """Return names by id; one query, none for no ids."""
    return dict(Org.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def people_of(user_ids: Collection[int]) -> dict[int, Someone]:
    """Return who users are; two queries."""
    people = list(Person.objects.filter(user__in=user_ids).select_related("identity"))
    described = _described(people)
    return {person.user_id: one for person, one in zip(people, described, strict=True) if person.user_id}


def find(asked: str) -> list[Someone]:
    """Return up to FOUND people without an account whose names or address have every word of `asked`."""
    found = Identity.objects.filter(blanked_at=None, person__user=None)
    words_asked = asked.split()
    if len(asked.strip()) < 2:
        return []
    for word in words_asked:
        found = found.filter(
            Q(given_name__icontains=word)
            | Q(preferred_given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(email__icontains=word)
        )
    found = found.select_related("person").order_by("family_name", "given_name", "pk")[:FOUND]
    return _described([identity.person for identity in found])


def _described(people: Iterable[Person]) -> list[Someone]:
    people = list(people)
    notes: dict[int, list[str]] = {}
    held = StaffAssignment.objects.on(today()).filter(person__in=people).select_related("org")
    for one in held.order_by("-is_primary", "org__name", "role"):
        notes.setdefault(one.person_id, []).append(f"{one.get_role_display()}, {one.org.name}")
    return [_someone(person, "; ".join(notes.get(person.pk, [])[:3])) for person in people]


def _someone(person: Person, note: str) -> Someone:
    identity = getattr(person, "identity", None)
    name = identity.display_name if identity else _("(no name)")
    return Someone(person.uid, name, note, identity.email if identity else "")


def link(user: User, uid: UUID | None, by: User) -> None:
    """Make a user the person with this uid, or nobody. ValidationError: there is none, or they have an account.

    What rules give and what caseloads open follows. Call in a transaction.
    """
    held = Person.objects.filter(user=user)
    (held if uid is None else held.exclude(uid=uid)).update(user=None)
    if uid is not None:
        person = Person.objects.select_for_update(of=("self",)).filter(uid=uid).first()
        if person is None:
            raise ValidationError(_("There is no such person."))
        if person.user_id not in (None, user.pk):
            raise ValidationError(_("This person has an account already."))
        person.user = user
        person.save(update_fields=["user"])
    apply_rules(by=by)
    inputs_changed(
        topic="caseload", school_year=current_year(), by=by, reason="an account was linked to a person"
    )


DIRECTORY = Directory(places, types_of_places, names_of_places, people_of, find, link, words.of_sources)
