"""Writes of access: users, roles and grants."""

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access import audit
from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today


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
    """Give `user` a role at an org (None: the district's own) from `start` (today) until `end` (open)."""
    grant = RoleGrant(user=user, role=role, org_id=org_id, during=DateRange(start or today(), end))
    grant.full_clean()
    grant.save()
    audit.record(act="role.give", target=grant, by=by, detail={"role": role, "org": org_id})
    return grant


@transaction.atomic
def open_school(
    *, user: User, school_id: int, source: str, start: date, end: date | None, by: User | None
) -> Grant:
    """Open one school to `user`; `source` names what opened it, such as "caseload:12"."""
    grant = Grant.objects.create(user=user, school_id=school_id, source=source, during=DateRange(start, end))
    audit.record(act="grant.open", target=grant, by=by, detail={"school": school_id, "source": source})
    return grant


@transaction.atomic
def end_grants(*, source: str, end: date, by: User | None) -> int:
    """End every grant that `source` opened and that lasts longer, on `end` (first day without). Return how many."""
    ended = 0
    lasting = DateRange(end, None)
    for grant in Grant.objects.filter(source=source, during__overlap=lasting).select_for_update():
        audit.record(act="grant.end", target=grant, by=by, detail={"source": source})
        if grant.during.lower >= end:
            grant.delete()
        else:
            grant.during = DateRange(grant.during.lower, end)
            grant.save(update_fields=["during"])
        ended += 1
    return ended
