"""The question about second looks that the home page answers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.second_looks.queries import LookFilters, listed
from instruction.second_looks.words import sentence


def _looks(scope: Scope, year: int) -> Answer | None:
    """Answer with the page's own sentence, where there is anything; one query."""
    outcomes = list(listed(scope, LookFilters()).order_by().values_list("outcome", flat=True))
    if not outcomes:
        return None
    return Answer(sentence(len(outcomes), outcomes.count("")), _("Read them"))


LOOKS = Question(
    key="second-looks",
    text=gettext_lazy("What did a second look find?"),
    url_name="instruction:second-looks",
    data=Data.SECOND_LOOKS,
    answer=_looks,
    place=18,
)
