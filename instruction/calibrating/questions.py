"""What the home page says of calibration."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.calibrating import queries, words


def _answer(scope: Scope, year: int) -> Answer | None:
    """Answer with what waits for the caller, else how far the exercises are they lead; two queries."""
    lines = queries.lines(scope)
    if sentence := words.waiting_sentence(lines):
        return Answer(sentence, _("Rate it"))
    if queries.is_lead(scope):
        return Answer(words.lead_sentence(lines), _("See the exercises"))
    if not any(line.exercise.state == "released" for line in lines):
        return None
    return Answer(
        format_html("{}", _("What you rated is released: see where you differ.")), _("See what came out")
    )


SEE_ALIKE = Question(
    key="calibration",
    text=gettext_lazy("Do we see alike?"),
    url_name="instruction:calibration",
    data=Data.CALIBRATION,
    answer=_answer,
    place=16,
)
