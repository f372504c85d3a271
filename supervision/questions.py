"""The question supervision's pages answer, and its answers in a sentence."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from supervision.models import Span
from supervision.queries import caseload, caseloads
from supervision.rows import Caseload, Caseloads


def district_sentence(found: Caseloads) -> SafeString:
    """Return how many caseloads lie outside the span, and how many schools have no principal supervisor."""
    parts = [_spans(found)]
    if found.schools_without:
        words = ngettext(
            "<b>{n} school</b> has no principal supervisor.",
            "<b>{n} schools</b> have no principal supervisor.",
            found.schools_without,
        )
        parts.append(format_html(words, n=found.schools_without))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _spans(found: Caseloads) -> SafeString:
    total, above, below = len(found.rows), len(found.having(Span.ABOVE)), len(found.having(Span.BELOW))
    span = {**found.bounds._asdict(), "total": total, "above": above, "below": below}
    if not total:
        return format_html("{}", _("No principal is in a caseload."))
    if not above and not below:
        return format_html(
            ngettext(
                "<b>The one caseload</b> has {low} to {high} principals.",
                "<b>All {total} caseloads</b> have {low} to {high} principals.",
                total,
            ),
            **span,
        )
    if above and below:
        words = ngettext(
            "<b>{above} of {total} caseloads</b> is above {high} principals; <b>{below}</b> below {low}.",
            "<b>{above} of {total} caseloads</b> are above {high} principals; <b>{below}</b> below {low}.",
            above,
        )
    elif above:
        words = ngettext(
            "<b>{above} of {total} caseloads</b> is above {high} principals; none is below {low}.",
            "<b>{above} of {total} caseloads</b> are above {high} principals; none is below {low}.",
            above,
        )
    else:
        words = ngettext(
            "<b>{below} of {total} caseloads</b> is below {low} principals; none is above {high}.",
            "<b>{below} of {total} caseloads</b> are below {low} principals; none is above {high}.",
            below,
        )
    return format_html(words, **span)


def caseload_sentence(found: Caseload, *, own: bool) -> SafeString:
    """Return where the caseload's schools fall short together, and of how many nothing can be said.

    `own`: the reader is the supervisor, so the schools are "your schools".
    """
    one = found.summary
    if one.n_schools == 1 and one.has_capacity:
        return _one_school(found, own=own)
    schools = _schools(one.n_schools, own=own)
    if not one.has_capacity:
        return format_html(_("Teaching is not summed up yet for {schools}."), schools=schools)
    if not one.element:
        first = _("<b>None of {schools}</b> is very likely below target on any element")
        return format_html("{}{}", format_html(first, schools=schools), _unclear(one.n_schools_unclear))
    words = ngettext(
        "<b>{n} of {schools}</b> is very likely below target on <b>{element}</b>",
        "<b>{n} of {schools}</b> are very likely below target on <b>{element}</b>",
        one.n_element_below,
    )
    first = format_html(words, n=one.n_element_below, schools=schools, element=one.element)
    return format_html("{}{}", first, _unclear(one.n_schools - one.n_element_estimated))


def _schools(n: int, *, own: bool) -> str:
    if own:
        return ngettext("your one school", "your {n} schools", n).format(n=n)
    return ngettext("the one school", "the {n} schools", n).format(n=n)


def _one_school(found: Caseload, *, own: bool) -> SafeString:
    one = found.summary
    school = _("your one school") if own or not found.rows else found.rows[0].name
    if not any(row.gap is not None for row in found.rows):
        return format_html(_("There is not enough evidence yet to say how {school} stands."), school=school)
    school = school[:1].upper() + school[1:]
    if not one.element:
        return format_html(
            _("<b>{school}</b> is not very likely below target on any element."), school=school
        )
    words = _("<b>{school}</b> is very likely below target on <b>{element}</b>.")
    return format_html(words, school=school, element=one.element)


def _unclear(n_schools: int) -> SafeString:
    if not n_schools:
        return mark_safe(".")
    words = ngettext(
        "; for <b>{n}</b> there is not enough evidence to say.",
        "; for <b>{n}</b> there is not enough evidence to say.",
        n_schools,
    )
    return format_html(words, n=n_schools)


def _answer(scope: Scope, year: int) -> Answer | None:
    if scope.district_wide(Data.CASELOADS):
        found = caseloads(scope, year)
        return Answer(district_sentence(found), _("See caseloads")) if found.rows else None
    own = scope.own_id(Data.CASELOADS)
    mine = caseload(scope, year, own) if own else None
    if mine is None:
        return None
    return Answer(caseload_sentence(mine, own=True), _("See what they need"))


CASELOADS = Question(
    key="caseloads",
    text=gettext_lazy("What do the principals in each caseload need?"),
    url_name="supervision:caseload-list",
    data=Data.CASELOADS,
    answer=_answer,
    place=50,
)
