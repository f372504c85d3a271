"""Reads of notices: the caller's own, their choices, and how mail goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from alignment_dash.access.models import User
from alignment_dash.access.scope import Scope
from alignment_dash.notices.models import Mail, MailState, Notice, NoticePreference
from alignment_dash.notices.registry import Kind, kinds_for

# The page shows what has ended or was read for so long.
HISTORY = timedelta(days=90)


def notices_of(user: User, scope: Scope) -> QuerySet[Notice]:
    """Return the caller's notices of kinds that their scope opens today, the newest first."""
    kinds = [kind.key for kind in kinds_for(scope)]
    return Notice.objects.filter(user=user, kind__in=kinds).order_by("-made_at", "-pk")


def open_of(user: User, scope: Scope) -> list[Notice]:
    """Return what is so now: unread and urgent ones first."""
    found = list(notices_of(user, scope).filter(ended_at=None))
    return sorted(found, key=lambda one: (one.read_at is not None, not one.is_urgent))


def past_of(user: User, scope: Scope) -> QuerySet[Notice]:
    """Return what is no longer so, of the last 90 days."""
    return notices_of(user, scope).filter(ended_at__gte=timezone.now() - HISTORY)


@dataclass(frozen=True, slots=True)
class Choice:
    """How someone hears of a kind; `is_own`: they chose it."""

    kind: Kind
    delivery: str
    is_own: bool


def choices_of(user: User, scope: Scope) -> list[Choice]:
    """Return how the caller hears of each kind that their scope opens; one query."""
    own = dict(NoticePreference.objects.filter(user=user).values_list("kind", "delivery"))
    return [Choice(kind, own.get(kind.key, kind.delivery), kind.key in own) for kind in kinds_for(scope)]


@dataclass(frozen=True, slots=True)
class MailHealth:
    """How mail goes: how many wait and since when, how many failed in the last 30 days, and when one last went out.

    problems: (words, how many) of those that wait or were given up, the most frequent first.
    """

    waiting: int
    waiting_since: datetime | None
    unsure: int
    refused: int
    last_sent_at: datetime | None
    problems: list[tuple[str, int]]


def mail_health() -> MailHealth:
    """Return how mail goes, without whom it is to; three queries."""
    recent = Mail.objects.filter(made_at__gte=timezone.now() - timedelta(days=30))
    n = dict(recent.order_by().values_list("state").annotate(Count("pk")))
    open_states = [MailState.WAITING, MailState.SENDING]
    times = Mail.objects.aggregate(last=Max("sent_at"))
    waiting = Mail.objects.filter(state__in=open_states).aggregate(n=Count("pk"), since=Min("made_at"))
    failed = recent.filter(state__in=[*open_states, MailState.REFUSED, MailState.UNSURE]).exclude(problem="")
    problems = failed.order_by().values_list("problem").annotate(n=Count("pk")).order_by("-n", "problem")[:10]
    return MailHealth(
        waiting=waiting["n"],
        waiting_since=waiting["since"],
        unsure=n.get(MailState.UNSURE, 0),
        refused=n.get(MailState.REFUSED, 0),
        last_sent_at=times["last"],
        problems=list(problems),
    )
