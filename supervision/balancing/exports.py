"""A proposal as files: CSV of its moves, a workbook of all of it."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import exported
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import Sheet, workbook_response
from schools.names import name_of
from supervision.balancing import queries, shown, words
from supervision.balancing.moves import grouped
from supervision.balancing.views import proposal_or_404, supervisors_in
from supervision.models import BalanceProposal

Row = list[object]


@require_GET
@needs(Data.CASELOADS, Action.CHANGE)
def proposal_csv(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a proposal's moves, a row each, and, below an empty row, what they are."""
    one = _asked(request, uid)
    rows = [_move_heading(), *_move_rows(one), [], *_about(one)]
    return csv_response(f"balance-{one.start}.csv", rows)


@require_GET
@needs(Data.CASELOADS, Action.CHANGE)
def proposal_workbook(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a proposal as a workbook: what it is, caseloads before and after, moves."""
    one = _asked(request, uid)
    sheets: dict[str, Sheet] = {
        _("About"): ([_("What"), _("Value")], _about(one)),
        _("Caseloads"): (_load_heading(), _load_rows(one)),
        _("Moves"): (_move_heading(), _move_rows(one)),
    }
    return workbook_response(f"balance-{one.start}.xlsx", sheets)


def _asked(request: HttpRequest, uid: UUID) -> BalanceProposal:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one = proposal_or_404(scope, uid)
    if not scope.district_wide(Data.CASELOADS, Action.EXPORT):
        raise Http404
    exported(request, "balance", target=one, rows=one.moves.count(), filters={})
    return one


def _about(one: BalanceProposal) -> list[Row]:
    """Return what a proposal is: days, state, how sure, and where need is from."""
    facts = one.facts
    found: list[Row] = [
        [_("From"), one.start],
        [_("Proposed"), one.made_at],
        [_("State"), str(one.get_state_display())],
        [_("Caseload snapshot"), one.facts.get("need_run") or _("none: balanced by count alone")],
    ]
    if "objective" in facts:
        found += [[_("Cost"), facts["objective"]], [_("Lower bound"), facts["bound"]]]
        found += [[_("How sure"), words.bound_sentence(facts)], [_("Compared"), words.greedy_sentence(facts)]]
    return found


def _load_heading() -> Row:
    return [
        _("Principal supervisor"), _("Principals before"), _("Principals after"), _("Need before"), _("Need after"),
    ]  # fmt: skip


def _load_rows(one: BalanceProposal) -> Iterator[Row]:
    people = {each.pk: each for each in supervisors_in(one)}
    for row in shown.kept_rows(one, people):
        before, after = row["before"], row["after"]
        yield [row["name"], before[0], after[0], before[1], after[1]]


def _move_heading() -> Row:
    return [
        _("Principal"), _("School"), _("From"), _("To"), _("State"), _("Need"), _("What it does"), _("More"),
        _("Decided on"), _("Decided together"),
    ]  # fmt: skip


def _move_rows(one: BalanceProposal) -> Iterator[Row]:
    for group, moves in grouped(queries.moves(one)).items():
        effect, more = words.effect_sentence(moves), " ".join(words.more_of(moves, one.start))
        for move in moves:
            yield [
                name_of(move.principal) or _("vacant position"), move.school.name, name_of(move.from_supervisor),
                name_of(move.to_supervisor), str(move.get_state_display()), round(move.reasons["need"], 2), effect,
                more, move.decided_at, group,
            ]  # fmt: skip
