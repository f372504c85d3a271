"""What the home of a principal supervisor and the view of all of them say in a sentence."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.overview.rows import WEEKS, District, Home, PrincipalRow
from supervision.timelog.amounts import hours, percent

_MOST_NAMES = 3


def home_sentence(found: Home) -> SafeString:
    """Return whom a visit is planned to today, who comes first, how many wait for a visit and what is overdue."""
    parts = [_today(found), _first(found), _due(found), _overdue(found.n_overdue)]
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def _today(found: Home) -> SafeString | None:
    if not found.today:
        return None
    names = format_html_join(
        ", ", "{} ({})", ((_linked(row), row.school) for row in found.today[:_MOST_NAMES])
    )
    more = len(found.today) - _MOST_NAMES
    words = _("You visit {names} and {n} more today.") if more > 0 else _("You visit {names} today.")
    return format_html(words, names=names, n=more)


def _first(found: Home) -> SafeString | None:
    """Name who has waited longest beside their need, of those whose visit is not planned for today."""
    row = next((row for row in found.due if not row.is_today), None)
    if row is None:
        return None
    last = (
        _("no visit is known yet")
        if row.days_since is None
        else ngettext("last visit {n} day ago", "last visit {n} days ago", row.days_since).format(
            n=row.days_since
        )
    )
    parts = [last]
    if row.overdue:
        words = ngettext("{n} commitment overdue", "{n} commitments overdue", row.overdue)
        parts.append(words.format(n=row.overdue))
    parts.append(
        _("a visit planned for {day}").format(day=date_format(row.planned, "M j"))
        if row.planned
        else _("none planned")
    )
    words = _("{name} ({school}) comes first: {why}.")
    return format_html(words, name=_linked(row), school=row.school, why=", ".join(parts))


def _linked(row: PrincipalRow) -> SafeString:
    """Return a principal's name, which leads to their sheet in one tap."""
    sheet = reverse("supervision:visit-sheet", args=[row.school_uid, row.principal_uid])
    return format_html('<a href="{}"><b>{}</b></a>', sheet, row.principal)


def size_sentence(found: Home) -> SafeString:
    """Return how many principals there are, with the need of how many average ones."""
    n = found.n_principals
    total = found.total
    if total is None:
        return format_html(ngettext("You support {n} principal.", "You support {n} principals.", n), n=n)
    words = ngettext(
        "You support {n} principal{vacant}, with the need of {need} average ones ({low}–{high}).",
        "You support {n} principals{vacant}, with the need of {need} average ones ({low}–{high}).",
        n,
    )
    vacant = ngettext(" and {n} vacant position", " and {n} vacant positions", found.n_vacant)
    return format_html(
        words,
        n=n,
        vacant=vacant.format(n=found.n_vacant) if found.n_vacant else "",
        need=f"{total.need:.1f}",
        low=f"{total.low:.1f}",
        high=f"{total.high:.1f}",
    )


def _due(found: Home) -> SafeString:
    if not found.contact_days:
        return format_html("{}", _("There was no contact day in the last weeks."))
    n = found.n_due
    if not n:
        return format_html("{}", _("Nobody waits longer for a visit than their need asks."))
    words = ngettext(
        "<b>{n} of {of}</b> has waited longer for a visit than their need asks.",
        "<b>{n} of {of}</b> have waited longer for a visit than their need asks.",
        n,
    )
    return format_html(words, n=n, of=found.n_principals)


def _overdue(n: int) -> SafeString | None:
    if not n:
        return None
    words = ngettext("<b>{n} commitment</b> is overdue.", "<b>{n} commitments</b> are overdue.", n)
    return format_html(words, n=n)


def time_words(row: PrincipalRow) -> str:
    """Say what the drawing of a principal's weeks shows."""
    words = _("{hours} hours in {n} weeks; by week, the oldest first: {weeks}")
    return words.format(
        hours=f"{row.hours:.1f}", n=WEEKS, weeks=", ".join(f"{n / 60:.1f}" for n in row.minutes)
    )


def district_sentence(found: District) -> SafeString:
    """Return the share of time with principals, what other departments were owed, and who carries too much."""
    if not found.rows:
        return format_html("{}", _("The district has no principal supervisor yet."))
    parts = [*_protected(found), _carried(found)]
    if found.schools_without:
        words = ngettext(
            "<b>{n} school</b> has no principal supervisor.",
            "<b>{n} schools</b> have no principal supervisor.",
            found.schools_without,
        )
        parts.append(format_html(words, n=found.schools_without))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _protected(found: District) -> Iterator[SafeString]:
    """Tell how much of the time was with principals, and how much went into whose work; nothing without any time."""
    share = found.with_principals
    if share is not None:
        words = _("Since {day}, <b>{share}</b> of their time was with principals.")
        yield format_html(words, share=percent(share), day=date_format(found.since, "M j"))
    if found.owed:
        first = found.owed[0]
        words = (
            _("<b>{time}</b> went into other departments' work, the most into that of {department} ({most}).")
            if len(found.owed) > 1
            else _("<b>{time}</b> went into the work of {department}.")
        )
        time = hours(sum(one.minutes for one in found.owed))
        yield format_html(words, time=time, department=first.department, most=first.time)


def _carried(found: District) -> SafeString:
    """Tell how many supervisors carry more than the span, by need where that is known."""
    n, high = len(found.rows), found.span.high
    known = [row for row in found.rows if row.need is not None]
    if known:
        above = sum(row.need_span == "above" for row in known)
        words = ngettext(
            "<b>{above} of {n} principal supervisors</b> carries more than {high} principals' worth of need as "
            "estimated; {sure}.",
            "<b>{above} of {n} principal supervisors</b> carry more than {high} principals' worth of need as "
            "estimated; {sure}.",
            above,
        )
        if not above:
            words = _("None of {n} principal supervisors carries more than {high} principals' worth of need.")
        whole = sum(row.need_low is not None and round(row.need_low, 1) > high for row in known)
        sure = (
            _("the whole interval is above {high} for {n}").format(n=whole, high=high)
            if whole
            else _("the whole interval of none of them is above {high}").format(high=high)
        )
    else:
        above = sum(row.span == "above" for row in found.rows)
        words = ngettext(
            "<b>{above} of {n} principal supervisors</b> has more than {high} principals.",
            "<b>{above} of {n} principal supervisors</b> have more than {high} principals.",
            above,
        )
        sure = ""
    return format_html(words, above=above, n=n, sure=sure, high=high)
