"""What the API of visits and that of commitments share: reading what is sent, and saying why it is refused."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.serializers import BaseSerializer

from alignment_dash import schoolyear
from alignment_dash.access.api import Conflict
from alignment_dash.access.policy import Action
from alignment_dash.access.scope import Scope
from instruction.models import Element
from instruction.revisions import Moved
from instruction.school_plans.api import refusal
from schools.models import Person
from supervision.visits import queries
from supervision.visits.forms import leadership_elements


def checked(asked: BaseSerializer[Any]) -> dict[str, Any]:
    """Return what was sent, checked; 400 by field."""
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def author(scope: Scope) -> Person:
    """Return the caller as a person who writes; 404 for who is none."""
    person = queries.person_of(scope, Action.CHANGE)
    if person is None:
        raise Http404
    return person


def element_of(uid: UUID | None, also: Element | None = None) -> Element | None:
    """Return an element of leadership in force, or the one that the row has already; 400 for any other."""
    if uid is None or (also is not None and also.uid == uid):
        return also if uid is not None else None
    found = leadership_elements(schoolyear.current_year()).get(str(uid))
    if found is None:
        raise exceptions.ValidationError({"element": ["No element of leadership in force has this uid."]})
    return found[0]


def written(act: Callable[[], Any], shown: Callable[[Any], BaseSerializer[Any]]) -> Any:
    """Do it; 409 with what stands where someone else was first, 400 by field where it is refused."""
    try:
        return act()
    except Moved as moved:
        raise Conflict({"detail": str(moved), "now": shown(moved.now).data}) from None
    except ValidationError as error:
        raise refusal(error) from None
