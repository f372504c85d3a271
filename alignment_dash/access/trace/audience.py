"""Who may see a kind of data of some schools, and why: the inverse of a scope, from the same policy and grants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.policy import Action, Data, Reach, reach_of
from alignment_dash.access.roles import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone who may see it today: by which role, held where, since when. is_self: what is about themself."""

    user_id: int
    name: str
    role: Role
    reach: Reach
    org_id: int | None
    place: str
    since: date | None
    is_self: bool = False


def who_may_see(
    data: Data,
    *,
    places: Mapping[int, str],
    schools: Collection[int],
    day: date,
    about: int | None = None,
    action: Action = Action.VIEW,
) -> list[Viewer]:
    """Return everyone whose scope reaches `data` of any of `schools` on `day`; two queries, however many they are.

    places: ids and names of these schools and of every org above them, for a role held there reaches them.
    about: the user whom the data is about, who sees it where the policy gives their role their own.
    """
    reaches = {role: reach for role in Role if (reach := reach_of(role, data, action))}
    granted = _granted(schools, day) if Reach.CASELOAD in reaches.values() else {}
    found = []
    held = RoleGrant.objects.filter(role__in=list(reaches), user__in=User.objects.able()).on(day)
    for one in held.select_related("user").order_by("user__name", "user_id", "role", "pk"):
        role = Role(one.role)
        reach = reaches[role]
        if not _reaches(reach, one, places, granted, about):
            continue
        since = granted[one.user_id] if reach is Reach.CASELOAD else one.during.lower
        found.append(
            Viewer(
                user_id=one.user_id,
                name=one.user.name,
                role=role,
                reach=reach,
                org_id=one.org_id,
                place=places.get(one.org_id or 0, ""),
                since=since,
                is_self=one.user_id == about,
            )
        )
    return found


def _reaches(
    reach: Reach,
    one: RoleGrant,
    places: Mapping[int, str],
    granted: Mapping[int, date | None],
    about: int | None,
) -> bool:
    if reach is Reach.DISTRICT:
        return True
    if reach is Reach.SCHOOLS:
        return one.org_id in places
    if reach is Reach.CASELOAD:
        return one.user_id in granted
    return one.user_id == about


def _granted(schools: Collection[int], day: date) -> dict[int, date | None]:
    """Return who has one of these schools in a caseload, and since when."""
    rows = Grant.objects.filter(school_id__in=schools).on(day).values_list("user_id", "during")
    return {user: during.lower for user, during in rows}


def reason(viewer: Viewer) -> str:
    """Return why someone may see it, in words; whom it is about is spoken to."""
    if viewer.is_self:
        return _("it is about you")
    words = {"role": viewer.role.label, "place": viewer.place}
    if viewer.reach is Reach.SCHOOLS:
        said = _("%(role)s at %(place)s") % words
    elif viewer.reach is Reach.CASELOAD:
        said = _("%(role)s, with the school in their caseload") % words
    else:
        said = str(viewer.role.label)
    if viewer.since is None:
        return said
    return _("%(said)s since %(day)s") % {"said": said, "day": date_format(viewer.since, "M j, Y")}
