"""The schools of a pack: where they are, their tier, and what their plans and second looks say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.meetings.queries import under
from instruction.models import (
    Meeting,
    PlanStanding,
    SecondLook,
    SupportRequest,
)
from instruction.models.school_plans import Moment, PlanState, SupportState
from schools.models import AccountabilityTier, School

_MOMENTS = {value: place for place, value in enumerate(Moment.values)}


@dataclass(frozen=True, slots=True)
class Place:
    """A school of the pack. asked and views: rows of its plan as the database gives them, for who may see them."""

    school_id: int
    uid: str
    name: str
    level: str
    network_uid: str
    network: str
    tier: int | None
    asked: list[dict[str, Any]]
    views: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """A second look at an element of a school; outcome "" while nothing has come of it."""

    school_id: int
    element_id: int
    uid: str
    looked_on: date
    found: str
    hypothesis: str
    leverage: str
    outcome: str


def places_of(scope: Scope, one: Meeting, day: date, action: Action) -> list[Place]:
    """Return the meeting's schools that the caller reaches, by name; one query.

    A plan that is still being written says nothing here, and a support request that was withdrawn was not asked.
    """
    tier = AccountabilityTier.objects.filter(school=OuterRef("pk"), school_year__lte=one.school_year)
    found = (
        School.objects.visible_to(scope.schools(Data.MEETINGS, action))
        .on(day)
        .filter(under(one.under))
        .with_network()
        .annotate(
            tier=Subquery(tier.order_by("-school_year").values("tier")[:1]),
            asked=ArraySubquery(_asked(one.school_year)),
            views=ArraySubquery(_views(one.school_year)),
        )
    )
    plans = scope.schools(Data.SCHOOL_PLAN, action)
    requests = scope.schools(Data.SUPPORT_REQUESTS, action)
    rows = found.order_by("name", "pk").values_list(
        "pk", "uid", "name", "level", "network_id", "parent__uid", "network_name", "tier", "asked", "views"
    )
    return [
        Place(
            school_id=pk,
            uid=str(uid),
            name=name,
            level=level,
            network_uid=str(parent) if network_id else "",
            network=network or "",
            tier=tier,
            asked=asked if pk in requests else [],
            views=_latest(views) if pk in plans else [],
        )
        for pk, uid, name, level, network_id, parent, network, tier, asked, views in rows
    ]


def _of_plan(rows: QuerySet[Any], year: int) -> QuerySet[Any]:
    return rows.filter(plan__school=OuterRef("pk"), plan__school_year=year).exclude(
        plan__state=PlanState.DRAFT
    )


def _asked(year: int) -> QuerySet[Any]:
    rows = _of_plan(SupportRequest.objects.exclude(state=SupportState.WITHDRAWN), year).order_by(
        "asked_at", "pk"
    )
    names = (
        "element_id", "subject", "kind", "department", "what", "n_teachers", "hours", "substitute_days", "by_day",
        "state", "answer",
    )  # fmt: skip
    return rows.values(json=JSONObject(**{name: name for name in names}))


def _views(year: int) -> QuerySet[Any]:
    rows = _of_plan(PlanStanding.objects.filter(agrees=False), year).order_by("pk")
    names = ("element_id", "moment", "own_view")
    return rows.values(json=JSONObject(**{name: name for name in names}))


def _latest(views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the last moment at which a school saw each element differently."""
    found: dict[int, dict[str, Any]] = {}
    for view in sorted(views, key=lambda one: _MOMENTS.get(one["moment"], 0)):
        found[view["element_id"]] = view
    return list(found.values())


def looks_at(scope: Scope, year: int, schools: Collection[int], action: Action) -> dict[int, list[Look]]:
    """Return the second looks at these schools by school, newest first; one query.

    Those of the year, and those of the year before of which nothing has come yet.
    """
    visible = scope.schools(Data.SECOND_LOOKS, action)
    wanted = [pk for pk in schools if pk in visible]
    of_year = Q(school_year=year) | Q(school_year=year - 1, outcome="")
    rows = SecondLook.objects.filter(of_year, school__in=wanted).order_by("-looked_on", "-pk")
    found: dict[int, list[Look]] = {}
    for row in rows:
        found.setdefault(row.school_id, []).append(
            Look(
                row.school_id, row.element_id, str(row.uid), row.looked_on, row.found, row.hypothesis, row.leverage,
                row.outcome,
            )
        )  # fmt: skip
    return found
