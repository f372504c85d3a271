"""Writes of a school's improvement plan: begin it, take over where the school stands, say what is seen otherwise,
what is done and what is asked for, share it, and close it with its result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.turns import one_at_a_time
from instruction.models import (
    Moment,
    PlanAction,
    PlanCheck,
    PlanStanding,
    PlanState,
    SchoolPlan,
    SupportRequest,
    SupportState,
)
from instruction.revisions import Moved
from instruction.school_plans.standings import standings_of
from schools.models import Org

Row = TypeVar("Row", PlanAction, SupportRequest)


class Closed(Exception):
    """The plan is closed, or not yet far enough, for what was asked; the message says why."""


@dataclass(frozen=True, slots=True)
class View:
    """What the school says of one element's figure: agrees True, False with why, or None for nothing said."""

    agrees: bool | None
    own_view: str = ""


@transaction.atomic
def begin_plan(*, school: Org, year: int, by: User) -> SchoolPlan:
    """Begin the plan of a school year with what the published snapshot tells; the one that is there stays as it is."""
    one_at_a_time(f"school plan {school.pk} {year}")
    plan, made = SchoolPlan.objects.get_or_create(school=school, school_year=year)
    if made:
        audit.record(act="school-plan.begin", target=plan, by=by, detail=_where(plan))
        _fill(plan, Moment.START)
    return plan


@transaction.atomic
def fill_standings(*, plan: SchoolPlan, moment: Moment, by: User) -> int:
    """Take over what the published snapshot tells for a moment; return how many elements have a figure or none.

    What the school said of an element stays. Closed where the start is shared already, where the moment's turn has
    not come, or where nothing is computed.
    """
    plan = _open(plan)
    if moment == Moment.START and plan.state != PlanState.DRAFT and _has(plan, Moment.START):
        raise Closed(_("The plan is shared: where the school stood at its start stays as it was told then."))
    if moment != Moment.START and not _has(plan, Moment.START):
        raise Closed(_("First take over where the school stands at the start."))
    n = _fill(plan, moment)
    if not n:
        raise Closed(_("Nothing is computed for this school year yet, so there is nothing to take over."))
    _changed(plan, "school-plan.fill", by, {"moment": moment.value, "elements": n})
    return n


def _fill(plan: SchoolPlan, moment: Moment) -> int:
    found = standings_of(plan.school, plan.school_year)
    held = {one.element_id: one for one in plan.standings.filter(moment=moment)}
    for one in found:
        row = held.pop(one.element_id, None) or PlanStanding(
            plan=plan, moment=moment, element_id=one.element_id
        )
        for name in ("run_id", "as_of", "estimate", "se", "n_teachers", "evidence", "target"):
            setattr(row, name, getattr(one, name))
        row.save()
    if found:  # what applies to the school no more, save where the school has said something of it
        PlanStanding.objects.filter(pk__in=[one.pk for one in held.values()], own_view="").delete()
    return len(found)


@transaction.atomic
def write_moment(
    *,
    plan: SchoolPlan,
    moment: Moment,
    views: Mapping[int, View],
    text: str | None,
    revision: int,
    by: User,
    close: bool = False,
) -> SchoolPlan:
    """Say what the school agrees with and what it sees otherwise, by element id, and what it concludes.

    text: the plan's summary at the start, the conclusion of a check later; None leaves it as it is. close: end the plan with its year-end
    result. ValidationError where a disagreement has no reason or a close no conclusion, Moved where someone else
    has written since `revision`, Closed where the plan is.
    """
    plan = _open(plan, revision)
    for row in plan.standings.filter(moment=moment, element__in=views).select_for_update():
        view = views[row.element_id]
        row.agrees, row.own_view = view.agrees, view.own_view.strip()
        row.validate_constraints()
        row.save(update_fields=["agrees", "own_view"])
    if text is not None:
        _write_text(plan, moment, text.strip(), by)
    if close:
        _close(plan, moment)
    _changed(plan, "school-plan.close" if close else "school-plan.write", by, {"moment": moment.value})
    return plan


def _write_text(plan: SchoolPlan, moment: Moment, text: str, by: User) -> None:
    checks = PlanCheck.objects.filter(plan=plan, moment=moment)
    if moment == Moment.START:
        plan.summary = text
    elif not text:
        checks.delete()
    elif not checks.filter(text=text).exists():  # who wrote it stays where nothing is written anew
        checks.update_or_create(plan=plan, moment=moment, defaults={"text": text, "by": by})


def _close(plan: SchoolPlan, moment: Moment) -> None:
    if plan.state != PlanState.SHARED:
        raise Closed(_("Share the plan with the district before it is closed."))
    if moment != Moment.YEAR_END or not _has(plan, Moment.YEAR_END):
        raise Closed(_("A plan is closed with its year-end result: take over where the school stands first."))
    if not plan.checks.filter(moment=moment).exists():
        raise ValidationError({"text": _("Say what the school concludes from the year.")})
    plan.state = PlanState.CLOSED


@transaction.atomic
def share_plan(*, plan: SchoolPlan, by: User) -> SchoolPlan:
    """Share a plan with the district; from then on its requests count. Once shared, it stays shared."""
    plan = _open(plan)
    if plan.state == PlanState.DRAFT:
        plan.state = PlanState.SHARED
        _changed(plan, "school-plan.share", by, {})
    return plan


@transaction.atomic
def write_action(
    *,
    plan: SchoolPlan,
    values: Mapping[str, Any],
    by: User,
    action: PlanAction | None = None,
    revision: int | None = None,
    uid: UUID | None = None,
) -> PlanAction:
    """Add an action of the school, or change one; revision: the plan's, as the sender saw it, where one is changed.

    uid: made where a new one is written; the same one again with the same words is the same action.
    """
    plan = _open(plan, revision if action else None)
    before = None if action else _sent_before(PlanAction, plan, uid, values)
    if before is not None:
        return before
    row = action or PlanAction(plan=plan, uid=_free(PlanAction, uid))
    _set(row, values)
    _changed(plan, "school-plan.action", by, {"action": str(row.uid)}, moves=action is not None)
    return row


@transaction.atomic
def write_request(
    *,
    plan: SchoolPlan,
    values: Mapping[str, Any],
    by: User,
    request: SupportRequest | None = None,
    revision: int | None = None,
    uid: UUID | None = None,
) -> SupportRequest:
    """Ask the district for support, or change what is asked while it is unanswered; revision: the request's.

    uid: as of `write_action`, so that a form sent twice does not ask for twice as much.
    """
    plan = _open(plan)
    before = None if request else _sent_before(SupportRequest, plan, uid, values)
    if before is not None:
        return before
    row = request or SupportRequest(plan=plan, uid=_free(SupportRequest, uid))
    if request:
        row = _locked_request(request, revision)
        if row.state != SupportState.ASKED:
            raise Closed(_("This request has been answered or withdrawn: ask anew instead of changing it."))
        row.revision += 1
    _set(row, values)
    audit.record(act="support-request.write", target=row, by=by, detail=_where(plan))
    return row


@transaction.atomic
def withdraw_request(*, request: SupportRequest, revision: int, by: User) -> SupportRequest:
    """Take a request back; what was given stays given."""
    plan = _open(request.plan)
    row = _locked_request(request, revision)
    if row.state == SupportState.GIVEN:
        raise Closed(_("This support was given: it stays in the record."))
    row.state, row.revision = SupportState.WITHDRAWN, row.revision + 1
    row.save()
    audit.record(act="support-request.withdraw", target=row, by=by, detail=_where(plan))
    return row


@transaction.atomic
def answer_request(
    *, request: SupportRequest, state: str, answer: str, revision: int, by: User
) -> SupportRequest:
    """Agree to a request, decline it with the reason, or say that it was given; revision: as the sender saw it.

    ValidationError for another state, or a decline without a word why; Closed for one that the school withdrew.
    """
    row = _locked_request(request, revision)
    if row.state == SupportState.WITHDRAWN:
        raise Closed(_("The school has withdrawn this request."))
    if state not in {SupportState.AGREED, SupportState.DECLINED, SupportState.GIVEN}:
        raise ValidationError({"state": _("Agree, decline, or say that it was given.")})
    if state == SupportState.DECLINED and not answer.strip():
        raise ValidationError({"answer": _("Say why the district declines.")})
    before = row.state
    row.state, row.answer, row.answered_by = state, answer.strip(), by
    row.answered_at = timezone.now()
    row.revision += 1
    row.save()
    audit.record(act="support-request.answer", target=row, by=by, detail={"state": [before, state]})
    return row


def _sent_before(
    model: type[Row], plan: SchoolPlan, uid: UUID | None, values: Mapping[str, Any]
) -> Row | None:
    """Return the row that was written when the same form was sent before."""
    found = model._default_manager.filter(plan=plan, uid=uid).first() if uid else None
    return found if found and all(getattr(found, name) == value for name, value in values.items()) else None


def _free(model: type[Row], uid: UUID | None) -> UUID:
    """Return the id for a new row: the one that was sent where no row has it."""
    return uid if uid and not model._default_manager.filter(uid=uid).exists() else new_uid()


def _locked_request(request: SupportRequest, revision: int | None) -> SupportRequest:
    row = SupportRequest.objects.select_for_update(of=("self",)).select_related("plan").get(pk=request.pk)
    if revision is not None and row.revision != revision:
        raise Moved(row)
    return row


def _open(plan: SchoolPlan, revision: int | None = None) -> SchoolPlan:
    """Return the plan locked; Closed where it is, Moved where it is not as the sender saw it."""
    row = SchoolPlan.objects.select_for_update(of=("self",)).select_related("school").get(pk=plan.pk)
    if row.state == PlanState.CLOSED:
        raise Closed(_("This plan is closed with its year-end result and stays as it is."))
    if revision is not None and row.revision != revision:
        raise Moved(row)
    return row


def _has(plan: SchoolPlan, moment: Moment) -> bool:
    return plan.standings.filter(moment=moment).exists()


def _set(row: PlanAction | SupportRequest, values: Mapping[str, Any]) -> None:
    names: Iterable[str] = values
    for name in names:
        setattr(row, name, values[name])
    row.clean_fields(exclude=["plan", "element", "answered_by"])
    row.save()


def _where(plan: SchoolPlan) -> dict[str, Any]:
    return {"school": str(plan.school.uid), "year": plan.school_year}


def _changed(plan: SchoolPlan, act: str, by: User, detail: dict[str, Any], *, moves: bool = True) -> None:
    """Count the change and audit it. moves: it is one that others must have seen before they change the same."""
    if moves:
        plan.revision += 1
    plan.save()
    audit.record(act=act, target=plan, by=by, detail={**_where(plan), **detail})
