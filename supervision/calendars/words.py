"""What pages and the API say about a week's events."""

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from supervision.calendars.actions import Read
from supervision.calendars.suggesting import Suggestion
from supervision.models import TimeEntry

RULES: dict[str, Promise] = {
    "before": gettext_lazy("you chose this for it before"),
    "private": gettext_lazy("it is private: its title was not read"),
    "all-day": gettext_lazy("it takes the whole day"),
    "weekend": gettext_lazy("it is at the weekend"),
    "with": gettext_lazy("who takes part"),
    "unknown": gettext_lazy("no rule knows it: check this one"),
}


def why(suggestion: Suggestion) -> str:
    """Return why something is suggested."""
    if suggestion.rule == "title":
        return _("words: {words}").format(words=", ".join(f"“{one}”" for one in suggestion.words))
    if suggestion.rule == "with":
        return _("who takes part: {words}").format(words=", ".join(suggestion.words))
    return str(RULES[suggestion.rule])


def entered_words(entry: TimeEntry) -> str:
    """Say that an event's time was entered before: "you entered 45 min for it already: Observing together"."""
    words = _("you entered {n} min for it already: {purpose}")
    return words.format(n=entry.minutes, purpose=entry.get_purpose_display())


def week_words(monday: date) -> str:
    """Return a week as "Nov 16 to Nov 22, 2026"."""
    end = monday + timedelta(days=6)
    return _("{first} to {last}").format(first=date_format(monday, "M j"), last=date_format(end, "M j, Y"))


def read_words(told: Read | None) -> str:
    """Return what came of a reading."""
    if told is None:
        return _("The calendar has not changed since it was read last.")
    if not told.events:
        return _("It was read, and has no events of the last four weeks.")
    first = ngettext(
        "It was read: {n} event of the last four weeks",
        "It was read: {n} events of the last four weeks",
        told.events,
    ).format(n=told.events)
    more = [
        words.format(n=n)
        for n, words in (
            (told.new, _("{n} new")), (told.changed, _("{n} moved")), (told.gone, _("{n} no longer there"))
        )
        if n
    ]  # fmt: skip
    return f"{first} ({', '.join(more)})." if more else f"{first}."


def sentence(n_open: int, n_later: int, is_confirmed: bool) -> str:
    """Return the page's first sentence. n_later: events that are shown once the open ones are confirmed."""
    if n_later:
        words = _(
            "{n} of {of} events of this week: change what is wrong, then confirm these, and the next are shown."
        )
        return words.format(n=n_open, of=n_open + n_later)
    if n_open and is_confirmed:
        return ngettext(
            "This week is confirmed, and {n} event came or moved since.",
            "This week is confirmed, and {n} events came or moved since.",
            n_open,
        ).format(n=n_open)
    if is_confirmed:
        return _("This week is confirmed.")
    if n_open:
        return ngettext(
            "{n} event of this week: change what is wrong, then confirm the week once.",
            "{n} events of this week: change what is wrong, then confirm the week once.",
            n_open,
        ).format(n=n_open)
    return _("No events of this week were read. You may confirm what you entered yourself.")
