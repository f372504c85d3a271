"""Reads of a person's data: whom it is about, and what is held."""

from dataclasses import dataclass
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.persondata import registry
from alignment_dash.access.persondata.models import Erasure
from alignment_dash.access.persondata.redaction import Words
from alignment_dash.access.persondata.registry import EMAIL, Holding, Subject
from alignment_dash.schoolyear import today

FOUND = 20
# Nobody receives mail there (RFC 2606); the part before it is the account's uid.
ERASED_HOST = "@erased.invalid"


@dataclass(frozen=True, slots=True)
class Held:
    """A kind of data, and how many rows of it there are about the subject; n None: some, and how many is not told."""

    holding: Holding
    n: int | None


def find(words: str) -> list[Subject]:
    """Return people, and accounts without a person, with these words in their names; none for one letter."""
    if len(words.strip()) < 2:
        return []
    accounts = User.objects.people()
    for word in words.split():
        accounts = accounts.filter(Q(name__icontains=word) | Q(email__icontains=word))
    by_person = registry.people().find(words, FOUND)
    known = {one.user_id for one in by_person}
    found = {one.uid: one for one in by_person}
    for user in accounts.order_by("name", "pk")[:FOUND]:
        if user.pk not in known:
            subject = subject_of_account(user)
            found.setdefault(subject.uid, subject)
    return list(found.values())[:FOUND]


def subject_of(uid: UUID) -> Subject | None:
    """Return whom a uid names: a person, or an account without one."""
    subject = registry.people().of(uid)
    if subject is not None:
        return subject
    user = User.objects.people().filter(uid=uid).first()
    return subject_of_account(user) if user else None


def subject_of_account(user: User) -> Subject:
    """Return the person of an account, or the account as one without."""
    return registry.people().of_user(user.pk) or _of_account(user)


def held(subject: Subject) -> list[Held]:
    """Return what is held about someone, one query or two for each kind; rows that are protected must be open.

    Of evidence only whether there is any: the counts of few teachers together would tell a hidden one.
    """
    return [Held(holding, _told(holding, holding.count(subject))) for holding in registry.holdings()]


def _told(holding: Holding, n: int) -> int | None:
    return None if holding.is_evidence and n else n


def erasure_of(subject: Subject) -> Erasure | None:
    """Return the erasure that waits or was done, the newest."""
    found = Erasure.objects.about(person_id=subject.person_id, user_id=subject.user_id)
    return found.filter(withdrawn_at=None).select_related("asked_by", "confirmed_by").order_by("-pk").first()


def signs_in_with_a_role(user: User | None) -> bool:
    """Say whether an account may sign in and holds a role today or later; one query, none for no account.

    Who does works here, whatever the roster says of them: one administrator alone does not erase them.
    """
    if user is None or not (user.is_active and not user.suspended_by_roster):
        return False
    return RoleGrant.objects.filter(user=user, during__overlap=DateRange(today(), None)).exists()


def _of_account(user: User) -> Subject:
    return Subject(
        uid=user.uid,
        label=user.name,
        person_id=None,
        user_id=user.pk,
        target=user,
        note=user.email,
        is_current=signs_in_with_a_role(user),
        is_erased=user.email.endswith(ERASED_HOST),
        words=Words(frozenset({user.email, user.name} - {""})),
        marks=((EMAIL, user.email),),
    )
