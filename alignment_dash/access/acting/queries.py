"""Whom one may act as."""

from django.db.models import Prefetch, Q, QuerySet

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today

FOUND = 20


def may_be_helped(by: User) -> QuerySet[User]:
    """Return the accounts that `by` may act as: those that can sign in, no data administrator, not their own."""
    administrators = User.objects.holding(Role.DATA_ADMINISTRATOR, today())
    able: QuerySet[User] = User.objects.able()
    return able.exclude(pk__in=administrators.values("pk")).exclude(pk=by.pk)


def search(words: str, by: User) -> list[User]:
    """Return the first accounts with these words (two letters or more) in name or e-mail; two queries.

    Each has `roles_now`, its grants of today.
    """
    if len(words.strip()) < 2:
        return []
    found = may_be_helped(by)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return list(with_roles(found).order_by("name", "pk")[:FOUND])


def with_roles(users: QuerySet[User]) -> QuerySet[User]:
    """Fetch with each account its grants of today, as `roles_now`."""
    now = RoleGrant.objects.on(today()).order_by("role", "pk")
    return users.prefetch_related(Prefetch("role_grants", now, to_attr="roles_now"))
