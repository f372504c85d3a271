"""Balancing in sentences: what a move does, how good a proposal is proven to be, and why none is possible."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schools.names import name_of
from supervision.models import BalanceProposal, ProposalState, ProposedMove

DAYS_A_MONTH, MONTHS_A_YEAR = 30.4375, 12


def one(value: float) -> str:
    """Return a number with one decimal."""
    return str(number_format(round(value, 1), 1))


def move_sentence(moves: Sequence[ProposedMove]) -> str:
    """Say who goes from whom to whom: "moves Pat Lee (Birch Middle) from Kim Cho to Sam Ray"."""
    who = ", ".join(dict.fromkeys(name_of(move.principal) or _("the vacant position") for move in moves))
    where = ", ".join(dict.fromkeys(move.school.name for move in moves))
    holders = list(dict.fromkeys(name_of(move.from_supervisor) for move in moves if move.from_supervisor))
    told = {"who": who, "schools": where, "to": name_of(moves[0].to_supervisor)}
    if not holders:
        return _("Puts {who} ({schools}) into the caseload of {to}").format(**told)
    words = _("Moves {who} ({schools}) from {holders} to {to}")
    return words.format(**told, holders=_(" and ").join(holders))


def effect_sentence(moves: Sequence[ProposedMove]) -> str:
    """Say what the move alone does to both caseloads."""
    move, reasons = moves[0], moves[0].reasons
    by_need = reasons.get("need_known", False)
    told = _told("to", name_of(move.to_supervisor), reasons["to"])
    if "from" not in reasons:
        words = _("{to} goes from {to_n_was} to {to_n_is} principals.")
        if by_need:
            words = _(
                "{to} goes from {to_was} to {to_is} principals' worth of need ({to_n_was} to {to_n_is} principals)."
            )
        return words.format(**told)
    told |= _told("of", name_of(move.from_supervisor), reasons["from"])
    words = _("{of} goes from {of_n_was} to {of_n_is} principals, {to} from {to_n_was} to {to_n_is}.")
    if by_need:
        words = _(
            "{of} goes from {of_was} to {of_is} principals' worth of need ({of_n_was} to {of_n_is} principals), "
            "{to} from {to_was} to {to_is} ({to_n_was} to {to_n_is})."
        )
    return words.format(**told)


def _told(side: str, name: str, change: Mapping[str, Any]) -> dict[str, object]:
    need, count = change["need"], change["count"]
    return {
        side: name, f"{side}_was": one(need[0]), f"{side}_is": one(need[1]), f"{side}_n_was": count[0],
        f"{side}_n_is": count[1],
    }  # fmt: skip


def more_of(moves: Sequence[ProposedMove], day: date) -> list[str]:
    """Say what else speaks for or against a move: time together, networks, levels, several schools or principals."""
    reasons = moves[0].reasons
    found = []
    if reasons.get("leaves"):
        found.append(_("{name} leaves.").format(name=name_of(moves[0].from_supervisor)))
    if reasons.get("since"):
        found.append(together(date.fromisoformat(reasons["since"]), day))
    if not reasons.get("network", True):
        found.append(_("The school is outside the new supervisor's networks."))
    if not reasons.get("level", True):
        found.append(_("It is a level that the new supervisor has no school of."))
    if len({move.school_id for move in moves}) > 1:
        found.append(_("The schools go together."))
    if len({move.principal_id for move in moves}) > 1:
        found.append(_("The principals share a school and go together."))
    return found


def together(since: date, day: date) -> str:
    """Say for how long a principal and a supervisor have worked together."""
    months = round((day - since).days / DAYS_A_MONTH)
    years = round(months / MONTHS_A_YEAR)
    if months < 1:
        return _("It ends work together that has only begun.")
    if years < 1 or months < 18:
        words = ngettext(
            "It ends {n} month of work together.", "It ends {n} months of work together.", months
        )
        return words.format(n=months)
    return ngettext(
        "It ends {n} year of work together.", "It ends {n} years of work together.", years
    ).format(n=years)


def bound_sentence(facts: Mapping[str, Any]) -> str:
    """Say how near the proposal is proven to be to the best possible."""
    status = facts.get("status")
    if status == "optimal" or not facts.get("gap"):
        return _("No arrangement within the limits can be better, by what you said matters.")
    percent = ceil(1000 * facts["gap"]) / 10
    shown = number_format(percent, 0 if percent == int(percent) else 1)
    words = _(
        "No arrangement within the limits can be more than {percent} % better, by what you said matters."
    )
    if status == "stopped":
        words = _("The search ended with this one; none can be more than {percent} % better.")
    return words.format(percent=shown)


def greedy_sentence(facts: Mapping[str, Any]) -> str:
    """Compare with moving, one at a time, the principal who helps most."""
    thumb = facts.get("greedy")
    if thumb is None:
        return (
            _("Moving one principal at a time ends in caseloads that break a limit.")
            if "after" in facts
            else ""
        )
    mine, theirs = facts["objective"], thumb["objective"]
    if theirs <= mine * 1.005:
        return _("Moving one principal at a time, each time the one who helps most, does as well here.")
    percent = number_format(round(100 * (theirs - mine) / theirs), 0)
    return ngettext(
        "Moving one principal at a time, each time the one who helps most, takes {n} change; "
        "this proposal is {percent} % better, by what you said matters.",
        "Moving one principal at a time, each time the one who helps most, takes {n} changes; "
        "this proposal is {percent} % better, by what you said matters.",
        thumb["changes"],
    ).format(n=thumb["changes"], percent=percent)


def proposal_sentence(proposal: BalanceProposal) -> SafeString:
    """Return the page's first sentence: what the proposal comes to."""
    n = proposal.facts.get("changes", 0)
    if proposal.state == ProposalState.WAITING:
        return format_html("{}", _("The proposal is being computed."))
    if proposal.state == ProposalState.FAILED:
        return format_html("{}", _("The proposal could not be computed. Ask for it again."))
    if proposal.facts.get("status") == "unsettled":
        return format_html("<b>{}</b>", _("No caseloads that meet all the limits were found in time."))
    if proposal.state == ProposalState.INFEASIBLE:
        return format_html("<b>{}</b>", _("No caseloads meet all the limits."))
    if not n:
        words = _("The caseloads are <b>{even}</b> within the limits, by what you said matters.")
        return format_html(words, even=_("already as even as it gets"))
    words = ngettext(
        "<b>{n} change</b> brings caseloads from between {low} and {high} to between <b>{new_low} and {new_high}</b> "
        "principals' worth of need.",
        "<b>{n} changes</b> bring caseloads from between {low} and {high} to between "
        "<b>{new_low} and {new_high}</b> principals' worth of need.",
        n,
    )
    before, after = proposal.facts["spread"]
    told = {
        "low": one(before[0]),
        "high": one(before[1]),
        "new_low": one(after[0]),
        "new_high": one(after[1]),
    }
    return format_html(words, n=n, **told)


def conflict_sentence(
    conflict: Mapping[str, Any], people: Mapping[int, str], units: Mapping[int, str] | None = None
) -> str:
    """Say which limits cannot hold together; people, units: names by id of supervisors and of principals."""
    names = [people[pk] for pk in conflict["supervisors"] if pk in people]
    told = {"positions": conflict["positions"], "places": conflict["places"], "who": listed(names)}
    if conflict["kind"] == "together":
        words = _("{unit} go together, as they share a school, and no supervisor has room for all of them.")
        labels = [units[pk] for pk in conflict["principals"] if units and pk in units]
        return words.format(unit=labels[0] if labels else _("Some principals"))
    kinds = {
        "no-supervisor": _("No principal supervisor is there on that day."),
        "too-few-places": _(
            "{positions} principals need a supervisor, and those who may have them ({who}) have {places} places at most."
        ),
        "too-many-asked": _(
            "The supervisors ({who}) ask for at least {places} principals together, and only {positions} may be theirs."
        ),
        "changes": _("At least {positions} principals must change, and {places} changes are allowed."),
        "unsettled": _("Whether there are any is not settled: the time ended first."),
        "several": _("The limits of supervisors, of single principals and of changes cannot hold together."),
    }
    other = _("The least of some supervisors and the most of others cannot hold together ({who}).")
    return kinds.get(conflict["kind"], other).format(**told)


def relaxation_sentence(
    change: Mapping[str, Any], people: Mapping[int, str], units: Mapping[int, str]
) -> str:
    """Say one change of a limit that would help."""
    told = {
        "name": people.get(change.get("supervisor") or 0, ""), "now": change.get("now"), "to": change.get("to"),
        "who": units.get(change.get("principal") or 0, ""),
    }  # fmt: skip
    kinds = {
        "most": _("{name}: at most {to} instead of {now}."),
        "least": _("{name}: at least {to} instead of {now}."),
        "changes": _("Allow {to} changes instead of {now}."),
        "outside": _("{who} may go to {name}, outside the stated networks or levels."),
        "pin": _("{who} does not stay, and goes to {name}."),
    }
    return kinds[change["kind"]].format(**told)


def relaxations_sentence(changes: Sequence[Mapping[str, Any]], people: Mapping[int, str]) -> str:
    """Say what several changes of limits ask alike, without the names of whom."""
    first, n = changes[0], len(changes)
    told = {"n": n, "now": first["now"], "to": first["to"], "name": people.get(first["supervisor"] or 0, "")}
    kinds = {
        "most": ngettext(
            "{n} supervisor: at most {to} instead of {now}.",
            "{n} supervisors: at most {to} instead of {now}.",
            n,
        ),
        "least": ngettext(
            "{n} supervisor: at least {to} instead of {now}.",
            "{n} supervisors: at least {to} instead of {now}.",
            n,
        ),
        "outside": ngettext(
            "{n} principal may go to {name}, outside the stated networks or levels.",
            "{n} principals may go to {name}, outside the stated networks or levels.",
            n,
        ),
        "pin": ngettext(
            "{n} principal does not stay, and goes to {name}.",
            "{n} principals do not stay, and go to {name}.",
            n,
        ),
    }
    return kinds[first["kind"]].format(**told)


def day_words(day: date) -> str:
    """Return a day as pages write it."""
    return str(date_format(day, "M j, Y"))


def listed(names: Sequence[str]) -> str:
    """Name the first few, and say how many more there are."""
    shown, more = list(names[:5]), len(names) - 5
    if more > 0:
        shown.append(ngettext("{n} more", "{n} more", more).format(n=more))
    return ", ".join(shown)
