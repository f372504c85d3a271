"""The question that meetings answer on the home page."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.meetings import queries
from instruction.meetings.words import decisions_sentence


def _decided(scope: Scope, year: int) -> Answer | None:
    """Say how many decisions are open and overdue, whatever year they are of; one query."""
    found = queries.counts(scope)
    url = (
        reverse("instruction:decision-list", query={"show": queries.OVERDUE})
        if found[queries.OVERDUE]
        else ""
    )
    link = _("See the overdue decisions") if url else _("See the meetings")
    return Answer(decisions_sentence(found[queries.OPEN], found[queries.OVERDUE]), link, url)


DECIDED = Question(
    key="decisions",
    text=gettext_lazy("What did we decide, and what became of it?"),
    url_name="instruction:meeting-list",
    data=Data.MEETINGS,
    answer=_decided,
    nav=gettext_lazy("Meetings"),
    place=80,
)
