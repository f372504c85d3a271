"""What outside a snapshot refers to its run: plans, second looks, meetings; it must stay readable and be told with care.

A model refers to a run where it protects it from deletion; the rows that a run wrote go with it.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import models

from alignment_dash.runs.models import Publication, Run

# How to get from a row to the school that it shows the run's figures of; a model not named here shows every school.
_SCHOOL: Mapping[str, str] = {
    "instruction.PlanStanding": "plan__school_id",
    "instruction.SecondLook": "school_id",
}


def referred_to(run_ids: Collection[int]) -> dict[str, set[int]]:
    """Return which of these runs rows of each model refer to, by the model's label; one query for each model."""
    found: dict[str, set[int]] = {}
    for model, name in _references():
        rows = model._default_manager.filter(**{f"{name}__in": run_ids})
        held = rows.order_by().values_list(f"{name}_id", flat=True).distinct()
        found.setdefault(model._meta.label, set()).update(held)
    return found


def referring_schools(run_ids: Collection[int]) -> dict[int, set[int] | None]:
    """Return of which schools figures of these runs are shown by what refers to them; None: of every school.

    Runs that nothing but their publication refers to are left out; one query for each model.
    """
    found: dict[int, set[int] | None] = {}
    for model, name in _references():
        if model is Publication:
            continue
        rows = model._default_manager.filter(**{f"{name}__in": run_ids}).order_by()
        school = _SCHOOL.get(model._meta.label)
        if school is None:
            found |= dict.fromkeys(rows.values_list(f"{name}_id", flat=True).distinct())
            continue
        for run, place in rows.values_list(f"{name}_id", school).distinct():
            places = found.setdefault(run, set())
            if places is not None:
                places.add(place)
    return found


def _references() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that protects a run, with the name of its field."""
    for relation in Run._meta.get_fields(include_hidden=True):
        if relation.auto_created and getattr(relation, "on_delete", None) is models.PROTECT:
            reverse: Any = relation
            yield reverse.related_model, reverse.field.name
