"""A pack and its decisions as files: CSV for a table, a workbook for all of it."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import exported
from alignment_dash.schoolyear import today
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import Sheet, workbook_response
from instruction.filters import AGAINST
from instruction.meetings import queries, words
from instruction.meetings.filters import PackFilters
from instruction.meetings.pack import Pack, Part, pack
from instruction.meetings.shown import amount_of
from instruction.meetings.views import meeting_or_404
from instruction.models import Decision, Department
from instruction.models.school_plans import SupportKind, SupportState
from schools.models import Level

Row = list[object]


@require_GET
@needs(Data.MEETINGS, Action.EXPORT)
def pack_csv(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a pack's figures, a row for each school and element, and, below an empty row, what they are."""
    found = _pack(request, uid)
    _record(request, found)
    rows = [figure_heading(), *figure_rows(found), [], *about(found)]
    return csv_response(f"meeting-{found.meeting.held_on}.csv", rows)


@require_GET
@needs(Data.MEETINGS, Action.EXPORT)
def pack_workbook(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a pack as a workbook: what it is, schools, figures, support asked for, second looks, decisions."""
    found = _pack(request, uid)
    _record(request, found)
    names = {column.element_id: column.name for column in found.columns}
    sheets: dict[str, Sheet] = {
        _("About"): ([_("What"), _("Value")], about(found)),
        _("Schools"): (_school_heading(), _school_rows(found)),
        _("Figures"): (figure_heading(), figure_rows(found)),
        _("Support asked for"): (_asked_heading(), _asked_rows(found, names)),
        _("Second looks"): (_look_heading(), _look_rows(found, names)),
        _("Decisions"): (decision_heading(), decision_rows([*found.earlier, *found.decisions])),
    }
    return workbook_response(f"meeting-{found.meeting.held_on}.xlsx", sheets)


@require_GET
@needs(Data.MEETINGS, Action.EXPORT)
def decisions_csv(request: HttpRequest) -> HttpResponse:
    """Return the decisions that the list shows."""
    return csv_response(f"decisions-{today()}.csv", [decision_heading(), *decision_rows(_chosen(request))])


@require_GET
@needs(Data.MEETINGS, Action.EXPORT)
def decisions_workbook(request: HttpRequest) -> HttpResponse:
    """Return the decisions that the list shows, as a workbook."""
    sheet = decision_heading(), decision_rows(_chosen(request))
    return workbook_response(f"decisions-{today()}.xlsx", {_("Decisions"): sheet})


def _pack(request: HttpRequest, uid: UUID) -> Pack:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one = meeting_or_404(scope, uid, Action.EXPORT)
    return pack(scope, one, PackFilters.from_params(request.GET), action=Action.EXPORT)


def _record(request: HttpRequest, found: Pack) -> None:
    filters = found.filters
    kept = {"network": filters.network, "level": filters.level, "against": filters.against}
    exported(request, "meeting", target=found.meeting, rows=len(found.parts), filters=kept)


def _chosen(request: HttpRequest) -> list[Decision]:
    which = request.GET.get("show", "")
    which = which if which in queries.CHOICES else queries.OPEN
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = list(queries.chosen(scope, which, Action.EXPORT))
    exported(request, "decisions", target=signed_in(request), rows=len(found), filters={"show": which})
    return found


def about(found: Pack) -> list[Row]:
    """Return what a pack is: meeting, day, filters, snapshot and n."""
    run = found.standing.run if found.standing else None
    computed = date_format(localtime(run.ended_at), "Y-m-d H:i") if run and run.ended_at else None
    filters = found.filters
    return [
        [_("Meeting"), found.meeting.title],
        [_("Day"), found.meeting.held_on],
        [_("Schools of"), found.meeting.under.name],
        [_("Schools in this file"), len(found.parts)],
        [_("Network"), dict(found.networks).get(filters.network, _("all"))],
        [_("School level"), dict(found.levels).get(filters.level, _("all"))],
        [_("Target"), str(AGAINST[filters.against])],
        [_("Figures computed"), computed],
    ]


def figure_heading() -> Row:
    """Return the heading of `figure_rows`."""
    return [
        _("School"), _("Network"), _("Level"), _("Tier"), _("Element"), _("Estimate"),
        _("90 % from"), _("90 % to"), _("Target"), _("Probability below"), _("What we can say"),
        _("Teachers observed"), _("Teachers"), _("Since the snapshot before"),
    ]  # fmt: skip


def figure_rows(found: Pack) -> Iterator[Row]:
    """Yield a row for each school and element; a school whose figures are hidden has one that says so."""
    for part in found.parts:
        head = _head(part)
        if part.hidden:
            yield [*head, "", _("hidden: group too small")]
            continue
        for column, cell in [*part.told, *part.untargeted]:
            figures = [_round(value) for value in (cell.estimate, cell.low, cell.high)]
            said = words.chance(cell) if cell.p_below is not None else ""
            yield [
                *head, column.name, *figures, cell.target, _round(cell.p_below), said,
                "<5" if cell.few else cell.n_teachers, cell.roster_size, _round(cell.change),
            ]  # fmt: skip
        for column, call in part.spoken:
            told = [_("not told beside a newer figure"), *[None] * 4, words.call_words(call)]
            yield [*head, column.name, *told]
        yield from ([*head, column.name, _("not enough evidence")] for column in part.unknown)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _head(part: Part) -> Row:
    place = part.place
    return [place.name, place.network, str(Level(place.level).label), place.tier]


def _school_heading() -> Row:
    return [
        _("School"), _("Network"), _("Level"), _("Tier"), _("Teachers"), _("What we can say"), _("Need"),
        _("Elements expected below target"), _("Observed"), _("More"),
    ]  # fmt: skip


def _school_rows(found: Pack) -> Iterator[Row]:
    for part in found.parts:
        more = "; ".join(f"{label}: {text}" for label, text in part.lines)
        expected = _round(part.expected) if part.told else None
        yield [
            *_head(part), part.roster_size, words.part_sentence(part), str(words.NEED_WORDS[part.need]), expected,
            words.completion_words(part.completion), more,
        ]  # fmt: skip


def _asked_heading() -> Row:
    return [
        _("School"), _("Kind"), _("Element"), _("Subject"), _("What"), _("Amount"), _("Teachers"),
        _("Hours each"), _("Substitute days"), _("Department"), _("State"), _("Answer"),
    ]  # fmt: skip


def _asked_rows(found: Pack, names: dict[int, str]) -> Iterator[Row]:
    for part in found.parts:
        for row in part.place.asked:
            yield [
                part.place.name, str(SupportKind(row["kind"]).label), names.get(row["element_id"] or 0, ""),
                row["subject"], row["what"], amount_of(row), row["n_teachers"], _number(row["hours"]),
                _number(row["substitute_days"]), str(Department(row["department"]).label),
                str(SupportState(row["state"]).label), row["answer"],
            ]  # fmt: skip


def _number(value: object) -> float | None:
    """Return a decimal that came through JSON as a number."""
    return None if value is None else float(str(value))


def _look_heading() -> Row:
    return [
        _("School"), _("Element"), _("Looked on"), _("What was found"), _("Hypothesis"), _("Point of leverage"),
        _("What came of it"),
    ]  # fmt: skip


def _look_rows(found: Pack, names: dict[int, str]) -> Iterator[Row]:
    for part in found.parts:
        for look in part.looks:
            yield [
                part.place.name, names.get(look.element_id, ""), look.looked_on, look.found, look.hypothesis,
                look.leverage, look.outcome,
            ]  # fmt: skip


def decision_heading() -> Row:
    """Return the heading of `decision_rows`."""
    return [
        _("Meeting"), _("Held on"), _("School"), _("Element"), _("What was decided"), _("Department"),
        _("Who sees to it"), _("By"), _("Where it stands"), _("What became of it"), _("Recorded on"),
    ]  # fmt: skip


def decision_rows(found: Iterable[Decision]) -> Iterator[Row]:
    """Yield a row for each decision."""
    for one in found:
        yield [
            one.meeting.title, one.meeting.held_on, one.school.name if one.school else _("all schools"),
            getattr(one, "element_name", None) or "", one.what, str(one.get_department_display()),
            one.owner.name if one.owner else "", one.due_on, str(one.get_state_display()), one.outcome,
            one.outcome_on,
        ]  # fmt: skip
