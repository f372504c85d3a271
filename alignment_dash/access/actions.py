"""Writes of access: users, roles and grants."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.accounts import rules
from alignment_dash.access.accounts.administrators import lock_administrators, to_spare
from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.access.sessions import sign_out
from alignment_dash.schoolyear import today

# Rows written by one statement.
BATCH = 1000


@transaction.atomic
def add_user(*, email: str, name: str, password: str | None, by: User | None) -> User:
    """Create a user who can sign in with `password`, or only from elsewhere when it is None."""
    user = User.objects.create_user(email=email, name=name, password=password)
    audit.record(act="user.add", target=user, by=by)
    return user


@transaction.atomic
def give_role(
    *,
    user: User,
    role: Role,
    org_id: int | None,
    by: User | None,
    start: date | None = None,
    end: date | None = None,
) -> RoleGrant:
    """Give `user` a role at an org (None: the district's own) from `start` (today) until before `end` (None: open).

    ValidationError says in words what is wrong: nobody gives themselves a role, a role has a place where it needs
    one and none where it is the district's own, and it is held once at a time.
    """
    rules.refuse_own(user, by)
    during = rules.span(start or today(), end)
    rules.check_place(role, org_id)
    if user.is_machine:
        raise ValidationError(_("This is a program's account. It holds no roles."))
    grant = RoleGrant(
        user=user, role=role, org_id=org_id, during=during, given_by=by, given_at=timezone.now()
    )
    grant.full_clean(exclude=["given_by"])
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError:
        # Of two that were sent at once the second comes here.
        raise ValidationError(_("This person already holds this role there at that time.")) from None
    detail = {"user": str(user.uid), "role": role, "org": org_id, "before": None, "after": rules.days(during)}
    audit.record(act="role.give", target=grant, by=by, detail=detail)
    return grant


@transaction.atomic
def open_school(
    *, user: User, school_id: int, source: str, start: date, end: date | None, by: User | None
) -> Grant:
    """Open one school to `user`; `source` names what opened it, such as "caseload:12"."""
    (grant,) = open_schools(
        grants=[Grant(user=user, school_id=school_id, source=source, during=DateRange(start, end))], by=by
    )
    return grant


@transaction.atomic
def open_schools(*, grants: Iterable[Grant], by: User | None) -> list[Grant]:
    """Open a school by each of the unsaved `grants`, as `open_school`: one event each, two queries for a thousand."""
    made = Grant.objects.bulk_create(grants, batch_size=BATCH)
    told = [(one, {"school": one.school_id, "source": one.source}) for one in made]
    audit.record_each(act="grant.open", targets=told, by=by)
    return made


@transaction.atomic
def end_grants(*, source: str, end: date, by: User | None) -> int:
    """End every grant that `source` opened and that lasts longer, on `end` (first day without). Return how many."""
    return end_grants_of(ends={source: end}, by=by)


@transaction.atomic
def end_grants_of(*, ends: Mapping[str, date], by: User | None) -> int:
    """End what each source opened on its day, as `end_grants`: one event each; queries grow with the days alone."""
    if not ends:
        return 0
    lasting = DateRange(min(ends.values()), None)
    found = Grant.objects.filter(source__in=ends, during__overlap=lasting).select_for_update().order_by("pk")
    grants = [one for one in found if one.during.upper is None or one.during.upper > ends[one.source]]
    audit.record_each(act="grant.end", targets=[(one, {"source": one.source}) for one in grants], by=by)
    for day in {ends[one.source] for one in grants}:
        ending = Grant.objects.filter(pk__in=[one.pk for one in grants if ends[one.source] == day])
        ending.filter(during__startswith__gte=day).delete()
        ending.end_on(day)
    return len(grants)


@transaction.atomic
def suspend_by_roster(*, user_ids: Collection[int], by: User | None) -> list[int]:
    """Close sign-in to users whom a roster does not enable; return the ids of those who were spared.

    Someone who may sign in as a data administrator is always left, today and on each day to come: where the roster
    closes it to all of them, one is spared, the longest here of those with a password. `is_active`, which people
    set, stays as it is.
    """
    asked = set(user_ids)
    spared = to_spare(asked, lock_administrators())
    closed = User.objects.filter(pk__in=asked - set(spared), suspended_by_roster=False)
    _set_suspended(list(closed.select_for_update().order_by("pk")), True, by)
    return spared


@transaction.atomic
def readmit_by_roster(*, user_ids: Collection[int], by: User | None) -> list[int]:
    """Open sign-in again to users whom a roster suspended; return the ids of those for whom that changed.

    Nobody else's sign-in opens: who was made inactive by people stays so.
    """
    closed = User.objects.filter(pk__in=set(user_ids), suspended_by_roster=True)
    users = list(closed.select_for_update().order_by("pk"))
    _set_suspended(users, False, by)
    return [user.pk for user in users]


def _set_suspended(users: list[User], suspended: bool, by: User | None) -> None:
    concerned = User.objects.filter(pk__in=[user.pk for user in users])
    if suspended:
        # What is open ends by itself; it must not go on when a later roster opens sign-in again.
        sign_out(users=concerned, suspended_by_roster=True)
    else:
        concerned.update(suspended_by_roster=False)
    act = "user.suspend" if suspended else "user.readmit"
    audit.record_each(act=act, targets=[(user, {"why": "roster"}) for user in users], by=by)
