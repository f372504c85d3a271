"""Reads of supervision that join several models. Each takes the caller's scope and a school year."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, QuerySet

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Publication
from alignment_dash.runs.queries import Snapshot, snapshot
from instruction import snapshots
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import ElementVersion, EvidenceClass, FrameworkVersion
from schools.models import OrgType
from schools.names import name_of
from supervision.models import CASELOAD_RUN, CaseloadAssignment, CaseloadSchool, CaseloadSummary, NeedWeights
from supervision.needs import HALF_WIDTH, Need, Total
from supervision.rows import Caseload, CaseloadRow, Caseloads, SchoolRow
from supervision.spans import span_in

WITHOUT_CAPACITY: dict[str, Any] = {
    "element": "", "gap": None, "margin": None, "evidence": EvidenceClass.NOT_ENOUGH, "n_observations": 0,
    "n_teachers": 0, "n_elements": 0, "n_below": 0, "n_unclear": 0,
}  # fmt: skip


def caseloads(scope: Scope, year: int) -> Caseloads:
    """Return the caseloads the caller may see; a constant number of queries."""
    found = _standing(year)
    if found is None:
        return Caseloads(None, [], 0, None)
    summaries = list(_summaries(scope, found))
    names = _element_names(year, {one.element_id for one in summaries if one.element_id})
    rows = [_caseload_row(one, found, names) for one in summaries]
    without = int(str(found.facts.get("schools_without", 0)))
    return Caseloads(found, rows, without, _capacity_at(found))


def caseload(scope: Scope, year: int, supervisor: UUID | int) -> Caseload | None:
    """Return one caseload by its supervisor's uid or person id; None outside the scope or without a snapshot."""
    found = _standing(year)
    if found is None:
        return None
    by = {"supervisor": supervisor} if isinstance(supervisor, int) else {"supervisor__uid": supervisor}
    summary = _summaries(scope, found).filter(**by).first()
    if summary is None:
        return None
    schools = list(
        CaseloadSchool.objects.filter(run_id=found.run_id, supervisor=summary.supervisor_id)
        .visible_to(scope)
        .select_related("school__parent", "principal__identity")
        .annotate(elsewhere=Exists(_others(found)))
    )
    names = _element_names(year, {one.element_id for one in [summary, *schools] if one.element_id})
    own = scope.schools(Data.PERSON_EVIDENCE)
    rows = [_school_row(one, names, is_own=one.school_id in own) for one in schools]
    if not _has_capacity(found):
        rows = [replace(row, **WITHOUT_CAPACITY) for row in rows]
    if _is_outdated(found):
        rows = [replace(row, need=None) for row in rows]
    return Caseload(
        supervisor=summary.supervisor,
        snapshot=found,
        summary=_caseload_row(summary, found, names),
        rows=rows,
        capacity_at=_capacity_at(found),
    )


def needs_of(year: int, principals: Collection[int]) -> dict[int, Need]:
    """Return our need index of each of the principals (person ids) that the year's snapshot has one of.

    It knows no scope: ask for principals whose caseloads the caller sees. Three queries.
    """
    rows = need_rows(snapshot(kind=CASELOAD_RUN, school_year=year)).filter(principal__in=principals)
    return {one.principal_id: need for one in rows if one.principal_id and (need := need_of(one))}


def indexes(year: int, principals: Collection[int]) -> dict[int, float]:
    """Return our need index alone, as `needs_of`; it knows no scope. Three queries."""
    return {principal: need.index for principal, need in needs_of(year, principals).items()}


def need_rows(found: Snapshot | None) -> QuerySet[CaseloadSchool]:
    """Return the rows of a caseload snapshot with our need index; no query.

    None once another capacity snapshot stands than the one used: what that one no longer tells is not told from here.
    """
    if found is None:
        return CaseloadSchool.objects.none()
    rows = CaseloadSchool.objects.filter(run=found.run_id, need__isnull=False)
    used = found.facts.get("capacity_run")
    return rows if used is None else rows.filter(Exists(_published(found, used)))


def need_snapshot(year: int) -> Snapshot | None:
    """Return the caseload snapshot whose need may be told, as `need_rows` has it; None without. Two or three queries."""
    found = _standing(year)
    return None if found is None or _is_outdated(found) else found


def _published(found: Snapshot, used: object) -> QuerySet[Publication]:
    return Publication.objects.filter(kind=snapshots.KIND, school_year=found.school_year, run__uid=str(used))


def need_of(one: CaseloadSchool) -> Need | None:
    """Return a row's need index with its interval and parts, None where there is none."""
    if one.need is None or one.need_low is None or one.need_high is None:
        return None
    return Need(
        index=one.need,
        low=one.need_low,
        high=one.need_high,
        leadership=one.part_leadership,
        tenure=one.part_tenure,
        gaps=one.part_gaps,
        size=one.part_size,
        se=_error(one),
        together=one.need_together or 0.0,
    )


def _error(one: CaseloadSchool) -> float:
    """Return the standard error of a row's index; of a snapshot from before errors were kept, that of its interval."""
    if one.need_se is not None:
        return one.need_se
    return ((one.need_high or 0.0) - (one.need_low or 0.0)) / (2 * HALF_WIDTH)


def assignments(scope: Scope, day: date | None, action: Action = Action.VIEW) -> QuerySet[CaseloadAssignment]:
    """Return the assignments that hold on `day` or later (None: ever): the district's, or the caller's own."""
    found = CaseloadAssignment.objects.select_related("supervisor", "principal", "school").order_by("pk")
    if day is not None:
        found = found.filter(during__overlap=DateRange(day, None))
    if scope.district_wide(Data.CASELOADS, action):
        return found
    own = scope.own_id(Data.CASELOADS)
    return found.filter(supervisor=own) if own and scope.may(Data.CASELOADS, action) else found.none()


def all_weights() -> list[NeedWeights]:
    """Return the weights of our need index that were ever set, those that hold first; they tell of nobody."""
    return list(NeedWeights.objects.select_related("set_by").order_by("-set_at", "-pk"))


def count_assigned(day: date) -> int:
    """Return how many schools are in a caseload on `day`, whatever was computed so far."""
    return CaseloadAssignment.objects.on(day).values("school").distinct().count()


def _others(found: Snapshot) -> Any:
    """Return the rows of the same principal in another caseload."""
    same = CaseloadSchool.objects.filter(run_id=found.run_id, principal=OuterRef("principal"))
    return same.exclude(supervisor=OuterRef("supervisor"))


def _standing(year: int) -> Snapshot | None:
    """Return the caseload snapshot, without the capacity it rests on once another capacity snapshot stands.

    What that one no longer tells must not be told from here until the caseload job has run again.
    """
    found = snapshot(kind=CASELOAD_RUN, school_year=year)
    used = found.facts.get("capacity_run") if found else None
    if found is None or used is None:
        return found
    facts = (
        found.facts
        if _published(found, used).exists()
        else found.facts | {"capacity_run": None, "capacity_computed_at": None, "outdated": True}
    )
    return replace(found, facts=facts)


def _has_capacity(found: Snapshot) -> bool:
    return bool(found.facts.get("capacity_run"))


def _is_outdated(found: Snapshot) -> bool:
    """Say whether it rests on a capacity snapshot that no longer stands: our need index, too, tells of that one."""
    return bool(found.facts.get("outdated"))


def _summaries(scope: Scope, found: Snapshot) -> Any:
    return (
        CaseloadSummary.objects.filter(run_id=found.run_id)
        .visible_to(scope)
        .select_related("supervisor__identity")
    )


def _element_names(year: int, ids: Collection[int]) -> dict[int, str]:
    """Name elements as the framework versions in force in the year word them."""
    in_force = FrameworkVersion.objects.in_force(year).values("pk")
    worded = ElementVersion.objects.filter(element__in=ids, version__in=in_force)
    return dict(worded.values_list("element_id", "name"))


def _capacity_at(found: Snapshot) -> datetime | None:
    at = found.facts.get("capacity_computed_at")
    return datetime.fromisoformat(str(at)) if at else None


def _caseload_row(one: CaseloadSummary, found: Snapshot, names: dict[int, str]) -> CaseloadRow:
    row = CaseloadRow(
        uid=one.supervisor.uid,
        name=name_of(one.supervisor),
        n_principals=one.n_principals,
        n_schools=one.n_schools,
        span=one.span,
        n_schools_below=one.n_schools_below,
        n_schools_unclear=one.n_schools_unclear,
        element=names.get(one.element_id or 0, ""),
        n_element_below=one.n_element_below,
        n_element_estimated=one.n_element_estimated,
        has_capacity=_has_capacity(found),
        n_vacant=one.n_vacant,
        need=None if _is_outdated(found) else _total(one),
        need_span=one.need_span,
        bounds=span_in(found.facts),
    )
    if row.has_capacity:
        return row
    return replace(
        row, n_schools_below=0, n_schools_unclear=0, element="", n_element_below=0, n_element_estimated=0
    )


def _total(one: CaseloadSummary) -> Total | None:
    if one.need is None or one.need_low is None or one.need_high is None:
        return None
    return Total(one.need, one.need_low, one.need_high)


def _school_row(one: Any, names: dict[int, str], *, is_own: bool) -> SchoolRow:
    is_told = is_own or one.roster_size >= DEFAULT_RULES.min_teachers
    parent = one.school.parent
    return SchoolRow(
        uid=one.school.uid,
        name=one.school.name,
        network=parent.name if parent and parent.type == OrgType.NETWORK else "",
        level=one.school.level,
        principal=name_of(one.principal),
        since=one.principal_since,
        roster_size=one.roster_size if is_told else None,
        element=names.get(one.element_id or 0, ""),
        gap=None if one.gap is None else -one.gap,
        margin=None if one.se is None else DEFAULT_RULES.z * one.se,
        evidence=one.evidence,
        n_observations=one.n_observations,
        n_teachers=one.n_teachers,
        n_elements=one.n_elements,
        n_below=one.n_elements_below,
        n_unclear=one.n_elements_unclear,
        principal_id=one.principal_id,
        need=need_of(one),
        elsewhere=one.elsewhere,
    )
