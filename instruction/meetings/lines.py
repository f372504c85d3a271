"""What apps above this one add to a school's part of a pack. They register theirs when they start."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from alignment_dash.access.scope import Scope

Text = str | Promise
# The caller's scope, schools and a school year in, a short text for some of the schools out; at most one query.
Tell = Callable[[Scope, Collection[int], int], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class SchoolLines:
    """One line of every school's part, such as its vacancies. tell: nothing for schools that are not the caller's.

    Only counts and what the caller is told elsewhere: a pack lies on a table.
    """

    label: Text
    tell: Tell
    place: int = 100


_registered: dict[str, SchoolLines] = {}


def register(key: str, lines: SchoolLines) -> None:
    """Make a line known; one of the same key takes its place."""
    _registered[key] = lines


def lines_of(scope: Scope, schools: Collection[int], year: int) -> dict[int, list[tuple[str, str]]]:
    """Return (label, text) pairs by school, in their order; as many queries as lines are registered."""
    found: dict[int, list[tuple[str, str]]] = {}
    for one in sorted(_registered.values(), key=lambda line: line.place):
        for school, text in one.tell(scope, schools, year).items():
            found.setdefault(school, []).append((str(one.label), text))
    return found
