"""Visits in sentences: what a sheet and its lists say first."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.models import Commitment, CommitmentState, Visit, VisitState
from supervision.visiting import Wait
from supervision.visits.listing import Sums
from supervision.visits.sheet import Sheet


def sheet_sentence(found: Sheet) -> SafeString:
    """Return how long ago the last visit was, what is open, and what is in focus."""
    if found.principal is None:
        return format_html(
            "{}", _("The position of principal is vacant; you look after the school meanwhile.")
        )
    parts = [_last(found.last, found.day), _open(len(found.open), len(found.overdue))]
    if found.focus is not None:
        name = found.names.get(found.focus.element_id, "")
        parts.append(format_html(_("In focus: <b>{element}</b>."), element=name))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _last(last: date | None, day: date, *, is_recorded: bool = False) -> SafeString:
    if last is None:
        said = _("No visit is recorded yet.") if is_recorded else _("No visit yet.")
        return format_html("<b>{}</b>", said)
    days = (day - last).days
    if days == 0:
        return format_html("{}", _("The last visit was today."))
    if is_recorded:
        words = ngettext(
            "The last visit recorded was <b>{n} day ago</b> ({day}).",
            "The last visit recorded was <b>{n} days ago</b> ({day}).",
            days,
        )
        return format_html(words, n=days, day=date_format(last, "M j"))
    words = ngettext(
        "The last visit was <b>{n} day ago</b> ({day}).",
        "The last visit was <b>{n} days ago</b> ({day}).",
        days,
    )
    return format_html(words, n=days, day=date_format(last, "M j"))


def _open(n: int, overdue: int) -> SafeString:
    if not n:
        return format_html("{}", _("No commitment is open."))
    first = ngettext("<b>{n} commitment</b> is open", "<b>{n} commitments</b> are open", n)
    said = format_html(first, n=n)
    if not overdue:
        return format_html("{}.", said)
    if overdue == n:
        return format_html(_("{said} and overdue."), said=said)
    return format_html("{}, {}.", said, _("{n} of them overdue").format(n=overdue))


def wait_words(found: Wait | None) -> str:
    """Return how often visits are expected: "a visit is expected about every 7 contact days: ..."."""
    if found is None or found.every is None:
        return ""
    need = (
        _("our need index is not known yet, taken as 1")
        if found.need is None
        else _("our need index is {index}").format(index=f"{found.need:.1f}")
    )
    every = max(1, round(found.every))
    words = ngettext(
        "a visit is expected about every contact day: {goal} a month to a principal of average need; {need}.",
        "a visit is expected about every {n} contact days: {goal} a month to a principal of average need; {need}.",
        every,
    )
    return words.format(n=every, goal=f"{found.goal:g}", need=need)


def counted_words(*, with_time: bool, has_last: bool) -> str:
    """Return what counts as a visit (supervision.visiting), and from when "since" counts."""
    said = (
        _(
            "A visit is one that was kept, at any of their schools in the caseload, or time that you entered with them on"
            " a contact day: one-on-one, modeling, observing together or evaluation."
        )
        if with_time
        else _(
            "A visit is one that was kept, at any of their schools in the caseload; time entered is the supervisor's alone."
        )
    )
    begun = (
        _("“Since” counts from the last one; the time of that day is included.")
        if has_last
        else _("Without one, “since” counts six weeks back.")
    )
    return f"{said} {begun}"


def due_words(one: Commitment, day: date) -> str:
    """Say when a commitment is due, that it is overdue, was put off, or how and when it ended."""
    if one.state != CommitmentState.OPEN and one.ended_on:
        return _("{state} on {day}").format(state=one.get_state_display(), day=_day(one.ended_on))
    words = _("overdue since {day}") if one.due < day else _("due {day}")
    said = words.format(day=_day(one.due))
    if one.first_due != one.due:
        said += " " + _("(first {day})").format(day=_day(one.first_due))
    return said


def _day(day: date) -> str:
    return date_format(day, "M j, Y")


def open_sentence(n: int, overdue: int) -> SafeString:
    """Return how many commitments are open and overdue."""
    return _open(n, overdue)


def made_sentence(found: Sums) -> SafeString:
    """Return how many visits a supervisor recorded this school year, what is planned, and the work past principals."""
    words = ngettext(
        "You recorded <b>{n} visit</b> this school year.",
        "You recorded <b>{n} visits</b> this school year, to {principals} principals.",
        found.n,
    )
    parts = [format_html(words, n=found.n, principals=found.principals)]
    if found.next:
        words = ngettext(
            "<b>{n}</b> is planned, for {day}.", "<b>{n}</b> are planned, the next for {day}.", found.ahead
        )
        parts.append(format_html(words, n=found.ahead, day=date_format(found.next, "M j")))
    if found.with_teachers:
        words = _("On {n} of them you worked with teachers directly.")
        parts.insert(1, format_html(words, n=found.with_teachers))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def own_sentence(visits: Sequence[Visit], n_open: int, overdue: int, day: date) -> SafeString:
    """Return a principal's last visit and the next one planned, and what is open. visits: the newest first.

    Their supervisor's may be later: time entered without a visit is told to nobody else.
    """
    last = next((one.day for one in visits if one.state == VisitState.DONE), None)
    parts = [_last(last, day, is_recorded=True)]
    ahead = [one.day for one in visits if one.state == VisitState.PLANNED and one.day >= day]
    if ahead:
        planned = _("The next is planned for <b>{day}</b>.")
        parts.append(format_html(planned, day=date_format(ahead[-1], "M j")))
    parts.append(_open(n_open, overdue))
    return format_html_join(" ", "{}", ((part,) for part in parts))
