"""How sure we are, in sentences."""

from django.template.defaultfilters import floatformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.ui.numbers import half_up
from instruction.queries.certainty_page import Certainty, CertaintyPage, Observers
from instruction.queries.completion import CompletionTotals, Count
from instruction.queries.evidence_plan import EvidencePlan
from instruction.queries.observers import Severity

# Below this in size a severity would be written "about 0.0" with one decimal.
SMALL = 0.05


def certainty_sentence(page: CertaintyPage) -> SafeString:
    """Say how many figures are estimated, weak or missing, and how many teachers wait to be observed."""
    if page.found.standing.run is None:
        return format_html(_("Nothing has been computed for {} yet."), page.found.standing.year_label)
    if not page.overall.n:
        return format_html("{}", _("No school has enough teachers to show a figure."))
    return format_html("{} {}", _figures(page.overall), _waiting(page.totals))


def _figures(overall: Certainty) -> SafeString:
    """Say the shares that there are: nobody needs to read that 0 % rest on something."""
    if overall.n == overall.estimated:
        text = ngettext("<b>{n} figure</b> is estimated.", "All <b>{n} figures</b> are estimated.", overall.n)
        return format_html(text, n=f"{overall.n:,}")
    parts = [
        (overall.estimated, _("<b>{share}</b> are estimated")),
        (overall.weak, _("{share} rest on weak evidence")),
        (overall.missing, _("for {share} there is not enough")),
    ]
    said = [format_html(text, share=_share(count, overall)) for count, text in parts if count]
    return format_html(
        _("Of {n} figures {shares}."),
        n=f"{overall.n:,}",
        shares=format_html_join("; ", "{}", [[one] for one in said]),
    )


def _share(count: int, overall: Certainty) -> str:
    percent = overall.percent(count)
    return _("{n} %").format(n=percent) if percent else _("less than 1 %")


def _waiting(totals: CompletionTotals) -> SafeString:
    if not totals.n_long:
        return format_html("{}", _("No teacher is known to have gone unobserved for over a year."))
    text = ngettext(
        "At least <b>{n}</b> teacher has not been observed for over a year, or never.",
        "At least <b>{n}</b> teachers have not been observed for over a year, or never.",
        totals.n_long,
    )
    return format_html(text, n=f"{totals.n_long:,}")


def done_sentence(totals: CompletionTotals) -> SafeString | str:
    """Say how many were observed as often as expected, at the schools where that is told; "" without any."""
    if not totals.n_counted:
        return ""
    text = ngettext(
        "At the {schools} school where it is told, <b>{done} of {n}</b> teachers ({share} %) were observed as often as expected.",
        "At the {schools} schools where it is told, <b>{done} of {n}</b> teachers ({share} %) were observed as often as expected.",
        totals.n_told,
    )
    return format_html(
        text,
        schools=totals.n_told,
        done=f"{totals.n_done:,}",
        n=f"{totals.n_counted:,}",
        share=round(100 * totals.n_done / totals.n_counted),
    )


def count_words(count: Count) -> str:
    """Return a number of teachers as a table writes it, where a cell may span columns."""
    return _("{n} together").format(n=count.n) if count.columns > 1 else str(count.n)


def count_cells(count: Count) -> list[int | str]:
    """Return a number of teachers as a spreadsheet writes it, in as many cells as it has columns."""
    if count.columns == 1:
        return [count.n]
    more = count.columns - 1
    text = ngettext("{n}, with the next column", "{n}, with the next {more} columns", more)
    return [text.format(n=count.n, more=more), *[_("counted to the left")] * more]


def change_words(element: Certainty) -> list[str]:
    """Say what would make the figures of an element surer, for the schools whose figures are not firm."""
    parts = (
        (element.untied, ngettext("{n} school: a visit across schools, or a shared video",
                                  "{n} schools: a visit across schools, or a shared video", element.untied)),
        (element.wide, ngettext("{n} school: more lessons, by more than one observer",
                                "{n} schools: more lessons, by more than one observer", element.wide)),
        (element.unseen, ngettext("{n} school: at least 5 teachers observed",
                                  "{n} schools: at least 5 teachers observed", element.unseen)),
        (element.thin, ngettext("{n} school: a third of its teachers observed",
                                "{n} schools: a third of their teachers observed", element.thin)),
    )  # fmt: skip
    return [text.format(n=n) for n, text in parts if n]


def observers_words(found: Observers) -> list[str]:
    """Say who ties schools together, and how far observers lie apart; no one is named."""
    said = []
    if found.n_observers is not None and found.n_crossing is not None:
        text = ngettext(
            "{crossing} of {n} observer rated at more than one school.",
            "{crossing} of {n} observers rated at more than one school.",
            found.n_observers,
        )
        said.append(text.format(crossing=found.n_crossing, n=found.n_observers))
    if found.n_linked is not None and found.n_schools:
        text = ngettext(
            "{linked} of {n} school ({share} %) is tied to others by its own observers.",
            "{linked} of {n} schools ({share} %) are tied to others by their own observers.",
            found.n_schools,
        )
        share = round(100 * found.n_linked / found.n_schools)
        said.append(text.format(linked=found.n_linked, n=found.n_schools, share=share))
    if found.islands:
        said.append(_islands(found.islands))
    return said


def _islands(islands: list[int]) -> str:
    if len(islands) == 1:
        return _("All observed schools hang together, so their levels can be compared.")
    first, rest = islands[0], islands[1:]
    head = ngettext(
        "The largest group that hangs together has {n} school;", "The largest group that hangs together has {n} schools;",
        first,
    )  # fmt: skip
    more = ngettext("{k} more group has {n}.", "{k} more groups have {n} between them.", len(rest))
    tail = _("Between groups, teaching cannot be told from severity.")
    return f"{head.format(n=first)} {more.format(k=len(rest), n=sum(rest))} {tail}"


def plan_sentence(plan: EvidencePlan) -> SafeString:
    """Say what the plan asks for."""
    if plan.is_over:
        return format_html("{}", _("This school year is over: no visits are planned for it."))
    if not plan.visits:
        return format_html("{}", _("No visits are suggested so far."))
    text = ngettext(
        "<b>{n}</b> visit this term would make the estimates surest: {lessons} at {schools}, {hours} in all.",
        "<b>{n}</b> visits this term would make the estimates surest: {lessons} at {schools}, {hours} in all.",
        len(plan.visits),
    )
    return format_html(
        text,
        n=len(plan.visits),
        hours=_hours(plan.hours),
        lessons=ngettext("{n} lesson", "{n} lessons", plan.n_lessons).format(n=plan.n_lessons),
        schools=ngettext("{n} school", "{n} schools", plan.n_schools).format(n=plan.n_schools),
    )


def _hours(hours: float) -> str:
    """Return hours as the table rounds them: 9.5 hours, 1 hour."""
    text = floatformat(half_up(hours), "-1g")
    return ngettext("{n} hour", "{n} hours", 1 if text == "1" else 2).format(n=text)


def severity_words(found: Severity) -> str:
    """Say how an observer compares with the average one."""
    if found.call == "unclear":
        return _("cannot be told from the average observer")
    size = f"{abs(found.severity):.{2 if abs(found.severity) < SMALL else 1}f}"
    if found.call == "strict":
        return _("likely gives levels about {size} lower than the average observer").format(size=size)
    return _("likely gives levels about {size} higher than the average observer").format(size=size)


def signed(value: float) -> str:
    """Return a difference with two decimals, a sign and a true minus: "−0.11", "+0.04", "0.00"."""
    rounded = round(value, 2)
    return f"{rounded:+.2f}".replace("-", "\N{MINUS SIGN}") if rounded else "0.00"
