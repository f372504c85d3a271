"""What the page of one figure says: its answer, each step in a sentence, and how firm it is."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.ui.numbers import exact_level
from instruction.aims import FRAMEWORK, SCHOOL, STRATEGIC, Aim
from instruction.capacity.rules import DEFAULT_RULES
from instruction.chance_words import chance_words, percent
from instruction.models import EvidenceClass, SchoolCapacity
from instruction.queries.cells import Cell
from instruction.queries.derivation import DerivationPage
from instruction.queries.derivation_steps import Part, Steps

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class StepLine:
    """A row of the table: what is done, by how much, what the figure is then, and why. by None: the first row."""

    label: str
    by: str
    to: str
    why: str
    is_result: bool = False


def answer(page: DerivationPage) -> SafeString:
    """Say what the figure is and from how much evidence."""
    if page.standing.run is None:
        return format_html(_("Nothing has been computed for {} yet."), page.standing.year_label)
    if page.hidden:
        return format_html(
            "{}", _("This school has too few teachers to show numbers without naming a person.")
        )
    if page.cell is None:
        return format_html("{}", _("This element does not apply to this school."))
    if page.row is None:
        return format_html("{}", _("There is not enough evidence yet for a figure here."))
    row = page.row
    text = ngettext(
        "<b>{estimate}</b> (90 %: {low} to {high}), from {n} rating of {seen} of {size} teachers.",
        "<b>{estimate}</b> (90 %: {low} to {high}), from {n} ratings of {seen} of {size} teachers.",
        row.n_ratings,
    )
    said = format_html(
        text, estimate=f"{row.estimate:.2f}", low=f"{page.cell.low:.2f}", high=f"{page.cell.high:.2f}",
        n=row.n_ratings, seen=row.n_teachers, size=row.roster_size,
    )  # fmt: skip
    held = page.aims[0]
    words = {
        "below": _("Very likely below the target of {}."),
        "met": _("Very likely at the target of {} or above."),
        "unclear": _("We cannot tell yet whether that is below the target of {}."),
    }
    if held.target is None:
        return said
    return format_html("{} {}", said, format_html(words[held.call], exact_level(held.target)))


def step_lines(page: DerivationPage) -> list[StepLine]:
    """Return the table's rows; none where no step may be told."""
    if page.row is None or page.steps is None:
        return []
    row, steps = page.row, page.steps
    lines = [StepLine(_("Ratings in"), "", _start(steps), _ratings_in(row))]
    lines += [
        StepLine(_label(step.part), f"{step.by:+.2f}".replace("-", MINUS), f"{step.to:.2f}",
                 _why(step.part, row))
        for step in steps.steps
    ]  # fmt: skip
    if not steps.steps:
        lines.append(StepLine(_label(Part.ALL), "", "", _why(Part.ALL, row)))
    result = _("The figure on the map and the school's page, in hundredths of a level.")
    return [*lines, StepLine(_("Estimate"), "", f"{steps.estimate:.2f}", result, is_result=True)]


def summed(steps: Steps) -> str:
    """Write the steps in one line: 2.25 + 0.15 − 0.05 = 2.35; "" where none are told."""
    if steps.start is None:
        return ""
    signs = [f"{MINUS if step.by < 0 else '+'} {abs(step.by):.2f}" for step in steps.steps]
    return " ".join([f"{steps.start:.2f}", *signs, f"= {steps.estimate:.2f}"])


def _start(steps: Steps) -> str:
    if steps.start is not None:
        return f"{steps.start:.2f}"
    low, high = steps.band or (None, None)
    if low is None:
        return _("below %(high)s") % {"high": exact_level(float(high or 0))}
    if high is None:
        return _("above %(low)s") % {"low": exact_level(float(low))}
    return _("%(low)s to %(high)s") % {"low": exact_level(float(low)), "high": exact_level(float(high))}


def _ratings_in(row: SchoolCapacity) -> str:
    text = ngettext(
        "The plain mean of {n} rating, {k} of them by visitors.",
        "The plain mean of {n} ratings, {k} of them by visitors.",
        row.n_ratings,
    )
    return text.format(n=row.n_ratings, k=row.n_external)


def _label(part: Part) -> str:
    return {
        Part.OBSERVERS: _("Allowing for who observed"),
        Part.TEACHERS: _("Each teacher counted once"),
        Part.MODEL: _("What thin evidence cannot bear alone"),
        Part.ALL: _("All adjustments together"),
    }[part]


def _why(part: Part, row: SchoolCapacity) -> str:
    return {
        Part.OBSERVERS: _(
            "Some observers give higher levels than others, and a school's own observers higher ones than visitors:"
            " what the model finds of that is taken away from each rating."
        ),
        Part.TEACHERS: _("A teacher seen ten times counts no more than one seen once."),
        Part.MODEL: _(
            "The model draws the mean toward the district where evidence is thin, takes in what the other elements"
            " say, and adds the teachers nobody has seen. {share}"
        ).format(share=evidence_share(row)),
        Part.ALL: _(
            "Who observed, each teacher counted once, and the draw toward the district where evidence is thin. They"
            " are told together so that no single observer's severity or teacher's level can be read out of them."
            " {share}"
        ).format(share=evidence_share(row)),
    }[part]


def evidence_share(row: SchoolCapacity) -> str:
    """Say how far the evidence carries the figure; "" where that is not known."""
    if row.reliability is None:
        return ""
    return _("Of what differs between schools here, the evidence settles about {share} %.").format(
        share=round(100 * row.reliability)
    )


def evidence_rule(row: SchoolCapacity, n_levels: int) -> str:
    """Say by which rule the figure is called estimated or weak, on a scale of so many levels."""
    rules = DEFAULT_RULES
    limit = rules.largest_se(n_levels - 1)
    if row.evidence == EvidenceClass.ESTIMATED:
        return _(
            "At least {n} teachers and {share} % of the roster were observed, the standard error is at most {se}, and"
            " its observers are linked with those of other schools."
        ).format(n=rules.min_teachers, share=round(100 * rules.min_share), se=f"{limit:.2f}")
    reasons = []
    if not row.is_linked:
        reasons.append(
            _("its observers share no teacher, school or video with others, so that its level cannot be told from"
              " their severity")
        )  # fmt: skip
    if row.se is not None and row.se > limit:
        reasons.append(
            _("the standard error of {se} is above {limit}").format(se=f"{row.se:.2f}", limit=f"{limit:.2f}")
        )
    if not reasons and row.estimate in (1, n_levels):
        reasons.append(_("its ratings lead beyond the end of the scale, and the figure is that end"))
    return _("Weak, for {reasons}.").format(reasons=_("; and ").join(reasons)) if reasons else _("Weak.")


def rank(cell: Cell) -> str:
    """Say where the school stands among those with a figure, never without how unsure that is; "" if not told."""
    if cell.rank_low is None or cell.rank_high is None or not cell.n_ranked:
        return ""
    return _("Between {low} and {high} of {n}, 1 the furthest from good teaching (90 % interval).").format(
        low=cell.rank_low, high=cell.rank_high, n=cell.n_ranked
    )


def neediest(cell: Cell) -> str:
    """Say how likely the school is among the neediest fifth; "" if not told."""
    if cell.p_neediest is None:
        return ""
    said = chance_words(cell.p_neediest).capitalize()
    return _("{words} ({percent})").format(words=said, percent=percent(cell.p_neediest))


def aim_label(held: Aim) -> str:
    """Name a kind of target."""
    return {
        STRATEGIC: _("Strategic plan"),
        SCHOOL: _("School improvement plan"),
        FRAMEWORK: _("Framework"),
    }[held.kind]


def aim_lines(page: DerivationPage) -> list[tuple[str, Aim, str, str]]:
    """Return for each target its name, the aim, the distance from it and the probability of being below."""
    return [
        (
            aim_label(one),
            one,
            "–" if one.gap is None else f"{-one.gap:+.2f}".replace("-", MINUS),
            "–" if one.p_below is None else percent(one.p_below),
        )
        for one in page.aims
    ]
