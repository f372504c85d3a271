"""Expectations, and how observations are written, in sentences."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from instruction.completion.checklist import Facts
from instruction.completion.expected import Rule
from instruction.completion.queries import ChecklistLine
from instruction.models import ObservationExpectation, ObservationKind, Purpose
from schools.models import Level, StaffRole


def day_words(day: date) -> str:
    """Say a day: Jan 31, 2027."""
    return date_format(day, "M j, Y")


def rule_words(rule: Rule) -> str:
    """Say what is expected: "2 observations (Walkthrough, Formative) by Jan 31, 2027"."""
    text = ngettext("{n} observation", "{n} observations", rule.at_least).format(n=rule.at_least)
    only = [str(ObservationKind(rule.kind).label)] if rule.kind else []
    only += [str(Purpose(rule.purpose).label)] if rule.purpose else []
    words = f"{text} ({', '.join(only)})" if only else text
    return _("{what} by {day}").format(what=words, day=day_words(rule.by_day))


def expected_words(held: Collection[ObservationExpectation], rules: Sequence[Rule], year: int) -> str:
    """Say what is expected of teachers in a year; rules: those of `held`, in its order, or the default."""
    if not held:
        return _(
            "No expectation is set for {year}: {rule} is taken, of who was there for {n} days or more."
        ).format(
            year=schoolyear.label(year),
            rule=rule_words(rules[0]),
            n=rules[0].least_days,
        )
    said = []
    for one, rule in zip(held, rules, strict=True):
        who = str(Level(one.level).label) if one.level else _("All schools")
        said.append(f"{who}: {rule_words(rule)}")
    return _("Expected in {year}: {rules}.").format(year=schoolyear.label(year), rules="; ".join(said))


def who_words(rule: ObservationExpectation) -> str:
    """Say whom a rule is for: "Teacher, Elementary"."""
    where = str(Level(rule.level).label) if rule.level else _("all schools")
    return f"{StaffRole(rule.role).label}, {where}"


def nobody_words(rule: ObservationExpectation) -> str:
    """Say that a rule fits nobody."""
    return _("{rule} fits nobody now.").format(rule=_what(rule))


def overlap_words(first: ObservationExpectation, second: ObservationExpectation) -> str:
    """Say that an observation can count for two rules."""
    return _(
        "{one} ({n}) and {other} ({m}) count some of the same observations: one lesson can count for both."
    ).format(one=_what(first), n=first.at_least, other=_what(second), m=second.at_least)


def _what(rule: ObservationExpectation) -> str:
    parts = [who_words(rule)]
    parts += [str(ObservationKind(rule.kind).label)] if rule.kind else []
    parts += [str(Purpose(rule.purpose).label)] if rule.purpose else []
    return ", ".join(parts)


def due_words(rules: Iterable[Rule], day: date) -> str:
    """Say which days have passed."""
    passed = sorted({rule.by_day for rule in rules if rule.by_day < day})
    if not passed:
        return _("No day by which they are expected has passed yet.")
    return _("The day has passed: {days}.").format(
        days=get_text_list([day_words(one) for one in passed], _("and"))
    )


def checklist_sentence(found: Sequence[ChecklistLine], year: int) -> SafeString | str:
    """Say how the district's observations of a year were written; "" where that is not told."""
    one = next((line for line in found if not line.name and line.year == year), None)
    if one is None:
        return ""
    text = _("Of {n} observations in {year}, <b>{bare} %</b> have a level without a note.")
    said = format_html(text, n=f"{one.n:,}", year=schoolyear.label(year), bare=one.bare_percent)
    if one.even_percent is None:
        return said
    more = _("{even} of {long} give every element the same level; about {chance} would by chance.")
    return format_html(
        "{} {}",
        said,
        more.format(even=f"{one.n_even:,}", long=f"{one.n_long:,}", chance=f"{round(one.by_chance):,}"),
    )


def own_sentence(found: Facts) -> SafeString:
    """Say to observers how they wrote their last observations, and what for it matters."""
    head = ngettext("Your last observation:", "Your last {n} observations:", found.n).format(n=found.n)
    parts = []
    if found.n_long:
        text = ngettext(
            "{n} gave every element the same level", "{n} gave every element the same level", found.n_even
        )
        parts.append(format_html("<b>{}</b>", text.format(n=found.n_even)))
    text = ngettext("{n} had levels without notes", "{n} had levels without notes", found.n_bare)
    parts.append(format_html("<b>{}</b>", text.format(n=found.n_bare)))
    said = parts[0] if len(parts) == 1 else format_html("{}; {}", *parts)
    return format_html("{} {}. {}", head, said, _("Notes are what a teacher can use."))


def chance_words(found: Facts) -> str:
    """Say how many would give every element one level by chance."""
    if not found.n_long:
        return _("None of them rated four elements or more, so whether levels differ says nothing yet.")
    return _(
        "Of {long} with four elements or more, about {chance} would give every element the same level by chance,"
        " from how often you give each level: one level for all can be true, most of all for a teacher who is"
        " strong throughout."
    ).format(long=found.n_long, chance=f"{found.by_chance:.1f}")
