"""Observation completion and the evidence plan as rows of a spreadsheet: what is on the page, then what it is."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from instruction.certainty_words import count_cells
from instruction.queries.certainty_page import CertaintyPage
from instruction.queries.evidence_plan import EvidencePlan
from instruction.queries.standing import Standing


def completion_header() -> list[object]:
    """Return the heading of observation completion."""
    return [
        _("School"), _("Network"), _("Teachers"), _("Observed as often as expected"),
        _("This school year, not as often"), _("Within 12 months before"), _("Longer ago"), _("Never"),
        _("Not counted"), _("Last observed"), _("Tied together with"),
    ]  # fmt: skip


def completion_rows(page: CertaintyPage) -> Iterator[list[object]]:
    """Yield a row for each school, then what it is of; numbers that are not told are words."""
    for line in page.found.schools:
        row = page.completion.get(line.school_id)
        if row is None or row.hidden:
            yield [line.name, line.network, _("hidden: group too small")]
            continue
        numbers = [cell for one in row.counts for cell in count_cells(one)]
        yield [line.name, line.network, row.n_teachers, *numbers, row.last_seen, row.n_tied]
    yield []
    yield from _about(page.found.standing)


def plan_rows(plan: EvidencePlan, standing: Standing) -> Iterator[list[object]]:
    """Yield the heading, a row for each visit, and the totals."""
    yield [
        _("School"), _("Visiting observer"), _("Comes along"), _("Lessons"), _("Hours"), _("Uncertainty before"),
        _("Uncertainty after"),
    ]  # fmt: skip
    for one in plan.visits:
        errors = [_("not told") if se is None else round(se, 2) for se in (one.se_before, one.se_after)]
        yield [one.school, one.observer, one.companion, one.n_lessons, round(one.hours, 1), *errors]
    yield [_("All"), None, None, plan.n_lessons, round(plan.hours, 1)]
    yield []
    yield from _about(standing)


def _about(standing: Standing) -> Iterator[list[object]]:
    yield [_("School year"), standing.year_label]
    if standing.run and standing.run.ended_at:
        yield [_("Snapshot of"), date_format(localtime(standing.run.ended_at), "Y-m-d H:i")]
