"""What pages of a consultation say in words."""

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from instruction.consulting.focus import Focus
from instruction.consulting.queries import Comment, ConsultationPage, Said, Stage, Tally
from instruction.consulting.votes import CENTRAL, LEADERS, SUPERVISORS, TEACHERS

GROUP_WORDS: dict[str, str | Promise] = {
    TEACHERS: gettext_lazy("teachers"),
    LEADERS: gettext_lazy("principals and assistant principals"),
    SUPERVISORS: gettext_lazy("principal supervisors"),
    CENTRAL: gettext_lazy("the central office"),
}
ONE_OF_GROUP: dict[str, str | Promise] = {
    TEACHERS: gettext_lazy("a teacher"),
    LEADERS: gettext_lazy("a principal or assistant principal"),
    SUPERVISORS: gettext_lazy("a principal supervisor"),
    CENTRAL: gettext_lazy("someone from the central office"),
    "": gettext_lazy("someone who has a say"),
}

STAGE_WORDS: dict[Stage, str | Promise] = {
    Stage.NONE: gettext_lazy("not opened"),
    Stage.SOON: gettext_lazy("opens later"),
    Stage.OPEN: gettext_lazy("open"),
    Stage.CLOSED: gettext_lazy("closed"),
}


def told(comment: Comment) -> tuple[Comment, str]:
    """Return a comment with who wrote it, as the caller may know."""
    if comment.name:
        return comment, f"{comment.name}, {comment.role}" if comment.role else comment.name
    return comment, str(ONE_OF_GROUP[comment.group])


def shown(said: Said) -> tuple[Said, list[tuple[Comment, str]], str]:
    """Return an element of the draft with its comments as told, and its votes by group in words."""
    return said, [told(one) for one in said.comments], group_words(said.tally) if said.tally else ""


def consultation_sentence(page: ConsultationPage) -> SafeString:
    """Say whether one can speak up now, until when, and what came of it."""
    if page.consultation is None:
        return format_html("{}", _("Nobody has been asked about this draft yet."))
    days = {
        "opens": date_format(page.consultation.opens_on, "M j, Y"),
        "closes": date_format(page.consultation.closes_on, "M j, Y"),
    }
    if page.stage is Stage.SOON:
        return format_html(_("Comments and votes open on <b>{opens}</b>, until {closes}."), **days)
    if page.stage is Stage.OPEN:
        text = ngettext(
            "Say what you think <b>until the end of {closes}</b>, and name up to {n} element to focus on.",
            "Say what you think <b>until the end of {closes}</b>, and name up to {n} elements to focus on.",
            page.consultation.votes_each,
        )
        return format_html(text, n=page.consultation.votes_each, **days)
    top = [one.wording.name for one in page.most_voted[:3] if one.wording]
    said = ngettext("{n} comment", "{n} comments", page.n_comments).format(n=page.n_comments)
    if not top:
        return format_html(_("Closed since the end of {closes}, with <b>{said}</b>."), said=said, **days)
    return format_html(
        _("Closed since the end of {closes}, with {said}. Most votes: <b>{top}</b>."),
        said=said, top=", ".join(top), **days,
    )  # fmt: skip


def turnout_words(turnout: Tally) -> str:
    """Say how many voted, as far as that is told."""
    if turnout.total is None:
        return _("Fewer than five people have voted, or too few to tell their number.")
    said = ngettext("{n} person has voted", "{n} people have voted", turnout.total).format(n=turnout.total)
    groups = group_words(turnout)
    return f"{said}: {groups}." if groups else f"{said}."


def group_words(tally: Tally) -> str:
    """Return the counts by group that are told, as part of a sentence."""
    return ", ".join(f"{n} {GROUP_WORDS[group]}" for group, n in tally.groups)


def focus_sentence(focus: Focus, year: str) -> SafeString:
    """Say what a year is about in the district."""
    if not focus.district:
        return format_html(_("No element is in focus in {year}."), year=year)
    names = ", ".join(one.wording.name for one in focus.district)
    if focus.is_chosen:
        return format_html(_("{year} is about <b>{names}</b>."), year=year, names=names)
    return format_html(
        _("For {year} nothing was chosen, so the framework's own focus holds: <b>{names}</b>."),
        year=year, names=names,
    )  # fmt: skip


def much_in_focus(n: int) -> str:
    """Say gently that a focus on many elements is on none."""
    return _(
        "{n} elements are in focus. With more than five, people can hardly keep them in mind during a lesson:"
        " what is everyone's focus becomes nobody's (Honig & Rainey 2015, p. 8-9). Which two or three matter most"
        " this year?"
    ).format(n=n)
