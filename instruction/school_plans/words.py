"""What a plan, its result and the requests say in one sentence."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from alignment_dash.ui.numbers import signed_level
from instruction.models import Moment, PlanState, SupportState
from instruction.school_plans.listing import PlanOfSchool
from instruction.school_plans.queries import Plan
from instruction.school_plans.requests import RequestsPage
from instruction.school_plans.telling import FALLEN, RISEN, Difference


def plan_state(plan: Plan) -> SafeString:
    """Say how far the plan is, and what the district answered."""
    if plan.row is None:
        text = (
            _("The school is writing its plan and has not shared it yet.")
            if plan.being_written
            else _("The plan has not been begun.")
        )
        return format_html("{}", text)
    said = {
        PlanState.DRAFT: (_("The plan is <b>{}</b>; the district does not see it yet."), _("being written")),
        PlanState.SHARED: (_("The plan is <b>{}</b> with the district."), _("shared")),
        PlanState.CLOSED: (_("The plan is <b>{}</b> with its year-end result."), _("closed")),
    }[PlanState(plan.row.state)]
    return format_html("{} {} {}", format_html(*said), _answers(plan), _result(plan))


def _answers(plan: Plan) -> str:
    """Say how many of the requests have an answer."""
    asked = [one for one in plan.requests if one.state != SupportState.WITHDRAWN]
    if not asked:
        return _("It asks the district for nothing yet.") if plan.is_open else ""
    answered = sum(one.state != SupportState.ASKED for one in asked)
    text = ngettext(
        "It asks the district for {n} thing; {k} of {n} is answered.",
        "It asks the district for {n} things; {k} of {n} are answered.",
        len(asked),
    )
    return text.format(n=len(asked), k=answered)


def _result(plan: Plan) -> str:
    """Say what moved since the start, where a later moment has been looked at."""
    later = [moment for moment in plan.moments if moment != Moment.START]
    if not later:
        return ""
    moment = later[-1]
    calls = [one.since.get(moment) for one in plan.lines]
    known = [one for one in calls if one]
    risen, fallen = (sum(one.call == call for one in known) for call in (RISEN, FALLEN))
    text = _("{moment}: of {n} elements {risen} rose, {fallen} fell, for {unclear} we cannot tell yet.")
    return text.format(
        moment=moment.label, n=len(calls), risen=risen, fallen=fallen, unclear=len(calls) - risen - fallen
    )


def difference_words(one: Difference | None) -> str:
    """Say how a figure moved since the start of the year."""
    if one is None:
        return _("cannot be compared")
    said = {RISEN: _("rose"), FALLEN: _("fell")}.get(one.call, _("cannot tell yet"))
    return _("{by}, {said}").format(by=signed_level(one.by), said=said)


def requests_sentence(page: RequestsPage) -> SafeString:
    """Say how many schools ask for how much, and what waits."""
    total = page.total
    if not total.requests and page.schools:
        return format_html("{}", _("No request that counts fits what is chosen here."))
    if not total.requests:
        return format_html(
            _("No school asks the district for support in {year} yet."), year=schoolyear.label(page.year)
        )
    text = ngettext(
        "<b>{n} school</b> asks for {requests}; <b>{waiting}</b> not answered yet.",
        "<b>{n} schools</b> ask for {requests}; <b>{waiting}</b> not answered yet.",
        len(total.schools),
    )
    requests = ngettext("{n} thing", "{n} things", total.requests).format(n=total.requests)
    return format_html(text, n=len(total.schools), requests=requests, waiting=total.unanswered)


def plans_sentence(plans: Sequence[PlanOfSchool], year: int) -> SafeString:
    """Say how many schools have shared their plan."""
    shared = sum(one.state in (PlanState.SHARED, PlanState.CLOSED) for one in plans)
    writing = sum(one.state == PlanState.DRAFT for one in plans)
    text = ngettext(
        "<b>{shared} of {n} school</b> has shared its plan for {year}; {writing} is being written.",
        "<b>{shared} of {n} schools</b> have shared their plan for {year}; {writing} are being written.",
        len(plans),
    )
    return format_html(text, shared=shared, n=len(plans), writing=writing, year=schoolyear.label(year))


def own_plan_sentence(one: PlanOfSchool) -> SafeString:
    """Say how far a school's own plan is, and how much of what it asks for is answered."""
    if not one.state:
        return format_html("{}", _("Your plan of this school year has not been begun."))
    said = {
        PlanState.DRAFT: (_("Your plan is <b>{}</b>; share it when it is ready."), _("being written")),
        PlanState.SHARED: (_("Your plan is <b>{}</b>."), _("shared")),
        PlanState.CLOSED: (_("Your plan is <b>{}</b> with its year-end result."), _("closed")),
    }[PlanState(one.state)]
    if not one.requests:
        return format_html("{} {}", format_html(*said), _("It asks the district for nothing yet."))
    text = ngettext(
        "The district has answered {k} of {n} request.",
        "The district has answered {k} of {n} requests.",
        one.requests,
    )
    return format_html("{} {}", format_html(*said), text.format(k=one.requests - one.waiting, n=one.requests))
