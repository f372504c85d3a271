"""The question that principals' leadership answers on the home page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.leadership import pages, queries


def _answer(scope: Scope, year: int) -> Answer | None:
    """Answer who supports principals with the sentence of the list; a principal finds their own page. Six queries."""
    led, found = queries.reached(scope), queries.standing(year)
    if not led or found is None:
        return None
    version, snapshot = found
    if [one.is_self for one in led.values()] == [True]:
        return Answer(_("What was observed of my leadership, and what I say of it myself."), _("See it"))
    rows = pages.list_rows(led, pages.elements_of(version), snapshot)
    return Answer(pages.list_sentence(rows, snapshot is not None), _("See the principals"))


LEADING = Question(
    key="leadership",
    text=gettext_lazy("How do principals lead learning?"),
    url_name="instruction:leadership",
    data=Data.LEADERSHIP_EVIDENCE,
    answer=_answer,
    place=47,
)
