"""The question that the pages of visits answer, in a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from alignment_dash.ui.questions import Answer, Question
from supervision.visits import listing, queries, words


def _answer(scope: Scope, year: int) -> Answer | None:
    """Say how many visits were made and are planned; to a principal, when the last was. Who waits is told elsewhere."""
    if not scope.schools(Data.VISITS):
        with queries.opened(scope):
            n, late = listing.commitment_counts(scope)
        had = listing.own_visits(scope)
        said = words.own_sentence(had, n, late, today())
        return Answer(said, _("See what we agreed")) if n or had else None
    made = listing.sums(scope)
    return Answer(words.made_sentence(made), _("See the visits")) if made.n or made.ahead else None


VISITS = Question(
    key="visits",
    text=gettext_lazy("Who was visited when, and what was agreed?"),
    url_name="supervision:visits",
    data=Data.VISITS,
    answer=_answer,
    nav=gettext_lazy("Visits"),
    place=52,
)
