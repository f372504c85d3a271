"""The question that the pages of visits answer, in a sentence."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from alignment_dash.ui.questions import Answer, Question
from supervision.visits import listing, queries, words


def _answer(scope: Scope, year: int) -> Answer | None:
    """Say how many principals a visit is due to; to a principal, when the last visit was."""
    if not scope.schools(Data.VISITS):
        with queries.opened(scope):
            n, late = listing.commitment_counts(scope)
        had = listing.own_visits(scope)
        said = words.own_sentence(had, n, late, today())
        return Answer(said, _("See what we agreed")) if n or had else None
    rows = [row for row in listing.principals(scope) if row.principal_uid]
    if not rows:
        return None
    n, due = len({row.principal_uid for row in rows}), len({row.principal_uid for row in rows if row.is_due})
    text = ngettext(
        "<b>A visit is due to {due}</b> of your {n} principal, as their need asks.",
        "<b>A visit is due to {due}</b> of your {n} principals, as their need asks.",
        n,
    )
    said = format_html(text, due=due, n=n)
    late = sum(row.overdue for row in rows)
    if late:
        words_late = ngettext("{n} commitment is overdue.", "{n} commitments are overdue.", late)
        said = format_html("{} {}", said, words_late.format(n=late))
    return Answer(said, _("Prepare a visit"))


VISITS = Question(
    key="visits",
    text=gettext_lazy("Who was visited when, and what was agreed?"),
    url_name="supervision:visits",
    data=Data.VISITS,
    answer=_answer,
    nav=gettext_lazy("Visits"),
    place=52,
)
