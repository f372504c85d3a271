"""The question HR's pages answer, and its answer in a sentence."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from staffing.queries import FillFilters, FillRates, Staffing, fill_rates


def sentence(rates: FillRates) -> SafeString:
    """Return which schools are short of people; "" where no position is known."""
    if not rates.total.n_positions:
        return SafeString()
    if len(rates.rows) == 1:
        return school_sentence(rates.rows[0].name, rates.total, rates.rows[0].longest)
    if not rates.short:
        return _all_filled(rates.total)
    first, n_short = rates.short[0], len(rates.short)
    schools = ngettext("{n} of {of} schools has", "{n} of {of} schools have", n_short)
    return format_html(
        _("<b>{schools}</b> a vacancy: <b>{unfilled} of {budgeted} FTE</b> are not filled. {oldest}"),
        schools=schools.format(n=_count(n_short), of=_count(len(rates.rows))),
        unfilled=_fte(rates.total.unfilled),
        budgeted=_fte(rates.total.budgeted),
        oldest=ngettext(
            "The oldest vacancy, at {school}, has been open for {n} day.",
            "The oldest vacancy, at {school}, has been open for {n} days.",
            first.longest or 0,
        ).format(school=first.name, n=_count(first.longest or 0)),
    )


def school_sentence(name: str, staffing: Staffing, longest: int | None) -> SafeString:
    """Return how many of one school's positions are vacant, and since when; `longest` in days."""
    if longest is None:
        return _all_filled(staffing)
    positions = ngettext(
        "{n} of {of} positions is vacant", "{n} of {of} positions are vacant", staffing.vacancies
    )
    return format_html(
        _("<b>{positions}</b> at {school}. {oldest}"),
        positions=positions.format(n=_count(staffing.vacancies), of=_count(staffing.n_positions)),
        school=name,
        oldest=ngettext(
            "The oldest vacancy has been open for {n} day.",
            "The oldest vacancy has been open for {n} days.",
            longest,
        ).format(n=_count(longest)),
    )


def _all_filled(total: Staffing) -> SafeString:
    words = ngettext("The one position is filled.", "All {n} positions are filled.", total.n_positions)
    return format_html("<b>{}</b>", words.format(n=_count(total.n_positions)))


def _count(number: int) -> str:
    return number_format(number, force_grouping=True)


def _fte(number: Decimal) -> str:
    return number_format(number, decimal_pos=1, force_grouping=True)


def _answer(scope: Scope, year: int) -> Answer | None:
    rates = fill_rates(scope, year, FillFilters())
    words = sentence(rates)
    return Answer(sentence=words, link=_("See positions")) if words else None


FILL_RATES = Question(
    key="positions",
    text=gettext_lazy("Which schools are short of people?"),
    url_name="staffing:fill-rates",
    data=Data.STAFFING,
    answer=_answer,
    nav=gettext_lazy("Positions"),
    place=60,
)
