"""The question that the principal bench answers on the home page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import current_year
from alignment_dash.ui.questions import Answer, Question
from supervision.principal_bench import queries, words


def _answer(scope: Scope, year: int) -> Answer | None:
    """Say how many openings are expected and how many are ready, where there is either; two queries."""
    if year != current_year():
        return None
    n_openings = queries.openings(scope).count()
    people = list(queries.candidates(scope))
    if not n_openings and not people:
        return None
    return Answer(words.sentence(n_openings, queries.n_ready(people)), _("See the bench"))


BENCH = Question(
    key="principal-bench",
    text=gettext_lazy("Which principals' positions open, and who is ready?"),
    url_name="supervision:principal-bench",
    data=Data.PRINCIPAL_BENCH,
    answer=_answer,
    place=53,
)
