"""What tiers and capacity say together, in sentences."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from instruction.capacity.agreement import Agreement
from instruction.capacity.rules import DEFAULT_RULES
from instruction.capacity.shortfall import Shortfall
from instruction.queries.tiers_page import MOST_HELP, Rules, TierLine, TiersPage

# Rank correlations below these in size are called weak and moderate (Akoglu 2018, Turk J Emerg Med 18, 91-93).
_WEAK, _MODERATE = 0.3, 0.6


def tiers_sentence(page: TiersPage) -> SafeString:
    """Say in how many schools tier and capacity disagree beyond the margin of error."""
    if page.standing.run is None:
        return format_html(_("Nothing has been computed for {} yet."), page.standing.year_label)
    if not page.tiers:
        return format_html("{}", _("No accountability tier is known for the schools you see."))
    if page.column.target is None and not any(line.cell and line.cell.target for line in page.lines):
        return format_html(_("No target is set for <b>{name}</b>."), name=page.column.name)
    if len(page.lines) == 1:
        return _one(page.lines[0], page.column.name)
    helped = [line for line in page.lines if line.tier == MOST_HELP]
    outside = sum(line.disagrees == "below" for line in page.lines)
    return format_html("{} {}", _helped(helped, page.column.name), _outside(outside))


def _helped(helped: list[TierLine], element: str) -> SafeString:
    if not helped:
        return format_html(_("None of these schools is in tier {tier}."), tier=MOST_HELP)
    met = sum(line.disagrees == "met" for line in helped)
    head = ngettext("Of the {n} school in tier {tier},", "Of the {n} schools in tier {tier},", len(helped))
    text = ngettext(
        "<b>{met}</b> is very likely at or above target in {element}.",
        "<b>{met}</b> are very likely at or above target in {element}.",
        met,
    )
    return format_html(
        "{} {}",
        format_html(head, n=len(helped), tier=MOST_HELP),
        format_html(text, met=met, element=element),
    )


def _outside(outside: int) -> SafeString:
    text = ngettext(
        "<b>{n}</b> school outside it is very likely below.",
        "<b>{n}</b> schools outside it are very likely below.",
        outside,
    )
    return format_html(text, n=outside)


def _one(line: TierLine, element: str) -> SafeString:
    call = line.cell.call if line.cell and line.told else "none"
    words = {
        "below": _("<b>{school}</b> is in tier {tier}; in {element} it is very likely below target."),
        "met": _("<b>{school}</b> is in tier {tier}; in {element} it is very likely at target or above."),
        "unclear": _(
            "<b>{school}</b> is in tier {tier}; in {element} we cannot tell yet whether it is below target."
        ),
        "none": _("<b>{school}</b> is in tier {tier}; in {element} there is not enough evidence yet."),
    }
    return format_html(words[call], school=line.school.name, tier=line.tier, element=element)


def agreement_words(found: Agreement | None) -> str:
    """Say how far tiers tell capacity; "" where too few schools have both."""
    if found is None:
        return ""
    size = abs(found.value)
    if found.low <= 0 <= found.high:
        said = _("Whether tiers say anything about capacity cannot be told from chance")
    elif size < _WEAK:
        said = _("Tiers say little about capacity")
    elif size < _MODERATE:
        said = _("Tiers say something about capacity, and leave much out")
    else:
        said = _("Tiers and capacity go together")
    r, low, high = (
        f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in (found.value, found.low, found.high)
    )
    return _("{said}: rank correlation {r} (90 %: {low} to {high}) over {n} schools.").format(
        said=said, r=r, low=low, high=high, n=found.n
    )


def rules_words(rules: Rules) -> str:
    """Say what shortfall each rule reaches with the same number of schools."""
    k = len(rules.by_tier.schools)
    text = ngettext(
        "With help for {k} school, the tier's rule reaches an expected shortfall of {tier}, the rule by capacity {capacity}.",
        "With help for {k} schools, the tier's rule reaches an expected shortfall of {tier}, the rule by capacity {capacity}.",
        k,
    )
    return text.format(k=k, tier=_levels(rules.by_tier.reached), capacity=_levels(rules.by_capacity.reached))


def _levels(found: Shortfall) -> str:
    half = DEFAULT_RULES.z * found.sd
    return _("{expected:.1f} levels (about {low:.1f} to {high:.1f})").format(
        expected=found.expected, low=max(found.expected - half, 0.0), high=found.expected + half
    )


def disagreeing(page: TiersPage) -> list[tuple[str, list[TierLine]]]:
    """Return the schools of each kind of disagreement, after what it may mean for the help: a question, no verdict."""
    words = {
        "met": _(
            "In tier {tier}, and very likely at target or above: help is required here, and stays. Ask for a"
            " different, more advanced kind, and who could share what they do."
        ).format(tier=MOST_HELP),
        "below": _(
            "Not in tier {tier}, and very likely below target: test scores bring no help here. Ask what teachers"
            " and the principal need."
        ).format(tier=MOST_HELP),
    }
    held = {kind: [line for line in page.lines if line.disagrees == kind] for kind in words}
    return [(words[kind], lines) for kind, lines in held.items() if lines]
