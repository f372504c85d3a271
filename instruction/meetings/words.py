"""What a pack says, in words. Everything a person wrote is escaped where it is shown."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.ui.numbers import exact_level, half_up, signed_level
from instruction.chance_words import percent
from instruction.meetings.pack import BELOW, LIKELY, LIKELY_FROM, MET, UNCLEAR, UNKNOWN, Pack, Part
from instruction.models import Decision, DecisionState
from instruction.queries.cells import HALF_WIDTH, Cell
from instruction.queries.completion import Completion

NEED_WORDS = {
    BELOW: gettext_lazy("Very likely below target on at least one element"),
    LIKELY: gettext_lazy("Likely below target on at least one element"),
    UNCLEAR: gettext_lazy("Near their targets: cannot tell on which side"),
    MET: gettext_lazy("Very likely at target or above on every element with a figure"),
    UNKNOWN: gettext_lazy("No figure against a target yet"),
}


def chance(cell: Cell) -> str:
    """Say how likely a figure is below its target, in words that agree with every other page."""
    p = cell.p_below or 0.0
    if cell.call == "below":
        word = _("very likely below")
    elif cell.call == "met":
        word = _("very likely at or above")
    elif p >= LIKELY_FROM:
        word = _("likely below")
    elif p >= 1 - LIKELY_FROM:
        word = _("cannot tell")
    else:
        word = _("likely at or above")
    return _("{word} ({percent})").format(word=word, percent=percent(p))


def call_words(call: str) -> str:
    """Say what could be said of a figure that may not stand beside a newer one."""
    return {"below": _("very likely below"), "met": _("very likely at or above")}.get(call, _("cannot tell"))


def is_neediest(cell: Cell) -> bool:
    """Whether a school is likely among the neediest fifth on an element, and that is told."""
    return cell.p_neediest is not None and cell.p_neediest >= LIKELY_FROM


def estimate(cell: Cell) -> str:
    """Write an estimate with half its 90 % interval: "2.4 ± 0.2"."""
    if cell.estimate is None:
        return "–"
    half = HALF_WIDTH * (cell.se or 0.0)
    return f"{half_up(cell.estimate):.1f} \N{PLUS-MINUS SIGN} {half_up(half):.1f}"


def observed(cell: Cell) -> str:
    """Write how many of the teachers were observed on an element."""
    if cell.few or cell.n_teachers is None:
        return _("fewer than 5")
    return _("{n} of {all}").format(n=cell.n_teachers, all=cell.roster_size)


def change(cell: Cell) -> str:
    """Write how far a figure has moved since the snapshot before."""
    return signed_level(cell.change)


def completion_words(found: Completion | None) -> str:
    """Say who was not observed, in numbers that tell of no single teacher."""
    if found is None or found.hidden:
        return ""
    said = []
    if found.percent is not None:
        said.append(_("{percent} % of the teachers observed this school year").format(percent=found.percent))
    if found.n_long:
        text = ngettext(
            "at least {n} teacher not observed for over a year or never",
            "at least {n} teachers not observed for over a year or never",
            found.n_long,
        )
        said.append(text.format(n=found.n_long))
    return "; ".join(said)


def due(decision: Decision, day: date) -> str:
    """Say when a decision is due, and what that means today."""
    if decision.due_on is None:
        return _("no day set")
    written = date_format(decision.due_on, "M j, Y")
    if decision.state != DecisionState.OPEN:
        return written
    left = (decision.due_on - day).days
    if left == 0:
        return _("due today")
    if left > 0:
        text = ngettext("due {day}, in {n} day", "due {day}, in {n} days", left)
        return text.format(day=written, n=left)
    text = ngettext("overdue by {n} day, since {day}", "overdue by {n} days, since {day}", -left)
    return text.format(day=written, n=-left)


def is_overdue(decision: Decision, day: date) -> bool:
    """Whether it is open, and its day has passed."""
    return decision.state == DecisionState.OPEN and decision.due_on is not None and decision.due_on < day


def pack_sentence(found: Pack) -> SafeString:
    """Say what became of the last decisions, and at how many schools there is most likely a need."""
    said = [_schools_sentence(found)]
    if found.earlier:
        said.insert(0, _earlier_sentence(found.earlier, found.day))
    return format_html_join(" ", "{}", ((one,) for one in said))


def _earlier_sentence(earlier: Sequence[Decision], day: date) -> SafeString:
    done = sum(one.state == DecisionState.DONE for one in earlier)
    late = sum(is_overdue(one, day) for one in earlier)
    n_open = sum(one.state == DecisionState.OPEN for one in earlier)
    of = ngettext("Of {n} earlier decision", "Of {n} earlier decisions", len(earlier)).format(n=len(earlier))
    said = ngettext("{n} is done", "{n} are done", done).format(n=done) if done else _("none is done")
    head = format_html("{} <b>{}</b>", of, said)
    dropped = len(earlier) - done - n_open
    if dropped:
        was = ngettext("{n} was dropped", "{n} were dropped", dropped).format(n=dropped)
        head = format_html("{}, {}", head, was)
    if not n_open:
        return format_html("{}.", head)
    waiting = ngettext("{n} is open", "{n} are open", n_open).format(n=n_open)
    if not late:
        return format_html("{}, {}.", head, waiting)
    return format_html("{}, {}, <b>{}</b>.", head, waiting, _("{n} overdue").format(n=late))


def _schools_sentence(found: Pack) -> SafeString:
    if found.standing is None or found.standing.run is None:
        return format_html("{}", _("Nothing has been computed for this school year yet."))
    if not found.parts:
        return format_html("{}", _("No school of this meeting fits, or none is yours to see."))
    below = sum(part.need == BELOW for part in found.parts)
    unknown = sum(part.need == UNKNOWN for part in found.parts)
    head = ngettext(
        "<b>{below}</b> of {n} school is very likely below target on at least one element",
        "<b>{below}</b> of {n} schools are very likely below target on at least one element",
        len(found.parts),
    )
    said = format_html(head, below=below, n=len(found.parts))
    if not unknown:
        return format_html("{}.", said)
    tail = ngettext("for {n} there is no figure yet", "for {n} there is no figure yet", unknown)
    return format_html("{}; {}.", said, format_html(tail, n=unknown))


def part_sentence(part: Part) -> str:
    """Say on how many elements a school is very likely below, at or above target."""
    if part.hidden:
        return _("Too few teachers to show figures without naming a person.")
    calls = part.calls
    if not calls:
        return _("No element has a figure against a target yet.")
    text = ngettext(
        "Of {n} element with a figure: {below} very likely below target, {met} very likely at or above, "
        "{unclear} cannot be told yet.",
        "Of {n} elements with a figure: {below} very likely below target, {met} very likely at or above, "
        "{unclear} cannot be told yet.",
        len(calls),
    )
    return text.format(
        n=len(calls), below=calls.count("below"), met=calls.count("met"), unclear=calls.count("unclear")
    )


def target(value: float | None) -> str:
    """Write a target."""
    return exact_level(value)


def owner_words(decision: Decision) -> str:
    """Return the department, and who in it sees to it."""
    department = str(decision.get_department_display())
    return f"{department}, {decision.owner.name}" if decision.owner else department


def decisions_sentence(n_open: int, n_overdue: int) -> SafeString:
    """Say how many decisions wait, and how many are overdue."""
    if not n_open:
        return format_html("{}", _("No decision of a meeting is open."))
    text = ngettext(
        "<b>{n}</b> decision of our meetings is open", "<b>{n}</b> decisions of our meetings are open", n_open
    )
    if not n_overdue:
        return format_html("{}.", format_html(text, n=n_open))
    late = ngettext("{n} is overdue", "{n} are overdue", n_overdue)
    return format_html("{}; <b>{}</b>.", format_html(text, n=n_open), late.format(n=n_overdue))
