"""What targets there are, and how many are reached, in one sentence."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from alignment_dash.ui.numbers import exact_level
from instruction.aims import Aim
from instruction.queries.school_plan import PlanPage
from instruction.queries.targets import TargetTable


def targets_sentence(table: TargetTable) -> SafeString:
    """Say how many elements have a target, how high, and how many have another for some level of schools."""
    values = [value for line in table.lines for value in line.values.values()]
    if not values:
        return format_html(_("No targets are set for {} yet."), schoolyear.label(table.year))
    low, high = exact_level(float(min(values))), exact_level(float(max(values)))
    said = format_html(
        _("<b>{k} of {n}</b> elements have a target for {year} {range}."),
        k=table.n_set, n=len(table.lines), year=schoolyear.label(table.year),
        range=_("of {low}").format(low=low) if low == high else _("from {low} to {high}").format(low=low, high=high),
    )  # fmt: skip
    by_level = sum(any(line.values.keys() - {""}) for line in table.lines)
    if not by_level:
        return said
    text = ngettext(
        "{n} has another for some level of schools.", "{n} have another for some level of schools.", by_level
    )
    return format_html("{} {}", said, text.format(n=by_level))


def plan_sentence(page: PlanPage) -> SafeString:
    """Say how many targets the school's plan has, and how many of them the school is very likely below."""
    aims = [line.aims.own for line in page.lines if line.own is not None]
    if not aims:
        return format_html(
            _("{school} has no target of its own for {year} yet."),
            school=page.school.name,
            year=page.year_label,
        )
    text = ngettext(
        "The plan has a target for <b>{n}</b> element;",
        "The plan has targets for <b>{n}</b> elements;",
        len(aims),
    )
    known = [one for one in aims if one.gap is not None]
    return format_html("{} {}", format_html(text, n=len(aims)), _reached(known, len(aims)))


def _reached(known: Sequence[Aim], n: int) -> str:
    """Say how many aims are not reached, of those against which there is an estimate; nothing known is no good news."""
    if not known:
        return ngettext(
            "there is not enough evidence yet to say whether it is reached.",
            "for none of them is there enough evidence yet.",
            n,
        )
    below = sum(one.call == "below" for one in known)
    if len(known) == n:
        text = ngettext(
            "{below} is very likely not reached yet.", "{below} are very likely not reached yet.", below
        )
        return text.format(below=below)
    text = ngettext(
        "of the {k} with enough evidence, {below} is very likely not reached yet.",
        "of the {k} with enough evidence, {below} are very likely not reached yet.",
        below,
    )
    return text.format(k=len(known), below=below)
