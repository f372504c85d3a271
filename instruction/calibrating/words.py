"""Agreement and status in words."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.ui.numbers import half_up
from instruction.agreement import Agreement, Measure
from instruction.agreement.measures import Why
from instruction.calibrating.queries import Line, ObserverLine, StatusCounts
from instruction.calibrating.status import STATUS_WORDS
from instruction.models import CalibrationStandard


def share_words(measure: Measure) -> str:
    """Say a share with its interval: "62 % (90 % interval 51 to 73)", or why there is none."""
    if measure.value is None:
        return _why(measure.why)
    value = _("{share} %").format(share=_percent(measure.value))
    if measure.low is None or measure.high is None:
        return value
    ends = _("90 % interval {low} to {high}").format(low=_percent(measure.low), high=_percent(measure.high))
    return f"{value} ({ends})"


def kappa_words(measure: Measure) -> str:
    """Say a kappa with its interval, or why there is none."""
    if measure.value is None:
        return _why(measure.why)
    value = _decimal(measure.value)
    if measure.low is None or measure.high is None:
        return value
    ends = _("90 % interval {low} to {high}").format(low=_decimal(measure.low), high=_decimal(measure.high))
    return f"{value} ({ends})"


def interval_note(agreement: Agreement) -> str:
    """Say why figures stand without interval; "" where they have one."""
    why = agreement.exact.why_no_interval
    if why is Why.FEW_UNITS:
        text = ngettext(
            "{n} lesson is too few to say how sure this is.",
            "{n} lessons are too few to say how sure this is.",
            agreement.n_units,
        )
        return text.format(n=agreement.n_units)
    if why is Why.NO_VARIANCE:
        return _("It is the same in every lesson: nothing tells how sure that is.")
    return ""


def figures(agreement: Agreement) -> list[tuple[str, str]]:
    """Return the figures of an agreement with what they are called."""
    return [
        (_("Same level"), share_words(agreement.exact)),
        (_("Within one level"), share_words(agreement.adjacent)),
        (_("Quadratic-weighted kappa"), kappa_words(agreement.quadratic)),
        (_("Comparisons, lessons"), f"{agreement.n_items}, {agreement.n_units}"),
    ]


def standing_words(line: ObserverLine, standard: CalibrationStandard) -> str:
    """Say how an observer stands in one sentence; safe HTML."""
    n = line.agreement.n_items
    if n < standard.fewest_ratings:
        text = ngettext(
            "<b>{status}</b>: {n} rated element so far; something is said from {least} on.",
            "<b>{status}</b>: {n} rated elements so far; something is said from {least} on.",
            n,
        )
        return format_html(text, status=_first(line), n=n, least=standard.fewest_ratings)
    return format_html(
        _("<b>{status}</b>: the same level on {share} of {n} rated elements."),
        status=_first(line),
        share=share_words(line.agreement.exact),
        n=n,
    )


def _first(line: ObserverLine) -> str:
    text = str(STATUS_WORDS[line.status])
    return text[:1].upper() + text[1:]


def waiting_sentence(lines: list[Line]) -> str:
    """Say what the caller is asked to rate, the most pressing first; safe HTML, "" for nothing."""
    waiting = sorted((one for one in lines if one.is_waiting), key=lambda one: one.exercise.due_on)
    if not waiting:
        return ""
    first = waiting[0].exercise
    day = f"{first.due_on:%b} {first.due_on.day}"
    if len(waiting) == 1:
        return format_html(_("You are invited to rate <b>{title}</b> by {day}."), title=first.title, day=day)
    return format_html(
        _("You are invited to rate <b>{n} lessons</b>, first <b>{title}</b> by {day}."),
        n=len(waiting),
        title=first.title,
        day=day,
    )


def lead_sentence(lines: list[Line]) -> str:
    """Say how far the open exercises are; safe HTML."""
    running = [one for one in lines if one.exercise.state == "open"]
    if not running:
        return format_html("{}", _("No exercise is open."))
    text = ngettext(
        "<b>{n} exercise</b> is open; {done} of {all} invited observers have handed in.",
        "<b>{n} exercises</b> are open; {done} of {all} invited observers have handed in.",
        len(running),
    )
    done, invited = sum(one.n_submitted for one in running), sum(one.n_invited for one in running)
    return format_html(text, n=len(running), done=done, all=invited)


def counts_words(counts: StatusCounts | None) -> str:
    """Say how many of the district's observers are calibrated, or when that is told."""
    if counts is None:
        return _("How many observers are calibrated is told where at least 5 are and at least 5 are not.")
    text = _("{n} of {total} observers in calibration exercises are calibrated by the district's standard.")
    said = text.format(n=counts.calibrated, total=counts.total)
    if counts.practicing is None:
        return said
    more = _("{practicing} keep practicing; {few} have not rated enough yet.")
    return f"{said} {more.format(practicing=counts.practicing, few=counts.not_enough)}"


def _why(why: Why) -> str:
    if why is Why.NO_VARIANCE:
        return _("not told: one level throughout")
    return _("nothing to compare")


def _percent(share: float) -> str:
    return f"{half_up(100 * share, 0):.0f}"


def _decimal(value: float) -> str:
    return f"{half_up(value, 2):.2f}".replace("-", "\N{MINUS SIGN}")
