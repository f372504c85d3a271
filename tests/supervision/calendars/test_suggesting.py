"""What is suggested for an event, and why."""

from datetime import datetime

import pytest

from supervision.calendars.suggesting import Choice, Event, Known, suggest, title_key

PAT, KIM, LEE = (
    Known(1, 11, "Alvarez", "Alder Elementary School"),
    Known(2, 12, "Birch", "Birch Middle School"),
    Known(3, 13, "Lee", "North High School"),
)
CASELOAD = [PAT, KIM, LEE, Known(4, 14, "Lee", "North Elementary School")]


def of(title: str, place: str = "", *, people: tuple[int, ...] = (), day: int = 18, **more: bool) -> Event:
    flags = {"all_day": False, "is_private": False} | more
    return Event(
        f"id {title}", title, place, flags["all_day"], flags["is_private"], datetime(2026, 11, day, 9), people
    )


@pytest.mark.parametrize(
    ("event", "rule", "purpose", "people"),
    [
        (of("1:1 with Dr. Alvarez"), "title", "one-on-one", {1}),
        (of("Learning Walk", "Birch Middle School, room 4"), "title", "observing-together", {2}),
        (of("Coaching at Alder"), "title", "one-on-one", {1}),
        (of("Mid-year review Birch"), "title", "evaluation", {2}),
        # In Spanish too, with accents or without; names in either way of writing.
        (of("Observación de aula con Álvarez"), "title", "observing-together", {1}),
        (of("Evaluacion de medio año", "Escuela Birch"), "title", "evaluation", {2}),
        (of("Reunión de Directores"), "title", "principal-plc", {1, 2, 3, 4}),
        (of("Almuerzo"), "title", "", set()),
        # A PLC is of them all, whoever hosts it; a drive to a school is with nobody.
        (of("Principals' PLC", "Birch Middle School"), "title", "principal-plc", {1, 2, 3, 4}),
        (of("Supervisors’ learning community"), "title", "own-learning", set()),
        (of("Drive to Alder"), "title", "travel", set()),
        (of("Touch base", people=(3,)), "with", "one-on-one", {3}),
        (of("Leading for equity", people=(1, 2, 3)), "with", "principal-plc", {1, 2, 3}),
        # Two of the name, and two schools called North: neither is guessed.
        (of("Talk with Lee"), "unknown", "other", set()),
        (of("North parents"), "unknown", "other", set()),
        (of("Budget hearing"), "title", "operations", set()),
        (of("Lunch with Alvarez"), "title", "", set()),
        (of("", is_private=True), "private", "", set()),
        (of("Institute day", all_day=True), "all-day", "", set()),
        (of("Soccer", day=22), "weekend", "", set()),
        # No word of another word: "evaluation" is none of "reevaluations", "plc" none of "plcx".
        (of("plcx reevaluations"), "unknown", "other", set()),
    ],
)
def test_suggestion_follows_the_first_rule_that_speaks(event, rule, purpose, people):
    told = suggest(event, CASELOAD, {}, {})
    assert (told.rule, told.choice.purpose) == (rule, purpose)
    assert {person for person, _school in told.choice.principals} == people


def test_what_was_chosen_before_comes_first():
    before = Choice("compliance", principals=frozenset({(2, 12)}))
    assert suggest(of("PLC"), CASELOAD, {"id PLC": before}, {}).choice == before
    same_title = {title_key("Weekly sync 11/11"): Choice("")}
    told = suggest(of("Weekly Sync 11/18"), CASELOAD, {}, same_title)
    assert (told.choice.purpose, told.rule) == ("", "before")
