"""What if someone went to someone else: changes collected in the address, and nothing written before they are accepted."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import seen
from alignment_dash.schoolyear import today
from schools.names import name_of
from supervision.balancing import actions, shown, words
from supervision.balancing.forms import WhatIfForm
from supervision.balancing.moves import moves_of
from supervision.balancing.picture import Picture
from supervision.balancing.views import day_of, seen_or_404, uid_of

SEPARATOR = "~"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CASELOADS, Action.CHANGE)
def what_if(request: HttpRequest) -> HttpResponse:
    """Show both caseloads of each reassignment before and after; sent, the changes become a proposal to accept."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    params = request.POST if request.method == "POST" else request.GET
    found = seen_or_404(scope, day_of(params))
    moved, problems = collected(params, found)
    if params.get("start") and params["start"] != found.day.isoformat():
        problems.insert(0, _("From: choose today or a day to come. Shown is today."))
    if request.method == "POST" and not problems:
        try:
            made = actions.propose_by_hand(moved=moved, start=found.day, by=signed_in(request))
        except ValidationError as refused:
            problems = refused.messages
        else:
            return redirect("supervision:balance-proposal", made.uid)
    if found.needs:
        people = [position for unit in found.units for position in unit.positions if position > 0]
        seen(request, "need", target=signed_in(request), people=people)
    form = WhatIfForm(found=found, initial={"unit": params.get("for", "")})
    rows = shown.load_rows(found, moved)
    context = {
        "form": form,
        "found": found,
        "drafted": _drafted(found, moved, params),
        "chosen": [row for row in rows if row.is_changed],
        "rows": rows,
        "boards": _boards(found, moved),
        "problems": problems,
        "start": found.day,
        "is_today": found.day == today(),
        "keys": [f"{uid}{SEPARATOR}{found.supervisors[pk].uid}" for uid, pk in moved.items()],
        "spread": (found.spread(), found.spread(moved)),
        "span": found.span,
    }
    status = 400 if request.method == "POST" or problems else 200
    return render(request, "supervision/balancing/what_if.html", context, status=status)


def collected(params: QueryDict, found: Picture) -> tuple[dict[UUID, int], list[str]]:
    """Return the changes that an address or a form holds (unit's uid -> supervisor), and what is wrong in words.

    One change is `move=<unit>~<supervisor>`, or `unit` and `to` beside them; the last of a unit counts, and going
    back to who has them is none.
    """
    pairs = [tuple(one.split(SEPARATOR, 1)) for one in params.getlist("move") if SEPARATOR in one]
    if params.get("unit") or params.get("to"):
        pairs.append((params.get("unit", ""), params.get("to", "")))
    moved: dict[UUID, int] = {}
    problems: list[str] = []
    if len(pairs) > actions.MOST_MOVES_BY_HAND:
        problems.append(_("At most {n} changes at once.").format(n=actions.MOST_MOVES_BY_HAND))
    for first, second in pairs[: actions.MOST_MOVES_BY_HAND]:
        unit, to = found.units_by_uid.get(uid_of(first) or UUID(int=0)), uid_of(second)
        person = found.supervisors_by_uid.get(to) if to else None
        if unit is None or person is None:
            problems.append(_("Choose a principal and a principal supervisor."))
        elif person.pk in unit.positions:
            problems.append(_("Nobody supervises themselves."))
        elif not found.is_there(person.pk):
            problems.append(_("{name} no longer supervises on that day.").format(name=name_of(person)))
        elif all(row.supervisor == person.pk for row in unit.rows):
            moved.pop(unit.uid, None)
        else:
            moved[unit.uid] = person.pk
    return moved, list(dict.fromkeys(problems))


def _drafted(found: Picture, moved: dict[UUID, int], params: QueryDict) -> list[dict[str, object]]:
    """Return each change with its sentences and the address without it."""
    made: list[dict[str, object]] = []
    people = found.supervisors
    for uid, pk in moved.items():
        moves = moves_of(found, {uid: pk})
        for move in moves:
            move.from_supervisor = people.get(move.from_supervisor_id or 0)
            move.to_supervisor = people[pk]
        query = QueryDict(mutable=True)
        query["start"] = found.day.isoformat()
        rest = [f"{one}{SEPARATOR}{people[to].uid}" for one, to in moved.items() if one != uid]
        query.setlist("move", rest)
        made.append(
            {
                "sentence": words.move_sentence(moves),
                "effect": words.effect_sentence(moves),
                "more": words.more_of(moves, found.day),
                "without": f"?{query.urlencode()}",
            }
        )
    return made


def _boards(found: Picture, moved: dict[UUID, int]) -> list[dict[str, object]]:
    """Return each supervisor with the units that would be in the caseload, for the page's board."""
    held: dict[int, list[dict[str, object]]] = {pk: [] for pk in (0, *found.supervisors)}
    for unit in found.units:
        pk = moved.get(unit.uid, unit.current or 0)
        if pk in held:
            need = sum(found.need_of(position).index for position in unit.positions)
            held[pk].append(
                {"uid": unit.uid, "label": unit.label, "need": need, "is_moved": unit.uid in moved}
            )
    people = sorted(found.supervisors.values(), key=name_of)
    boards: list[dict[str, object]] = [
        {"uid": one.uid, "name": name_of(one), "units": held[one.pk], "is_there": found.is_there(one.pk)}
        for one in people
    ]
    if held[0]:
        boards.insert(0, {"uid": "", "name": _("Without a principal supervisor"), "units": held[0]})
    return boards
