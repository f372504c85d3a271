"""Limits that cannot hold together, for the page and the API: what is in the way, and the smallest help, by what it asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from schools.models import Org, Person
from schools.names import name_of
from supervision.balancing import words
from supervision.balancing.picture import Picture
from supervision.models import BalanceProposal

# Buttons to limits at most.
BUTTONS = 12


@dataclass(frozen=True, slots=True)
class Help:
    """Limits that would give way alike, as one line.

    names: of whom it is asked, where they are several; uids: of the supervisors whose limits these are, else empty.
    """

    sentence: str
    names: Sequence[str] = ()
    uids: Sequence[UUID | None] = ()

    @property
    def told(self) -> str:
        """The line with the first of the names, for who cannot open a list."""
        return f"{self.sentence} ({words.listed(self.names)})" if self.names else self.sentence

    @property
    def named(self) -> Iterator[tuple[str, UUID | None]]:
        """Each name with the uid of the supervisor to whose limits it leads, None where it leads nowhere."""
        return zip_longest(self.names, self.uids)


def helps_of(
    nearest: Sequence[Mapping[str, Any]], people: Mapping[int, Person], units: Mapping[int, str]
) -> list[Help]:
    """Return changes of limits in lines: those that ask the same are one, the line of most comes first.

    people: supervisors by id. units: names of principals by id. Whoever is gone since has no name.
    """
    alike: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for change in nearest:
        key = (
            change["kind"],
            change["now"],
            change["to"],
            None if _of_size(change) else change["supervisor"],
        )
        alike.setdefault(key, []).append(change)
    groups = sorted(alike.values(), key=lambda held: -len(held))
    names = {pk: name_of(person) for pk, person in people.items()}
    return [_help(held, people, names, units) for held in groups]


def _of_size(change: Mapping[str, Any]) -> bool:
    return change["kind"] in {"most", "least"}


def _help(
    held: Sequence[Mapping[str, Any]],
    people: Mapping[int, Person],
    names: Mapping[int, str],
    units: Mapping[int, str],
) -> Help:
    asked = [people[one["supervisor"]] for one in held if _of_size(one) and one["supervisor"] in people]
    asked.sort(key=name_of)
    uids = [one.uid for one in asked]
    if len(held) == 1:
        return Help(words.relaxation_sentence(held[0], names, units), uids=uids)
    sentence = words.relaxations_sentence(held, names)
    if _of_size(held[0]):
        return Help(sentence, [name_of(one) for one in asked], uids)
    return Help(sentence, sorted(units[one["principal"]] for one in held if one["principal"] in units))


def shown(one: BalanceProposal, found: Picture, people: Mapping[int, Person]) -> dict[str, Any] | None:
    """Return what the page says of a proposal's conflict, with the supervisors to change; None where there is none."""
    conflict = one.facts.get("conflict")
    if conflict is None:
        return None
    names = {pk: name_of(person) for pk, person in people.items()}
    units = {position: unit.label for unit in found.units for position in unit.positions}
    helping = {change["supervisor"] for change in conflict["nearest"] if _of_size(change)}
    asked = [people[pk] for pk in sorted(helping or set(conflict["supervisors"])) if pk in people]
    return {
        "sentence": words.conflict_sentence(conflict, names, units),
        "fewest": conflict.get("fewest", True),
        "helps": helps_of(conflict["nearest"], people, units),
        # More than a few are found by their names in the lines.
        "supervisors": asked if len(asked) <= BUTTONS else [],
    }


def told(one: BalanceProposal, people: Mapping[int, Person]) -> tuple[str, list[dict[str, Any]]]:
    """Return, for the API, a proposal's conflict and its help in sentences, and each change of a limit with uids.

    The uids are of a supervisor, of a principal or a vacant school; two queries.
    """
    conflict = one.facts["conflict"]
    positions = _positions(conflict)
    changes = [_change(each, people, positions) for each in conflict["nearest"]]
    return _said(conflict, people, {pk: _label(held) for pk, held in positions.items()}), changes


def _said(conflict: Mapping[str, Any], people: Mapping[int, Person], units: Mapping[int, str]) -> str:
    sentence = words.conflict_sentence(
        conflict, {pk: name_of(person) for pk, person in people.items()}, units
    )
    helps = [each.told for each in helps_of(conflict["nearest"], people, units)]
    if not helps:
        return sentence
    first = _("The smallest change of limits that would do:")
    if not conflict.get("fewest", True):
        first = _("A change of limits that would do:")
    return " ".join([sentence, first, *helps])


def _change(
    change: Mapping[str, Any], people: Mapping[int, Person], positions: Mapping[int, Person | Org]
) -> dict[str, Any]:
    supervisor, position = people.get(change["supervisor"] or 0), positions.get(change["principal"] or 0)
    return {
        "kind": change["kind"], "now": change["now"], "to": change["to"],
        "supervisor": supervisor.uid if supervisor else None, "principal": position.uid if position else None,
    }  # fmt: skip


def _positions(conflict: Mapping[str, Any]) -> dict[int, Person | Org]:
    """Return who holds the positions that the help names, vacant ones as their schools; two queries at most."""
    ids = {change["principal"] for change in conflict["nearest"] if change["principal"]}
    ids |= set(conflict["principals"][:1])
    people = Person.objects.filter(pk__in=[pk for pk in ids if pk > 0]).select_related("identity")
    schools = Org.objects.filter(pk__in=[-pk for pk in ids if pk < 0])
    return {one.pk: one for one in people} | {-one.pk: one for one in schools}


def _label(held: Person | Org) -> str:
    return (
        _("vacant position ({school})").format(school=held.name) if isinstance(held, Org) else name_of(held)
    )
