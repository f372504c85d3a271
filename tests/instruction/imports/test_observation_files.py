"""Files of other evaluation products: from their columns and words to observations, and what waits."""

import pytest

from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.imports.products import actions
from instruction.models import Alias, Observation, Rating
from tests.instruction.imports.files import name_people
from tests.instruction.imports.products import (
    WIDE,
    as_csv,
    done,
    planned,
    taken,
    wide_row,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(district):
    return name_people(district)


@pytest.fixture
def by(user_in):
    return user_in(Role.DATA_ADMINISTRATOR)


def stored(model=Observation, **found):
    with all_rows(why="a test looks at what was written"):
        return list(model.objects.filter(**found).order_by("pk"))


def from_product():
    return stored(source__code="grow")


def confirm(upload, by):
    """Accept every suggestion, as the page's form does."""
    answers = {}
    for value in upload.outlook["values"]:
        answers.setdefault(value["kind"], {})[value["text"]] = value["suggestion"]
    actions.answer(upload=upload, answers=answers, by=by)
    return done(upload)


def test_wide_file_becomes_observations_once_the_observers_name_is_confirmed(district, ids, by):
    upload = taken(as_csv([WIDE, wide_row(district, ids), wide_row(district, ids, 1)]), by)
    assert (upload.state, upload.waits_for) == ("planned", "columns")
    planned(upload, by)
    assert upload.waits_for == "values"
    values = [(one["kind"], one["how"], one["count"]) for one in upload.outlook["values"]]
    assert values == [("observer", "name-school", 2)]
    assert not from_product()
    confirm(upload, by)
    assert upload.waits_for == "import"
    assert upload.outlook["loaded"]["observations"]["created"] == 2
    assert not from_product()
    assert not Alias.objects.exists()
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert upload.state == "applied"
    assert bytes(upload.content) == b""
    first = from_product()[0]
    assert first.observed in district.teachers[district.schools[0].pk]
    assert (first.observer, first.school, first.purpose, first.kind) == (
        district.principals[0], district.schools[0], "evaluative", "formal",
    )  # fmt: skip
    levels = {one.element_version.element.code: one.level for one in stored(Rating, observation=first)}
    assert levels == {"E1": 3, "E2": 3, "E3": 4}
    assert stored(Rating, observation=first)[0].evidence == "Asked why."
    assert [one.kind for one in Alias.objects.all()] == ["observer"]
