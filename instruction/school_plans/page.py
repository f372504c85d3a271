"""What the page of a school's plan shows beyond its targets."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alignment_dash.access.scope import Scope
from instruction.models import Moment, PlanState
from instruction.queries.cells import interval
from instruction.school_plans.queries import ORDER, Plan, StandingLine, plan_of
from instruction.school_plans.words import difference_words, plan_state
from instruction.second_looks.queries import looks_of_school
from schools.models import Org

_PARTS = {
    "begin": "school-plan-begin",
    "share": "school-plan-share",
    "add_action": "school-plan-action-add",
    "add_request": "school-plan-request-add",
}


def plan_context(scope: Scope, school: Org, year: int) -> dict[str, Any]:
    """Return the context of _plan.html for a school that the caller sees the plan of."""
    plan = plan_of(scope, school, year)
    return {
        "plan": plan,
        "plan_sentence": plan_state(plan),
        "plan_urls": {key: _url(plan, f"instruction:{name}") for key, name in _PARTS.items()},
        "plan_is_open": plan.row is None or plan.row.state != PlanState.CLOSED,
        "standings": [(line, _cells(plan, line)) for line in plan.lines],
        "checks": [plan.checks[moment] for moment in ORDER if moment in plan.checks],
        "moment_links": _moment_links(plan),
        "looks": looks_of_school(scope, school.pk, year),
    }


def _url(plan: Plan, name: str, **more: str) -> str:
    return reverse(name, kwargs={"uid": plan.school.uid, **more}, query={"year": plan.year})


def _moment_links(plan: Plan) -> list[dict[str, Any]]:
    """Return the moments that can be written now: the start, and once it is there the two later ones."""
    words = {
        Moment.START: (_("Take over where the school stands"), _("Agree, or see it differently")),
        Moment.MID_YEAR: (_("Take the mid-year check"), _("Write the mid-year check")),
        Moment.YEAR_END: (_("Take the year-end result"), _("Write the year-end result")),
    }
    shown = ORDER if Moment.START in plan.moments else ORDER[:1]
    return [
        {
            "url": _url(plan, "instruction:school-plan-moment", moment=moment.value),
            "begun": moment in plan.moments,
            "begin": words[moment][0],
            "edit": words[moment][1],
        }
        for moment in shown
    ]


def _cells(plan: Plan, line: StandingLine) -> list[dict[str, Any]]:
    """Return the cells of a line, one for each moment that the plan has looked at."""
    cells = []
    for moment in plan.moments:
        row = line.at(moment)
        low, high = interval(row.estimate, row.se) if row else (None, None)
        cells.append(
            {
                "moment": moment,
                "row": row,
                "untold": moment in line.untold,
                "low": low,
                "high": high,
                "since": difference_words(line.since.get(moment)) if row else "–",
            }
        )
    return cells
