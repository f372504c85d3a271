"""What is said of time, in words."""

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from instruction.models import Department
from supervision.models import GoalKind, TimePurpose
from supervision.timelog import purposes
from supervision.timelog.amounts import hours, percent
from supervision.timelog.queries import Share, Week

CLEAR = 0.3


def share_sentence(found: Share) -> SafeString:
    """Say what share of the time entered was with principals and on leadership, with what it is taken of."""
    if not found.minutes:
        return format_html("{}", _("No time has been entered for these days yet."))
    words = ngettext(
        "<b>{share}</b> of your time was with principals and <b>{lead}</b> on instructional leadership: {hours} on {n} contact day.",
        "<b>{share}</b> of your time was with principals and <b>{lead}</b> on instructional leadership: {hours} on {n} contact days.",
        found.days,
    )
    return format_html(
        words,
        share=percent(found.with_principals),
        lead=percent(found.on_leadership),
        hours=hours(found.minutes),
        n=found.days,
    )


def district_sentence(found: Share, n_supervisors: int) -> SafeString:
    """Say the same of all supervisors together, and what covering took."""
    if not found.minutes:
        return format_html("{}", _("No principal supervisor has entered time for these days yet."))
    words = ngettext(
        "<b>{share}</b> of {n} principal supervisor's time was with principals, <b>{lead}</b> on instructional leadership; covering for other departments took <b>{cover}</b>.",
        "<b>{share}</b> of {n} principal supervisors' time was with principals, <b>{lead}</b> on instructional leadership; covering for other departments took <b>{cover}</b>.",
        n_supervisors,
    )
    return format_html(
        words,
        share=percent(found.with_principals),
        lead=percent(found.on_leadership),
        cover=hours(found.by_purpose.get(purposes.COVERING, 0)),
        n=n_supervisors,
    )


def agreement_sentence(rho: float | None, n: int) -> str:
    """Answer "are the neediest seen most?", with n; where it cannot be told, say so."""
    if rho is None:
        return _(
            "Whether those with the most need get the most time is told from 5 principals with a need index on, and where their need or time differs; here: {n}."
        ).format(n=n)
    if rho > CLEAR:
        words = _(
            "Your principals with more need tended to get more of your time (rank correlation {rho}, n = {n})."
        )
    elif rho < -CLEAR:
        words = _(
            "Your principals with more need tended to get less of your time (rank correlation {rho}, n = {n})."
        )
    else:
        words = _(
            "Who got more of your time had little to do with who has more need (rank correlation {rho}, n = {n})."
        )
    return words.format(rho=f"{rho:.2f}".replace("-", "\N{MINUS SIGN}"), n=n)


def trend_summary(weeks: list[Week]) -> str:
    """Say in a sentence what the drawing of weeks shows."""
    told = [week for week in weeks if week.with_principals is not None]
    if not told:
        return _("Nothing was entered in the last {n} weeks.").format(n=len(weeks))
    shares = [week.with_principals or 0.0 for week in told]
    words = _("Share of time with principals by week: from {low} to {high}; {last} in the week of {day}.")
    return words.format(
        low=percent(min(shares)),
        high=percent(max(shares)),
        last=percent(shares[-1]),
        day=date_format(told[-1].monday, "M j"),
    )


def by_purpose(found: Share) -> list[tuple[str, int, str]]:
    """Return (purpose, minutes, share) of what was entered, the most first."""
    rows = sorted(found.by_purpose.items(), key=lambda row: (-row[1], row[0]))
    return [(str(TimePurpose(key).label), n, percent(n / found.minutes)) for key, n in rows]


def by_department(found: dict[str, int]) -> list[tuple[str, int]]:
    """Return (department, minutes) of covered work, the most first."""
    rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return [(str(Department(key).label), n) for key, n in rows]


def goal_words(kind: str, value: float | None) -> str:
    """Return a goal as "60 %" or "2 a month"; "" for none."""
    if value is None:
        return ""
    if kind == GoalKind.VISITS:
        return _("{n} a month").format(n=f"{value:g}")
    return f"{value:g} %"
