"""Reads of the audit. Its table grows to millions: nothing here counts it, and each page starts where one ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.filters import AuditFilters, Cursor, is_uid
from alignment_dash.access.trace.sentences import GROUPS, holder

PAGE = 50
EXPORT_AT_MOST = 100_000
LOOKS_AT_MOST = 50
PEOPLE_AT_MOST = 50

# Found first and sorted then: the newest first would be read to the end for someone whom few have looked at.
_LOOKS_AT = """
WITH found AS MATERIALIZED (
    SELECT * FROM access_auditevent WHERE detail ? 'people' AND (detail -> 'people') @> %s::jsonb
)
SELECT * FROM found ORDER BY at DESC, id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of events, newest first, and where the next older one starts (None: these are the oldest)."""

    events: list[AuditEvent]
    older: Cursor | None


def audit_page(scope: Scope, filters: AuditFilters) -> AuditPage:
    """Return one page of the audit; nothing to who may not see it. At most two queries."""
    if not scope.may(Data.AUDIT):
        return AuditPage([], None)
    found = list(_after(_found(filters), filters.before)[: PAGE + 1])
    shown = found[:PAGE]
    older = Cursor(shown[-1].at, shown[-1].pk) if len(found) > PAGE else None
    return AuditPage(shown, older)


def accounts_in(events: Collection[AuditEvent]) -> dict[int, User]:
    """Return the accounts by which events were done, and those whose roles they are about; one query."""
    by = {event.by_id for event in events if event.by_id}
    held = {uid for event in events if is_uid(uid := holder(event))}
    return {user.pk: user for user in User.objects.filter(Q(pk__in=by) | Q(uid__in=held))}


def audit_rows(scope: Scope, filters: AuditFilters) -> tuple[int, Iterator[AuditEvent]]:
    """Return how many events an export holds, at most EXPORT_AT_MOST, and the events as they are read."""
    if not scope.may(Data.AUDIT, Action.EXPORT):
        return 0, iter(())
    rows = _found(filters)[:EXPORT_AT_MOST]
    return rows.count(), rows.iterator(chunk_size=2000)


def looks_at(person_id: int) -> list[AuditEvent]:
    """Return who has looked at the evidence about a person, newest first; one query.

    Only for the page that this person alone is shown.
    """
    return list(AuditEvent.objects.raw(_LOOKS_AT, [str(int(person_id)), LOOKS_AT_MOST]))


def _found(filters: AuditFilters) -> QuerySet[AuditEvent]:
    start = timezone.make_aware(datetime.combine(filters.first, time.min))
    end = timezone.make_aware(datetime.combine(filters.last + timedelta(days=1), time.min))
    found = AuditEvent.objects.filter(at__gte=start, at__lt=end).order_by("-at", "-pk")
    if filters.group:
        found = found.filter(_any_of(GROUPS[filters.group].acts))
    if filters.who:
        found = found.filter(by_id__in=_people(filters.who))
    if filters.about:
        found = found.filter(_about(filters.about))
    return found


def _any_of(acts: tuple[str, ...]) -> Q:
    """Keep these acts; one that ends in a dot stands for all that begin with it."""
    found = Q(act__in=[act for act in acts if not act.endswith(".")])
    for start in acts:
        if start.endswith("."):
            # As a range, which an index in any order of letters serves.
            found |= Q(act__gte=start, act__lt=f"{start[:-1]}/")
    return found


def _about(words: str) -> Q:
    """Keep what is about an id, also the roles of an account, or about what was called so."""
    if is_uid(words):
        held = RoleGrant.objects.filter(user__uid=words).values_list("pk", flat=True)
        kind = RoleGrant._meta.label_lower
        return Q(target_id=words) | Q(target_kind=kind, target_id__in=[str(pk) for pk in held])
    return Q(target_label__icontains=words)


def _people(words: str) -> list[int]:
    """Return the ids of the accounts meant; one query."""
    users = (
        User.objects.filter(uid=words)
        if is_uid(words)
        else User.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
    )
    return list(users.order_by("pk").values_list("pk", flat=True)[:PEOPLE_AT_MOST])


def _after(found: QuerySet[AuditEvent], cursor: Cursor | None) -> QuerySet[AuditEvent]:
    if cursor is None:
        return found
    return found.filter(Q(at__lt=cursor.at) | Q(at=cursor.at, pk__lt=cursor.id), at__lte=cursor.at)
