"""The question that consultations answer on the home page."""

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.consulting import queries


def _answer(scope: Scope, year: int) -> Answer | None:
    """Answer while a draft is open, whatever year is looked at; one query."""
    for version in queries.consulted(scope):
        held = queries.days_of(version)
        if held is None or queries.stage_of(version, held, scope.day) is not queries.Stage.OPEN:
            continue
        text = _("<b>{name}, {label}</b> is open for comments and votes until the end of {day}.")
        sentence = format_html(
            text, name=version.framework.name, label=version.label, day=date_format(held.closes_on, "M j, Y")
        )
        return Answer(sentence, _("Read the draft"))
    return None


DRAFTS = Question(
    key="framework-drafts",
    text=gettext_lazy("What should our framework say?"),
    url_name="instruction:consultation-list",
    data=Data.FRAMEWORK_DRAFTS,
    answer=_answer,
    place=17,
)
