"""What the home of a principal supervisor and the view of all of them say in a sentence."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.overview.rows import WEEKS, District, Home, PrincipalRow
from supervision.timelog.amounts import hours


def home_sentence(found: Home) -> SafeString:
    """Return how many principals there are, how many wait for a visit, and which commitments are overdue."""
    parts = [_size(found), _due(found), _overdue(found.n_overdue)]
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def _size(found: Home) -> SafeString:
    n = found.n_principals
    total = found.total
    if total is None:
        return format_html(ngettext("You support {n} principal.", "You support {n} principals.", n), n=n)
    words = ngettext(
        "You support {n} principal{vacant}, with as much need as {need} of average need ({low}–{high}).",
        "You support {n} principals{vacant}, with as much need as {need} of average need ({low}–{high}).",
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
        "<b>{n}</b> has waited longer for a visit than their need asks.",
        "<b>{n}</b> have waited longer for a visit than their need asks.",
        n,
    )
    return format_html(words, n=n)


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
    """Return how many supervisors carry more than the span by need, whose principals are seen, and what is owed."""
    n = len(found.rows)
    if not n:
        return format_html("{}", _("The district has no principal supervisor yet."))
    known = [row for row in found.rows if row.need is not None]
    if known:
        above = sum(row.need_span == "above" for row in known)
        words = ngettext(
            "<b>{above} of {n} principal supervisors</b> carries more than {high} principals' worth of need "
            "as estimated; the whole interval is above {high} for {sure}.",
            "<b>{above} of {n} principal supervisors</b> carry more than {high} principals' worth of need "
            "as estimated; the whole interval is above {high} for {sure}.",
            above,
        )
        sure = sum(row.need_low is not None and round(row.need_low, 1) > found.span.high for row in known)
    else:
        above = sum(row.span == "above" for row in found.rows)
        words = ngettext(
            "<b>{above} of {n} principal supervisors</b> has more than {high} principals.",
            "<b>{above} of {n} principal supervisors</b> have more than {high} principals.",
            above,
        )
        sure = above
    parts = [format_html(words, above=above, n=n, sure=sure, high=found.span.high)]
    if found.owed:
        words = _("They spent <b>{time}</b> of this school year on other departments' work.")
        parts.append(format_html(words, time=hours(sum(one.minutes for one in found.owed))))
    if found.schools_without:
        words = ngettext(
            "<b>{n} school</b> has no principal supervisor.",
            "<b>{n} schools</b> have no principal supervisor.",
            found.schools_without,
        )
        parts.append(format_html(words, n=found.schools_without))
    return format_html_join(" ", "{}", ((part,) for part in parts))
