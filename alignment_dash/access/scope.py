"""A scope: what one caller may see, worked out once a request and taken by every query."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from alignment_dash.access import places
from alignment_dash.access.models import User
from alignment_dash.access.policy import MACHINE_POLICY, Action, Data, MachineScope, Purpose, Reach, reach_of
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today


@dataclass(frozen=True, slots=True)
class Schools:
    """The schools a caller may see for one kind of data: every school of the district, or these."""

    everywhere: bool
    ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.ids)

    def __contains__(self, school_id: object) -> bool:
        return self.everywhere or school_id in self.ids

    def __and__(self, other: "Schools") -> "Schools":
        """Return the schools in both."""
        if other.everywhere:
            return self
        return other if self.everywhere else Schools(everywhere=False, ids=self.ids & other.ids)


NOWHERE = Schools(everywhere=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """Roles with the schools each is held for, the caseload's schools, and the caller's own person id.

    limit: the scope of who acts as this user to help; nothing is reached that it does not reach. Then
    person_id is None, so that what is the other's own stays closed, and helped_id is theirs (see `own_id`).
    """

    user_id: int | None
    person_id: int | None
    day: date
    schools_by_role: tuple[tuple[Role, frozenset[int]], ...] = ()
    caseload_ids: frozenset[int] = frozenset()
    limit: "Scope | None" = None
    helped_id: int | None = None
    # What a program's token opens, of the whole district; a program holds no roles and is no person.
    machine: frozenset[MachineScope] = frozenset()

    def within(self, limit: "Scope") -> "Scope":
        """Return this scope as someone with the scope `limit` sees it who acts as this user."""
        return replace(self, limit=limit, person_id=None, helped_id=self.person_id)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held today."""
        return frozenset(role for role, _ in self.schools_by_role)

    def may(self, data: Data, action: Action = Action.VIEW) -> bool:
        """Say whether any role held reaches `data` at all, with this action and for every purpose."""
        alone = self._opens(data, action) or any(reach_of(role, data, action) for role in self.roles)
        if self.limit is None or not alone:
            return alone
        if self.limit.district_wide(data, action):
            return True
        return self._reaches_others(data, action) and self.limit._reaches_others(data, action)

    def _opens(self, data: Data, action: Action) -> bool:
        """Say whether a program's token opens `data` with this action."""
        return any((data, action) in MACHINE_POLICY[one] for one in self.machine)

    def _reaches_others(self, data: Data, action: Action) -> bool:
        """Say whether some role reaches more of `data` than what is the caller's own."""
        return any(reach_of(role, data, action) not in {None, Reach.OWN} for role in self.roles)

    def own_id(self, data: Data, action: Action = Action.VIEW) -> int | None:
        """Return the id of the person whose own `data` the caller may see; None for nobody's."""
        if self.limit is None:
            return self.person_id
        return self.helped_id if self.limit.district_wide(data, action) else None

    def schools(self, data: Data, action: Action = Action.VIEW, purpose: Purpose | None = None) -> Schools:
        """Return the schools whose `data` the caller may see, or act on; None: for every purpose."""
        alone = self._schools(data, action, purpose)
        return alone if self.limit is None else alone & self.limit.schools(data, action, purpose)

    def _schools(self, data: Data, action: Action, purpose: Purpose | None) -> Schools:
        if self._opens(data, action):
            return Schools(everywhere=True)
        found: set[int] = set()
        for role, ids in self.schools_by_role:
            reach = reach_of(role, data, action, purpose)
            if reach is Reach.DISTRICT:
                return Schools(everywhere=True)
            if reach is Reach.SCHOOLS:
                found |= ids
            elif reach is Reach.CASELOAD:
                found |= self.caseload_ids
        return Schools(everywhere=False, ids=frozenset(found))

    def district_wide(self, data: Data, action: Action = Action.VIEW) -> bool:
        """Say whether the caller sees, or may act on, `data` of the whole district."""
        return self.schools(data, action).everywhere

    @property
    def key(self) -> str:
        """A short digest that is equal for two scopes only when they see the same; for caches."""
        parts = [sorted((role, sorted(ids)) for role, ids in self.schools_by_role)]
        limit = None if self.limit is None else (self.limit.key, self.helped_id)
        text = repr((parts, sorted(self.caseload_ids), self.person_id, limit, sorted(self.machine)))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def scope_of_machine(user_id: int, granted: frozenset[MachineScope]) -> Scope:
    """Return the scope of a program whose token was given `granted`; no query."""
    return Scope(user_id=user_id, person_id=None, day=today(), machine=granted)


def scope_of(user: User | AnonymousUser | None) -> Scope:
    """Work out a signed-in user's scope as of today; two queries, none for nobody."""
    day = today()
    if not isinstance(user, User):
        return Scope(user_id=None, person_id=None, day=day)
    held, granted = _held(user, day)
    known = places.registered().standing_of(user.pk, {org for _role, org in held if org is not None})
    schools: dict[Role, frozenset[int]] = {}
    for role, org in held:
        schools[role] = schools.get(role, frozenset()) | known.schools_under.get(org or 0, frozenset())
    return Scope(
        user_id=user.pk,
        person_id=known.person_id,
        day=day,
        schools_by_role=tuple(sorted(schools.items())),
        caseload_ids=granted,
    )


def scope_behind(request: Any) -> Scope:
    """Return the scope of who asks; while they act as someone else, what both reach."""
    scope = scope_of(request.user)
    acting = getattr(request, "acting", None)
    return scope if acting is None else scope.within(acting.limit)


# Every request asks this; querysets would take a millisecond to put the same statement together.
_HELD = """
SELECT role, org_id FROM access_rolegrant WHERE user_id = %(user)s AND during @> %(day)s
UNION ALL SELECT '', school_id FROM access_grant WHERE user_id = %(user)s AND during @> %(day)s
"""


def _held(user: User, day: date) -> tuple[list[tuple[Role, int | None]], frozenset[int]]:
    """Return the roles held on a day with their orgs, and the schools granted; one query for both tables."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"user": user.pk, "day": day})
        rows = cursor.fetchall()
    held = [(Role(role), org) for role, org in rows if role]
    return held, frozenset(school for role, school in rows if not role)
