"""The question about one's own observations, as its page and the home page answer it."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash import schoolyear
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.observing import queries, who


def records_sentence(drafts: int, unread: int) -> SafeString:
    """Say how many drafts wait to be shared, and how many shared observations to be acknowledged."""
    if drafts:
        text = ngettext(
            "<b>{n} draft</b> is not shared yet; {unread}",
            "<b>{n} drafts</b> are not shared yet; {unread}",
            drafts,
        )
    else:
        text = _("No draft waits; {unread}")
    of_unread = ngettext(
        "{n} shared observation has not been acknowledged.",
        "{n} shared observations have not been acknowledged.",
        unread,
    )
    return format_html(text, n=drafts, unread=of_unread.format(n=unread))


def _mine(scope: Scope, year: int) -> Answer | None:
    """Answer who may observe someone today; three queries, none for who writes nothing."""
    if not who.may_observe(scope, schoolyear.current_year()):
        return None
    sentence = records_sentence(*queries.waiting_records(scope))
    return Answer(sentence, _("Begin an observation"), reverse("instruction:record-new"))


MINE = Question(
    key="observing",
    text=gettext_lazy("What have I observed, and what waits for me?"),
    url_name="instruction:records",
    data=Data.OBSERVING,
    answer=_mine,
    place=11,
)
