"""What schools ask for as rows of a file: each request, then what they add up to."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from instruction.models import SupportRequest
from instruction.school_plans.adding_up import WAYS
from instruction.school_plans.requests import RequestsPage


def heading() -> list[str]:
    """Return the heading of the requests."""
    return [
        _("School"), _("Asked of"), _("Kind of support"), _("Element"), _("Subject"), _("What is needed"), _("Teachers"),
        _("Hours of each"), _("Substitute days"), _("By when"), _("State"), _("Answer"), _("Answered"),
    ]  # fmt: skip


def row_of(one: SupportRequest, page: RequestsPage) -> list[object]:
    """Return a request in the order of `heading`."""
    return [
        one.plan.school.name, one.get_department_display(), one.get_kind_display(),
        page.names.get(one.element_id or 0, ""), one.subject, one.what, one.n_teachers, one.hours, one.substitute_days,
        one.by_day, one.get_state_display(), one.answer,
        timezone.localdate(one.answered_at) if one.answered_at else None,
    ]  # fmt: skip


def sum_heading() -> list[str]:
    """Return the heading of the sums."""
    return [
        _("Added up by"), _("Of"), _("Schools"), _("Requests"), _("Waiting"), _("Teachers"), _("Hours"),
        _("Substitute days"), _("Schools with a figure"), _("Very likely below target"), _("Expected below target"),
    ]  # fmt: skip


def sum_rows(page: RequestsPage) -> Iterator[list[object]]:
    """Yield the sums by each way of adding up."""
    for way in WAYS:
        for one in page.sums[way]:
            gap = page.gaps.get(one.key) if way == "element" else None  # type: ignore[call-overload]
            yield [
                way, one.label, len(one.schools), one.requests, one.unanswered, one.teachers, one.hours,
                one.substitute_days, *((gap.known, gap.below, gap.expected) if gap else (None, None, None)),
            ]  # fmt: skip


def rows_of(page: RequestsPage) -> Iterator[list[object]]:
    """Yield both tables for a CSV, and what they are about."""
    yield [*heading()]
    yield from (row_of(one, page) for one in page.requests)
    yield []
    yield [*sum_heading()]
    yield from sum_rows(page)
    yield []
    yield [_("School year"), schoolyear.label(page.year)]


def sheets_of(page: RequestsPage) -> dict[str, tuple[list[str], list[list[object]]]]:
    """Return both tables as sheets of a workbook."""
    return {
        _("Requests"): (heading(), [row_of(one, page) for one in page.requests]),
        _("Added up"): (sum_heading(), list(sum_rows(page))),
    }
