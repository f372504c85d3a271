"""The policy as the page "Who sees what" tells it: by kind of data, and what one's own roles let one do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from alignment_dash.access.words import KINDS, Line, lines


@dataclass(frozen=True, slots=True)
class KindOfData:
    """A kind of data: its name, what it is, and a line for each role that may do something with it."""

    key: Data
    label: Promise
    text: Promise
    lines: list[Line]


def kinds() -> list[KindOfData]:
    """Return every kind of data in the policy's order."""
    said = lines()
    return [
        KindOfData(data, label, text, [line for line in said if line.data is data])
        for data, (label, text) in KINDS.items()
    ]


def of_roles(scope: Scope) -> list[tuple[Role, list[tuple[Promise, Line]]]]:
    """Return each role the caller holds today with what it lets them do, the kinds of data named."""
    said = lines()
    return [
        (role, [(KINDS[line.data][0], line) for line in said if line.role is role])
        for role in Role
        if role in scope.roles
    ]
